# imports: sortedcontainers
# exercises: a sorted list of some thousand values against the standard library's sorting: adding,
#   removing, bisecting, ranges; sorted dictionaries and sets; pickling
# versions: >=2.0
import bisect
import pickle
import random

from sortedcontainers import SortedDict, SortedKeyList, SortedList, SortedSet

numbers = list(range(5000)) * 2
random.Random(1).shuffle(numbers)
values, plain = SortedList(), sorted(numbers)
for number in numbers:
    values.add(number)
assert list(values) == plain == list(SortedList(numbers))
assert values[7001] == 3500 and values[10:4000:7] == plain[10:4000:7]
for probe in (-1, 0, 2500, 4999, 6000):
    assert values.bisect_left(probe) == bisect.bisect_left(plain, probe)
    assert values.bisect_right(probe) == bisect.bisect_right(plain, probe)
assert list(values.irange(10, 12, inclusive=(True, False))) == [10, 10, 11, 11]
assert values.count(77) == 2 and values.index(77) == 154 and 5000 not in values
for number in range(0, 5000, 2):
    values.remove(number)
    values.discard(number)
assert list(values) == [number for number in plain if number % 2]
assert values.pop() == 4999 and values.pop(0) == 1 and len(values) == 4998
assert list(SortedKeyList(["ccc", "a", "bb"], key=len)) == ["a", "bb", "ccc"]

ages = SortedDict({"Eve": 3, "Adam": 9}, Cain=1)
ages["Bob"] = 5
assert list(ages.items()) == [("Adam", 9), ("Bob", 5), ("Cain", 1), ("Eve", 3)]
assert ages.peekitem(0) == ("Adam", 9) and ages.popitem() == ("Eve", 3)
assert ages.keys()[1] == "Bob" and list(ages.irange("B")) == ["Bob", "Cain"]

letters = SortedSet("banana")
assert list(letters) == ["a", "b", "n"] and letters.index("n") == 2
assert list(letters | SortedSet("xa")) == ["a", "b", "n", "x"] and letters - {"a"} == {"b", "n"}
for each in (letters, ages):
    assert list(pickle.loads(pickle.dumps(each))) == list(each)
