"""What a device has of a tunnel, in whatever form: the one place that finds it, by a name that a run gave.

A tunnel is its map entry, known by its access list, or its interface, known by its IPsec profile: ``NR-<name>`` or a later
version of it. The rest follows from what that names, from its peers and from the routes into it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from ....changes.configurations.look_up import LookUp, by_object, joined
from ....changes.objects import Config, ConfigObject, Key
from ....inventory.errors import ChangeError, OtherForm
from ....inventory.intents.intent import Style
from ..features import Member, Names
from ..placing.versions import bases_of

#: Families of what says how the data is protected, by either version of IKE.
SETS = ("transform-set", "ipsec-proposal")
_PROTECTION = "tunnel protection ipsec profile "


class Labelled(Struct, frozen=True):
    """A tunnel on a device with the name that it is known by: that of its access list, or of its IPsec profile; empty without."""

    style: Style
    label: str
    tunnel: ConfigObject


def tunnels_on(config: Config) -> Iterator[Labelled]:
    """Every tunnel of a device: the entries of its crypto maps, then its tunnel interfaces."""
    for entry in config.of("crypto-map-entry"):
        yield Labelled("crypto-map", entry.child("match address") or "", entry)
    for item in config.of("tunnel-interface"):
        yield Labelled("vti", profile_name(item), item)


def tunnels_called(config: Config, base: str) -> tuple[Labelled, ...]:
    """Those of them that go by this name or a later version of it."""
    return config.kept(_BY_NAME).get(base, ())


def _by_name(config: Config) -> dict[str, tuple[Labelled, ...]]:
    found: dict[str, list[Labelled]] = {}
    for there in tunnels_on(config):
        for base in bases_of(there.label):
            found.setdefault(base, []).append(there)
    return {base: tuple(those) for base, those in found.items()}


def _by_name_too(there: dict[str, tuple[Labelled, ...]], whole: Config, more: Config) -> dict[str, tuple[Labelled, ...]] | None:
    """Entries stand before interfaces, so new entries beside interfaces are no more than a look at the whole can tell."""
    if more.of("crypto-map-entry") and whole.of("tunnel-interface"):
        return None
    return joined(there, _by_name(more))


_BY_NAME = LookUp(_by_name, _by_name_too)


def profile_name(interface: ConfigObject) -> str:
    """The name of the IPsec profile that protects a tunnel interface; empty without one."""
    line = next((line for line in interface.children if line.startswith(_PROTECTION)), "")
    return line.removeprefix(_PROTECTION).split(" ")[0]


class ExistingTunnel(Struct, frozen=True):
    """The tunnel itself, and all that follows from it on the device; ``access_list`` is the one that a map entry matches."""

    tunnel: ConfigObject
    parts: tuple[ConfigObject, ...]
    access_list: ConfigObject | None = None

    @property
    def own(self) -> frozenset[Key]:
        """Identities of all of it."""
        return frozenset((self.tunnel.key, *(item.key for item in self.parts)))

    @property
    def called(self) -> str:
        """Its name in a sentence."""
        number = self.tunnel.groups.get("sequence")
        return f"entry {number}" if number else self.tunnel.title

    def of(self, *families: str) -> tuple[ConfigObject, ...]:
        """Parts of these families."""
        return tuple(item for item in self.parts if item.family.name in families)


def find_existing_tunnel(member: Member, names: Names, running: Config) -> ExistingTunnel | None:
    """The tunnel in the style that is wanted, None where the device has none.

    ``names`` has the crypto map and the base of its access list, or the number of the tunnel interface. Raises ChangeError where
    more than one entry is the tunnel's, OtherForm where it is in another map that is at work: a move is two runs.
    """
    if member.style == "vti":
        tunnel, selecting = running.get("tunnel-interface", f"Tunnel{names.tunnel_number}"), None
    else:
        tunnel, selecting = _entry(member, names, running) or (None, None)
    if tunnel is None:
        return None
    parts = {item.key: item for item in parts_of(tunnel, running) if item.key != tunnel.key}
    return ExistingTunnel(tunnel, tuple(parts.values()), selecting)


def two_runs(tunnel: str) -> str:
    """The way out, with the intent as it is wanted: what stands is removed as the devices have it."""
    return f"nr-run remove-l2l {tunnel}, then nr-run deploy-l2l {tunnel}"


def _entry(member: Member, names: Names, running: Config) -> tuple[ConfigObject, ConfigObject] | None:
    """The tunnel's entry in its map, with its list."""
    host = member.local.host
    found: list[tuple[ConfigObject, ConfigObject]] = []
    at_work = running.kept(_MAPS_AT_WORK)
    for there in tunnels_called(running, names.access_list):
        selecting = running.get("access-list", there.label) if there.style == "crypto-map" else None
        if selecting is None:
            continue
        where = there.tunnel.groups
        if where["map"] == names.crypto_map:
            found.append((there.tunnel, selecting))
        elif where["map"] in at_work:
            raise OtherForm(
                f"{host}: entry {where['sequence']} of crypto map {where['map']} matches {there.label}, and the tunnel is "
                f"wanted in {names.crypto_map}; a tunnel is not moved to another map or interface: {two_runs(member.name)}"
            )
    if len(found) > 1:
        numbers = " and ".join(entry.groups["sequence"] for entry, _ in found)
        raise ChangeError(
            f"{host}: entries {numbers} of crypto map {names.crypto_map} both match a version of {names.access_list}; "
            "remove one by hand"
        )
    return found[0] if found else None


