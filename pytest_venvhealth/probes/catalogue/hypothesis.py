# imports: hypothesis, hypothesis.strategies, hypothesis.stateful
# exercises: examples that obey their strategy, shrinking to the simplest counterexample, explicit
#   examples, assumptions, a state machine; all derandomized
# versions: >=6.0
import datetime
import re

import hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

quiet = hypothesis.settings(
    database=None,
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=list(hypothesis.HealthCheck),
)
seen = []


@quiet
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
searching = hypothesis.settings(quiet, max_examples=1000)
assert hypothesis.find(st.integers(), lambda n: n >= 1000, settings=searching) == 1000
assert hypothesis.find(st.lists(st.integers()), lambda x: sum(x) >= 7, settings=searching) == [7]
assert hypothesis.find(st.text("0ab"), lambda text: len(text) >= 2, settings=searching) == "00"

failing = []


@searching
@hypothesis.given(st.integers())
@hypothesis.example(3)
def is_small(number):
    hypothesis.assume(number % 2 == 1)
    failing.append(number)
    assert number < 300


try:
    is_small()
except AssertionError:
    assert failing[0] == 3 and failing[-1] == 301, failing[-5:]
else:
    raise RuntimeError("no counterexample was found")


class Stack(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.items = []

    @rule(item=st.integers(0, 9))
    def push(self, item):
        self.items.append(item)

    @invariant()
    def short(self):
        assert len(self.items) < 3


try:
    run_state_machine_as_test(Stack, settings=hypothesis.settings(searching, print_blob=False))
except AssertionError:
    pass
else:
    raise RuntimeError("the state machine never took three steps")
