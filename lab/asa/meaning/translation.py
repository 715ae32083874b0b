"""Address translation of an ASA: the rules that a configuration has, and which one a packet falls under."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from ...core.configuration.store import Entry, Store
from . import lists


class Rule(Struct, frozen=True):
    """One translation: `how` is `exempt`, `static` or `dynamic`; `came` and `out` are interface names or `any`."""

    text: str
    how: str
    came: str
    out: str
    store: Store
    real: str = "any"
    far: str = "any"
    acl: str = ""
    network: IPv4Network | None = None
    mapped: IPv4Address | None = None
    lookup: bool = False

    def covers(self, came: str, out: str, source: IPv4Address, destination: IPv4Address) -> bool:
        """Whether a packet falls under it."""
        if self.came not in ("any", came) or self.out not in ("any", out):
            return False
        if self.acl:
            return lists.permits(self.store, self.acl, source, destination)
        if self.network is not None:
            return source in self.network
        real, far = lists.networks(self.store, self.real) or [], lists.networks(self.store, self.far) or []
        return any(source in network for network in real) and any(destination in network for network in far)


def rule_for(store: Store, came: str, out: str, source: IPv4Address, destination: IPv4Address) -> Rule | None:
    """The translation rule of a packet, or None."""
    return next((rule for rule in rules(store) if rule.covers(came, out, source, destination)), None)


def rules(store: Store) -> list[Rule]:
    """All translation rules in the order in which they are tried: exemptions and twice NAT, objects, after-auto, then 8.2."""
    return store.remembered("rules", lambda: _rules(store))


def _rules(store: Store) -> list[Rule]:
    twice = store.all("nat")
    found = [_exempt(store, entry) for entry in store.all("nat exempt")]
    found += [_twice(store, entry) for entry in twice if "after" not in entry.values]
    for entry in store.all("object"):
        line = entry.child("object nat")
        if line is not None:
            found.append(_object(store, entry, line))
    found += [_twice(store, entry) for entry in twice if "after" in entry.values]
    return found + [rule for entry in store.all("nat old") for rule in _old(store, entry)]


def _exempt(store: Store, entry: Entry) -> Rule:
    return Rule(entry.text, "exempt", entry.values["on"][1:-1], "any", store, acl=entry.values["acl"], lookup=True)


def _twice(store: Store, entry: Entry) -> Rule:
    came, out = entry.values["pair"][1:-1].split(",")
    values = entry.values
    same = values["real"] == values["mapped"] and values["how"] == "static"
    return Rule(
        entry.text,
        "exempt" if same else values["how"],
        came,
        out,
        store,
        real=values["real"],
        far=values.get("near", "any"),
        mapped=_address(store, values["mapped"]),
        lookup="lookup" in values,
    )


def _object(store: Store, entry: Entry, line: Entry) -> Rule:
    came, out = line.values["pair"][1:-1].split(",")
    same = line.values["mapped"] == entry.key[0] and line.values["how"] == "static"
    how = "exempt" if same else line.values["how"]
    mapped = _address(store, line.values["mapped"])
    return Rule(line.text, how, came, out, store, real=entry.key[0], mapped=mapped)


def _old(store: Store, entry: Entry) -> list[Rule]:
    found, came = [], entry.values["on"][1:-1]
    network = IPv4Network(f"{entry.values['net']}/{entry.values['mask']}")
    if entry.values["id"] == "0":
        return [Rule(entry.text, "exempt", came, "any", store, network=network, lookup=True)]
    for pool in store.all("global"):
        if pool.values["id"] == entry.values["id"]:
            mapped = _address(store, pool.values["pool"])
            out = pool.values["on"][1:-1]
            found.append(Rule(entry.text, "dynamic", came, out, store, network=network, mapped=mapped))
    return found


def _address(store: Store, name: str) -> IPv4Address | None:
    """The first address behind a name; None for the address of the interface."""
    if name == "interface":
        return None
    if name[0].isdigit():
        return IPv4Address(name)
    found = lists.networks(store, name)
    return found[0].network_address if found else None
