"""From the lines of `show running-config crypto` to one record: lines of one entry come together by name and number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from .. import algorithms
from ..line_rules.machine import Raw
from ..records.asa_config import (
    AsaCrypto,
    AsaCryptoMapEntry,
    AsaIkePolicy,
    AsaIpsecProfile,
    AsaIpsecProposal,
    AsaTransformSet,
    ConfigAttribute,
    MapBinding,
    ciphers,
    groups,
    hashes,
)
from ..records.asa_vpn import host

_KEY = re.compile(r"set (?:ikev[12] )?pre-shared-key")
_LIFETIME = re.compile(r"(seconds|kilobytes) (\d+)")


def _policy(raw: Raw) -> AsaIkePolicy:
    version = 2 if raw["version"].lower() == "ikev2" else 1
    lifetime = re.search(r"\d+", raw.get("lifetime") or "")
    return AsaIkePolicy(
        version=version,
        number=int(raw["number"]),
        authentication=raw.get("authentication"),
        encryption=ciphers(raw.get("encryption") or ""),
        integrity=hashes(raw.get("hash") or raw.get("integrity") or ""),
        prf=hashes(raw.get("prf") or ""),
        dh_groups=groups(raw.get("dh_groups") or ""),
        lifetime_seconds=int(lifetime.group()) if lifetime else 0 if raw.get("lifetime") else None,
    )


def _transforms(lines: Iterable[Raw]) -> tuple[AsaTransformSet, ...]:
    found: dict[str, AsaTransformSet] = {}
    for line in lines:
        record = found.get(line["name"], AsaTransformSet(name=line["name"]))
        if line.get("mode"):
            record = replace(record, mode=line["mode"])
        if line.get("transform"):
            text = line["transform"].strip()
            encryption, integrity = _algorithms(text)
            record = replace(record, transform=text, encryption=encryption, integrity=integrity)
        found[line["name"]] = record
    return tuple(found.values())


def _algorithms(text: str) -> tuple[str | None, str | None]:
    """Canonical names, or None for a transform that no table knows: its text stands beside them."""
    try:
        return algorithms.transform(text)
    except ValueError:
        return None, None


def _settings(lines: Iterable[Raw]) -> dict[str, Any]:
    """What `set` and `match` lines of an entry or a profile say, as fields; every line is an attribute too."""
    values: dict[str, Any] = {"attributes": ()}
    for line in lines:
        text = " ".join(line["setting"].split())
        negated = bool((line.get("negated") or "").strip())
        key = _KEY.match(text)
        values["attributes"] += (ConfigAttribute(name=key.group() if key else text, negated=negated, secret=bool(key)),)
        if not negated and not key:
            values |= _setting(text)
    return values


def _setting(text: str) -> dict[str, Any]:
    words = text.removeprefix("set ").split()
    key, rest = words[0], words[1:]
    if key == "pfs":
        return {"pfs": True, "pfs_group": int(rest[0].removeprefix("group")) if rest else None}
    if key == "peer":
        return {"peers": tuple(host(word) for word in rest)}
    if key == "transform-set" or words[:2] == ["ikev1", "transform-set"]:
        return {"ikev1_transform_sets": tuple(rest if key == "transform-set" else rest[1:])}
    if words[:2] == ["ikev2", "ipsec-proposal"]:
        return {"ikev2_proposals": tuple(rest[1:])}
    if words[:2] == ["security-association", "lifetime"]:
        return {f"lifetime_{unit}": int(number) for unit, number in _LIFETIME.findall(text)}
    if words[:2] == ["match", "address"]:
        return {"access_list": words[2]}
    if words[:2] == ["ipsec-isakmp", "dynamic"]:
        return {"dynamic_map": words[2]}
    return {"responder_only": True} if key == "responder-only" else {}


def _entries(lines: Iterable[Raw]) -> tuple[AsaCryptoMapEntry, ...]:
    found: dict[tuple[bool, str, int], list[Raw]] = {}
    for line in lines:
        found.setdefault((line["kind"].lower() == "dynamic-map", line["name"], int(line["sequence"])), []).append(line)
    return tuple(
        AsaCryptoMapEntry(name=name, sequence=sequence, dynamic=dynamic, **_settings(settings))
        for (dynamic, name, sequence), settings in found.items()
    )


_CERTIFICATE = re.compile(r"\n[ \t]*certificate (?:ca |self-signed )?[0-9a-f]+[ \t]*(?=\n)", re.IGNORECASE)
_QUIT = re.compile(r"\n[ \t]*quit[ \t]*(?=\n)", re.IGNORECASE)


def crypto_is_whole(state: AsaCrypto, text: str) -> Iterator[str]:
    """A policy is printed with every choice, defaults included, and a certificate ends with `quit`."""
    for policy in state.ike_policies:
        hashes_missing = not policy.integrity or (policy.version == 2 and not policy.prf)
        if not policy.encryption or hashes_missing or not policy.dh_groups or policy.lifetime_seconds is None:
            yield f"IKEv{policy.version} policy {policy.number} is cut short: not every choice of it was printed"
    for proposal in state.ipsec_proposals:
        if not proposal.encryption and not proposal.integrity:
            yield f"the IPsec proposal {proposal.name} is cut short: no algorithm was printed"
    for profile in state.ipsec_profiles:
        if not profile.attributes:
            yield f"the IPsec profile {profile.name} is cut short: no line of it was printed"
    begun, ended = len(_CERTIFICATE.findall(text)), len(_QUIT.findall(text))
    if begun != ended:
        yield f"{begun} certificates begin and {ended} end"


def _interfaces(raw: Raw, versions: set[str]) -> tuple[str, ...]:
    return tuple(line["interface"] for line in raw.get("enable", ()) if line["version"].lower() in versions)


def crypto_state(raw: Raw) -> AsaCrypto:
    """AsaCrypto"""
    return AsaCrypto(
        ike_policies=tuple(_policy(item) for item in raw.get("policy", ())),
        ikev1_interfaces=_interfaces(raw, {"isakmp", "ikev1"}),
        ikev2_interfaces=_interfaces(raw, {"ikev2"}),
        transform_sets=_transforms(raw.get("set", ())),
        ipsec_proposals=tuple(
            AsaIpsecProposal(
                name=item["name"],
                encryption=ciphers(item.get("encryption") or ""),
                integrity=hashes(item.get("integrity") or ""),
            )
            for item in raw.get("proposal", ())
        ),
        ipsec_profiles=tuple(
            AsaIpsecProfile(name=item["name"], **_settings(item.get("setting", ()))) for item in raw.get("profile", ())
        ),
        map_entries=_entries(raw.get("map", ())),
        map_bindings=tuple(MapBinding(name=item["name"], interface=item["interface"]) for item in raw.get("binding", ())),
        trust_points=tuple(item["name"] for item in raw.get("trustpoint", ())),
        other=tuple(item["other"].strip() for item in raw.get("other", ())),
    )
