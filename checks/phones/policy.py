"""The effective group policy of a tunnel group: each value, and where it comes from.

A policy that does not say an attribute inherits it from DfltGrpPolicy, and that one from the factory (ASA command reference,
group-policy attributes). `no X` means inherit again, `X none` means nothing, explicitly. What the factory gives differs by
release, so it is read from `show running-config all group-policy DfltGrpPolicy` and never assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from .finding import Line
from .shown import DEFAULT_POLICY, RUNNING, HeadEnd, as_typed, split_words

DEFAULT = "DfltGrpPolicy"
#: What can keep a phone out, or push to it what it cannot do, in the order of Cisco's document.
ATTRIBUTES = (
    "vpn-tunnel-protocol",
    "vpn-simultaneous-logins",
    "group-lock",
    "vpn-filter",
    "vpn-access-hours",
    "vpn-idle-timeout",
    "vpn-session-timeout",
    "dhcp-network-scope",
    "address-pools",
    "banner",
    "dns-server",
    "default-domain",
    "split-tunnel-policy",
    "split-tunnel-network-list",
)


class Origin(Enum):
    """Where a value comes from."""

    OWN = "own"
    INHERITED = "DfltGrpPolicy"
    FACTORY = "factory default"
    UNKNOWN = "unknown"


class Value(Struct, frozen=True):
    """One attribute as it is in force. ``value`` without the word `value`; None where it is not known."""

    attribute: str
    value: str | None
    origin: Origin
    line: Line

    @property
    def where(self) -> str:
        """For a sentence: where it stands."""
        return {
            Origin.OWN: "in the policy itself",
            Origin.INHERITED: f"inherited from {DEFAULT}",
            Origin.FACTORY: "the factory default",
            Origin.UNKNOWN: "not known",
        }[self.origin]

    @property
    def words(self) -> tuple[str, ...]:
        """The value, word for word."""
        return tuple((self.value or "").split())


class Policy(Struct, frozen=True):
    """The policy of a tunnel group. ``external``: its attributes are on a server, and not known here."""

    name: str
    values: tuple[Value, ...]
    external: bool = False
    missing: bool = False

    def __getitem__(self, attribute: str) -> Value:
        return next(value for value in self.values if value.attribute == attribute)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Attributes of which nobody showed a value."""
        return tuple(value.attribute for value in self.values if value.origin is Origin.UNKNOWN)


def policy_of(device: HeadEnd, group: str) -> tuple[str, Line]:
    """The name of the policy of a tunnel group, and the line that says it."""
    _, section = device.of_group(group, "general-attributes")
    line = section.first("default-group-policy") if section else ""
    words = split_words(line)
    return (words[1] if len(words) > 1 else DEFAULT), Line(RUNNING, line)


def effective(device: HeadEnd, group: str) -> Policy:
    """Every attribute that matters, for sessions of a tunnel group."""
    name, _ = policy_of(device, group)
    kinds = [split_words(line)[2] for line in device.lines(f"group-policy {as_typed(name)}") if len(split_words(line)) > 2]
    kinds = [kind for kind in kinds if kind != "attributes"]
    external = "external" in kinds
    missing = name != DEFAULT and not kinds
    return Policy(name, tuple(_value(device, name, attribute) for attribute in ATTRIBUTES), external, missing)


def _value(device: HeadEnd, name: str, attribute: str) -> Value:
    own = _line(device, name, attribute)
    if own:
        return Value(attribute, _plain(own, attribute), Origin.OWN, Line(f"{RUNNING}, group-policy {name} attributes", own))
    default = _line(device, DEFAULT, attribute)
    if default:
        where = Line(f"{RUNNING}, group-policy {DEFAULT} attributes", default)
        return Value(attribute, _plain(default, attribute), Origin.OWN if name == DEFAULT else Origin.INHERITED, where)
    factory = next((line for line in _factory(device) if line == attribute or line.startswith(f"{attribute} ")), "")
    if factory:
        return Value(attribute, _plain(factory, attribute), Origin.FACTORY, Line(DEFAULT_POLICY, factory))
    return Value(attribute, None, Origin.UNKNOWN, Line(DEFAULT_POLICY, ""))


def _line(device: HeadEnd, name: str, attribute: str) -> str:
    section = device.of_policy(name)
    found = section.all(attribute) if section else ()
    # `vpn-idle-timeout alert-interval 1` is another attribute of the same first word.
    return next((line for line in found if " alert-interval " not in line), "")


def _factory(device: HeadEnd) -> Iterator[str]:
    for line in (device.output(DEFAULT_POLICY) or "").splitlines():
        # What stands deeper is of the policy's own section webvpn.
        if re.match(r" \S", line) and " alert-interval " not in line:
            yield line.strip()


def _plain(line: str, attribute: str) -> str:
    return line.removeprefix(attribute).strip().removeprefix("value ").strip().strip('"')
