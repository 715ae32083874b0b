"""IKE as the session and detail commands of IOS show it: crypto sessions, ISAKMP SAs with their algorithms."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from .. import algorithms
from ..fields.columns import Address, Column, duration_or_none, integer_or_none, name_or_none


def _letters(text: str) -> frozenset[str]:
    return frozenset() if text == "(none)" else frozenset(text)


class IsakmpSaDetail(Struct, frozen=True, kw_only=True):
    """One row of `show crypto isakmp sa detail`; remaining_seconds is the lifetime that is left.

    encryption carries no key size where the device prints none ("aes"). capabilities: C, D, K, N, T, X as printed.
    """

    connection_id: int
    local_address: Address
    remote_address: Address
    vrf: str | None = None
    status: str | None = None
    encryption: str
    integrity: Annotated[str | None, Column(algorithms.ikev2_integrity, source="integrity_text")] = None
    integrity_text: str
    authentication: str
    dh_group: int
    remaining_seconds: Annotated[int | None, Column(duration_or_none)] = None
    capabilities: Annotated[frozenset[str], Column(lambda text: frozenset(text.split()[0]))] = frozenset()
    engine: str | None = None


class SessionIke(Struct, frozen=True, kw_only=True):
    """The IKE SA of a crypto session. version 1 or 2; None where an old release only says "IKE SA"."""

    session_id: Annotated[int | None, Column(lambda text: int(text.split(":")[1]))] = None
    version: int | None = None
    local_address: Address
    local_port: int
    remote_address: Address
    remote_port: int
    state: str
    capabilities: Annotated[frozenset[str], Column(_letters)] = frozenset()
    connection_id: int | None = None
    lifetime_seconds: Annotated[int | None, Column(duration_or_none)] = None


class SessionFlow(Struct, frozen=True, kw_only=True):
    """One flow of a crypto session; selector is what stands behind "IPSEC FLOW:". Lifetimes are what is left.

    Remaining kilobytes None: volume rekey is off.
    """

    selector: str
    active_sas: int
    origin: str | None = None
    decrypted_packets: int | None = None
    inbound_drops: int | None = None
    inbound_remaining_kilobytes: Annotated[int | None, Column(integer_or_none)] = None
    inbound_remaining_seconds: int | None = None
    encrypted_packets: int | None = None
    outbound_drops: int | None = None
    outbound_remaining_kilobytes: Annotated[int | None, Column(integer_or_none)] = None
    outbound_remaining_seconds: int | None = None


class CryptoSession(Struct, frozen=True, kw_only=True):
    """One session of `show crypto session`. UP-ACTIVE, UP-IDLE and UP-NO-IKE are up, DOWN* is down."""

    interface: str
    username: str | None = None
    profile: str | None = None
    group: str | None = None
    assigned_address: Address | None = None
    uptime_seconds: Annotated[int | None, Column(duration_or_none)] = None
    status: str
    peer: Address
    peer_port: int
    fvrf: Annotated[str | None, Column(name_or_none)] = None
    ivrf: Annotated[str | None, Column(name_or_none)] = None
    phase1_id: str | None = None
    description: str | None = None
    ikes: Annotated[tuple[SessionIke, ...], Column(source="ike")] = ()
    flows: Annotated[tuple[SessionFlow, ...], Column(source="flow")] = ()


class CryptoSessionBrief(Struct, frozen=True, kw_only=True):
    """One row of `show crypto session brief`. status: letters of A, U, D, I, S, N, K; ivrf from the line above."""

    ivrf: Annotated[str | None, Column(name_or_none, inherit=True)] = None
    peer: Address
    interface: str
    names: Annotated[tuple[str, ...], Column(lambda text: tuple(text.split()))] = ()
    uptime_seconds: Annotated[int | None, Column(duration_or_none)] = None
    status: str
