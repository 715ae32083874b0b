"""Refuse a host that is not in the inventory, everywhere in the same sentence with the nearest name."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..errors import NothingMatched
from .did_you_mean import hint


def refuse_unknown(names: Iterable[str], hosts: Collection[str], where: str = "") -> None:
    """Raise NothingMatched unless all ``names`` are among ``hosts``, with one line each. ``where`` stands before each line."""
    refuse_unknown_at(((where, name) for name in names), hosts)


def refuse_unknown_at(named: Iterable[tuple[str, str]], hosts: Collection[str]) -> None:
    """The same where each name stands at a place of its own: pairs of place and name."""
    lines = [
        f"{f'{place}: ' if place else ''}no host is named {name!r}{hint(name, hosts)}"
        for place, name in named
        if name not in hosts
    ]
    if lines:
        raise NothingMatched("\n".join(lines))
