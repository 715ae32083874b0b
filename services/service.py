"""What a service is made of: the records that the engine works on, and the protocols that a service fulfils.

The engine in ``runbooks/`` knows these and no service by name. Everything here is plain data or a pure function: no connection,
no Nornir. What a service cannot leave out has no default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from ipaddress import IPv4Address, IPv4Interface
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from msgspec import Struct, field

from ..changes.configurations.configuration import Configuration
from ..changes.objects import Config, ConfigObject
from ..changes.plans.change import Change
from ..changes.plans.replacing import Replacing
from ..checks.finding import Finding
from ..checks.observations.observation import Observation
from ..checks.proof import Proof, Watch
from ..inventory.errors import ChangeError
from ..inventory.intents.own_checks import OwnCheck
from ..inventory.models.platforms import Platform
from .type_variables import Wanted, Wants
from .verified import Verified


class Member(Struct, Generic[Wants], frozen=True):
    """A device that is ours. ``wants`` is the service's own record of what it shall have."""

    host: str
    role: str
    wants: Wants


class Foreign(Struct, frozen=True):
    """An end that is not ours: never pushed, only verified against. ``preconditions`` are sentences that a person confirms.

    ``plays`` is how a rehearsal plays it: what lab/stations/far_order.py takes as one of its connections, with the reference of
    the key as ``key_ref`` in the place of ``key``; empty where it is not played.
    """

    name: str
    addresses: tuple[IPv4Address, ...]
    offers: tuple[str, ...]
    preconditions: tuple[str, ...]
    plays: Mapping[str, Any] = field(default_factory=dict)


class Place(Struct, frozen=True):
    """Where a device of ours stands, as far as a service knows it: a rehearsal is given these interfaces and addresses.

    ``inside`` are its own addresses in the networks behind it, with their lengths. Without an ``interface`` it has none to the
    outside that the service knows. ``more`` are lines of its configuration that stand there before, ``routers`` those beside it.
    ``plays`` is what it is besides, in the words of lab/played.py.
    """

    host: str
    interface: str
    outside: IPv4Address
    inside: tuple[IPv4Interface, ...]
    more: tuple[str, ...] = ()
    routers: tuple[IPv4Interface, ...] = ()
    plays: Mapping[str, Any] = field(default_factory=dict)


class Site(Struct, Generic[Wants], frozen=True):
    """What a feature is built on: one member and its device as it will be when the change begins.

    ``keys`` are the tokens of the secrets of the deployment by their reference; ``approved`` is the change that a person has
    seen, whose names are taken again where they are still free.
    """

    member: Member[Wants]
    platform: Platform
    running: str
    keys: Mapping[str, str]
    approved: Change | None
    #: What the device showed before the change, by command: its routing table among them.
    outputs: Mapping[str, str] = field(default_factory=dict)


class Names(Protocol):
    """Names and numbers that a feature has found free on a device, in a record of its own."""

    @property
    def decisions(self) -> tuple[str, ...]:
        """A sentence for each choice that needs an explanation."""

    @property
    def replacing(self) -> Replacing:
        """What the device has of the same thing in another form."""


Found = TypeVar("Found", bound=Names)


class Feature(Protocol[Found]):
    """What is built on one member: names from what the device has, text from a template. Pure."""

    @property
    def name(self) -> str:
        """What it is called in a plan and in the journal."""

    @property
    def families(self) -> tuple[str, ...]:
        """Families of the objects that it may hold; a text with another one is refused."""

    def draft(self, site: Site) -> Found:
        """Names before the device is known, to see what is wanted."""

    def names(self, site: Site, wanted: Config, running: Config) -> Found:
        """Names that are free on the device. Raises ChangeError where there is no safe place."""

    def text(self, site: Site, names: Found) -> str:
        """The desired configuration under these names. Raises ChangeError where it cannot be written for the platform."""


class Seen(Struct, frozen=True):
    """What one member's device shows when a gate is judged, by command, with the UTC time of reading (ISO 8601)."""

    member: Member
    platform: Platform
    outputs: Mapping[str, str]
    time: str


class Gate(Protocol):
    """What must hold on the members before the next stage begins, or before the last one is kept. Pure.

    A gate with traffic of its own has ``stimulus``; see `Traffic`.
    """

    def asks(self, member: Member, platform: Platform) -> tuple[str, ...]:
        """Commands whose answers it judges; they only read."""

    def judge(self, seen: Sequence[Seen], *, removed: bool) -> tuple[Finding, ...]:
        """Findings on all members together; ``removed``: on what has to be gone. Nothing that it cannot read is a pass."""


