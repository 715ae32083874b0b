"""How a trial ended, told from what the devices are, and whether the exit code and the page say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from .clients import missing_clients
from .device import Path, State, differing, told
from .intended import Text, Wanted
from .intended_asa import missing_asa
from .intended_ios import missing_ios

#: Exit codes that say something else than that nothing is changed on any device, or that it is changed no more. That of a process
#: which a signal ended before it had begun to listen says so too.
CHANGED, PARTIAL, ROLLBACK_INCOMPLETE = 0, 10, 21
#: Lines that a tunnel of ours may bring to a device.
_OURS = re.compile(r"crypto |NR-|access-list NR-|tunnel-group |group-policy |isakmp |interface Tunnel\d")
#: Lines that a group of VPN clients may bring, and the keys of tunnels that are not asked for a user.
_OF_CLIENTS = re.compile(r"crypto |RA-|ip local pool |username jane |aaa auth")
#: Words that speak of all devices at once.
_ALL_AS_BEFORE = re.compile(r"both (?:configurations|ends|devices) are as (?:they were )?before")
#: What a page calls what counts on a device.
_TIMER_WORDS = {
    "reload": "reload",
    "revert timer": "rever|confirm",
    "kron": "kron|replace|flash:",
    "applet": "event manager|applet",
    "file in flash": "flash:|delete|kron|replace",
}


class Foreign(Struct):
    """What a second operator did to a device, as lines that may be more or fewer than before for no fault of the run."""

    added: set[Path] = field(default_factory=set)
    removed: set[Path] = field(default_factory=set)
    #: Lines that have to be there still, unless the device has rolled itself back.
    kept: set[Path] = field(default_factory=set)
    #: Lines that come and go with a fault of the lab.
    either: set[Path] = field(default_factory=set)


class Goal(Struct, frozen=True):
    """What success is on each device: the tunnel as it is wanted, the group of clients, or exactly an earlier state.

    ``up``: with SAs of the tunnel. ``clients``: host to the interface to which clients connect.
    """

    wanted: Mapping[str, Wanted]
    like: Mapping[str, State]
    up: bool
    clients: Mapping[str, str] = field(default_factory=dict)
    #: Lines that may stay on a device after a removal, because something else uses them.
    stays: Mapping[str, frozenset[Path]] = field(default_factory=dict)
    #: Lines that may be gone from a device though it is as before otherwise: another of ``stays`` is in their place.
    goes: Mapping[str, frozenset[Path]] = field(default_factory=dict)


class Now(Struct, frozen=True):
    """One device at the end: its state, its configuration as text with keys, and whether it may have rolled itself back."""

    state: State
    text: str
    is_asa: bool
    went_back: bool


class Verdict(Struct, frozen=True):
    """``ending`` is before, changed, rollback-incomplete or wrong; ``why`` is for a wrong one; ``needless``: nothing needed a
    person."""

    ending: str
    why: str = ""
    needless: bool = False


class Judge(Struct, frozen=True):
    """Knows what the devices were, what they were to become, and what others did; asks nobody else."""

    before: Mapping[str, State]
    goal: Goal
    foreign: Mapping[str, Foreign]
    #: Devices that nr-run logs in to: a page says nothing of others.
    ours: Sequence[str] = ("hq", "branch")

    def judged(self, code: int, page: str, now: Mapping[str, Now]) -> Verdict:
        """Whether this exit code, and for 21 this page, is true of the devices as they are now."""
        not_before = {name: self.not_before(name, device) for name, device in now.items()}
        not_goal = {name: self.not_goal(name, device) for name, device in now.items()}
        timers = {name: device.state.timers for name, device in now.items() if device.state.timers}
        story = f"exit {code}; not as before: {not_before}; not as wanted: {not_goal}; timers: {timers}; page: {page}"
        changed = not any(not_goal.values()) and not timers and not (self.goal.up and not crossing(now))
        as_before = not any(not_before.values()) and not timers
        if code == ROLLBACK_INCOMPLETE:
            return self._quarantined(page, now, not_before, timers, story)
        if code == CHANGED:
            if changed:
                return Verdict("changed")
            return Verdict("wrong", f"{story}; SAs cross: {crossing(now)}")
        if code == 66 and changed:
            return Verdict("changed")
        if code != PARTIAL and as_before:
            return Verdict("before")
        return Verdict("wrong", story)

    def not_before(self, name: str, device: Now) -> list[str]:
        """In what a device differs from what it was, beyond what others did."""
        return self._unlike(name, device, self.before[name])

    def _unlike(
        self, name: str, device: Now, old: State, stays: frozenset[Path] = frozenset(), goes: frozenset[Path] = frozenset()
    ) -> list[str]:
        others, found = self.foreign.get(name, Foreign()), []
        for what in ("running", "startup"):
            gone, more = differing(getattr(old, what), getattr(device.state, what))
            gone, more = gone - others.removed - others.either - goes, more - others.added - others.either - stays
            found += [f"{what} lacks {told(gone)}"] * bool(gone) + [f"{what} has {told(more)}"] * bool(more)
        lost = others.kept - set(device.state.running)
        if lost and not device.went_back:
            found.append(f"running lost somebody else's {told(lost)}")
        return found

    def not_goal(self, name: str, device: Now) -> list[str]:
        """What is missing on a device for success."""
        if name in self.goal.like:
            stays, goes = (lines.get(name, frozenset()) for lines in (self.goal.stays, self.goal.goes))
            return self._unlike(name, device, self.goal.like[name], stays, goes)
        text = Text(device.text)
        if name in self.goal.clients:
            lacks, ours, far = missing_clients(text, self.goal.clients[name]), _OF_CLIENTS, frozenset[str]()
        else:
            wanted = self.goal.wanted[name]
            lacks, ours = (missing_asa if device.is_asa else missing_ios)(text, wanted), _OURS
            far = frozenset(str(network.network_address) for network in wanted.far)
        found = [f"lacks {what}" for what in lacks]
        gone, more = differing(self.before[name].running, device.state.running)
        others = self.foreign.get(name, Foreign())
        strange = {
            path
            for path in ((gone - others.removed) | (more - others.added)) - others.either
            if not ours.search(" > ".join(path)) and not far & set(path[-1].split())
        }
        found += [f"and something else changed: {told(strange)}"] * bool(strange)
        if device.state.shown != device.state.startup:
            unsaved, saved = differing(device.state.startup, device.state.shown)
            if not (unsaved | saved) <= others.added | others.removed | others.either:
                found.append(f"is not saved: {told(unsaved | saved)}")
        return found

    def _quarantined(
        self,
        page: str,
        now: Mapping[str, Now],
        not_before: Mapping[str, list[str]],
        timers: Mapping[str, Sequence[str]],
        story: str,
    ) -> Verdict:
        needing = {name for name in now if not_before[name] or name in timers}
        robbed = {
            name
            for name, others in self.foreign.items()
            if others.removed & set(self.before[name].running - now[name].state.running)
        }
        needing, robbed = needing & {*self.ours}, robbed & {*self.ours}
        unnamed = {name for name in needing | robbed if not names(page, name)}
        if unnamed:
            return Verdict("wrong", f"the page does not name {sorted(unnamed)}; {story}")
        for name, counting in timers.items():
            for timer in counting:
                if not re.search(_TIMER_WORDS[timer], page, re.I):
                    return Verdict("wrong", f"the page says nothing of the {timer} on {name}; {story}")
        if _ALL_AS_BEFORE.search(page) and needing | robbed:
            return Verdict("wrong", f"the page says that both configurations are as before; {story}")
        return Verdict("rollback-incomplete", story, needless=not needing | robbed and (not self.goal_was_up() or crossing(now)))

    def goal_was_up(self) -> bool:
        """Whether the tunnel was up before."""
        return crossing({name: Now(state, "", False, False) for name, state in self.before.items()})


def names(page: str, device: str) -> bool:
    """Whether a page speaks of a device, and not only of a file or tunnel with its name in it."""
    return re.search(rf"(?<![\w/-]){re.escape(device)}(?![\w/-])", page) is not None


def crossing(now: Mapping[str, Now]) -> bool:
    """Whether some protected pair has SAs on both ends, and each end sends on an SPI that the other receives on."""
    (one, other) = (device.state.spis for device in now.values())
    for (local, remote), (sent, received) in one.items():
        far_sent, far_received = other.get((remote, local), (frozenset(), frozenset()))
        if sent & far_received and far_sent & received:
            return True
    return False


def page_of(report: Mapping[str, Any] | None) -> str:
    """What a report tells a person to do, and why."""
    tunnels = (report or {}).get("tunnels", ())
    lines = [line for tunnel in tunnels for line in (*tunnel.get("by_hand", ()), tunnel.get("sentence", ""))]
    return " | ".join(lines) or str((report or {}).get("error", ""))
