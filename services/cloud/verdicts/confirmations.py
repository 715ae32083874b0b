"""What only a person can know of a connection: which routes the cloud's routers have. Pure.

No show command of the firewall says by which way the cloud answers; and what is wrong there carries traffic in clear, or cuts
both tunnels off once BGP has told something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from ....changes.config_object import ConfigObject
from ....changes.families.uses import destination
from ....changes.plans.change import Change
from ...besides import FAR_KEY, Confirmation
from ..intents.intent import Cloud
from ..placing.names import draft

#: That what went through the tunnels alone may go in clear.
IN_CLEAR = "in-clear"


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
            IN_CLEAR,
            f"what is for {', '.join(map(str, site.cloud_prefixes))} may go over {site.circuit.interface}, in clear",
            "the intent has encryption_mandatory, and on_removal open restores the route over the circuit: whether encryption is "
            "given up, or the hosts have gone, no device can tell",
        ),
    )


def confirmations_of_change(site: Cloud, changes: Sequence[Change]) -> tuple[Confirmation, ...]:
    """What is confirmed before a network leaves the tunnels of a connection that goes on."""
    if not site.encryption_mandatory:
        return ()
    taken, told = draft(site).lists
    over = f"over {site.circuit.interface}, in clear"
    far = _left(taken, site.cloud_prefixes, changes) if site.on_removal == "open" else ()
    said = [f"what is for {network} may go {over}" for network in far]
    said += [f"what the cloud sends to {network} may come {over}" for network in _left(told, site.lan_prefixes, changes)]
    why = "the intent has encryption_mandatory, and whether anybody is left in a network that it has no more no device can tell"
    return (Confirmation(IN_CLEAR, "; ".join(said), why),) if said else ()


def confirmations_of_rollback(undone: Cloud, before: Cloud | None, changes: Sequence[Change]) -> tuple[Confirmation, ...]:
    """What is confirmed before a run is undone where encryption is mandatory now.

    The firewall gets back what it had, and on_removal has no say in that: a route over the circuit, or a lower place of it.
    """
    if not undone.encryption_mandatory:
        return ()
    over = f"over {undone.circuit.interface}, in clear"
    why = "the intent of the run has encryption_mandatory, and whether that is given up no device can tell"
    if before is None:
        far = [network for network in undone.cloud_prefixes if _meets(network, _opened(changes))]
        words = f"what is for {', '.join(map(str, far))} may go as before the run: {over}"
        return (Confirmation(IN_CLEAR, words, why),) if far else ()
    taken, told = draft(before).lists
    gone = [network for network in _left(taken, before.cloud_prefixes, changes) if _meets(network, _opened(changes))]
    said = [f"what is for {network} may go {over}" for network in gone]
    said += [f"what the cloud sends to {network} may come {over}" for network in _left(told, before.lan_prefixes, changes)]
    if before.on_total_loss == "open" and undone.on_total_loss != "open":
        said.append(f"what is for {', '.join(map(str, before.cloud_prefixes))} may go {over}, when both tunnels are lost")
    return (Confirmation(IN_CLEAR, "; ".join(said), why),) if said else ()


def _opened(changes: Sequence[Change]) -> tuple[IPv4Network, ...]:
    """Networks that get a way past the tunnels: a route over the circuit comes, or what drops them goes for good."""
    comes = [item for change in changes for item in (*change.created, *(edit.after for edit in change.edited))]
    goes = [item for change in changes for item in (*change.removed, *(edit.before for edit in change.edited))]
    nowhere = _routed(comes, nowhere=True)
    found = (*_routed(comes, nowhere=False), *(network for network in _routed(goes, nowhere=True) if network not in nowhere))
    return tuple(dict.fromkeys(found))


def _meets(network: IPv4Network, others: Sequence[IPv4Network]) -> bool:
    return any(network.overlaps(other) for other in others)


def _routed(items: Sequence[ConfigObject], *, nowhere: bool) -> tuple[IPv4Network, ...]:
    """Where the static routes among these lead: those that drop, or the others."""
    routes = (item for item in items if item.family.name == "static-route" and (item.groups["nameif"] == "Null0") is nowhere)
    return tuple(network for item in routes if (network := destination(item)) is not None)


def _left(name: str, wanted: Sequence[IPv4Network], changes: Sequence[Change]) -> Iterator[IPv4Network]:
    """Networks whose rules of a list go, and that are a part of no network that is wanted."""
    for item in (item for change in changes for item in change.removed if item.family.name == "prefix-list"):
        network = IPv4Network(item.groups["rule"].split()[1])
        if item.groups["name"] == name and not any(network.subnet_of(whole) for whole in wanted):
            yield network


def confirmations_of_key(site: Cloud, reference: str, *, former: bool) -> tuple[Confirmation, ...]:
    """What is confirmed before a key is changed here; ``former``: to that of before again."""
    which = "the former key again" if former else "the new key"
    ends = [str(end.address) for _, end in site.tunnels if end.preshared_key_ref == reference]
    return (
        Confirmation(
            FAR_KEY,
            f"the console has {which} for the tunnel to {' and for that to '.join(ends)}",
            "no end shows a key, and with another one there the tunnel does not come up again after a loss",
        ),
    )
