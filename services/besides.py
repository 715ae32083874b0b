"""What a service may have besides what each has: a page that a command prints, visitors, questions, ends not ours, secrets.

Protocols. Whether a service has it is asked with ``isinstance`` (`Print` is declared with its command); one that has none of it
says nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol, runtime_checkable

from ..inventory.platforms import Platform
from .service import Deployment, Foreign


class Printed(Protocol):
    """What a command prints of one instance: for people, and as JSON."""

    def text(self) -> str:
        """Plain text with its line ends."""

    def as_json(self) -> str:
        """One JSON document with its line end."""


class Print(Protocol):
    """What a command that touches no device prints."""

    def __call__(self, inventory: Path, platforms: Mapping[str, Platform], name: str, end: str) -> Printed:
        """Of the instance ``name``, for one of its ends, or for the one that is meant where ``end`` is empty.

        Raises NothingMatched for a name that is not there, IntentError and ChangeError for what cannot be printed.
        """


@dataclass(frozen=True, slots=True)
class LabCall:
    """What somebody outside does in a rehearsal, so that a gate can hold: an action of a station of the lab without a CLI.

    ``secrets`` are words whose value is that of a reference.
    """

    station: str
    action: str
    words: Mapping[str, str]
    secrets: Mapping[str, str]


@runtime_checkable
class Visited(Protocol):
    """A service whose gates hold only when somebody outside does something; on a network that is left to those who do."""

    def lab_calls(self, deployment: Deployment) -> tuple[LabCall, ...]:
        """What is done in a rehearsal before the gates of a deployment are judged, in this order."""


@runtime_checkable
class Asking(Protocol):
    """A service whose prechecks rest on more than what every device is asked before a change."""

    def before(self, deployment: Deployment, host: str) -> tuple[str, ...]:
        """Commands that only read; what a device answers is in the outputs of the precheck, refused or not."""


@runtime_checkable
class Attended(Protocol):
    """A service whose device does not let go of what it built while somebody is connected by it: they are sent away first."""

    def shows_clients(self) -> tuple[str, ...]:
        """Commands whose answers tell who is connected."""

    def peers_in(self, deployment: Deployment, host: str, outputs: Mapping[str, str]) -> tuple[IPv4Address, ...]:
        """Who is connected by this deployment, by the addresses that they come from; nobody where that is not known."""


@runtime_checkable
class WithFarEnds(Protocol):
    """What one inventory asks of a service (see `Intended`) that has ends which are not ours."""

    def foreign(self) -> tuple[Foreign, ...]:
        """The ends that are not ours, of all that is intended and can be built, whatever its status: for a rehearsal."""


@runtime_checkable
class WithSecrets(Protocol):
    """What one inventory asks of a service (see `Intended`) whose instances hold secrets: a lab makes values for them."""

    def references(self) -> tuple[str, ...]:
        """References of the secrets of all that is intended."""
