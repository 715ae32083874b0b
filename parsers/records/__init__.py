"""Typed, frozen records of device state. Units are in the names; SPIs are integers."""

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
