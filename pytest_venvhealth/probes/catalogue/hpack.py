# imports: hpack
# exercises: the examples of RFC 7541, encoded and decoded, with Huffman codes and without: static
#   and dynamic table, eviction, broken input
# versions: >=3.0
import hpack

first = [(b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/")]
first += [(b":authority", b"www.example.com")]
second = [*first, (b"cache-control", b"no-cache")]
plain = ["828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865"]  # C.3
packed = ["828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf"]  # C.4
for texts, huffman in ((plain, False), (packed, True)):
    encoder, decoder = hpack.Encoder(), hpack.Decoder()
    for headers, text in zip((first, second), texts):
        assert encoder.encode(headers, huffman=huffman).hex() == text, (huffman, headers)
        found = decoder.decode(bytes.fromhex(text), raw=True)
        assert [tuple(map(bytes, header)) for header in found] == headers, text

# C.6: answers with a table of 256 bytes, so that an entry must go
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
for wrong in (b"\xc2", b"\xff\xff\xff"):  # 66, the entry that went; a number without an end
    try:
        decoder.decode(wrong)
    except hpack.HPACKDecodingError:
        pass
    else:
        raise AssertionError(wrong)
