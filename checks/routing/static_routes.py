"""Static routes of a configuration as ways: what a routing table will say once a change has given or taken some."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address

from msgspec import Struct

from ...changes.config_object import ConfigObject
from ...changes.families.uses import destination
from ...changes.plans.change import Change
from .ways import Path, Ways

FAMILY = "static-route"


class _Hop(Struct, frozen=True):
    """The next hop of a configured route: on IOS an address or an interface, on an ASA both."""

    interface: str | None
    gateway: IPv4Address | None


def path_of(item: ConfigObject) -> Path | None:
    """The way of a static route; None for one of a VRF, or whose network is a name."""
    prefix, hop = destination(item), item.groups["hop"]
    if prefix is None or item.groups.get("vrf"):
        return None
    gateway = item.groups.get("gateway") or (hop if hop[0].isdigit() else "")
    interface = item.groups.get("nameif") or (hop if not hop[0].isdigit() else "")
    try:
        return Path(prefix, (_Hop(interface or None, IPv4Address(gateway) if gateway else None),))
    except ValueError:  # an ASA may have a name in the place of the address
        return None


def with_routes(ways: Ways, given: Iterable[ConfigObject], taken: Iterable[ConfigObject]) -> Ways:
    """The same table without the static routes ``taken``, and with those that are ``given``."""
    going = [path for item in taken if (path := path_of(item)) is not None]
    coming = [path for item in given if (path := path_of(item)) is not None]
    if not going and not coming:
        return ways
    gone = [path for other in going for path in ways.at(other.prefix) if _is_of(path, other)]
    more = [path for path in coming if not any(_is_of(other, path) for other in ways.at(path.prefix))]
    return Ways(more, ways, gone)


def _is_of(path: Path, configured: Path) -> bool:
    """True for the entry of the table that a configured route makes; the table may name the interface as well."""
    (wanted,) = configured.hops
    if path.prefix != configured.prefix or path.connected:
        return False
    return any(
        hop.gateway == wanted.gateway and (hop.interface == wanted.interface or None in (hop.interface, wanted.interface))
        for hop in path.hops
    )


def after(ways: Ways, change: Change) -> Ways:
    """The table as it will be after a change."""
    given, taken = ([item for item in items if item.family.name == FAMILY] for items in (change.created, change.removed))
    return with_routes(ways, given, taken)
