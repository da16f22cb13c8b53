# imports: h5py, h5py.h5d
# exercises: a file on disk and one in memory: groups, attributes, chunks and compression, parts,
#   growing, text, records, links and references, the low-level interface
# versions: >=3.0
import io

import h5py
import numpy as np

table = np.arange(2000, dtype="<i4").reshape(100, 20)
with h5py.File("probe.h5", "w") as file:
    data = file.create_dataset(
        "deep/table", data=table, chunks=(10, 20), compression="gzip", shuffle=True, fletcher32=True
    )
    data.attrs["unit"] = "m"
    data.attrs["origin"] = np.array([1.5, 2.5])
    assert data.id.get_storage_size() < table.nbytes / 2 and data.compression == "gzip"
    grown = file.create_dataset("grown", shape=(0,), maxshape=(None,), dtype="f8")
    for step in range(3):
        grown.resize(grown.shape[0] + 2, axis=0)
        grown[-2:] = [step, step + 0.5]
    names = file.create_dataset("names", shape=(3,), dtype=h5py.string_dtype())
    names[:] = ["a", "caf\u00e9", ""]
    record = np.dtype([("id", "i2"), ("weight", "f4"), ("tag", "S3")])
    file["records"] = np.array([(1, 0.5, b"abc"), (2, 1.5, b"x")], dtype=record)
    file["soft"] = h5py.SoftLink("/deep/table")
    file["pointer"] = data.ref
    file["flag"] = np.array([True, False])
    file["complex"] = 1 + 2j

with open("probe.h5", "rb") as raw:
    assert raw.read(8) == b"\x89HDF\r\n\x1a\n"
assert h5py.is_hdf5("probe.h5")
with h5py.File("probe.h5", "r") as file:
    data = file["deep/table"]
    assert data.shape == (100, 20) and data.dtype == "<i4" and data.chunks == (10, 20)
    assert (data[...] == table).all() and (
        data[5:50:7, [1, 4, 9]] == table[5:50:7, [1, 4, 9]]
    ).all()
    assert (data[table > 1990] == np.arange(1991, 2000)).all()
    assert data.attrs["unit"] == "m" and data.attrs["origin"].tolist() == [1.5, 2.5]
    assert file["grown"][:].tolist() == [0, 0.5, 1, 1.5, 2, 2.5]
    assert file["names"].asstr()[:].tolist() == ["a", "caf\u00e9", ""]
    assert file["records"]["weight"].tolist() == [0.5, 1.5] and file["records"][1]["tag"] == b"x"
    assert file["soft"] == data and file[file["pointer"][()]].name == "/deep/table"
    assert file["flag"][:].tolist() == [True, False] and file["complex"][()] == 1 + 2j
    seen = []
    file.visit(seen.append)
    assert {"deep", "deep/table", "names"} <= set(seen) and "soft" not in seen
    assert isinstance(file.get("deep"), h5py.Group) and "nothing" not in file
    low = h5py.h5d.open(file.id, b"grown")
    values = np.empty(6)
    low.read(h5py.h5s.ALL, h5py.h5s.ALL, values)
    assert values[-1] == 2.5 and low.rank == 1
    try:
        file["new"] = 1
    except (OSError, ValueError, RuntimeError):
        pass
    else:
        raise AssertionError("a file opened for reading was written")

memory = io.BytesIO()
with h5py.File(memory, "w") as file:
    file["x"] = np.float16(1.5)
    file.copy("x", "y")
    file.move("x", "z/w")
with h5py.File(memory, "r") as file:
    assert sorted(file) == ["y", "z"] and file["z/w"][()] == file["y"][()] == 1.5
try:
    h5py.File(io.BytesIO(b"not HDF5"), "r")
except OSError:
    pass
else:
    raise AssertionError("a text was opened as HDF5")
