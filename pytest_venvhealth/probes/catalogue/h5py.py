# imports: h5py, h5py.h5d
# exercises: a file on disk: groups, attributes, chunks and compression, parts, growing, text,
#   records, links
# versions: >=3.0
import h5py
import numpy as np

table = np.arange(2000, dtype="<i4").reshape(100, 20)
with h5py.File("probe.h5", "w") as file:
    options = {"chunks": (10, 20), "compression": "gzip", "shuffle": True, "fletcher32": True}
    data = file.create_dataset("deep/table", data=table, **options)
    data.attrs["unit"] = "m"
    assert data.id.get_storage_size() < table.nbytes / 2
    grown = file.create_dataset("grown", shape=(1,), maxshape=(None,), dtype="f8")
    grown.resize(3, axis=0)
    grown[1:] = [1.5, 2.5]
    file.create_dataset("names", data=["a", "caf\u00e9"], dtype=h5py.string_dtype())
    record = np.dtype([("id", "i2"), ("weight", "f4"), ("tag", "S3")])
    file["records"] = np.array([(1, 0.5, b"abc"), (2, 1.5, b"x")], dtype=record)
    file["soft"] = h5py.SoftLink("/deep/table")

with open("probe.h5", "rb") as raw:
    assert raw.read(8) == b"\x89HDF\r\n\x1a\n"
with h5py.File("probe.h5", "r") as file:
    data = file["soft"]
    assert data.dtype == "<i4" and (data[...] == table).all()
    assert (data[5:50:7, [1, 4, 9]] == table[5:50:7, [1, 4, 9]]).all()
    assert file["deep/table"].attrs["unit"] == "m"
    assert file["grown"][:].tolist() == [0, 1.5, 2.5]
    assert file["names"].asstr()[:].tolist() == ["a", "caf\u00e9"]
    assert file["records"]["weight"].tolist() == [0.5, 1.5] and file["records"][1]["tag"] == b"x"
    seen = []
    file.visit(seen.append)
    assert {"deep", "deep/table", "names"} <= set(seen) and "soft" not in seen
