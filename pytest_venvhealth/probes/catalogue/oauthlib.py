# imports: oauthlib, oauthlib.oauth1, oauthlib.oauth2
# exercises: OAuth 1: a published request signed, and checked by a server; OAuth 2:
#   RFC 6749's URLs, bodies and answers, errors, RFC 7636's challenge, a server of tokens
# versions: >=3.2
import json
from urllib.parse import parse_qs, urlsplit

from oauthlib import oauth1, oauth2

# OAuth Core 1.0, appendix A.5
signer = oauth1.Client(
    "dpf43f3p2l4k3l03",
    client_secret="kd94hf93k423kf44",
    resource_owner_key="nnch734d00sl2jdk",
    resource_owner_secret="pfkkdhi9sl3r4s00",
    timestamp="1191242096",
    nonce="kllo9940pd9333jh",
)
_, headers, _ = signer.sign("http://photos.example.net/photos?file=vacation.jpg&size=original")
assert 'oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D"' in headers["Authorization"], headers


class Secrets(oauth1.RequestValidator):
    """Knows the client and the token of that example."""

    enforce_ssl, timestamp_lifetime = False, 10**11
    dummy_client = dummy_access_token = "dummy"
    client_key_length = access_token_length = nonce_length = (16, 16)

    def validate_client_key(self, client_key, request):
        return client_key == "dpf43f3p2l4k3l03"

    def validate_access_token(self, client_key, token, request):
        return token == "nnch734d00sl2jdk"

    def validate_timestamp_and_nonce(self, *args, **options):
        return True

    def validate_realms(self, *args, **options):
        return True

    def get_client_secret(self, client_key, request):
        return "kd94hf93k423kf44"

    def get_access_token_secret(self, client_key, token, request):
        return "pfkkdhi9sl3r4s00"


signed = (
    'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", '
    'oauth_token="nnch734d00sl2jdk", oauth_signature_method="HMAC-SHA1", '
    'oauth_timestamp="1191242096", oauth_nonce="kllo9940pd9333jh", oauth_version="1.0", '
    'oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D"'
)
check = oauth1.ResourceEndpoint(Secrets()).validate_protected_resource_request
url = "http://photos.example.net/photos?file=vacation.jpg&size="
assert check(url + "original", "GET", headers={"Authorization": signed})[0]
assert not check(url + "original", "POST", headers={"Authorization": signed})[0]
assert not check(url + "small", "GET", headers={"Authorization": signed})[0]

# RFC 6749, 4.1
client = oauth2.WebApplicationClient("s6BhdRkqt3")
url = client.prepare_request_uri(
    "https://server.example.com/authorize",
    redirect_uri="https://client.example.com/cb",
    scope=["a", "b"],
    state="xyz",
)
assert parse_qs(urlsplit(url).query) == {
    "response_type": ["code"],
    "client_id": ["s6BhdRkqt3"],
    "redirect_uri": ["https://client.example.com/cb"],
    "scope": ["a b"],
    "state": ["xyz"],
}, url
back = "https://client.example.com/cb?code=SplxlOBeZQQYbYS6WxSbIA&state="
client.parse_request_uri_response(back + "xyz", state="xyz")
assert client.code == "SplxlOBeZQQYbYS6WxSbIA"
try:
    client.parse_request_uri_response(back + "other", state="xyz")
except oauth2.MismatchingStateError:
    pass
else:
    raise AssertionError("an answer to another request was taken")
body = parse_qs(client.prepare_request_body(redirect_uri="https://client.example.com/cb"))
assert body["grant_type"] == ["authorization_code"] and body["code"] == [client.code], body
answer = {"access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": "Bearer", "expires_in": 3600}
token = client.parse_request_body_response(json.dumps(answer), scope=["a"])
assert token["access_token"] == "2YotnFZFEjr1zCsicMWpAA" and token.scopes == ["a"]
assert client.add_token("https://h/r")[1] == {"Authorization": "Bearer 2YotnFZFEjr1zCsicMWpAA"}
try:
    client.parse_request_body_response('{"error": "invalid_grant"}')
except oauth2.InvalidGrantError as error:
    assert error.error == "invalid_grant"
else:
    raise AssertionError("an error was taken for a token")
if hasattr(client, "create_code_challenge"):  # from 3.2.1 on; RFC 7636, appendix B
    challenge = client.create_code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "S256")
    assert challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", challenge


class Clients(oauth2.RequestValidator):
    def authenticate_client(self, request, *args, **options):
        request.client = oauth2.BackendApplicationClient(request.client_id)
        return (request.client_id, request.client_secret) == ("me", "secret")

    def validate_grant_type(self, client_id, grant_type, client, request, *args, **options):
        return True

    def get_default_scopes(self, client_id, request, *args, **options):
        return ["a"]

    def validate_scopes(self, client_id, scopes, client, request, *args, **options):
        return set(scopes) <= {"a", "b"}

    def save_bearer_token(self, token, request, *args, **options):
        saved.append(token["access_token"])


saved = []
server = oauth2.BackendApplicationServer(Clients(), token_generator=lambda request: "made")
body = "grant_type=client_credentials&client_id=me&client_secret="
_, text, status = server.create_token_response("https://h/token", body=body + "secret&scope=b")
token = json.loads(text)
assert (status, token["access_token"], token["scope"], saved) == (200, "made", "b", ["made"]), text
_, text, status = server.create_token_response("https://h/token", body=body + "secret&scope=c")
assert (status, json.loads(text)["error"]) == (400, "invalid_scope")
_, text, status = server.create_token_response("https://h/token", body=body + "wrong")
assert (status, json.loads(text)["error"]) == (401, "invalid_client") and saved == ["made"]
