"""What the list at an interface of a router does to packets that come in there for the router itself: IKE and ESP.

The first line that fits decides, what none fits is denied, and a list that is not there, or has no lines, lets everything in.
Source: Cisco IOS Security Configuration Guide, "Access control lists: overview".
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from ..core.configuration.store import Store
from ..core.records import Selector
from . import model

_NUMBERS = {"50": "esp", "17": "udp", "ip": ""}
_PORTS = {"isakmp": 500, "non500-isakmp": 4500}
#: How many words stand behind one of these.
_OPERATORS = {"eq": 1, "neq": 1, "gt": 1, "lt": 1, "range": 2}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: of which protocol (empty: of all), from where to where, and the conditions on ports."""

    permits: bool
    protocol: str
    ends: Selector
    ports: tuple[tuple[str, tuple[int, ...]], ...]

    def fits(self, protocol: str, port: int, source: IPv4Address, at: IPv4Address) -> bool:
        """Both ports of IKE and of what is in UDP 4500 are the same."""
        if self.protocol not in ("", protocol) or not self.ends.covers(source, at):
            return False
        return all(_holds(how, numbers, port) for how, numbers in self.ports)


def _holds(how: str, numbers: tuple[int, ...], port: int) -> bool:
    first, last = numbers[0], numbers[-1]
    return {
        "eq": port == first,
        "neq": port != first,
        "gt": port > first,
        "lt": port < first,
        "range": first <= port <= last,
    }[how]


def lets_in(store: Store, interface: str, protocol: str, port: int, source: IPv4Address, at: IPv4Address) -> bool:
    """Whether a packet for an address of the router comes in by this interface; ``port`` is 0 where there is none."""
    lines = store.remembered(("filter", interface), lambda: _lines(store, interface))
    if not lines:
        return True
    return next((line.permits for line in lines if line.fits(protocol, port, source, at)), False)


def _lines(store: Store, interface: str) -> list[_Line]:
    entry = store.get("interface", interface)
    groups = entry.all("ip access-group") if entry is not None else []
    name = next((group.values["acl"] for group in groups if group.values["way"] == "in"), "")
    return [line for text in model.acl_lines(store, name) if (line := _read(text)) is not None] if name else []


def _read(text: str) -> _Line | None:
    read = model.selector(text)
    if read is None:
        return None
    words = text.split()
    standard = words[1] in ("any", "host") or (words[1][0].isdigit() and "." in words[1])
    protocol = "" if standard else _NUMBERS.get(words[1], words[1])
    ports = []
    for place, word in enumerate(words):
        if word in _OPERATORS:
            numbers = [_number(value) for value in words[place + 1 : place + 1 + _OPERATORS[word]]]
            ports.append((word, tuple(numbers)))
    return _Line(read[0] == "permit", protocol, read[1], tuple(ports))


def _number(word: str) -> int:
    """A port by its number or name; one that is neither of ours is no port of a tunnel."""
    return int(word) if word.isdigit() else _PORTS.get(word, -1)
