"""A LAN-to-LAN tunnel as it is wanted, and what each of its ends shall have."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct

from ...inventory.intents.intent import Crypto, Dpd, IKEProposal, IPSecProposal, Side, Style, Tunnel
from .features import TunnelInterface


@dataclass(frozen=True, slots=True)
class WantedTunnel:
    """A tunnel of the intent, with its cryptography narrowed to what both devices can do."""

    tunnel: Tunnel
    crypto: Crypto
    style: Style = "crypto-map"


class WantedEnd(Struct, frozen=True):
    """What one end of a tunnel is rendered from, beside the names that the device has free. ``key_ref`` refers to the key."""

    name: str
    end: Side
    ike: IKEProposal
    ipsec: IPSecProposal
    pfs_group: int | None
    dpd: Dpd | None
    key_ref: str
    ike_version: int
    #: Of a tunnel interface; None with a crypto map.
    tunnel: TunnelInterface | None = None
    #: Whether routes and the exemption from address translation are looked after.
    routes: bool = True
    nat_exemption: bool = True

    @property
    def own_lines(self) -> frozenset[str]:
        """Lines by which its tunnel interface is known among others of the device that go to the same peer."""
        local, tunnel = self.end.local, self.tunnel
        sources = {f"tunnel source {local.interface}", f"tunnel source {local.outside_ip}"}
        return frozenset(sources | ({f"ip address {tunnel.address.with_netmask.replace('/', ' ')}"} if tunnel else set()))
