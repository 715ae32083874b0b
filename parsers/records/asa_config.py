"""Sections of the running configuration of an ASA, as typed state. No record holds a key or a password."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Annotated

from msgspec import Struct

from .. import algorithms
from ..fields.columns import Column, squeezed


def ciphers(text: str) -> tuple[str, ...]:
    """`aes-gcm-256 aes-256 3des` as canonical names; `null` and unknown words stay as they stand."""
    return tuple(algorithms.ENCRYPTION.get(word, word) for word in text.lower().split())


def hashes(text: str) -> tuple[str, ...]:
    """`sha-256 sha` as canonical names; `null` (with GCM) and unknown words stay as they stand."""
    return tuple(algorithms.INTEGRITY.get(word, word) for word in text.lower().split())


def groups(text: str) -> tuple[int, ...]:
    """`21 20 14` or `group14` as numbers."""
    return tuple(int(word.removeprefix("group")) for word in text.split())


def value_or_none(text: str) -> str | None:
    """What stands behind the name of an attribute, without the word `value` before it; None where nothing does."""
    return squeezed(text).removeprefix("value ") or None


class ConfigAttribute(Struct, frozen=True, kw_only=True):
    """One line of a section. section: the mode that it stands in (`webvpn`, `general-attributes`, ...), None: the first.

    name: its key words. value: the rest without the word `value`, None for keys, passwords and bare words; `none` and
    `disable` stand as they are. negated: the line begins with `no`. secret: a key stands here, and is not kept.
    """

    section: Annotated[str | None, Column(inherit=True)] = None
    name: Annotated[str, Column(squeezed)]
    value: Annotated[str | None, Column(value_or_none)] = None
    negated: Annotated[bool, Column(lambda text: bool(text.strip()))] = False
    secret: Annotated[bool, Column(lambda text: bool(text.strip()))] = False


class GroupPolicy(Struct, frozen=True, kw_only=True):
    """One group policy. kind: internal or external, None where only attributes are printed.

    In `show running-config` an attribute that is not printed is inherited; in `show running-config all` every one is.
    """

    name: str
    kind: str | None = None
    inherits_from: str | None = None
    attributes: Annotated[tuple[ConfigAttribute, ...], Column(source="attribute")] = ()

    def value(self, name: str) -> str | None:
        """The value of an attribute of the policy itself; None where it is not printed."""
        return next((item.value for item in self.attributes if item.name == name and not item.negated), None)


class GroupUrl(Struct, frozen=True, kw_only=True):
    """A URL or an alias that leads to a tunnel group."""

    text: str
    enabled: Annotated[bool, Column(lambda text: text.strip() == "enable")] = False


class TunnelGroup(Struct, frozen=True, kw_only=True):
    """One tunnel group (connection profile). kind: ipsec-l2l, remote-access (8.0: webvpn, ipsec-ra), None if not printed.

    authentication is that of its webvpn-attributes. without_csd: clients that come by its group URL skip CSD (8.2 on).
    keys: where pre-shared keys stand ("pre-shared-key", "ikev2 local-authentication pre-shared-key", ...).
    """

    name: str
    kind: str | None = None
    default_group_policy: str | None = None
    address_pools: tuple[str, ...] = ()
    authentication: str | None = None
    group_urls: tuple[GroupUrl, ...] = ()
    group_aliases: tuple[GroupUrl, ...] = ()
    without_csd: bool = False
    keys: tuple[str, ...] = ()
    attributes: tuple[ConfigAttribute, ...] = ()


class ClientImage(Struct, frozen=True, kw_only=True):
    """One AnyConnect (8.0 to 8.3: SVC) image and its order."""

    file: str
    order: int | None = None


class AsaWebvpn(Struct, frozen=True, kw_only=True):
    """The global section webvpn. csd: Cisco Secure Desktop, later Hostscan. attributes: every line, those included that
    have a field of their own."""

    enabled_interfaces: tuple[str, ...] = ()
    csd_image: str | None = None
    csd_enabled: bool = False
    client_images: tuple[ClientImage, ...] = ()
    client_enabled: bool = False
    group_list_enabled: bool = False
    attributes: tuple[ConfigAttribute, ...] = ()


class SslCipher(Struct, frozen=True, kw_only=True):
    """One `ssl cipher` line (9.3(2) on). version: default, tlsv1, tlsv1.2, dtlsv1, ...; suites only at level custom."""

    version: str
    level: str
    suites: Annotated[tuple[str, ...], Column(source="suite")] = ()


class SslBinding(Struct, frozen=True, kw_only=True):
    """One `ssl trust-point` line; interface None: for every interface without one of its own."""

    trust_point: str
    interface: str | None = None


class AsaSslConfig(Struct, frozen=True, kw_only=True):
    """The lines of `ssl`. encryption: the order of ciphers up to 9.3(1); ciphers: from 9.3(2) on."""

    server_version: str | None = None
    client_version: str | None = None
    encryption: tuple[str, ...] = ()
    ciphers: tuple[SslCipher, ...] = ()
    dh_group: str | None = None
    ecdh_group: str | None = None
    trust_points: tuple[SslBinding, ...] = ()
    certificate_authentication: tuple[str, ...] = ()


class AsaIkePolicy(Struct, frozen=True, kw_only=True):
    """One IKE policy; version 1 (before 8.4: `crypto isakmp policy`) or 2. Every choice in its order, canonical names.

    lifetime_seconds 0: no limit (`lifetime none`).
    """

    version: int
    number: int
    authentication: str | None = None
    encryption: tuple[str, ...] = ()
    integrity: tuple[str, ...] = ()
    prf: tuple[str, ...] = ()
    dh_groups: tuple[int, ...] = ()
    lifetime_seconds: int | None = None


class AsaTransformSet(Struct, frozen=True, kw_only=True):
    """One IKEv1 transform set; mode transport only where it is configured."""

    name: str
    transform: str | None = None
    encryption: str | None = None
    integrity: str | None = None
    mode: str = "tunnel"


class AsaIpsecProposal(Struct, frozen=True, kw_only=True):
    """One IKEv2 IPsec proposal; canonical names, in their order; integrity is empty or null with GCM."""

    name: str
    encryption: tuple[str, ...] = ()
    integrity: tuple[str, ...] = ()


class AsaIpsecProfile(Struct, frozen=True, kw_only=True):
    """One `crypto ipsec profile` (9.7 on), used by tunnel interfaces. pfs_group None with pfs: the release's default."""

    name: str
    ikev1_transform_sets: tuple[str, ...] = ()
    ikev2_proposals: tuple[str, ...] = ()
    pfs: bool = False
    pfs_group: int | None = None
    lifetime_seconds: int | None = None
    lifetime_kilobytes: int | None = None
    responder_only: bool = False
    attributes: tuple[ConfigAttribute, ...] = ()


