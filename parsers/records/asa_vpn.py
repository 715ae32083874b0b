"""IKE and IPsec state of an ASA: security associations, flows, and the VPN session database."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from .. import algorithms
from ..fields.columns import Address, Column, Spi, address, duration, name_or_none, words
from ..fields.vocabulary import ASA_IKE_STATE, one_of
from .ikev2 import Ikev2Session
from .ipsec import Selector


def host(text: str) -> Address | str:
    """An address, or the name that stands for it: an ASA with `names` prints the name (8.0 on)."""
    try:
        return address(text.strip())
    except ValueError:
        return text.strip()


def host_or_none(text: str) -> Address | str | None:
    """A host, None where the device prints nothing or `0.0.0.0`."""
    return None if text.strip() in {"", "0.0.0.0", "::", "N/A"} else host(text)  # noqa: S104 - what a device prints


def mode_of(text: str) -> str | None:
    """`tunnel` or `transport` out of `{L2L, Tunnel, IKEv2, }`; VTI runs in tunnel mode."""
    return algorithms.mode_of(text)


def dh_group_or_none(text: str) -> int | None:
    """The number of a Diffie-Hellman group, None for words such as `none`."""
    digits = text.strip().lower().removeprefix("group")
    return int(digits) if digits.isdigit() else None


class AsaIkev1Sa(Struct, frozen=True, kw_only=True):
    """One IKEv1 SA of `show crypto isakmp sa` or `show crypto ikev1 sa`, in the block or the table form.

    state: MM_ACTIVE and AM_ACTIVE are up, MM_WAIT_MSGn waits for message n; always in upper case. kind: L2L, dynL2L or
    user, and user also for a LAN-to-LAN peer while it negotiates. rekey True: the SA that replaces another one.
    Everything from encryption on is only in the detailed form.
    """

    number: int
    peer: Annotated[Address | str, Column(host)]
    kind: str
    role: Annotated[str, Column(lambda text: {"init": "initiator", "resp": "responder"}.get(text.lower(), text.lower()))]
    rekey: bool
    state: Annotated[str, Column(one_of(ASA_IKE_STATE, str.upper))]
    encryption: Annotated[str | None, Column(algorithms.ikev2_encryption, source="encryption_text")] = None
    encryption_text: str | None = None
    integrity: Annotated[str | None, Column(algorithms.ikev2_integrity, source="integrity_text")] = None
    integrity_text: str | None = None
    authentication: str | None = None
    dh_group: int | None = None
    lifetime_seconds: int | None = None
    remaining_seconds: int | None = None


class AsaIkeSas(Struct, frozen=True, kw_only=True):
    """`show crypto isakmp sa`, which prints both IKE versions from 8.4 on; None: no section of that version."""

    ikev1: tuple[AsaIkev1Sa, ...] | None = None
    ikev2: tuple[Ikev2Session, ...] | None = None


class AsaIpsecSa(Struct, frozen=True, kw_only=True):
    """One IPsec security association of one direction (inbound or outbound); protocol is esp.

    state is printed from 8.4 on ("active"). settings: L2L or RA, Tunnel, NAT-T-Encaps, IKEv1 or IKEv2, VTI, PFS Group n.
    remaining_kilobytes None: no volume limit.
    """

    direction: Annotated[str, Column(str.lower, inherit=True)]
    protocol: Annotated[str, Column(str.lower, inherit=True)]
    spi: Spi
    state: Annotated[str | None, Column(str.lower)] = None
    transform: Annotated[str, Column(lambda text: text.strip(" ,"))]
    encryption: Annotated[str | None, Column(algorithms.encryption_of, source="transform")]
    integrity: Annotated[str | None, Column(algorithms.integrity_of, source="transform")]
    settings: Annotated[frozenset[str], Column(words)] = frozenset()
    mode: Annotated[str | None, Column(mode_of, source="settings")] = None
    slot: int | None = None
    connection_id: int | None = None
    map_tag: str | None = None
    remaining_kilobytes: int | None = None
    remaining_seconds: int | None = None
    iv_bytes: int | None = None
    replay_detection: bool | None = None


class AsaIpsecFlow(Struct, frozen=True, kw_only=True):
    """One pair of identities of an ASA with its counters and security associations.

    interface is the nameif, None in the answer to `peer X`, which prints the peer in its place. Fields have the names of
    IpsecFlow where they mean the same. local_address, peer and the endpoints are names where the ASA knows a name.
    Two SAs per direction are a rekey. A flow without SAs is not printed at all.
    """

    interface: Annotated[str | None, Column(inherit=True)] = None
    map_tag: Annotated[str, Column(inherit=True)]
    sequence: Annotated[int | None, Column(inherit=True)] = None
    local_address: Annotated[Address | str, Column(host, inherit=True)]
    access_list: Annotated[str | None, Column(lambda text: text.strip(), inherit=True)] = None
    vrf: Annotated[str | None, Column(name_or_none, inherit=True)] = None
    local_ident: Selector
    remote_ident: Selector
    peer: Annotated[Address | str, Column(host)]
    peer_port: int | None = None
    username: str | None = None
    assigned_address: Annotated[Address | str | None, Column(host_or_none)] = None
    assigned_ipv6_address: Annotated[Address | str | None, Column(host_or_none)] = None
    encapsulated_packets: int
    encrypted_packets: int
    digested_packets: int
    decapsulated_packets: int
    decrypted_packets: int
    verified_packets: int
    compressed_packets: int | None = None
    decompressed_packets: int | None = None
    not_compressed_packets: int | None = None
    compression_failed_packets: int | None = None
    decompression_failed_packets: int | None = None
    fragmentation_successes: int | None = None
    fragmentation_failures: int | None = None
    created_fragments: int | None = None
    pmtus_sent: int | None = None
    pmtus_received: int | None = None
    reassembled_fragments: int | None = None
    send_errors: int | None = None
    receive_errors: int | None = None
    no_sa_packets: int | None = None
    invalid_sa_packets: int | None = None
    encapsulation_failed_packets: int | None = None
    decapsulation_failed_packets: int | None = None
    invalid_protocol_packets: int | None = None
    verification_failed_packets: int | None = None
    invalid_identity_packets: int | None = None
    invalid_length_packets: int | None = None
    replay_failed_packets: int | None = None
    internal_error_sent_packets: int | None = None
    internal_error_received_packets: int | None = None
    local_endpoint: Annotated[Address | str, Column(host)]
    local_port: int | None = None
    remote_endpoint: Annotated[Address | str, Column(host)]
    remote_port: int | None = None
    path_mtu_bytes: int
    overhead_bytes: int | None = None
    media_mtu_bytes: int | None = None
    df_policy: str | None = None
    current_outbound_spi: Spi
    current_inbound_spi: Spi | None = None
    sas: Annotated[tuple[AsaIpsecSa, ...], Column(source="sa")] = ()


def session_duration(text: str) -> int:
    """Seconds of `52d 6h:35m:23s`, `0h:00m:15s` and the `6:16:26` of 8.0."""
    return duration(text)


def tunnel_encryption(text: str) -> str | None:
    """Canonical cipher of one tunnel (`AES256`, `AES-GCM-256`), None for `none`; RC4 and other SSL ciphers as printed."""
    try:
        return algorithms.ikev2_encryption(text)
    except ValueError:
        return text.strip().lower()


def tunnel_integrity(text: str) -> str | None:
    """Canonical integrity algorithm of one tunnel, None for `none` and AEAD ciphers."""
    try:
        return algorithms.ikev2_integrity(text)
    except ValueError:
        return text.strip().lower()


def _seconds(text: str) -> int:
    return int(text.lower().removesuffix("seconds"))


def _kilobytes(text: str) -> int:
    return int(text.lower().removesuffix("k-bytes"))


def _minutes(text: str) -> int:
    return int(text.lower().removesuffix("minutes"))


class VpnTunnel(Struct, frozen=True, kw_only=True):
    """One tunnel of a VPN session in the detailed form.

    kind: IKEv1, IKEv2, IKE (8.0 to 8.3), IPsec, IPsecOverNatT, IPsecOverUDP, AnyConnect-Parent, SSL-Tunnel, DTLS-Tunnel, ...
    local_selector and remote_selector as printed (address/mask, from 8.2 on with /protocol/port). rekey_*: interval and
    what is left of it, by time and by data.
    """

    kind: str
    tunnel_id: str | None = None
    assigned_address: str | None = None
    public_address: str | None = None
    source_port: int | None = None
    destination_port: int | None = None
    negotiation_mode: str | None = None
    authentication: str | None = None
    remote_authentication: str | None = None
    local_authentication: str | None = None
    local_selector: str | None = None
    remote_selector: str | None = None
    encryption: Annotated[str | None, Column(tunnel_encryption, source="encryption_text")] = None
    encryption_text: str | None = None
    integrity: Annotated[str | None, Column(tunnel_integrity, source="integrity_text")] = None
    integrity_text: str | None = None
    cipher_suite: str | None = None
    encapsulation: str | None = None
    compression: str | None = None
    prf: str | None = None
    dh_group: Annotated[int | None, Column(dh_group_or_none)] = None
    pfs_group: Annotated[int | None, Column(dh_group_or_none)] = None
    rekey_interval_seconds: Annotated[int | None, Column(_seconds)] = None
    rekey_left_seconds: Annotated[int | None, Column(_seconds)] = None
    rekey_interval_kilobytes: Annotated[int | None, Column(_kilobytes)] = None
    rekey_left_kilobytes: Annotated[int | None, Column(_kilobytes)] = None
    idle_timeout_minutes: Annotated[int | None, Column(_minutes)] = None
    idle_left_minutes: Annotated[int | None, Column(_minutes)] = None
    connection_timeout_minutes: Annotated[int | None, Column(_minutes)] = None
    connection_left_minutes: Annotated[int | None, Column(_minutes)] = None
    client_os: str | None = None
    client_type: str | None = None
    client_version: str | None = None
    filter_name: str | None = None
    bytes_sent: int | None = None
    bytes_received: int | None = None
    packets_sent: int | None = None
    packets_received: int | None = None
    dropped_sent_packets: int | None = None
    dropped_received_packets: int | None = None


class TunnelCount(Struct, frozen=True, kw_only=True):
    """How many tunnels of one kind a detailed session says it has."""

    kind: str
    count: int


class VpnSession(Struct, frozen=True, kw_only=True):
    """One session of `show vpn-sessiondb l2l`, `anyconnect` (8.0 to 8.3: `svc`), `webvpn` or `remote`.

    session_type: what stands behind "Session Type:". connection: the tunnel group of a LAN-to-LAN session
    (DefaultL2LGroup: the peer's address is in no tunnel group). address: the peer, or a name. encryption_text and
    integrity_text as printed, with the tunnels that use them. packets_* only where they are printed.
    """

    session_type: Annotated[str, Column(lambda text: text.strip(), inherit=True)]
    username: str | None = None
    connection: str | None = None
    index: int
    address: Annotated[Address | str | None, Column(host_or_none)] = None
    assigned_address: Annotated[Address | str | None, Column(host_or_none)] = None
    assigned_ipv6_address: Annotated[Address | str | None, Column(host_or_none)] = None
    public_address: Annotated[Address | str | None, Column(host_or_none)] = None
    public_ipv6_address: Annotated[Address | str | None, Column(host_or_none)] = None
    protocols: Annotated[tuple[str, ...], Column(lambda text: tuple(text.split()), source="protocol")] = ()
    license: str | None = None
    encryption_text: str | None = None
    integrity_text: str | None = None
    authentication: str | None = None
    bytes_sent: int | None = None
    bytes_received: int | None = None
    packets_sent: int | None = None
    packets_received: int | None = None
    dropped_sent_packets: int | None = None
    dropped_received_packets: int | None = None
    group_policy: str | None = None
    tunnel_group: str | None = None
    login_time: str | None = None
    duration_seconds: Annotated[int | None, Column(session_duration)] = None
    inactivity_seconds: Annotated[int | None, Column(session_duration)] = None
    filter_name: str | None = None
    audit_session_id: str | None = None
    vlan: str | None = None
    security_group: str | None = None
    client_type: str | None = None
    client_version: str | None = None
    tunnel_counts: Annotated[tuple[TunnelCount, ...], Column(source="tunnel_count")] = ()
    tunnels: Annotated[tuple[VpnTunnel, ...], Column(source="tunnel")] = ()


def _count(text: str) -> int | None:
    digits = text.strip(" :")
    return int(digits) if digits else None


class SummaryRow(Struct, frozen=True, kw_only=True):
    """One row of `show vpn-sessiondb`. table: the heading above it ("VPN Session Summary", "Sessions", ...)."""

    table: Annotated[str, Column(lambda text: text.strip(" :"), inherit=True)]
    name: str
    active: int | None = None
    cumulative: int | None = None
    peak: Annotated[int | None, Column(_count)] = None
    inactive: Annotated[int | None, Column(_count)] = None


class SessionSummary(Struct, frozen=True, kw_only=True):
    """`show vpn-sessiondb`: rows of sessions and of tunnels. capacity: sessions that the device allows."""

    rows: Annotated[tuple[SummaryRow, ...], Column(source="row")] = ()
    total_active: int | None = None
    total_cumulative: int | None = None
    capacity: int | None = None
    load_percent: int | None = None
