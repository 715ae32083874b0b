"""The inverse as an applet of an ASA's event manager, run by a countdown, and a reload at twice the time behind it.

ASA 9.2(1) and later, single context. The applet is no part of the change: it is left out of every running configuration that the
run takes, never saved, and verified gone when the timer is cancelled. It runs the lines of the inverse one by one in global
configuration mode; lines for what never arrived fail there and harm nothing. Sources: Cisco's "ASA Embedded Event Manager
Configuration Example"; ASA command reference, event manager applet and reload.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...changes.timer_config import applet, applet_of, name_of
from ...checks.observations.listing import EVENTS
from ...checks.readiness.rollback_methods import EVENT_MANAGER
from ...checks.readiness.timers import RELOAD, applets
from ...inventory.errors import DeviceRefused
from ..sessions.session import Reply, Session
from .by_hand import ByHand
from .reload_backstop import SCHEDULED, WithReloadBackstop
from .reload_in import CANCEL, reload_state
from .timer import Arming, State

APPLETS = "show running-config event manager"


class EventManager(WithReloadBackstop):
    """Runs the inverse without a reload, and reloads if even that fails."""

    name = EVENT_MANAGER
    shows: tuple[str, ...] = (EVENTS, RELOAD)
    witnesses: tuple[str, ...] = (APPLETS,)
    by = "event manager"
    by_hand = ByHand(see=(EVENTS, RELOAD), cancel=("configure terminal", "no event manager applet {name}", "end", CANCEL))

    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """Applet and reload are one rollback timer."""
        there, outer = applets(outputs[EVENTS]), reload_state(outputs, arming)
        name = name_of(arming.tag)
        others = outer.others or ", ".join(f"applet {other}" for other in there if other.startswith("NR-") and other != name)
        left = there.get(name)
        return State(bool(left) and outer.armed, name in there or outer.armed, others, left)

    def revert_now(self, device: Session, arming: Arming) -> bool:  # noqa: ARG002 - the protocol's signature
        """Always False: the applet has the lines that were just refused."""
        return False

    def _prepare(self, device: Session, arming: Arming) -> tuple[str, ...]:  # noqa: ARG002 - for those that need something
        """Nothing to prepare: the inverse is in the applet."""
        return ()

    def _refuse_other(self, device: Session, arming: Arming, replies: Sequence[Reply]) -> None:
        """Nothing to check: nothing was prepared."""

    def _away(self, arming: Arming) -> tuple[str, ...]:
        return (f"no {applet_of(arming.tag)}",)

    def _lines(self, arming: Arming) -> tuple[str, ...]:
        return tuple(applet(arming.tag, 60 * arming.minutes, _inverse(arming)))

    def _refuse_unless_counting(self, arming: Arming, state: State, seen: Mapping[str, str]) -> None:
        lost = [line for line in _inverse(arming) if f'"{line}"' not in seen[APPLETS]]
        if lost or not state.armed:
            raise DeviceRefused(
                f"{arming.host}: the applet that should undo a lost change does not count, or not with every line"
            )

    def _lines_away(self, arming: Arming, seen: Mapping[str, str], *, stands: bool) -> tuple[str, ...]:
        return self._away(arming) if stands or name_of(arming.tag) in applets(seen[EVENTS]) else ()

    def _parts(self, seen: Mapping[str, str], arming: Arming) -> Mapping[str, bool]:
        name = name_of(arming.tag)
        return {f"applet {name}": name in applets(seen[EVENTS]), SCHEDULED: reload_state(seen, arming).armed}


def _inverse(arming: Arming) -> list[str]:
    return [line for step in arming.change.inverse for line in step.lines]
