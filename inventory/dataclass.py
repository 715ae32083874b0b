"""The standard library's ``dataclass``, made in a third of the time: some 300 records are made before a deploy's first packet.

The library writes six methods of each record as text and compiles each text by itself: a third of all that a start computes. Of a
frozen record with slots, five of them can be written once for all records; only ``__init__`` has to be a text, since its
parameters are the fields. It fills the slots by themselves, which is also quicker than the library's way. What a record is stays
the library's business (fields, slots, order, ``__match_args__``), and so does every class that asks for anything else: with a
record below it, or methods of its own of those names. A test makes records both ways and compares all that can be asked of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

#: The options that most records have, and no other ones.
_OURS = {"frozen": True, "slots": True}
#: Who writes one of these by hand has the library look after the rest.
_BY_HAND = frozenset(
    ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__getstate__", "__setstate__", "__slots__")
)


class _Factory:
    """Stands for a value that a factory makes, in the words of a signature."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY = _Factory()


def _dataclass(cls: type | None = None, /, **options: Any) -> Any:
    """As `dataclasses.dataclass`, with its options, errors and results."""
    if cls is not None:
        return dataclasses.dataclass(cls, **options)
    rest = {name: value for name, value in options.items() if name not in _OURS}
    light = options.items() >= _OURS.items() and rest in ({}, {"kw_only": True})

    def made(cls: type) -> type:
        other = not light or not _BY_HAND.isdisjoint(vars(cls)) or any(map(dataclasses.is_dataclass, cls.__mro__[1:]))
        return dataclasses.dataclass(**options)(cls) if other else _light(cls, **rest)

    return made


def _light(cls: type, **options: Any) -> type:
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, **options)(cls)
    own = fields(made)
    methods = (
        _init(made, own),
        *_comparing(own),
        _repr(tuple(field.name for field in own if field.repr)),
        *_frozen(made, frozenset(field.name for field in own)),
        *_state(made, own),
    )
    for method in methods:
        method.__qualname__ = f"{made.__qualname__}.{method.__name__}"
        setattr(made, method.__name__, method)
    parameters = made.__dataclass_params__
    parameters.init = parameters.repr = parameters.eq = parameters.frozen = True
    return made  # type: ignore[no-any-return]


def _init(cls: type, own: tuple[Field[Any], ...]) -> Callable[..., Any]:
    """The one method that is a text: ``own`` in its order are the parameters, those by name only behind the others."""
    names: dict[str, Any] = {"_FACTORY": _FACTORY}
    ordered = [*(field for field in own if not field.kw_only), *(field for field in own if field.kw_only)]
    parameters, body, starred = ["self"], [], False
    for field in ordered:
        if field.init and field.kw_only and not starred:
            parameters.append("*")
            starred = True
        default = _default(field, names)
        if field.init:
            parameters.append(f"{field.name}={default}" if default else field.name)
    for field in own:
        names[f"_set_{field.name}"] = vars(cls)[field.name].__set__
        if value := _value(field):
            body.append(f" _set_{field.name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n" + ("\n".join(body) or " pass"), names)  # noqa: S102 - of names of fields
    method: Callable[..., Any] = names["__init__"]
    method.__annotations__ = {**{field.name: field.type for field in ordered if field.init}, "return": None}
    method.__module__ = cls.__module__
    return method


def _default(field: Field[Any], names: dict[str, Any]) -> str:
    """What a parameter is by default; empty where it has to be given."""
    if field.default is not MISSING:
        names[f"_default_{field.name}"] = field.default
        return f"_default_{field.name}"
    if field.default_factory is not MISSING:
        names[f"_make_{field.name}"] = field.default_factory
        return "_FACTORY"
    return ""


def _value(field: Field[Any]) -> str:
    """What a field is set to; empty where nothing is known of it."""
    if field.default_factory is not MISSING:
        made = f"_make_{field.name}()"
        return f"{made} if {field.name} is _FACTORY else {field.name}" if field.init else made
    if field.init:
        return field.name
    return f"_default_{field.name}" if field.default is not MISSING else ""


def _comparing(own: tuple[Field[Any], ...]) -> tuple[Callable[..., Any], ...]:
    compared = _values(tuple(field.name for field in own if field.compare))
    hashed = _values(tuple(field.name for field in own if (field.compare if field.hash is None else field.hash)))

    def __eq__(self: Any, other: object) -> Any:  # noqa: N807
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(hashed(self))

    return __eq__, __hash__


def _values(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """What has the values of these fields of a record; `attrgetter` has those of two or more."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)


def _repr(names: tuple[str, ...]) -> Callable[..., Any]:
    @recursive_repr()
    def __repr__(self: Any) -> str:  # noqa: N807
        shown = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
        return f"{self.__class__.__qualname__}({shown})"

    return __repr__


def _frozen(cls: Any, names: frozenset[str]) -> tuple[Callable[..., Any], ...]:
    def __setattr__(self: Any, name: str, value: object) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return __setattr__, __delattr__


def _state(cls: type, own: tuple[Field[Any], ...]) -> tuple[Callable[..., Any], ...]:
    """For copies and pickles: what is frozen cannot be filled as others are."""
    setters = [vars(cls)[field.name].__set__ for field in own]
    values = _values(tuple(field.name for field in own))

    def __getstate__(self: Any) -> list[Any]:  # noqa: N807
        return list(values(self))

    def __setstate__(self: Any, state: list[Any]) -> None:  # noqa: N807
        for put, value in zip(setters, state, strict=True):
            put(self, value)

    return __getstate__, __setstate__


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _dataclass
