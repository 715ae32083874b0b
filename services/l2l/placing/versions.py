"""Later versions of a name: what differs is built beside what is in use, and the old version goes when nothing uses it."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What a later version of a name ends in; no tunnel may have a name like that.
VERSION = re.compile(r"\.v(?:[2-9]|[1-9]\d+)")


def is_version(name: str, base: str) -> bool:
    """True if ``name`` is ``base`` or a later version of it."""
    return name.startswith(base) and (name == base or VERSION.fullmatch(name[len(base) :]) is not None)


def bases_of(name: str) -> tuple[str, ...]:
    """The names of which this one is a version: itself, and the one that it is a later version of."""
    match = VERSION.search(name)
    return (name, name[: match.start()]) if match and match.end() == len(name) else (name,)


def free_version(base: str, taken: Iterable[str]) -> str:
    """``base`` itself or its first later version that nothing is called."""
    used = set(taken)
    return next(name for name in (base, *(f"{base}.v{n}" for n in range(2, 1000))) if name not in used)


def version_of(name: str) -> int:
    """Its number: 1 for a name without one."""
    match = VERSION.search(name)
    return int(match[0][2:]) if match and match.end() == len(name) else 1


def next_version(name: str) -> str:
    """The version behind that of ``name``."""
    return f"{bases_of(name)[-1]}.v{version_of(name) + 1}"
