# imports: ml_dtypes
# exercises: bfloat16 and the eight-bit floats bit by bit, rounding, limits, arithmetic and casts
#   of numpy arrays of them, four-bit integers
# versions: >=0.4
import ml_dtypes
import numpy as np

bfloat16 = ml_dtypes.bfloat16
# A bfloat16 is the upper half of a float32, rounded to even.
assert np.array([1.0, -2.0, np.inf], dtype=bfloat16).view(np.uint16).tolist() == [
    0x3F80,
    0xC000,
    0x7F80,
]
values = np.array([1.0 + 2.0**-8, 1.0 + 3 * 2.0**-8, 3.14159], dtype=np.float32)
assert values.astype(bfloat16).astype(np.float32).tolist() == [1.0, 1.0 + 2.0**-6, 3.140625]
assert float(ml_dtypes.finfo(bfloat16).max) == (2 - 2.0**-7) * 2.0**127
assert float(ml_dtypes.finfo(bfloat16).eps) == 2.0**-7 and ml_dtypes.finfo(bfloat16).bits == 16

numbers = np.arange(1, 9).astype(bfloat16)
assert numbers.dtype == bfloat16 and (numbers + numbers).dtype == bfloat16
assert (numbers * numbers).astype(int).tolist() == [1, 4, 9, 16, 25, 36, 49, 64]
assert float(numbers @ numbers) == 204.0 and float(numbers.max()) == 8.0
assert (numbers[::-1].copy().argsort() == np.arange(8)[::-1]).all()
assert np.isnan(np.array(np.nan, dtype=bfloat16)) and bfloat16(7) / bfloat16(2) == 3.5
assert (
    np.abs(np.exp(numbers.astype(np.float32)[:3].astype(bfloat16)) - np.e).astype(float)[0] < 0.01
)

# Eight bits: sign, exponent, mantissa.
for kind, one, largest in (
    (ml_dtypes.float8_e4m3fn, 0b0_0111_000, 448.0),
    (ml_dtypes.float8_e5m2, 0b0_01111_00, 57344.0),
    (ml_dtypes.float8_e4m3b11fnuz, 0b0_1011_000, 30.0),
):
    assert np.array(1.0, dtype=kind).view(np.uint8) == one, kind
    assert float(ml_dtypes.finfo(kind).max) == largest, kind
    every = np.arange(256, dtype=np.uint8).view(kind).astype(np.float32)
    kept = every[~np.isnan(every)]
    assert (kept.astype(kind).astype(np.float32) == kept).all(), kind
    assert np.nanmax(every[np.isfinite(every)]) == largest, kind

small = np.array([-8, -1, 0, 7]).astype(ml_dtypes.int4)
assert (small + small).astype(int).tolist() == [0, -2, 0, -2]  # four bits wrap round
assert np.array([15, 1]).astype(ml_dtypes.uint4).astype(int).tolist() == [15, 1]
assert (ml_dtypes.iinfo(ml_dtypes.int4).min, ml_dtypes.iinfo(ml_dtypes.int4).max) == (-8, 7)
