"""What prechecks know of a device before a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from ...changes.configurations import tree
from ...changes.plans.change import Change
from ...inventory.intents.intent import Side
from ...inventory.models.platforms import Platform
from ..finding import Evidence, Finding, Status
from ..observations.show_commands import COMMANDS


class Facts(Protocol):
    """A device before a change, whatever is built on it: what the inventory says it is, and what it showed."""

    @property
    def host(self) -> str:
        """Name in the inventory."""

    @property
    def platform(self) -> Platform:
        """What it can do, by the inventory."""

    @property
    def outputs(self) -> Mapping[str, str]:
        """What it showed, by command."""

    @property
    def change(self) -> Change:
        """What is done to it."""

    @property
    def time(self) -> str:
        """UTC time of reading (ISO 8601)."""

    @property
    def nodes(self) -> tuple[tree.Node, ...]:
        """The running configuration as a tree."""


class Device(Struct, frozen=True):
    """A device before a change of any service."""

    host: str
    platform: Platform
    outputs: Mapping[str, str]
    change: Change
    time: str

    @property
    def nodes(self) -> tuple[tree.Node, ...]:
        """The running configuration as a tree."""
        return tree.parse(self.outputs[COMMANDS[self.platform.os].running])


class EndFacts(Struct, frozen=True):
    """One end before the change: what is wanted, what the inventory says it is, and what it showed.

    ``asleep``: its tunnel interface was down when it showed its routes, so those by the tunnel were withdrawn.
    """

    end: Side
    platform: Platform
    outputs: Mapping[str, str]
    change: Change
    time: str
    asleep: bool = False

    @property
    def host(self) -> str:
        """Name in the inventory."""
        return self.end.local.host

    @property
    def nodes(self) -> tuple[tree.Node, ...]:
        """The running configuration as a tree."""
        return tree.parse(self.outputs[COMMANDS[self.platform.os].running])


def say(facts: Facts, check: str, passed: bool, sentence: str, command: str, field: str, value: object) -> Finding:
    """A finding of this device: what was checked, whether it passed, the sentence, and where the value was read."""
    return doubt(facts, check, Status.OK if passed else Status.FAILED, sentence, command, field, value)


def doubt(facts: Facts, check: str, status: Status, sentence: str, command: str, field: str, value: object) -> Finding:
    """The same with a status of its own: a warning, or what could not be told."""
    return Finding(check, facts.host, status, sentence, (Evidence(facts.host, command, field, str(value), facts.time),))
