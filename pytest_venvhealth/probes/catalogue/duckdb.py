# imports: duckdb
# exercises: SQL: tables, joins, windows, dates, lists, parameters, transactions, errors; a database
#   on disk; CSV, Parquet and JSON files; relations, cursors, Python functions
# versions: >=0.8
import datetime
import decimal
import json
import os

import duckdb

db = duckdb.connect()
db.execute("CREATE TABLE rain (city VARCHAR, day DATE, mm DOUBLE)")
rows = [("Oslo", "2024-02-28", 10.0), ("Rome", "2024-02-29", 2.5), ("Oslo", "2024-03-01", None)]
db.executemany("INSERT INTO rain VALUES (?, ?, ?)", rows)
found = db.execute("SELECT city, sum(mm), count(*) FROM rain GROUP BY city ORDER BY city")
assert found.description[0][0] == "city"
assert found.fetchall() == [("Oslo", 10.0, 2), ("Rome", 2.5, 1)]


def one(query, *parameters):
    return db.execute(query, parameters).fetchone()


assert one("SELECT max(day) - min(day), dayname(max(day)) FROM rain") == (2, "Friday")
assert one("SELECT count(*) FROM rain WHERE city = ? AND mm IS NULL", "Oslo") == (1,)
assert one("SELECT sum(n) FROM (SELECT unnest(range(1, 101)) AS n)") == (5050,)
assert one("SELECT 1.10::DECIMAL(5, 2) + 2, 2::HUGEINT ** 70 > 1e21") == (
    decimal.Decimal("3.10"),
    True,
)
assert one("SELECT [1, 2, 3], {'a': 1, 'b': 'x'}, list_sort([3, 1])") == (
    [1, 2, 3],
    {"a": 1, "b": "x"},
    [1, 3],
)
assert one("SELECT md5('abc'), regexp_extract('a-12', '[0-9]+')") == (
    "900150983cd24fb0d6963f7d28e17f72",
    "12",
)
assert one("SELECT (date '2024-02-29' + INTERVAL 1 YEAR)::DATE") == (datetime.date(2025, 2, 28),)
ranks = "SELECT city, row_number() OVER (PARTITION BY city ORDER BY day DESC) FROM rain"
assert sorted(db.execute(ranks).fetchall()) == [("Oslo", 1), ("Oslo", 2), ("Rome", 1)]
tree = """
WITH RECURSIVE fib(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM fib WHERE b < 100)
SELECT max(a) FROM fib
"""
assert one(tree) == (89,)

db.execute("BEGIN")
db.execute("DELETE FROM rain")
db.execute("ROLLBACK")
relation = db.table("rain").filter("mm > 1").order("mm").project("city, mm * 2 AS double")
assert relation.fetchall() == [("Rome", 5.0), ("Oslo", 20.0)] and relation.columns[1] == "double"
for query, kind in (("SELECT nothing", duckdb.BinderException), ("SELEC", duckdb.ParserException)):
    try:
        db.execute(query)
    except kind:
        pass
    else:
        raise AssertionError(query + " was accepted")

with open("in.csv", "w") as file:
    file.write("id,name\n1,x\n2,y\n")
assert db.execute("SELECT sum(id), max(name) FROM 'in.csv'").fetchall() == [(3, "y")]
db.execute("COPY rain TO 'rain.parquet' (FORMAT PARQUET)")
with open("rain.parquet", "rb") as file:
    assert file.read(4) == b"PAR1"
assert one("SELECT count(*), sum(mm) FROM 'rain.parquet'") == (3, 12.5)
with open("in.json", "w") as file:
    json.dump([{"a": 1}, {"a": 41}], file)
assert one("SELECT sum(a) FROM read_json_auto('in.json')") == (42,)
db.close()

with duckdb.connect("store.duckdb") as db:
    db.execute("CREATE TABLE kept AS SELECT i FROM range(10) t(i)")
assert os.path.exists("store.duckdb")
with duckdb.connect("store.duckdb", read_only=True) as db:
    assert one("SELECT sum(i) FROM kept") == (45,)
