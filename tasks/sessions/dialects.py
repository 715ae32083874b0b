"""What a session says otherwise to one operating system than to another: the record of its generation (inventory/systems)."""

from __future__ import annotations

from ...inventory.models.platforms import Platform
from ...inventory.systems import System, assumed, system_of

__all__ = ["IOS", "Dialect", "dialect_of"]

Dialect = System
#: Of a session that nobody has told what it talks to.
IOS = assumed("ios")


def dialect_of(platform: Platform) -> System:
    """The dialect of a model and release."""
    return system_of(platform)
