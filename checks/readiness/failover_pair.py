"""Is an ASA one unit with one context? The unit of a failover pair at whose address it answers, and why none is changed.

A reload, the last rollback timer, hits every context; the active unit of a pair hands over to its standby when it reloads, and
that has the changed configuration as well. What is configured on a standby reaches the active unit never, and is lost at the next
replication (``Configuration Replication is NOT performed from Standby unit to Active unit``).

Sources: ASA 8.4 and 9.0 configuration guides (information about active/standby failover: command replication); published outputs
of ``show failover`` at 9.6 and 9.12. A pair whose failover was switched off keeps its roles: ``Failover Off (pseudo-Standby)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...inventory.systems import system_of
from ..finding import Finding
from .device_facts import Facts, say

SHOW = "show failover"
_OFF = re.compile(r"Failover Off\s*")
_THIS = re.compile(r"^\s*This host:\s+(?P<unit>.+? - .+?)\s*$", re.MULTILINE)
_PSEUDO = "pseudo-Standby"


def first_line(shown: str) -> str:
    """What ``show failover`` begins with."""
    return shown.strip().partition("\n")[0].strip()


def standby(shown: str) -> str:
    """What a unit calls itself that does not carry the traffic of its pair, such as ``Secondary - Standby Ready``; empty where it
    does, or is no unit of a pair, or did not say."""
    if _PSEUDO in first_line(shown):
        return _PSEUDO
    this = None if _OFF.fullmatch(first_line(shown)) else _THIS.search(shown)
    return this["unit"] if this and not re.search(r"\bActive\b", this["unit"]) else ""


def one_unit(facts: Facts) -> Iterator[Finding]:
    """One context, no failover peer; nothing of a device that is no ASA."""
    if SHOW not in system_of(facts.platform).facts:
        return
    shown = facts.outputs["show mode"].strip()
    single = shown.endswith(" single")
    words = (
        "the device has one context" if single else f"the device says {shown!r}: an ASA in multiple context mode is not changed"
    )
    yield say(facts, "single-context", single, words, "show mode", "mode", shown)
    shown = facts.outputs[SHOW]
    first = first_line(shown)
    alone = _OFF.fullmatch(first) is not None
    words = "the device has no failover peer" if alone else _pair(shown, first)
    yield say(facts, "no-failover", alone, words, SHOW, "first line", first)


def _pair(shown: str, first: str) -> str:
    if (unit := standby(shown)) == _PSEUDO:
        return f"{SHOW} says {first!r}: this is the standby of a pair whose failover is off, and it carries no traffic"
    if unit:
        return f"this is not the active unit of its failover pair ({unit}): what is configured here does not reach the active one"
    this = _THIS.search(shown)
    which = f" ({this['unit']})" if this else ""
    return f"{SHOW} says {first!r}{which}: a failover pair is not changed"