def _maps_at_work(running: Config) -> frozenset[str]:
    return frozenset(item.map_name for item in running.of("crypto-map-binding"))


_MAPS_AT_WORK = LookUp(_maps_at_work, lambda there, _whole, more: there | _maps_at_work(more))


def parts_of(tunnel: ConfigObject, running: Config) -> Iterator[ConfigObject]:
    """The tunnel, what it names from one to the next, the keys of its peers, and the routes into its interface."""
    waiting = deque([tunnel, *(key for peer in tunnel.peers if (key := running.key_of(peer)))])
    seen: set[Key] = set()
    while waiting:
        item = waiting.popleft()
        if item.key in seen:
            continue
        seen.add(item.key)
        yield item
        for rule, name in item.named:
            waiting += [part for family in filter(None, (rule.family, rule.or_family)) if (part := running.get(family, name))]
    yield from routes_into(tunnel, running)


def routes_into(tunnel: ConfigObject, running: Config) -> tuple[ConfigObject, ...]:
    """The static routes into a tunnel interface: by its name of its own where it has one (nameif), else by its number."""
    if tunnel.family.name != "tunnel-interface":
        return ()
    via = tunnel.child("nameif") or tunnel.groups["interface"]
    return running.kept(_BY_WAY).get(via, ())


def _by_way(running: Config) -> dict[str, tuple[ConfigObject, ...]]:
    """Static routes by what they name as their way: an interface, or a next hop."""
    found: dict[str, list[ConfigObject]] = {}
    for item in running.of("static-route"):
        for via in dict.fromkeys(filter(None, (item.groups.get("nameif"), item.groups.get("hop")))):
            found.setdefault(via, []).append(item)
    return {via: tuple(items) for via, items in found.items()}


_BY_WAY = by_object(_by_way)


def refuse_strange(host: str, there: ExistingTunnel, peer: str, wanted: ConfigObject) -> None:
    """Raise ChangeError for a map entry that may be changed in place only by somebody who knows what it is.

    That is one that goes to another peer for other networks altogether than those of the list that is ``wanted`` (its own may
    belong to another tunnel), to several peers, or that has a line which no rule knows: a filter or a route that the change would
    have to keep or to drop.
    """
    entry, selecting = there.tunnel, there.access_list
    if selecting is None:
        return
    where = f"{host}: entry {entry.groups['sequence']} of crypto map {entry.groups['map']}"
    if peer not in entry.peers and not {*selecting.canonical_children} & {*wanted.canonical_children}:
        raise ChangeError(
            f"{where} matches {selecting.groups['name']} and goes to {' and '.join(entry.peers) or 'no peer'} "
            "for other networks: it looks like another tunnel; remove it, or give this one another access list"
        )
    if len(entry.peers) > 1:
        raise ChangeError(
            f"{where} goes to several peers ({', '.join(entry.peers)}), and the intent knows one; remove it by hand"
        )
    strange = [line for line in entry.children if not any(pattern.fullmatch(line) for pattern in entry.family.children)]
    if strange:
        raise ChangeError(f"{where} has {strange[0]!r}, which no rule knows; a change in place would drop it")
