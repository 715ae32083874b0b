"""How each operating system is asked, by what the answer is for: one row an operating system.

An ASA shows its running configuration twice: ``show running-config`` masks every key, as ``show startup-config`` does, and
``more system:running-config`` has them (ASA command reference, more). So what runs is compared with what is saved masked, and a
configuration is planned, read back and undone on the text with the keys, which are tokens by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commands:
    """``running`` has the keys; ``running_as_saved`` and ``startup`` show a configuration in one and the same way."""

    running: str
    running_as_saved: str
    startup: str
    route: str


COMMANDS: Mapping[str, Commands] = {
    "ios": Commands("show running-config", "show running-config", "show startup-config", "show ip route"),
    "asa": Commands("more system:running-config", "show running-config", "show startup-config", "show route"),
}
