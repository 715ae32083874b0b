"""A task with its arguments, as bytes for another process; and what is alive in them, as marks.

Records travel as they are. A store of secrets does not: a mark stands for the store that the far side has of its own. The wish to
stop, the lease and a host are marks too, and a family of objects is one of a table that both sides have. Every closure and bound
method is a callback: the far side calls it by its number, and it is done on this side.
"""

from __future__ import annotations

import functools
import io
import pickle
import threading
import types
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

from msgspec import Struct
from nornir.core.inventory import Host

from ...changes.family import Family
from ...inventory.errors import NrRunError, UsageError
from ...inventory.hiding.secrets import Secrets
from ...tasks.access.lease import Lease
from ...tasks.device import Stop

#: Calls a callback of the other side by its number, and returns what that returned once it has; without waiting, None at once.
Call = Callable[[int, tuple[Any, ...], dict[str, Any], bool], Any]


class OneWay(Struct, frozen=True):
    """A callback that the far side does not wait for; what it was called with comes in order, and before the outcome."""

    work: Callable[..., None]

    def __call__(self, *given: Any, **named: Any) -> None:
        """As on this side."""
        self.work(*given, **named)


class InTwo(Struct, frozen=True):
    """A callback that is waited for, and done several at a time: all are begun, and then each ended by what that returned."""

    begin: Callable[..., Callable[[], Any]]

    def __call__(self, *given: Any, **named: Any) -> Any:
        """As on this side."""
        return self.begin(*given, **named)()


