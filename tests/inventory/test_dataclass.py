"""Records of our own decorator are those of the standard library's, whatever is asked of them."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import field
from typing import Any, ClassVar

import pytest

from nr_run.inventory.dataclass import _dataclass as dataclass


def records(dataclass: Callable[..., Any]) -> dict[str, type[Any]]:
    """Records with everything that a field can have."""

    @dataclass(frozen=True, slots=True)
    class Empty:
        """No field."""

    @dataclass(frozen=True, slots=True)
    class One:
        """One field."""

        a: int

    @dataclass(frozen=True, slots=True)
    class Many:
        """Defaults of all kinds, and what is neither compared nor shown nor given."""

        a: int
        b: str = "b"
        c: list[int] = field(default_factory=list, hash=False)
        d: int = field(default=4, repr=False, compare=False)
        e: dict[str, int] = field(default_factory=dict, init=False, compare=False)
        f: int = field(default=6, init=False)
        g: tuple[int, ...] = field(default=(), kw_only=True)
        h: int = field(default=8, hash=True)
        kind: ClassVar[str] = "many"

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        """By name only, with something that is done afterwards."""

        b: int = 1
        a: int

        def __post_init__(self) -> None:
            """A check."""
            if self.a < 0:
                raise ValueError(self.a)

    @dataclass(frozen=True, slots=True)
    class Own:
        """Compares itself."""

        a: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        def __hash__(self) -> int:
            return 7

    @dataclass(frozen=True, slots=True)
    class Below(One):
        """Made of another record."""

        b: int = 2

    @dataclass(frozen=True, slots=True)
    class Nested:
        """May hold itself."""

        inside: list[Any]

    made = (Empty, One, Many, Named, Own, Below, Nested)
    for one in made:
        one.__qualname__ = one.__name__
        globals()[one.__name__] = one
    return {one.__name__: one for one in made}


#: What each is made with.
GIVEN: tuple[tuple[str, tuple[Any, ...], dict[str, Any]], ...] = (
    ("Empty", (), {}),
    ("Empty", (1,), {}),
    ("One", (1,), {}),
    ("One", (), {"a": 2}),
    ("One", (), {}),
    ("Many", (1,), {}),
    ("Many", (1, "x", [2], 3), {"g": (4,), "h": 9}),
    ("Many", (1,), {"e": {}}),
    ("Many", (1, "x", [2], 3, (4,), 9, 10), {}),
    ("Named", (), {"a": 1}),
    ("Named", (1,), {}),
    ("Named", (), {"a": -1}),
    ("Own", (3,), {}),
    ("Below", (3,), {}),
    ("Below", (3, 4), {}),
    ("Nested", ([1],), {}),
)


def told(work: Callable[[], Any]) -> Any:
    """What comes of it: a value, or the kind and the words of an error."""
    try:
        return work()
    except (TypeError, ValueError, AttributeError) as error:
        return type(error), str(error)


def behaviour(made: type[Any], arguments: tuple[Any, ...], words: dict[str, Any]) -> list[Any]:
    """All that a record can be asked, and what it answers."""
    record = told(lambda: made(*arguments, **words))
    if isinstance(record, tuple):
        return [record]
    other = made(*arguments, **words)
    names = [each.name for each in dataclasses.fields(made)]
    changes = {each.name: 5 for each in dataclasses.fields(made) if each.init}
    return [
        repr(record),
        record == other,
        record != other,
        told(lambda: hash(record) == hash(other)),
        record == object(),
        [getattr(record, name) for name in names],
        repr(copy.copy(record)),
        repr(copy.deepcopy(record)),
        repr(pickle.loads(pickle.dumps(record))),  # noqa: S301 - of this test
        repr(told(lambda: dataclasses.replace(record, **changes))),
        repr(told(lambda: dataclasses.replace(record, no_such=1))),
        told(lambda: record == dataclasses.replace(record, **changes)),
        repr(told(lambda: dataclasses.asdict(record))),
        [told(lambda name=name: setattr(record, name, 1)) for name in names],
        isinstance(told(lambda: setattr(record, "other", 1)), tuple),
        [told(lambda name=name: delattr(record, name)) for name in names],
    ]


@pytest.mark.parametrize(("name", "arguments", "words"), GIVEN)
def test_a_record_does_what_the_librarys_does(name: str, arguments: tuple[Any, ...], words: dict[str, Any]) -> None:
    """Made, shown, compared, hashed, copied, pickled, replaced and frozen: the same values, and errors in the same words."""
    wanted = behaviour(records(dataclasses.dataclass)[name], arguments, words)
    assert behaviour(records(dataclass)[name], arguments, words) == wanted


@pytest.mark.parametrize("name", sorted({name for name, _, _ in GIVEN}))
def test_a_class_is_what_the_librarys_is(name: str) -> None:
    """Its fields, slots, parameters, annotations and what may be matched on are the library's."""
    ours, librarys = records(dataclass)[name], records(dataclasses.dataclass)[name]
    for about in ("__slots__", "__match_args__", "__doc__", "__module__", "__annotations__"):
        assert getattr(ours, about) == getattr(librarys, about)
    assert str(inspect.signature(ours)) == str(inspect.signature(librarys))
    assert repr(dataclasses.fields(ours)) == repr(dataclasses.fields(librarys))
    assert repr(ours.__dataclass_params__) == repr(librarys.__dataclass_params__)


def test_a_record_that_holds_itself_is_shown() -> None:
    """What holds itself is shown with three dots in its place, as the library does."""
    made = records(dataclass)["Nested"]([])
    made.inside.append(made)
    assert repr(made) == "Nested(inside=[...])"


def test_the_librarys_records_stand_on_ours_and_ours_on_the_librarys() -> None:
    """Whoever makes a record of one of ours by the library's decorator gets a frozen one."""
    below = dataclasses.dataclass(frozen=True, slots=True)(type("Late", (records(dataclass)["One"],), {"__annotations__": {}}))
    made: Any = below(a=1)
    assert made.a == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.a = 2
    assert made == below(1)


def test_other_options_are_the_librarys() -> None:
    """Ordered, changeable and plain classes are made by the library."""

    @dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        a: int

    @dataclass(slots=True)
    class Changed:
        a: int

    @dataclass
    class Plain:
        a: int

    plain: Any = Plain(1)
    plain.a = 2
    changed: Any = Changed(1)
    changed.a = 2
    assert (Ordered(1) < Ordered(2), changed.a, plain.a) == (True, 2, 2)
