"""How a rehearsal plays the end of a tunnel that is not ours: set up as its partner sheet says, as plain data for the lab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....inventory.intents.intent import ForeignTermination, TunnelTermination
from ..records import WantedTunnel


def played(wanted: WantedTunnel, ours: TunnelTermination, theirs: ForeignTermination) -> Mapping[str, Any]:
    """One tunnel of that end, in the words of the intent; it answers pings where the intent has an address for them."""
    tunnel, crypto = wanted.tunnel, wanted.crypto
    inner = tunnel.tunnel_address(theirs) if wanted.style == "vti" else None
    answers = [*([theirs.probe_address] if theirs.probe_address else []), *([inner.ip] if inner else [])]
    return {
        "peer": str(ours.outside_ip),
        "version": crypto.ike_version,
        "key_ref": tunnel.preshared_key_ref,
        "ike": [
            {
                "encryption": proposal.encryption_algorithm,
                "integrity": proposal.authentication_algorithm,
                "group": proposal.group,
                "lifetime": proposal.sa_lifetime,
            }
            for proposal in crypto.ike_proposals
        ],
        "esp": [
            {"encryption": proposal.encryption_algorithm, "integrity": proposal.authentication_algorithm}
            for proposal in crypto.ipsec_proposals
        ],
        "esp_lifetime": next((each.sa_lifetime_seconds for each in crypto.ipsec_proposals), None),
        "pfs": crypto.pfs_group or 0,
        "selectors": [[str(near), str(far)] for near in theirs.protected_prefixes for far in ours.protected_prefixes],
        "tunnel_interface": wanted.style == "vti",
        "answers": [str(address) for address in answers],
    }
