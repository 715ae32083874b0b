"""What a tunnel needs in a configuration of IOS, in each form."""

from __future__ import annotations

import re

from .intended import CIPHERS, HASHES, Text, Wanted, unmet, word


def missing_ios(text: Text, wanted: Wanted) -> list[str]:
    """What the configuration lacks of the tunnel, a few words each."""
    carrier, where = (_interface if wanted.style == "vti" else _entry)(text, wanted)
    if carrier is None:
        return [where]
    ike = _ikev2(text, wanted, carrier) if wanted.version == 2 else _ikev1(text, wanted)
    return [*where.splitlines(), *_phase_2(text, wanted, carrier), *ike]


def _entry(text: Text, wanted: Wanted) -> tuple[list[str] | None, str]:
    """The map entry, and what it lacks, a line each; None and a sentence where there is not exactly one."""
    found = [
        (header, body)
        for header, body in text.blocks
        if re.fullmatch(r"crypto map \S+ \d+ ipsec-isakmp", header) and f"set peer {wanted.peer}" in body
    ]
    if len(found) != 1:
        return None, f"{len(found)} map entries go to {wanted.peer}"
    ((header, body),) = found
    acl = word(body, r"match address (\S+)")
    rules = {re.sub(r"^\d+ ", "", rule) for rule in text.body(rf"ip access-list extended {re.escape(acl)}")}
    expected = {
        f"permit ip {one.network_address} {one.hostmask} {other.network_address} {other.hostmask}"
        for one, other in wanted.networks
    }
    bound = text.body(rf"interface {re.escape(wanted.interface)}")
    wishes = (
        (f"the map is not bound to {wanted.interface}", f"crypto map {header.split()[2]}" in bound),
        (f"access list {acl!r} holds {sorted(rules)}", rules == expected),
    )
    return body, "\n".join(unmet(wishes))


def _interface(text: Text, wanted: Wanted) -> tuple[list[str] | None, str]:
    """The ipsec profile of the tunnel interface, and what that interface and its routes lack."""
    found = [
        (header.split()[1], body)
        for header, body in text.blocks
        if header.startswith("interface Tunnel") and f"tunnel destination {wanted.peer}" in body
    ]
    if len(found) != 1:
        return None, f"{len(found)} tunnel interfaces go to {wanted.peer}"
    ((name, body),) = found
    profile = word(body, r"tunnel protection ipsec profile (\S+)")
    routes = [rf"ip route {net.network_address} {net.netmask} {name}(?: .*)?" for net in wanted.far]
    wishes = (
        ("the address of the tunnel interface", f"ip address {wanted.address}" in body),
        ("the source of the tunnel", f"tunnel source {wanted.interface}" in body),
        ("the mode of the tunnel", "tunnel mode ipsec ipv4" in body),
        ("the interface is shut", "shutdown" not in body),
        ("the profile of the tunnel", text.has(rf"crypto ipsec profile {re.escape(profile)}")),
        ("a route into the tunnel", all(text.has(route) for route in routes)),
    )
    return text.body(rf"crypto ipsec profile {re.escape(profile)}"), "\n".join(unmet(wishes))


def _phase_2(text: Text, wanted: Wanted, carrier: list[str]) -> list[str]:
    transform = word(carrier, r"set transform-set (\S+)")
    esp = [*CIPHERS[wanted.cipher][1].split(), HASHES[wanted.integrity][1]]
    sets = [header.split() for header, _ in text.blocks]
    lifetime = f"set security-association lifetime seconds {wanted.ipsec_seconds}"
    return unmet(
        (
            (f"transform set {transform!r}", ["crypto", "ipsec", "transform-set", transform, *esp] in sets),
            ("pfs", word(carrier, r"set pfs group(\d+)") == str(wanted.group)),
            ("lifetime", not wanted.ipsec_seconds or lifetime in carrier),
        )
    )


def _ikev1(text: Text, wanted: Wanted) -> list[str]:
    key = rf"crypto isakmp key (?:[06] )?{re.escape(wanted.key)}\s+address {re.escape(wanted.peer)}(?: .*)?"
    cipher, digest = CIPHERS[wanted.ike_cipher][0], HASHES[wanted.integrity][0]
    policies = [set(body) for body in text.bodies(r"crypto isakmp policy \d+")]
    fits = any(
        lines & {f"encr {cipher}", f"encryption {cipher}"}
        and {f"group {wanted.group}", "authentication pre-share"} <= lines
        and (f"hash {digest}" in lines or (digest == "sha" and not any(line.startswith("hash") for line in lines)))
        for lines in policies
    )
    return unmet((("the key", text.has(key)), ("the IKE policy", fits)))


def _ikev2(text: Text, wanted: Wanted, carrier: list[str]) -> list[str]:
    profile = text.body(r"crypto ikev2 profile " + re.escape(word(carrier, r"set ikev2-profile (\S+)")))
    keyring = text.body(r"crypto ikev2 keyring " + re.escape(word(profile, r"keyring local (\S+)")))
    used = {line.split()[1] for body in text.bodies(r"crypto ikev2 policy \S+") for line in body if line.startswith("proposal ")}
    offer = {
        f"encryption {CIPHERS[wanted.ike_cipher][5]}",
        f"integrity {HASHES[wanted.integrity][2]}",
        f"group {wanted.group}",
    }
    offers = [body for name in used for body in text.bodies(rf"crypto ikev2 proposal {re.escape(name)}")]
    return unmet(
        (
            ("the ikev2 profile", f"match identity remote address {wanted.peer} 255.255.255.255" in profile),
            ("who proves what", {"authentication remote pre-share", "authentication local pre-share"} <= {*profile}),
            ("the peer of the keyring", f"address {wanted.peer}" in keyring),
            ("the key", bool({f"pre-shared-key {wanted.key}", f"pre-shared-key 6 {wanted.key}"} & {*keyring})),
            ("the ikev2 proposal", any(offer <= {*body} for body in offers)),
        )
    )
