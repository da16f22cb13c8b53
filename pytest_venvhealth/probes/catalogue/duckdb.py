# imports: duckdb
# exercises: SQL: tables, windows, decimals, lists, parameters, a transaction; CSV and Parquet
#   files; a database on disk
# versions: >=0.8
import decimal
import os

import duckdb

db = duckdb.connect()
db.execute("CREATE TABLE rain (city VARCHAR, day DATE, mm DOUBLE)")
rows = [("Oslo", "2024-02-28", 10.0), ("Rome", "2024-02-29", 2.5), ("Oslo", "2024-03-01", None)]
db.executemany("INSERT INTO rain VALUES (?, ?, ?)", rows)


def answer(query, *parameters):
    return db.execute(query, parameters).fetchall()


sums = "SELECT city, sum(mm), count(*) FROM rain GROUP BY city ORDER BY city"
assert answer(sums) == [("Oslo", 10.0, 2), ("Rome", 2.5, 1)]
assert answer("SELECT max(day) - min(day), dayname(max(day)) FROM rain") == [(2, "Friday")]
assert answer("SELECT count(*) FROM rain WHERE city = ? AND mm IS NULL", "Oslo") == [(1,)]
ranks = "SELECT city, row_number() OVER (PARTITION BY city ORDER BY day) FROM rain"
assert sorted(answer(ranks)) == [("Oslo", 1), ("Oslo", 2), ("Rome", 1)]
assert answer("SELECT 1.10::DECIMAL(5, 2) + 2") == [(decimal.Decimal("3.10"),)]
assert answer("SELECT list_sort([3, 1]), {'a': 1}") == [([1, 3], {"a": 1})]
assert answer("SELECT md5('abc')") == [("900150983cd24fb0d6963f7d28e17f72",)]

db.execute("BEGIN")
db.execute("DELETE FROM rain")
db.execute("ROLLBACK")
assert answer("SELECT count(*) FROM rain") == [(3,)]

with open("in.csv", "w") as file:
    file.write("id,name\n1,x\n2,y\n")
assert answer("SELECT sum(id), max(name) FROM 'in.csv'") == [(3, "y")]
db.execute("COPY rain TO 'rain.parquet' (FORMAT PARQUET)")
assert answer("SELECT count(*), sum(mm) FROM 'rain.parquet'") == [(3, 12.5)]
db.close()
with duckdb.connect("store.duckdb") as db:
    db.execute("CREATE TABLE kept AS SELECT i FROM range(10) t(i)")
assert os.path.exists("store.duckdb")
with duckdb.connect("store.duckdb", read_only=True) as db:
    assert answer("SELECT sum(i) FROM kept") == [(45,)]
