# imports: rpds
# exercises: the Rust maps, sets and lists: that a change leaves the old one as it was, equality,
#   missing keys, clashing hashes, a map of some thousand entries, pickling
# versions: >=0.13
import pickle

from rpds import HashTrieMap, HashTrieSet, List

empty = HashTrieMap()
one = empty.insert("a", 1)
two = one.insert("b", 2)
assert (len(empty), len(one), len(two)) == (0, 1, 2)
assert two["b"] == 2 and "b" not in one and dict(two) == {"a": 1, "b": 2}
assert two == HashTrieMap({"b": 2, "a": 1}) and two != one
assert two.remove("a") == HashTrieMap(b=2) and two.update({"a": 3})["a"] == 3 and two["a"] == 1
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
clash = HashTrieMap({-1: "a", -2: "b"})  # both have the hash -2
assert (clash[-1], clash[-2], len(clash)) == ("a", "b", 2)

letters = HashTrieSet("abc")
assert letters.insert("d") == HashTrieSet("abcd") and len(letters) == 3 and "d" not in letters
assert letters | HashTrieSet("cd") == HashTrieSet("abcd")
assert letters & HashTrieSet("cd") == HashTrieSet("c") and letters - HashTrieSet("c") < letters

numbers = List([1, 2, 3])
assert list(numbers.push_front(0)) == [0, 1, 2, 3] and list(numbers) == [1, 2, 3]
assert numbers.first == 1 and numbers.rest == List([2, 3])
for value in (two, letters, numbers):
    assert pickle.loads(pickle.dumps(value)) == value
