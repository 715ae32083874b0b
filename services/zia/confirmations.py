"""What only a person can know of a site: what stands in the portal, and what other hosts are told to ask; or may decide. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ...changes.plans.change import Change
from ..besides import FAR_KEY, Confirmation
from .intent import Zia
from .limits import NULL
from .names import draft

#: That what was led into the tunnels, or dropped, may be sent in clear.
IN_CLEAR = "in-clear"


def credential_of(site: Zia) -> str:
    """The VPN credential, in the portal's words."""
    identity = site.identity
    return f"UFQDN {identity.fqdn}" if identity.credential == "fqdn" else f"IP {identity.address}"


def confirmations_of(site: Zia) -> tuple[Confirmation, ...]:
    """What is confirmed before a site is built or changed."""
    first, second = (edge.probe_address for _, edge in site.edges)
    return (
        Confirmation(
            "credential",
            f"the portal has the VPN credential {credential_of(site)} with the key of this site, and it is attached to the "
            "location of this site",
            "an edge takes a tunnel of any location, and no show command says whose policies apply behind it",
        ),
        Confirmation(
            "probes",
            f"{first} and {second} are asked by the probes alone: no PAC file has them, and nothing else that the hosts use",
            "each is led into one tunnel by a route of its own, so whoever else asks it loses it with that tunnel",
        ),
    )


def confirmations_of_removal(site: Zia) -> tuple[Confirmation, ...]:
    """What is confirmed before a site is removed: where its traffic may go by the tunnels alone, that it may go without them."""
    if not site.encryption_mandatory:
        return ()
    return (
        Confirmation(
            IN_CLEAR,
            f"the hosts behind {site.lan_interface} of {site.host} may send to the Internet by the routing table, in clear: "
            "nothing is left there that encrypts or drops it",
            "the intent has encryption_mandatory, and whether it is given up, or the hosts have gone, no device can tell",
        ),
    )


def confirmations_of_change(site: Zia, changes: Sequence[Change]) -> tuple[Confirmation, ...]:
    """What is confirmed before an interface loses the route map: its hosts are led no more, while the site goes on."""
    left = _left_alone(site, changes)
    if not site.encryption_mandatory or not left:
        return ()
    why = "the intent has encryption_mandatory, and whether hosts are left there no device can tell"
    return (Confirmation(IN_CLEAR, left, why),)


def _left_alone(site: Zia, changes: Sequence[Change]) -> str:
    """What becomes of the hosts of interfaces that lose the route map; empty where none does."""
    own = draft(site).own
    gone = [item for change in changes for item in change.removed if item.family.name == "policy-binding"]
    left = [item.groups["interface"] for item in gone if item.groups["map"] == own]
    left = [interface for interface in left if interface != site.lan_interface]
    if not left:
        return ""
    return (
        f"the hosts behind {' and '.join(left)} of {site.host} may send to the Internet by the routing table, in clear: the "
        f"tunnels have those behind {site.lan_interface} alone from then on"
    )


def confirmations_of_rollback(undone: Zia, before: Zia | None, changes: Sequence[Change]) -> tuple[Confirmation, ...]:
    """What is confirmed before a run is undone where encryption is mandatory now: what comes back may send in clear."""
    if not undone.encryption_mandatory:
        return ()
    if before is None:
        return confirmations_of_removal(undone)
    said = [_left_alone(before, changes)]
    if before.on_total_loss == "open":
        said.append(
            f"the hosts behind {before.lan_interface} of {before.host} may send to the Internet by the routing table, in clear, "
            "when both tunnels are lost: that is how the site ended before the run"
        )
    if before.esp.encryption_algorithm == NULL:
        said.append(f"the tunnels of {before.host} may carry what is sent in clear: before the run they encrypted nothing")
    words = "; ".join(filter(None, said))
    why = "the intent of the run has encryption_mandatory, and whether that is given up no device can tell"
    return (Confirmation(IN_CLEAR, words, why),) if words else ()


def confirmations_of_key(site: Zia, *, former: bool) -> tuple[Confirmation, ...]:
    """What is confirmed before the key is changed here; ``former``: to that of before again."""
    which = "the former key again" if former else "the new key"
    return (
        Confirmation(
            FAR_KEY,
            f"the portal has {which} for the VPN credential {credential_of(site)}",
            "no end shows a key, and with another one there neither tunnel comes up again after a loss",
        ),
    )
