"""Names and numbers for a site on its router, found by looking at the router.

What is ours is known by its name: a tunnel interface by its IPsec profile, a probe by its tag, a track by its probe. Numbers that
anything of the router speaks of are taken, whether that is there or not: a track that is missing is somebody's plan.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from ...changes import tree
from ...changes.objects import Config
from ...changes.replacing import NOTHING, Replacing
from ...inventory.errors import ChangeError
from ..ikev2_policies import PolicyNames, policy_place
from .intent import Zia

#: Of `track` and `ip sla` (command references, 15.1(3)T and later).
HIGHEST = 1000
HIGHEST_TUNNEL = 2147483647
_TUNNEL = re.compile(r"interface Tunnel(?P<number>\d+)")
_SLA = re.compile(
    r"ip sla (?:schedule |reaction-configuration |reaction-trigger |restart |reset |enable )?(?P<number>\d+)(?: .*)?"
)
_TRACK = re.compile(r"(?:.* )?(?:track|object) (?P<number>\d+)(?: .*)?")
_FOLLOWS = re.compile(r"track (?P<number>\d+) (?:ip sla|rtr) (?P<operation>\d+)(?: .*)?")
_GROUP = re.compile(r"ip sla group schedule \d+ (?P<numbers>[\d,-]+)(?: .*)?")


@dataclass(frozen=True, slots=True)
class EdgeNames:
    """What belongs to one edge: ``own`` names its IKEv2 profile, IPsec profile, key and probe; the others are numbers."""

    own: str
    tunnel: int
    sla: int
    track: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The numbers that a router has of an edge, None for what it has not."""

    tunnel: int | None
    sla: int | None
    track: int | None


@dataclass(frozen=True, slots=True)
class SiteNames:
    """What the objects of one site are called, with a sentence for each decision. ``edges`` are primary and backup."""

    own: str
    policy: PolicyNames
    edges: tuple[EdgeNames, EdgeNames]
    decisions: tuple[str, ...] = ()
    replacing: Replacing = NOTHING

    @property
    def access_list(self) -> str:
        """The list of what is led into the tunnels; no other object has its name, nor may anything else speak of it."""
        return f"{self.own}-PBR"


def own_names(site: Zia) -> tuple[str, str, str]:
    """The name of what both edges share, and the names of the primary and the backup."""
    base = f"NR-{site.name}"
    return base, f"{base}-P", f"{base}-B"


def draft(site: Zia) -> SiteNames:
    """Names before the router is known: the first of each number."""
    base, first, second = own_names(site)
    ike = site.ike
    proposal = f"NR-{ike.encryption_algorithm}-{ike.authentication_algorithm.removeprefix('hmac-')}-{ike.group}"
    edges = (EdgeNames(first, 1, 1, 1), EdgeNames(second, 2, 2, 2))
    return SiteNames(base, PolicyNames(proposal, f"NR-{site.wan_ip}"), edges)


def allocate(site: Zia, offer: Collection[str], running: str, config: Config) -> SiteNames:
    """Names that are free, or ours already; ``offer`` are the lines of the IKEv2 proposal. Raises ChangeError."""
    names, nodes = draft(site), tree.parse(running)
    policy, said = policy_place(site.host, site.wan_ip, names.policy, offer, [edge.own for edge in names.edges], nodes)
    lines = tuple(line.strip() for line in running.splitlines())
    tunnels = _numbers(_TUNNEL, lines)
    probes, tracks = {*_numbers(_SLA, lines), *_in_groups(lines)}, _numbers(_TRACK, lines)
    edges: list[EdgeNames] = []
    for edge in names.edges:
        there = standing(edge.own, config)
        tunnel = _free(site, "tunnel interface", tunnels, HIGHEST_TUNNEL) if there.tunnel is None else there.tunnel
        sla = _free(site, "probe", probes, HIGHEST, tracks) if there.sla is None else there.sla
        track = there.track
        if track is None:
            track = _free(site, "track", tracks, HIGHEST) if sla in tracks else sla
        tunnels, probes, tracks = tunnels | {tunnel}, probes | {sla}, tracks | {track}
        edges.append(EdgeNames(edge.own, tunnel, sla, track))
    first, second = edges
    return replace(names, policy=policy, edges=(first, second), decisions=said)


def standing(own: str, config: Config) -> Standing:
    """What a router has of an edge."""
    tunnel = next((item.groups["interface"] for item in config.of("tunnel-interface") if _protected(item.children, own)), None)
    sla = next((item.groups["number"] for item in config.of("sla-operation") if f"tag {own}" in item.children), None)
    track = next((item.groups["number"] for item in config.of("track") if item.groups["operation"] == sla), None)
    return Standing(
        int(tunnel.removeprefix("Tunnel")) if tunnel else None,
        int(sla) if sla else None,
        int(track) if track else None,
    )


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
