# imports: h11
# exercises: a client and a server that talk through bytes: known bytes of a request and an answer
#   in chunks, read byte by byte; broken messages
# versions: >=0.9
import h11

client, server = h11.Connection(h11.CLIENT), h11.Connection(h11.SERVER)


def events(connection, data, step=1):
    """Return the events of these bytes, given in small parts."""
    found = []
    for start in range(0, len(data), step):
        connection.receive_data(data[start : start + step])
        event = connection.next_event()
        while event not in (h11.NEED_DATA, h11.PAUSED):
            found.append(event)
            event = connection.next_event()
    return found


def body(found):
    return b"".join(event.data for event in found if type(event) is h11.Data)


request = h11.Request(method="POST", target="/a", headers=[("Host", "h"), ("Content-Length", "5")])
data = client.send(request) + client.send(h11.Data(data=b"hello"))
data += client.send(h11.EndOfMessage())
assert data == b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", data
found = events(server, data)
assert (found[0].method, found[0].target, body(found)) == (b"POST", b"/a", b"hello")
assert type(found[-1]) is h11.EndOfMessage and server.our_state is h11.SEND_RESPONSE

# No length is given, so the server sends chunks.
data = server.send(h11.Response(status_code=200, reason=b"OK", headers=[("X-Name", "v")]))
data += server.send(h11.Data(data=b"hello ")) + server.send(h11.Data(data=b"world" * 3))
data += server.send(h11.EndOfMessage())
assert data == (
    b"HTTP/1.1 200 OK\r\nX-Name: v\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"6\r\nhello \r\nf\r\nworldworldworld\r\n0\r\n\r\n"
), data
found = events(client, data, step=3)
assert found[0].status_code == 200 and body(found) == b"hello worldworldworld"

for text in (
    b"GET / HTTP/1.1\r\n\r\n",  # no Host
    b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: h\r\nBad Name: x\r\n\r\n",
):
    try:
        events(h11.Connection(h11.SERVER), text, step=1000)
    except h11.RemoteProtocolError as error:
        assert error.error_status_hint == 400
    else:
        raise AssertionError(text)
