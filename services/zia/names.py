"""Names and numbers for a site on its router, found by looking at the router.

What is ours is known by its name: a tunnel interface by its IPsec profile, a probe by its tag, a track by its probe. A name stays
with its service edge: where primary and backup change places, the tunnels stay as they are and their roles go over. Numbers that
anything of the router speaks of are taken, whether that is there or not: a track that is missing is somebody's plan.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from ...changes.configurations import tree
from ...changes.objects import Config
from ...changes.plans.replacing import NOTHING, Replacing
from ...inventory.errors import ChangeError
from ..common.ikev2_policies import PolicyNames, policy_place
from ..l2l.placing.versions import is_version, version_of
from .intent import Zia

#: Of `track` and `ip sla` (command references, 15.1(3)T and later).
HIGHEST = 1000
HIGHEST_TUNNEL = 2147483647
#: Where the next hops of primary and backup stand in the clause, with room between them.
ORDERS = (10, 20)
_TUNNEL = re.compile(r"interface Tunnel(?P<number>\d+)")
_SLA = re.compile(
    r"ip sla (?:schedule |reaction-configuration |reaction-trigger |restart |reset |enable )?(?P<number>\d+)(?: .*)?"
)
_TRACK = re.compile(r"(?:.* )?(?:track|object) (?P<number>\d+)(?: .*)?")
_FOLLOWS = re.compile(r"track (?P<number>\d+) (?:ip sla|rtr) (?P<operation>\d+)(?: .*)?")
_GROUP = re.compile(r"ip sla group schedule \d+ (?P<numbers>[\d,-]+)(?: .*)?")


class EdgeNames(Struct, frozen=True):
    """What belongs to one edge: ``own`` names its profiles and its key, ``tag`` its probe; the others are numbers.

    ``order`` is the place of its next hop in the clause of the route map.
    """

    own: str
    tunnel: int
    sla: int
    track: int
    tag: str
    order: int


class ExistingSite(Struct, frozen=True):
    """The numbers that a router has of an edge, None for what it has not; ``tag`` is that of its newest probe."""

    tunnel: int | None
    sla: int | None
    track: int | None
    tag: str = ""


class SiteNames(Struct, frozen=True):
    """What the objects of one site are called, with a sentence for each decision. ``edges`` are primary and backup.

    ``access_list`` has what is led into the tunnels: no other object has its name, nor may anything else speak of it.
    """

    own: str
    policy: PolicyNames
    edges: tuple[EdgeNames, EdgeNames]
    transform_set: str
    access_list: str
    decisions: tuple[str, ...] = ()
    replacing: Replacing = NOTHING


def own_names(site: Zia) -> tuple[str, str, str]:
    """The name of what both edges share, and the names of the primary and the backup."""
    base = f"NR-{site.name}"
    return base, f"{base}-P", f"{base}-B"


def draft(site: Zia) -> SiteNames:
    """Names before the router is known: the first of each number."""
    base, first, second = own_names(site)
    ike = site.ike
    proposal = f"NR-{ike.encryption_algorithm}-{ike.authentication_algorithm.removeprefix('hmac-')}-{ike.group}"
    edges = (EdgeNames(first, 1, 1, 1, first, ORDERS[0]), EdgeNames(second, 2, 2, 2, second, ORDERS[1]))
    return SiteNames(base, PolicyNames(proposal, f"NR-{site.wan_ip}"), edges, base, f"{base}-PBR")


def called_on(site: Zia, config: Config) -> tuple[EdgeNames, EdgeNames]:
    """What primary and backup are called on this router: exchanged where its tunnels go to the edges of each other's role."""
    first, second = draft(site).edges
    primary, backup = str(site.primary.address), str(site.backup.address)
    of_first, of_second = (_peers(edge.own, config) for edge in (first, second))
    crossed = backup in of_first or primary in of_second
    if crossed and primary not in of_first and backup not in of_second:
        return replace(second, order=ORDERS[0]), replace(first, order=ORDERS[1])
    return first, second


def _peers(own: str, config: Config) -> tuple[str, ...]:
    """The ends of the tunnel that a router has under this name."""
    item = config.get("tunnel-interface", f"Tunnel{standing(own, config).tunnel}")
    return item.peers if item is not None else ()


