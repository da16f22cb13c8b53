# imports: pyarrow, pyarrow.compute, pyarrow.ipc
# exercises: arrays with missing values, compute kernels, group-by, the IPC stream, Parquet and CSV
#   in memory, numpy where it is there
# versions: >=10.0.1
# timeout: 120
import importlib.util
import io
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

numbers = pa.array([3, None, 1, 2])
assert numbers.null_count == 1 and numbers.type == pa.int64()
assert pc.sum(numbers).as_py() == 6
assert pc.fill_null(numbers, 0).to_pylist() == [3, 0, 1, 2]
assert pc.sort_indices(numbers).to_pylist() == [2, 3, 0, 1]
assert pc.utf8_upper(pa.array(["a", "é"])).to_pylist() == ["A", "É"]

table = pa.table({"city": ["Oslo", "Rome", "Oslo"], "rain": [10.0, 2.0, 30.0]})
sums = table.group_by("city").aggregate([("rain", "sum")]).sort_by("city")
assert sums.to_pydict() == {"city": ["Oslo", "Rome"], "rain_sum": [40.0, 2.0]}, sums
assert table.filter(pc.greater(table["rain"], 5.0)).num_rows == 2

sink = pa.BufferOutputStream()
with pa.ipc.new_stream(sink, table.schema) as writer:
    writer.write_table(table)
assert pa.ipc.open_stream(sink.getvalue()).read_all().equals(table)

file = io.BytesIO()
pq.write_table(table, file, compression="snappy")
data = file.getvalue()
assert data[:4] == data[-4:] == b"PAR1"
assert pq.read_table(io.BytesIO(data)).equals(table)
assert pyarrow.csv.read_csv(io.BytesIO(b"a,b\n1,x\n2,y\n")).to_pydict() == {
    "a": [1, 2],
    "b": ["x", "y"],
}

if importlib.util.find_spec("numpy") is not None:
    assert pa.array([1.0, 2.0]).to_numpy().tolist() == [1.0, 2.0]

# Arrow's readers may still have a thread to end, and a process that ends before it is aborted.
time.sleep(0.2)
