# imports: rest_framework
# exercises: a view set with a router on SQLite in memory, a serializer, validation, permissions,
#   JSON and the browsable pages
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
)
django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.core.management import call_command  # noqa: E402
from rest_framework import permissions, routers, serializers, viewsets  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402


class GroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = Group
        fields = ("id", "name")


class NoDeletion(permissions.BasePermission):
    def has_permission(self, request, view):
        return request.method != "DELETE"


class GroupViews(viewsets.ModelViewSet):
    queryset = Group.objects.order_by("name")
    serializer_class = GroupSerializer
    permission_classes = (NoDeletion,)


router = routers.DefaultRouter()
router.register("groups", GroupViews)
urlpatterns = router.urls
call_command("migrate", verbosity=0)

client = APIClient()
answer = client.post("/groups/", {"name": "cooks"}, format="json")
assert (answer.status_code, answer.json()) == (201, {"id": 1, "name": "cooks"})
again = client.post("/groups/", {"name": "cooks"}, format="json")  # names are unique
assert (again.status_code, list(again.json())) == (400, ["name"])
assert client.patch("/groups/1/", {"name": "tasters"}, format="json").status_code == 200
assert client.get("/groups/").json() == [{"id": 1, "name": "tasters"}]
assert client.delete("/groups/1/").status_code == 403 and Group.objects.count() == 1
assert client.get("/groups/9/").status_code == 404
page = client.get("/groups/1/", HTTP_ACCEPT="text/html").content.decode()
assert "&quot;tasters&quot;" in page and "</html>" in page
