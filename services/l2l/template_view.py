"""One end of ours as the templates see it: what is wanted, and what its device calls its own."""

from __future__ import annotations

from ...changes.configurations import tree
from ...changes.configurations.nameif import find_interface, interfaces
from ...inventory.errors import ChangeError
from ...inventory.intents.intent import Side, Style
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ..service import Site
from . import features
from .records import WantedEnd


def member_of(site: Site[WantedEnd], style: Style) -> features.Member:
    """One end of ours as the templates see it, with what an ASA calls its interfaces."""
    wants = site.member.wants
    outside = names_on(site.platform, wants.end, site.running).get("nameif", "")
    inside = _inside(site) if outside else ""
    return features.Member(
        wants.end.local,
        wants.end.remote,
        name=wants.name,
        platform=site.platform,
        ike_version=wants.ike_version,
        style=style,
        ike=wants.ike,
        ipsec=wants.ipsec,
        pfs_group=wants.pfs_group,
        dpd=wants.dpd,
        key=site.keys[wants.key_ref],
        tunnel=wants.tunnel,
        routes=wants.routes,
        nat_exemption=wants.nat_exemption,
        nameif=outside,
        inside_nameif=inside,
    )


def _inside(site: Site[WantedEnd]) -> str:
    """What an ASA calls the interface that has the probe address, or is in its network; empty where none does."""
    probe = site.member.wants.end.local.probe_address
    found = (
        item for item in interfaces(tree.parse(site.running)) if item.address and item.nameif and probe in item.address.network
    )
    return next((item.nameif or "" for item in found), "")


def names_on(platform: Platform, end: Side, running: str) -> dict[str, str]:
    """What a template needs of the device's own names: on an ASA the ``nameif`` of the outside interface.

    Raises ChangeError where the interface is not there or has no name.
    """
    if not system_of(platform).has_nameif:
        return {}
    local = end.local
    found = find_interface(tree.parse(running), local.interface)
    if found is None or found.nameif is None:
        state = "has no nameif" if found else "is not there"
        raise ChangeError(f"{local.host}: interface {local.interface} {state}, and an ASA binds a crypto map to a nameif")
    return {"nameif": found.nameif}
