# imports: google.rpc.status_pb2, google.type.money_pb2, google.api.annotations_pb2
# exercises: messages of google.rpc, google.type, google.api and google.longrunning: their bytes,
#   JSON form, nested details, the HTTP annotation of a method
from google.api import annotations_pb2
from google.longrunning import operations_pb2
from google.protobuf import descriptor_pb2, json_format
from google.rpc import code_pb2, error_details_pb2, status_pb2
from google.type import date_pb2, latlng_pb2, money_pb2

assert code_pb2.Code.Value("NOT_FOUND") == 5 and code_pb2.Code.Name(16) == "UNAUTHENTICATED"
status = status_pb2.Status(code=5, message="x")
assert status.SerializeToString() == b"\x08\x05\x12\x01x"
bad = error_details_pb2.BadRequest()
bad.field_violations.add(field="name", description="empty")
status.details.add().Pack(bad)
operation = operations_pb2.Operation(name="operations/1", done=True, error=status)
again = operations_pb2.Operation.FromString(operation.SerializeToString())
assert again == operation and again.WhichOneof("result") == "error"
assert json_format.MessageToDict(again)["error"]["details"] == [
    {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": "name", "description": "empty"}],
    }
]

money = money_pb2.Money(currency_code="EUR", units=2, nanos=500000000)
assert json_format.MessageToDict(money)["units"] == "2"
day = date_pb2.Date(year=2024, month=2, day=29)
assert day.SerializeToString() == b"\x08\xe8\x0f\x10\x02\x18\x1d"
place = latlng_pb2.LatLng(latitude=1.5)
assert place.SerializeToString() == b"\x09\x00\x00\x00\x00\x00\x00\xf8\x3f"

method = descriptor_pb2.MethodDescriptorProto(name="Get")
method.options.Extensions[annotations_pb2.http].get = "/v1/{name=shelves/*}"
again = descriptor_pb2.MethodDescriptorProto.FromString(method.SerializeToString())
assert again.options.Extensions[annotations_pb2.http].WhichOneof("pattern") == "get"
assert annotations_pb2.http.number == 72295728
