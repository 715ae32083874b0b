"""What only a person can know of a connection: which routes the cloud's routers have. Pure.

No show command of the firewall says by which way the cloud answers; and what is wrong there carries traffic in clear, or cuts
both tunnels off once BGP has told something.
"""

from __future__ import annotations

from ..besides import Confirmation
from .intent import Cloud


def confirmations_of(site: Cloud) -> tuple[Confirmation, ...]:
    """What is confirmed before a connection is built or changed."""
    ends = " and ".join(dict.fromkeys(f"{end.source_ip}/32" for _, end in site.tunnels))
    lan = ", ".join(map(str, site.lan_prefixes))
    aggregates = ", ".join(map(str, site.circuit.aggregates))
    return (
        Confirmation(
            "underlay",
            f"the transit router has {ends} by the VBR attachment, and a routing policy keeps these from being told through the "
            "tunnels",
            "by these routes the gateways answer the firewall; where they are missing, the next longer route to one of them "
            "leads a tunnel into itself, and no show command says so before",
        ),
        Confirmation(
            "vbr-routes",
            f"the cloud has {aggregates} over the VBR, and nothing that is as long as {lan}",
            "the cloud takes the longest route: with an equal one over the circuit it answers in clear, and the firewall does "
            "not show by which way an answer came",
        ),
    )


def confirmations_of_removal(site: Cloud) -> tuple[Confirmation, ...]:
    """What is confirmed before a connection is removed: where its traffic may go encrypted alone, that it may go in clear."""
    if not site.encryption_mandatory or site.on_removal == "closed":
        return ()
    return (
        Confirmation(
            "in-clear",
            f"what is for {', '.join(map(str, site.cloud_prefixes))} may go over {site.circuit.interface}, in clear",
            "the intent has encryption_mandatory, and on_removal open gives the circuit its route back: whether encryption is "
            "given up, or the hosts have gone, no device can tell",
        ),
    )


def confirmations_of_key(site: Cloud, reference: str) -> tuple[Confirmation, ...]:
    """What is confirmed before a key is changed here."""
    ends = [str(end.address) for _, end in site.tunnels if end.preshared_key_ref == reference]
    return (
        Confirmation(
            "far-key",
            f"the console has the new key for the tunnel to {' and for that to '.join(ends)}",
            "no end shows a key, and with the old one there the tunnel does not come up again after a loss",
        ),
    )
