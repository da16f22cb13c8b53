# imports: google.rpc.status_pb2, google.type.money_pb2, google.api.annotations_pb2
# exercises: messages of google.rpc, google.type, google.api and google.longrunning: their bytes,
#   JSON form, nested details, the HTTP annotation of a method
from google.api import annotations_pb2, client_pb2, distribution_pb2, field_behavior_pb2
from google.longrunning import operations_pb2
from google.protobuf import any_pb2, descriptor_pb2, json_format
from google.rpc import code_pb2, error_details_pb2, status_pb2
from google.type import color_pb2, date_pb2, dayofweek_pb2, latlng_pb2, money_pb2

assert code_pb2.Code.Value("NOT_FOUND") == 5 and code_pb2.Code.Name(16) == "UNAUTHENTICATED"
status = status_pb2.Status(code=5, message="x")
assert status.SerializeToString() == b"\x08\x05\x12\x01x"
bad = error_details_pb2.BadRequest()
bad.field_violations.add(field="name", description="empty")
detail = any_pb2.Any()
detail.Pack(bad)
status.details.append(detail)
assert status.details[0].type_url == "type.googleapis.com/google.rpc.BadRequest"
operation = operations_pb2.Operation(name="operations/1", done=True, error=status)
again = operations_pb2.Operation.FromString(operation.SerializeToString())
assert again == operation and again.WhichOneof("result") == "error"
unpacked = error_details_pb2.BadRequest()
assert again.error.details[0].Unpack(unpacked) and unpacked.field_violations[0].field == "name"
assert json_format.MessageToDict(operation)["error"]["details"] == [
    {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": "name", "description": "empty"}],
    }
]
retry = error_details_pb2.RetryInfo()
retry.retry_delay.seconds = 3
assert json_format.MessageToDict(retry) == {"retryDelay": "3s"}

money = money_pb2.Money(currency_code="EUR", units=2, nanos=500000000)
assert json_format.MessageToDict(money) == {
    "currencyCode": "EUR",
    "units": "2",
    "nanos": 500000000,
}
assert (
    date_pb2.Date(year=2024, month=2, day=29).SerializeToString() == b"\x08\xe8\x0f\x10\x02\x18\x1d"
)
place = latlng_pb2.LatLng(latitude=1.5)
assert place.SerializeToString() == b"\x09\x00\x00\x00\x00\x00\x00\xf8\x3f"
assert dayofweek_pb2.DayOfWeek.Value("SUNDAY") == 7
color = json_format.Parse('{"red": 0.5, "alpha": 0.25}', color_pb2.Color())
assert (color.red, color.alpha.value) == (0.5, 0.25)
spread = distribution_pb2.Distribution(count=2, mean=1.5, bucket_counts=[1, 1])
assert distribution_pb2.Distribution.FromString(spread.SerializeToString()).bucket_counts == [1, 1]

method = descriptor_pb2.MethodDescriptorProto(name="Get")
rule = method.options.Extensions[annotations_pb2.http]
rule.get = "/v1/{name=shelves/*}"
rule.additional_bindings.add(post="/v1/find", body="*")
method.options.Extensions[client_pb2.method_signature].append("name")
again = descriptor_pb2.MethodDescriptorProto.FromString(method.SerializeToString())
rule = again.options.Extensions[annotations_pb2.http]
assert rule.WhichOneof("pattern") == "get" and rule.additional_bindings[0].body == "*"
assert list(again.options.Extensions[client_pb2.method_signature]) == ["name"]
assert annotations_pb2.http.number == 72295728
field = descriptor_pb2.FieldDescriptorProto()
field.options.Extensions[field_behavior_pb2.field_behavior].append(
    field_behavior_pb2.FieldBehavior.Value("REQUIRED")
)
assert field.options.SerializeToString().endswith(b"\x02")
