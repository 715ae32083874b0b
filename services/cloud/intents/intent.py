"""What is wanted for connections to a cloud: ``cloud.yaml`` of an inventory folder."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, model_validator

from ....inventory.intents.intent import Dpd, Waiver
from ....inventory.intents.intent_crypto import AuthenticationAlgorithm, DHGroup, EncryptionAlgorithm
from ....inventory.intents.intent_fields import (
    Address,
    Interface,
    Name,
    NamedRecord,
    Network,
    PeerAddress,
    Record,
    SecretReference,
    Text,
    TunnelPrefix,
)
from ....inventory.intents.maintenance import Window
from ....inventory.intents.strength import objections
from .limits import problems_of

FILE = "cloud.yaml"
SECTION = "cloud"

System = Annotated[StrictInt, Field(ge=1, le=4294967295)]
Distance = Annotated[StrictInt, Field(ge=1, le=255)]


class Gateway(Record):
    """One tunnel: our end, the gateway of the cloud, and the addresses inside."""

    source_interface: Interface = Field(description="Name (nameif) of the interface from which the tunnel starts; left alone.")
    source_ip: Address = Field(description="Address that it has there, which is the customer gateway in the console.")
    address: PeerAddress = Field(description="Address of the gateway, the far end of the tunnel.")
    next_hop: Address | None = Field(
        default=None, description="Where the gateway is reached: a route to it is built. Without it there is one already."
    )
    tunnel_prefix: TunnelPrefix = Field(description="/30 in 169.254.0.0/16; the cloud has the lower address, as the BGP address.")
    preshared_key_ref: SecretReference = Field(description="Where the key is kept (scheme:name), never the key.")

    @property
    def inner(self) -> tuple[IPv4Address, IPv4Address]:
        """The addresses of the two ends inside the tunnel, ours first."""
        theirs, ours = tuple(self.tunnel_prefix.hosts())
        return ours, theirs


class Ike(Record):
    """Phase 1: one value each, as the console takes it."""

    encryption_algorithm: EncryptionAlgorithm = Field(description="Cipher of the IKE SA.")
    authentication_algorithm: AuthenticationAlgorithm = Field(description="Integrity of the IKE SA, and its PRF.")
    group: DHGroup = Field(description="Diffie-Hellman group of the IKE SA.")
    sa_lifetime: Annotated[StrictInt, Field(ge=120, le=86400)] = Field(default=86400, description="Lifetime in seconds.")


class Esp(Record):
    """Phase 2: one value each, as the console takes it."""

    encryption_algorithm: EncryptionAlgorithm = Field(description="Cipher of the IPsec SA.")
    authentication_algorithm: AuthenticationAlgorithm = Field(description="Integrity of the IPsec SA.")
    pfs_group: DHGroup | None = Field(default=None, description="Group of each rekey; without it no PFS.")
    sa_lifetime_seconds: Annotated[StrictInt, Field(ge=120, le=86400)] = Field(default=86400, description="Lifetime in seconds.")


class Circuit(Record):
    """The private line beside which the tunnels stand: what goes over it to the cloud is in clear."""

    interface: Interface = Field(description="Name (nameif) of its interface; left alone.")
    address: Address = Field(description="Address that the firewall has on it.")
    next_hop: PeerAddress = Field(description="Address of the cloud's router on it.")
    distance: Distance = Field(default=1, description="Distance of the static route over it, as it stands before the cut-over.")
    aggregates: tuple[Network, ...] = Field(
        min_length=1, description="Networks that the cloud's router reaches over it; each one that BGP announces is longer."
    )


class Bgp(Record):
    """How BGP is spoken in both tunnels."""

    local_system: System = Field(description="Our autonomous system, which a firewall has one of.")
    cloud_system: System = Field(description="That of the cloud's connection.")
    keepalive_seconds: Annotated[StrictInt, Field(ge=1, le=65535)] = Field(default=10, description="Time between two messages.")
    hold_seconds: Annotated[StrictInt, Field(ge=3, le=65535)] = Field(default=30, description="Silence after which it is down.")
    longest_prefix: Annotated[StrictInt, Field(ge=8, le=32)] = Field(
        default=24, description="Parts of the cloud's networks are taken up to this length."
    )
    maximum_prefixes: Annotated[StrictInt, Field(ge=1, le=65535)] = Field(default=100, description="More end the session.")
    maximum_paths: Annotated[StrictInt, Field(ge=1, le=8)] = Field(
        default=1, description="Ways to one network at a time; several need a traffic zone, which is not built on tunnels."
    )


class Cloud(NamedRecord):
    """One connection: its firewall, both tunnels, and the networks of the two sides."""

    status: Literal["planned", "active", "disabled"] = Field(default="active", description="Only active ones are built.")
    description: Text = Field(default="", description="For people.")
    provider: Literal["alibaba"] = Field(description="Whose rules hold.")
    host: Name = Field(description="Firewall: a host of the inventory.")
    lan_interface: Interface = Field(description="Name (nameif) of the interface of the hosts; left alone.")
    lan_next_hop: Address | None = Field(
        default=None, description="Router in front of the hosts: the next hop of a route to each announced network that has none."
    )
    lan_prefixes: tuple[Network, ...] = Field(
        min_length=1, description="Networks of the hosts, which are announced to the cloud."
    )
    cloud_prefixes: tuple[Network, ...] = Field(min_length=1, description="Networks of the cloud.")
    cloud_hosts: tuple[Address, ...] = Field(min_length=1, description="Hosts there whose way is verified: one in each network.")
    circuit: Circuit = Field(description="The private line.")
    bgp: Bgp = Field(description="BGP.")
    first: Gateway = Field(description="Tunnel 1.")
    second: Gateway = Field(description="Tunnel 2.")
    ike_version: StrictInt = Field(default=2, description="Version of IKE.")
    ike: Ike = Field(description="Phase 1.")
    esp: Esp = Field(description="Phase 2.")
    encryption_mandatory: StrictBool = Field(
        description="true: what goes to the cloud is encrypted or not sent. Without a default: both answers lose something."
    )
    on_total_loss: Literal["open", "closed"] = Field(
        description="When both tunnels are lost: open sends traffic over the circuit, in clear; closed drops it. No default."
    )
    on_removal: Literal["open", "closed"] = Field(
        description="When the tunnels are removed: open restores the route over the circuit, in clear; closed drops. No default."
    )
    fallback_distance: Annotated[StrictInt, Field(ge=21, le=254)] = Field(
        default=30, description="Distance of the route over the circuit with on_total_loss open; that of BGP is 20."
    )
    dpd: Dpd = Field(default=Dpd(interval_seconds=10, retries=3), description="Dead peer detection.")
    waiver: Waiver | None = Field(default=None, description="Leave for weak cryptography.")
    maintenance_windows: tuple[Window, ...] = Field(
        default=(), description="When the connection may be disturbed, as by a failover test."
    )

    @property
    def tunnels(self) -> tuple[tuple[str, Gateway], tuple[str, Gateway]]:
        """Both tunnels with their fields."""
        return ("first", self.first), ("second", self.second)

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Every algorithm as a word of the tables of strength."""
        words = (self.ike.encryption_algorithm, self.ike.authentication_algorithm, f"group {self.ike.group}")
        pfs = f"group {self.esp.pfs_group}" if self.esp.pfs_group else ""
        more = (self.esp.encryption_algorithm, self.esp.authentication_algorithm, pfs)
        return tuple(dict.fromkeys(word for word in (*words, *more) if word))

    @property
    def underlay(self) -> tuple[IPv4Network, ...]:
        """Addresses between which the tunnels themselves go: no route to one may lead into a tunnel."""
        return tuple(IPv4Network(address) for _, end in self.tunnels for address in (end.source_ip, end.address))

    @model_validator(mode="after")
    def _agree(self) -> Cloud:
        problems = (*problems_of(self), *_leaks(self), *objections(self.algorithms, waived=self.waiver is not None))
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _leaks(site: Cloud) -> Iterator[str]:
    """Ways into clear text that ``encryption_mandatory`` closes."""
    if site.encryption_mandatory and site.on_total_loss == "open":
        yield "encryption_mandatory is true and on_total_loss is open, which sends in clear without a tunnel: write closed"


class CloudFile(Record):
    """The file."""

    schema_version: Literal[1] = Field(description="Version of this file format.")
    cloud: tuple[Cloud, ...] = Field(default=(), description="Connections.")
