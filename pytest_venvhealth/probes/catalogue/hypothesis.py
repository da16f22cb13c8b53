# imports: hypothesis, hypothesis.strategies
# exercises: examples that obey their strategy, shrinking to the simplest counterexample, explicit
#   examples, assumptions; all derandomized
# versions: >=6.0
import datetime
import re

import hypothesis
from hypothesis import strategies as st

quiet = hypothesis.settings(
    database=None,
    derandomize=True,
    deadline=None,
    max_examples=1000,
    suppress_health_check=list(hypothesis.HealthCheck),
)
seen = []


@hypothesis.settings(quiet, max_examples=60)
@hypothesis.given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=4, unique=True),
    # A given alphabet: the tables of all of Unicode take seconds to make.
    st.text("abc", min_size=2, max_size=3),
    st.dates(datetime.date(2024, 2, 1), datetime.date(2024, 2, 29)),
)
def obeys(numbers, text, day):
    assert 1 <= len(numbers) == len(set(numbers)) <= 4 and max(map(abs, numbers)) <= 5
    assert re.fullmatch("[a-c]{2,3}", text) and (day.year, day.month) == (2024, 2)
    seen.append(tuple(numbers))


obeys()
assert len(seen) >= 30 and len(set(seen)) > 10, len(seen)

# The simplest examples are known.
assert hypothesis.find(st.integers(), lambda n: n >= 1000, settings=quiet) == 1000
assert hypothesis.find(st.lists(st.integers()), lambda x: sum(x) >= 7, settings=quiet) == [7]

tried = []


@quiet
@hypothesis.given(st.integers())
@hypothesis.example(3)
def is_small(number):
    hypothesis.assume(number % 2 == 1)
    tried.append(number)
    assert number < 300


try:
    is_small()
except AssertionError:
    assert tried[0] == 3 and tried[-1] == 301, tried[-5:]
else:
    raise RuntimeError("no counterexample was found")
