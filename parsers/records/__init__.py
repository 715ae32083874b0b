"""Typed, frozen records of device state. Units are in the names; SPIs are integers."""

from .ike import IsakmpPolicy, IsakmpSa
from .ipsec import CryptoMapEntry, EngineConnection, IpsecFlow, IpsecSa, Selector
from .system import InterfaceBrief, IosVersion, NatTranslation, NextHop, PingResult, Route, Storage

__all__ = [
    "CryptoMapEntry",
    "EngineConnection",
    "InterfaceBrief",
    "IosVersion",
    "IpsecFlow",
    "IpsecSa",
    "IsakmpPolicy",
    "IsakmpSa",
    "NatTranslation",
    "NextHop",
    "PingResult",
    "Route",
    "Selector",
    "Storage",
]