class Callbacks:
    """What the far side may call here, by number; the same callable has one number."""

    def __init__(self) -> None:
        """None yet."""
        self._numbers: dict[Any, int] = {}
        self._calls: list[Callable[..., Any]] = []
        self._lock = threading.Lock()

    def number(self, callback: Callable[..., Any]) -> int:
        """The number of a callable; tunnels side by side ask for theirs at the same time."""
        with self._lock:
            if callback not in self._numbers:
                self._numbers[callback] = len(self._calls)
                self._calls.append(callback)
            return self._numbers[callback]

    def at(self, number: int) -> Callable[..., Any]:
        """The callable of a number."""
        return self._calls[number]

    def call(self, number: int, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Do it."""
        return self.at(number)(*given, **named)


class There(Struct, frozen=True):
    """A callback on the far side: it is done on this side, and waited for unless it is one-way."""

    number: int
    awaited: bool
    call: Call

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Raises what it raises there, and SessionLost where the other side is gone."""
        return self.call(self.number, given, named, self.awaited)


class Surroundings(Protocol):
    """What the marks stand for on the side that reads them."""

    @property
    def secrets(self) -> Secrets: ...
    @property
    def stop(self) -> Stop: ...
    @property
    def lease(self) -> Lease: ...
    def host(self, name: str) -> Host: ...
    def call(self, number: int, given: tuple[Any, ...], named: dict[str, Any], awaited: bool) -> Any: ...


def pack(value: object, callbacks: Callbacks | None = None) -> bytes:
    """Bytes of a value. Raises UsageError where it holds something that stays in its process: one sentence that names it.

    Without ``callbacks`` a function that is alive is refused: nothing may be called from where it goes to.
    """
    file = io.BytesIO()
    try:
        _Packer(file, callbacks).dump(value)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise UsageError(f"it cannot be done in another process: {error}") from None
    return file.getvalue()


def unpack(data: bytes, around: Surroundings) -> Any:
    """The value, with what its marks stand for here. Only bytes that were verified to come from pack() may be given."""
    return _Unpacker(io.BytesIO(data), around).load()


def _marked(*_mark: Any) -> Any:
    """Stands in the bytes where something alive was; who reads them looks it up. Never called itself."""
    raise NrRunError("a mark was read without what it stands for")


def _proxy(values: dict[Any, Any]) -> types.MappingProxyType[Any, Any]:
    return types.MappingProxyType(values)  # the type itself cannot be found by its name


def _remade(kind: type[Any], items: tuple[Any, ...] | None, values: dict[str, Any]) -> Any:
    made: Any = object.__new__(kind) if items is None else tuple.__new__(kind, items)
    made.__dict__.update(values)
    return made


@functools.cache
def _families() -> dict[int, tuple[str, int]]:
    """Of each family of objects, which both sides have, its place in the table."""
    from ...changes.families import FAMILIES

    return {id(family): (os, number) for os, families in FAMILIES.items() for number, family in enumerate(families)}


def _family(os: str, number: int) -> Family:
    from ...changes.families import FAMILIES

    return FAMILIES[os][number]


def _is_alive(thing: object) -> bool:
    """A closure, a method of some object or a function that was given some of what it needs: it works on what its process has."""
    if isinstance(thing, types.FunctionType):
        return "<l" in thing.__qualname__  # <locals> and <lambda>
    if isinstance(thing, functools.partial):
        return True
    if isinstance(thing, types.MethodType):
        return not isinstance(thing.__self__, type)
    return isinstance(thing, types.BuiltinMethodType) and not isinstance(thing.__self__, types.ModuleType | type)


#: What depends on the object itself and not on its type alone.
_EACH = (types.FunctionType, types.MethodType, types.BuiltinMethodType, functools.partial, Family)
#: Types of which pickle needs no word from here.
_AS_IT_IS: set[type[Any]] = set()


def _has_cached(kind: type[Any]) -> bool:
    return not issubclass(kind, Struct) and any(
        isinstance(value, cached_property) for base in kind.__mro__ for value in vars(base).values()
    )


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, callbacks: Callbacks | None) -> None:
        super().__init__(file, protocol=5)
        self._callbacks = callbacks

    def reducer_override(self, thing: Any) -> Any:
        """Asked for every object of a job, hundreds of records among them: of most types once is enough."""
        kind = type(thing)
        if kind in _AS_IT_IS:
            return NotImplemented
        made = self._reduced(thing)
        if made is NotImplemented and not issubclass(kind, _EACH) and not _has_cached(kind):
            _AS_IT_IS.add(kind)
        return made

    def _reduced(self, thing: Any) -> Any:
        if isinstance(thing, Secrets):
            return _marked, ("secrets",)
        if isinstance(thing, Stop):
            return _marked, ("stop",)
        if isinstance(thing, Lease):
            return _marked, ("lease",)
        if isinstance(thing, Host):
            return _marked, ("host", thing.name)
        if isinstance(thing, OneWay | InTwo) or _is_alive(thing):
            if self._callbacks is None:
                raise pickle.PicklingError(
                    f"{getattr(thing, '__qualname__', type(thing).__name__)} works on what its process has"
                )
            return _marked, ("call", self._callbacks.number(thing), not isinstance(thing, OneWay))
        if isinstance(thing, types.MappingProxyType):
            return _proxy, (dict(thing),)
        if isinstance(thing, Family) and id(thing) in _families():
            return _family, _families()[id(thing)]
        if isinstance(thing, types.FunctionType) and thing.__module__ == "__main__":
            raise pickle.PicklingError(
                f"{thing.__qualname__} is defined in the program itself; put it into a module that the workers have"
            )
        return _without_cached(thing)


def _without_cached(thing: Any) -> Any:
    """A thing without what it only keeps because it was asked: that is found again, and may hold functions."""
    values = getattr(thing, "__dict__", None)
    if not isinstance(values, dict) or isinstance(thing, type | Struct):
        return NotImplemented
    cached = {name for name in values if isinstance(getattr(type(thing), name, None), cached_property)}
    if not cached:
        return NotImplemented
    left = {name: value for name, value in values.items() if name not in cached}
    return _remade, (type(thing), tuple(thing) if isinstance(thing, tuple) else None, left)


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, around: Surroundings) -> None:
        super().__init__(file)
        self._around = around

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (_marked.__module__, _marked.__name__):
            return self._look_up
        return super().find_class(module, name)

    def _look_up(self, kind: str, *words: Any) -> Any:
        if kind == "secrets":
            return self._around.secrets
        if kind == "stop":
            return self._around.stop
        if kind == "lease":
            return self._around.lease
        if kind == "host":
            return self._around.host(words[0])
        return There(words[0], words[1], self._around.call)
