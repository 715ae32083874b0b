"""What a tunnel needs in a configuration of an ASA, in each form."""

from __future__ import annotations

import re

from .intended import CIPHERS, HASHES, Text, Wanted, unmet, word


def missing_asa(text: Text, wanted: Wanted) -> list[str]:
    """What the configuration lacks of the tunnel, a few words each."""
    carrier, where = (_interface if wanted.style == "vti" else _entry)(text, wanted)
    if carrier is None:
        return [where]
    ike = _ikev2(text, wanted) if wanted.version == 2 else _ikev1(text, wanted)
    return [*where.splitlines(), *_phase_2(text, wanted, carrier), *ike]


def _entry(text: Text, wanted: Wanted) -> tuple[list[str] | None, str]:
    found = (re.fullmatch(rf"crypto map (\S+) (\d+) set peer {re.escape(wanted.peer)}", line) for line in text.flat)
    entry = next((match for match in found if match), None)
    if entry is None:
        return None, f"no map entry goes to {wanted.peer}"
    head = f"crypto map {entry[1]} {entry[2]} "
    body = [line.removeprefix(head) for line in text.flat if line.startswith(head)]
    acl = word(body, r"match address (\S+)")
    rule = f"access-list {acl} extended "
    rules = {line.removeprefix(rule) for line in text.flat if line.startswith(rule)}
    expected = {
        f"permit ip {one.network_address} {one.netmask} {other.network_address} {other.netmask}" for one, other in wanted.networks
    }
    wishes = (
        ("the map is not bound", f"crypto map {entry[1]} interface {wanted.interface}" in text.flat),
        (f"access list {acl!r} holds {sorted(rules)}", rules == expected),
    )
    return body, "\n".join(unmet(wishes))


def _interface(text: Text, wanted: Wanted) -> tuple[list[str] | None, str]:
    found = [body for body in text.bodies(r"interface Tunnel\d+") if f"tunnel destination {wanted.peer}" in body]
    if len(found) != 1:
        return None, f"{len(found)} tunnel interfaces go to {wanted.peer}"
    (body,) = found
    zone, profile = word(body, r"nameif (\S+)"), word(body, r"tunnel protection ipsec profile (\S+)")
    routes = {f"route {zone} {net.network_address} {net.netmask} {wanted.gate} 1" for net in wanted.far}
    wishes = (
        ("the address of the tunnel interface", f"ip address {wanted.address}" in body),
        ("the source of the tunnel", f"tunnel source interface {wanted.interface}" in body),
        ("the mode of the tunnel", "tunnel mode ipsec ipv4" in body),
        ("the interface is shut", "shutdown" not in body),
        ("the profile of the tunnel", text.has(rf"crypto ipsec profile {re.escape(profile)}")),
        ("a route into the tunnel", routes <= {*text.flat}),
    )
    return text.body(rf"crypto ipsec profile {re.escape(profile)}"), "\n".join(unmet(wishes))


def _phase_2(text: Text, wanted: Wanted, carrier: list[str]) -> list[str]:
    if wanted.version == 2:
        name = word(carrier, r"set ikev2 ipsec-proposal (\S+)")
        offer = {f"protocol esp encryption {CIPHERS[wanted.cipher][4]}", f"protocol esp integrity {HASHES[wanted.integrity][3]}"}
        fits = offer <= {*text.body(rf"crypto ipsec ikev2 ipsec-proposal {re.escape(name)}")}
    else:
        name = word(carrier, r"set (?:ikev1 )?transform-set (\S+)")
        esp = f"{CIPHERS[wanted.cipher][3]} {HASHES[wanted.integrity][1]}"
        fits = any(re.fullmatch(rf"crypto ipsec (?:ikev1 )?transform-set {re.escape(name)} {esp}", line) for line in text.flat)
    # From 9.13 on a device that is told no group means 14, and shows that group as nothing.
    late = re.search(r"^ASA Version 9\.(?:1[3-9]|[2-9]\d)", text.whole, re.M)
    pfs = next((line for line in carrier if line.startswith("set pfs")), None)
    group = int(word([pfs or ""], r"set pfs group(\d+)") or (14 if late else 2))
    lifetime = f"set security-association lifetime seconds {wanted.ipsec_seconds}"
    return unmet(
        (
            (f"the transforms of {name!r}", fits),
            ("pfs", pfs is not None and group == wanted.group),
            ("lifetime", not wanted.ipsec_seconds or lifetime in carrier),
        )
    )


def _ikev1(text: Text, wanted: Wanted) -> list[str]:
    group = text.body(rf"tunnel-group {re.escape(wanted.peer)} ipsec-attributes")
    needed = {
        "authentication pre-share",
        f"encryption {CIPHERS[wanted.ike_cipher][2]}",
        f"hash {HASHES[wanted.integrity][0]}",
        f"group {wanted.group}",
    }
    return unmet(
        (
            ("the key", bool({f"ikev1 pre-shared-key {wanted.key}", f"pre-shared-key {wanted.key}"} & {*group})),
            ("IKE on the interface", text.has(rf"crypto (?:ikev1|isakmp) enable {re.escape(wanted.interface)}")),
            ("the IKE policy", any(needed <= {*body} for body in text.bodies(r"crypto (?:ikev1|isakmp) policy \d+"))),
        )
    )


def _ikev2(text: Text, wanted: Wanted) -> list[str]:
    group = {*text.body(rf"tunnel-group {re.escape(wanted.peer)} ipsec-attributes")}
    keys = {f"ikev2 {side}-authentication pre-shared-key {wanted.key}" for side in ("remote", "local")}
    digest = HASHES[wanted.integrity][2]
    needed = {
        f"encryption {CIPHERS[wanted.ike_cipher][4]}",
        f"integrity {digest}",
        f"group {wanted.group}",
        f"prf {digest}",
    }
    return unmet(
        (
            ("the keys", keys <= group),
            ("IKE on the interface", text.has(rf"crypto ikev2 enable {re.escape(wanted.interface)}(?: .*)?")),
            ("the IKE policy", any(needed <= {*body} for body in text.bodies(r"crypto ikev2 policy \d+"))),
        )
    )