@runtime_checkable
class Renegotiating(Protocol):
    """A gate on SAs. SAs from before a change live on with the old settings, so they have to be cleared first."""

    def stale(self, change: Change) -> tuple[IPv4Address, ...]:
        """Peers whose SAs are cleared between a stage and its gate, by what the stage has changed on a member."""


@runtime_checkable
class OneByOne(Renegotiating, Protocol):
    """One whose peers back each other up: they are cleared in turns, each only after the one before is up again."""

    def turns(self, change: Change) -> tuple[tuple[IPv4Address, ...], ...]:
        """The peers of `stale`, in the order in which they are cleared; those of one turn go together."""

    def agreed(self, seen: Sequence[Seen], peers: Sequence[IPv4Address]) -> tuple[Finding, ...]:
        """Findings on the tunnels to these peers alone, all of which hold before the next turn."""


@runtime_checkable
class Passing(Protocol):
    """A gate that also holds by something that passes, as a session of somebody does: verified once, it may have ended in
    order."""

    def later(self, proved: Sequence[Seen], seen: Sequence[Seen]) -> tuple[Finding, ...]:
        """As `Gate.judge` of what has to be there; ``proved`` is what was shown when the gate held."""

    def decided(self, seen: Sequence[Seen]) -> tuple[Finding, ...]:
        """The same for a run that was interrupted after it was decided: what passes was verified then, and is not waited for."""


class Traffic(Struct, frozen=True):
    """The gate of what comes up with traffic only: the engine sends it and looks before and after; see `Service.traffic`."""


class Row(Struct, frozen=True):
    """One member in the recap, where the proof is by traffic: both phases in the device's words, and packets out and in."""

    phase_1: str
    phase_2: str
    encaps: int | None
    decaps: int | None


class TrafficProof(Proof, Protocol):
    """A proof with traffic, and what else the engine asks of what it proves."""

    def gone(self, watch: Watch) -> tuple[Finding, ...]:
        """Findings on what was removed."""

    def still(self, seen: Mapping[str, Observation]) -> tuple[Finding, ...]:
        """Findings on a tunnel that was verified and is about to be saved: whether it still is as proved."""

    def was_up(self, before: Mapping[str, Observation]) -> bool:
        """True if it worked on all members before the change."""

    def stale(self, sight: Sight, before: Observation) -> tuple[IPv4Address, ...]:
        """Peers whose SAs have to be cleared before anything can be verified."""

    def left(self, sight: Sight) -> tuple[IPv4Address, ...]:
        """Peers whose SAs have to be cleared after a removal."""

    @property
    def answered(self) -> bool:
        """True if the traffic is answered when all is well; where nothing is known to answer, that it passes is not verified."""

    def untested(self, watch: Watch) -> tuple[str, ...]:
        """A sentence for each thing that the traffic did not cover, and the proof says nothing about."""

    def row(self, watch: Watch, host: str) -> Row:
        """One member for the recap."""


class Stage(Struct, frozen=True):
    """Features that are pushed together, then a gate that must hold before the next stage begins.

    ``settle_seconds`` is how long the gate is asked until it holds. ``undo`` is its place in the way back over all stages,
    lowest first: what carries traffic away from what was built is usually undone before it.
    """

    name: str
    features: tuple[Feature[Any], ...]
    gate: Gate | Traffic
    settle_seconds: float
    undo: int


