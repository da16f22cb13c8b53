"""RECORD is read so that the good rows of a bad file survive."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wheels import digest

from pytest_venvhealth.record import Row, encoded_hash, parse_record, write_record

GOOD = f"sha256={digest(b'good')}"
ROW = Row("demo/__init__.py", GOOD, 4)
LINE = f"demo/__init__.py,{GOOD},4\n".encode()


def test_a_row_is_a_path_a_hash_and_a_size() -> None:
    record = parse_record(LINE + b"demo-1.0.dist-info/RECORD,,\n")

    assert (ROW, Row("demo-1.0.dist-info/RECORD", "", None)) == record.rows
    assert () == record.problems


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        pytest.param(b"", [], id="empty"),
        pytest.param(LINE.replace(b"\n", b"\r\n"), [ROW], id="lines-of-windows"),
        pytest.param(LINE.strip(), [ROW], id="no-line-break-at-the-end"),
        pytest.param(b"\n" + LINE + b"\n\n", [ROW], id="empty-lines"),
        pytest.param(b'"a,b.txt",,7\n', [Row("a,b.txt", "", 7)], id="comma-in-a-path"),
        pytest.param(b'"a\nb.txt",,7\n', [Row("a\nb.txt", "", 7)], id="line-break-in-a-path"),
        pytest.param(b'"say ""a"".txt",,7\n', [Row('say "a".txt', "", 7)], id="quotes-in-a-path"),
        pytest.param("é/ü.py,,0\n".encode(), [Row("é/ü.py", "", 0)], id="not-ascii"),
        pytest.param(b"demo\\a.py,,0\n", [Row("demo/a.py", "", 0)], id="backslashes-of-old-tools"),
        pytest.param(LINE.replace(b",4", b"=,4"), [ROW], id="padded-hash"),
        pytest.param(b"a.py,md5=AAAA,1\n", [Row("a.py", "md5=AAAA", 1)], id="hash-of-old-tools"),
        pytest.param(b"/abs/a.py,,1\n", [Row("/abs/a.py", "", 1)], id="absolute"),
    ],
)
def test_what_tools_write_is_read_without_complaint(data: bytes, rows: list[Row]) -> None:
    record = parse_record(data)

    assert tuple(rows) == record.rows
    assert () == record.problems


@pytest.mark.parametrize(
    ("bad", "rows", "problem"),
    [
        pytest.param(b"demo/a.py\n", [], "row 2 has 1 column, not 3", id="path-alone"),
        pytest.param(b"demo/a.py,,1,x\n", [], "row 2 has 4 columns, not 3", id="four-columns"),
        pytest.param(b",,5\n", [], "row 2 names no file", id="no-path"),
        pytest.param(
            b"a.py,,many\n", [Row("a.py", "", None)], "row 2: 'many' is no size", id="size"
        ),
        pytest.param(
            b"a.py,,-1\n", [Row("a.py", "", None)], "row 2: '-1' is no size", id="negative"
        ),
        pytest.param(
            "a.py,,²\n".encode(), [Row("a.py", "", None)], "row 2: '²' is no size", id="superscript"
        ),
        pytest.param(
            b"a.py,," + b"9" * 5000 + b"\n",
            [Row("a.py", "", None)],
            f"row 2: '{'9' * 80}…' is no size",
            id="endless-size",
        ),
        pytest.param(
            b"a.py,sha256,1\n", [Row("a.py", "", 1)], "row 2: 'sha256' is no hash", id="no-digest"
        ),
        pytest.param(
            b"a.py,=abc,1\n", [Row("a.py", "", 1)], "row 2: '=abc' is no hash", id="no-algorithm"
        ),
        pytest.param(
            b"a.py,crc7=abc,1\n",
            [Row("a.py", "", 1)],
            "row 2: 'crc7=abc' is no hash",
            id="unknown-algorithm",
        ),
        pytest.param(
            b"a.py,shake_128=abc,1\n",
            [Row("a.py", "", 1)],
            "row 2: 'shake_128=abc' is no hash",
            id="algorithm-without-one-length",
        ),
        pytest.param(
            b'"a.py,,1\n', [], "row 2: unexpected end of data", id="quote-that-never-closes"
        ),
        pytest.param(b'"a"b.py,,1\n', [], "row 2: ',' expected after '\"'", id="quote-in-between"),
        pytest.param(
            b"\xff.py,,1\n", [Row("\udcff.py", "", 1)], "it is not UTF-8 (byte 70)", id="not-utf-8"
        ),
        pytest.param(b"\0\0a.py,,1\n", [Row("a.py", "", 1)], "it holds NUL bytes", id="nul"),
    ],
)
def test_a_bad_row_is_told_and_the_others_survive(
    bad: bytes, rows: list[Row], problem: str
) -> None:
    after = Row("after.py", "", 1)

    record = parse_record(LINE + bad + b"after.py,,1\n")

    assert (ROW, *rows, after) == record.rows
    assert (problem,) == record.problems


def test_a_byte_order_mark_is_told_and_hides_no_row() -> None:
    record = parse_record(b"\xef\xbb\xbf" + LINE)

    assert (ROW,) == record.rows
    assert ("it begins with a byte order mark",) == record.problems


def test_a_zeroed_file_has_no_rows_and_a_problem() -> None:
    record = parse_record(bytes(4096))

    assert () == record.rows
    assert ("it holds NUL bytes",) == record.problems


def test_a_file_cut_in_a_row_keeps_all_rows_before() -> None:
    record = parse_record(LINE * 3 + LINE[:20])

    assert (ROW, ROW, ROW) == record.rows
    assert ("row 4 has 2 columns, not 3",) == record.problems


def test_every_problem_is_told_with_its_row() -> None:
    record = parse_record(b"a\n" + LINE + b"b,,x\n,,\n")

    assert (
        "row 1 has 1 column, not 3",
        "row 3: 'x' is no size",
        "row 4 names no file",
    ) == record.problems


def test_a_hash_is_written_as_record_has_it() -> None:
    expected = "sha256=uU0nuZNNPgilLlLX2n2r-sSE7-N6U4DukIj3rOLvzek"

    assert expected == encoded_hash(hashlib.sha256(b"hello world"))


# No backslash: it is read as the folder separator that it is on Windows. No NUL: no path has one.
PATHS = st.text(
    st.characters(exclude_characters="\\\0", exclude_categories=["Cs"]), min_size=1
).filter(lambda path: not path.startswith("\ufeff"))
HASHES = st.one_of(
    st.just(""),
    st.builds(
        lambda name, data: encoded_hash(hashlib.new(name, data)),
        st.sampled_from(["sha256", "sha512", "md5", "blake2b"]),
        st.binary(max_size=8),
    ),
)
SIZES = st.one_of(st.none(), st.integers(0, 10**17))
ROWS = st.lists(st.builds(Row, PATHS, HASHES, SIZES), max_size=6)


@settings(max_examples=80, deadline=None)
@given(ROWS)
@example([Row("a\rb", "", None)])
@example([Row('"', "", None), Row("b,", "", 1)])
def test_what_is_written_is_read_again(rows: list[Row]) -> None:
    """The law of RECORD: `parse(write(rows)) == rows`."""
    record = parse_record(write_record(rows))

    assert tuple(rows) == record.rows
    assert () == record.problems


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(), st.lists(st.sampled_from([LINE, b'"', b",", b"\r", b"\0", b"\xff"]))))
def test_no_bytes_at_all_raise(data: bytes | list[bytes]) -> None:
    record = parse_record(data if isinstance(data, bytes) else b"".join(data))

    assert all(row.path for row in record.rows)
