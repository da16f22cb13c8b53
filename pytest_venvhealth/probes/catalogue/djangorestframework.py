# imports: rest_framework
# exercises: a view set with a router on SQLite in memory, a serializer, validation, pages,
#   permissions, JSON and the browsable pages
# versions: >=3.12
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="not secret",
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    STATIC_URL="/static/",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
        "PAGE_SIZE": 1,
    },
)
django.setup()

from django.db import connection, models  # noqa: E402
from rest_framework import permissions, routers, serializers, viewsets  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402


class Book(models.Model):
    title = models.CharField(max_length=5)
    price = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        app_label = "probe"


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ("id", "title", "price")


class NoDeletion(permissions.BasePermission):
    def has_permission(self, request, view):
        return request.method != "DELETE"


class BookViews(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("id")
    serializer_class = BookSerializer
    permission_classes = (NoDeletion,)


router = routers.DefaultRouter()
router.register("books", BookViews)
urlpatterns = router.urls
with connection.schema_editor() as editor:
    editor.create_model(Book)

client = APIClient()
for number in (1, 2):
    data = {"title": "t%d" % number, "price": "%d.5" % number}
    assert client.post("/books/", data, format="json").status_code == 201
assert client.get("/books/1/").json() == {"id": 1, "title": "t1", "price": "1.50"}
page = client.get("/books/?page=2").json()
assert page["count"] == 2 and page["results"][0]["title"] == "t2"
answer = client.post("/books/", {"title": "too long", "price": "x"}, format="json")
assert (answer.status_code, sorted(answer.json())) == (400, ["price", "title"])
assert client.patch("/books/2/", {"title": "new"}, format="json").json()["title"] == "new"
assert client.delete("/books/1/").status_code == 403 and Book.objects.count() == 2
text = client.get("/books/1/", HTTP_ACCEPT="text/html").content.decode()
assert "&quot;t1&quot;" in text and "</html>" in text
connection.close()
