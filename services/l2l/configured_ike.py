"""What an end offers and expects in IKE, read from its running configuration: proposals, keys, identities.

A key that is masked, encrypted or held where no rule looks is not known: it speaks neither for nor against the other end's.
Sources: Cisco IOS Security Command Reference (crypto isakmp key, crypto ikev2 profile, keyring); FlexVPN configuration guide,
"IKEv2 policy"; Cisco ASA command references (tunnel-group, crypto isakmp identity).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ...changes.config_object import ConfigObject
from ...parsers import algorithms
from .configured_end import ConfiguredEnd

#: Key that is there and cannot be compared.
HIDDEN = ""
_TYPED = re.compile(r"(?:key|pre-shared-key)(?: local| remote)? [678] ")
_KEY = re.compile(r"crypto isakmp key (?:[0678] )?(?P<key>\S+) address (?P<peer>\d\S+)(?: +(?P<mask>\d\S+))?.*")


@dataclass(frozen=True, slots=True)
class Suite:
    """One proposal: what it allows of each kind, and its lifetime. ``prf`` is empty where the release derives it."""

    title: str
    encryption: frozenset[str]
    integrity: frozenset[str]
    group: frozenset[str]
    authentication: str = ""
    seconds: int = 86400
    prf: frozenset[str] = frozenset()

    def meets(self, other: Suite) -> bool:
        """True if the two have one of each kind in common; a combined cipher needs no integrity."""
        ciphers = self.encryption & other.encryption
        combined = any(cipher.endswith("-gcm") for cipher in ciphers)
        checks = combined or bool(self.integrity & other.integrity)
        prf = not (self.prf and other.prf) or bool(self.prf & other.prf)
        return bool(ciphers and checks and prf and self.group & other.group) and self.authentication == other.authentication


def suites(there: ConfiguredEnd) -> tuple[Suite, ...] | None:
    """What the end offers in IKE, best first; None where the release's own defaults count, or a word is not known."""
    made: list[Suite] = []
    try:
        for item in _proposals(there):
            made.append(_suite(item, there.end.ike_version))
    except ValueError:
        return None
    return tuple(made) or None


def _proposals(there: ConfiguredEnd) -> tuple[ConfigObject, ...]:
    if there.end.ike_version == 1:
        return tuple(sorted(there.config.of("isakmp-policy"), key=lambda item: int(item.groups["number"])))
    if there.os == "asa":
        return tuple(sorted(there.config.of("ikev2-policy"), key=lambda item: int(item.groups["number"])))
    policies, own = there.config.of("ikev2-policy"), f"match address local {there.end.address}"
    fitting = [item for item in policies if own in item.children]
    fitting = fitting or [item for item in policies if not any(line.startswith("match address ") for line in item.children)]
    names = [line.split()[1] for item in fitting for line in item.children if line.startswith("proposal ")]
    return tuple(item for name in names if (item := there.config.get("ikev2-proposal", name)) is not None)


def _suite(item: ConfigObject, version: int) -> Suite:
    """Raises ValueError for a word that no table knows."""
    lines = {line.split()[0]: line.split()[1:] for line in item.meaning[1]}
    ciphers = lines.get("encr") or lines.get("encryption") or []
    seconds = (lines.get("lifetime") or ["86400"])[-1]
    if version == 1:
        return Suite(
            item.title,
            frozenset({algorithms.encryption(" ".join(ciphers))}),
            frozenset({algorithms.integrity(" ".join(lines.get("hash", [])))}),
            frozenset(lines.get("group", [])),
            (lines.get("authentication") or [""])[0],
            int(seconds) if seconds.isdigit() else 86400,
        )
    checks = frozenset(algorithms.integrity(word) for word in lines.get("integrity", []) if word != "null")
    prf = frozenset(algorithms.integrity(word) for word in lines.get("prf", [])) or checks
    return Suite(item.title, frozenset(map(algorithms.encryption, ciphers)), checks, frozenset(lines.get("group", [])), prf=prf)


