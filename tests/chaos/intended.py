"""What a tunnel needs in a configuration of IOS or ASA, and what of it is not there: the judge's own reading of the intent."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

_CIPHERS = {
    "aes-256-cbc": ("aes 256", "esp-aes 256", "aes-256", "esp-aes-256"),
    "aes-128-cbc": ("aes", "esp-aes", "aes", "esp-aes"),
    "3des-cbc": ("3des", "esp-3des", "3des", "esp-3des"),
}
_HASHES = {"hmac-sha1": ("sha", "esp-sha-hmac"), "hmac-sha256": ("sha256", "esp-sha256-hmac")}


@dataclass(frozen=True)
class Wanted:
    """One end of the tunnel as it is meant to be: addresses, networks in CIDR, the suite, the key, a lifetime if one is set."""

    peer: str
    interface: str
    local: tuple[str, ...]
    remote: tuple[str, ...]
    key: str
    ike_cipher: str
    cipher: str
    integrity: str
    group: int
    ipsec_seconds: int | None = None


_BANNER = re.compile(r"^banner \w+ \^C.*?\^C *$", re.M | re.S)


def missing(text: str, wanted: Wanted, *, asa: bool) -> list[str]:
    """What the configuration lacks of the tunnel, one sentence each; empty when all of it is there."""
    text = _BANNER.sub("banner", text)  # what stands in one is no configuration
    return _missing_asa(text, wanted) if asa else _missing_ios(text, wanted)


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """Each line that begins at the left, with the lines that are indented below it."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith(" ") and found:
            found[-1][1].append(line.strip())
        elif line.strip():
            found.append((line.strip(), []))
    return found


def _pairs(wanted: Wanted) -> list[tuple[ipaddress.IPv4Network, ipaddress.IPv4Network]]:
    return [(ipaddress.IPv4Network(one), ipaddress.IPv4Network(other)) for one in wanted.local for other in wanted.remote]


def _word(lines: list[str], pattern: str) -> str:
    """The first group of the first line that matches, or nothing."""
    return next((match[1].strip() for line in lines if (match := re.match(pattern, line))), "")


def _missing_ios(text: str, wanted: Wanted) -> list[str]:
    blocks = _blocks(text)
    entries = [(header, body) for header, body in blocks if re.match(r"crypto map \S+ \d+ ipsec-isakmp$", header)]
    ours = [(header, body) for header, body in entries if f"set peer {wanted.peer}" in body]
    if len(ours) != 1:
        return [f"{len(ours)} map entries go to {wanted.peer}"]
    header, body = ours[0]
    lacks = []
    bound = next((lines for head, lines in blocks if head == f"interface {wanted.interface}"), [])
    if f"crypto map {header.split()[2]}" not in bound:
        lacks.append(f"the map is not bound to {wanted.interface}")
    acl, transform = _word(body, r"match address (\S+)"), _word(body, r"set transform-set (\S+)")
    rules = {rule for head, lines in blocks if head == f"ip access-list extended {acl}" for rule in lines}
    expected = {
        f"permit ip {one.network_address} {one.hostmask} {other.network_address} {other.hostmask}"
        for one, other in _pairs(wanted)
    }
    if {re.sub(r"^\d+ ", "", rule) for rule in rules} != expected:
        lacks.append(f"access list {acl!r} holds {sorted(rules)}")
    _, esp, _, _ = _CIPHERS[wanted.cipher]
    if not any(
        head.split() == ["crypto", "ipsec", "transform-set", transform, *esp.split(), _HASHES[wanted.integrity][1]]
        for head, _ in blocks
    ):
        lacks.append(f"transform set {transform!r} is not {esp} {wanted.integrity}")
    if _word(body, r"set pfs group(\d+)") != str(wanted.group):
        lacks.append("pfs")
    if wanted.ipsec_seconds and f"set security-association lifetime seconds {wanted.ipsec_seconds}" not in body:
        lacks.append("lifetime")
    key = re.compile(rf"crypto isakmp key (?:[06] )?{re.escape(wanted.key)}\s+address {re.escape(wanted.peer)}(?: .*)?$")
    lacks += [] if any(key.match(head) for head, _ in blocks) else ["the key"]
    policies = [set(lines) for head, lines in blocks if head.startswith("crypto isakmp policy ")]
    encryption = {f"encr {_CIPHERS[wanted.ike_cipher][0]}", f"encryption {_CIPHERS[wanted.ike_cipher][0]}"}
    digest = _HASHES[wanted.integrity][0]
    if not any(
        lines & encryption
        and f"group {wanted.group}" in lines
        and "authentication pre-share" in lines
        and (f"hash {digest}" in lines or (digest == "sha" and not any(line.startswith("hash") for line in lines)))
        for lines in policies
    ):
        lacks.append("the IKE policy")
    return lacks


