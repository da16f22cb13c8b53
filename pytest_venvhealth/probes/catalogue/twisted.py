# imports: twisted, twisted.internet.defer
# exercises: Deferreds and their errors, a clock that is moved by hand; by the reactor a thread, and
#   a web site with its client
# versions: >=20.3
# needs: a loopback interface, else the web site is left out
import socket

from twisted.internet import defer, endpoints, reactor, task, threads
from twisted.python.failure import Failure
from twisted.web import client, resource, server

steps = []
deferred = defer.Deferred()
deferred.addCallback(lambda value: value // 0)
deferred.addErrback(lambda failure: failure.trap(ZeroDivisionError).__name__)
deferred.addCallback(steps.append)
deferred.callback(21)
clock = task.Clock()
limited = defer.Deferred().addTimeout(3, clock)
limited.addErrback(lambda failure: steps.append(failure.check(defer.TimeoutError)))
task.deferLater(clock, 5, steps.append, "late")
clock.pump([1] * 5)
assert steps == ["ZeroDivisionError", defer.TimeoutError, "late"], steps


class Page(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        return b",".join(request.args[b"q"])


async def serve():
    endpoint = endpoints.TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
    port = await endpoint.listen(server.Site(Page()))
    url = b"http://127.0.0.1:%d/?q=1&q=%%26" % port.getHost().port
    answer = await client.Agent(reactor).request(b"GET", url)
    assert (answer.code, await client.readBody(answer)) == (200, b"1,&")
    await port.stopListening()


async def main():
    assert await threads.deferToThread(sum, [1, 2]) == 3
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        loopback = sock.connect_ex(("127.0.0.1", 9)) == 0
    if loopback:
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
