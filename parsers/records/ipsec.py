"""IPsec state of IOS: flows with their counters and security associations, crypto engine connections, crypto maps."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from .. import algorithms
from ..fields.columns import Address, Column, Network, Spi, address_or_none, duration, name_or_none, network, words
from ..fields.vocabulary import SA_STATUS, one_of


class Selector(Struct, frozen=True):
    """Which traffic: an identity as `10.10.10.0/255.255.255.0/0/0` prints it. protocol and port 0 mean any.

    last_port: where a range of ports begins with `port` (an ASA with IKEv2 prints `6/1024 - 2048`); None for one port.
    All ports, `0 - 65535`, are any port.
    """

    network: Network
    protocol: int
    port: int
    last_port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Selector:
        """From address/mask/protocol/port; raises ValueError."""
        prefix, protocol, ports = text.rsplit("/", 2)
        first, _, last = ports.partition("-")
        one = not last or int(first) == int(last) or (int(first), int(last)) == (0, 65535)
        return cls(network(prefix), int(protocol), int(first), None if one else int(last))


class IpsecSa(Struct, frozen=True, kw_only=True):
    """One IPsec security association of one direction.

    direction: inbound or outbound. protocol: esp, ah or pcp (compression). transform is as printed; encryption and
    integrity are canonical, None where the transform has none. remaining_kilobytes None: volume rekey is off.
    remaining_seconds is rounded down to the minute where the device prints hours and minutes (IOS-XE 17).
    status is printed from 12.4 on. flow_id may hold a space ("Onboard VPN:1", Cisco 881, IOS 15.4(3)M3).
    """

    direction: Annotated[str, Column(str.lower, inherit=True)]
    protocol: Annotated[str, Column(str.lower, inherit=True)]
    spi: Spi
    transform: Annotated[str, Column(lambda text: text.strip(" ,"))]
    encryption: Annotated[str | None, Column(algorithms.encryption_of, source="transform")]
    integrity: Annotated[str | None, Column(algorithms.integrity_of, source="transform")]
    settings: Annotated[frozenset[str], Column(words)] = frozenset()
    mode: Annotated[str | None, Column(algorithms.mode_of, source="settings")] = None
    slot: int | None = None
    connection_id: int | None = None
    flow_id: str | None = None
    map_tag: str | None = None
    remaining_kilobytes: int | None = None
    remaining_seconds: Annotated[int | None, Column(duration)] = None
    iv_bytes: int | None = None
    replay_detection: bool | None = None
    replay_window_packets: int | None = None
    status: Annotated[str | None, Column(one_of(SA_STATUS))] = None


class IpsecFlow(Struct, frozen=True, kw_only=True):
    """One pair of identities with its counters and security associations.

    Packet counters are packets since the flow was made. current_outbound_spi is 0 where there is no SA; two SAs per
    direction are a rekey. path_mtu_bytes and its kin are as printed; the names differ between releases.
    """

    interface: Annotated[str, Column(inherit=True)]
    map_tag: Annotated[str, Column(inherit=True)]
    local_address: Annotated[Address | None, Column(inherit=True)] = None
    vrf: Annotated[str | None, Column(lambda text: name_or_none(text.split(":")[1]))] = None
    local_ident: Selector
    remote_ident: Selector
    peer: Address
    peer_port: Annotated[int | None, Column(lambda text: int(text.split()[-1].strip(":")))] = None
    action: str | None = None
    flags: Annotated[frozenset[str], Column(words)] = frozenset()
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
    not_decompressed_packets: int | None = None
    decompression_failed_packets: int | None = None
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
    replay_rollover_sent_packets: int | None = None
    replay_rollover_received_packets: int | None = None
    replay_failed_packets: int | None = None
    tagged_packets: int | None = None
    untagged_packets: int | None = None
    not_tagged_packets: int | None = None
    not_untagged_packets: int | None = None
    internal_error_sent_packets: int | None = None
    internal_error_received_packets: int | None = None
    local_endpoint: Address
    remote_endpoint: Address
    plaintext_mtu_bytes: int | None = None
    path_mtu_bytes: int
    media_mtu_bytes: int | None = None
    ip_mtu_bytes: int | None = None
    mtu_interface: str | None = None
    current_outbound_spi: Spi
    pfs: bool | None = None
    dh_group: str | None = None
    sas: Annotated[tuple[IpsecSa, ...], Column(source="sa")] = ()


class EngineConnection(Struct, frozen=True, kw_only=True):
    """One row of `show crypto engine connections active`; algorithm is cut short by the device.

    kind (IKE, IPsec) is printed by newer releases. interface and address are None where the row reads `<none>`.
    """

    connection_id: int
    kind: str | None = None
    interface: str | None = None
    address: Annotated[Address | None, Column(address_or_none)] = None
    state: str | None = None
    algorithm: str
    encrypted_packets: int
    decrypted_packets: int


class CryptoMapEntry(Struct, frozen=True, kw_only=True):
    """One entry of `show crypto map`.

    number: sequence number in the map. kind: ipsec-isakmp or ipsec-manual. dynamic_template: the dynamic map that a
    dynamic entry refers to, or that a temporary entry was made from. access_lines: the selectors, as printed.
    interfaces: only on the last entry of a map, where the device prints them.
    """

    name: str
    number: int
    kind: str
    dynamic_template: str | None = None
    peers: Annotated[tuple[str, ...], Column(source="peer")] = ()
    access_list: str | None = None
    access_lines: Annotated[tuple[str, ...], Column(source="access_line")] = ()
    current_peer: Address | None = None
    lifetime_kilobytes: int | None = None
    lifetime_seconds: int | None = None
    pfs: bool | None = None
    dh_group: str | None = None
    transform_sets: Annotated[tuple[str, ...], Column(source="transform_set")] = ()
    ikev2_profile: str | None = None
    isakmp_profile: str | None = None
    incomplete: Annotated[bool, Column(lambda _: True)] = False
    interfaces: Annotated[tuple[str, ...], Column(source="user")] = ()
