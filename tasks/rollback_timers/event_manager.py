"""The inverse as an applet of an ASA's event manager, run by a countdown, and a reload at twice the time behind it.

ASA 9.2(1) and later, single context. The applet is no part of the change: it is left out of every running configuration that the
run takes, never saved, and proved gone when the fence is called off. It runs the lines of the inverse one by one in global
configuration mode; lines for what never arrived fail there and harm nothing. Sources: Cisco's "ASA Embedded Event Manager
Configuration Example"; ASA command reference, event manager applet and reload.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...changes.timer_config import applet, applet_of, name_of
from ...checks.listing import EVENTS
from ...checks.rollback_methods import EVENT_MANAGER
from ...checks.timers import RELOAD, applets
from ...inventory.errors import DeviceRefused
from ..answers import configuration
from ..session import Reply, Session
from .before_reload import BeforeReload, stands_in
from .by_hand import ByHand
from .fence import Arming, State, look, refuse_unless_whole, shown, state_of
from .reload_in import CANCEL, reload_state

APPLETS = "show running-config event manager"


class EventManager(BeforeReload):
    """The inverse without a reload; and a reload if even that fails."""

    name = EVENT_MANAGER
    shows: tuple[str, ...] = (EVENTS, RELOAD)
    by = "event manager"
    by_hand = ByHand(see=(EVENTS, RELOAD), cancel=("configure terminal", "no event manager applet {name}", "end", CANCEL))

    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """Applet and reload are one fence."""
        there, outer = applets(outputs[EVENTS]), reload_state(outputs, arming)
        name = name_of(arming.tag)
        others = outer.others or ", ".join(f"applet {other}" for other in there if other.startswith("NR-") and other != name)
        left = there.get(name)
        return State(bool(left) and outer.armed, name in there or outer.armed, others, left)

    def fire(self, device: Session, arming: Arming) -> bool:  # noqa: ARG002 - the protocol's signature
        """Its lines are those that were just refused."""
        return False

    def _prepare(self, device: Session, arming: Arming) -> None:
        """The inverse is in the applet itself."""

    def _away(self, arming: Arming) -> tuple[str, ...]:
        return (f"no {applet_of(arming.tag)}",)

    def _count(self, device: Session, arming: Arming, away: tuple[str, ...]) -> str:
        inverse = [line for step in arming.change.inverse for line in step.lines]
        lines = (*away, *applet(arming.tag, 60 * arming.minutes, inverse), "end")
        refused = [reply for reply in device.configure(lines)[1:] if reply.text.strip()]
        if refused:
            raise DeviceRefused(f"{arming.host}: line {refused[0].line!r} was answered with {refused[0].words!r}")
        kept = device.ask(APPLETS)
        lost = [line for line in inverse if f'"{line}"' not in kept]
        state = look(device, self, arming)
        if lost or not state.armed:
            raise DeviceRefused(
                f"{arming.host}: the applet that should undo a lost change does not count, or not with every line"
            )
        refuse_unless_whole(arming.host, state, arming.minutes)
        return arming.tag

    def _clear(self, device: Session, arming: Arming, also: Sequence[str]) -> tuple[Reply, ...]:
        running = device.dialect.running
        *before, whole = device.exchange((*self.shows, running))
        seen = shown(before)
        state_of(self, seen, arming)
        if name_of(arming.tag) in applets(seen[EVENTS]) or stands_in(configuration(device, whole), arming):
            device.configure([f"no {applet_of(arming.tag)}", "end"])
        if reload_state(seen, arming).armed:
            device.exchange([CANCEL])
        *replies, whole = device.exchange((*self.shows, *also, running))
        state = state_of(self, shown(replies[: len(self.shows)]), arming)
        kept = stands_in(configuration(device, whole), arming)
        if state.remains or kept:
            what = f"applet {name_of(arming.tag)}" if kept else "the applet, or the scheduled reload,"
            raise DeviceRefused(f"{arming.host}: {what} could not be taken away")
        return tuple(replies[len(self.shows) :])
