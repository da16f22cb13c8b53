# imports: annotated_types
# exercises: groups of constraints taken apart, predicates applied, equality, constraints frozen
# versions: >=0.6
import math
import sys

import annotated_types as at

if sys.version_info >= (3, 9):
    from typing import Annotated, get_args
else:
    from typing_extensions import Annotated, get_args

Percent = Annotated[int, at.Interval(ge=0, lt=101), at.MultipleOf(5)]
interval, multiple = get_args(Percent)[1:]
assert isinstance(interval, at.GroupedMetadata)
assert list(interval) == [at.Ge(0), at.Lt(101)] and multiple.multiple_of == 5
assert set(at.Interval(gt=1, le=5)) == {at.Gt(1), at.Le(5)} and list(at.Interval()) == []
assert list(at.Len(2, 4)) == [at.MinLen(2), at.MaxLen(4)] and list(at.Len(0, None)) == []
assert at.Gt(3) == at.Gt(3) != at.Ge(3) and hash(at.Lt(2)) == hash(at.Lt(2))


def holds(annotation, value):
    (predicate,) = get_args(annotation)[1:]
    return predicate.func(value)


assert holds(at.LowerCase[str], "abc") and not holds(at.LowerCase[str], "aBc")
assert holds(at.UpperCase[str], "ABC") and not holds(at.IsDigits[str], "1a")
assert holds(at.IsFinite[float], 1.5) and not holds(at.IsFinite[float], math.inf)
try:
    at.Gt(3).gt = 4
except AttributeError:
    pass
else:
    raise AssertionError("a constraint was changed")
