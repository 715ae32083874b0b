"""Which way back by itself a device has, and may a change begin on it: a table of methods, from the gentlest to the last.

Pure functions of what the platform can do and what the device showed before anything was touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from ...changes.configurations import tree
from ...changes.plans.steps import Step
from ...inventory.errors import NotKnown
from ...inventory.hiding.secrets import TOKEN
from ...inventory.models.platforms import Platform, UndoTool
from ...inventory.systems import system_of
from ...parsers import parse
from ..finding import Evidence, Finding, Status
from ..observations.listing import EVENTS, KRON
from .device_facts import Facts
from .precheck import RUNNING
from .timers import (
    CLOCK,
    FLASH,
    RELOAD,
    REVERT,
    applets,
    clock_is_set,
    flash_free,
    kron_rows,
    reload_timer,
    revert_timer,
)

REVERT_TIMER = "revert-timer"
CONFIGURE_REPLACE = "configure-replace"
RELOAD_IN = "reload-in"
EVENT_MANAGER = "event-manager"

#: Configuration register: the boot field 0 stops in the ROM monitor, 1 boots the helper image; bit 6 ignores the startup
#: configuration (Cisco 2600 and 3600 hardware guides).
BOOT_FIELD = 0x000F
IGNORE_STARTUP = 0x0040
#: Minutes that ``configure terminal revert timer`` takes at most (its feature guide).
LONGEST_REVERT = 120
#: A copy of the running configuration needs its own size; twice that leaves room for what changes until then.
ROOM = 2

Outputs = Mapping[str, str]


class RollbackMethod(Struct, frozen=True):
    """One timer: the systems that have it, the tools of the release that it needs, what a device is asked for it, and whether it
    ends in a reload.

    ``why_not`` says why it cannot be used on this device for so many minutes, or to take these steps of an inverse, or nothing.
    """

    name: str
    systems: frozenset[str]
    needs: frozenset[UndoTool]
    shows: tuple[str, ...]
    reloads: bool
    why_not: Callable[[str, Outputs, int, Sequence[Step]], str]


class SelectedMethod(Struct, frozen=True):
    """The rollback timer of one device: its name, the minutes after which it fires, and why a gentler one cannot be used."""

    name: str
    minutes: int
    because: tuple[str, ...] = ()


#: File systems of a router itself; a copy elsewhere may be out of reach when it is needed.
_ON_THE_BOX = re.compile(r"(?:flash|bootflash|disk|slot|nvram|harddisk|usbflash)\d*:")


def _no_archive(_os: str, outputs: Outputs, minutes: int, _inverse: Sequence[Step]) -> str:
    if minutes > LONGEST_REVERT:
        return f"a revert timer counts {LONGEST_REVERT} minutes at most"
    archive = next((node for node in tree.parse(outputs[RUNNING]) if node.line == "archive"), None)
    path = next((line.split()[1] for line in archive.children if line.startswith("path ")), "") if archive else ""
    if not path:
        return "no archive path is configured, so there is no revert timer"
    if not _ON_THE_BOX.match(path):
        return f"the archive is not on the device ({path}), and a change may cut the way to it"
    return ""


def _no_copy(os: str, outputs: Outputs, _minutes: int, _inverse: Sequence[Step]) -> str:
    if not clock_is_set(os, outputs[CLOCK]):
        return "the clock was never set, so kron does not run"
    size = len(outputs[RUNNING].encode())
    try:
        free = flash_free(outputs[FLASH])
    except NotKnown as error:
        return f"flash: could not be read ({error})"
    if free is None:
        return "flash: does not say how much room it has"
    if free < ROOM * size:
        return f"flash: has {free} bytes left, and a copy of the configuration needs {size}"
    return ""


#: Lines of an ASA that open a sub-mode.
_OPENS = re.compile(r"(?:tunnel-group|group-policy) \S+ \S*attributes|crypto (?:isakmp|ikev1|ikev2) policy \d+")


def _no_applet(_os: str, _outputs: Outputs, _minutes: int, inverse: Sequence[Step]) -> str:
    """An action of an applet is one line in global configuration mode, and all who may read the configuration read it."""
    if any(TOKEN.search(line) for step in inverse for line in step.lines):
        return "the inverse restores a key, which an applet would show"
    if any(_OPENS.fullmatch(line) for step in inverse for line in step.lines):
        return "the inverse needs a sub-mode, which an applet cannot enter"
    if any('"' in line for step in inverse for line in step.lines):
        return "a line of the inverse has a quotation mark, which ends a command of an applet"
    return ""


def _always(_os: str, _outputs: Outputs, _minutes: int, _inverse: Sequence[Step]) -> str:
    return ""


_IOS, _ASA = frozenset({"ios"}), frozenset({"asa"})
#: From the gentlest to the last; the first that a device can use is its rollback timer.
METHODS: tuple[RollbackMethod, ...] = (
    RollbackMethod(REVERT_TIMER, _IOS, frozenset({"revert-timer"}), (REVERT, CLOCK), False, _no_archive),
    RollbackMethod(
        CONFIGURE_REPLACE, _IOS, frozenset({"configure-replace", "kron"}), (KRON, FLASH, CLOCK, RELOAD), True, _no_copy
    ),
    RollbackMethod(EVENT_MANAGER, _ASA, frozenset({"eem", "reload-in"}), (EVENTS, RELOAD), True, _no_applet),
    RollbackMethod(RELOAD_IN, _IOS | _ASA, frozenset({"reload-in"}), (RELOAD,), True, _always),
)
METHODS_BY_NAME: Mapping[str, RollbackMethod] = {method.name: method for method in METHODS}


def methods_of(platform: Platform) -> tuple[RollbackMethod, ...]:
    """The rollback timers that the release has, whatever the device is configured with."""
    return tuple(method for method in METHODS if platform.os in method.systems and method.needs <= set(platform.undo))


def shows_of(platform: Platform) -> tuple[str, ...]:
    """What a device is asked before a change to choose its timer and to find a timer of somebody else, each command once."""
    return tuple(dict.fromkeys(command for method in methods_of(platform) for command in method.shows))


def choose(platform: Platform, outputs: Outputs, minutes: int, inverse: Sequence[Step] = ()) -> SelectedMethod | None:
    """The first method that this device can use for this inverse; None without a rollback timer. Raises NotKnown."""
    because: list[str] = []
    for method in methods_of(platform) if minutes else ():
        why_not = method.why_not(platform.os, outputs, minutes, inverse)
        if not why_not:
            return SelectedMethod(method.name, minutes, tuple(because))
        because.append(why_not)
    return None


def timer_findings(facts: Facts, chosen: SelectedMethod | None) -> Iterator[Finding]:
    """Findings on any timer that is pending; and, where the rollback timer ends in a reload, on what that would bring back."""
    yield from pending_timers(facts)
    if chosen is not None and METHODS_BY_NAME[chosen.name].reloads:
        yield from _reload(facts)


#: Whether that run is alive cannot be seen from the device; its own folder and its locks say so.
_WHOSE = "if it is at work, wait for it; if it was lost, nr-run resume {run} ends it, where its run folder is"


def pending_timers(facts: Facts) -> Iterator[Finding]:
    """A timer of any kind that is there before the change is not this run's."""
    timer = reload_timer(facts.platform.os, facts.outputs[RELOAD])
    words = "no reload is scheduled"
    if timer is not None:
        words = (
            f"a reload is scheduled already, by {timer.by or 'somebody'} ({timer.reason or 'no reason given'}); cancel it first"
        )
        run = next((word.removeprefix("nr-") for word in timer.reason.split() if word.startswith("nr-")), "")
        if run:
            words = f"run {run} armed this device and has not cancelled that; {_WHOSE.format(run=run)}"
    yield _say(facts, "reload-timer", timer is None, words, RELOAD, "scheduled", timer is not None)
    if REVERT in facts.outputs:
        revert = revert_timer(facts.outputs[REVERT])
        words = "no revert timer is pending"
        if revert is not None:
            words = (
                f"a revert timer of {revert.minutes} minutes is pending, of user {revert.user} since {revert.since}; "
                "that user confirms it (configure confirm) or reverts (configure revert now) first"
            )
        yield _say(facts, "revert-timer", revert is None, words, REVERT, "pending", revert.mark if revert else "none")
    if EVENTS in facts.outputs:
        runs = sorted(name.removeprefix("NR-") for name in applets(facts.outputs[EVENTS]) if name.startswith("NR-"))
        words = "no run has left an applet here"
        if runs:
            words = f"run {runs[0]} has an applet here and has not cancelled it; {_WHOSE.format(run=runs[0])}"
        yield _say(facts, "event-manager", not runs, words, EVENTS, "applets of runs", ", ".join(runs) or "none")
    if KRON in facts.outputs:
        runs = sorted(name.removeprefix("NR-") for name in kron_rows(facts.outputs[KRON]) if name.startswith("NR-"))
        words = "no run has left a kron occurrence here"
        if runs:
            words = f"run {runs[0]} has a kron occurrence here and has not cancelled it; {_WHOSE.format(run=runs[0])}"
        yield _say(facts, "kron-timer", not runs, words, KRON, "occurrences of runs", ", ".join(runs) or "none")


