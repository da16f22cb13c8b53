# imports: execnet, execnet.gateway_base
# exercises: serialization of the basic types, a second interpreter that computes over a channel, a
#   remote exception, a group that is shut down
# versions: >=1.5
import os

import execnet

value = {"a": [1, -2, 2**70, 1.5, True, None], ("t", 1): "é", "b": b"\x00\xff", "s": {1, 2}}
assert execnet.loads(execnet.dumps(value)) == value
try:
    execnet.dumps(object())
except execnet.DumpError:
    pass
else:
    raise AssertionError("an object of no basic type was serialized")

group = execnet.Group()
try:
    gateway = group.makegateway("popen//id=probe")
    channel = gateway.remote_exec("import os; channel.send(os.getpid())")
    assert channel.receive(timeout=30) != os.getpid()
    channel = gateway.remote_exec("for number in channel: channel.send(number * number)")
    for number in (3, 2**40, 1.5):
        channel.send(number)
    assert [channel.receive(timeout=30) for _ in range(3)] == [9, 2**80, 2.25]
    channel.close()

    channel = gateway.remote_exec("raise KeyError('far away')")
    try:
        channel.receive(timeout=30)
    except execnet.RemoteError as error:
        assert "KeyError" in str(error) and "far away" in str(error), error
    else:
        raise AssertionError("the remote exception got lost")
finally:
    group.terminate(timeout=10)
