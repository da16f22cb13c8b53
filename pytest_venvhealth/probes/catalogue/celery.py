# imports: celery, celery.canvas
# exercises: tasks run eagerly: results, errors, retries; chains, groups and chords; a message put
#   into a broker in memory and read again
# versions: >=5.0
from celery import Celery, chain, chord, group

app = Celery("probe", broker="memory://", backend="cache+memory://")
app.conf.update(task_always_eager=True, task_default_queue="sums")
tries = []


@app.task(name="probe.add")
def add(left, right):
    return left + right


@app.task(name="probe.total")
def total(numbers):
    return sum(numbers)


@app.task(name="probe.fragile", bind=True, max_retries=3)
def fragile(self):
    tries.append(self.request.retries)
    if len(tries) < 3:
        raise self.retry(exc=OSError("not yet"), countdown=0)


assert add.delay(2, 3).get(timeout=10) == 5
failed = add.delay(1, "x")
assert failed.failed() and isinstance(failed.result, TypeError), failed.result
assert fragile.delay().successful() and tries == [0, 1, 2], tries

assert chain(add.s(1, 2), add.s(10), add.s(100))().get(timeout=10) == 113
assert group(add.s(n, n) for n in range(4))().get(timeout=10) == [0, 2, 4, 6]
assert chord([add.s(n, 1) for n in range(3)])(total.s()).get(timeout=10) == 6

# Not eagerly: what a worker would be sent
app.conf.task_always_eager = False
sent = add.apply_async((1, 2))
with app.connection_for_read() as connection:
    queue = connection.SimpleQueue("sums")
    message = queue.get(timeout=10)
    message.ack()
    queue.close()
assert message.headers["task"] == "probe.add" and message.headers["id"] == sent.id
assert message.payload[0] == [1, 2], message.payload
app.close()
