# imports: rpds
# exercises: the Rust maps, sets and lists: that a change leaves the old one as it was,
#   equality, iteration, missing keys, a map of some thousand entries, pickling
# versions: >=0.13
import pickle

from rpds import HashTrieMap, HashTrieSet, List

empty = HashTrieMap()
one = empty.insert("a", 1)
two = one.insert("b", 2)
assert (len(empty), len(one), len(two)) == (0, 1, 2)
assert two["b"] == 2 and "b" not in one and one.get("b") is None
assert dict(two) == {"a": 1, "b": 2} == dict(two.items())
assert two == HashTrieMap({"b": 2, "a": 1}) and two != one and two == two.insert("a", 1)
assert two.remove("a") == HashTrieMap(b=2) and two.discard("none") == two
assert two.update({"a": 3}, c=4) == HashTrieMap({"a": 3, "b": 2, "c": 4}) and two["a"] == 1
try:
    two.remove("none")
except KeyError as error:
    assert error.args == ("none",)
else:
    raise AssertionError("a key that is not there was removed")

big = HashTrieMap()
for number in range(3000):
    big = big.insert(number, number * number)
assert len(big) == 3000 and sum(big.values()) == 2999 * 3000 * 5999 // 6
assert set(big) == set(range(3000))


class Clash:
    """Keys of one and the same hash."""

    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return self.name == other.name


clash = HashTrieMap([(Clash(name), name) for name in "abc"])
assert len(clash) == 3 and clash[Clash("b")] == "b"

letters = HashTrieSet("abc")
assert letters.insert("d") == HashTrieSet("abcd") and len(letters) == 3 and "d" not in letters
assert letters | HashTrieSet("cd") == HashTrieSet("abcd")
assert letters & HashTrieSet("cd") == HashTrieSet("c") and letters - HashTrieSet("c") < letters

numbers = List([1, 2, 3])
assert list(numbers.push_front(0)) == [0, 1, 2, 3] and list(numbers) == [1, 2, 3]
assert numbers.first == 1 and numbers.rest == List([2, 3]) and list(reversed(numbers)) == [3, 2, 1]
for value in (two, letters, numbers):
    assert pickle.loads(pickle.dumps(value)) == value
