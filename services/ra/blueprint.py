"""What is built for a group of VPN clients: the configuration of the router, and the profile of the clients."""

from __future__ import annotations

from msgspec import Struct

from ...changes.objects import Config
from ...templates.environment import fill
from ..service import Site
from .intent import RemoteAccess
from .names import GroupNames, allocate, draft


class EasyVpn(Struct, frozen=True):
    """The feature: a group on a router that gives clients addresses (Easy VPN Server)."""

    name: str = "easy-vpn"
    families: tuple[str, ...] = (
        *("aaa-list", "user", "address-pool", "isakmp-policy", "transform-set", "access-list", "client-group"),
        *("dynamic-map-entry", "crypto-map-setting", "crypto-map-dynamic", "crypto-map-binding"),
    )

    def draft(self, site: Site[RemoteAccess]) -> GroupNames:
        """Names before the router is known."""
        return draft(site.member.wants, site.platform)

    def names(self, site: Site[RemoteAccess], wanted: Config, running: Config) -> GroupNames:
        """Names on this router. Raises ChangeError when it has no safe place for the group."""
        return allocate(site.member.wants, self.draft(site), wanted, running, site.keys)

    def text(self, site: Site[RemoteAccess], names: GroupNames) -> str:
        """The desired configuration."""
        return fill("ios/ra_easy_vpn.j2", group=site.member.wants, names=names, keys=site.keys)


def profile(group: RemoteAccess) -> str:
    """The ``.pcf`` profile of the clients, without the key: it is typed into the client, which keeps it encrypted."""
    return fill("ios/ra_profile_pcf.j2", group=group)
