"""What the running configuration of an IOS router says of a tunnel: proposals, keys, identities of IKE, and what meets packets.

Sources: Cisco IOS Security Command Reference (crypto isakmp key, crypto ikev2 profile, keyring); FlexVPN configuration guide,
"IKEv2 policy".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network

from ....changes.config_object import ConfigObject
from ....checks.finding import Evidence
from ....checks.path.acl import Flow, Verdict, ios_list
from ....checks.translation.nat import translations
from .configured_end import ConfiguredEnd
from .ike_keys import HIDDEN, UNKNOWN, Keys, comparable, network

_KEY = re.compile(r"crypto isakmp key (?:[0678] )?(?P<key>\S+) address (?P<peer>\d\S+)(?: +(?P<mask>\d\S+))?.*")
_IDENTITY = re.compile(r"identity local (?P<kind>address|fqdn|email|key-id) (?P<value>\S+)")
_MATCH = re.compile(r"match identity remote (?P<kind>address|fqdn|email|key-id) (?P<value>\S+)(?: (?P<mask>\d\S+))?")
_GROUP = re.compile(r"ip access-group (?P<name>\S+) (?P<way>in|out)")


# IKE


def ikev2_offers(there: ConfiguredEnd) -> tuple[ConfigObject, ...]:
    """The IKEv2 proposals of the policies for the end's own address, else of those for any address."""
    policies, own = there.config.of("ikev2-policy"), f"match address local {there.end.address}"
    fitting = [item for item in policies if own in item.children]
    fitting = fitting or [item for item in policies if not any(line.startswith("match address ") for line in item.children)]
    names = [line.split()[1] for item in fitting for line in item.children if line.startswith("proposal ")]
    return tuple(item for name in names if (item := there.config.get("ikev2-proposal", name)) is not None)


def not_enabled(there: ConfiguredEnd) -> tuple[Evidence, ...]:
    """What shows that the device does not speak this version of IKE; IKEv2 has no such line."""
    off = "no crypto isakmp enable"
    return (there.evidence("crypto isakmp enable", off),) if there.line(off) and there.end.ike_version == 1 else ()


def keys(there: ConfiguredEnd, peer: IPv4Address) -> Keys | None:
    """The keys for a peer; None where there certainly are none."""
    return _isakmp_key(there, peer) if there.end.ike_version == 1 else _keyring(there, peer)


def _isakmp_key(there: ConfiguredEnd, peer: IPv4Address) -> Keys | None:
    found: list[tuple[int, str]] = []
    for node in there.running.nodes:
        match = _KEY.fullmatch(node.line)
        net = network(match["peer"], match["mask"]) if match else None
        if match and net is not None and peer in net:
            found.append((net.prefixlen, comparable(match["key"], node.line)))
    if found:
        key = max(found)[1]
        return Keys(key, key)
    elsewhere = any(node.line.startswith(("crypto keyring ", "crypto isakmp profile ")) for node in there.running.nodes)
    by_name = any(node.line.startswith("crypto isakmp key ") and " hostname " in node.line for node in there.running.nodes)
    return UNKNOWN if elsewhere or by_name else None


def _profiles(there: ConfiguredEnd) -> tuple[ConfigObject, ...]:
    """IKEv2 profiles that the tunnel may use: the one that it names, else all."""
    how, entry = there.how, there.entry
    line = (entry.child("tunnel protection ipsec profile") or "") if entry else ""
    named = line.partition(" ikev2-profile ")[2] or (how.child("set ikev2-profile") if how else None)
    if named:
        found = there.config.get("ikev2-profile", named)
        return (found,) if found else ()
    return there.config.of("ikev2-profile")


def _keyring(there: ConfiguredEnd, peer: IPv4Address) -> Keys | None:
    names = [name for item in _profiles(there) for rule, name in item.named if rule.family == "ikev2-keyring"]
    rings = [ring for name in names if (ring := there.config.get("ikev2-keyring", name)) is not None]
    found = [(length, made) for ring in rings for length, made in _of_ring(ring, peer)]
    if found:
        return max(found, key=lambda pair: pair[0])[1]
    certain = bool(rings) and all(": address " in "\n".join(ring.children) for ring in rings)
    return None if certain or (not names and not there.config.of("ikev2-profile")) else UNKNOWN


