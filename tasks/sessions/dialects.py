"""The dialect of a session: what is typed differently to each operating system, from inventory/systems."""

from __future__ import annotations

from ...inventory.models.platforms import Platform
from ...inventory.systems import System, assumed, system_of

__all__ = ["IOS", "Dialect", "dialect_of"]

Dialect = System
#: The dialect of a session whose operating system is not known.
IOS = assumed("ios")


def dialect_of(platform: Platform) -> System:
    """The dialect of a model and release."""
    return system_of(platform)
