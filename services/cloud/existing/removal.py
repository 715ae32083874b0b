"""What goes of a connection when it is removed, and the static route that comes in its place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ....changes.objects import Config, ConfigObject, read, read_desired
from ....changes.plans.removal import owned
from ...service import Removal, Sight
from ..intents.intent import Cloud
from ..placing.features import clear_routes, nowhere, routes_text
from ..placing.names import own_name, routes_to
from .found import STAYS, present_of

#: What a firewall has only where a connection was built, be it in part; an IKEv2 policy and BGP may be anybody's.
_OF_A_CONNECTION = frozenset({"tunnel-interface", "group-policy", "ipsec-profile", "ipsec-proposal", "prefix-list"})
#: Lines of a router that say nothing of anybody else.
_OF_EVERY_ROUTER = ("bgp log-neighbor-changes", "bgp router-id vrf auto-assign")


def removal_of(site: Cloud, sight: Sight[Cloud], running: str) -> Removal:
    """What is there of it and is used by nothing else; nothing where it is not there at all."""
    change = sight.change
    present = (*change.reused, *(edit.before for edit in change.edited), *change.removed)
    named = (item for item in present if item.family.name in _OF_A_CONNECTION)
    if not any(item.key[1][0].startswith(own_name(site)) or item.family.is_tunnel for item in named):
        # What it would share with others and is there is theirs.
        return Removal((), (), ())
    return _parted(site, sight.platform.os, read(sight.platform.os, running), present)


def removal_by_name(site: Cloud, sight: Sight[Cloud], running: str) -> Removal:
    """What goes of a connection that only its firewall knows."""
    config = read(sight.platform.os, running)
    made = _parted(site, sight.platform.os, config, present_of(site, config))
    there = [item for family in ("ikev2-policy", "ikev2-enable") for item in config.of(family)]
    left = f"what is for {', '.join(map(str, site.cloud_prefixes))} is dropped until a person gives the circuit its route"
    said = (*([STAYS] if there else []), *([left] if site.on_removal == "closed" else []))
    return replace(made, stays=(*made.stays, *said)) if made.items else made


def _parted(site: Cloud, os: str, config: Config, present: Sequence[ConfigObject]) -> Removal:
    """What of this goes, what stays for others, and what comes back."""
    back = tuple(_back(site, os))
    coming = {item.key for item in back}
    routes = [item for item in routes_to(config, site.cloud_prefixes) if _is_ours(site, item) and item.key not in coming]
    own = dict.fromkeys(item.key for item in (*present, *routes) if item.key not in coming)
    candidates = _with_router(tuple(config.objects[key] for key in own if key in config.objects), config)
    items, stays = owned(config, candidates)
    return Removal(items, stays, tuple(item for item in candidates if item not in items), back)


def _is_ours(site: Cloud, route: ConfigObject) -> bool:
    """True for what the cut-over leaves: over the circuit, or into nothing."""
    circuit = (site.circuit.interface, str(site.circuit.next_hop))
    return route.groups["nameif"] == "Null0" or (route.groups["nameif"], route.groups["hop"]) == circuit


def _back(site: Cloud, os: str) -> Iterator[ConfigObject]:
    wanted = clear_routes(site) if site.on_removal == "open" else nowhere(site)
    yield from read_desired(os, routes_text(wanted)).objects.values()


def _with_router(going: tuple[ConfigObject, ...], config: Config) -> tuple[ConfigObject, ...]:
    """The router itself in the place of its lines, where nothing is left in it when those of the connection have gone."""
    ours = {item.children[0] for item in going if item.family.name.startswith("bgp-")}
    for router in config.of("bgp"):
        mine = {*_spelt(router, ours), *router.shown_unasked, *_OF_EVERY_ROUTER}
        if ours and not [line for line in router.canonical_children if line not in mine]:
            return (*(item for item in going if config.within.get(item.key) != router.key), router)
    return going


def _spelt(router: ConfigObject, lines: set[str]) -> set[str]:
    return {spelt for line in lines for spelt in router.family.spell(line)}
