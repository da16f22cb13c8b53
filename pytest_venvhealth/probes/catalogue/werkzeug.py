# imports: werkzeug, werkzeug.routing, werkzeug.wrappers, werkzeug.test, werkzeug.debug
# exercises: rules matched and built, headers parsed, a form with a file, password hashes,
#   conditional answers, the debugger's files
# versions: >=2.3
import datetime
import io

from werkzeug.debug import DebuggedApplication
from werkzeug.http import parse_accept_header, parse_date
from werkzeug.routing import Map, Rule
from werkzeug.security import check_password_hash
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request, Response

rules = Map([Rule("/item/<int:number>/", endpoint="item")]).bind("example.com")
assert rules.match("/item/42/") == ("item", {"number": 42})
assert rules.build("item", {"number": 7, "q": "a b"}) == "/item/7/?q=a+b"
moment = datetime.datetime(1994, 11, 6, 8, 49, 37, tzinfo=datetime.timezone.utc)
assert parse_date("Sunday, 06-Nov-94 08:49:37 GMT") == moment  # RFC 9110, 5.6.7
assert parse_accept_header("text/html;q=0.5, text/plain").best == "text/plain"

# RFC 7914, 11: PBKDF2 of "passwd" and "salt", one round
digest = "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
assert check_password_hash("pbkdf2:sha256:1$salt$" + digest, "passwd")
assert not check_password_hash("pbkdf2:sha256:1$salt$" + digest, "Passwd")

data = {"word": "gr\u00fcn", "file": (io.BytesIO(b"0123456789" * 9000), "n.txt")}
request = EnvironBuilder(method="POST", data=data).get_request()
assert request.form["word"] == "gr\u00fcn" and request.files["file"].filename == "n.txt"
assert request.files["file"].read() == b"0123456789" * 9000


@Request.application
def app(request):
    answer = Response(b"0123456789")
    answer.add_etag()
    return answer.make_conditional(request, accept_ranges=True, complete_length=10)


client = Client(DebuggedApplication(app))
answer = client.get("/")
assert (answer.status_code, answer.data) == (200, b"0123456789")
assert client.get("/", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
answer = client.get("/", headers={"Range": "bytes=2-4"})
assert (answer.status_code, answer.data) == (206, b"234")
answer = client.get("/?__debugger__=yes&cmd=resource&f=style.css")
assert answer.mimetype == "text/css" and "{" in answer.text
