"""What the list at an interface of a router does to packets that come in there for the router itself: IKE and ESP.

The first line that fits decides, what none fits is denied, and a list that is not there, or has no lines, lets everything in.
Source: Cisco IOS Security Configuration Guide, "Access control lists: overview".

A device that was given a configuration of its own may have lines in a list that are not played (object groups, time ranges). What
such a line lets in is not known here: one that may be about IKE or ESP is played as one that denies all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from ..core.configuration.store import Store
from ..core.records import Selector
from . import model

_NUMBERS = {"50": "esp", "17": "udp", "ip": ""}
_PORTS = {"isakmp": 500, "non500-isakmp": 4500}
#: How many words stand behind one of these.
_OPERATORS = {"eq": 1, "neq": 1, "gt": 1, "lt": 1, "range": 2}
_ALL = IPv4Network("0.0.0.0/0")
#: What may stand behind the ends and changes nothing.
_LOGS = ("log", "log-input")
#: Protocols of which no packet is IKE or ESP, so that their lines need not be understood; those by number besides.
_OTHERS = frozenset(["ahp", "eigrp", "gre", "icmp", "igmp", "ipinip", "nos", "ospf", "pcp", "pim", "sctp", "tcp"])

#: The configuration as it is shown, with lines that are not played.
Text = Callable[[], Sequence[str]]


class _Line(Struct, frozen=True):
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


_UNREAD = _Line(False, "", Selector(_ALL, _ALL), ())


def lets_in(store: Store, text: Text, interface: str, protocol: str, port: int, source: IPv4Address, at: IPv4Address) -> bool:
    """Whether a packet for an address of the router comes in by this interface; ``port`` is 0 where there is none."""
    lines = store.remembered(("filter", interface), lambda: _lines(store, text, interface))
    return not lines or _permits(lines, protocol, port, source, at)


def permits(lines: Sequence[str], protocol: str, port: int, source: IPv4Address, at: IPv4Address) -> bool:
    """The same by the lines of a list, without its name."""
    read = [line for one in lines if (line := _read(one)) is not None]
    return not read or _permits(read, protocol, port, source, at)


def _permits(lines: Sequence[_Line], protocol: str, port: int, source: IPv4Address, at: IPv4Address) -> bool:
    return next((line.permits for line in lines if line.fits(protocol, port, source, at)), False)


def _lines(store: Store, text: Text, interface: str) -> list[_Line]:
    entry = store.get("interface", interface)
    groups = entry.all("ip access-group") if entry is not None else []
    name = next((group.values["acl"] for group in groups if group.values["way"] == "in"), "")
    return [line for one in shown_of(text(), name) if (line := _read(one)) is not None] if name else []


def shown_of(text: Sequence[str], name: str) -> Iterator[str]:
    """The lines of a list in a configuration, those that are not played among them."""
    inside = False
    for line in text:
        words = line.split()
        if words[:2] == ["access-list", name]:
            yield " ".join(words[2:])
        elif inside and line.startswith(" "):
            yield " ".join(words)
        else:
            inside = words[:2] == ["ip", "access-list"] and words[3:] == [name]


def _read(text: str) -> _Line | None:
    """One line; None for one that says nothing of IKE and ESP."""
    words = text.split()
    words = words[1:] if words[0].isdigit() else words
    if words[0] == "remark" or (len(words) > 1 and (words[1] in _OTHERS or (words[1].isdigit() and words[1] not in _NUMBERS))):
        return None
    try:
        line, left = _understood(words)
    except (ValueError, IndexError):
        return _UNREAD
    return _UNREAD if left or words[0] not in ("permit", "deny") else line


def _understood(words: Sequence[str]) -> tuple[_Line, list[str]]:
    """A line, and what of it was not understood. Raises ValueError and IndexError for one of another form."""
    standard = words[1] in ("any", "host") or (words[1][0].isdigit() and "." in words[1])
    left = list(words[1:] if standard else words[2:])
    ends, ports = [_ALL, _ALL], []
    for place in (0,) if standard else (0, 1):
        ends[place], left = model.network(left)
        if not standard and left and left[0] in _OPERATORS:
            many = 1 + _OPERATORS[left[0]]
            ports.append((left[0], tuple(_number(value) for value in left[1:many])))
            left = left[many:]
    protocol = "" if standard else _NUMBERS.get(words[1], words[1])
    line = _Line(words[0] == "permit", protocol, Selector(*ends), tuple(ports))
    return line, [word for word in left if word not in _LOGS]


def _number(word: str) -> int:
    """A port by its number or name; one that is neither of ours is no port of a tunnel."""
    return int(word) if word.isdigit() else _PORTS.get(word, -1)