def _reload(facts: Facts) -> Iterator[Finding]:
    """What a reload would bring back, and whether it would boot at all."""
    saved = tree.normalise(facts.outputs[RUNNING]) == tree.normalise(facts.outputs["show startup-config"])
    words = (
        "a reload would bring back what runs now"
        if saved
        else "a reload would drop what runs and is not saved; use --revert-in 0"
    )
    yield _say(facts, "reload-restores", saved, words, "show startup-config", "equals running-config", saved)
    yield boots(facts)


def boots(facts: Facts) -> Finding:
    """Would a reload boot the system with its startup configuration?"""
    version = parse(facts.platform.os, "show version", facts.outputs["show version"]).state
    if version.configuration_register is None:
        # An ASAv has none: it always boots its startup configuration. Of hardware that shows none, nothing is known.
        virtual = system_of(facts.platform).virtual_has_no_register
        words = f"the device shows no configuration register{', as a virtual one' if virtual else ''}"
        return _say(facts, "boots", virtual, words, "show version", "configuration register", "none")
    register = int(version.configuration_register, 16)
    does = register & BOOT_FIELD >= system_of(facts.platform).first_boot and not register & IGNORE_STARTUP
    words = f"configuration register {version.configuration_register} " + (
        "boots the system with its startup configuration"
        if does
        else "does not boot the system with its startup configuration, so a reload would not undo anything"
    )
    return _say(facts, "boots", does, words, "show version", "configuration register", version.configuration_register)


def _say(facts: Facts, check: str, passed: bool, sentence: str, command: str, field: str, value: object) -> Finding:
    status = Status.OK if passed else Status.FAILED
    return Finding(check, facts.host, status, sentence, (Evidence(facts.host, command, field, str(value), facts.time),))
