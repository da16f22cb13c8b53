# imports: datasets
# exercises: an in-memory table: map, filter, sort, split, features, a save and load on disk, a CSV
#   file read
# timeout: 120
from datasets import ClassLabel, Dataset, Features, Value, load_dataset

features = Features({"text": Value("string"), "label": ClassLabel(names=["no", "yes"])})
table = Dataset.from_dict(
    {"text": ["one", "three", "five", "seven"], "label": [0, 1, 1, 0]}, features=features
)
assert table[1] == {"text": "three", "label": 1}
assert table.features["label"].int2str(1) == "yes"

longer = table.map(lambda row: {"length": len(row["text"])})
assert longer["length"][:] == [3, 5, 4, 5], longer["length"][:]
assert longer.filter(lambda row: row["length"] == 5)["text"][:] == ["three", "seven"]
assert table.sort("text")["text"][:] == ["five", "one", "seven", "three"]
assert table.select([3, 0])["text"][:] == ["seven", "one"]
parts = table.train_test_split(test_size=0.25, seed=1)
assert sorted(parts["train"]["text"][:] + parts["test"]["text"][:]) == sorted(table["text"][:])

longer.save_to_disk("table")
assert Dataset.load_from_disk("table").to_dict() == longer.to_dict()

with open("rows.csv", "w") as file:
    file.write("name,count\nOslo,3\nRome,5\n")
rows = load_dataset("csv", data_files="rows.csv", split="train", cache_dir="cache")
assert rows.to_dict() == {"name": ["Oslo", "Rome"], "count": [3, 5]}
