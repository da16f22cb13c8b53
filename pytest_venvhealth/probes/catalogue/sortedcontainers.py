# imports: sortedcontainers
# exercises: sorted lists, dictionaries and sets of some thousand values against the standard
#   library's sorting: adding, removing, bisecting, ranges, keys, set operations, pickling
# versions: >=2.0
import bisect
import pickle
import random

from sortedcontainers import SortedDict, SortedKeyList, SortedList, SortedSet

numbers = list(range(5000)) * 2
random.Random(1).shuffle(numbers)
values, plain = SortedList(), []
for number in numbers:
    values.add(number)
    plain.append(number)
plain.sort()
assert list(values) == plain == list(SortedList(numbers)) and len(values) == 10000
assert values[0] == 0 and values[-1] == 4999 and values[7001] == 3500
assert values[10:4000:7] == plain[10:4000:7] and list(reversed(values)) == plain[::-1]
for probe in (-1, 0, 2500, 4999, 6000):
    assert values.bisect_left(probe) == bisect.bisect_left(plain, probe)
    assert values.bisect_right(probe) == bisect.bisect_right(plain, probe)
assert list(values.irange(10, 12, inclusive=(True, False))) == [10, 10, 11, 11]
assert values.count(77) == 2 and values.index(77) == 154 and 77 in values and 5000 not in values
for number in range(0, 5000, 2):
    values.remove(number)
    values.discard(number)
    values.discard(-1)
assert list(values) == [number for number in plain if number % 2]
assert values.pop() == 4999 and values.pop(0) == 1 and len(values) == 4998
del values[1:]
assert list(values) == [1]
try:
    values.remove(2)
except ValueError:
    pass
else:
    raise AssertionError("a value that is not there was removed")

words = SortedKeyList(["ccc", "a", "bb", "dd"], key=len)
assert list(words) == ["a", "bb", "dd", "ccc"] and list(words.irange_key(2, 2)) == ["bb", "dd"]

ages = SortedDict({"Eve": 3, "Adam": 9}, Cain=1)
ages["Bob"] = 5
assert list(ages.items()) == [("Adam", 9), ("Bob", 5), ("Cain", 1), ("Eve", 3)]
assert ages.peekitem(0) == ("Adam", 9) and ages.popitem() == ("Eve", 3)
assert (
    ages.keys()[1] == "Bob" and ages.bisect("Bz") == 2 and list(ages.irange("B")) == ["Bob", "Cain"]
)
assert list(SortedDict(lambda number: -number, {1: "a", 3: "c", 2: "b"})) == [3, 2, 1]

letters = SortedSet("banana")
assert list(letters) == ["a", "b", "n"] and letters[1] == "b" and letters.index("n") == 2
assert list(letters | SortedSet("xa")) == ["a", "b", "n", "x"] and list(letters & set("nz")) == [
    "n"
]
assert letters - {"a"} == {"b", "n"} and letters > {"a"}
for each in (SortedList("cab"), letters, ages):
    assert list(pickle.loads(pickle.dumps(each))) == list(each)
