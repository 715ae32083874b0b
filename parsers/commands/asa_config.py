"""The ASA commands that print sections of the running configuration, and how their lines come together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..command import Command
from ..line_rules.machine import Raw
from ..records.asa_config import (
    AsaSslConfig,
    AsaWebvpn,
    ClientImage,
    ConfigAttribute,
    GroupPolicy,
    GroupUrl,
    SslBinding,
    SslCipher,
    TunnelGroup,
)
from .asa_crypto_config import crypto_is_whole, crypto_state

__all__ = ["COMMANDS"]


def _attribute(raw: Raw, _above: list[Raw]) -> None:
    """A line with a key is named by the words before the key."""
    if raw.get("secret"):
        raw["name"] = raw["secret"]


def _plain(name: str) -> str:
    return name.strip('"')


def _policies(raw: Raw) -> tuple[GroupPolicy, ...]:
    """tuple of policy"""
    found: dict[str, dict[str, Any]] = {}
    for item in (*raw.get("policy", ()), *raw.get("block", ())):
        record = found.setdefault(_plain(item.name), {"attributes": ()})
        if item.kind:
            record["kind"], record["inherits_from"] = item.kind, item.inherits_from
        record["attributes"] += item.attributes
    return tuple(GroupPolicy(name=name, **values) for name, values in found.items())


def _lines_below(block: GroupPolicy | TunnelGroup, _raw: Raw) -> Iterator[str]:
    """A section of attributes is only printed where it has some."""
    if not block.attributes:
        yield f"the attributes of {block.name} are cut short: none were printed below the heading"


def _policy(raw: Raw, _above: list[Raw]) -> None:
    raw["kind"] = "external" if raw.get("server_group") else "internal"
    raw["inherits_from"] = (raw.get("inherits_from") or "").strip().removeprefix("from ").strip()


def _first(attributes: Iterable[ConfigAttribute], name: str) -> str | None:
    return next((item.value for item in attributes if item.name == name and not item.negated), None)


def _urls(attributes: Iterable[ConfigAttribute], name: str) -> tuple[GroupUrl, ...]:
    found = []
    for item in attributes:
        if item.name == name and item.value:
            text, _, word = item.value.rpartition(" ")
            found.append(GroupUrl(text=text or word, enabled=word == "enable"))
    return tuple(found)


def _tunnel_group(name: str, kind: str | None, attributes: tuple[ConfigAttribute, ...]) -> TunnelGroup:
    webvpn = [item for item in attributes if item.section == "webvpn-attributes"]
    return TunnelGroup(
        name=name,
        kind=kind,
        default_group_policy=_first(attributes, "default-group-policy"),
        address_pools=tuple(
            word
            for item in attributes
            if item.name == "address-pool"
            for word in (item.value or "").split()
            if not word.startswith("(")
        ),
        authentication=_first(webvpn, "authentication"),
        group_urls=_urls(webvpn, "group-url"),
        group_aliases=_urls(webvpn, "group-alias"),
        without_csd=any(item.name == "without-csd" and not item.negated for item in webvpn),
        keys=tuple(item.name for item in attributes if item.secret and not item.negated),
        attributes=attributes,
    )


def _tunnel_groups(raw: Raw) -> tuple[TunnelGroup, ...]:
    """tuple of tunnel groups"""
    kinds: dict[str, str | None] = {}
    lines: dict[str, tuple[ConfigAttribute, ...]] = {}
    for item in (*raw.get("group", ()), *raw.get("block", ())):
        name = _plain(item.name)
        kinds[name] = item.kind or kinds.get(name)
        lines[name] = lines.get(name, ()) + item.attributes
    return tuple(_tunnel_group(name, kinds[name], lines[name]) for name in kinds)


def _block(raw: Raw, _above: list[Raw]) -> None:
    """Attributes are records already; the record of a block takes them under their plural."""
    raw["attributes"] = raw.pop("attribute", [])


def _webvpn_line(raw: Raw, _above: list[Raw]) -> None:
    """Lines that have a field of their own also get a name and a value."""
    if raw.get("secret"):
        raw["name"] = raw["secret"]
    elif raw.get("interface"):
        raw["name"], raw["value"] = "enable", f"{raw['interface']}{raw.get('value') or ''}"
    elif raw.get("file"):
        raw["name"] = f"{raw.get('desktop') or raw.get('client_image')} image"
        raw["value"] = f"{raw['file']} {raw.get('order') or ''}"
    elif raw.get("desktop_on") or raw.get("client_on"):
        raw["name"] = f"{raw.get('desktop_on') or raw.get('client_on')} enable"


def _webvpn(raw: Raw) -> AsaWebvpn:
    """AsaWebvpn"""
    lines: tuple[ConfigAttribute, ...] = tuple(raw.get("attribute", ()))
    said = [item for item in lines if not item.negated]
    images = [(item.value or "").split() for item in said if item.name in {"anyconnect image", "svc image"}]
    return AsaWebvpn(
        enabled_interfaces=tuple((item.value or "").split()[0] for item in said if item.name == "enable" and item.value),
        csd_image=_first(lines, "csd image") or _first(lines, "hostscan image"),
        csd_enabled=any(item.name in {"csd enable", "hostscan enable"} for item in said),
        client_images=tuple(
            ClientImage(file=words[0], order=int(words[1]) if len(words) > 1 else None) for words in images if words
        ),
        client_enabled=any(item.name in {"anyconnect enable", "svc enable"} for item in said),
        group_list_enabled=any(item.name == "tunnel-group-list enable" for item in said),
        attributes=lines,
    )


def _cipher(raw: Raw, _above: list[Raw]) -> None:
    raw["suite"] = (raw.get("suites") or "").strip('"').split(":") if raw.get("suites") else []


def _ssl(raw: Raw) -> AsaSslConfig:
    """AsaSslConfig"""
    merged: Raw = {}
    for line in raw.get("line", ()):
        for name, value in line.items():
            merged.setdefault(name, []).append(value)
    one = {name: values[-1] for name, values in merged.items()}
    return AsaSslConfig(
        server_version=one.get("server_version"),
        client_version=one.get("client_version"),
        encryption=tuple((one.get("encryption") or "").split()),
        ciphers=tuple(raw.get("cipher", ())),
        dh_group=one.get("dh_group"),
        ecdh_group=one.get("ecdh_group"),
        trust_points=tuple(raw.get("binding", ())),
        certificate_authentication=tuple(merged.get("certificate_authentication", ())),
    )


_ATTRIBUTE: dict[str, Any] = {"block": _block, "block.attribute": _attribute}

COMMANDS: tuple[Command, ...] = (
    Command(
        os="asa",
        name="show running-config group-policy",
        aliases=("show running-config all group-policy",),
        arguments=("WORD",),
        kinds={
            "policy": GroupPolicy,
            "block": GroupPolicy,
            "block.attribute": ConfigAttribute,
            "block.section.attribute": ConfigAttribute,
        },
        prepare={"policy": _policy, "block.attribute": _attribute, "block.section.attribute": _attribute},
        validate={"block": _lines_below},
        state=_policies,
    ),
    Command(
        os="asa",
        name="show running-config tunnel-group",
        aliases=("show running-config all tunnel-group",),
        arguments=("WORD",),
        kinds={"group": TunnelGroup, "block": TunnelGroup, "block.attribute": ConfigAttribute},
        prepare=_ATTRIBUTE,
        validate={"block": _lines_below},
        state=_tunnel_groups,
        silent_when_empty=True,
    ),
    Command(
        os="asa",
        name="show running-config webvpn",
        aliases=("show running-config all webvpn",),
        kinds={"start.attribute": ConfigAttribute},
        prepare={"start.attribute": _webvpn_line},
        state=_webvpn,
        silent_when_empty=True,
    ),
    Command(
        os="asa",
        name="show running-config ssl",
        aliases=("show running-config all ssl",),
        kinds={"cipher": SslCipher, "binding": SslBinding},
        prepare={"cipher": _cipher},
        state=_ssl,
        silent_when_empty=True,
    ),
    Command(
        os="asa",
        name="show running-config crypto",
        aliases=(
            "show running-config all crypto",
            "show running-config ipsec",
            "show running-config isakmp",
            "show running-config all ipsec",
        ),
        arguments=tuple(
            f"{word}{more}"
            for word in ("map", "dynamic-map", "ipsec", "isakmp", "ikev1", "ikev2", "ca", "engine")
            for more in ("", " WORD")
        ),
        kinds={},
        state=crypto_state,
        conserve=(crypto_is_whole,),
        silent_when_empty=True,
    ),
)
