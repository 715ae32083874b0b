"""How many addresses the pools of phones have left, by `show ip local pool NAME`; without one no further phone comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from msgspec import Struct

from .case import AuditAsked, Case
from .finding import Line, PhoneFinding, Remedy, Severity
from .shown import HeadEnd, split_words

_ROW = re.compile(
    r"^(?P<first>\d[\d.]+) +(?P<last>\d[\d.]+) +\d[\d.]+ +(?P<free>\d+) +(?P<held>\d+) +(?P<used>\d+) *$", re.MULTILINE
)


class PoolUse(Struct, frozen=True):
    """One pool: its addresses that are free, all that it has, and the line that says it."""

    name: str
    free: int
    size: int
    line: Line


def command_for(pool: str) -> str:
    """What shows the use of a pool; the release wants its name."""
    return f"show ip local pool {pool}"


def pools_named(case: Case) -> tuple[tuple[str, str], ...]:
    """The pools that sessions get addresses of, each with its line: those of the group policy, or else of the tunnel group."""
    if not case.group or case.policy is None:
        return ()
    _, section = case.device.of_group(case.group, "general-attributes")
    value = case.policy["address-pools"]
    own = tuple((word, value.line.text) for word in value.words if word != "none")
    lines = section.all("address-pool") if section else ()
    return own or tuple((word, line) for line in lines for word in split_words(line)[1:] if word[0] != "(")


def defined(device: HeadEnd) -> frozenset[str]:
    """Names of the pools that are there."""
    return frozenset(split_words(line)[3] for line in device.lines("ip local pool") if len(split_words(line)) > 3)


def commands_of(device: HeadEnd, asked: AuditAsked) -> tuple[str, ...]:
    """What is asked when the configuration has been read: the use of each pool of the phones."""
    there = defined(device)
    names = dict.fromkeys(name for name, _ in pools_named(Case(device, asked)) if name in there)
    return tuple(command_for(name) for name in names)


def use_of(device: HeadEnd, pool: str) -> PoolUse | None:
    """The use of a pool; None where it is not shown, or where the numbers are not those of its size."""
    found = _ROW.search(device.output(command_for(pool)) or "")
    if found is None:
        return None
    try:
        size = int(IPv4Address(found["last"])) - int(IPv4Address(found["first"])) + 1
    except ValueError:
        return None
    free, held, used = (int(found[word]) for word in ("free", "held", "used"))
    return PoolUse(pool, free, size, Line(command_for(pool), found[0].strip())) if free + held + used == size else None


def uses_of(case: Case) -> tuple[Sequence[PoolUse], Sequence[str]]:
    """The pools whose use is known, and the names of those of which it is not."""
    there = defined(case.device)
    names = dict.fromkeys(name for name, _ in pools_named(case) if name in there)
    known = {name: use_of(case.device, name) for name in names}
    return [use for use in known.values() if use], [name for name, use in known.items() if use is None]


def in_use(case: Case) -> Iterator[PhoneFinding]:
    """Whether a session more gets an address."""
    known, unknown = uses_of(case)
    if any(use.free for use in known):
        return
    for name in unknown:
        command = command_for(name)
        shown = case.device.output(command) is not None
        why = f"{command!r} has no row that is understood" if shown else case.device.why_not(command)
        case.unread.append(f"how many addresses of pool {name} are free is not known: {why}")
    if known and not unknown:
        names, size = ", ".join(use.name for use in known), sum(use.size for use in known)
        yield case.found(
            "pool-full",
            Severity.CAUSE,
            f"all {size} addresses of pool {names} are in use, so a phone more gets none",
            tuple(use.line for use in known),
            Remedy(
                "end sessions that nobody uses, or give the pool more addresses; `vpn-addr-assign local reuse-delay` holds some"
            ),
        )
