"""Optional protocols of a service: printed pages, visitors, questions, ends that are not ours, secrets,
confirmations, a second path.

Protocols. Whether a service has it is asked with ``isinstance``; one that has none of it says nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from pathlib import Path
from typing import Protocol, runtime_checkable

from msgspec import Struct

from ..changes.device_file import DeviceFile
from ..changes.objects import Config, ConfigObject
from ..changes.plans.change import Change
from ..changes.plans.steps import Edit
from ..checks.finding import Finding
from ..checks.observations.looks import Stimulus
from ..inventory.intents.maintenance import Window
from ..inventory.models.platforms import Platform
from .service import Deployment, Foreign, Member, Seen


class Printed(Protocol):
    """One instance as a printed page: for people, and as JSON."""

    def text(self) -> str:
        """Plain text with its line ends."""

    def as_json(self) -> str:
        """One JSON document with its line end."""


class LabCall(Struct, frozen=True):
    """What somebody outside does in a rehearsal, so that a gate can hold: an action of a station of the lab without a CLI.

    ``secrets`` are words whose value is that of a reference.
    """

    station: str
    action: str
    words: Mapping[str, str]
    secrets: Mapping[str, str]


@runtime_checkable
class Visited(Protocol):
    """A service whose gates need somebody outside to act, as a client that connects; only a rehearsal does that itself."""

    def lab_calls(self, deployment: Deployment) -> tuple[LabCall, ...]:
        """What a rehearsal does before it judges the gates of a deployment, in this order."""


#: That an end which is not ours has the key that is given to our side.
FAR_KEY = "far-key"


class Confirmation(Struct, frozen=True):
    """What only a person can know: ``name`` is the word for ``--confirm``, ``sentence`` what is confirmed by it.

    ``why`` says why neither a device nor a gate can tell: what can be asked or verified is no confirmation.
    """

    name: str
    sentence: str
    why: str


@runtime_checkable
class WithConfirmations(Protocol):
    """A service whose changes rest on what only a person can know; its commands that ask for it are declared to (`Command`)."""

    def confirmations(self, deployment: Deployment, *, removal: bool) -> tuple[Confirmation, ...]:
        """What has to be confirmed before a deployment is built or changed, or before it is removed; each name once."""


@runtime_checkable
class WithChangeConfirmations(Protocol):
    """A service of whose changes some ask for more than others, by what stood before: what leaves the tunnels, say."""

    #: Every name that `change_confirmations` may give: said beforehand, it is no typing error.
    change_asks: tuple[str, ...]

    def change_confirmations(self, deployment: Deployment, changes: Sequence[Change]) -> tuple[Confirmation, ...]:
        """What has to be confirmed of a deployment that is changed by these, one for each device, beside `confirmations`."""


@runtime_checkable
class WithRollbackConfirmations(Protocol):
    """A service whose traffic may go in clear once a run is rolled back: that is asked by what stood before, not by an intent.

    Each name that it may give is one of `WithChangeConfirmations.change_asks`.
    """

    def rollback_confirmations(
        self, undone: Deployment, before: Deployment | None, changes: Sequence[Change]
    ) -> tuple[Confirmation, ...]:
        """What has to be confirmed before a run is undone by ``changes``, beside the keys of far ends.

        ``undone`` is what stands and ``before`` what comes back; None where nothing was there.
        """


@runtime_checkable
class WithFarKeys(Protocol):
    """A service whose keys are held by ends that are not ours as well: they change there when a person changes them there."""

    def key_confirmations(self, deployment: Deployment, reference: str, *, former: bool) -> tuple[Confirmation, ...]:
        """What has to be confirmed before the key of this reference is changed on our side; nothing where all ends are ours.

        ``former``: a run that changed it is undone, so that the far end has to have the former key again.
        """


@runtime_checkable
class WithFullSize(Protocol):
    """A service through which packets of full size have to pass as small ones do: a deploy sends some when all is verified."""

    def full_size(self, deployment: Deployment, member: Member, platform: Platform, running: str) -> tuple[Stimulus, ...]:
        """What is sent from a member, with its ``full_bytes``, to where small pings are answered. ``running`` is what its device
        has when the change is made."""


@runtime_checkable
class Readied(Protocol):
    """A service that needs more of its devices than configuration, as licences. What is missing is a warning."""

    def readied_on(self, inventory: Path) -> frozenset[str]:
        """The devices of what an inventory has as active. Raises IntentError."""

    def readied(self, host: str, platform: Platform, outputs: Mapping[str, str], time: str) -> tuple[Finding, ...]:
        """Findings on one of them by what every device shows before a change; ``time`` of reading (UTC, ISO 8601)."""


@runtime_checkable
class Asking(Protocol):
    """A service whose prechecks need more commands than every device is asked before a change."""

    def before(self, deployment: Deployment, host: str) -> tuple[str, ...]:
        """Show commands; the answers, refused or not, are in the outputs that the precheck is given."""


@runtime_checkable
class Showing(Protocol):
    """A service whose verdict needs show commands that no `Question` stands for; the answers are kept as text."""

    def shows(self, deployment: Deployment, member: Member, platform: Platform) -> tuple[str, ...]:
        """Show commands; the device may refuse them."""


@runtime_checkable
class Attended(Protocol):
    """A service whose objects a device does not remove while clients are connected by them: these are disconnected first."""

    def shows_clients(self) -> tuple[str, ...]:
        """Show commands whose answers tell who is connected."""

    def peers_in(self, deployment: Deployment, host: str, outputs: Mapping[str, str]) -> tuple[IPv4Address, ...]:
        """Addresses of the clients that are connected by this deployment; empty if that is not known."""

    def beside_in(self, deployment: Deployment, host: str, outputs: Mapping[str, str]) -> tuple[str, ...]:
        """What else has a session with one of those addresses, and loses it with them: a sentence's words each."""


