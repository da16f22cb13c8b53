# imports: rest_framework
# exercises: serializers, a view set with a router on SQLite in memory, validation, pages,
#   permissions, a view by function, JSON and the browsable pages
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
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None},
    TIME_ZONE="UTC",
    USE_TZ=True,
)
django.setup()

from django.db import connection, models  # noqa: E402
from django.urls import include, path  # noqa: E402
from rest_framework import pagination, permissions, routers, serializers, viewsets  # noqa: E402
from rest_framework.decorators import action, api_view  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402


class Book(models.Model):
    title = models.CharField(max_length=5)
    price = models.DecimalField(max_digits=5, decimal_places=2)
    day = models.DateField(null=True)

    class Meta:
        app_label = "probe"


class BookSerializer(serializers.ModelSerializer):
    double = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ("id", "title", "price", "day", "double")

    def get_double(self, book):
        return str(book.price * 2)

    def validate_title(self, value):
        if value == "bad":
            raise serializers.ValidationError("no")
        return value


class Pages(pagination.PageNumberPagination):
    page_size = 2


class NoDeletion(permissions.BasePermission):
    def has_permission(self, request, view):
        return request.method != "DELETE"


class BookViews(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("id")
    serializer_class = BookSerializer
    pagination_class = Pages
    permission_classes = (NoDeletion,)

    @action(detail=False)
    def total(self, request):
        return Response(self.get_queryset().aggregate(total=models.Sum("price")))


@api_view(["POST"])
def echo(request):
    return Response({"got": request.data, "type": request.content_type.split(";")[0]})


router = routers.DefaultRouter()
router.register("books", BookViews)
urlpatterns = [path("api/", include(router.urls)), path("echo/", echo)]
with connection.schema_editor() as editor:
    editor.create_model(Book)

client = APIClient()
for number, day in ((1, "2024-02-29"), (2, None), (3, None)):
    data = {"title": "t%d" % number, "price": "%d.50" % number, "day": day}
    answer = client.post("/api/books/", data, format="json")
    assert answer.status_code == 201, answer.content
assert client.get("/api/books/1/").json() == {
    "id": 1,
    "title": "t1",
    "price": "1.50",
    "day": "2024-02-29",
    "double": "3.00",
}
page = client.get("/api/books/?page=2").json()
assert (page["count"], page["next"]) == (3, None)
assert page["previous"] == "http://testserver/api/books/" and len(page["results"]) == 1
assert float(client.get("/api/books/total/").json()["total"]) == 7.5
assert client.patch("/api/books/2/", {"title": "new"}, format="json").json()["title"] == "new"
assert Book.objects.get(pk=2).title == "new"
data = {"title": "too long", "price": "x", "day": "2023-02-29"}
answer = client.post("/api/books/", data, format="json")
assert (answer.status_code, sorted(answer.json())) == (400, ["day", "price", "title"])
assert client.post("/api/books/", {"title": "bad", "price": 1}, format="json").json() == {
    "title": ["no"]
}
assert client.delete("/api/books/1/").status_code == 403 and Book.objects.count() == 3
assert client.get("/api/books/9/").status_code == 404 and client.get("/echo/").status_code == 405
assert client.post("/echo/", "{", content_type="application/json").status_code == 400
assert client.post("/echo/", {"a": "1"}).json()["type"] == "multipart/form-data"
assert client.get("/api/").json() == {"books": "http://testserver/api/books/"}
answer = client.get("/api/books/1/", HTTP_ACCEPT="text/html")
assert answer["Content-Type"].startswith("text/html")
assert "&quot;t1&quot;" in answer.content.decode() and "</html>" in answer.content.decode()


class Order(serializers.Serializer):
    count = serializers.IntegerField(min_value=1)
    tags = serializers.ListField(child=serializers.SlugField(), required=False)
    kind = serializers.ChoiceField(["a", "b"], default="a")


order = Order(data={"count": "3", "tags": ["x-1"]})
assert order.is_valid() and dict(order.validated_data) == {"count": 3, "tags": ["x-1"], "kind": "a"}
order = Order(data={"count": 0, "tags": ["no slug"], "kind": "c"})
assert not order.is_valid() and sorted(order.errors) == ["count", "kind", "tags"]
assert order.errors["count"][0].code == "min_value" and list(order.errors["tags"]) == [0]
connection.close()
