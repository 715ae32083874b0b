"""What each operating system is: commands, dialect, boot rule, one frozen record a generation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from .asa import ASA_8_0, ASA_8_4
from .ios import IOS_12_2, IOS_12_4, IOS_15
from .record import System

if TYPE_CHECKING:
    from ..models.platforms import Platform

__all__ = ["SYSTEMS", "System", "any_of", "assumed", "generations", "system_of"]

#: By the name that ``Platform.output`` has.
SYSTEMS: Mapping[str, System] = MappingProxyType(
    {system.name: system for system in (IOS_12_2, IOS_12_4, IOS_15, ASA_8_0, ASA_8_4)}
)


def system_of(platform: Platform) -> System:
    """The record of the operating system of a model and release."""
    return SYSTEMS[platform.output]


def generations(os: str) -> tuple[System, ...]:
    """Every generation of an operating system, from old to new."""
    return tuple(system for system in SYSTEMS.values() if system.os == os)


def assumed(os: str) -> System:
    """The generation that is assumed for a device of which only the operating system is known."""
    return next(system for system in generations(os) if system.assumed)


def any_of(os: str) -> System:
    """The oldest generation of an operating system, for what all of its generations have in common."""
    return generations(os)[0]