@runtime_checkable
class WithFiles(Protocol):
    """A service whose configuration names files: written before its first line, and removed with it."""

    def files(self, deployment: Deployment, host: str) -> tuple[DeviceFile, ...]:
        """The files of a device; a file's name depends on its content."""

    def files_in(self, change: Change) -> tuple[str, ...]:
        """URLs of the files that removed or replaced configuration names."""

    def files_named(self, change: Change) -> tuple[str, ...]:
        """URLs of the files that new configuration names."""

    def files_there(self, deployment: Deployment, outputs: Mapping[str, str]) -> tuple[str, ...]:
        """URLs of the files that earlier changes of a deployment left on a device, by what it showed before the change."""

    def is_file(self, file: DeviceFile) -> bool:
        """True if the name of the file belongs to this text."""


@runtime_checkable
class Nameless(Protocol):
    """A service that uses objects which carry no name of its own, where they are there already: a user, a numbered policy."""

    def nameless(self, item: ConfigObject) -> bool:
        """True for such an object: it goes with a deployment only where a record says that a run made it."""


@runtime_checkable
class WithFarEnds(Protocol):
    """What one inventory asks of a service (see `Intended`) that has ends which are not ours."""

    def foreign(self) -> tuple[Foreign, ...]:
        """The ends that are not ours, of all that is intended and can be built, whatever its status: for a rehearsal."""


@runtime_checkable
class WithPartnerSheet(Protocol):
    """A service that can print what an end which is not ours has to set: in that end's own words, and without a key."""

    def partner_sheet(self, inventory: Path, platforms: Mapping[str, Platform], name: str, end: str) -> Printed:
        """Of the instance ``name``, for one of its ends, or for the one that is meant where ``end`` is empty.

        services/sheet.py has a record for it. Raises NothingMatched for a name that is not there, IntentError and ChangeError for
        what cannot be printed.
        """


@runtime_checkable
class WithSecrets(Protocol):
    """What one inventory asks of a service (see `Intended`) whose instances hold secrets: a lab makes values for them."""

    def references(self) -> tuple[str, ...]:
        """References of the secrets of all that is intended."""


class Failover(Struct, frozen=True):
    """A deployment with two paths: where its primary is taken down for a test, and how long traffic may take to move.

    ``primary`` and ``backup`` are names for people; seconds are of the device's clock; ``meanwhile`` says what becomes of what is
    sent until it has moved.
    """

    host: str
    primary: str
    backup: str
    away_seconds: float
    back_seconds: float
    meanwhile: str
    windows: tuple[Window, ...]


class Carrying(Struct, frozen=True):
    """Which path carries traffic now.

    ``moved`` are findings on the move to the backup: all of them hold when it is done. ``backup`` are those on the backup alone:
    one that fails ends the test at once. ``back`` are those on the primary: all of them hold when it carries traffic as before.
    ``leads``: some path is known to lead, so that nothing that is sent is lost.
    """

    moved: tuple[Finding, ...]
    backup: tuple[Finding, ...]
    back: tuple[Finding, ...]
    leads: bool


@runtime_checkable
class WithBackup(Protocol):
    """A service whose deployments have a primary and a backup path."""

    def failover(self, deployment: Deployment) -> Failover:
        """Its paths. Raises ChangeError for a deployment that has only one."""

    def taken_down(self, deployment: Deployment, running: Config) -> tuple[Edit, ...]:
        """What takes the primary down on the device of `Failover.host`, in the way that disturbs least. Raises ChangeError."""

    def carrying(self, deployment: Deployment, before: Sequence[Seen], seen: Sequence[Seen]) -> Carrying:
        """Which path carries traffic now; ``before`` is what was shown before the primary was taken down."""

    def lost(self, deployment: Deployment, before: Sequence[Seen], seen: Sequence[Seen]) -> tuple[str, ...]:
        """Sentences on packets that were counted as lost between two observations."""
