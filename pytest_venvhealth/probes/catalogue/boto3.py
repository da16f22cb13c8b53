# imports: boto3, boto3.session, boto3.dynamodb.types, boto3.dynamodb.conditions
# exercises: resources of S3 and DynamoDB made from the shipped models, answered by stubs: items as
#   Python values, conditions, collections, object actions
# versions: >=1.17.0
import decimal
import os

import boto3
from boto3.dynamodb.conditions import Attr, ConditionExpressionBuilder, Key
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.stub import Stubber

for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

value = {"s": "\u00e9", "n": decimal.Decimal("1.10"), "l": [1, None, True, {"x": "y"}]}
wire = TypeSerializer().serialize(value)["M"]
assert wire["s"] == {"S": "\u00e9"} and wire["n"] == {"N": "1.10"}
assert wire["l"] == {"L": [{"N": "1"}, {"NULL": True}, {"BOOL": True}, {"M": {"x": {"S": "y"}}}]}
assert TypeDeserializer().deserialize({"M": wire}) == value
built = ConditionExpressionBuilder().build_expression(Attr("a").gt(1) & ~Attr("b.c").exists())
assert built.condition_expression == "(#n0 > :v0 AND (NOT attribute_exists(#n1.#n2)))", built
assert built.attribute_value_placeholders == {":v0": 1}

session = boto3.Session("AKIDEXAMPLE", "secret", region_name="eu-central-1")
assert {"s3", "dynamodb", "sqs", "ec2"} <= set(session.get_available_resources())

table = session.resource("dynamodb").Table("table")
with Stubber(table.meta.client) as stub:
    stub.add_response(
        "query",
        {"Items": [{"k": {"S": "a"}, "n": {"N": "7"}}], "Count": 1},
        {"TableName": "table", "KeyConditionExpression": Key("k").eq("a")},
    )
    found = table.query(KeyConditionExpression=Key("k").eq("a"))["Items"]
    assert found == [{"k": "a", "n": decimal.Decimal(7)}], found

bucket = session.resource("s3").Bucket("bucket")
with Stubber(bucket.meta.client) as stub:
    stub.add_response(
        "list_objects",
        {"Contents": [{"Key": "a/1", "Size": 5}, {"Key": "a/2", "Size": 6}], "IsTruncated": False},
        {"Bucket": "bucket", "Prefix": "a/"},
    )
    found = list(bucket.objects.filter(Prefix="a/"))
    assert [(each.key, each.size) for each in found] == [("a/1", 5), ("a/2", 6)]
    stub.add_response("head_object", {"ContentLength": 9}, {"Bucket": "bucket", "Key": "a/1"})
    assert bucket.Object("a/1").content_length == 9
    stub.add_client_error("delete_object", "AccessDenied")
    try:
        found[0].delete()
    except bucket.meta.client.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
    else:
        raise AssertionError("an error was taken for an answer")
