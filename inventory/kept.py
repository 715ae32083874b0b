"""Cached results of texts: the same text is parsed again and again while a device is changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import update_wrapper
from typing import Generic, NamedTuple, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


class Kept(Generic[T]):
    """The latest results, by the text they were made of, for up to ``characters`` of text. For pure makers and frozen results.

    What raises is not kept. Two threads may make the same at once. ``least`` results are kept however long their texts are.
    """

    def __init__(self, characters: int, *, least: int = 0) -> None:
        """An empty cache."""
        self._most, self._least, self._held = characters, least, 0
        self._made: OrderedDict[tuple[Hashable, str], T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str, also: Hashable, make: Callable[[], T]) -> T:
        """The result for ``text`` and ``also``; ``make`` is called where it is not there."""
        key = (also, text)
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._lock:
            if key not in self._made and (self._least or len(text) <= self._most):
                self._made[key] = made
                self._held += len(text)
                while self._held > self._most and len(self._made) > self._least:
                    (_, oldest), _ = self._made.popitem(last=False)
                    self._held -= len(oldest)
        return made

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._made.clear()
            self._held = 0


class Calls(NamedTuple):
    """How often a function whose results are kept was called for what was there, and for what was not."""

    hits: int
    misses: int


class KeptByText(Generic[P, T]):
    """A pure function whose last argument is a text, and whose latest results are kept.

    A fleet has more texts than any count of results that is right for a hub: so its short ones are all kept, and of the long ones
    of a hub the latest.
    """

    def __init__(self, function: Callable[P, T], characters: int, least: int) -> None:
        """Nothing is kept yet."""
        update_wrapper(self, function)
        self._function = function
        self._kept: Kept[T] = Kept(characters, least=least)
        self._calls = self._misses = 0

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """As the function."""
        self._calls += 1
        text = cast("str", args[-1])
        # A text that carries what was read in it equals one that does not.
        return self._kept.get(text, (type(text), *args[:-1], *kwargs.items()), lambda: self._make(*args, **kwargs))

    def _make(self, *args: P.args, **kwargs: P.kwargs) -> T:
        self._misses += 1
        return self._function(*args, **kwargs)

    def cache_info(self) -> Calls:
        """As of functools.lru_cache, as far as one thread calls it."""
        return Calls(self._calls - self._misses, self._misses)

    def cache_clear(self) -> None:
        """As of functools.lru_cache."""
        self._kept.clear()
        self._calls = self._misses = 0


def kept_by_text(characters: int = 4_000_000, least: int = 32) -> Callable[[Callable[P, T]], KeptByText[P, T]]:
    """Keep the results of a function for texts of so many ``characters`` together, and of at ``least`` so many texts."""
    return lambda function: KeptByText(function, characters, least)