def allocate(site: Zia, offer: Collection[str], running: str, config: Config) -> SiteNames:
    """Names that are free, or ours already; ``offer`` are the lines of the IKEv2 proposal. Raises ChangeError."""
    names, nodes = draft(site), tree.parse(running)
    policy, said = policy_place(site.host, site.wan_ip, names.policy, offer, [edge.own for edge in names.edges], nodes)
    taken = Taken.of(running)
    edges: list[EdgeNames] = []
    for edge in called_on(site, config):
        there = standing(edge.own, config)
        tunnel = there.tunnel if there.tunnel is not None else taken.tunnel(site)
        sla = there.sla if there.sla is not None else taken.sla(site)
        track = there.track if there.track is not None else taken.track(site, sla)
        taken = taken.with_numbers(tunnel, sla, track)
        edges.append(EdgeNames(edge.own, tunnel, sla, track, there.tag or edge.own, edge.order))
    first, second = edges
    return replace(names, policy=policy, edges=(first, second), decisions=said)


class Taken(Struct, frozen=True):
    """The numbers that anything of a router speaks of."""

    tunnels: frozenset[int]
    probes: frozenset[int]
    tracks: frozenset[int]

    @classmethod
    def of(cls, running: str) -> Taken:
        """By its running configuration."""
        lines = tuple(line.strip() for line in running.splitlines())
        probes = frozenset((*_numbers(_SLA, lines), *_in_groups(lines)))
        return cls(frozenset(_numbers(_TUNNEL, lines)), probes, frozenset(_numbers(_TRACK, lines)))

    def with_numbers(self, tunnel: int, sla: int, track: int) -> Taken:
        """The same with these taken as well."""
        return Taken(self.tunnels | {tunnel}, self.probes | {sla}, self.tracks | {track})

    def tunnel(self, site: Zia) -> int:
        """A free number for a tunnel interface. Raises ChangeError where there is none; so do the others."""
        return _free(site, "tunnel interface", self.tunnels, HIGHEST_TUNNEL)

    def sla(self, site: Zia) -> int:
        """A free number for a probe, and for its track where one is free in both."""
        return _free(site, "probe", self.probes, HIGHEST, self.tracks)

    def track(self, site: Zia, sla: int) -> int:
        """The number of its probe, or another free one."""
        return _free(site, "track", self.tracks, HIGHEST) if sla in self.tracks else sla


def standing(own: str, config: Config) -> ExistingSite:
    """What a router has of an edge; of several versions of its probe the newest."""
    tunnel = next((item.groups["interface"] for item in config.of("tunnel-interface") if _protected(item.children, own)), None)
    probes = probes_called(own, config)
    tag, sla = probes[-1] if probes else ("", None)
    track = next((item.groups["number"] for item in config.of("track") if item.groups["operation"] == sla), None)
    return ExistingSite(
        int(tunnel.removeprefix("Tunnel")) if tunnel else None,
        int(sla) if sla else None,
        int(track) if track else None,
        tag,
    )


def probes_called(own: str, config: Config) -> list[tuple[str, str]]:
    """Tag and number of each probe of an edge that a router has, the newest last."""
    tagged = ((line.removeprefix("tag "), item.groups["number"]) for item in config.of("sla-operation") for line in item.children)
    return sorted((one for one in tagged if is_version(one[0], own)), key=lambda one: version_of(one[0]))


def _protected(lines: Collection[str], profile: str) -> bool:
    return any(f"{line} ".startswith(f"tunnel protection ipsec profile {profile} ") for line in lines)


def _numbers(pattern: re.Pattern[str], lines: Collection[str]) -> set[int]:
    return {int(match["number"]) for line in lines if (match := pattern.fullmatch(line))}


def _in_groups(lines: Collection[str]) -> Iterator[int]:
    """The probes of groups that are scheduled together."""
    for line in lines:
        match = _GROUP.fullmatch(line)
        for span in match["numbers"].split(",") if match else ():
            first, _, last = span.partition("-")
            if first:
                yield from range(int(first), min(int(last or first), HIGHEST) + 1)


def _free(site: Zia, what: str, taken: Collection[int], highest: int, also: Collection[int] = ()) -> int:
    """The lowest free number, and one that is free in both where there is such a one."""
    free = [number for number in range(1, min(highest, len(taken) + len(also) + 1) + 1) if number not in taken]
    if not free:
        raise ChangeError(f"{site.host}: there is no free number for a {what} up to {highest}")
    return next((number for number in free if number not in also), free[0])
