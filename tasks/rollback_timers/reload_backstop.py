"""Timers with a reload as backstop: the device rolls back without a reload, or else reloads at twice the time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

from ...changes.configurations.configuration import Configuration
from ...changes.timer_config import name_of
from ...checks.readiness.timers import RELOAD
from ...inventory.errors import DeviceRefused
from ..answers import configuration, running_of
from ..sessions.session import Reply, Session
from .by_hand import ByHand
from .reload_in import CANCEL, proved, schedule
from .timer import (
    Arming,
    State,
    closing_unless_good,
    look,
    named,
    nothing,
    refuse_unless_ours,
    refuse_unless_whole,
    shown,
    state_of,
)

#: Name of the part that is the reload.
SCHEDULED = "the scheduled reload"


def stands_in(running: Configuration, arming: Arming) -> bool:
    """Whether a line of this run's timer stands in what runs; also where somebody has added to its section, which is left then.

    Only a whole configuration shows that none does: a list, or a filtered configuration, cannot be told from one that was cut.
    """
    return running.with_timer or name_of(arming.tag) in running.text


class WithReloadBackstop(ABC):
    """The reload is armed before the part without a reload, and is cancelled after it."""

    name: str
    shows: tuple[str, ...]
    by_hand: ByHand
    #: The part without a reload, in words for the plan.
    by: str

    def sentence(self, minutes: int) -> str:
        """For the plan."""
        words = f"rolls itself back after {minutes} minutes unless confirmed, without a reload: {self.by}"
        return f"{words}; behind that, a reload after {2 * minutes}"

    def seconds(self, minutes: int, boot: float) -> float:
        """Until the backstop reload has finished, which is the last that can happen."""
        return 2 * 60 * minutes + boot

    def arm(self, device: Session, arming: Arming) -> str:
        """As the protocol says."""
        copied = schedule(device, arming, 2 * arming.minutes, before=self._prepare(device, arming), first=True)
        # The question whether to reload stands: if the session goes now, nothing is scheduled.
        with closing_unless_good(device):
            self._refuse_other(device, arming, copied)
        return self._count(device, arming, ())

    def renew(self, device: Session, arming: Arming) -> str:
        """The reload is restarted first; what is before it cannot be wound up, so it is taken away and made again."""
        refuse_unless_ours(arming.host, look(device, self, arming))
        schedule(device, arming, 2 * arming.minutes)
        return self._count(device, arming, self._away(arming))

    def _count(self, device: Session, arming: Arming, away: tuple[str, ...]) -> str:
        """Let the reload count, and see that it does; then what is before it, after the lines of ``away``; the mark.

        Configuration mode is entered along with the look at the reload: only behind that is anything typed there.
        """
        *seen, _ = device.configure(before=[RELOAD], answer="")
        with closing_unless_good(device):
            proved(arming, 2 * arming.minutes, seen)
        lines = (*away, *self._lines(arming))
        replies = device.leave((*self.witnesses, *self.shows), lines, back=True)
        refused = [reply for reply in replies[: len(lines)] if reply.text.strip()]
        if refused:
            raise DeviceRefused(f"{arming.host}: line {refused[0].line!r} was answered with {refused[0].words!r}")
        state = state_of(self, shown(replies[len(lines) :]), arming)
        self._refuse_unless_counting(arming, state, shown(replies[len(lines) :]))
        refuse_unless_whole(arming.host, state, arming.minutes)
        return arming.tag

    def disarm(
        self, device: Session, arming: Arming, also: Sequence[str], manageable: Callable[[], None] = nothing
    ) -> tuple[Reply, ...]:
        """As the protocol says."""
        return self._cleared(device, arming, also, manageable, whole=True)

    def cancel_leftovers(self, device: Session, arming: Arming) -> bool:
        """Cancel all parts that are left; some remain even after the countdown has ended."""
        remains = look(device, self, arming).remains or stands_in(running_of(device), arming)
        if remains:
            self._cleared(device, arming, (), whole=False)
        return remains

    def _cleared(
        self, device: Session, arming: Arming, also: Sequence[str], manageable: Callable[[], None] = nothing, *, whole: bool
    ) -> tuple[Reply, ...]:
        """Take all parts that are there away, and see that nothing is left; replies to ``also``.

        The reload goes in a write of its own, when the rest is seen gone and all looks have come: until then it is what is left
        to bring the device back. Whether the lines are gone is seen in a whole running configuration: a filtered one cannot be
        told from a cut one. With ``whole``, a part that is not there, or is somebody else's, is refused (DriftError).
        """
        running = device.dialect.running
        *before, text, _ = device.configure(before=(*self.shows, running))
        with closing_unless_good(device):
            seen = shown(before)
            if whole:
                refuse_unless_ours(arming.host, state_of(self, seen, arming))
            lines = self._lines_away(arming, seen, stands=stands_in(configuration(device, text), arming))
        manageable()
        looks = tuple(dict.fromkeys((*self.shows, *also, running)))
        found = {reply.line: reply for reply in device.leave(looks, lines)[-len(looks) :]}
        seen = shown(list(found.values()))
        state = state_of(self, seen, arming)
        gentler, *_ = parts = self._parts(seen, arming)
        if parts[gentler] or stands_in(configuration(device, found[running]), arming):
            raise DeviceRefused(f"{arming.host}: {gentler} could not be removed")
        if whole and state.others:
            refuse_unless_ours(arming.host, state)
        if any(parts.values()):
            self._refuse_left(arming, shown(self._rest_away(device, arming, parts)))
        return tuple(found[line] for line in also)

    def _rest_away(self, device: Session, arming: Arming, parts: Mapping[str, bool]) -> tuple[Reply, ...]:  # noqa: ARG002 - where a file is to be deleted
        """Take away what is left behind the gentler part, each where it is there and this run's; replies to `shows`."""
        return device.send_batch((*self._cancel(parts), *self.shows))[-len(self.shows) :]

    @staticmethod
    def _cancel(parts: Mapping[str, bool]) -> tuple[str, ...]:
        return (CANCEL,) if parts[SCHEDULED] else ()

    def _refuse_left(self, arming: Arming, seen: Mapping[str, str]) -> None:
        with named(arming.host):
            left = [words for words, there in self._parts(seen, arming).items() if there]
        if left:
            raise DeviceRefused(f"{arming.host}: {' and '.join(left)} could not be removed")

    @abstractmethod
    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """As the protocol says; all parts are one rollback timer."""

    @abstractmethod
    def revert_now(self, device: Session, arming: Arming) -> bool:
        """As the protocol says."""

    #: Commands beside `shows` that show whether what was typed is there completely.
    witnesses: tuple[str, ...] = ()

    @abstractmethod
    def _prepare(self, device: Session, arming: Arming) -> tuple[str, ...]:
        """Prepare what the timer needs; returns the commands that show it."""

    @abstractmethod
    def _refuse_other(self, device: Session, arming: Arming, replies: Sequence[Reply]) -> None:
        """Raise DriftError or NotKnown where these replies do not show what was prepared."""

    @abstractmethod
    def _away(self, arming: Arming) -> tuple[str, ...]:
        """The configuration lines that remove the part without a reload."""

    @abstractmethod
    def _lines(self, arming: Arming) -> tuple[str, ...]:
        """The configuration lines that arm the part without a reload."""

    @abstractmethod
    def _refuse_unless_counting(self, arming: Arming, state: State, seen: Mapping[str, str]) -> None:
        """Raise DeviceRefused unless all of it is there."""

    @abstractmethod
    def _lines_away(self, arming: Arming, seen: Mapping[str, str], *, stands: bool) -> tuple[str, ...]:
        """The configuration lines that take away what is there of it; ``stands`` if some of it is in the configuration."""

    @abstractmethod
    def _parts(self, seen: Mapping[str, str], arming: Arming) -> Mapping[str, bool]:
        """What this run's rollback timer consists of, in words, and whether it is there: what counts before the reload first.

        The reload is called SCHEDULED. Raises NotKnown.
        """
