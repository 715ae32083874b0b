"""``reload in``: the device comes back with its startup configuration, which is the one from before the change.

Cisco IOS 12.2 has no other way back that survives a lost session. Nothing is saved until the tunnel is verified, and the reason
text carries the run, so that a later run can tell whose timer it is. What is armed is verified by ``show reload``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from ...checks.readiness.rollback_methods import RELOAD_IN
from ...checks.readiness.timers import RELOAD, reload_timer
from ...inventory.errors import DeviceRefused, DriftError, NotKnown
from ..sessions.session import Reply, Session
from .by_hand import ByHand
from .questions import PROCEED
from .questions import RELOAD as QUESTIONS
from .timer import (
    AnotherReload,
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

CANCEL = "reload cancel"


def reload_state(outputs: Mapping[str, str], arming: Arming) -> State:
    """What ``show reload`` says of a reload of this run. Raises NotKnown.

    A reload without a reason is somebody else's or this run's: the line with the reason comes last, and is what is lost first
    where an answer is cut. It is neither cancelled nor taken for gone, unless it is known that there was none of this run's.
    """
    timer = reload_timer(arming.platform.os, outputs[RELOAD])
    if timer is None:
        return State(False, False)
    if not timer.reason and arming.after_another:
        return State(False, False, "a reload without a reason")
    if not timer.reason:
        raise NotKnown(f"{RELOAD!r} shows a reload and no reason for it, so it is not known whether it is this run's")
    if not timer.is_of(arming.tag):
        return State(False, False, f"a reload, {timer.reason}")
    return State(True, True, "", timer.seconds_left)


def _reason(arming: Arming) -> str:
    """The reason as an argument; IOS-XE (a session of 2020) and ASA (command reference, reload) need the keyword."""
    return f"reason {arming.tag}" if arming.platform.driver in ("cisco_xe", "cisco_asa") else arming.tag


def schedule(
    device: Session, arming: Arming, minutes: int, *, before: Sequence[str] = (), first: bool = False
) -> tuple[Reply, ...]:
    """Ask for a reload, in the place of an earlier one of this run; replies to ``before``, which only read.

    The question whether it may be stands then: nothing is scheduled before it is answered, along with what verifies it
    (proved()). Raises DeviceRefused, and DriftError where somebody else's reload counts by then: the answer would take its place.
    ``first``: there is no earlier one of this run, so that one without a reason is not that either (AnotherReload).
    """
    lines = (*before, RELOAD)
    (*replies, there), asked = device.conclude(lines, f"reload in {minutes} {_reason(arming)}", QUESTIONS, leave=PROCEED)
    if not re.search(PROCEED, asked):
        words = " ".join(asked.split()[-12:])
        raise DeviceRefused(f"{arming.host}: reload in was answered with {words!r}")
    with closing_unless_good(device), named(arming.host):
        others = reload_state(shown([there]), replace(arming, after_another=True) if first else arming).others
        if others:
            refusal = AnotherReload if first else DriftError
            raise refusal(f"{arming.host}: {others}, counts already and is somebody else's; it is left alone")
    return tuple(replies)


def proved(arming: Arming, minutes: int, replies: Sequence[Reply]) -> None:
    """Raise DeviceRefused unless these replies, to RELOAD among them, show that the reload counts."""
    with named(arming.host):
        state = reload_state(shown(replies), arming)
    if not state.armed:
        raise DeviceRefused(f"{arming.host}: the reload that should undo a lost change is not scheduled")
    refuse_unless_whole(arming.host, state, minutes, fine=False)


class ReloadIn:
    """Rolls back to the startup configuration by a reload."""

    name = RELOAD_IN
    shows: tuple[str, ...] = (RELOAD,)
    by_hand = ByHand(see=(RELOAD,), cancel=(CANCEL,))

    def sentence(self, minutes: int) -> str:
        """For the plan."""
        return f"RELOADS to its startup configuration after {minutes} minutes unless confirmed: reload in"

    def seconds(self, minutes: int, boot: float) -> float:
        """The countdown, and the boot after it."""
        return 60 * minutes + boot

    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """As the protocol says."""
        return reload_state(outputs, arming)

    def arm(self, device: Session, arming: Arming) -> str:
        """As the protocol says."""
        return self._schedule(device, arming, first=True)

    def renew(self, device: Session, arming: Arming) -> str:
        """A second ``reload in`` takes the place of the first."""
        return self._schedule(device, arming, first=False)

    def _schedule(self, device: Session, arming: Arming, *, first: bool) -> str:
        schedule(device, arming, arming.minutes, first=first)
        with closing_unless_good(device):
            proved(arming, arming.minutes, device.configure(before=[RELOAD], answer=""))
        return arming.tag

    def disarm(
        self, device: Session, arming: Arming, also: Sequence[str], manageable: Callable[[], None] = nothing
    ) -> tuple[Reply, ...]:
        """Check first whose reload it is: ``reload cancel`` cancels any."""
        refuse_unless_ours(arming.host, look(device, self, arming))
        manageable()
        _, after, *rest = device.send_batch([CANCEL, RELOAD, *also])
        self._refuse_pending(arming, state_of(self, shown([after]), arming))
        return tuple(rest)

    def cancel_leftovers(self, device: Session, arming: Arming) -> bool:
        """Cancel the reload only if it is this run's."""
        if not look(device, self, arming).remains:
            return False
        self._refuse_pending(arming, state_of(self, shown(device.send_batch([CANCEL, RELOAD])[1:]), arming))
        return True

    def revert_now(self, device: Session, arming: Arming) -> bool:  # noqa: ARG002 - the protocol's signature
        """Always False: a reload interrupts every tunnel of the device for minutes, so the timer is left to run."""
        return False

    def _refuse_pending(self, arming: Arming, state: State) -> None:
        if state.remains or state.others:
            raise DeviceRefused(f"{arming.host}: reload cancel did not cancel the reload")
