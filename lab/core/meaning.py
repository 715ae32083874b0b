"""What IKE and the data plane need to know of a configuration, in the same records for IOS and ASA."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Protocol

from msgspec import Struct

from ..features import ikev2, tunnel_interface
from ..ios import filters, model
from .configuration.store import Store
from .negotiation.protector import Protectors, gathered
from .records import Authentication, Identity, Interface, MapEntry, Policy, Proposal, Route
from .wire.routing import NONE, Silent


class Key(Struct, frozen=True):
    """The pre-shared key for a peer. `no_xauth`: the peer is not asked for XAUTH."""

    used: str
    no_xauth: bool = False


class Meaning(Protocol):
    """A configuration as IKE and the data plane see it. Addresses are those of the box unless a docstring says otherwise."""

    @property
    def drops_incomplete(self) -> bool:
        """True if an incomplete crypto map entry (no access list or no peer) drops the traffic that reaches it."""

    @property
    def drops_asymmetric(self) -> bool:
        """True if a reply is dropped that arrives by another tunnel interface than the one the request left by."""

    def policies(self) -> list[Policy]:
        """The IKEv1 policies by priority, including the default ones of the release."""

    def interfaces(self) -> list[Interface]:
        """All interfaces, in the order of the running configuration."""

    def entries(self, name: str) -> list[MapEntry]:
        """The entries of a crypto map by sequence number."""

    def dynamic_templates(self, name: str) -> list[MapEntry]:
        """The entries of a dynamic map by sequence number."""

    def key_for(self, peer: IPv4Address) -> Key | None:
        """The pre-shared key for a peer."""

    def protectors(self) -> Protectors:
        """The protectors: entries of bound crypto maps, and tunnel interfaces."""

    def proposals(self, local: IPv4Address) -> list[Proposal]:
        """The IKEv2 proposals for a local address by the priority of their policy, including the default one of the release."""

    def authentication(
        self, profile: str, local: IPv4Address, peer: IPv4Address, shown: Identity | None
    ) -> Authentication | None:
        """How to authenticate with an IKEv2 peer.

        `profile` is the one that a protector names; without one it is found by what the peer says that it is. `shown` is None
        before it has said that. None where no profile fits.
        """

    def admits(self, peer: IPv4Address, version: int = 1) -> bool:
        """True if the policy for a peer allows a tunnel with this IKE version."""

    def keepalive(self, peer: IPv4Address) -> int:
        """Seconds without an answer after which a peer is declared dead; 0 without keepalives."""

    def route_to(self, destination: IPv4Address, silent: Silent = NONE) -> Route | None:
        """The route to a destination. `silent`: interfaces whose line protocol is down."""

    def speaks_ike(self, local: IPv4Address | None, version: int = 1) -> bool:
        """True if this IKE version is enabled at an address, or anywhere if no address is given."""

    def answers_ike(self, local: IPv4Address, version: int = 1) -> bool:
        """True if this IKE version is enabled at an address and a protector uses that address."""

    def asks_xauth(self, local: IPv4Address, peer: IPv4Address) -> bool:
        """True if a peer is asked for a user by XAUTH."""

    def translated(self, out: Interface, source: IPv4Address, destination: IPv4Address) -> IPv4Address:
        """The source address of a packet after NAT, if it leaves by this interface."""

    def lets_in(self, protocol: str, port: int, source: IPv4Address, at: IPv4Address) -> bool:
        """True if an access list lets IKE (`udp`, 500) or ESP (`esp`, or `udp` 4500) in to an address of the box."""

    def reaches(self, destination: IPv4Address, source: IPv4Address, *, tunnelled: bool) -> bool:
        """True if a packet that arrived ends at the box itself, or at a host behind it that answers."""


HOSTS = (10, 20)


def host_lives(address: IPv4Address) -> bool:
    """True if one of the simulated hosts on a LAN has the address."""
    return int(address) & 0xFF in HOSTS


class IosMeaning(Struct, frozen=True):
    """The reading of an IOS configuration; `defaults` when the release has built-in policies that pre-share.

    `strong` when a compliance shield keeps weak policies out of negotiations (field notice FN72510); `default_proposal` is the
    IKEv2 proposal that the release has without saying so.
    """

    store: Store
    #: The configuration as it is shown, with lines that are not played.
    text: filters.Text
    defaults: bool = False
    strong: bool = False
    default_proposal: Proposal | None = None

    @property
    def drops_incomplete(self) -> bool:
        """IOS: an incomplete entry is skipped."""
        return False

    @property
    def drops_asymmetric(self) -> bool:
        """IOS: a router keeps no connection table."""
        return False

    def policies(self) -> list[Policy]:
        """The ISAKMP policies."""
        found = model.policies(self.store, defaults=self.defaults)
        return [policy for policy in found if not policy.weak] if self.strong else found

    def interfaces(self) -> list[Interface]:
        """The interfaces."""
        return model.interfaces(self.store)

    def entries(self, name: str) -> list[MapEntry]:
        """The entries of a crypto map."""
        return model.entries(self.store, name)

    def dynamic_templates(self, name: str) -> list[MapEntry]:
        """The entries of a dynamic map."""
        return model.dynamic_templates(self.store, name)

    def key_for(self, peer: IPv4Address) -> Key | None:
        """`crypto isakmp key`."""
        entry = model.key_for(self.store, peer)
        return Key(entry.values["used"], "noxauth" in entry.values) if entry is not None else None

    def protectors(self) -> Protectors:
        """Bound crypto maps and tunnel interfaces."""
        return self.store.remembered("protectors", self._protectors)

    def _protectors(self) -> Protectors:
        return gathered(self.interfaces(), self.entries, self.dynamic_templates, tunnel_interface.protectors(self.store))

    def proposals(self, local: IPv4Address) -> list[Proposal]:
        """`crypto ikev2 policy`, or the default one."""
        return ikev2.proposals(self.store, local, self.default_proposal, strong=self.strong)

    def authentication(
        self, profile: str, local: IPv4Address, peer: IPv4Address, shown: Identity | None
    ) -> Authentication | None:
        """`crypto ikev2 profile` and its keyring."""
        return ikev2.authentication(self.store, profile, local, peer, shown)

    def admits(self, peer: IPv4Address, version: int = 1) -> bool:  # noqa: ARG002 - a router has no such policy
        """Always."""
        return True

    def keepalive(self, peer: IPv4Address) -> int:  # noqa: ARG002 - one setting for all peers
        """`crypto isakmp keepalive`."""
        return model.keepalive(self.store)

    def route_to(self, destination: IPv4Address, silent: Silent = NONE) -> Route | None:
        """The routing table."""
        return model.route_to(self.store, destination, silent)

    def speaks_ike(self, local: IPv4Address | None, version: int = 1) -> bool:  # noqa: ARG002 - one setting for all interfaces
        """`no crypto isakmp enable` is stored, its opposite is the default; IKEv2 is there as soon as something asks for it."""
        return version == 2 or self.store.get("isakmp enable") is None

    def answers_ike(self, local: IPv4Address, version: int = 1) -> bool:
        """A crypto map is bound at the address, or a tunnel begins there; for IKEv2 there is a profile as well."""
        if not self.protectors().at.get(local):
            return False
        return bool(self.store.all("ikev2 profile")) if version == 2 else self.speaks_ike(local)

    def asks_xauth(self, local: IPv4Address, peer: IPv4Address) -> bool:
        """The map has an authentication list and the key no `no-xauth`."""
        key = self.key_for(peer)
        for interface in self.interfaces():
            if interface.address == local and interface.crypto_map:
                listed = any(entry.key[0] == interface.crypto_map for entry in self.store.all("map xauth"))
                return listed and (key is None or not key.no_xauth)
        return False

    def translated(self, out: Interface, source: IPv4Address, destination: IPv4Address) -> IPv4Address:
        """`ip nat inside source list` or `route-map`, which comes before the crypto map."""
        if out.nat != "outside" or out.address is None:
            return source
        inside = any(i.nat == "inside" and i.network and source in i.network for i in self.interfaces())
        for rule in self.store.all("ip nat inside"):
            acl, named = rule.values.get("acl"), rule.values.get("map")
            if inside and acl and model.permits(self.store, acl, source, destination):
                return out.address
            if inside and named and model.route_map_permits(self.store, named, source, destination):
                return out.address
        return source

    def lets_in(self, protocol: str, port: int, source: IPv4Address, at: IPv4Address) -> bool:
        """The list at the interface by which it comes in."""
        name = next((interface.name for interface in self.interfaces() if interface.address == at), "")
        return filters.lets_in(self.store, self.text, name, protocol, port, source, at)

    def reaches(self, destination: IPv4Address, source: IPv4Address, *, tunnelled: bool) -> bool:  # noqa: ARG002 - all the same
        """A router answers at each of its addresses, and forwards to each LAN."""
        for interface in self.interfaces():
            if interface.up and interface.network is not None and destination in interface.network:
                return destination == interface.address or host_lives(destination)
        return False
