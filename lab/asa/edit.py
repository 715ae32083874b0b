"""What every rule of an ASA leans on: the box around an edit, interfaces by their names."""

from __future__ import annotations

from typing import Protocol, cast

from ..core.edit import Edit, Misread, Refused, Surroundings
from ..core.store import Entry, Store


class AsaSurroundings(Surroundings, Protocol):
    """What the rules ask of an ASA. `old` is 8.2, `modern` is 9.13 and later."""

    old: bool
    modern: bool

    def hash_password(self, user: str, plain: str) -> tuple[str, str]:
        """The stored form of a password, and the word that says which form it is."""


def around(edit: Edit) -> AsaSurroundings:
    """The ASA around an edit."""
    return cast(AsaSurroundings, edit.box)


def interface_named(store: Store, nameif: str) -> Entry | None:
    """The interface with a name."""
    for entry in store.all("interface"):
        line = entry.child("nameif")
        if line is not None and line.values["nameif"] == nameif:
            return entry
    return None


def need_interface(edit: Edit, nameif: str) -> None:
    """Refuse a name that no interface has."""
    if interface_named(edit.box.store, nameif) is None:
        raise Misread(nameif)


def off_or_gone(edit: Edit, message: str) -> None:
    """Take the line away, or say that it was not there."""
    if edit.clear() is None:
        raise Refused(message)
