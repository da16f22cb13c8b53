# imports: oauthlib, oauthlib.oauth1, oauthlib.oauth2
# exercises: OAuth 1: a published request signed; OAuth 2: RFC 6749's URLs, bodies and answers,
#   errors, RFC 7636's challenge
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

# RFC 6749, 4.1
client = oauth2.WebApplicationClient("s6BhdRkqt3")
url = client.prepare_request_uri(
    "https://server.example.com/authorize", "https://client.example.com/cb", "a b", "xyz"
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
answer = {"access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": "Bearer", "expires_in": 3600}
client.parse_request_body_response(json.dumps(answer))
assert client.add_token("https://h/r")[1] == {"Authorization": "Bearer 2YotnFZFEjr1zCsicMWpAA"}

if hasattr(client, "create_code_challenge"):  # from 3.2.1 on; RFC 7636, appendix B
    challenge = client.create_code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "S256")
    assert challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", challenge
