"""Random arguments for whatever fault the lab has: a new one is tried without a change here, unless it takes something new."""

from __future__ import annotations

import random

from nr_run.lab.faults import Fault

#: By the name of an argument, what may stand for it; a number is drawn for those that are numbers.
_TEXTS: dict[str, tuple[str, ...]] = {
    "TEXT": ("show running", "show startup", "show", "dir", "crypto", "match address", "set peer", "write", "copy", "reload"),
    "every": ("every",),
}
#: What is said of one fault alone.
_OF_ONE: dict[tuple[str, str], tuple[str, ...]] = {
    ("refuse-line", "TEXT"): ("match address", "crypto map", "set peer", "pre-shared", "key", "permit", "transform-set"),
    ("refuse-inverse", "TEXT"): ("crypto", "access-list", "match address", "tunnel-group", "crypto map"),
    ("refuse-exec", "TEXT"): ("ping", "show", "copy", "reload", "configure", "clear", "write", "delete", "show running"),
}
_NUMBERS = {"N": (1, 30), "MS": (1, 300)}
#: Nobody can do anything about these, so they end while the run still waits.
_BLOCKING = {"down", "no-answer", "login-refused", "lose-management-after"}


def fits(fault: Fault, profile: str) -> bool:
    """Whether a device of this profile can have the fault."""
    only = str(getattr(fault, "only", ""))
    if only == "ssh":
        return profile not in ("vpn2611", "vpn3640")
    return profile.startswith({"xe": "c8000v"}.get(only, only))


def arguments(fault: Fault, draw: random.Random) -> tuple[str, ...]:
    """Arguments that the lab takes. Raises LookupError for one that nothing is known of: it belongs into the tables here."""
    given: list[str] = []
    for argument in fault.arguments:
        name = argument.removesuffix("=")
        if argument.endswith("=") and draw.random() < 0.5:
            break
        given.append(_value(fault.name, name, draw))
    return tuple(given)


def _value(fault: str, name: str, draw: random.Random) -> str:
    if texts := _OF_ONE.get((fault, name)):
        return draw.choice(texts)
    if name in _NUMBERS:
        return str(draw.randint(*_NUMBERS[name]))
    if name == "SECONDS":
        return str(draw.choice((1, -1)) * draw.choice((5, 65, 4000, 100000)))
    if name in _TEXTS:
        return draw.choice(_TEXTS[name])
    raise LookupError(f"the fault {fault} takes {name}: say in {__name__} what that may be")


def seconds(name: str, draw: random.Random) -> float:
    """How long a fault lasts: some until the run has ended, or a person would have mended it."""
    if name in _BLOCKING:
        return draw.uniform(0.3, 8)
    return draw.choice((draw.uniform(0.3, 8), 25.0))
