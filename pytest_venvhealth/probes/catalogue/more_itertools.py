# imports: more_itertools
# exercises: grouping, windows, looking ahead, combining and combinatorics, over lists and endless
#   iterators
# versions: >=8.8
from itertools import count

import more_itertools as mit

assert list(mit.chunked(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
assert [list(part) for part in mit.divide(3, range(7))] == [[0, 1, 2], [3, 4], [5, 6]]
assert list(mit.windowed([1, 2, 3, 4], 3)) == [(1, 2, 3), (2, 3, 4)]
assert list(mit.windowed([1, 2, 3], 2, step=2, fillvalue=0)) == [(1, 2), (3, 0)]
runs = [list(run) for run in mit.consecutive_groups([1, 2, 3, 7, 8, 10])]
assert runs == [[1, 2, 3], [7, 8], [10]], runs
assert list(mit.split_at("a,b,,c", lambda letter: letter == ",")) == [["a"], ["b"], [], ["c"]]
small, large = mit.partition(lambda number: number > 2, [1, 4, 2, 3])
assert list(small) == [1, 2] and list(large) == [4, 3]
assert mit.map_reduce("abcab", str.upper, lambda _: 1, sum) == {"A": 2, "B": 2, "C": 1}

ahead = mit.peekable(count(5))
assert ahead.peek() == 5 and next(ahead) == 5 and ahead[2] == 8
ahead.prepend(1, 2)
assert mit.take(4, ahead) == [1, 2, 6, 7]
assert mit.first([], "none") == "none" and mit.ilen(range(12)) == 12 and mit.one([3]) == 3

assert list(mit.collapse([1, (2, [3, {4}]), "ab"])) == [1, 2, 3, 4, "ab"]
assert list(mit.roundrobin("abc", "d", "ef")) == ["a", "d", "e", "b", "f", "c"]
assert list(mit.unique_everseen("AaBbA", key=str.lower)) == ["A", "B"]
assert list(mit.run_length.encode("aaab")) == [("a", 3), ("b", 1)]

# 6! / (2! 2!) arrangements; Bell's number of 4 is 15.
assert len(set(mit.distinct_permutations("aabbcd"))) == 180
assert mit.ilen(mit.set_partitions(range(4))) == 15 and mit.ilen(mit.powerset(range(5))) == 32
assert mit.nth_permutation("abcd", 4, 23) == tuple("dcba")
