# imports: cachetools, cachetools.keys
# exercises: which items each kind of cache drops, a cache with a clock of its own, the decorator,
#   keys
# versions: >=5.0
import cachetools
from cachetools import keys

lru = cachetools.LRUCache(maxsize=3)
lru.update({1: 10, 2: 20, 3: 30})
assert lru[1] == 10  # now 2 was not used for the longest time
lru[4] = 40
assert sorted(lru) == [1, 3, 4] and lru.get(2) is None
lfu = cachetools.LFUCache(maxsize=2)
lfu.update(a=1, b=1)
assert lfu["a"] + lfu["a"] + lfu["b"] == 3
lfu["c"] = 1
assert sorted(lfu) == ["a", "c"]

now = [0.0]
ttl = cachetools.TTLCache(maxsize=5, ttl=10, timer=lambda: now[0])
ttl["early"] = 1
now[0] = 6.0
ttl["late"] = 2
now[0] = 10.5
assert "early" not in ttl and ttl["late"] == 2 and len(ttl) == 1

calls = []


@cachetools.cached(cachetools.LRUCache(maxsize=8))
def double(number, factor=2):
    calls.append(number)
    return number * factor


assert [double(2), double(2), double(3), double(2, factor=3)] == [4, 4, 6, 6]
assert calls == [2, 3, 2]
assert keys.hashkey(1) == keys.hashkey(1.0) and keys.typedkey(1) != keys.typedkey(1.0)
