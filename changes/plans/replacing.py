"""Existing objects that a plan may edit or remove, because they are another form of what is planned."""

from __future__ import annotations

from msgspec import Struct

from ..objects import ConfigObject, Key


class Replacing(Struct, frozen=True):
    """What of the running configuration a plan may change in place, and what may go when it is out of use."""

    editable: frozenset[Key] = frozenset()
    retired: tuple[ConfigObject, ...] = ()
    stays: tuple[str, ...] = ()


NOTHING = Replacing()
