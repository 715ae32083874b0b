"""A site that stands and is wanted otherwise: what is edited in place, what is built beside it, and what goes then. Pure.

A key, an edge, a timer or an address is a line of an object of ours, and edited. A transform set, a list and a probe are built
beside those in use under a later version of the name, since a set in use is not edited, a list would be half a list between two
lines, and IOS changes no probe that is scheduled. The track of a new probe is up before the clause is switched to it. Where
primary and backup change places, only the order of their next hops does: both tunnels carry on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from ...changes.families import ikev2
from ...changes.implicit_references import users
from ...changes.objects import Config, ConfigObject, Key, referrers, strange_use
from ...changes.plans.replacing import Replacing
from ...inventory.errors import ChangeError
from ..l2l.placing.versions import free_version, is_version, next_version
from .intent import Zia
from .names import EdgeNames, SiteNames, Taken, called_on, probes_called, standing

#: What is edited where nothing of somebody else's uses it.
_EDITED = ("ikev2-keyring", "ikev2-profile", "ipsec-profile", "tunnel-interface", "route-map-clause")
#: From names to all that is wanted under them.
Wanted = Callable[[SiteNames], Config]


def fitted(site: Zia, names: SiteNames, wanted: Wanted, running: Config, text: str) -> SiteNames:
    """The names of what stands where it is as wanted, and later versions where not; what is edited and goes is in them.

    ``names`` are those of what stands; ``text`` is the running configuration. Raises ChangeError where no number is free.
    """
    said: list[str] = []
    made = replace(names, transform_set=_set_name(names, wanted(names), running))
    made = _probes(site, made, wanted(made), running, Taken.of(text))
    made = replace(made, access_list=_list_name(made, wanted(made), running))
    made = replace(made, edges=_orders(site, made, running))
    for before, after in ((_set_in_use(names, running), made.transform_set), (_list_in_use(names, running), made.access_list)):
        if before and before != after:
            said.append(f"{after} is built beside {before}, which is in use, and takes its place")
    for edge, there in zip(made.edges, names.edges, strict=True):
        if edge.tag != there.tag:
            said.append(f"probe {edge.sla} ({edge.tag}) is built beside {there.sla}: a probe that is scheduled is not changed")
    return replace(made, decisions=(*names.decisions, *said))


def refuse_torn(site: Zia, running: Config) -> None:
    """Raises ChangeError where an edge would get a network or a target that the tunnel of the other one has now.

    Two interfaces cannot have one network, and a target with two routes proves neither way. An edge that changes its role takes
    both along, and nothing of its tunnel is touched.
    """
    called = called_on(site, running)
    for place, (role, edge) in enumerate(site.edges):
        other = standing(called[1 - place].own, running)
        tunnel = running.get("tunnel-interface", f"Tunnel{other.tunnel}")
        routes = (item.header.split() for item in running.of("static-route"))
        led = any(words[2] == str(edge.probe_address) and words[4] == f"Tunnel{other.tunnel}" for words in routes)
        inside = tunnel is not None and (tunnel.child("ip address") or "").startswith(f"{edge.inner[0]} ")
        for field, value, there in (("tunnel_prefix", edge.tunnel_prefix, inside), ("probe_address", edge.probe_address, led)):
            if there:
                raise ChangeError(
                    f"{site.host}: {role}.{field} {value} is that of the other tunnel now, Tunnel{other.tunnel}: where "
                    "primary and backup change places, address, datacenter, tunnel_prefix and probe_address go together"
                )


def editing(_site: Zia, names: SiteNames, running: Config) -> Replacing:
    """What of the router may be edited for these names: what is ours, and used by nothing else."""
    own = {item.key for item in standing_of(names, running)}
    editable = (item for item in standing_of(names, running) if item.family.name in _EDITED and _alone(item, own, running))
    return Replacing(frozenset(item.key for item in editable))


def agreed_before(_site: Zia, names: SiteNames, running: Config) -> Replacing:
    """What both ends would go on agreeing on, sets and proposals that are wanted no more: it goes before SAs are agreed again."""
    own = {item.key for item in standing_of(names, running)}
    sets = tuple(_versions(running, "transform-set", names.own, names.transform_set))
    offers, stays = _offers(names, own, running)
    return Replacing(editing(_site, names, running).editable, (*sets, *offers), stays)


def asked_no_more(site: Zia, names: SiteNames, running: Config) -> Replacing:
    """What the clause led by before: it goes when the clause has been switched and all of the new has been seen to work."""
    targets = frozenset(str(edge.probe_address) for _, edge in site.edges)
    kept = frozenset(str(edge.sla) for edge in names.edges)
    retired = (
        *_versions(running, "access-list", f"{names.own}-PBR", names.access_list),
        *_old_probes(names, running, kept),
        *_routes(names, running, targets),
        *(item for item in _bindings(names, running) if item.groups["interface"] != site.lan_interface),
    )
    return Replacing(editing(site, names, running).editable, retired)


def standing_of(names: SiteNames, running: Config) -> Iterator[ConfigObject]:
    """All of a site that a router has under its own names, in whatever version."""
    found = [running.get("ikev2-keyring", names.own), _clause(names, running)]
    for edge in names.edges:
        found += [running.get("ikev2-profile", edge.own), running.get("ipsec-profile", edge.own)]
        found.append(running.get("tunnel-interface", f"Tunnel{edge.tunnel}"))
    yield from (item for item in found if item is not None)
    yield from _versions(running, "transform-set", names.own)
    yield from _versions(running, "access-list", f"{names.own}-PBR")
    yield from _old_probes(names, running)
    yield from _routes(names, running)
    yield from _bindings(names, running)


def _alone(item: ConfigObject, own: set[Key], running: Config) -> bool:
    return not (referrers(running, item, besides=own) or strange_use(running, item))


def _set_in_use(names: SiteNames, running: Config) -> str:
    profiles = (running.get("ipsec-profile", edge.own) for edge in names.edges)
    return next((found for item in profiles if item and (found := item.child("set transform-set"))), "")


def _set_name(names: SiteNames, wanted: Config, running: Config) -> str:
    """The set in use if it says what is wanted, else the first version of the name that is free, or says it."""
    (item,) = wanted.of("transform-set")
    in_use = running.get("transform-set", _set_in_use(names, running))
    if in_use and is_version(in_use.groups["name"], names.own) and _content(in_use) == _content(item):
        return in_use.groups["name"]
    others = (there.groups["name"] for there in running.of("transform-set") if _content(there) != _content(item))
    return free_version(names.own, others) if in_use else names.own


def _content(item: ConfigObject) -> object:
    """What a set does, whatever it is called."""
    return item.groups["transforms"].split(), item.meaning[1]


def _probes(site: Zia, names: SiteNames, wanted: Config, running: Config, taken: Taken) -> SiteNames:
    """Numbers and tags of probes and tracks: those that stand, or new ones where they are not as wanted."""
    edges: list[EdgeNames] = []
    for edge in names.edges:
        fits = all(
            (there := running.get(family, str(number))) is None or there.meaning == wanted.objects[there.key].meaning
            for family, number in (("sla-operation", edge.sla), ("track", edge.track))
        )
        if fits:
            edges.append(edge)
            continue
        sla = taken.sla(site)
        track = taken.track(site, sla)
        taken = taken.with_numbers(edge.tunnel, sla, track)
        edges.append(replace(edge, sla=sla, track=track, tag=next_version(edge.tag)))
    first, second = edges
    return replace(names, edges=(first, second))


def _clause(names: SiteNames, running: Config) -> ConfigObject | None:
    return running.get("route-map-clause", names.own, "10")


def _list_in_use(names: SiteNames, running: Config) -> str:
    clause = _clause(names, running)
    return (clause.child("match ip address") or "") if clause else ""


def _list_name(names: SiteNames, wanted: Config, running: Config) -> str:
    """The list in use if it leads what is wanted, else a version of the name that nothing has."""
    (item,) = wanted.of("access-list")
    in_use = running.get("access-list", _list_in_use(names, running))
    if in_use is None:
        return names.access_list
    if is_version(in_use.groups["name"], names.access_list) and in_use.canonical_children == item.canonical_children:
        return in_use.groups["name"]
    return free_version(names.access_list, (there.groups["name"] for there in running.of("access-list")))


def _orders(site: Zia, names: SiteNames, running: Config) -> tuple[EdgeNames, EdgeNames]:
    """Where each next hop stands in the clause: where it does now, or beside what stands there for its edge."""
    clause = _clause(names, running)
    words = [line.split() for line in (clause.children if clause else ()) if "verify-availability" in line]
    there = {int(line[5]): (line[4], line[7]) for line in words}
    found = []
    for (_, edge), called in zip(site.edges, names.edges, strict=True):
        room = range(called.order, called.order + 10)
        same = (order for order in room if there.get(order) == (str(edge.inner[1]), str(called.track)))
        free = (order for order in room if order not in there)
        found.append(replace(called, order=next(same, next(free, called.order))))
    first, second = found
    return first, second


def _versions(running: Config, family: str, base: str, kept: str = "") -> Iterator[ConfigObject]:
    """Versions of a name, but for the one that is kept."""
    there = (item for item in running.of(family) if is_version(item.groups["name"], base))
    yield from (item for item in there if item.groups["name"] != kept)


def _old_probes(names: SiteNames, running: Config, kept: frozenset[str] = frozenset()) -> Iterator[ConfigObject]:
    """Probes with their schedules and tracks, but for those whose numbers are kept."""
    for number in (found for edge in names.edges for _, found in probes_called(edge.own, running) if found not in kept):
        every = (running.get(family, number) for family in ("sla-operation", "sla-schedule"))
        yield from (item for item in every if item is not None)
        yield from (item for item in running.of("track") if item.groups["operation"] == number)


def _routes(names: SiteNames, running: Config, kept: frozenset[str] = frozenset()) -> Iterator[ConfigObject]:
    """Routes into our tunnels, but for those to targets that are kept."""
    tunnels = {f"Tunnel{edge.tunnel}" for edge in names.edges}
    for item in running.of("static-route"):
        words = item.header.split()
        if words[4] in tunnels and words[2] not in kept:
            yield item


def _bindings(names: SiteNames, running: Config) -> Iterator[ConfigObject]:
    """Interfaces whose packets our route map leads."""
    yield from (item for item in running.of("policy-binding") if item.groups["map"] == names.own)


def _offers(names: SiteNames, own: set[Key], running: Config) -> tuple[tuple[ConfigObject, ...], tuple[str, ...]]:
    """What an IKEv2 policy offers for this site and is wanted no more: it goes, unless others are offered it."""
    policy = running.get("ikev2-policy", names.policy.policy)
    stands = running.get("ikev2-keyring", names.own) is not None
    if policy is None or not stands:
        return (), ()
    lines = [line for line in policy.children if line.startswith("proposal NR-") and line != f"proposal {names.policy.proposal}"]
    others = users(running, policy, besides=own)
    if not lines or others:
        words = f"{', '.join(lines)} of {policy.title} stays: {others[0]} is offered it too" if lines and others else ""
        return (), (words,) if words else ()
    offers = [ConfigObject(ikev2.IOS_OFFER, policy.header, (line,)) for line in lines]
    besides = {policy.key, *(item.key for item in offers)}
    old = (running.get("ikev2-proposal", line.split()[1]) for line in lines)
    return (*(item for item in old if item is not None and not referrers(running, item, besides=besides)), *offers), ()
