# imports: django, django.db, django.template, django.test
# exercises: migrations and the ORM on SQLite in memory, templates, views with forms and a session
#   by the test client, users and passwords, translation, signing
# versions: >=3.2
import io
import os

import django
from django import forms
from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model, password_validation
from django.core import serializers, signing
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.test import Client
from django.urls import path, reverse
from django.utils import translation
from django.views.decorators.http import require_POST


class ProbeConfig(AppConfig):
    """The application that this script is."""

    name, label, path = __name__, "probe", os.getcwd()


settings.configure(
    SECRET_KEY="not secret",
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "__main__.ProbeConfig"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {
                            "base.html": "<p>{% block body %}{% endblock %}</p>",
                            "list.html": "{% extends 'base.html' %}{% block body %}"
                            "{% for book in books %}{{ forloop.counter }}.{{ book.title|upper }}"
                            "{% if not forloop.last %}, {% endif %}{% endfor %}{% endblock %}",
                        },
                    )
                ]
            },
        }
    ],
    LANGUAGE_CODE="en",
    TIME_ZONE="UTC",
    USE_TZ=True,
)
django.setup()


class Author(models.Model):
    name = models.CharField(max_length=20, unique=True)

    class Meta:
        app_label = "probe"


class Book(models.Model):
    title = models.CharField(max_length=20)
    pages = models.IntegerField()
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")

    class Meta:
        app_label = "probe"
        ordering = ("title",)


class BookForm(forms.ModelForm):
    class Meta:
        model = Book
        fields = ("title", "pages", "author")


def book_list(request):
    request.session["seen"] = request.session.get("seen", 0) + 1
    return render(request, "list.html", {"books": Book.objects.all()})


def one(request, number):
    book = get_object_or_404(Book, pk=number)
    return JsonResponse({"title": book.title, "seen": request.session.get("seen")})


@require_POST
def add(request):
    form = BookForm(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors.get_json_data(), status=400)
    return JsonResponse({"id": form.save().pk}, status=201)


urlpatterns = [
    path("books/", book_list),
    path("books/<int:number>/", one, name="one"),
    path("add/", add),
]

call_command("migrate", verbosity=0, stdout=io.StringIO())
with connection.schema_editor() as editor:
    editor.create_model(Author)
    editor.create_model(Book)

first, second = (Author.objects.create(name=name) for name in ("Ada", "Bob"))
Book.objects.bulk_create(Book(title="t%d" % n, pages=n * 100, author=first) for n in (1, 2, 3))
Book.objects.create(title="<x>", pages=50, author=second)
found = Book.objects.filter(pages__gt=100, author__name__startswith="A").exclude(title="t3")
assert [book.title for book in found] == ["t2"]
assert Book.objects.aggregate(models.Sum("pages"))["pages__sum"] == 650
totals = Author.objects.annotate(total=models.Sum("books__pages")).order_by("-total")
assert list(totals.values_list("name", "total")) == [("Ada", 600), ("Bob", 50)]
Book.objects.filter(models.Q(title="t1") | models.Q(pages=200)).update(pages=models.F("pages") + 1)
assert list(first.books.values_list("pages", flat=True)) == [101, 201, 300]
try:
    with transaction.atomic():
        second.books.all().delete()
        Author.objects.create(name="Ada")
except IntegrityError:
    pass
else:
    raise AssertionError("a name that must be unique was stored twice")
assert Book.objects.count() == 4, "a transaction was not rolled back"
text = serializers.serialize("json", [first])
assert next(serializers.deserialize("json", text)).object == first

client = Client()
assert client.get("/books/").content.decode() == "<p>1.&lt;X&gt;, 2.T1, 3.T2, 4.T3</p>"
assert reverse("one", args=[1]) == "/books/1/"
assert client.get("/books/1/").json() == {"title": "t1", "seen": 1}
assert client.get("/books/99/").status_code == 404 and client.get("/add/").status_code == 405
answer = client.post("/add/", {"title": "new", "pages": "x", "author": 1})
assert (answer.status_code, list(answer.json())) == (400, ["pages"]), answer.content
answer = client.post("/add/", {"title": "new", "pages": "7", "author": 2})
assert (answer.status_code, Book.objects.get(title="new").author) == (201, second)
assert Client(enforce_csrf_checks=True).post("/add/", {}).status_code == 403

get_user_model().objects.create_user("ann", password="one two three")
assert authenticate(username="ann", password="one two three").get_username() == "ann"
assert authenticate(username="ann", password="wrong") is None
try:
    password_validation.CommonPasswordValidator().validate("password")
except ValidationError:
    pass
else:
    raise AssertionError("the list of common passwords lacks one")
with translation.override("de"):
    assert translation.gettext("Yes") == "Ja" and translation.gettext("Monday") == "Montag"
signed = signing.dumps({"a": 1})
assert signing.loads(signed) == {"a": 1}
try:
    signing.loads(signed[:-1] + ("A" if signed[-1] != "A" else "B"))
except signing.BadSignature:
    pass
else:
    raise AssertionError("a forged signature was taken")
connection.close()
