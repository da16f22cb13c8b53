# imports: marshmallow, marshmallow.fields, marshmallow.validate
# exercises: loading and dumping by schemas: many kinds of fields, nested and renamed ones,
#   defaults, validators, hooks, unknown fields, all errors at once
# versions: >=3.13
import datetime
import decimal
import uuid

from marshmallow import (
    EXCLUDE,
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates,
    validates_schema,
)


class AuthorSchema(Schema):
    name = fields.String(required=True, validate=validate.Length(min=2))
    email = fields.Email()


class BookSchema(Schema):
    class Meta:
        unknown = RAISE

    title = fields.String(required=True)
    author = fields.Nested(AuthorSchema, required=True)
    price = fields.Decimal(places=2, as_string=True)
    published = fields.Date(data_key="publishedOn")
    tags = fields.List(fields.String(validate=validate.OneOf(["new", "old"])), load_default=list)
    key = fields.UUID(dump_only=True)
    secret = fields.String(load_only=True)
    loud = fields.Method("make_loud")
    pages = fields.Integer(strict=True, validate=validate.Range(min=1))

    def make_loud(self, book):
        return book["title"].upper()

    @pre_load
    def strip(self, data, **kwargs):
        return {**data, "title": data["title"].strip()} if "title" in data else data

    @validates("title")
    def no_digits(self, value, **kwargs):
        if any(letter.isdigit() for letter in value):
            raise ValidationError("digits")

    @validates_schema
    def new_have_price(self, data, **kwargs):
        if "new" in data.get("tags", []) and "price" not in data:
            raise ValidationError("no price", "price")

    @post_load
    def mark(self, data, **kwargs):
        return dict(data, loaded=True)


schema = BookSchema()
raw = {
    "title": " Emma ",
    "author": {"name": "Jane", "email": "jane@example.com"},
    "price": "9.999",
    "publishedOn": "1815-12-23",
}
book = schema.load(raw)
assert book == {
    "title": "Emma",
    "author": {"name": "Jane", "email": "jane@example.com"},
    "price": decimal.Decimal("10.00"),
    "published": datetime.date(1815, 12, 23),
    "tags": [],
    "loaded": True,
}, book
dumped = schema.dump({**book, "key": uuid.UUID(int=1), "secret": "x", "pages": 3})
assert dumped.pop("loud") == "EMMA" and "secret" not in dumped and dumped.pop("pages") == 3
assert dumped.pop("key") == "00000000-0000-0000-0000-000000000001"
assert dumped == {**raw, "title": "Emma", "price": "10.00", "tags": []}, dumped

errors = schema.validate(
    {"title": "Emma 2", "author": {"name": "J", "email": "no"}, "tags": ["new", "red"], "pages": 0}
)
assert sorted(errors) == ["author", "pages", "tags", "title"], errors
assert sorted(errors["author"]) == ["email", "name"] and list(errors["tags"]) == [1], errors
no_price = {"title": "Emma", "author": {"name": "Jane"}, "tags": ["new"]}
assert schema.validate(no_price) == {"price": ["no price"]}
try:
    schema.load({**raw, "colour": 1, "pages": "3"})
except ValidationError as error:
    assert sorted(error.messages) == ["colour", "pages"], error.messages
else:
    raise AssertionError("an unknown field was accepted")
many = BookSchema(many=True, only=("title",), unknown=EXCLUDE)
assert many.load([raw]) == [{"title": "Emma", "loaded": True}]
