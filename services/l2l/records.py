"""A LAN-to-LAN tunnel as it is wanted, and what each of its ends shall have."""

from __future__ import annotations

from dataclasses import dataclass

from ...inventory.intent import Crypto, Dpd, End, IKEProposal, IPSecProposal, Tunnel


@dataclass(frozen=True, slots=True)
class WantedTunnel:
    """A tunnel of the intent, with its cryptography narrowed to what both devices can do."""

    tunnel: Tunnel
    crypto: Crypto


@dataclass(frozen=True, slots=True)
class WantedEnd:
    """What one end of a tunnel is rendered from, beside the names that the device has free. ``key_ref`` refers to the key."""

    name: str
    end: End
    ike: IKEProposal
    ipsec: IPSecProposal
    pfs_group: int | None
    dpd: Dpd | None
    key_ref: str
    ike_version: int
