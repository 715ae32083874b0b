"""What an ASA's configuration means, in the records that IKE and the wire ask for.

Algorithm names are those of IOS, so that two boxes can be compared: `aes-256` is `aes 256` in a policy, `esp-aes-256` is
`esp-256-aes` in a transform set.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct

from ...core.configuration.store import Entry, Store
from ...core.meaning import Key, host_lives
from ...core.negotiation.protector import Protectors, gathered
from ...core.records import (
    Authentication,
    Identity,
    Interface,
    MapEntry,
    Policy,
    Proposal,
    Route,
    Table,
    Transform,
    longest,
    table_of,
)
from ...core.wire.routing import NONE, Silent, Static, candidates
from ..effects.edit import interface_named, interfaces
from ..outputs.text import policy_values
from ..tables.generations import Generation
from . import lists, protection, translation
from .learned import Learned
from .learned import routes as learned_routes
from .protection import LIFETIMES, UNLIMITED
from .translation import Rule

#: What a group policy calls the versions of IKE.
_PROTOCOLS = {1: {"ikev1", "IPSec"}, 2: {"ikev2"}}


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


_SHOWN = {"esp-sha256-hmac": "esp-sha-256-hmac", "esp-sha384-hmac": "esp-sha-384-hmac", "esp-sha512-hmac": "esp-sha-512-hmac"}


def asa_transform(words: Transform) -> str:
    """The transforms of an SA as an ASA names them."""
    told = []
    for word in words:
        parts = word.split("-")
        if word.startswith(("esp-gcm", "esp-gmac")):
            word = word.replace("esp-", "esp-aes-").replace(" ", "-")
        elif len(parts) == 3 and parts[-1] == "aes":
            word = f"esp-aes-{parts[1]}"
        told.append(_SHOWN.get(word, word))
    combined = any(part in told[0] for part in ("gcm", "gmac"))
    return " ".join(told if len(told) > 1 else [*told, "esp-null-hmac" if combined else "esp-none"])


class AsaMeaning(Struct, frozen=True):
    """The reading of an ASA configuration."""

    store: Store
    row: Generation
    learned: tuple[Learned, ...] = ()

    @property
    def drops_incomplete(self) -> bool:
        """What reaches an entry without a list or a peer is dropped."""
        return True

    @property
    def drops_asymmetric(self) -> bool:
        """A connection is of the interface by which it went (ASA syslog guide, 106014, 106015: no connection)."""
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
        maps = {e.key[1]: e.key[0] for e in self.store.all("map interface")}
        found = []
        for entry in interfaces(self.store):
            name, ip = entry.child("nameif"), entry.child("ip address")
            if name is None:
                continue
            address = IPv4Address(ip.values["ip"]) if ip is not None else None
            network = IPv4Network(f"{address}/{ip.values['mask']}", strict=False) if ip is not None else None
            nameif, tunnel = name.values["nameif"], entry.key[0].startswith("Tunnel")
            up = entry.child("shutdown") is None
            found.append(Interface(nameif, address, network, up, maps.get(nameif, ""), "", "ipsec" if tunnel else ""))
        return found

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
        aces, sets = lists.by_name(self.store) if found else {}, self._sets()
        return [self._entry(name, seq, found[seq], aces, sets) for seq in sorted(found)]

    def _sets(self) -> dict[str, Transform]:
        return self.store.remembered("sets", lambda: {e.key[0]: transform_words(e) for e in self.store.all("transform-set")})

    def _entry(
        self, name: str, seq: int, lines: dict[str, Entry], aces: dict[str, list[Entry]], sets: dict[str, Transform]
    ) -> MapEntry:
        named = lines["transform"].values["sets"].split() if "transform" in lines else []
        newer = lines["proposal"].values["sets"].split() if "proposal" in lines else []
        acl = lines["match"].values["acl"] if "match" in lines else ""
        pfs = lines["pfs"].values["group"] if "pfs" in lines else ""
        ours = not pfs or pfs.removeprefix("group") in self.row.pfs1
        return MapEntry(
            name=name,
            seq=seq,
            peers=tuple(IPv4Address(peer) for peer in lines["peer"].values["peers"].split()) if "peer" in lines else (),
            transforms=tuple(sets[item] for item in named if item in sets) if ours else (),
            pfs=pfs,
            acl=acl,
            lines=tuple(lists.lines_of(self.store, aces.get(acl, []))),
            dynamic="",
            seconds=self._lifetime(lines, "seconds"),
            kilobytes=self._lifetime(lines, "kilobytes"),
            transforms2=protection.esp_transforms(self.store, newer, self.row),
        )

    def _lifetime(self, lines: dict[str, Entry], unit: str) -> int:
        own = lines.get(f"lifetime {unit}") or self.store.get("ipsec lifetime", unit)
        if own is None:
            return LIFETIMES[unit]
        return int(own.values["n"]) if own.values["n"].isdigit() else UNLIMITED

    def dynamic_templates(self, name: str) -> list[MapEntry]:  # noqa: ARG002 - dynamic maps are not played
        """None."""
        return []

    def key_for(self, peer: IPv4Address) -> Key | None:
        """The tunnel group that is named as the peer's address, and its key."""
        attributes = protection.section(self.store, "ipsec", str(peer))
        line = attributes.child("key") if attributes is not None else None
        return Key(line.values["used"], no_xauth=True) if line is not None else None

    def protectors(self) -> Protectors:
        """Bound crypto maps and tunnel interfaces."""
        return self.store.remembered("protectors", self._protectors)

    def _protectors(self) -> Protectors:
        tunnels = protection.tunnels(self.store, self.row, self.interfaces(), self._sets())
        return gathered(self.interfaces(), self.entries, self.dynamic_templates, tunnels)

    def proposals(self, local: IPv4Address) -> list[Proposal]:  # noqa: ARG002 - one list for all interfaces
        """`crypto ikev2 policy`; there is no built-in one."""
        return protection.proposals(self.store)

    def authentication(
        self,
        profile: str,  # noqa: ARG002 - the tunnel group decides
        local: IPv4Address,
        peer: IPv4Address,
        shown: Identity | None,
    ) -> Authentication | None:
        """The tunnel group of the peer, and its keys."""
        return protection.authentication(self.store, local, peer, shown)

    def admits(self, peer: IPv4Address, version: int = 1) -> bool:
        """The group policy of the peer's tunnel group names the protocol, and allows a login; what it lacks it inherits."""
        attributes = protection.section(self.store, "general", str(peer))
        line = attributes.child("default-group-policy") if attributes is not None else None
        own, default = (
            self.store.get("group-policy attributes", name)
            for name in (line.values["policy"] if line is not None else "", "DfltGrpPolicy")
        )
        sections = [section for section in (own, default) if section is not None]
        logins = next((found for each in sections if (found := each.child("vpn-simultaneous-logins"))), None)
        protocols = next((found for each in sections if (found := each.child("vpn-tunnel-protocol"))), None)
        if logins is not None and logins.text.split()[-1] == "0":
            return False
        return protocols is None or bool(_PROTOCOLS[version] & set(protocols.text.split()))

    def keepalive(self, peer: IPv4Address) -> int:
        """Dead peer detection: on unless it is switched off; the threshold and so many tries of ten seconds."""
        threshold, retry = protection.keepalive(self.store.get("tunnel-group ipsec", str(peer)))
        return threshold + 10 * retry if threshold else 0

    def route_to(self, destination: IPv4Address, silent: Silent = NONE) -> Route | None:
        """Connected networks and static routes, the longest match wins, then the lowest distance."""
        return longest(self.store.remembered(("routes", silent, self.learned), lambda: self._routes(silent)), destination)

    def _routes(self, silent: Silent) -> Table:
        return table_of(self.routes(silent))

    def routes(self, silent: Silent) -> list[Route]:
        """Every route that can be used, the better ones first; a route to nowhere can always be."""
        nowhere = Interface("Null0", None, None, True, "", "")
        nulls = [
            Route(IPv4Network(f"{e.values['net']}/{e.values['mask']}"), nowhere, None, "static", int(e.values["distance"]))
            for e in self.store.all("route")
            if e.values["nameif"] == "Null0"
        ]
        told = learned_routes(self.learned, self.interfaces(), silent)
        return sorted([*candidates(self.interfaces(), self._statics(), silent), *nulls, *told], key=lambda route: route.distance)

    def _statics(self) -> list[Static]:
        found = []
        for entry in self.store.all("route"):
            if entry.values["nameif"] != "Null0":
                network, via = IPv4Network(f"{entry.values['net']}/{entry.values['mask']}"), IPv4Address(entry.values["via"])
                found.append(Static(network, via, entry.values["nameif"], int(entry.values["distance"])))
        return found

    def speaks_ike(self, local: IPv4Address | None, version: int = 1) -> bool:
        """That version of IKE is enabled on the interface of an address."""
        enabled = {entry.key[0] for entry in self.store.all("ikev2 enable" if version == 2 else "ike enable")}
        return any(i.name in enabled and i.address == local for i in self.interfaces())

    def answers_ike(self, local: IPv4Address, version: int = 1) -> bool:
        """It is enabled there, and something is protected there."""
        return self.speaks_ike(local, version) and bool(self.protectors().at.get(local))

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
        return translation.rule_for(self.store, came, out, source, destination)

    def lets_in(self, protocol: str, port: int, source: IPv4Address, at: IPv4Address) -> bool:  # noqa: ARG002 - of all the same
        """Lists of an ASA are for what goes through it: what is for itself meets those of the control plane alone, not played."""
        return True

    def reaches(self, destination: IPv4Address, source: IPv4Address, *, tunnelled: bool) -> bool:
        """From a tunnel each LAN behind it, and its own address where `management-access` is; in clear only its outer address.

        Without `route-lookup` an exemption takes what is for the ASA's own inner address to the LAN, where nobody has it.
        """
        for interface in self.interfaces():
            if not interface.up or interface.network is None or destination not in interface.network:
                continue
            if interface.tunnel:
                return tunnelled and destination == interface.address
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
