"""What the configuration of a firewall says of BGP: its neighbours with their lists, and the networks that are told."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from ...core.configuration.store import Entry, Store

HOLD = 180


class Rule(Struct, frozen=True):
    """One rule of a list of prefixes: the networks within ``network`` whose length is from ``least`` to ``most``."""

    permits: bool
    network: IPv4Network
    least: int
    most: int

    def covers(self, network: IPv4Network) -> bool:
        """Whether a network falls under it."""
        return self.least <= network.prefixlen <= self.most and network.subnet_of(self.network)


class Neighbour(Struct, frozen=True):
    """One neighbour: the system of each end, whether it is spoken with, its hold time in seconds, how many hops it may be away.

    ``most`` prefixes are taken (0: any number), beyond that it is warned or ended, and comes
    again after ``restart`` minutes (0: not by itself); a list is None where there is none.
    """

    own: int
    system: int
    active: bool
    shutdown: bool
    hold: int
    hops: int
    most: int
    warns: bool
    restart: int
    taken: tuple[Rule, ...] | None
    told: tuple[Rule, ...] | None

    def lets_in(self, network: IPv4Network) -> bool:
        """Whether it may tell us a network."""
        return permits(self.taken, network)

    def lets_out(self, network: IPv4Network) -> bool:
        """Whether it is told a network."""
        return permits(self.told, network)


def permits(rules: tuple[Rule, ...] | None, network: IPv4Network) -> bool:
    """The first rule that covers it decides; none does not permit, and no list at all does."""
    if rules is None:
        return True
    return next((rule.permits for rule in rules if rule.covers(network)), False)


def prefix_list(store: Store, name: str) -> tuple[Rule, ...] | None:
    """The rules of a list by number; None for one that is nowhere, which permits everything."""
    found = [_rule(entry) for entry in store.all("prefix-list") if entry.key[0] == name]
    return tuple(found) or None


def _rule(entry: Entry) -> Rule:
    values, network = entry.values, IPv4Network(entry.values["rule"].split()[1])
    least = int(values.get("ge", network.prefixlen))
    most = int(values["le"]) if "le" in values else 32 if "ge" in values else network.prefixlen
    return Rule(values["action"] == "permit", network, least, most)


def family(store: Store) -> Entry | None:
    """The address family of the router, None without one."""
    router = store.get("bgp")
    return router.child("bgp-af") if router is not None else None


def networks(store: Store) -> tuple[IPv4Network, ...]:
    """The networks that are told if they are in the routing table."""
    section = family(store)
    lines = section.all("bgp network") if section is not None else []
    return tuple(IPv4Network("{network}/{mask}".format(**line.values)) for line in lines)


def neighbours(store: Store) -> dict[IPv4Address, Neighbour]:
    """The neighbours by address."""
    router, section = store.get("bgp"), family(store)
    if router is None or section is None:
        return {}
    found = {line.values["neighbor"]: line.values["far"] for line in section.all("bgp remote-as")}
    usual = router.child("bgp timers all")
    hold = int(usual.values["hold"]) if usual is not None else HOLD
    own = int(router.values["system"])
    return {
        IPv4Address(name): _neighbour(store, section, name, own, int(found[name]), hold)
        for name in sorted(found, key=IPv4Address)
    }


def _neighbour(store: Store, section: Entry, name: str, own: int, system: int, hold: int) -> Neighbour:
    def line(what: str, *more: str) -> dict[str, str] | None:
        entry = section.children.get((f"bgp {what}", (name, *more)))
        return entry.values if entry is not None else None

    timers, hops, most = line("timers"), line("multihop"), line("most")
    lists = {way: line(f"list {way}", way) for way in ("in", "out")}
    taken, told = (prefix_list(store, found["list"]) if (found := lists[way]) is not None else None for way in ("in", "out"))
    return Neighbour(
        own=own,
        system=system,
        active=line("activate") is not None,
        shutdown=line("shutdown") is not None,
        hold=int(timers["hold"]) if timers is not None else hold,
        hops=int(hops["ttl"]) if hops is not None else 255 if line("ttl-security") is not None else 1,
        most=int(most["most"]) if most is not None else 0,
        warns=most is not None and "warning-only" in most["line"].split(),
        restart=int(most.get("minutes", "0")) if most is not None else 0,
        taken=taken,
        told=told,
    )
