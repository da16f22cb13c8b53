# imports: h11
# exercises: a client and a server that talk through bytes: known bytes of a request and an answer,
#   chunks byte by byte, 100-continue, kept connections, broken messages
# versions: >=0.9
import h11

client, server = h11.Connection(h11.CLIENT), h11.Connection(h11.SERVER)


def events(connection, data, step=1):
    """Return the events of these bytes, given in small parts."""
    found = []
    for start in range(0, len(data), step):
        connection.receive_data(data[start : start + step])
        while True:
            event = connection.next_event()
            if event in (h11.NEED_DATA, h11.PAUSED):
                break
            found.append(event)
    return found


request = h11.Request(method="POST", target="/a", headers=[("Host", "h"), ("Content-Length", "5")])
data = client.send(request) + client.send(h11.Data(data=b"hello"))
data += client.send(h11.EndOfMessage())
assert data == b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", data
found = events(server, data)
assert (found[0].method, found[0].target) == (b"POST", b"/a")
assert list(found[0].headers) == [(b"host", b"h"), (b"content-length", b"5")]
assert b"".join(event.data for event in found if type(event) is h11.Data) == b"hello"
assert type(found[-1]) is h11.EndOfMessage
assert server.their_state is h11.DONE and server.our_state is h11.SEND_RESPONSE

# No length is given, so the server sends chunks.
data = server.send(h11.Response(status_code=200, reason=b"OK", headers=[("X-Name", "v")]))
data += server.send(h11.Data(data=b"hello ")) + server.send(h11.Data(data=b"world" * 3))
data += server.send(h11.EndOfMessage(headers=[("X-End", "yes")]))
assert data == (
    b"HTTP/1.1 200 OK\r\nX-Name: v\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"6\r\nhello \r\nf\r\nworldworldworld\r\n0\r\nX-End: yes\r\n\r\n"
), data
found = events(client, data, step=3)
assert found[0].status_code == 200 and found[0].reason == b"OK"
assert b"".join(event.data for event in found[1:-1]) == b"hello worldworldworld"
assert list(found[-1].headers) == [(b"x-end", b"yes")]

client.start_next_cycle()
server.start_next_cycle()
headers = [
    ("Host", "h"),
    ("Expect", "100-continue"),
    ("Content-Length", "2"),
    ("Connection", "close"),
]
found = events(server, client.send(h11.Request(method="PUT", target="/", headers=headers)), step=50)
assert len(found) == 1 and server.they_are_waiting_for_100_continue
data = server.send(h11.InformationalResponse(status_code=100, headers=[]))
assert [event.status_code for event in events(client, data)] == [100]
assert not server.they_are_waiting_for_100_continue
assert [event.data for event in events(server, client.send(h11.Data(data=b"ab")), 9)[:1]] == [b"ab"]
client.send(h11.EndOfMessage())
server.send(h11.Response(status_code=204, headers=[]))
server.send(h11.EndOfMessage())
assert server.our_state is h11.MUST_CLOSE

for text in (
    b"GET / HTTP/1.1\r\n\r\n",  # no Host
    b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: h\r\nBad Name: x\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
):
    try:
        events(h11.Connection(h11.SERVER), text, step=1000)
    except h11.RemoteProtocolError as error:
        assert error.error_status_hint == 400
    else:
        raise AssertionError(text)
try:
    h11.Connection(h11.SERVER).send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
except h11.LocalProtocolError:
    pass
else:
    raise AssertionError("a server sent a request")
