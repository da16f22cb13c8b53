# imports: tensorboard.summary, tensorboard.compat.proto.event_pb2,
#   tensorboard.compat.proto.summary_pb2, tensorboard.summary.writer.event_file_writer,
#   tensorboard.backend.event_processing.event_accumulator, tensorboard.util.tensor_util
# exercises: scalars written, their records and checksums looked at byte by byte, and read back; an
#   event of the older kind; a file cut short
# versions: >=2.19
# timeout: 120
import glob
import os
import struct

from tensorboard import summary
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

writer = summary.Writer("new")
for step in range(5):
    writer.add_scalar("loss", 1.0 / 2**step, step, wall_time=100.0 + step, description="told")
writer.close()
(path,) = glob.glob("new/events.out.tfevents.*")


def masked(data):
    """Return the checksum of a record: CRC-32C bit by bit, turned and moved."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


with open(path, "rb") as file:
    data = file.read()
events, place = [], 0
while place < len(data):
    (length,) = struct.unpack_from("<Q", data, place)
    body = data[place + 12 : place + 12 + length]
    assert struct.unpack_from("<I", data, place + 8)[0] == masked(data[place : place + 8])
    assert struct.unpack_from("<I", data, place + 12 + length)[0] == masked(body)
    events.append(Event.FromString(body))
    place += 16 + length
assert events[0].file_version == "brain.Event:2" and len(events) == 6, events
assert [event.step for event in events[1:]] == [0, 1, 2, 3, 4]

read = EventAccumulator("new", size_guidance={"tensors": 0})
read.Reload()
assert read.Tags()["tensors"] == ["loss"]
told = [
    (each.step, each.wall_time, tensor_util.make_ndarray(each.tensor_proto).item())
    for each in read.Tensors("loss")
]
assert told == [(step, 100.0 + step, 0.5**step) for step in range(5)], told
assert read.SummaryMetadata("loss").plugin_data.plugin_name == "scalars"

old = EventFileWriter("old")
for step in (1, 2):
    value = Summary.Value(tag="rate", simple_value=step * 2.5)
    old.add_event(Event(step=step, wall_time=7.0, summary=Summary(value=[value])))
old.close()
read = EventAccumulator("old")
read.Reload()
assert [(each.step, each.value) for each in read.Scalars("rate")] == [(1, 2.5), (2, 5.0)]

# What was lost at the end costs no more than the last event.
os.mkdir("short")
with open(os.path.join("short", os.path.basename(path)), "wb") as file:
    file.write(data[:-5])
read = EventAccumulator("short")
read.Reload()
assert len(read.Tensors("loss")) == 4
