# imports: cachetools, cachetools.keys
# exercises: which items each kind of cache drops, sizes, a cache with an own clock, decorators for
#   functions and methods, keys
# versions: >=5.0
import threading

import cachetools
from cachetools import keys

lru = cachetools.LRUCache(maxsize=3)
for number in (1, 2, 3):
    lru[number] = number * 10
assert lru[1] == 10  # now 2 was not used for the longest time
lru[4] = 40
assert sorted(lru) == [1, 3, 4] and lru.get(2) is None and lru.currsize == 3
lfu = cachetools.LFUCache(maxsize=2)
lfu["a"] = lfu["b"] = 1
assert lfu["a"] + lfu["a"] + lfu["b"] == 3
lfu["c"] = 1
assert sorted(lfu) == ["a", "c"]
fifo = cachetools.FIFOCache(maxsize=2)
fifo["a"] = fifo["b"] = 1
assert fifo["a"] == 1
fifo["c"] = 1
assert sorted(fifo) == ["b", "c"]

sized = cachetools.LRUCache(maxsize=10, getsizeof=len)
sized["x"], sized["y"] = "12345", "1234"
assert sized.currsize == 9
sized["z"] = "12"
assert sorted(sized) == ["y", "z"] and sized.currsize == 6
try:
    sized["big"] = "x" * 11
except ValueError:
    pass
else:
    raise AssertionError("an item larger than the cache was taken")

now = [0.0]
ttl = cachetools.TTLCache(maxsize=5, ttl=10, timer=lambda: now[0])
ttl["early"] = 1
now[0] = 6.0
ttl["late"] = 2
now[0] = 10.5
assert "early" not in ttl and ttl["late"] == 2 and len(ttl) == 1
now[0] = 16.5
assert len(ttl) == 0 and ttl.pop("late", "gone") == "gone"

calls = []


@cachetools.cached(cachetools.LRUCache(maxsize=8), lock=threading.RLock())
def double(number, factor=2):
    calls.append(number)
    return number * factor


assert [double(2), double(2), double(3), double(2, factor=3)] == [4, 4, 6, 6]
assert calls == [2, 3, 2] and double.__wrapped__(5) == 10


class Reader:
    def __init__(self):
        self.cache = cachetools.LRUCache(maxsize=2)
        self.count = 0

    @cachetools.cachedmethod(lambda self: self.cache)
    def read(self, name):
        self.count += 1
        return name.upper()


reader, other = Reader(), Reader()
assert [reader.read("a"), reader.read("a"), other.read("a")] == ["A", "A", "A"]
assert (reader.count, other.count) == (1, 1)
assert keys.hashkey(1, b=2) == keys.hashkey(1, b=2) != keys.hashkey(1, b=3)
assert keys.hashkey(1) == keys.hashkey(1.0) and keys.typedkey(1) != keys.typedkey(1.0)
