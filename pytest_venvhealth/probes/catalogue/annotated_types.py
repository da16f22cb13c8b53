# imports: annotated_types, annotated_types.test_cases
# exercises: a small validator that reads the constraints, run on the package's own examples and on
#   others: bounds, lengths, multiples, predicates, groups of constraints, time zones
# versions: >=0.6
import datetime
import math
import operator
import sys

import annotated_types as at
from annotated_types.test_cases import cases

if sys.version_info >= (3, 9):
    from typing import Annotated, get_args
else:
    from typing_extensions import Annotated, get_args


def constraints(annotation):
    """Return the constraints of an annotation, groups unpacked."""
    for each in get_args(annotation)[1:]:
        if isinstance(each, at.GroupedMetadata):
            yield from each
        elif isinstance(each, slice):
            yield from at.Len(each.start or 0, each.stop)
        else:
            yield each


KNOWN = (at.Gt, at.Ge, at.Lt, at.Le, at.MultipleOf, at.MinLen, at.MaxLen, at.Predicate)
BOUNDS = {"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}


def fits(constraint, value):
    for name, compare in BOUNDS.items():
        if isinstance(constraint, getattr(at, name.title())):
            return compare(value, getattr(constraint, name))
    if isinstance(constraint, at.MultipleOf):
        return value % constraint.multiple_of == 0
    if isinstance(constraint, at.MinLen):
        return len(value) >= constraint.min_length
    if isinstance(constraint, at.MaxLen):
        return len(value) <= constraint.max_length
    if isinstance(constraint, at.Timezone):
        wanted = constraint.tz
        return (value.tzinfo is None) if wanted is None else wanted is ... or value.tzinfo == wanted
    if isinstance(constraint, at.Predicate):
        return bool(constraint.func(value))
    return True


def valid(annotation, value):
    return all(fits(each, value) for each in constraints(annotation))


Percent = Annotated[int, at.Interval(ge=0, le=100), at.MultipleOf(5)]
assert [valid(Percent, value) for value in (-5, 0, 7, 95, 100, 105)] == [0, 1, 0, 1, 1, 0]
assert set(at.Interval(gt=1, le=5)) == {at.Gt(1), at.Le(5)} and list(at.Interval()) == []
assert list(at.Len(2, 4)) == [at.MinLen(2), at.MaxLen(4)] and list(at.Len(0, None)) == []
assert at.Gt(3) == at.Gt(3) != at.Ge(3) and hash(at.Lt(2)) == hash(at.Lt(2))
Name = Annotated[str, at.Len(1, 3), at.Predicate(str.islower)]
assert [valid(Name, text) for text in ("", "a", "abc", "abcd", "A")] == [0, 1, 1, 0, 0]
assert valid(at.LowerCase[str], "abc") and not valid(at.LowerCase[str], "aBc")
assert valid(at.UpperCase[str], "ABC") and not valid(at.IsDigits[str], "1a")
assert valid(at.IsFinite[float], 1.5) and not valid(at.IsFinite[float], math.inf)
assert valid(at.IsNan[float], math.nan) and not valid(at.IsNotNan[float], math.nan)
Aware = Annotated[datetime.datetime, at.Timezone(datetime.timezone.utc)]
noon = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc)
assert valid(Aware, noon) and not valid(Aware, noon.replace(tzinfo=None))
try:
    at.Gt(3).gt = 4
except AttributeError:  # frozen
    pass
else:
    raise AssertionError("a constraint was changed")

count = 0
for case in cases():
    if not all(isinstance(each, KNOWN) for each in constraints(case.annotation)):
        continue
    for value in case.valid_cases:
        assert valid(case.annotation, value), (case.annotation, value)
        count += 1
    for value in case.invalid_cases:
        assert not valid(case.annotation, value), (case.annotation, value)
        count += 1
assert count > 50, count
