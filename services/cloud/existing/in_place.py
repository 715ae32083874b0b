"""A connection that stands and is wanted otherwise: what is edited in place, what is built beside it, and what goes then. Pure.

One tunnel is changed at a time, and verified before the other is touched: what both share is built beside what is in use, under a
later version of its name, and each tunnel interface is switched to it in its own stage. What is agreed in phase 1 is a policy of
the whole firewall, which is offered with all others: a new one gives each tunnel a new profile as well, so that each is agreed
again in its own stage. Policies of before stay: who else is offered them nobody can tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ....changes.families.uses import destination
from ....changes.objects import Config, ConfigObject, Key, referrers
from ....changes.plans.replacing import Replacing
from ....inventory.errors import ChangeError
from ...l2l.placing.versions import free_version, is_version
from ..intents.intent import Cloud, Gateway
from ..placing.names import CloudNames, TunnelNames, routes_to
from ..verdicts.routes_there import OWN_DISTANCE


def interface_of(called: TunnelNames, running: Config) -> ConfigObject | None:
    """The tunnel interface of this name."""
    return next((item for item in running.of("tunnel-interface") if f"nameif {called.nameif}" in item.children), None)


def profile_in_use(called: TunnelNames, running: Config) -> str:
    """The IPsec profile of a tunnel that stands, empty without one."""
    item = interface_of(called, running)
    words = ((item.child("tunnel protection ipsec profile") if item else "") or "").split()
    return words[0] if words else ""


def profile_name(names: CloudNames, wanted: Config, running: Config) -> str:
    """What proposal and profile are called: as those in use where they say what is wanted, else a version that nothing has.

    The first tunnel is switched first, so what it uses is asked before what the second one does.
    """
    there = [name for called in names.tunnels if is_version(name := profile_in_use(called, running), names.own)]
    if not there:
        return names.own
    if running.get("ikev2-policy", str(names.policy_number)) is not None:
        fitting = (name for name in there if _content(running, name) == _content(wanted, names.profile))
        if found := next(fitting, ""):
            return found
    taken = (item.groups["name"] for family in ("ipsec-profile", "ipsec-proposal") for item in running.of(family))
    return free_version(names.own, taken)


def _content(config: Config, name: str) -> object:
    """What a profile does with its proposal, whatever they are called."""
    profile, proposal = config.get("ipsec-profile", name), config.get("ipsec-proposal", name)
    if profile is None or proposal is None:
        return None
    lines = frozenset(line for line in profile.canonical_children if not line.startswith("set ikev2 ipsec-proposal "))
    return lines, frozenset(proposal.canonical_children)


def of_tunnel(end: Gateway, called: TunnelNames, names: CloudNames, running: Config) -> Replacing:
    """What of one tunnel is edited, and what goes with its gateway of before."""
    there = interface_of(called, running)
    if there is None:
        return Replacing()
    editable = {there.key, *(item.key for item in _groups(names, (str(end.address),), running))}
    before = [peer for peer in there.peers if peer != str(end.address)]
    groups = tuple(_groups(names, before, running))
    own = {there.key, *(item.key for item in groups)}
    routes = tuple(item for item in _old_routes(end, before, running) if not _others(item, running, own))
    return Replacing(frozenset(editable), (*groups, *routes))


def _groups(names: CloudNames, peers: Collection[str], running: Config) -> Iterator[ConfigObject]:
    """Tunnel groups of ours: those with our group policy."""
    for peer in peers:
        item = running.get("tunnel-group", peer)
        if item is not None and f"general-attributes: default-group-policy {names.own}" in item.children:
            yield item


def _old_routes(end: Gateway, before: Collection[str], running: Config) -> Iterator[ConfigObject]:
    """Routes of ours to a gateway that is no more, or by another router than is wanted now."""
    for item in running.of("static-route"):
        if item.groups["distance"] != str(OWN_DISTANCE):
            continue
        network = str(destination(item))
        there = (item.groups["nameif"], item.groups["hop"])
        wanted = (end.source_interface, str(end.next_hop))
        if network in {f"{peer}/32" for peer in before} or (network == f"{end.address}/32" and there != wanted):
            yield item


def _others(route: ConfigObject, running: Config, own: Collection[Key]) -> bool:
    """True if another tunnel goes to the gateway that a route leads to."""
    far = str(destination(route)).removesuffix("/32")
    return any(far in item.peers for item in running.of("tunnel-interface") if item.key not in own)


def old_hosts_routes(site: Cloud, running: Config) -> Iterator[ConfigObject]:
    """Routes of ours to the hosts by another router or interface than is wanted now."""
    for item in routes_to(running, site.lan_prefixes):
        ours = item.groups["distance"] == str(OWN_DISTANCE) and destination(item) in site.lan_prefixes
        wanted = (site.lan_interface, str(site.lan_next_hop))
        if ours and (item.groups["nameif"], item.groups["hop"]) != wanted:
            yield item


def old_neighbours(site: Cloud, names: CloudNames, running: Config) -> tuple[ConfigObject, ...]:
    """Neighbours with our lists whose address inside a tunnel is no more, with their settings.

    Raises ChangeError where one that is wanted speaks for another system: that is another connection.
    """
    far = {str(end.inner[1]) for _, end in site.tunnels}
    settings = [item for item in running.of("bgp-neighbour-setting") if item.groups["list"] in names.lists]
    ours = {item.groups["neighbour"] for item in settings}
    found = [item for item in running.of("bgp-neighbour") if item.groups["neighbour"] in ours]
    for item in found:
        if item.groups["neighbour"] in far and item.groups["far"] != str(site.bgp.cloud_system):
            raise not_in_place(site, f"neighbour {item.groups['neighbour']} is AS {item.groups['far']}", site.bgp.cloud_system)
    old = ours - far
    gone = [item for item in running.of("bgp-neighbour-setting") if item.groups["neighbour"] in old]
    return (*gone, *(item for item in found if item.groups["neighbour"] in old))


def not_in_place(site: Cloud, there: str, wanted: object) -> ChangeError:
    """What cannot be changed where it stands, with the two runs that do it."""
    return ChangeError(
        f"{site.host}: {there}, and the intent says {wanted}: that is not changed in place; remove the connection under its old "
        f"intent (nr-run remove-cloud {site.name}), then nr-run deploy-cloud {site.name}"
    )


def refuse_both_inside(site: Cloud, names: CloudNames, running: Config) -> None:
    """Raises ChangeError where both tunnels would get other addresses inside at once: no neighbour would be left meanwhile."""
    moved = []
    for (role, end), called in zip(site.tunnels, names.tunnels, strict=True):
        item = interface_of(called, running)
        inner = ((item.child("ip address") if item else "") or "").split()
        if inner and inner[0] != str(end.inner[0]):
            moved.append(role)
    if len(moved) > 1:
        raise ChangeError(
            f"{site.host}: both tunnels have another tunnel_prefix, and without either neighbour the cloud is lost: change "
            "first, deploy, then change second and deploy again"
        )


def out_of_use(names: CloudNames, running: Config) -> Replacing:
    """Proposals and profiles of before, which no tunnel uses any more when both have been verified."""
    found = [
        item
        for family in ("ipsec-profile", "ipsec-proposal")
        for item in running.of(family)
        if is_version(item.groups["name"], names.own) and item.groups["name"] != names.profile
    ]
    own = {item.key for item in found}
    return Replacing(frozenset(), tuple(item for item in found if not referrers(running, item, besides=own)))
