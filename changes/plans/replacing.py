"""Existing objects that a plan may edit or remove, because they are another form of what is planned."""

from __future__ import annotations

from dataclasses import dataclass

from ..objects import ConfigObject, Key


@dataclass(frozen=True, slots=True)
class Replacing:
    """What of the running configuration a plan may change in place, and what may go when it is out of use."""

    editable: frozenset[Key] = frozenset()
    retired: tuple[ConfigObject, ...] = ()
    stays: tuple[str, ...] = ()


NOTHING = Replacing()
