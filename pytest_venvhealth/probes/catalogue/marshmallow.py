# imports: marshmallow, marshmallow.fields, marshmallow.validate
# exercises: loading and dumping by schemas: kinds of fields, nested and renamed ones, defaults,
#   validators, unknown fields, all errors at once
# versions: >=3.13
import datetime
import decimal

from marshmallow import Schema, ValidationError, fields, validate, validates


class AuthorSchema(Schema):
    name = fields.String(required=True, validate=validate.Length(min=2))
    email = fields.Email()


class BookSchema(Schema):
    title = fields.String(required=True)
    author = fields.Nested(AuthorSchema, required=True)
    price = fields.Decimal(places=2, as_string=True)
    published = fields.Date(data_key="publishedOn")
    tags = fields.List(fields.String(validate=validate.OneOf(["new", "old"])), load_default=list)
    secret = fields.String(load_only=True)
    pages = fields.Integer(strict=True, validate=validate.Range(min=1))

    @validates("title")
    def no_digits(self, value, **kwargs):
        if any(letter.isdigit() for letter in value):
            raise ValidationError("digits")


schema = BookSchema()
author = {"name": "Jane", "email": "jane@example.com"}
raw = {"title": "Emma", "author": author, "price": "9.999", "publishedOn": "1815-12-23"}
book = schema.load(dict(raw, secret="x"))
assert book == {
    "title": "Emma",
    "author": author,
    "price": decimal.Decimal("10.00"),
    "published": datetime.date(1815, 12, 23),
    "tags": [],
    "secret": "x",
}, book
dumped = schema.dump(book)
assert dumped == dict(raw, price="10.00", tags=[]), dumped

wrong = {"title": "Emma 2", "author": {"name": "J", "email": "no"}, "tags": ["new", "red"]}
errors = schema.validate(dict(wrong, pages=0, colour=1))
assert sorted(errors) == ["author", "colour", "pages", "tags", "title"], errors
assert sorted(errors["author"]) == ["email", "name"] and list(errors["tags"]) == [1], errors
assert errors["title"] == ["digits"], errors
