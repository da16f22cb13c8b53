# imports: django, django.db, django.template, django.test
# exercises: migrations and the ORM on SQLite in memory, a transaction, a template and a view by the
#   test client, translation
# versions: >=3.2
import django
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.http import HttpResponse
from django.template import Context, Engine
from django.test import Client
from django.urls import path
from django.utils import translation

settings.configure(
    SECRET_KEY="not secret",
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
)
django.setup()


class Book(models.Model):
    title = models.CharField(max_length=20, unique=True)
    pages = models.IntegerField()

    class Meta:
        app_label = "probe"
        ordering = ("title",)


template = Engine().from_string("{% for book in books %}<p>{{ book.title|upper }}</p>{% endfor %}")


def shelf(request, least):
    books = Book.objects.filter(pages__gte=least)
    return HttpResponse(template.render(Context({"books": books})))


urlpatterns = [path("books/<int:least>/", shelf)]
call_command("migrate", verbosity=0)
with connection.schema_editor() as editor:
    editor.create_model(Book)

Book.objects.bulk_create(Book(title="t%d" % n, pages=n * 100) for n in (1, 2, 3))
Book.objects.filter(title="t2").update(title="<x>", pages=models.F("pages") + 1)
assert Book.objects.aggregate(models.Sum("pages")) == {"pages__sum": 601}
try:
    with transaction.atomic():
        Book.objects.filter(title="t1").delete()
        Book.objects.create(title="t3", pages=0)
except IntegrityError:
    pass
assert Book.objects.count() == 3, "a transaction was not rolled back"
assert Client().get("/books/201/").content == b"<p>&lt;X&gt;</p><p>T3</p>"
assert Client().get("/books/x/").status_code == 404

with translation.override("de"):
    assert translation.gettext("Monday") == "Montag"
connection.close()
