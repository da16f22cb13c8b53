# imports: typing_extensions
# exercises: annotations read back with and without extras, required keys of a TypedDict, run-time
#   protocols, literals, overrides, deprecation
# versions: >=4.6.1
import warnings

from typing_extensions import (
    Annotated,
    Literal,
    NotRequired,
    Protocol,
    Required,
    TypedDict,
    deprecated,
    get_args,
    get_origin,
    get_type_hints,
    override,
    runtime_checkable,
)


class Film(TypedDict, total=False):
    title: Required[str]
    year: NotRequired[int]
    length: Annotated[int, "minutes"]


assert Film(title="Ran", year=1985) == {"title": "Ran", "year": 1985}
assert Film.__required_keys__ == {"title"}, Film.__required_keys__
assert Film.__optional_keys__ == {"year", "length"}
assert get_type_hints(Film) == {"title": str, "year": int, "length": int}
kept = get_type_hints(Film, include_extras=True)["length"]
assert get_origin(kept) is Annotated and get_args(kept) == (int, "minutes")
assert get_args(Literal["r", "w"]) == ("r", "w") and get_origin(Literal["r"]) is Literal


@runtime_checkable
class Sized(Protocol):
    def size(self) -> int: ...


class Box:
    @override
    def size(self) -> int:
        return 3

    @deprecated("use size")
    def length(self) -> int:
        return 4


assert isinstance(Box(), Sized) and not isinstance("text", Sized)
assert Box.size.__override__
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    assert Box().length() == 4
assert [(w.category, str(w.message)) for w in caught] == [(DeprecationWarning, "use size")]
