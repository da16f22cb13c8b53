# imports: botocore, botocore.session, botocore.auth, botocore.stub
# exercises: Signature Version 4 by AWS's own example, clients made from the shipped service models,
#   a paginator with a stub, an answer of S3 parsed
# versions: >=1.20.0
import io
import os

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.stub import Stubber

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

# The example of AWS's documentation of Signature Version 4.
key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
signer = SigV4Auth(Credentials("AKIDEXAMPLE", key), "iam", "us-east-1")
headers = {
    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
    "Host": "iam.amazonaws.com",
    "X-Amz-Date": "20150830T123600Z",
}
query = {"Action": "ListUsers", "Version": "2010-05-08"}
request = AWSRequest("GET", "https://iam.amazonaws.com/", headers, params=query)
request.context["timestamp"] = "20150830T123600Z"
text = signer.string_to_sign(request, signer.canonical_request(request))
assert text.endswith("f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"), text
signature = signer.signature(text, request)
assert signature == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", signature

session = botocore.session.get_session()
session.set_credentials("AKIDEXAMPLE", key)
dynamo = session.create_client("dynamodb", "eu-central-1")
assert dynamo.meta.endpoint_url == "https://dynamodb.eu-central-1.amazonaws.com"
with Stubber(dynamo) as stub:
    pages = [{"TableNames": ["one"], "LastEvaluatedTableName": "one"}, {"TableNames": ["two"]}]
    stub.add_response("list_tables", pages[0], {})
    stub.add_response("list_tables", pages[1], {"ExclusiveStartTableName": "one"})
    found = dynamo.get_paginator("list_tables").paginate().build_full_result()
    assert found["TableNames"] == ["one", "two"]

s3 = session.create_client("s3", "eu-central-1")


class Body(io.BytesIO):
    def stream(self, **options):
        yield self.read()


def answer(request, **others):
    """Answer in place of the network."""
    text = b"<ListBucketResult><Contents><Key>a&amp;b</Key><Size>12</Size>"
    text += b"<LastModified>2024-02-29T12:00:00.000Z</LastModified></Contents></ListBucketResult>"
    return AWSResponse(request.url, 200, {}, Body(text))


s3.meta.events.register("before-send.s3", answer)
(found,) = s3.list_objects_v2(Bucket="bucket")["Contents"]
assert (found["Key"], found["Size"], found["LastModified"].year) == ("a&b", 12, 2024), found