def _of_ring(ring: ConfigObject, peer: IPv4Address) -> Iterable[tuple[int, Keys]]:
    sections: dict[str, list[str]] = {}
    for line in ring.children:
        name, _, leaf = line.partition(": ")
        sections.setdefault(name, []).append(leaf)
    for lines in sections.values():
        words = next((line.split() for line in lines if line.startswith("address ")), [])
        net = network(words[1], words[2] if len(words) > 2 else None) if words else None
        said = {line.split()[1] if len(line.split()) > 2 else "": line for line in lines if line.startswith("pre-shared-key ")}
        if net is None or peer not in net or not said:
            continue
        yield net.prefixlen, Keys(_of_direction(lines, "local"), _of_direction(lines, "remote"))


def _of_direction(lines: Iterable[str], word: str) -> str:
    """The key for one direction; one without a direction is for both."""
    own = [line for line in lines if line.startswith("pre-shared-key ")]
    line = next((line for line in own if line.startswith(f"pre-shared-key {word} ")), "")
    line = line or next((line for line in own if line.split()[1] not in ("local", "remote")), "")
    return comparable(line.split()[-1], line) if line else HIDDEN


# Identities


def sent_identity(there: ConfiguredEnd) -> tuple[str, str] | None:
    """The identity that it sends in IKEv2: kind and value; None where no one profile says so."""
    found = _profiles(there)
    if len(found) != 1:
        return None
    match = next((m for line in found[0].children if (m := _IDENTITY.fullmatch(line))), None)
    return (match["kind"], match["value"]) if match else ("address", str(there.end.address))


def expected_identities(there: ConfiguredEnd) -> tuple[tuple[str, str], ...] | None:
    """The identities that it has a profile for, as kind and value (a network for an address).

    None where it has no profile, or one that matches by something else.
    """
    lines = [line for item in _profiles(there) for line in item.children if line.startswith("match identity remote ")]
    matches = [_MATCH.fullmatch(line) for line in lines]
    if not lines or any(match is None for match in matches):
        return None
    return tuple((m["kind"], m["value"] + (f"/{m['mask']}" if m["mask"] else "")) for m in matches if m)


def admits(there: ConfiguredEnd, shown: tuple[str, str]) -> bool | None:
    """Has it a profile for this identity? None where its profiles do not tell."""
    wanted = expected_identities(there)
    return None if wanted is None else _accepts(wanted, shown)


def _accepts(wanted: Iterable[tuple[str, str]], shown: tuple[str, str]) -> bool:
    """True if one of the identities that are expected is the one that is shown."""
    kind, value = shown
    for expected, words in wanted:
        if expected != kind:
            continue
        if kind != "address":
            if words == value:
                return True
            continue
        address, _, mask = words.partition("/")
        net = network(address, mask or None)
        if net is not None and IPv4Address(value) in net:
            return True
    return False


# What packets meet


def translated(there: ConfiguredEnd, pair: tuple[IPv4Network, IPv4Network]) -> Iterator[tuple[str, bool]]:
    """Each line that translates some of this traffic, and whether all of it is left alone there."""
    lines = there.entry.children if there.end.tunnel and there.entry else there.outside_lines
    if "ip nat outside" in (lines or ()):
        yield from translations(there.running.nodes, pair)


def listed(there: ConfiguredEnd, name: str, flow: Flow) -> Verdict:
    """What the access list of this name says of a flow."""
    return ios_list(there.config, name, flow)


def filtered(there: ConfiguredEnd, flow: Flow) -> Iterator[tuple[str, Verdict]]:
    """Name of the access list that packets meet when they come in from outside, and what it says of a flow."""
    for match in (m for line in there.outside_lines or () if (m := _GROUP.fullmatch(line))):
        if match["way"] == "in":
            yield match["name"], ios_list(there.config, match["name"], flow)
