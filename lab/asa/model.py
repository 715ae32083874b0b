"""What an ASA's configuration means, in the records that IKE and the wire ask for.

Algorithm names are those of IOS, so that two boxes can be compared: `aes-256` is `aes 256` in a policy, `esp-aes-256` is
`esp-256-aes` in a transform set.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from ..core.meaning import Key, host_lives
from ..core.protector import Protectors, gathered
from ..core.records import Authentication, Identity, Interface, MapEntry, Policy, Proposal, Route, Table, longest
from ..core.routing import NONE, Silent, Static, table
from ..core.store import Entry, Store
from . import lists
from .edit import interface_named
from .text import policy_values

LIFETIME_SECONDS, LIFETIME_KILOBYTES = 28800, 4608000
UNLIMITED = 2147483647


def transform_words(entry: Entry) -> tuple[str, ...]:
    """The transforms of a set as IOS names them."""
    found = []
    for name in ("first", "second"):
        word = entry.values.get(name, "esp-none")
        kind, _, bits = word.rpartition("-")
        if kind == "esp-aes":
            word = f"esp-{bits}-aes"
        if word != "esp-none":
            found.append(word)
    return tuple(found)


def asa_transform(words: tuple[str, ...]) -> str:
    """The transforms of an SA as an ASA names them."""
    told = []
    for word in words:
        parts = word.split("-")
        told.append(f"esp-aes-{parts[1]}" if len(parts) == 3 and parts[2] == "aes" else word)
    return " ".join(told if len(told) > 1 else [*told, "esp-none"])


@dataclass(frozen=True, slots=True)
class AsaMeaning:
    """The reading of an ASA configuration."""

    store: Store

    @property
    def drops_incomplete(self) -> bool:
        """What reaches an entry without a list or a peer is dropped."""
        return True

    def policies(self) -> list[Policy]:
        """The phase-1 policies; there is no built-in one."""
        return self.store.remembered("policies", self._policies)

    def _policies(self) -> list[Policy]:
        found = []
        for entry in self.store.all("policy"):
            values = policy_values(entry)
            life = values["lifetime"]
            cipher = values["encryption"].replace("-", " ")
            seconds = int(life) if life.isdigit() else UNLIMITED
            found.append(Policy(int(entry.key[0]), cipher, values["hash"], values["authentication"], values["group"], seconds))
        return found

    def interfaces(self) -> list[Interface]:
        """Interfaces by their names; one without a name carries nothing."""
        return self.store.remembered("interfaces", self._interfaces)

    def _interfaces(self) -> list[Interface]:
        found = []
        for entry in self.store.all("interface"):
            name, ip = entry.child("nameif"), entry.child("ip address")
            if name is None:
                continue
            address = IPv4Address(ip.values["ip"]) if ip is not None else None
            network = IPv4Network(f"{address}/{ip.values['mask']}", strict=False) if ip is not None else None
            nameif = name.values["nameif"]
            up = entry.child("shutdown") is None
            found.append(Interface(nameif, address, network, up, self._map_on(nameif), ""))
        return found

    def _map_on(self, nameif: str) -> str:
        return next((e.key[0] for e in self.store.all("map interface") if e.key[1] == nameif), "")

    def interface(self, nameif: str) -> Interface | None:
        """The interface of a name."""
        return next((found for found in self.interfaces() if found.name == nameif), None)

    def entries(self, name: str) -> list[MapEntry]:
        """The entries of a crypto map by sequence number."""
        return self.store.remembered(("entries", name), lambda: self._entries(name))

    def _entries(self, name: str) -> list[MapEntry]:
        found: dict[int, dict[str, Entry]] = {}
        for entry in self.store.all("map line"):
            if entry.key[0] == name:
                found.setdefault(int(entry.key[1]), {})[entry.key[2]] = entry
        aces = lists.by_name(self.store) if found else {}
        return [self._entry(name, seq, found[seq], aces) for seq in sorted(found)]

    def _entry(self, name: str, seq: int, lines: dict[str, Entry], aces: dict[str, list[Entry]]) -> MapEntry:
        sets = lines["transform"].values["sets"].split() if "transform" in lines else []
        found = [self.store.get("transform-set", item) for item in sets]
        acl = lines["match"].values["acl"] if "match" in lines else ""
        return MapEntry(
            name=name,
            seq=seq,
            peers=tuple(IPv4Address(peer) for peer in lines["peer"].values["peers"].split()) if "peer" in lines else (),
            transforms=tuple(transform_words(item) for item in found if item is not None),
            pfs=lines["pfs"].values["group"] if "pfs" in lines else "",
            acl=acl,
            lines=tuple(lists.lines_of(self.store, aces.get(acl, []))),
            dynamic="",
            seconds=self._lifetime(lines, "seconds", LIFETIME_SECONDS),
            kilobytes=self._lifetime(lines, "kilobytes", LIFETIME_KILOBYTES),
        )

    def _lifetime(self, lines: dict[str, Entry], unit: str, default: int) -> int:
        own = lines.get(f"lifetime {unit}") or self.store.get("ipsec lifetime", unit)
        if own is None:
            return default
        return int(own.values["n"]) if own.values["n"].isdigit() else UNLIMITED

    def dynamic_templates(self, name: str) -> list[MapEntry]:  # noqa: ARG002 - dynamic maps are not played
        """None."""
        return []

    def key_for(self, peer: IPv4Address) -> Key | None:
        """The tunnel group that is named as the peer's address, and its key."""
        group = self.store.get("tunnel-group", str(peer))
        section = self.store.get("tunnel-group ipsec", str(peer))
        if group is None or group.values["type"] != "ipsec-l2l":
            section = self.store.get("tunnel-group ipsec", "DefaultL2LGroup")
        line = section.child("key") if section is not None else None
        return Key(line.values["used"], no_xauth=True) if line is not None else None

    def admits(self, peer: IPv4Address, version: int = 1) -> bool:  # noqa: ARG002 - IKEv2 is not played
        """The group policy of the peer's tunnel group names the protocol, and allows a login."""
        section = self.store.get("tunnel-group general", str(peer))
        line = section.child("default-group-policy") if section is not None else None
        for name in (line.values["policy"] if line is not None else "", "DfltGrpPolicy"):
            attributes = self.store.get("group-policy attributes", name)
            protocols = attributes.child("vpn-tunnel-protocol") if attributes is not None else None
            logins = attributes.child("vpn-simultaneous-logins") if attributes is not None else None
            if logins is not None and logins.text.split()[-1] == "0":
                return False
            if protocols is not None:
                return bool({"ikev1", "IPSec"} & set(protocols.text.split()))
        return True

    def keepalive(self, peer: IPv4Address) -> int:
        """Dead peer detection: on unless it is switched off; the threshold and so many tries of ten seconds."""
        section = self.store.get("tunnel-group ipsec", str(peer))
        line = section.child("keepalive") if section is not None else None
        if line is None:
            return 10 + 10 * 2
        return 0 if "disable" in line.values else int(line.values["threshold"]) + 10 * int(line.values["retry"])

    def route_to(self, destination: IPv4Address, silent: Silent = NONE) -> Route | None:
        """Connected networks and static routes, the longest match wins, then the lowest distance."""
        return longest(self.store.remembered(("routes", silent), lambda: self._routes(silent)), destination)

    def _routes(self, silent: Silent) -> Table:
        return table(self.interfaces(), self.statics(), silent)

    def statics(self) -> list[Static]:
        """`route`."""
        found = []
        for entry in self.store.all("route"):
            network, via = IPv4Network(f"{entry.values['net']}/{entry.values['mask']}"), IPv4Address(entry.values["via"])
            found.append(Static(network, via, entry.values["nameif"], int(entry.values["distance"])))
        return found

    def protectors(self) -> Protectors:
        """Bound crypto maps."""
        return self.store.remembered("protectors", lambda: gathered(self.interfaces(), self.entries, self.dynamic_templates))

    def proposals(self, local: IPv4Address) -> list[Proposal]:  # noqa: ARG002 - IKEv2 is not played
        """None."""
        return []

    def authentication(
        self,
        profile: str,  # noqa: ARG002 - IKEv2 is not played
        local: IPv4Address,  # noqa: ARG002
        peer: IPv4Address,  # noqa: ARG002
        shown: Identity | None,  # noqa: ARG002
    ) -> Authentication | None:
        """None."""
        return None

    def speaks_ike(self, local: IPv4Address | None, version: int = 1) -> bool:
        """IKE is enabled on the interface of an address; IKEv2 is not played."""
        if version == 2:
            return False
        enabled = {entry.key[0] for entry in self.store.all("ike enable")}
        return any(i.name in enabled and i.address == local for i in self.interfaces())

    def answers_ike(self, local: IPv4Address, version: int = 1) -> bool:
        """IKE is enabled there, and a crypto map is bound."""
        return self.speaks_ike(local, version) and any(i.crypto_map and i.address == local for i in self.interfaces())

    def asks_xauth(self, local: IPv4Address, peer: IPv4Address) -> bool:  # noqa: ARG002 - not for LAN-to-LAN
        """A LAN-to-LAN tunnel group asks for no user."""
        return False

    # Address translation

    def translated(self, out: Interface, source: IPv4Address, destination: IPv4Address) -> IPv4Address:
        """The first rule that the packet falls under: an exemption leaves it alone, a dynamic one takes the outer address."""
        came = next((i for i in self.interfaces() if i.network is not None and source in i.network), None)
        if came is None or came.name == out.name:
            return source
        rule = self.rule_for(came.name, out.name, source, destination)
        if rule is None or rule.how == "exempt" or out.address is None:
            return source
        return rule.mapped or out.address

    def rule_for(self, came: str, out: str, source: IPv4Address, destination: IPv4Address) -> Rule | None:
        """The translation rule of a packet, or None."""
        for rule in self.rules():
            if rule.covers(came, out, source, destination):
                return rule
        return None

    def rules(self) -> list[Rule]:
        """All translation rules in the order in which they are tried: exemptions and twice NAT, objects, after-auto, then 8.2."""
        return self.store.remembered("rules", self._rules)

    def _rules(self) -> list[Rule]:
        twice = self.store.all("nat")
        found = [self._exempt(entry) for entry in self.store.all("nat exempt")]
        found += [self._twice(entry) for entry in twice if "after" not in entry.values]
        for entry in self.store.all("object"):
            line = entry.child("object nat")
            if line is not None:
                found.append(self._object(entry, line))
        found += [self._twice(entry) for entry in twice if "after" in entry.values]
        return found + [rule for entry in self.store.all("nat old") for rule in self._old(entry)]

    def _exempt(self, entry: Entry) -> Rule:
        return Rule(entry.text, "exempt", entry.values["on"][1:-1], "any", self.store, acl=entry.values["acl"], lookup=True)

    def _twice(self, entry: Entry) -> Rule:
        came, out = entry.values["pair"][1:-1].split(",")
        values = entry.values
        same = values["real"] == values["mapped"] and values["how"] == "static"
        return Rule(
            entry.text,
            "exempt" if same else values["how"],
            came,
            out,
            self.store,
            real=values["real"],
            far=values.get("near", "any"),
            mapped=self._address(values["mapped"]),
            lookup="lookup" in values,
        )

    def _object(self, entry: Entry, line: Entry) -> Rule:
        came, out = line.values["pair"][1:-1].split(",")
        same = line.values["mapped"] == entry.key[0] and line.values["how"] == "static"
        how = "exempt" if same else line.values["how"]
        mapped = self._address(line.values["mapped"])
        return Rule(line.text, how, came, out, self.store, real=entry.key[0], mapped=mapped)

    def _old(self, entry: Entry) -> list[Rule]:
        found, came = [], entry.values["on"][1:-1]
        network = IPv4Network(f"{entry.values['net']}/{entry.values['mask']}")
        if entry.values["id"] == "0":
            return [Rule(entry.text, "exempt", came, "any", self.store, network=network, lookup=True)]
        for pool in self.store.all("global"):
            if pool.values["id"] == entry.values["id"]:
                mapped = self._address(pool.values["pool"])
                out = pool.values["on"][1:-1]
                found.append(Rule(entry.text, "dynamic", came, out, self.store, network=network, mapped=mapped))
        return found

    def _address(self, name: str) -> IPv4Address | None:
        """The first address behind a name; None for the address of the interface."""
        if name == "interface":
            return None
        if name[0].isdigit():
            return IPv4Address(name)
        found = lists.networks(self.store, name)
        return found[0].network_address if found else None

    def reaches(self, destination: IPv4Address, source: IPv4Address, *, tunnelled: bool) -> bool:
        """From a tunnel each LAN behind it, and its own address where `management-access` is; in clear only its outer address.

        Without `route-lookup` an exemption takes what is for the ASA's own inner address to the LAN, where nobody has it.
        """
        for interface in self.interfaces():
            if not interface.up or interface.network is None or destination not in interface.network:
                continue
            outer = bool(interface.crypto_map) or self._default_interface() == interface.name
            if not tunnelled:
                return outer and destination == interface.address
            if self.store.get("permit-vpn") is not None:
                return False
            if destination != interface.address:
                return host_lives(destination)
            return self.managed(interface.name) and self._looks_up(interface.name, destination, source)
        return False

    def _default_interface(self) -> str:
        route = self.route_to(ipaddress.IPv4Address("192.0.2.1"))
        return route.interface.name if route is not None else ""

    def managed(self, nameif: str) -> bool:
        """Whether the box can be reached at this interface through a tunnel."""
        line = self.store.get("management-access")
        return line is not None and line.values["nameif"] == nameif

    def _looks_up(self, nameif: str, own: IPv4Address, far: IPv4Address) -> bool:
        rule = self.rule_for(nameif, self._default_interface(), own, far)
        return rule is None or rule.how != "exempt" or rule.lookup

    def hardware(self, nameif: str) -> str:
        """The interface behind a name."""
        entry = interface_named(self.store, nameif)
        return entry.key[0] if entry is not None else ""


@dataclass(frozen=True, slots=True)
class Rule:
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
