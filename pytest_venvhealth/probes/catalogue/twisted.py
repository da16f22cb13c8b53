# imports: twisted, twisted.internet.defer
# exercises: Deferreds and coroutines, a clock that is moved by hand, a line protocol; by the
#   reactor a thread, and on the loopback interface a web site and its client
# versions: >=20.3
import socket

from twisted.internet import defer, endpoints, reactor, task, threads
from twisted.internet.testing import StringTransport
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure
from twisted.web import client, resource, server
from twisted.web.iweb import IBodyProducer
from zope.interface import implementer

steps = []
deferred = defer.Deferred()
deferred.addCallback(lambda value: value * 2)
deferred.addCallback(lambda value: value // 0)
deferred.addErrback(lambda failure: failure.trap(ZeroDivisionError).__name__)
deferred.addCallback(steps.append)
deferred.callback(21)
assert steps == ["ZeroDivisionError"], steps


@defer.inlineCallbacks
def add(first, second):
    total = (yield first) + (yield second)
    return total


async def double(deferred):
    return 2 * await deferred


clock = task.Clock()
later = [task.deferLater(clock, delay, lambda delay=delay: delay) for delay in (1, 5)]
total = defer.ensureDeferred(double(add(*later)))
total.addCallback(steps.append)
limited = defer.Deferred().addTimeout(3, clock)
limited.addErrback(lambda failure: steps.append(failure.check(defer.TimeoutError)))
ticks = []
loop = task.LoopingCall(lambda: ticks.append(clock.seconds()))
loop.clock = clock
loop.start(2)
clock.pump([1] * 6)
assert steps[1:] == [defer.TimeoutError, 12], steps
assert ticks == [0, 2, 4, 6], ticks
loop.stop()
assert clock.getDelayedCalls() == []
gathered = []
defer.gatherResults([defer.succeed(1), defer.maybeDeferred(lambda: 2)]).addCallback(gathered.extend)
assert gathered == [1, 2]


class Upper(LineReceiver):
    def lineReceived(self, line):
        if line.isdigit():
            self.count = int(line)
            self.setRawMode()
        else:
            self.sendLine(line.upper())

    def rawDataReceived(self, data):
        self.transport.write(data[: self.count][::-1])
        self.setLineMode(data[self.count :])


protocol, transport = Upper(), StringTransport()
protocol.makeConnection(transport)
for part in (b"one\r", b"\ntwo\r\n3\r\nabcfour\r\nfi"):
    protocol.dataReceived(part)
assert transport.value() == b"ONE\r\nTWO\r\ncbaFOUR\r\n", transport.value()


class Page(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"x-name", b"v")
        return b"/".join(request.postpath) + b"?" + b",".join(request.args[b"q"])

    def render_POST(self, request):
        def answer(_):
            request.setResponseCode(201)
            request.write(request.content.read()[::-1])
            request.finish()

        task.deferLater(reactor, 0, answer, None)
        return server.NOT_DONE_YET


@implementer(IBodyProducer)
class Body:
    """What the client sends."""

    def __init__(self, data):
        self.data, self.length = data, len(data)

    def startProducing(self, consumer):
        consumer.write(self.data)
        return defer.succeed(None)

    def stopProducing(self):
        pass

    def pauseProducing(self):
        pass

    def resumeProducing(self):
        pass


async def serve():
    root = resource.Resource()
    root.putChild(b"page", Page())
    site = server.Site(root)
    site.log = lambda request: None
    port = await endpoints.TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(site)
    base = b"http://127.0.0.1:%d" % port.getHost().port
    pool = client.HTTPConnectionPool(reactor, persistent=True)
    agent = client.Agent(reactor, connectTimeout=10, pool=pool)
    answer = await agent.request(b"GET", base + b"/page/a%20b/c?q=1&q=%26")
    assert (answer.code, answer.headers.getRawHeaders(b"X-Name")) == (200, [b"v"])
    assert await client.readBody(answer) == b"a b/c?1,&"
    answer = await agent.request(b"POST", base + b"/page", bodyProducer=Body(b"x" * 70000 + b"y"))
    assert answer.code == 201 and await client.readBody(answer) == b"y" + b"x" * 70000
    answer = await agent.request(b"GET", base + b"/none")
    assert answer.code == 404 and b"</html>" in await client.readBody(answer)
    await pool.closeCachedConnections()
    await port.stopListening()


def loopback_is_up():
    try:
        with socket.create_server(("127.0.0.1", 0)) as sock:
            socket.create_connection(sock.getsockname(), timeout=10).close()
    except OSError:
        return False
    return True


async def main():
    assert await threads.deferToThread(sum, [1, 2]) == 3
    if loopback_is_up():
        await serve()


def start():
    running = defer.ensureDeferred(main()).addTimeout(30, reactor)
    running.addBoth(results.append)
    running.addBoth(lambda _: reactor.stop())


results = []
reactor.callWhenRunning(start)
reactor.run(installSignalHandlers=False)
if isinstance(results[0], Failure):
    results[0].raiseException()
