"""Fewer passes of the garbage collector while a long output becomes records.

A reading makes tens of thousands of records that stay, and next to no garbage. Python looks through them again and again as they
grow in number: a third of the time of twenty thousand routes. Here it looks less often meanwhile, and never not at all: what
other threads leave behind is collected, only later.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Objects between two passes of the collector while a long text is read, and the characters from which on a text is long.
_OBJECTS, _LONG = 50_000, 4_000

_lock = threading.Lock()
#: How many readings there are now, in all threads, and the thresholds of the process before the first of them.
_readings = 0
_before = (0, 0, 0)


@contextmanager
def seldom(characters: int) -> Iterator[None]:
    """While a text of so many characters is read. The last reading that ends puts back what there was before the first.

    Thresholds that somebody else sets meanwhile stay as they are. A collector that is off, or looks less often already, is left
    alone.
    """
    if characters < _LONG:
        yield
        return
    _begin()
    try:
        yield
    finally:
        _end()


def _begin() -> None:
    global _readings, _before
    with _lock:
        _readings += 1
        if _readings == 1:
            _before = gc.get_threshold()
            if 0 < _before[0] < _OBJECTS:
                gc.set_threshold(_OBJECTS, *_before[1:])


def _end() -> None:
    global _readings
    with _lock:
        _readings -= 1
        if _readings == 0 and gc.get_threshold() == (_OBJECTS, *_before[1:]):
            gc.set_threshold(*_before)
