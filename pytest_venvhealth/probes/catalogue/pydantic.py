# imports: pydantic
# versions: >=2.0
# exercises: validation, coercion, constraints, nested models, errors with their place, JSON in and
#   out, the JSON schema
import datetime
from typing import List, Optional

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, field_validator


class Item(BaseModel):
    name: str = Field(min_length=2)
    price: float = Field(gt=0)

    @field_validator("name")
    @classmethod
    def lower(cls, value: str) -> str:
        return value.lower()


class Order(BaseModel):
    day: datetime.date
    items: List[Item]
    note: Optional[str] = None


order = Order.model_validate(
    {"day": "2024-02-29", "items": [{"name": "TEA", "price": "2.5"}, {"name": "oil", "price": 3}]}
)
assert order.day == datetime.date(2024, 2, 29)
assert [(item.name, item.price) for item in order.items] == [("tea", 2.5), ("oil", 3.0)]
text = order.model_dump_json(exclude_none=True)
assert text == (
    '{"day":"2024-02-29","items":[{"name":"tea","price":2.5},{"name":"oil","price":3.0}]}'
), text
assert Order.model_validate_json(text) == order

try:
    Order.model_validate({"day": "2023-02-29", "items": [{"name": "x", "price": -1}]})
except ValidationError as error:
    places = {(entry["loc"], entry["type"]) for entry in error.errors()}
    assert (("items", 0, "name"), "string_too_short") in places, places
    assert (("items", 0, "price"), "greater_than") in places, places
    assert error.error_count() == 3
else:
    raise AssertionError("wrong data was accepted")

assert TypeAdapter(List[int]).validate_python(["1", 2]) == [1, 2]
schema = Order.model_json_schema()
assert schema["required"] == ["day", "items"]
assert schema["$defs"]["Item"]["properties"]["price"]["exclusiveMinimum"] == 0
