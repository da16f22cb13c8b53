# imports: botocore, botocore.session, botocore.auth, botocore.stub
# exercises: Signature Version 4 by AWS's own example, clients made from the shipped service models,
#   presigned URLs, parameter checks, stubs, paginators, waiters; S3, SQS and DynamoDB requests and
#   errors with a tiny HTTP server on the loopback interface
import json
import os
import socket
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ParamValidationError
from botocore.stub import Stubber

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

# The example of AWS's documentation of Signature Version 4.
key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
signer = SigV4Auth(Credentials("AKIDEXAMPLE", key), "iam", "us-east-1")
request = AWSRequest(
    "GET",
    "https://iam.amazonaws.com/",
    {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "Host": "iam.amazonaws.com",
        "X-Amz-Date": "20150830T123600Z",
    },
    params={"Action": "ListUsers", "Version": "2010-05-08"},
)
request.context["timestamp"] = "20150830T123600Z"
text = signer.string_to_sign(request, signer.canonical_request(request))
assert text.endswith("f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"), text
assert signer.signature(text, request) == (
    "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
)

session = botocore.session.get_session()
session.set_credentials("AKIDEXAMPLE", key)


def client(service, endpoint=None, **more):
    config = Config(
        retries={"max_attempts": 0}, connect_timeout=10, read_timeout=20, proxies={}, **more
    )
    return session.create_client(service, "eu-central-1", endpoint_url=endpoint, config=config)


s3 = client("s3", signature_version="s3v4")
url = urllib.parse.urlsplit(
    s3.generate_presigned_url("get_object", {"Bucket": "b.c", "Key": "d/\u00e9 f"}, ExpiresIn=60)
)
query = urllib.parse.parse_qs(url.query)
assert url.path == "/b.c/d/%C3%A9%20f" and query["X-Amz-Expires"] == ["60"], url
assert query["X-Amz-Credential"][0].endswith("/eu-central-1/s3/aws4_request")
assert len(query["X-Amz-Signature"][0]) == 64
try:
    s3.get_object(Bucket="bucket", Key=7)
except ParamValidationError as error:
    assert "Key" in str(error)
else:
    raise AssertionError("a number was taken for a name")

dynamo = client("dynamodb")
assert dynamo.meta.endpoint_url == "https://dynamodb.eu-central-1.amazonaws.com"
with Stubber(dynamo) as stub:
    pages = [{"TableNames": ["one"], "LastEvaluatedTableName": "one"}, {"TableNames": ["two"]}]
    stub.add_response("list_tables", pages[0], {})
    stub.add_response("list_tables", pages[1], {"ExclusiveStartTableName": "one"})
    found = dynamo.get_paginator("list_tables").paginate().build_full_result()
    assert found["TableNames"] == ["one", "two"]
    stub.add_response("describe_table", {"Table": {"TableStatus": "ACTIVE"}}, {"TableName": "one"})
    dynamo.get_waiter("table_exists").wait(TableName="one")
    stub.assert_no_pending_responses()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(
            200,
            b"<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated><Contents>"
            b"<Key>a&amp;b</Key><Size>12</Size><LastModified>2024-02-29T12:00:00.000Z</LastModified>"
            b"</Contents></ListBucketResult>",
        )

    def do_PUT(self):
        self.reply(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        target = self.headers["X-Amz-Target"]
        assert target == "DynamoDB_20120810.GetItem", target
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
        self.reply(200, json.dumps({"Item": {"k": sent["Key"]["k"], "n": {"N": "1.5"}}}).encode())

    def reply(self, status, data):
        if self.command == "PUT":
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


try:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    socket.create_connection(server.server_address, timeout=10).close()
except OSError:
    server = None  # a machine whose every interface is down says nothing of botocore
if server is not None:
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    endpoint = "http://127.0.0.1:{}".format(server.server_port)
    item = client("dynamodb", endpoint).get_item(TableName="table", Key={"k": {"S": "\u00e9"}})[
        "Item"
    ]
    assert item == {"k": {"S": "\u00e9"}, "n": {"N": "1.5"}}, item
    s3 = client("s3", endpoint, s3={"addressing_style": "path"})
    (found,) = s3.list_objects_v2(Bucket="bucket")["Contents"]
    assert (found["Key"], found["Size"], found["LastModified"].year) == ("a&b", 12, 2024), found
    try:
        s3.create_bucket(Bucket="bucket")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
    else:
        raise AssertionError("an error was taken for an answer")
    server.shutdown()
    server.server_close()
