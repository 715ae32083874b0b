"""Typed, frozen records of device state. Units are in the names; SPIs are integers.

A record class costs about a millisecond to make, and a reading needs few of them: a module of records is imported when the
first of its names is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .ike import IsakmpPolicy, IsakmpSa
    from .ikev2 import AddressRange, ChildSa, Ikev2Sa, Ikev2Session, ReconnectStats, TrafficSelectors
    from .ipsec import CryptoMapEntry, EngineConnection, IpsecFlow, IpsecSa, Selector
    from .session import CryptoSession, CryptoSessionBrief, IsakmpSaDetail, SessionFlow, SessionIke
    from .system import InterfaceBrief, IosVersion, NatTranslation, NextHop, PingResult, Route, Storage
    from .tracking import (
        AccessEntry,
        AccessList,
        ArchivedConfig,
        ArchiveStatus,
        BgpNeighbor,
        BgpSummary,
        Clock,
        ReloadStatus,
        RouteMapEntry,
        SlaStatistics,
        SlaSummary,
        Track,
        VerifiedNextHop,
    )

__all__ = [
    "AccessEntry",
    "AccessList",
    "AddressRange",
    "ArchiveStatus",
    "ArchivedConfig",
    "BgpNeighbor",
    "BgpSummary",
    "ChildSa",
    "Clock",
    "CryptoMapEntry",
    "CryptoSession",
    "CryptoSessionBrief",
    "EngineConnection",
    "Ikev2Sa",
    "Ikev2Session",
    "InterfaceBrief",
    "IosVersion",
    "IpsecFlow",
    "IpsecSa",
    "IsakmpPolicy",
    "IsakmpSa",
    "IsakmpSaDetail",
    "NatTranslation",
    "NextHop",
    "PingResult",
    "ReconnectStats",
    "ReloadStatus",
    "Route",
    "RouteMapEntry",
    "Selector",
    "SessionFlow",
    "SessionIke",
    "SlaStatistics",
    "SlaSummary",
    "Storage",
    "Track",
    "TrafficSelectors",
    "VerifiedNextHop",
]

_MODULES = {
    "AccessEntry": "tracking",
    "AccessList": "tracking",
    "AddressRange": "ikev2",
    "ArchiveStatus": "tracking",
    "ArchivedConfig": "tracking",
    "BgpNeighbor": "tracking",
    "BgpSummary": "tracking",
    "ChildSa": "ikev2",
    "Clock": "tracking",
    "CryptoMapEntry": "ipsec",
    "CryptoSession": "session",
    "CryptoSessionBrief": "session",
    "EngineConnection": "ipsec",
    "Ikev2Sa": "ikev2",
    "Ikev2Session": "ikev2",
    "InterfaceBrief": "system",
    "IosVersion": "system",
    "IpsecFlow": "ipsec",
    "IpsecSa": "ipsec",
    "IsakmpPolicy": "ike",
    "IsakmpSa": "ike",
    "IsakmpSaDetail": "session",
    "NatTranslation": "system",
    "NextHop": "system",
    "PingResult": "system",
    "ReconnectStats": "ikev2",
    "ReloadStatus": "tracking",
    "Route": "system",
    "RouteMapEntry": "tracking",
    "Selector": "ipsec",
    "SessionFlow": "session",
    "SessionIke": "session",
    "SlaStatistics": "tracking",
    "SlaSummary": "tracking",
    "Storage": "system",
    "Track": "tracking",
    "TrafficSelectors": "ikev2",
    "VerifiedNextHop": "tracking",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
