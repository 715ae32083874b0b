"""IKEv2 state: security associations, sessions with their child SAs, reconnect counters."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from msgspec import Struct

from .. import algorithms
from ..fields.columns import Address, Column, Spi, address, name_or_none, squeezed
from ..fields.vocabulary import SESSION_STATUS, one_of


@lru_cache(maxsize=256)
def _fvrf(text: str) -> str | None:
    return name_or_none(text.split("/")[0])


@lru_cache(maxsize=256)
def _ivrf(text: str) -> str | None:
    return name_or_none(text.split("/")[1])


@lru_cache(maxsize=256)
def _behind_colon(text: str) -> str:
    return text.split(":")[1].strip()


class AddressRange(Struct, frozen=True):
    """One side of a traffic selector, as `192.168.20.5/0 - 192.168.20.5/65535` prints it: addresses and ports."""

    first: Address
    last: Address
    first_port: int
    last_port: int

    @classmethod
    def parse(cls, text: str) -> AddressRange:
        """From first/port - last/port; raises ValueError."""
        (first, first_port), (last, last_port) = (part.strip().rsplit("/", 1) for part in text.split(" - "))
        return cls(address(first), address(last), int(first_port), int(last_port))


class Ikev2Sa(Struct, frozen=True, kw_only=True):
    """One IKEv2 SA. status READY is up, IN-NEG negotiating, DELETE going away.

    role (INITIATOR, RESPONDER) is printed by an ASA, `initiator` by IOS in the detailed form. Everything from
    session_id on is only in the detailed form. encryption and integrity are canonical, None while negotiating and, for
    integrity, with AEAD ciphers. auth_verify reads PSK after a reconnect (C8000V sample).
    """

    tunnel_id: int
    local_address: Address
    local_port: int
    remote_address: Address
    remote_port: int
    fvrf: Annotated[str | None, Column(_fvrf, source="vrfs")] = None
    ivrf: Annotated[str | None, Column(_ivrf, source="vrfs")] = None
    status: str
    role: str | None = None
    encryption: Annotated[str | None, Column(algorithms.ikev2_encryption, source="encryption_text")] = None
    encryption_text: str | None = None
    prf: Annotated[str | None, Column(_behind_colon)] = None
    integrity: Annotated[str | None, Column(algorithms.ikev2_integrity, source="integrity_text")] = None
    integrity_text: str | None = None
    dh_group: int | None = None
    auth_sign: str | None = None
    auth_verify: Annotated[str | None, Column(lambda text: text.removesuffix(", QR"))] = None
    lifetime_seconds: int | None = None
    active_seconds: int | None = None
    session_id: int | None = None
    ce_id: int | None = None
    status_description: str | None = None
    local_spi: Spi | None = None
    remote_spi: Spi | None = None
    local_id: str | None = None
    remote_id: str | None = None
    remote_eap_id: str | None = None
    dpd_seconds: int | None = None
    dpd_retry: int | None = None
    fragmentation: Annotated[str | None, Column(squeezed)] = None
    extended_authentication: Annotated[str | None, Column(squeezed)] = None
    nat_traversal: Annotated[str | None, Column(squeezed)] = None
    assigned_address: Address | None = None
    initiator: bool | None = None
    peer_type: str | None = None


class TrafficSelectors(Struct, frozen=True, kw_only=True):
    """Which traffic a child SA carries."""

    local: Annotated[AddressRange, Column(AddressRange.parse, source="local_selector")]
    remote: Annotated[AddressRange, Column(AddressRange.parse, source="remote_selector")]


class ChildSa(Struct, frozen=True, kw_only=True):
    """One child SA of an IKEv2 session; the SPIs of AH and compression (CPI) are 0 where they are not used."""

    selectors: Annotated[tuple[TrafficSelectors, ...], Column(source="selector")] = ()
    esp_spi_in: Spi
    esp_spi_out: Spi
    ah_spi_in: Spi | None = None
    ah_spi_out: Spi | None = None
    cpi_in: Spi | None = None
    cpi_out: Spi | None = None
    encryption: Annotated[str | None, Column(algorithms.ikev2_encryption, source="encryption_text")] = None
    encryption_text: str | None = None
    integrity: Annotated[str | None, Column(algorithms.ikev2_integrity, source="integrity_text")] = None
    integrity_text: str | None = None
    compression: str | None = None
    mode: str | None = None


class Ikev2Session(Struct, frozen=True, kw_only=True):
    """One IKEv2 session. status: UP-ACTIVE, UP-IDLE, DOWN-NEGOTIATING, ... ike_count and child_count as printed."""

    session_id: int
    status: Annotated[str, Column(one_of(SESSION_STATUS))]
    ike_count: int
    child_count: int
    ikes: Annotated[tuple[Ikev2Sa, ...], Column(source="ike")] = ()
    children: Annotated[tuple[ChildSa, ...], Column(source="child")] = ()


class ReconnectStats(Struct, frozen=True, kw_only=True):
    """Counters of IKEv2 auto-reconnect, of the whole device (C8000V sample). total = success + failed."""

    total: int
    success: int
    failed: int
    active_capable_sessions: int
    inactive_capable_sessions: int
