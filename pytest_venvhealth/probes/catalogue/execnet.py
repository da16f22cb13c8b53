# imports: execnet, execnet.gateway_base
# exercises: serialization of the basic types, a second interpreter that computes over channels, a
#   remote exception, a group that is shut down
# versions: >=1.5
import os

import execnet

value = {"a": [1, -2, 2**70, 1.5, True, None], ("t", 1): "é", "b": b"\x00\xff", "s": {1, 2}}
assert execnet.loads(execnet.dumps(value)) == value
assert execnet.loads(execnet.dumps(complex(1, -2))) == complex(1, -2)
try:
    execnet.dumps(object())
except execnet.DumpError:
    pass
else:
    raise AssertionError("an object of no basic type was serialized")

group = execnet.Group()
try:
    gateway = group.makegateway("popen//id=probe")
    assert gateway.id == "probe" and gateway in group
    channel = gateway.remote_exec(
        """
import os
channel.send(os.getpid())
while True:
    number = channel.receive()
    if number is None:
        break
    channel.send(number * number)
sub = channel.gateway.newchannel()
channel.send(sub)
sub.send("through a sub-channel")
"""
    )
    assert channel.receive(timeout=30) != os.getpid()
    for number in (3, 2**40, 1.5):
        channel.send(number)
    assert [channel.receive(timeout=30) for _ in range(3)] == [9, 2**80, 2.25]
    channel.send(None)
    assert channel.receive(timeout=30).receive(timeout=30) == "through a sub-channel"
    channel.waitclose(timeout=30)

    channel = gateway.remote_exec("channel.send(1); raise KeyError('far away')")
    assert channel.receive(timeout=30) == 1
    try:
        channel.receive(timeout=30)
    except execnet.RemoteError as error:
        assert "KeyError" in str(error) and "far away" in str(error), error
    else:
        raise AssertionError("the remote exception got lost")
finally:
    group.terminate(timeout=10)
assert len(group) == 0
