# imports: hpack
# exercises: the examples of RFC 7541, encoded and decoded, with Huffman codes and without: static
#   and dynamic table, eviction; values not to be indexed, broken input
# versions: >=3.0
import hpack


def pairs(headers):
    return [(bytes(name), bytes(value)) for name, value in headers]


first = [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/")]
first += [(b":authority", b"www.example.com")]
second = [*first, (b"cache-control", b"no-cache")]
third = [(b":method", b"GET"), (b":scheme", b"https"), (b":path", b"/index.html")]
third += [(b":authority", b"www.example.com"), (b"custom-key", b"custom-value")]
plain = [  # RFC 7541, C.3
    "828684410f7777772e6578616d706c652e636f6d",
    "828684be58086e6f2d6361636865",
    "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
]
packed = [  # RFC 7541, C.4
    "828684418cf1e3c2e5f23a6ba0ab90f4ff",
    "828684be5886a8eb10649cbf",
    "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
]
for texts, huffman in ((plain, False), (packed, True)):
    encoder, decoder = hpack.Encoder(), hpack.Decoder()
    for headers, text in zip((first, second, third), texts):
        assert encoder.encode(headers, huffman=huffman).hex() == text, (huffman, headers)
        assert pairs(decoder.decode(bytes.fromhex(text), raw=True)) == headers, text

# RFC 7541, C.6: answers with a table of 256 bytes, so that entries must go
decoder = hpack.Decoder()
decoder.header_table_size = 256
decoder.max_allowed_table_size = 256
answer = {"cache-control": "private", "date": "Mon, 21 Oct 2013 20:13:21 GMT"}
answer["location"] = "https://www.example.com"
whole = "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff"
whole += "6e919d29ad171863c78f0b97c8e9ae82ae43d3"
for status, text in (("302", whole), ("307", "4883640effc1c0bf")):
    found = decoder.decode(bytes.fromhex(text))
    assert dict(found) == dict(answer, **{":status": status}), found
try:
    decoder.decode(b"\xc2")  # 66, an entry that went
except hpack.HPACKDecodingError:
    pass
else:
    raise AssertionError("an entry was found that had to go")

# RFC 7541, C.2.3: never indexed
secret = hpack.Encoder().encode(
    [hpack.NeverIndexedHeaderTuple("password", "secret")], huffman=False
)
assert secret.hex() == "100870617373776f726406736563726574", secret.hex()
found = hpack.Decoder().decode(secret)
assert list(map(tuple, found)) == [("password", "secret")] and not found[0].indexable

every = [("k%d" % number, bytes(range(256)).decode("latin-1")) for number in range(40)]
encoder, decoder = hpack.Encoder(), hpack.Decoder()
for _ in range(2):
    assert [tuple(each) for each in decoder.decode(encoder.encode(every))] == every
for wrong in (b"\x80", b"\xff\xff\xff", b"\x40\x0aabc"):
    try:
        hpack.Decoder().decode(wrong)
    except hpack.HPACKDecodingError:
        pass
    else:
        raise AssertionError(wrong)
