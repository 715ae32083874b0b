"""The session of a verification: it can type show commands and, where allowed, sourced pings, and nothing else.

A `Reader` holds the session and does not give it away. It knows no way into configuration mode: a line that is neither a command
that shows nor a ping of its own making is refused before anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ..checks.observations.observation import Probe
from ..checks.proof import Traffic
from ..inventory.errors import DeviceRefused, NrRunError, ParseError
from ..inventory.hiding.showing import SHOWS
from ..inventory.models.platforms import Platform
from ..parsers import parse
from .probe import QUESTION, SMALL_BYTES, TIMEOUT_SECONDS, answers_to, bursts, line_of
from .sessions.session import Reply, Session


class Ping(Struct, frozen=True):
    """One burst: so many packets of this traffic; ``nameif`` is what an ASA calls the interface that they start from.

    Of more than the usual ``size`` in bytes they may not be cut in pieces, where the system has a word for that.
    """

    traffic: Traffic
    count: int
    nameif: str = ""
    size: int = SMALL_BYTES

    @property
    def large(self) -> bool:
        """True if its size is what is tried."""
        return self.size != SMALL_BYTES


class Reader:
    """One device, to be looked at. ``trips`` are the exchanges so far, the login not counted."""

    def __init__(self, device: Session, platform: Platform, *, may_ping: bool) -> None:
        """``may_ping`` is False where nothing at all is to be sent through the device."""
        self._device = device
        self._platform = platform
        self._may_ping = may_ping
        self._asked_before = False
        self.trips = 0

    @property
    def name(self) -> str:
        """Name of the device."""
        return self._device.name

    def look(self, commands: Sequence[str]) -> tuple[Reply, ...]:
        """Replies to show commands, in one exchange."""
        self._refuse_others(commands)
        self.trips += 1
        return self._device.send_batch(commands)

    def ping_and_look(
        self, pings: Sequence[Ping], commands: Sequence[str], before: Sequence[str] = ()
    ) -> tuple[dict[Ping, Probe], tuple[Reply, ...], tuple[Reply, ...]]:
        """Send all bursts, one behind the other, and look: in one exchange where the release takes a ping in one line.

        The last of it are the replies to ``before``, which is asked in the same exchange in front of the pings, and not at all
        where there is none such.
        """
        self._refuse_others((*before, *commands))
        if not self._may_ping:
            raise NrRunError(f"{self.name}: a ping was to be sent, and this verification sends none")
        patience = float((TIMEOUT_SECONDS + 1) * max((ping.count for ping in pings), default=1) + 20)
        if self._platform.ping == "dialogue":
            texts = self._in_dialogues(pings, patience)
            return self._probes(pings, texts), self.look(commands), ()
        lines = [self._line(ping) for ping in pings]
        self.trips += 1
        replies = self._device.send_batch([*before, *lines, *commands], patience_seconds=patience)
        early, late = len(before), len(before) + len(lines)
        return self._probes(pings, [reply.text for reply in replies[early:late]]), replies[late:], replies[:early]

    def _line(self, ping: Ping) -> str:
        sent = ping.traffic
        return line_of(self._platform, sent.source, sent.target, ping.count, ping.nameif, ping.size, whole=ping.large)

    def _in_dialogues(self, pings: Sequence[Ping], patience: float) -> list[str]:
        """The first is opened and its question seen; then all is typed at once. A second time the question is known to come."""
        answers = [
            answers_to(ping.traffic.source, ping.traffic.target, ping.count, ping.size, whole=ping.large) for ping in pings
        ]
        self.trips += 1 if self._asked_before else 2
        text = self._device.answer_same_prompts(
            "ping", QUESTION, answers, seen_before=self._asked_before, patience_seconds=patience
        )
        self._asked_before = True
        return bursts(text)

    def _probes(self, pings: Sequence[Ping], texts: Sequence[str]) -> dict[Ping, Probe]:
        """The result of each burst; one whose answer cannot be read counts as not sent."""
        found: dict[Ping, Probe] = {}
        if len(texts) != len(pings):
            return found
        for ping, text in zip(pings, texts, strict=True):
            try:
                state = parse(self._platform.os, "ping", text).state
            except (ParseError, DeviceRefused):
                continue
            found[ping] = Probe(state.sent, state.received, text)
        return found

    def _refuse_others(self, commands: Sequence[str]) -> None:
        for command in commands:
            if not SHOWS.fullmatch(command):
                raise NrRunError(f"{self.name}: {command!r} is no command that only shows, so a verification does not type it")

    def close(self) -> None:
        """End the session."""
        self._device.close()
