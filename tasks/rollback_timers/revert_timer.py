"""``configure terminal revert timer``: the device goes back to the configuration that it archived when it was armed.

The timer carries no reason. A run knows its own by what the device showed when it was armed: user, minutes and time; what
does not show exactly that is somebody else's. Only the user who started it may confirm it, so a run and its resume log in alike.
Source: Cisco, "Configuration Rollback Confirmed Change" (12.4(20)T and later).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...checks.readiness.rollback_methods import REVERT_TIMER
from ...checks.readiness.timers import CLOCK, REVERT, RevertTimer, moment, revert_timer
from ...inventory.errors import ConfigurationRefused, DeviceRefused, DriftError
from ..sessions.session import Reply, Session
from .by_hand import ByHand
from .questions import NONE
from .timer import Arming, NotArmed, State, look, named, nothing, refuse_unless_ours

CONFIRM = "configure confirm"
NOW = "configure revert now"


class ConfigureRevertTimer:
    """Rolls back to the archived configuration without a reload."""

    name = REVERT_TIMER
    shows: tuple[str, ...] = (REVERT, CLOCK)
    by_hand = ByHand(see=(REVERT,), cancel=(CONFIRM,), undo=(NOW,), who="as the user that the timer names")

    def sentence(self, minutes: int) -> str:
        """For the plan."""
        return f"rolls itself back after {minutes} minutes unless confirmed, without a reload: configure terminal revert timer"

    def seconds(self, minutes: int, boot: float) -> float:  # noqa: ARG002 - the protocol's signature
        """The countdown and the replacement; the device does not boot."""
        return 60 * minutes + 30

    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """As the protocol says."""
        timer = revert_timer(outputs[REVERT])
        if timer is None:
            return State(False, False)
        if not _is_ours(timer, arming):
            # It may be ours, restarted by somebody else: it is neither confirmed nor forgotten.
            return State(False, True, f"a revert timer, {timer.mark}")
        return State(True, True, "", timer.seconds_left(outputs.get(CLOCK, "")))

    def arm(self, device: Session, arming: Arming) -> str:
        """The command enters configuration mode; leaving it leaves the timer alone."""
        enter = f"configure terminal revert timer {arming.minutes}"
        try:
            clock, begun, _, after = device.configure(["end", REVERT], by=enter, before=[CLOCK])
        except ConfigurationRefused:
            # There is one revert timer for all, and a second one is refused: what is pending was never this run's.
            if others := look(device, self, arming).others:
                raise NotArmed(f"{arming.host}: {others}, is pending already and is somebody else's; it is left alone") from None
            raise
        if "Enter configuration commands" not in begun.text:
            raise DeviceRefused(f"{arming.host}: {begun.line!r} was answered with {begun.words!r}")
        return self._mark(arming, clock, after)

    def renew(self, device: Session, arming: Arming) -> str:
        """``configure revert timer`` is restarted, back to the same archived configuration."""
        refuse_unless_ours(arming.host, look(device, self, arming))
        clock, _, after = device.send_batch([CLOCK, f"configure revert timer {arming.minutes}", REVERT])
        return self._mark(arming, clock, after)

    def disarm(
        self, device: Session, arming: Arming, also: Sequence[str], manageable: Callable[[], None] = nothing
    ) -> tuple[Reply, ...]:
        """Check first whose timer it is: ``configure confirm`` ends any timer of the same user."""
        refuse_unless_ours(arming.host, look(device, self, arming))
        manageable()
        _, after, *rest = device.send_batch([CONFIRM, REVERT, *also])
        self._refuse_pending(arming, after)
        return tuple(rest)

    def cancel_leftovers(self, device: Session, arming: Arming) -> bool:
        """Raises DriftError for a timer that cannot be told to be ours: it might be somebody else's, and is left alone."""
        state = look(device, self, arming)
        if state.others:
            raise DriftError(f"{arming.host}: {state.others}, is pending and not known to be of this run; it is left alone")
        if not state.remains:
            return False
        self._refuse_pending(arming, device.send_batch([CONFIRM, REVERT])[1])
        return True

    def revert_now(self, device: Session, arming: Arming) -> bool:
        """``configure revert now``."""
        if not look(device, self, arming).armed:
            return False
        device.answer_prompts(NOW, NONE)
        return True

    def _mark(self, arming: Arming, clock: Reply, after: Reply) -> str:
        """The mark of a timer that was armed or restarted after the clock was read. Raises DeviceRefused for an older one."""
        with named(arming.host):
            timer = revert_timer(after.text)
        if timer is None or timer.minutes != arming.minutes or timer.user != arming.user:
            shows = timer.mark if timer else "none"
            raise DeviceRefused(f"{arming.host}: the revert timer that should undo a lost change is not pending ({shows})")
        asked, armed = moment(clock.text), moment(timer.since)
        if asked is None or armed is None or armed < asked:
            raise DeviceRefused(f"{arming.host}: its revert timer does not count from now ({timer.mark})")
        return timer.mark

    def _refuse_pending(self, arming: Arming, after: Reply) -> None:
        with named(arming.host):
            left = revert_timer(after.text)
        if left is not None:
            raise DeviceRefused(f"{arming.host}: {CONFIRM} did not end the revert timer")


def _is_ours(timer: RevertTimer, arming: Arming) -> bool:
    if arming.trusting:
        return (timer.user, timer.minutes) == (arming.user, arming.minutes)
    return bool(arming.mark) and timer.mark == arming.mark
