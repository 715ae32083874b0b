"""Cached results of texts: the same text is parsed again and again while a device is changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The latest results, by the text they were made of, for up to ``characters`` of text. For pure makers and frozen results.

    What raises is not kept. Two threads may make the same at once.
    """

    def __init__(self, characters: int) -> None:
        """An empty cache."""
        self._most, self._held = characters, 0
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
            if key not in self._made and len(text) <= self._most:
                self._made[key] = made
                self._held += len(text)
                while self._held > self._most:
                    (_, oldest), _ = self._made.popitem(last=False)
                    self._held -= len(oldest)
        return made
