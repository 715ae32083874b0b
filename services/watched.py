"""Deployments that are verified and never built, and the lines that their devices have to have all the same. Pure.

Somebody else has configured the device, and nobody takes it away. What the intent says of its configuration are single lines,
each of which is there, is there with another value, or is not there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec import Struct, field

from ..changes.configurations.configuration import Configuration
from .service import Deployment
from .type_variables import Wanted


class Setting(Struct, frozen=True):
    """One line that a device has to have. ``under`` is the header that it stands below, empty for one at the margin.

    ``has`` is an expression for every line that says the same; ``another`` one for every line that sets the same to whatever
    value, and wins over one that only says the same; empty where there is none. Without a setting that ``is_ground`` nothing of
    the deployment is there.
    """

    under: str
    line: str
    has: str
    another: str = ""
    is_ground: bool = False


class Differing(Struct, frozen=True):
    """A setting that is not as intended; ``was`` is what the device has in its place, empty where it has nothing."""

    setting: Setting
    was: str


class WatchedDeployment(Deployment[Wanted], frozen=True):
    """One that is verified and never built. ``settings`` are by host."""

    settings: Mapping[str, Sequence[Setting]] = field(default_factory=dict)
    is_built: ClassVar[bool] = False


def differing(settings: Sequence[Setting], running: Configuration) -> tuple[Differing, ...]:
    """Those that the device does not have as intended."""
    lines: dict[str, list[str]] = {}
    for node in running.nodes:
        lines.setdefault("", []).append(node.line)
        lines.setdefault(node.line, []).extend(node.paths)
    found = []
    for setting in settings:
        here = lines.get(setting.under, [])
        same = [line for line in here if re.fullmatch(setting.has, line)]
        others = [line for line in here if setting.another and re.fullmatch(setting.another, line) and line not in same]
        if setting.line not in here and (others or not same):
            found.append(Differing(setting, next(iter(others), "")))
    return tuple(found)