def _missing_asa(text: str, wanted: Wanted) -> list[str]:
    blocks, flat = _blocks(text), [line.rstrip() for line in text.splitlines()]
    entry = next(
        (m for line in flat if (m := re.match(rf"crypto map (\S+) (\d+) set peer {re.escape(wanted.peer)}$", line))), None
    )
    if entry is None:
        return [f"no map entry goes to {wanted.peer}"]
    body = [line.removeprefix(f"crypto map {entry[1]} {entry[2]} ") for line in flat]
    lacks = [] if f"crypto map {entry[1]} interface {wanted.interface}" in flat else ["the map is not bound"]
    acl, transform = _word(body, r"match address (\S+)"), _word(body, r"set (?:ikev1 )?transform-set (\S+)")
    rules = {line.split(f"access-list {acl} extended ")[1] for line in flat if line.startswith(f"access-list {acl} extended ")}
    expected = {
        f"permit ip {one.network_address} {one.netmask} {other.network_address} {other.netmask}" for one, other in _pairs(wanted)
    }
    if rules != expected:
        lacks.append(f"access list {acl!r} holds {sorted(rules)}")
    esp = f"{_CIPHERS[wanted.cipher][3]} {_HASHES[wanted.integrity][1]}"
    if not any(re.fullmatch(rf"crypto ipsec (?:ikev1 )?transform-set {re.escape(transform)} {esp}", line) for line in flat):
        lacks.append(f"transform set {transform!r} is not {esp}")
    default_group = (
        14 if "crypto ikev1 policy" in text and re.search(r"^ASA Version 9\.1[3-9]|^ASA Version 9\.[2-9]\d", text, re.M) else 2
    )
    pfs = next((line for line in body if line.startswith("set pfs")), None)
    if pfs is None or int(_word([pfs], r"set pfs group(\d+)") or default_group) != wanted.group:
        lacks.append("pfs")
    if wanted.ipsec_seconds and f"set security-association lifetime seconds {wanted.ipsec_seconds}" not in body:
        lacks.append("lifetime")
    group = next((lines for head, lines in blocks if head == f"tunnel-group {wanted.peer} ipsec-attributes"), [])
    if not {f"ikev1 pre-shared-key {wanted.key}", f"pre-shared-key {wanted.key}"} & set(group):
        lacks.append("the key")
    digest = _HASHES[wanted.integrity][0]
    needed = {
        "authentication pre-share",
        f"encryption {_CIPHERS[wanted.ike_cipher][2]}",
        f"hash {digest}",
        f"group {wanted.group}",
    }
    if not {f"crypto ikev1 enable {wanted.interface}", f"crypto isakmp enable {wanted.interface}"} & set(flat):
        lacks.append("IKE on the interface")
    policies = [set(lines) for head, lines in blocks if re.match(r"crypto (?:ikev1|isakmp) policy \d+$", head)]
    return lacks if any(needed <= lines for lines in policies) else [*lacks, "the IKE policy"]
