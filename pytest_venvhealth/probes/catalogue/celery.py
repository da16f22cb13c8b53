# imports: celery, celery.canvas, celery.schedules
# exercises: tasks run eagerly: results, errors, retries, bound tasks; chains, groups and chords;
#   signatures, routes, schedules; a message put into a broker in memory and read again
# versions: >=5.0
import datetime

from celery import Celery, chain, chord, group
from celery.schedules import crontab

app = Celery("probe", broker="memory://", backend="cache+memory://", set_as_current=True)
app.conf.update(
    task_always_eager=True, task_store_eager_result=False, timezone="UTC", enable_utc=True
)
tries = []


@app.task(name="probe.add")
def add(left, right):
    return left + right


@app.task(name="probe.total")
def total(numbers):
    return sum(numbers)


@app.task(name="probe.fragile", bind=True, max_retries=3)
def fragile(self, wanted):
    tries.append(self.request.retries)
    if len(tries) < wanted:
        raise self.retry(exc=OSError("not yet"), countdown=0)
    return len(tries)


result = add.delay(2, 3)
assert result.successful() and result.get(timeout=10) == 5 and result.status == "SUCCESS"
failed = add.apply_async(args=(1, "x"))
assert failed.failed() and isinstance(failed.result, TypeError), failed.result
try:
    failed.get(timeout=10)
except TypeError:
    pass
else:
    raise AssertionError("the task's error got lost")
assert fragile.delay(3).get(timeout=10) == 3 and tries == [0, 1, 2], tries

assert chain(add.s(1, 2), add.s(10), add.s(100))().get(timeout=10) == 113
assert (add.s(2) | add.si(3, 4)).apply(args=(1,)).get(timeout=10) == 7
assert group(add.s(n, n) for n in range(4))().get(timeout=10) == [0, 2, 4, 6]
assert chord([add.s(n, 1) for n in range(3)])(total.s()).get(timeout=10) == 6

signature = add.signature((1,), {"right": 5}, countdown=7)
assert signature.options["countdown"] == 7 and signature.clone().apply().get() == 6
assert dict(signature)["task"] == "probe.add" and app.tasks["probe.add"].name == add.name

night = crontab(minute="*/20", hour="3,4", day_of_week="mon-fri")
assert night.minute == {0, 20, 40} and night.hour == {3, 4} and night.day_of_week == {1, 2, 3, 4, 5}
utc = datetime.timezone.utc
now = datetime.datetime(2024, 2, 29, 3, 0, tzinfo=utc)
clocked = crontab(minute=30, hour=3, app=app, nowfun=lambda: now)
left = clocked.remaining_estimate(datetime.datetime(2024, 2, 28, 3, 30, tzinfo=utc))
assert left == datetime.timedelta(minutes=30), left

# Not eagerly: what a worker would be sent
app.conf.task_always_eager = False
app.conf.task_routes = {"probe.add": {"queue": "sums"}}
sent = add.apply_async((1, 2))
with app.connection_for_read() as connection:
    queue = connection.SimpleQueue("sums")
    message = queue.get(timeout=10)
    message.ack()
    queue.close()
assert message.headers["task"] == "probe.add" and message.headers["id"] == sent.id
assert message.payload[0] == [1, 2], message.payload
app.close()
