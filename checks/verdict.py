"""The verdict on each service: three axes, the word that follows from them, and the evidence.

One enumeration could not say it: a tunnel may be up and differ from the intent, or be as intended and idle, and either may be
known from a probe or only from tables. Plain frozen records; nothing here reads a device.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from .finding import Cause, Finding

#: Version of the JSON document of a verification; a field that goes or changes its meaning raises it.
SCHEMA_VERSION = 1
#: What is among the untested of a verdict where no traffic was wanted.
UNSENT = "nothing was sent"


class Configured(Enum):
    """Whether the running configurations have a service as the intent wants it."""

    AS_INTENDED = "as-intended"
    DIFFERS = "differs"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Operating(Enum):
    """Whether the service works.

    ``idle``: nothing asks for it and nothing is wrong. ``degraded``: a part of it works. ``unencrypted``: traffic that has to be
    encrypted passes in the clear.
    """

    UP = "up"
    IDLE = "idle"
    DEGRADED = "degraded"
    DOWN = "down"
    UNENCRYPTED = "unencrypted"
    UNKNOWN = "unknown"


class KnownBy(Enum):
    """What the answer rests on, best first: traffic of our own, counters that moved, what tables show, or nothing."""

    PROBE = "probe"
    COUNTERS = "counters"
    TABLES = "tables"
    NOTHING = "nothing"


class Word(Enum):
    """The summary for people, best first; ``unverified``: it could not be told, which is never a pass."""

    UP = "up"
    IDLE = "idle"
    UNVERIFIED = "unverified"
    DEGRADED = "degraded"
    MISSING = "missing"
    DOWN = "down"
    UNENCRYPTED = "unencrypted"


_WORDS: Mapping[Operating, Word] = {
    Operating.UP: Word.UP,
    Operating.IDLE: Word.IDLE,
    Operating.DEGRADED: Word.DEGRADED,
    Operating.DOWN: Word.DOWN,
    Operating.UNENCRYPTED: Word.UNENCRYPTED,
    Operating.UNKNOWN: Word.UNVERIFIED,
}


def word_of(configured: Configured, operating: Operating, known_by: KnownBy) -> Word:
    """The word that follows from the three axes.

    What is in the clear is told first; what no device of ours has is missing; and what rests on nothing is neither up nor idle.
    """
    if operating is Operating.UNENCRYPTED:
        return Word.UNENCRYPTED
    if configured is Configured.ABSENT:
        return Word.MISSING
    if known_by is KnownBy.NOTHING and operating in (Operating.UP, Operating.IDLE):
        return Word.UNVERIFIED
    return _WORDS[operating]


class FlowState(Struct, frozen=True):
    """What one end showed of one pair of selectors (or of a tunnel interface).

    ``up`` is None where it could not be read; ``encaps`` and ``decaps`` are how much the counters rose while the device was
    watched, None where that is not known; ``spis`` are its outbound SPIs, by which a rekey is seen; ``sa_age_seconds`` is None
    where the device tells no lifetime.
    """

    local: str
    remote: str
    up: bool | None
    encaps: int | None = None
    decaps: int | None = None
    spis: tuple[int, ...] = ()
    sa_age_seconds: int | None = None


class EndState(Struct, frozen=True):
    """One device of ours in one service. ``ike`` is the state in the device's own word, ``ike_up`` None where it is not known.

    ``ike_id`` changes when IKE is negotiated again (cookie, SPI or connection number in the device's words), ``ike_age_seconds``
    is None where the device does not tell it, and ``ike_lifetime_seconds`` is how long IKE lives before it is negotiated again.
    """

    host: str
    role: str
    peer: str
    configured: Configured
    ike: str = ""
    ike_up: bool | None = None
    ike_id: str = ""
    ike_age_seconds: int | None = None
    flows: tuple[FlowState, ...] = ()
    ike_lifetime_seconds: int | None = None


class Figure(Struct, frozen=True):
    """A number that a service is watched by, beside its verdict: ``what`` is counted or left, in the words of a label."""

    what: str
    value: int


class Verdict(Struct, frozen=True):
    """The verdict on one service. ``sentence`` is one line for people; ``findings`` are all that was checked.

    ``causes`` are why it is not as it has to be: more than one where nothing tells them apart. ``untested`` says what no traffic
    met, ``reach`` what the verdict says nothing about (an end that is not ours).
    """

    service: str
    name: str
    title: str
    time: str
    configured: Configured
    operating: Operating
    known_by: KnownBy
    sentence: str
    findings: tuple[Finding, ...] = ()
    causes: tuple[Cause, ...] = ()
    ends: tuple[EndState, ...] = ()
    untested: tuple[str, ...] = ()
    reach: str = ""
    #: Where the service joins sites: their names, for a map; devices of ours or who runs the far end.
    sites: tuple[str, ...] = ()
    #: Numbers to watch: sessions, addresses that are free, days that a certificate is valid.
    figures: tuple[Figure, ...] = ()

    @property
    def word(self) -> Word:
        """The summary."""
        return word_of(self.configured, self.operating, self.known_by)

    @property
    def healthy(self) -> bool:
        """True if it works, or waits for traffic, and is built as intended."""
        return self.word in (Word.UP, Word.IDLE) and self.configured is Configured.AS_INTENDED

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        made = to_builtins(self)
        made["word"], made["healthy"] = self.word.value, self.healthy
        return _plain(made)


class DeviceState(Struct, frozen=True):
    """How one device was reached: ``problem`` is one sentence where it was not, or not read; empty when all is well."""

    host: str
    platform: str
    problem: str
    round_trips: int | None = None
    seconds: float | None = None


class Verification(Struct, frozen=True):
    """One verification of an estate. Times are UTC (ISO 8601); ``tool`` is the version of nr-run, ``run`` the name of its record.

    ``notices`` are what was seen besides: a tunnel that is in no intent, an exception that ends soon.
    """

    run: str
    tool: str
    started: str
    finished: str
    probed: bool
    verdicts: tuple[Verdict, ...]
    devices: tuple[DeviceState, ...]
    notices: tuple[str, ...] = ()
    #: True if only some of the services were asked for: what is not in it may be there all the same.
    partial: bool = False
    schema_version: int = field(default=SCHEMA_VERSION)

    @property
    def healthy(self) -> bool:
        """True if there is something to verify, all of it is healthy and every device was read: no rows are never a pass."""
        read = not any(device.problem for device in self.devices)
        return bool(self.verdicts) and read and all(verdict.healthy for verdict in self.verdicts)

    def count(self, word: Word) -> int:
        """How many services have this word."""
        return sum(verdict.word is word for verdict in self.verdicts)

    def worst_first(self) -> tuple[Verdict, ...]:
        """Failures first, then what differs from the intent, then by name."""
        order = tuple(Word)
        return tuple(sorted(self.verdicts, key=lambda v: (-order.index(v.word), v.healthy, v.service, v.name)))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        made = to_builtins(replace(self, verdicts=()))
        made["verdicts"] = [verdict.as_dict() for verdict in self.worst_first()]
        made["healthy"] = self.healthy
        return _plain(made)


def _plain(made: dict[str, Any]) -> dict[str, Any]:
    """The same with enumerations as their words and tuples as lists."""

    def plain(value: Any) -> Any:
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return value

    out: dict[str, Any] = plain(made)
    return out
