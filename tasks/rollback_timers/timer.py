"""The protocol of rollback timers: what one is armed with, what a device shows of it, and what it can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from msgspec import Struct

from ...changes.configurations.configuration import Configuration
from ...changes.plans.change import Change
from ...inventory.errors import DeviceRefused, DriftError, NotKnown
from ...inventory.models.platforms import Platform
from ..sessions.session import Reply, Session
from .by_hand import ByHand

#: Seconds that may pass on a device between the command that starts a timer and the one that shows it.
SLACK_SECONDS = 30


def nothing() -> None:
    """The default of ``manageable``: nothing to wait for."""


class Arming(Struct, frozen=True):
    """What a rollback timer is armed with, and by what a run knows its own.

    ``change`` holds the inverse, ``before`` is the running configuration that has to come back, ``user`` is who logs in.
    ``mark`` is what the device showed when it was armed, for timers that carry no tag; ``trusting`` is True in the resume of a
    run whose journal says that it was arming and not what came of it: then a timer that fits is the run's own.
    """

    host: str
    platform: Platform
    minutes: int
    tag: str
    change: Change
    before: Configuration
    user: str = ""
    mark: str = ""
    trusting: bool = False
    #: True where a reload without a reason counted already when this run came to ask for its own: that one is somebody else's.
    after_another: bool = False


class State(Struct, frozen=True):
    """What a device shows of a rollback timer.

    ``armed``: all of it is there and it is this run's. ``remains``: some part of this run's is there, or may be. ``others`` names
    what of somebody else stands in its place, or is empty. ``seconds_left`` is None where it cannot be told.
    """

    armed: bool
    remains: bool
    others: str = ""
    seconds_left: int | None = None


class Seen(Protocol):
    """Anything that shows the state of a timer."""

    shows: tuple[str, ...]

    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """As `RollbackTimer.state`."""


class RollbackTimer(Protocol):
    """One rollback method. All methods but the first three use a session at the privileged prompt.

    No method believes the reply to a command: what is armed or gone is what the show commands say.
    """

    name: str
    #: What tells its state while it is armed, the clock included where that is needed.
    shows: tuple[str, ...]
    #: What a person types to see it and to cancel it.
    by_hand: ByHand

    def sentence(self, minutes: int) -> str:
        """What the device does after so many minutes, for the plan."""

    def seconds(self, minutes: int, boot: float) -> float:
        """Seconds of the device after which it has rolled back and can be logged in to again."""

    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """Read what ``shows`` printed. Raises NotKnown for answers from which nothing follows."""

    def arm(self, device: Session, arming: Arming) -> str:
        """Arm it and verify it; the mark. Raises DeviceRefused when it is not armed afterwards, DriftError for another timer.

        Configuration mode may be entered along with the last look: what is armed is about to be changed.
        """

    def renew(self, device: Session, arming: Arming) -> str:
        """Restart from now and verify it; the mark. Raises as arm() does."""

    def disarm(
        self, device: Session, arming: Arming, also: Sequence[str], manageable: Callable[[], None] = nothing
    ) -> tuple[Reply, ...]:
        """Cancel it, verify that nothing of it is left, and return the replies to the show commands ``also``, read last.

        ``manageable`` is called when it is known to be there and this run's, before anything is called off; what that raises
        leaves the session open, which is then the only way in.
        Raises DriftError when it was not there any more or was somebody else's, DeviceRefused when some of it still is.
        """

    def cancel_leftovers(self, device: Session, arming: Arming) -> bool:
        """Cancel and remove whatever of this run's is there; was there any? Raises DeviceRefused when some of it still is."""

    def revert_now(self, device: Session, arming: Arming) -> bool:
        """Let the device roll back now; False if this rollback timer cannot. The device is read afterwards, not believed."""


class NotArmed(DriftError):
    """Somebody else's timer keeps the device from arming this run's: nothing of this run's is there, and nothing to cancel."""


class AnotherReload(DriftError):
    """A reload without a reason counts where this run's was to be scheduled, and none of this run's ever was."""


def shown(replies: Sequence[Reply]) -> dict[str, str]:
    """Command to output."""
    return {reply.line: reply.text for reply in replies}


def look(device: Session, timer: Seen, arming: Arming) -> State:
    """What the device shows of a timer now. Raises NotKnown where it does not: then nothing is cancelled, nor taken for gone."""
    return state_of(timer, shown(device.send_batch(timer.shows)), arming)


def state_of(timer: Seen, outputs: Mapping[str, str], arming: Arming) -> State:
    """The same of what was shown already; the sentence of NotKnown names the device."""
    with named(arming.host):
        return timer.state(outputs, arming)


@contextmanager
def closing_unless_good(device: Session) -> Iterator[None]:
    """Where something goes wrong the session is closed: whatever stands there, a question or configuration mode, ends with it."""
    try:
        yield
    except BaseException:
        device.close()
        raise


@contextmanager
def named(host: str) -> Iterator[None]:
    """What is not known is told with the name of the device: readers of answers have the text alone."""
    try:
        yield
    except NotKnown as error:
        raise NotKnown(f"{host}: {error}") from None


def refuse_unless_whole(host: str, state: State, minutes: int, *, fine: bool = True) -> None:
    """Raise DeviceRefused unless nearly all of its time is left: an old timer that was not wound up looks alike otherwise.

    ``fine``: the device shows seconds; without it, whole minutes.
    """
    least = 60 * minutes - SLACK_SECONDS if fine else max(60 * (minutes - 1), 60 - SLACK_SECONDS)
    if state.seconds_left is None or state.seconds_left < least:
        left = "an unknown time" if state.seconds_left is None else f"{state.seconds_left} seconds"
        raise DeviceRefused(f"{host}: its rollback timer counts {left} instead of {minutes} minutes")


def refuse_unless_ours(host: str, state: State) -> None:
    """Raise DriftError when the rollback timer is not there whole, or somebody else's timer stands in its place."""
    if state.others:
        raise DriftError(f"{host}: another rollback timer has replaced this run's ({state.others})")
    if not state.armed:
        raise DriftError(f"{host}: rollback timer no longer pending; the device may have rolled back already")