class Deployment(Struct, Generic[Wanted], frozen=True):
    """One instance of a service. ``wanted`` is the service's own record, of which all else is made, and which a run keeps.

    ``members`` are in the order of the intent, ``pushing`` has their hosts in the order in which they are changed.
    """

    name: str
    service: str
    wanted: Wanted
    members: tuple[Member, ...]
    foreign: tuple[Foreign, ...]
    pushing: tuple[str, ...]
    stages: tuple[Stage, ...]
    #: True if it stands in no intent and was read from the devices: it can be removed and not built.
    found: bool
    #: Checks of the user's own on its members: part of the proof of a deploy and of the verdict, beside what the service asks.
    checks: tuple[OwnCheck, ...] = ()
    #: False for a kind that is verified and never built: it has no stages.
    is_built: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Raise ChangeError for a deployment that cannot be applied, which is a defect of its service."""
        hosts = [member.host for member in self.members]
        what = f"{self.service} {self.name}"
        if not self.members or (self.is_built and not self.stages):
            raise ChangeError(f"{what} has no {'stages' if self.members else 'members'}, so there is nothing to do")
        if len(set(hosts)) != len(hosts):
            raise ChangeError(f"{what} has the same device twice: {', '.join(hosts)}")
        if sorted(self.pushing) != sorted(hosts):
            raise ChangeError(f"{what} is pushed to {', '.join(self.pushing)}, and its members are {', '.join(hosts)}")
        for word, values in (("name", [s.name for s in self.stages]), ("place in a rollback", [s.undo for s in self.stages])):
            if len({*values}) != len(values):
                raise ChangeError(f"{what} has two stages with the same {word}")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Devices of the members, in the order of the intent."""
        return tuple(member.host for member in self.members)

    @property
    def way_back(self) -> tuple[int, ...]:
        """Indices of the stages in the order in which they are rolled back."""
        return tuple(sorted(range(len(self.stages)), key=lambda index: self.stages[index].undo))


class Sight(Struct, Generic[Wants], frozen=True):
    """One member of a change that was planned or made: what its device had, and what was done to it."""

    member: Member[Wants]
    platform: Platform
    before: Configuration
    change: Change


class Intended(Protocol):
    """What one inventory asks of a service. Everything that can be wrong with it is raised as IntentError, with file and line."""

    def select(self, names: Sequence[str], today: date, *, removal: bool) -> tuple[tuple[Deployment, ...], tuple[str, ...]]:
        """The named deployments, or all active ones, and the warnings on them.

        Raises NothingMatched for a name that is not there, or not active (it need not be for a ``removal``), or for a host that
        the inventory has not; IntentError for what cannot be built.
        """

    def names(self) -> tuple[str, ...]:
        """Names of all active ones, in the order of the intent."""

    def places(self) -> tuple[Place, ...]:
        """Where the devices of all that the intent has stand, whatever its status: for a rehearsal of the whole inventory."""

    def has(self, name: str) -> bool:
        """True if the intent has a record of this name, whatever its status."""

    def strays(self, texts: Mapping[str, str], besides: Collection[str]) -> Iterator[str]:
        """A sentence for each instance that these devices (host to running configuration) have and that is not intended."""

    def not_there(self, name: str) -> str:
        """Why a name was not found, with the nearest one."""

    def find(self, name: str, texts: Mapping[str, str]) -> Deployment:
        """A deployment that only the devices know, to be removed. Raises NothingMatched, or ChangeError where that is unclear."""

    def still_wanted(self, deployment: Deployment) -> str:
        """A sentence if the intent still has what is removed as active; empty if not."""


class Removal(Struct, frozen=True):
    """What of a deployment goes from one device, and a sentence for each thing that stays.

    ``left`` is what would go if nothing else used it: it goes with a later removal of the same run after which nothing does.
    ``back`` is what comes in its place, in the first stage of the way back: what led traffic before it.
    """

    items: tuple[ConfigObject, ...]
    stays: tuple[str, ...]
    left: tuple[ConfigObject, ...]
    back: tuple[ConfigObject, ...] = ()


@runtime_checkable
class Service(Verified, Protocol):
    """A service that is built, removed and verified."""

    def precheck(self, sight: Sight, outputs: Mapping[str, str], time: str, *, accept_unsaved: bool) -> tuple[Finding, ...]:
        """May this change be made on this device now? Findings of the service's own, besides those of every change."""

    @property
    def found_by(self) -> str:
        """How an instance that is in no intent is recognised on a device, with ``{name}`` instead of its name."""

    def removal(self, deployment: Deployment, sight: Sight, running: str) -> Removal:
        """What goes of what the device has; ``sight.change`` is the plan that would build it, if it was not only found there."""

    def previous(self, deployment: Deployment, sights: Sequence[Sight]) -> Deployment | None:
        """The form that stood before a change in place, so that it can be verified again; None where that cannot be told."""

    def traffic(self, deployment: Deployment, sights: Sequence[Sight]) -> TrafficProof:
        """What verifies a deployment whose last gate is `Traffic`. Never asked of a service that has no such gate."""

    def landmark(self, change: Change) -> str:
        """A line by which a person sees on the device whether it runs the change; empty if there is none."""
