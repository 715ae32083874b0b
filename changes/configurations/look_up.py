"""Look-ups in a configuration that are made once, and extended when the configuration grows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from ..objects import Config

T = TypeVar("T")
K = TypeVar("K")


class LookUp(Struct, Generic[T], frozen=True):
    """What ``make`` finds in a configuration, for `Config.kept`. ``more`` brings it up to a configuration that has grown.

    ``more`` is given what was found before, the whole configuration, and what is new in it, alone; it changes none of them, and
    gives None where only a look at the whole can tell.
    """

    make: Callable[[Config], T]
    more: Callable[[T, Config, Config], T | None]

    def __call__(self, config: Config) -> T:
        """Find it."""
        return self.make(config)


def joined(there: Mapping[K, tuple[T, ...]], more: Mapping[K, tuple[T, ...]]) -> dict[K, tuple[T, ...]]:
    """Both mappings as one, new items behind old ones."""
    return {**there, **{key: (*there.get(key, ()), *values) for key, values in more.items()}}


def by_object(make: Callable[[Config], dict[K, tuple[T, ...]]]) -> LookUp[dict[K, tuple[T, ...]]]:
    """What each object gives by itself, in the order of the objects."""
    return LookUp(make, lambda there, _whole, more: joined(there, make(more)))
