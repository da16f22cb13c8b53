# imports: frozenlist
# exercises: FrozenList, native and in Python: a list's methods before it is frozen, refusals and
#   hash after
# versions: >=1.3.3
import importlib.util

from frozenlist import FrozenList, PyFrozenList

# The package falls back to Python in silence, so the native module is loaded by name.
if importlib.util.find_spec("frozenlist._frozenlist") is not None:
    importlib.import_module("frozenlist._frozenlist")

for kind in (FrozenList, PyFrozenList):
    items = kind([3, 1, 2])
    items.append(4)
    items.insert(0, 0)
    items.extend((1, 5))
    items[1] = 9
    assert items == [0, 9, 1, 2, 4, 1, 5], items
    assert items.pop() == 5 and items.count(1) == 2 and items.index(4) == 4
    items.remove(1)
    items.reverse()
    assert list(items) == [1, 4, 2, 9, 0] and items[-1] == 0 and items[1:3] == [4, 2]

    try:
        hash(items)
    except RuntimeError:
        pass
    else:
        raise AssertionError("a list that can change has a hash")
    items.freeze()
    for change in (lambda: items.append(1), lambda: items.__setitem__(0, 1), items.clear):
        try:
            change()
        except RuntimeError:
            pass
        else:
            raise AssertionError("a frozen list was changed")
    same = kind([1, 4, 2, 9, 0])
    same.freeze()
    assert items.frozen and {items: "found"}[same] == "found"
