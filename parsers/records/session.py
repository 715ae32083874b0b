"""IKE as the session and detail commands of IOS show it: crypto sessions, ISAKMP SAs with their algorithms."""

from __future__ import annotations

from dataclasses import dataclass

from .. import algorithms
from ..fields.columns import Address, column, duration_or_none, integer_or_none, name_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpSaDetail:
    """One row of `show crypto isakmp sa detail`; remaining_seconds is the lifetime that is left.

    encryption carries no key size where the device prints none ("aes"). capabilities: C, D, K, N, T, X as printed.
    """

    connection_id: int
    local_address: Address
    remote_address: Address
    vrf: str | None = None
    status: str | None = None
    encryption: str
    integrity: str | None = column(algorithms.ikev2_integrity, source="integrity_text", default=None)
    integrity_text: str
    authentication: str
    dh_group: int
    remaining_seconds: int | None = column(duration_or_none, default=None)
    capabilities: frozenset[str] = column(lambda text: frozenset(text.split()[0]), default=frozenset())
    engine: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionIke:
    """The IKE SA of a crypto session. version 1 or 2; None where an old release only says "IKE SA"."""

    session_id: int | None = column(lambda text: int(text.split(":")[1]), default=None)
    version: int | None = None
    local_address: Address
    local_port: int
    remote_address: Address
    remote_port: int
    state: str
    capabilities: frozenset[str] = column(lambda text: frozenset() if text == "(none)" else frozenset(text), default=frozenset())
    connection_id: int | None = None
    lifetime_seconds: int | None = column(duration_or_none, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFlow:
    """One flow of a crypto session; selector is what stands behind "IPSEC FLOW:". Lifetimes are what is left.

    Remaining kilobytes None: volume rekey is off.
    """

    selector: str
    active_sas: int
    origin: str | None = None
    decrypted_packets: int | None = None
    inbound_drops: int | None = None
    inbound_remaining_kilobytes: int | None = column(integer_or_none, default=None)
    inbound_remaining_seconds: int | None = None
    encrypted_packets: int | None = None
    outbound_drops: int | None = None
    outbound_remaining_kilobytes: int | None = column(integer_or_none, default=None)
    outbound_remaining_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoSession:
    """One session of `show crypto session`. UP-ACTIVE, UP-IDLE and UP-NO-IKE are up, DOWN* is down."""

    interface: str
    username: str | None = None
    profile: str | None = None
    group: str | None = None
    assigned_address: Address | None = None
    uptime_seconds: int | None = column(duration_or_none, default=None)
    status: str
    peer: Address
    peer_port: int
    fvrf: str | None = column(name_or_none, default=None)
    ivrf: str | None = column(name_or_none, default=None)
    phase1_id: str | None = None
    description: str | None = None
    ikes: tuple[SessionIke, ...] = column(source="ike", default=())
    flows: tuple[SessionFlow, ...] = column(source="flow", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoSessionBrief:
    """One row of `show crypto session brief`. status: letters of A, U, D, I, S, N, K; ivrf from the line above."""

    ivrf: str | None = column(name_or_none, inherit=True, default=None)
    peer: Address
    interface: str
    names: tuple[str, ...] = column(lambda text: tuple(text.split()), default=())
    uptime_seconds: int | None = column(duration_or_none, default=None)
    status: str
