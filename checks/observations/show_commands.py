"""How each operating system is asked for its configurations and routes, where its generation makes no difference."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ...inventory.systems import SYSTEMS, System, any_of

#: By operating system.
COMMANDS: Mapping[str, System] = MappingProxyType({system.os: any_of(system.os) for system in SYSTEMS.values()})