class AsaCryptoMapEntry(Struct, frozen=True, kw_only=True):
    """One entry of a crypto map, or of a dynamic map. dynamic_map: the template that an entry of the map refers to.

    pfs with pfs_group None: the release's default (group 2 before 9.13, group 14 from then on). peers are names where
    the configuration has names. lifetime_kilobytes None: the global one, or unlimited.
    """

    name: str
    sequence: int
    dynamic: bool = False
    dynamic_map: str | None = None
    access_list: str | None = None
    peers: tuple[IPv4Address | IPv6Address | str, ...] = ()
    ikev1_transform_sets: tuple[str, ...] = ()
    ikev2_proposals: tuple[str, ...] = ()
    pfs: bool = False
    pfs_group: int | None = None
    lifetime_seconds: int | None = None
    lifetime_kilobytes: int | None = None
    attributes: tuple[ConfigAttribute, ...] = ()


class MapBinding(Struct, frozen=True, kw_only=True):
    """Which crypto map an interface has."""

    name: str
    interface: str


class AsaCrypto(Struct, frozen=True, kw_only=True):
    """`show running-config crypto`, or a part of it. enabled: interfaces on which an IKE version answers.

    trust_points: names of `crypto ca trustpoint`. other: lines that are understood and have no field of their own;
    certificates are not kept.
    """

    ike_policies: tuple[AsaIkePolicy, ...] = ()
    ikev1_interfaces: tuple[str, ...] = ()
    ikev2_interfaces: tuple[str, ...] = ()
    transform_sets: tuple[AsaTransformSet, ...] = ()
    ipsec_proposals: tuple[AsaIpsecProposal, ...] = ()
    ipsec_profiles: tuple[AsaIpsecProfile, ...] = ()
    map_entries: tuple[AsaCryptoMapEntry, ...] = ()
    map_bindings: tuple[MapBinding, ...] = ()
    trust_points: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
