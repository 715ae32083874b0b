"""The configuration of an ASA as text: with stars for secrets, or in clear; its checksum; parts of it.

Source: running configurations of ASAs at 8.2, 9.1 and 9.1x in public repositories.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ...core.configuration.store import Entry, Layout, Store
from ..effects.edit import interfaces
from ..tables.generations import Generation
from . import text_bgp

_INTERFACE = ("description", "speed", "duplex", "shutdown", "nameif", "security-level", "ip address")
_TUNNEL = (
    "description", "shutdown", "nameif", "ip address", "tunnel source", "tunnel destination", "tunnel mode", "tunnel protection",
)  # fmt: skip
_SECTIONS = (
    "tunnel-group general", "tunnel-group ipsec", "tunnel-group webvpn", "group-policy attributes", "webvpn", "load-balancing",
    "ca chain",
)  # fmt: skip
_NO = {"nameif": "no nameif", "security-level": "no security-level", "ip address": "no ip address"}

TUNNEL_GROUP = ("tunnel-group", "tunnel-group general", "tunnel-group webvpn", "tunnel-group ipsec")
TRUSTPOINTS: Layout = ("ca trustpoint", "ca chain")
SSL: Layout = ("ssl server-version", "ssl client-version", "ssl encryption", "ssl cipher", "ssl dh-group", "ssl ecdh-group",
               "ssl trust-point")  # fmt: skip
GROUP_POLICY = ("group-policy", "group-policy attributes")
CRYPTO: Layout = (
    "transform-set+ipsec-proposal", "transform-mode", "ipsec-profile", "ipsec lifetime", "plain crypto ipsec",
    ("map line", "map interface"), *TRUSTPOINTS, "plain crypto ca",
    "isakmp identity", "ikev2 policy", "ikev2 enable", "ike enable", "policy", "nat-traversal",
)  # fmt: skip

LAYOUT: Layout = (
    "!", "hostname", "domain-name", "enable password", "passwd", "plain name", "!", "interface!", "banner", "plain boot",
    "plain ftp",
    "plain clock",
    "plain dns", "same-security", "object", "object-group", "ace", "terminal width", "pager", "plain logging", "mtu",
    "plain icmp",
    "plain asdm", "plain arp", "ip local pool",
    "nat-control", "global", "nat exempt", "nat old", "nat", "object nat", "access-group", ("prefix-list",), "bgp!",
    "route", "plain timeout",
    "dap", "aaa", "plain http", "access http", "plain snmp-server", "tcpmss", "permit-vpn", "plain sysopt",
    *CRYPTO,
    "plain telnet",
    "access telnet", "access ssh", "plain ssh", "plain console", "management-access", "applet", "plain dhcpd", "load-balancing",
    "plain monitor-interface", "plain privilege",
    "plain threat-detection",
    "plain ntp", *SSL, "webvpn", GROUP_POLICY, "username", TUNNEL_GROUP, "!", "plain prompt", "plain call-home",
)  # fmt: skip


def text(store: Store, layout: Layout = LAYOUT, *, clear: bool) -> list[str]:
    """The lines of a layout; `clear` writes the secrets out. They are made once for as long as the configuration stays."""
    made = store.remembered(("text", tuple(layout), clear), lambda: _text(store, layout, clear=clear))
    return list(made)


def _text(store: Store, layout: Layout, *, clear: bool) -> list[str]:
    lines: list[str] = []
    for item in layout:
        if item == "!":
            lines.append("!")
        elif isinstance(item, tuple):
            lines += _all(store.grouped(item), clear=clear)
        elif "+" in item:
            lines += _all([e for e in store.root.values() if e.form.family in item.split("+")], clear=clear)
        elif item == "object nat":
            for entry in store.all("object"):
                found = entry.child("object nat")
                lines += [entry.text, f" {found.text}"] if found is not None else []
        elif item.startswith(("plain ", "access ")):
            family, _, first = item.partition(" ")
            lines += [e.text for e in store.all(family) if (e.key[0] if e.key else "").startswith(first)]
        else:
            end = ["!"] if item.endswith("!") else []
            for entry in interfaces(store) if item == "interface!" else store.all(item.removesuffix("!")):
                lines += [*block(entry, clear=clear), *end]
    return lines


def _all(entries: list[Entry], *, clear: bool) -> list[str]:
    return [line for entry in entries for line in block(entry, clear=clear)]


def block(entry: Entry, *, clear: bool) -> list[str]:
    """One line with what is under it; a section without lines is not shown."""
    family = entry.form.family
    head = entry.values.get("clear", entry.text) if clear else entry.text
    if family == "interface":
        return [head, *(f" {line}" for line in _interface(entry))]
    if family == "bgp":
        return list(text_bgp.lines(entry))
    if family == "ca chain" and entry.children:
        return [head, *(line for child in entry.children.values() for line in _certificate(child))]
    if family in ("policy", "ikev2 policy"):
        return [head, *(f" {name} {value}" for name, value in policy_values(entry).items())]
    if family in _SECTIONS and not entry.children:
        return []
    children = sorted(entry.children.values(), key=_rank)
    shown = [child for child in children if child.form.family != "object nat"]
    told = [child.values.get("clear", child.text) if clear else child.text for child in shown]
    if family == "applet" and entry.child("output") is None:
        told.append("output none")
    return [head, *(f" {line}" for line in told)]


def _certificate(entry: Entry) -> Iterator[str]:
    """The bytes of a certificate, eight words of eight digits a line."""
    yield f" {entry.text}"
    digits = entry.values["hex"]
    for at in range(0, len(digits), 64):
        row = digits[at : at + 64]
        yield "    " + " ".join(row[word : word + 8] for word in range(0, len(row), 8)) + " "
    yield "  quit"


_ORDER = {
    "description": 0, "event none": 1, "countdown": 2, "action": 3, "output": 4,
    "esp encryption": 1, "esp integrity": 2, "set transform": 1, "set proposal": 2, "set pfs": 3, "set lifetime": 4,
    "responder-only": 5, "keepalive": 2, "ikev2 remote": 3, "ikev2 local": 4,
}  # fmt: skip


def _rank(entry: Entry) -> tuple[int, int]:
    number = int(entry.key[0]) if entry.form.family == "action" else 0
    return _ORDER.get(entry.form.family, 1), number


def _interface(entry: Entry) -> Iterator[str]:
    bare = entry.child("nameif") is None and entry.child("ip address") is None
    tunnel = entry.key[0].startswith("Tunnel")
    for family in _TUNNEL if tunnel else _INTERFACE:
        child = entry.child(family)
        if child is not None:
            yield child.text
        elif family in _NO:
            yield _NO[family]
        elif family == "shutdown" and bare and entry.child("shutdown") is not None:
            yield "shutdown"


def policy_values(entry: Entry) -> dict[str, str]:
    """What a policy of either version is made of, in the order in which it is printed."""
    names = Generation.LINES1 if entry.form.family == "policy" else Generation.LINES2
    defaults = dict(zip(names, entry.values["defaults"].split(), strict=True))
    return {name: child.values["value"] if (child := entry.child(name)) else defaults[name] for name in names}


def checksum(lines: list[str]) -> str:
    """The checksum of a configuration, 32 hexadecimal digits."""
    return hashlib.md5("\n".join(lines).encode(), usedforsecurity=False).hexdigest()


def spaced(digits: str) -> str:
    """The checksum in four words, as `show checksum` and `write memory` print it."""
    return " ".join(digits[at : at + 8] for at in range(0, 32, 8))
