"""Random arguments for whatever fault the lab has: a new one is tried without a change here, unless it takes something new."""

from __future__ import annotations

import random

from nr_run.lab.core.faults import CHOICES, Fault, kinds, strikes_on
from nr_run.lab.core.profiles import PROFILES

_LINES = ("match address", "crypto map", "set peer", "pre-shared", "key", "permit", "transform-set", "access-list", "interface")
#: What a fault may look for: the lines of a change, or the commands that read and save.
_TEXTS: dict[str, tuple[str, ...]] = {
    "refuse-line": _LINES,
    "refuse-inverse": ("crypto", "access-list", "match address", "tunnel-group", "crypto map"),
    "refuse-exec": ("ping", "show", "copy", "reload", "configure", "clear", "write", "delete", "show running"),
    "ask-after": ("crypto map", "access-list", "key", "no ", "tunnel-group"),
    "ignore": (*_LINES, "no ", "reload cancel"),
    # Not all that a device shows: what is lost from every answer, by what it says, is seen by nobody.
    "lose-lines": ("more", "show running", "show crypto", "show kron"),
    "prompt": ("%h%p", "%h-%n%p", "gate%p", "%h(x)%p", "a b%p"),
}
_READS = ("show running", "more", "show startup", "show running|more", "dir", "show", "show crypto", "show reload", "show kron")
_READS += ("show archive", "show event", "show version", "show ip route|show route", "show clock")
_NUMBERS = {"N": (1, 30), "MS": (1, 300)}
#: Nobody can do anything about these, so they end while the run still waits.
_BLOCKING = {"down", "no-answer", "login-refused", "lose-management-after"}


def fits(fault: Fault, profile: str) -> bool:
    """Whether a device of this profile can have the fault."""
    return strikes_on(fault.name) in kinds(PROFILES[profile])


def arguments(fault: Fault, draw: random.Random) -> tuple[str, ...]:
    """Arguments that the lab takes. Raises LookupError for one that nothing is known of: it belongs into the tables here."""
    given: list[str] = []
    for argument in fault.arguments:
        if argument.endswith("=") and fault.name != "lose-lines" and draw.random() < 0.4:
            continue
        given.append(_value(fault.name, argument.removesuffix("="), draw))
    return tuple(given)


def _value(fault: str, name: str, draw: random.Random) -> str:
    if name in CHOICES:
        return draw.choice(CHOICES[name])
    if name in _NUMBERS:
        # A show is refused or cut a few times, a session is cut after many lines.
        return str(draw.randint(*((1, 4) if fault.endswith(("-show", "-busy")) else _NUMBERS[name])))
    if name == "SECONDS":
        return str(draw.choice((1, -1)) * draw.choice((5, 65, 4000, 100000)))
    if name == "AMOUNT":
        return draw.choice((str(draw.randint(0, 60)), f"{draw.randint(0, 2000)}b"))
    if name == "ADDRESS":
        return draw.choice(("198.51.100.77", "203.0.113.9"))
    if name == "LOST":
        return draw.choice(_LINES)
    if name == "TEXT":
        return draw.choice(_TEXTS.get(fault, _READS))
    raise LookupError(f"the fault {fault} takes {name}: say in {__name__} what that may be")


def seconds(name: str, draw: random.Random) -> float:
    """How long a fault lasts: some until the run has ended, or a person would have fixed it."""
    if name in _BLOCKING:
        return draw.uniform(0.3, 8)
    return draw.choice((draw.uniform(0.3, 8), 25.0))
