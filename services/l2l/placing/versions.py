"""Versions of an object name: `NAME`, `NAME.v2`, `NAME.v3`.

An object in use is not edited. The changed one is created under the next version of its name, and the old one is removed when
nothing refers to it any more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What a later version of a name ends in; no tunnel may have a name like that.
VERSION = re.compile(r"\.v(?:[2-9]|[1-9]\d+)")


def is_version(name: str, base: str) -> bool:
    """True if ``name`` is ``base`` or a later version of it."""
    return name.startswith(base) and (name == base or VERSION.fullmatch(name[len(base) :]) is not None)


def bases_of(name: str) -> tuple[str, ...]:
    """The name itself and, if it ends in a version, the name without it: `X.v2` gives (`X.v2`, `X`)."""
    match = VERSION.search(name)
    return (name, name[: match.start()]) if match and match.end() == len(name) else (name,)


def free_version(base: str, taken: Iterable[str]) -> str:
    """``base``, or its lowest version that is not in ``taken``."""
    used = set(taken)
    return next(name for name in (base, *(f"{base}.v{n}" for n in range(2, 1000))) if name not in used)


def version_of(name: str) -> int:
    """The number of the version: 2 for `X.v2`, 1 for `X`."""
    match = VERSION.search(name)
    return int(match[0][2:]) if match and match.end() == len(name) else 1


def next_version(name: str) -> str:
    """The next version of a name: `X.v2` for `X`, `X.v3` for `X.v2`."""
    return f"{bases_of(name)[-1]}.v{version_of(name) + 1}"
