"""What two fences have in common: the device goes back without a reload, and a reload at twice the time stands behind that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from ...changes.configuration import Configuration
from ...changes.timer_config import name_of
from ..answers import running_of
from ..session import Reply, Session
from .by_hand import ByHand
from .fence import Arming, State, look, refuse_unless_ours
from .reload_in import schedule


def stands_in(running: Configuration, arming: Arming) -> bool:
    """Whether a line of this run's fence stands in what runs; also where somebody has added to its section, which is left then.

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
        self._prepare(device, arming)
        schedule(device, arming, 2 * arming.minutes)
        return self._count(device, arming, ())

    def renew(self, device: Session, arming: Arming) -> str:
        """The reload counts anew first; what is before it cannot be wound up, so it is taken away and made again."""
        refuse_unless_ours(arming.host, look(device, self, arming))
        schedule(device, arming, 2 * arming.minutes)
        return self._count(device, arming, self._away(arming))

    def disarm(self, device: Session, arming: Arming, also: Sequence[str]) -> tuple[Reply, ...]:
        """As the protocol says."""
        refuse_unless_ours(arming.host, look(device, self, arming))
        return self._clear(device, arming, also)

    def stand_down(self, device: Session, arming: Arming) -> bool:
        """Whatever is left of it: after a countdown has ended that is not nothing."""
        remains = look(device, self, arming).remains or stands_in(running_of(device), arming)
        if remains:
            self._clear(device, arming, ())
        return remains

    @abstractmethod
    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """As the protocol says; all parts are one fence."""

    @abstractmethod
    def fire(self, device: Session, arming: Arming) -> bool:
        """As the protocol says."""

    @abstractmethod
    def _prepare(self, device: Session, arming: Arming) -> None:
        """What has to be there before anything counts."""

    @abstractmethod
    def _away(self, arming: Arming) -> tuple[str, ...]:
        """The configuration lines that take away what counts before the reload."""

    @abstractmethod
    def _count(self, device: Session, arming: Arming, away: tuple[str, ...]) -> str:
        """Let it count before the reload, after the lines of ``away``, and see that it does; the mark."""

    @abstractmethod
    def _clear(self, device: Session, arming: Arming, also: Sequence[str]) -> tuple[Reply, ...]:
        """Take all parts away, the reload last, and see that nothing is left; replies to ``also``."""
