# imports: yarl
# exercises: parts of a URL, RFC 3986's relative references, percent-encoding and IDNA, query,
#   paths, build; the native quoting
# versions: >=1.8.2
import importlib.util

from yarl import URL

# yarl falls back to Python in silence, so the native module is loaded by name where it is there.
if importlib.util.find_spec("yarl._quoting_c") is not None:
    importlib.import_module("yarl._quoting_c")

url = URL("https://user:p%40ss@example.com:8443/a/b.tar.gz?x=1&x=2&y=%20#part")
assert (url.scheme, url.user, url.password, url.host) == ("https", "user", "p@ss", "example.com")
assert (url.port, url.path, url.name, url.suffix) == (8443, "/a/b.tar.gz", "b.tar.gz", ".gz")
assert url.query.getall("x") == ["1", "2"] and url.query["y"] == " " and url.fragment == "part"
assert URL("http://example.com").port == 80 and URL("http://[::1]/").host == "::1"

# RFC 3986, 5.4.1
base = URL("http://a/b/c/d;p?q")
for reference, wanted in {
    "g": "http://a/b/c/g",
    "/g": "http://a/g",
    "?y": "http://a/b/c/d;p?y",
    "g?y#s": "http://a/b/c/g?y#s",
    "../../g": "http://a/g",
}.items():
    assert str(base.join(URL(reference))) == wanted, (reference, base.join(URL(reference)))

# The UTF-8 of each letter, and RFC 3492's punycode of the labels
word = URL("http://\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444/\u00e9 \u20ac?k=\u00fc&l=a+b")
assert word.raw_host == "xn--e1afmkfd.xn--p1ai", word.raw_host
assert word.raw_path == "/%C3%A9%20%E2%82%AC" and word.path == "/\u00e9 \u20ac", word.raw_path
assert word.raw_query_string == "k=%C3%BC&l=a+b" and word.query["l"] == "a b"

root = URL("http://example.com/api/")
assert str(root / "v1" / "a b%") == "http://example.com/api/v1/a%20b%25"
assert str(root.with_query({"a": "1&2", "b": 3})) == "http://example.com/api/?a=1%262&b=3"
assert str(root.parent.with_scheme("https").with_port(81)) == "https://example.com:81/api"
built = URL.build(scheme="http", host="h", path="/p", query={"q": "\u00e9"})
assert built == URL("http://h/p?q=%c3%a9")
