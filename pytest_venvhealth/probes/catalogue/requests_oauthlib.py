# imports: requests_oauthlib
# exercises: OAuth 1: a published signature on a prepared request, the steps of a session;
#   OAuth 2: authorization URL, token, use; all by an adapter in place of a network
# versions: >=1.3.0
import io
from urllib.parse import parse_qs, urlsplit

import requests
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
query = {"file": "vacation.jpg", "size": "original"}
url = "http://photos.example.net/photos"
header = str(requests.Request("GET", url, params=query, auth=auth).prepare().headers)
assert 'oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D"' in header, header


class Adapter(BaseAdapter):
    """Answers each path as the server would, and remembers the requests."""

    def send(self, request, **options):
        path = urlsplit(request.url).path
        seen.append((path, str(request.body), str(request.headers.get("Authorization"))))
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, request.url
        response.raw = io.BytesIO(answers[path])
        return response

    def close(self):
        pass


seen = []
answers = {
    "/request": b"oauth_token=temporary&oauth_token_secret=first&oauth_callback_confirmed=true",
    "/access": b"oauth_token=final&oauth_token_secret=second",
    "/data": b"data",
    "/token": b'{"access_token": "made", "token_type": "Bearer"}',
}
base, client = "https://server.example.com", "https://client.example.com/cb"
session = OAuth1Session("key", client_secret="secret", callback_uri=client)
session.mount(base, Adapter())
assert session.fetch_request_token(base + "/request")["oauth_token"] == "temporary"
assert session.authorization_url(base + "/ask") == base + "/ask?oauth_token=temporary"
session.parse_authorization_response(client + "?oauth_token=temporary&oauth_verifier=proof")
assert session.fetch_access_token(base + "/access")["oauth_token"] == "final"
assert session.get(base + "/data").text == "data" and session.authorized
assert 'oauth_verifier="proof"' in seen[1][2] and 'oauth_token="final"' in seen[2][2], seen

del seen[:]
session = OAuth2Session("me", redirect_uri=client, scope=["a", "b"])
session.mount(base, Adapter())
url, state = session.authorization_url(base + "/ask", prompt="yes")
query = parse_qs(urlsplit(url).query)
assert query["scope"] == ["a b"] and query["state"] == [state] and query["prompt"] == ["yes"], url
back = client + "?code=thecode&state=" + state
token = session.fetch_token(base + "/token", client_secret="secret", authorization_response=back)
assert token["access_token"] == "made" and "code=thecode" in seen[0][1]
assert seen[0][2] == "Basic bWU6c2VjcmV0", seen
assert session.get(base + "/data").text == "data" and seen[1][2] == "Bearer made"
