"""What a service makes of a provider's sample: an intent of its own, or what a person has to fill in before there is one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct, field
from msgspec.structs import asdict

from ...changes.objects import Config
from ...inventory.models.platforms import Platform
from ...parsers.provider_samples import Sample


class Wishes(Struct, frozen=True):
    """What a person says to a sample. ``keys`` are references by peer, the empty one for every peer without one of its own.

    ``interfaces`` and ``outside`` are one for all tunnels, or one for each in the order of the sample.
    ``waiver`` is until when, the ticket and the reason. ``stronger``: what the provider can do instead of what the sample says.
    ``fields`` are those of the intent that a sample cannot say, by their places in it (``circuit.interface``), as YAML.
    ``static``: the provider gets static routes where the sample has BGP. ``scheme`` is where the keys of the sample will be kept.
    """

    name: str
    host: str
    interfaces: tuple[str, ...] = ()
    outside: tuple[IPv4Address, ...] = ()
    near: tuple[IPv4Network, ...] = ()
    far: tuple[IPv4Network, ...] = ()
    probe: IPv4Address | None = None
    far_probe: IPv4Address | None = None
    prefixes: tuple[IPv4Network, ...] = ()
    waiver: tuple[str, str, str] | None = None
    stronger: bool = False
    static: bool = False
    keys: Mapping[str, str] = field(default_factory=dict)
    scheme: str = "credential:"
    fields: Mapping[str, str] = field(default_factory=dict)


class Missing(Struct, frozen=True):
    """One thing that a person has to say: the field of the intent, why it is not known, and the option that says it."""

    field: str
    why: str
    option: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.field}: {self.why}; give {self.option}" if self.option else f"{self.field}: {self.why}"


class Draft(Struct, frozen=True):
    """The intent of a service. ``text`` is the file, empty as long as anything is missing. ``peers`` are those that are in it.

    ``keep`` are marks of keys of the sample, no values, by the reference under which they have to be kept for the intent to work.
    """

    service: str
    text: str
    names: tuple[str, ...]
    peers: tuple[str, ...]
    keep: Mapping[str, str]
    missing: tuple[Missing, ...]
    told: tuple[str, ...]
    #: What lines are about that a LAN-to-LAN tunnel has no room for and this intent has: areas of `line_form`.
    carries: frozenset[str] = frozenset()


@runtime_checkable
class TakesSamples(Protocol):
    """A service that makes an intent of a provider's sample."""

    def from_sample(self, sample: Sample, wishes: Wishes, platform: Platform, running: Config | None) -> Draft | None:
        """The draft; None for a sample of another shape."""

    def objections(self, draft: Draft, inventory: Path, platforms: Mapping[str, Platform], today: date) -> tuple[str, ...]:
        """What the validation of the service says against the draft, beside the intents that the inventory has."""
