# imports: requests_oauthlib
# exercises: OAuth 1: a published signature on a prepared request, three steps of a session;
#   OAuth 2: authorization URL, token, use, refresh; all by an adapter in place of a network
# versions: >=1.3
import io
import json
from urllib.parse import parse_qs, urlsplit

import requests
from oauthlib.oauth2 import InsecureTransportError
from requests.adapters import BaseAdapter
from requests_oauthlib import OAuth1, OAuth1Session, OAuth2Session

# OAuth Core 1.0, appendix A.5
auth = OAuth1(
    "dpf43f3p2l4k3l03",
    client_secret="kd94hf93k423kf44",
    resource_owner_key="nnch734d00sl2jdk",
    resource_owner_secret="pfkkdhi9sl3r4s00",
    timestamp="1191242096",
    nonce="kllo9940pd9333jh",
)
url = "http://photos.example.net/photos"
query = {"file": "vacation.jpg", "size": "original"}
prepared = requests.Request("GET", url, params=query, auth=auth).prepare()
header = prepared.headers["Authorization"]
header = header.decode() if isinstance(header, bytes) else header
assert 'oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D"' in header, header


class Adapter(BaseAdapter):
    """Answers each path as the server would, and remembers the requests."""

    def send(self, request, **options):
        path = urlsplit(request.url).path
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        header = request.headers.get("Authorization", "")
        header = header.decode() if isinstance(header, bytes) else header
        seen.append((path, parse_qs(body), header))
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url
        response.raw = io.BytesIO(answers[path].encode())
        return response

    def close(self):
        pass


seen = []
answers = {
    "/request": "oauth_token=temporary&oauth_token_secret=first&oauth_callback_confirmed=true",
    "/access": "oauth_token=final&oauth_token_secret=second",
    "/data": "data",
    "/token": json.dumps(
        {"access_token": "made", "token_type": "Bearer", "refresh_token": "again"}
    ),
    "/refresh": json.dumps({"access_token": "newer", "token_type": "Bearer", "expires_in": 60}),
}
base = "https://server.example.com"
session = OAuth1Session("key", client_secret="secret", callback_uri="https://client.example.com/cb")
session.mount(base, Adapter())
assert session.fetch_request_token(base + "/request")["oauth_token"] == "temporary"
assert session.authorization_url(base + "/ask") == base + "/ask?oauth_token=temporary"
back = "https://client.example.com/cb?oauth_token=temporary&oauth_verifier=proof"
assert session.parse_authorization_response(back)["oauth_verifier"] == "proof"
assert session.fetch_access_token(base + "/access")["oauth_token"] == "final"
assert session.get(base + "/data").text == "data" and session.authorized
assert [path for path, _, _ in seen] == ["/request", "/access", "/data"]
assert 'oauth_callback="https%3A%2F%2Fclient.example.com%2Fcb"' in seen[0][2]
assert 'oauth_verifier="proof"' in seen[1][2] and 'oauth_token="final"' in seen[2][2]

del seen[:]
tokens = []
session = OAuth2Session(
    "me",
    redirect_uri="https://client.example.com/cb",
    scope=["a", "b"],
    auto_refresh_url=base + "/refresh",
    auto_refresh_kwargs={"client_id": "me"},
    token_updater=tokens.append,
)
session.mount(base, Adapter())
url, state = session.authorization_url(base + "/ask", prompt="yes")
query = parse_qs(urlsplit(url).query)
assert query["scope"] == ["a b"] and query["state"] == [state] and query["prompt"] == ["yes"], url
back = "https://client.example.com/cb?code=thecode&state=" + state
token = session.fetch_token(base + "/token", client_secret="secret", authorization_response=back)
assert token["access_token"] == "made" and session.authorized
path, body, header = seen[0]
assert path == "/token" and body["grant_type"] == ["authorization_code"], seen
assert body["code"] == ["thecode"] and header == "Basic bWU6c2VjcmV0"
assert session.get(base + "/data").text == "data" and seen[1][2] == "Bearer made"

session.token = dict(token, expires_at=1)  # it ended long ago, so a new one is asked for
assert session.get(base + "/data").text == "data"
assert [path for path, _, _ in seen[2:]] == ["/refresh", "/data"], seen
assert seen[2][1]["refresh_token"] == ["again"] and seen[3][2] == "Bearer newer"
assert [each["access_token"] for each in tokens] == ["newer"]
try:
    session.fetch_token("http://server.example.com/token", code="x")
except InsecureTransportError:
    pass
else:
    raise AssertionError("a token was asked for in the open")
