"""What two timers have in common: the device goes back without a reload, and a reload at twice the time stands behind that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

from ...changes.configuration import Configuration
from ...changes.timer_config import name_of
from ...checks.timers import RELOAD
from ...inventory.errors import DeviceRefused
from ..answers import configuration, running_of
from ..session import Reply, Session
from .by_hand import ByHand
from .reload_in import CANCEL, proved, reload_state, schedule
from .timer import Arming, State, closing_unless_good, look, refuse_unless_ours, refuse_unless_whole, shown, state_of


def stands_in(running: Configuration, arming: Arming) -> bool:
    """Whether a line of this run's timer stands in what runs; also where somebody has added to its section, which is left then.

    Only a whole configuration shows that none does: a list, or a filtered configuration, cannot be told from one that was cut.
    """
    return running.fenced or name_of(arming.tag) in running.text


class BeforeReload(ABC):
    """The reload counts before what is gentler does, and is called off after it."""

    name: str
    shows: tuple[str, ...]
    by_hand: ByHand
    #: By what the device goes back, for the plan.
    by: str

    def sentence(self, minutes: int) -> str:
        """For the plan."""
        return (
            f"goes back by itself after {minutes} minutes, without a reload: {self.by}; behind that, a reload after {2 * minutes}"
        )

    def seconds(self, minutes: int, boot: float) -> float:
        """The reload behind it is the last that can happen."""
        return 2 * 60 * minutes + boot

    def arm(self, device: Session, arming: Arming) -> str:
        """As the protocol says."""
        copied = schedule(device, arming, 2 * arming.minutes, before=self._prepare(device, arming))
        # The question whether to reload stands: if the session goes now, nothing is scheduled.
        with closing_unless_good(device):
            self._refuse_other(device, arming, copied)
        return self._count(device, arming, ())

    def renew(self, device: Session, arming: Arming) -> str:
        """The reload counts anew first; what is before it cannot be wound up, so it is taken away and made again."""
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

    def disarm(self, device: Session, arming: Arming, also: Sequence[str]) -> tuple[Reply, ...]:
        """As the protocol says."""
        return self._cleared(device, arming, also, lambda state: refuse_unless_ours(arming.host, state))

    def cancel_leftovers(self, device: Session, arming: Arming) -> bool:
        """Whatever is left of it: after a countdown has ended that is not nothing."""
        remains = look(device, self, arming).remains or stands_in(running_of(device), arming)
        if remains:
            self._cleared(device, arming, (), lambda _: None)
        return remains

    def _cleared(
        self, device: Session, arming: Arming, also: Sequence[str], refuse: Callable[[State], None]
    ) -> tuple[Reply, ...]:
        """Take all parts that are there away, the reload last, and see that nothing is left; replies to ``also``.

        Whether its lines are gone is seen in a whole running configuration: a filtered one cannot be told from a cut one. What is
        there is looked at along with the line that enters configuration mode, and what is left along with what took it away.
        """
        running = device.dialect.running
        *before, whole, _ = device.configure(before=(*self.shows, running))
        with closing_unless_good(device):
            seen = shown(before)
            refuse(state_of(self, seen, arming))
            lines = self._lines_away(arming, seen, stands=stands_in(configuration(device, whole), arming))
            more = (CANCEL,) if reload_state(seen, arming).armed else ()
        looks = tuple(dict.fromkeys((*self.shows, *also, running)))
        found = {reply.line: reply for reply in self._typed_away(device, arming, lines, more, looks, seen)}
        after = shown(list(found.values()))
        kept = stands_in(configuration(device, found[running]), arming)
        if state_of(self, after, arming).remains or kept:
            raise DeviceRefused(f"{arming.host}: {self._left(after, arming, kept=kept)} could not be taken away")
        return tuple(found[line] for line in also)

    def _typed_away(
        self,
        device: Session,
        arming: Arming,  # noqa: ARG002 - where a file is to be deleted
        lines: Sequence[str],
        more: Sequence[str],
        looks: Sequence[str],
        seen: Mapping[str, str],  # noqa: ARG002
    ) -> tuple[Reply, ...]:
        """Type ``lines`` in configuration mode and ``more`` in exec mode; the replies to ``looks``."""
        return device.leave((*more, *looks), lines)[-len(looks) :]

    @abstractmethod
    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """As the protocol says; all parts are one rollback timer."""

    @abstractmethod
    def revert_now(self, device: Session, arming: Arming) -> bool:
        """As the protocol says."""

    #: What is asked beside `shows` to see that what was typed is there whole.
    witnesses: tuple[str, ...] = ()

    @abstractmethod
    def _prepare(self, device: Session, arming: Arming) -> tuple[str, ...]:
        """What has to be there before anything counts; the commands that show that it is."""

    @abstractmethod
    def _refuse_other(self, device: Session, arming: Arming, replies: Sequence[Reply]) -> None:
        """Raise DriftError or NotKnown where these replies do not show what was prepared."""

    @abstractmethod
    def _away(self, arming: Arming) -> tuple[str, ...]:
        """The configuration lines that take away what counts before the reload."""

    @abstractmethod
    def _lines(self, arming: Arming) -> tuple[str, ...]:
        """The configuration lines that let it count before the reload."""

    @abstractmethod
    def _refuse_unless_counting(self, arming: Arming, state: State, seen: Mapping[str, str]) -> None:
        """Raise DeviceRefused unless all of it is there."""

    @abstractmethod
    def _lines_away(self, arming: Arming, seen: Mapping[str, str], *, stands: bool) -> tuple[str, ...]:
        """The configuration lines that take away what is there of it; ``stands`` if some of it is in the configuration."""

    @abstractmethod
    def _left(self, seen: Mapping[str, str], arming: Arming, *, kept: bool) -> str:
        """Which parts are still there, for a sentence."""