# Keys


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys for one peer: what this end proves itself with, and what it expects. `HIDDEN` is not known."""

    local: str
    remote: str

    @property
    def known(self) -> bool:
        """True if both can be compared."""
        return self.local != HIDDEN and self.remote != HIDDEN


def keys(there: ConfiguredEnd, peer: IPv4Address) -> Keys | None:
    """The keys that the end has for a peer; None where it certainly has none."""
    if there.os == "asa":
        return _asa_keys(there, peer)
    return _ios_key(there, peer) if there.end.ike_version == 1 else _keyring(there, peer)


def _shown(value: str, line: str = "") -> str:
    """The key as far as it can be compared: not where it is masked, or encrypted (type 6, 7 or 8)."""
    return HIDDEN if set(value) <= {"*"} or _TYPED.search(line) else value


def _ios_key(there: ConfiguredEnd, peer: IPv4Address) -> Keys | None:
    found: list[tuple[int, str]] = []
    for node in there.running.nodes:
        match = _KEY.fullmatch(node.line)
        net = _network(match["peer"], match["mask"]) if match else None
        if match and net is not None and peer in net:
            found.append((net.prefixlen, _shown(match["key"], node.line)))
    if found:
        key = max(found)[1]
        return Keys(key, key)
    elsewhere = any(node.line.startswith(("crypto keyring ", "crypto isakmp profile ")) for node in there.running.nodes)
    by_name = any(node.line.startswith("crypto isakmp key ") and " hostname " in node.line for node in there.running.nodes)
    return Keys(HIDDEN, HIDDEN) if elsewhere or by_name else None


def _network(address: str, mask: str | None) -> IPv4Network | None:
    try:
        return IPv4Network(f"{address}/{mask or ('0.0.0.0' if address == '0.0.0.0' else '255.255.255.255')}", strict=False)  # noqa: S104
    except ValueError:
        return None


def profiles(there: ConfiguredEnd) -> tuple[ConfigObject, ...]:
    """IKEv2 profiles that the tunnel may use on IOS: the one that it names, else all."""
    how, entry = there.how, there.entry
    line = (entry.child("tunnel protection ipsec profile") or "") if entry else ""
    named = line.partition(" ikev2-profile ")[2] or (how.child("set ikev2-profile") if how else None)
    if named:
        found = there.config.get("ikev2-profile", named)
        return (found,) if found else ()
    return there.config.of("ikev2-profile")


def _keyring(there: ConfiguredEnd, peer: IPv4Address) -> Keys | None:
    names = [name for item in profiles(there) for rule, name in item.named if rule.family == "ikev2-keyring"]
    rings = [ring for name in names if (ring := there.config.get("ikev2-keyring", name)) is not None]
    found = [(length, made) for ring in rings for length, made in _of_ring(ring, peer)]
    if found:
        return max(found, key=lambda pair: pair[0])[1]
    certain = bool(rings) and all(": address " in "\n".join(ring.children) for ring in rings)
    return None if certain or (not names and not there.config.of("ikev2-profile")) else Keys(HIDDEN, HIDDEN)


def _of_ring(ring: ConfigObject, peer: IPv4Address) -> Iterable[tuple[int, Keys]]:
    sections: dict[str, list[str]] = {}
    for line in ring.children:
        name, _, leaf = line.partition(": ")
        sections.setdefault(name, []).append(leaf)
    for lines in sections.values():
        words = next((line.split() for line in lines if line.startswith("address ")), [])
        net = _network(words[1], words[2] if len(words) > 2 else None) if words else None
        said = {line.split()[1] if len(line.split()) > 2 else "": line for line in lines if line.startswith("pre-shared-key ")}
        if net is None or peer not in net or not said:
            continue
        yield net.prefixlen, Keys(_of_direction(lines, "local"), _of_direction(lines, "remote"))


def _of_direction(lines: Iterable[str], word: str) -> str:
    """The key for one direction; one without a direction is for both."""
    own = [line for line in lines if line.startswith("pre-shared-key ")]
    line = next((line for line in own if line.startswith(f"pre-shared-key {word} ")), "")
    line = line or next((line for line in own if line.split()[1] not in ("local", "remote")), "")
    return _shown(line.split()[-1], line) if line else HIDDEN


def _asa_keys(there: ConfiguredEnd, peer: IPv4Address) -> Keys | None:
    group = there.config.get("tunnel-group", str(peer)) or there.config.get("tunnel-group", "DefaultL2LGroup")
    if group is None:
        return None

    def said(words: str) -> str | None:
        line = group.child(f"ipsec-attributes: {words}") if group else None
        return _shown(line.split()[-1]) if line else None

    if there.end.ike_version == 1:
        key = said("ikev1 pre-shared-key") or said("pre-shared-key")
        masked = key is None and any("pre-shared-key" in line for line in group.children)
        return Keys(HIDDEN, HIDDEN) if masked else Keys(key, key) if key is not None else None
    local, remote = said("ikev2 local-authentication pre-shared-key"), said("ikev2 remote-authentication pre-shared-key")
    if local is None or remote is None:
        other = any("certificate" in line for line in group.children)
        return Keys(HIDDEN, HIDDEN) if other or local is not None or remote is not None else None
    return Keys(local, remote)


# Identities

_IDENTITY = re.compile(r"identity local (?P<kind>address|fqdn|email|key-id) (?P<value>\S+)")
_MATCH = re.compile(r"match identity remote (?P<kind>address|fqdn|email|key-id) (?P<value>\S+)(?: (?P<mask>\d\S+))?")


def says_it_is(there: ConfiguredEnd) -> tuple[str, str] | None:
    """The identity that the end sends in IKEv2: kind and value; None where that is not certain."""
    if there.os == "asa":
        line = next((node.line for node in there.running.nodes if node.line.startswith("crypto isakmp identity ")), "auto")
        return ("address", str(there.end.address)) if line.split()[-1] in ("auto", "address") else None
    found = profiles(there)
    if len(found) != 1:
        return None
    match = next((m for line in found[0].children if (m := _IDENTITY.fullmatch(line))), None)
    return (match["kind"], match["value"]) if match else ("address", str(there.end.address))


def expects(there: ConfiguredEnd) -> tuple[tuple[str, str], ...] | None:
    """The identities that the end has a profile for, as kind and value (a network for an address).

    None on an ASA, which finds its tunnel group by the address, and where a profile matches by something else.
    """
    found = profiles(there)
    if there.os == "asa" or not found:
        return None
    lines = [line for item in found for line in item.children if line.startswith("match identity remote ")]
    matches = [_MATCH.fullmatch(line) for line in lines]
    if not lines or any(match is None for match in matches):
        return None
    made = [(m["kind"], m["value"] + (f"/{m['mask']}" if m["mask"] else "")) for m in matches if m]
    return tuple(made)


def accepts(wanted: Iterable[tuple[str, str]], shown: tuple[str, str]) -> bool:
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
        net = _network(address, mask or None)
        if net is not None and IPv4Address(value) in net:
            return True
    return False
