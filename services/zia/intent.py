"""What is wanted for sites that go to the Internet through Zscaler: ``zia.yaml`` of an inventory folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool, StrictInt, StringConstraints, model_validator

from ...inventory.intents.intent import Dpd, Waiver
from ...inventory.intents.intent_crypto import AuthenticationAlgorithm, DHGroup, EncryptionAlgorithm
from ...inventory.intents.intent_fields import (
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
from ...inventory.intents.maintenance import Window
from ...inventory.intents.strength import objections
from ..instances import Instances, load_instances
from ..intent_problems import KEY_IN_CLEAR, FieldWords
from .limits import NULL, problems_of

FILE = "zia.yaml"
SECTION = "zia"

Fqdn = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9][A-Za-z0-9.-]*$", max_length=128)]
Cloud = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]


class Identity(Record):
    """What the site says it is, as the portal has it."""

    credential: Literal["fqdn", "ip"] = Field(description="Kind of the VPN credential in the portal.")
    fqdn: Fqdn | None = Field(default=None, description="user@domain of the credential, with the kind fqdn.")
    address: Address | None = Field(default=None, description="Public address that is registered, with the kind ip.")


class Edge(Record):
    """One service edge, which a tunnel goes to, and the probe through that tunnel."""

    address: PeerAddress = Field(description="Address of the service edge, the far end of the tunnel.")
    datacenter: Name = Field(description="Its data centre; primary and backup are in different ones.")
    tunnel_prefix: TunnelPrefix = Field(description="Private /30 or /31 of the tunnel interface, ours the lower one.")
    probe_address: PeerAddress = Field(description="Global address that only the probe through this tunnel asks.")

    @property
    def inner(self) -> tuple[IPv4Address, IPv4Address]:
        """The addresses of the two ends inside the tunnel, ours first."""
        ours, theirs = tuple(self.tunnel_prefix.hosts())
        return ours, theirs


class Ike(Record):
    """Phase 1."""

    encryption_algorithm: EncryptionAlgorithm = Field(default="aes-256-cbc", description="Cipher of the IKE SA.")
    authentication_algorithm: AuthenticationAlgorithm = Field(default="hmac-sha256", description="Integrity of the IKE SA.")
    group: DHGroup = Field(default=14, description="Diffie-Hellman group of the IKE SA.")
    sa_lifetime: Annotated[StrictInt, Field(ge=120, le=86400)] = Field(default=86400, description="Lifetime in seconds.")


class Esp(Record):
    """Phase 2. ``null`` is authenticated and not encrypted."""

    encryption_algorithm: EncryptionAlgorithm | Literal["null"] = Field(description="Cipher, or null: no encryption at all.")
    authentication_algorithm: AuthenticationAlgorithm | None = Field(
        default=None, description="Integrity; left out with a GCM cipher, which has its own."
    )
    pfs_group: DHGroup | None = Field(default=None, description="Group of each rekey; without it no PFS.")
    sa_lifetime_seconds: Annotated[StrictInt, Field(ge=120, le=86400)] = Field(default=28800, description="Lifetime in seconds.")

    @model_validator(mode="after")
    def _integrity_fits(self) -> Esp:
        gcm = self.encryption_algorithm.endswith("-gcm")
        if gcm is (self.authentication_algorithm is not None):
            has = "is not allowed with a GCM cipher, which has its own" if gcm else "is required without a GCM cipher"
            raise ValueError(f"authentication_algorithm {has}")
        return self


class Watch(Record):
    """How the way through a tunnel is probed, and when it counts as good again or lost."""

    kind: Literal["http", "tcp", "icmp"] = Field(default="http", description="What is asked: a page, a connection, or an echo.")
    cloud: Cloud | None = Field(default=None, description="Name of the cloud in gateway.NAME.net, with the kind http.")
    port: Annotated[StrictInt, Field(ge=1, le=65535)] = Field(default=80, description="Port, with http and tcp.")
    frequency_seconds: Annotated[StrictInt, Field(ge=1, le=3600)] = Field(default=30, description="Seconds between two tries.")
    timeout_milliseconds: Annotated[StrictInt, Field(ge=100, le=60000)] = Field(default=5000, description="When a try is lost.")
    threshold_milliseconds: Annotated[StrictInt, Field(ge=1, le=60000)] = Field(
        default=1000, description="When an answer is late; a late one is still an answer."
    )
    up_seconds: Annotated[StrictInt, Field(ge=1, le=180)] = Field(default=60, description="How long good before it counts.")
    down_seconds: Annotated[StrictInt, Field(ge=1, le=180)] = Field(default=30, description="How long lost before it counts.")

    @model_validator(mode="after")
    def _agree(self) -> Watch:
        if (self.kind == "http") is not (self.cloud is not None):
            raise ValueError("cloud goes with the kind http, and http does not go without it")
        if not self.frequency_seconds * 1000 > self.timeout_milliseconds >= self.threshold_milliseconds:
            raise ValueError("the router wants frequency > timeout >= threshold")
        return self


class Zia(NamedRecord):
    """One site: its router, its two tunnels, and the interface whose packets they carry."""

    status: Literal["planned", "active", "disabled"] = Field(default="active", description="Only active sites are built.")
    description: Text = Field(default="", description="For people.")
    host: Name = Field(description="Router: a host of the inventory.")
    wan_interface: Interface = Field(description="Outside interface, as the device writes it; its configuration is left alone.")
    wan_ip: Address = Field(description="Address that the router has there, private or not.")
    lan_interface: Interface = Field(description="Interface of the hosts, which gets the policy routing.")
    lan_prefixes: tuple[Network, ...] = Field(min_length=1, description="Networks of the hosts.")
    identity: Identity = Field(description="Who the site says it is.")
    preshared_key_ref: SecretReference = Field(description="Where the key is kept (scheme:name), never the key.")
    primary: Edge = Field(description="Where traffic goes.")
    backup: Edge = Field(description="Where it goes when the primary is lost.")
    ike_version: StrictInt = Field(default=2, description="Version of IKE.")
    ike: Ike = Field(default=Ike(), description="Phase 1.")
    esp: Esp = Field(description="Phase 2.")
    encryption_mandatory: StrictBool = Field(
        description="true: what is led into the tunnels is encrypted or not sent. Without a default: both answers lose something."
    )
    on_total_loss: Literal["open", "closed"] = Field(
        description="When both tunnels are lost: open sends traffic by the routing table, in clear; closed drops it. No default."
    )
    encryption_subscription: StrictBool = Field(default=False, description="true where AES in phase 2 is paid for.")
    traffic: Literal["all", "web"] = Field(description="What is led into the tunnels: all, or ports 80 and 443 of TCP.")
    exempt: tuple[Network, ...] = Field(default=(), description="Destinations that are never led into the tunnels.")
    watch: Watch = Field(description="The probes.")
    dpd: Dpd = Field(default=Dpd(interval_seconds=10, retries=5), description="Dead peer detection.")
    nat_keepalive_seconds: Annotated[StrictInt, Field(ge=5, le=3600)] = Field(default=20, description="NAT keepalive.")
    mtu: Annotated[StrictInt, Field(ge=576, le=1500)] = Field(default=1400, description="IP MTU of the tunnels in bytes.")
    mss: Annotated[StrictInt, Field(ge=500, le=1460)] = Field(default=1360, description="Largest TCP segment in bytes.")
    waiver: Waiver | None = Field(default=None, description="Leave for weak cryptography.")
    maintenance_windows: tuple[Window, ...] = Field(
        default=(), description="When the site may be disturbed, as by a failover test."
    )

    @property
    def edges(self) -> tuple[tuple[str, Edge], tuple[str, Edge]]:
        """Both edges with their fields, the primary first."""
        return ("primary", self.primary), ("backup", self.backup)

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Every algorithm as a word of the tables of strength."""
        words = (self.ike.encryption_algorithm, self.ike.authentication_algorithm, f"group {self.ike.group}")
        pfs = f"group {self.esp.pfs_group}" if self.esp.pfs_group else None
        more = (self.esp.encryption_algorithm, self.esp.authentication_algorithm, pfs)
        return tuple(dict.fromkeys(word for word in (*words, *more) if word))

    @model_validator(mode="after")
    def _agree(self) -> Zia:
        problems = (*problems_of(self), *_leaks(self), *objections(self.algorithms, waived=self.waiver is not None))
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _leaks(site: Zia) -> Iterator[str]:
    """Ways into clear text that ``encryption_mandatory`` closes."""
    if not site.encryption_mandatory:
        return
    if site.esp.encryption_algorithm == NULL:
        yield "encryption_mandatory is true and esp.encryption_algorithm is null, which encrypts nothing"
    if site.on_total_loss == "open":
        yield "encryption_mandatory is true and on_total_loss is open, which sends in clear without a tunnel: write closed"


class ZiaFile(Record):
    """The file."""

    schema_version: Literal[1] = Field(description="Version of this file format.")
    zia: tuple[Zia, ...] = Field(default=(), description="Sites.")


class Sites(Instances[Zia], frozen=True):
    """All sites of an inventory."""

    noun = "site"

    def check(self, site: Zia, today: date) -> None:
        """Raises IntentError for a waiver that holds no more."""
        self.refuse_weak(site.name, site.algorithms, site.waiver, today)


def load(folder: Path) -> Sites:
    """The sites of an inventory folder; one without the file has none. Raises IntentError with file, line and field."""
    return load_instances(Sites, folder / FILE, SECTION, ZiaFile, _WORDS.problem)


#: Keys under which people write the key itself.
_LITERAL = frozenset({"key", "psk", "preshared_key", "pre_shared_key", "password", "secret"})
_RECORDS: Mapping[str, type[BaseModel]] = {
    "identity": Identity,
    "primary": Edge,
    "backup": Edge,
    "ike": Ike,
    "esp": Esp,
    "watch": Watch,
    "dpd": Dpd,
    "waiver": Waiver,
    "maintenance_windows": Window,
}
#: What is lost either way stands beside the field that has no default.
_NO_DEFAULT = {
    "on_total_loss": "is missing, and has no default: open sends in clear when both tunnels are lost, closed drops",
    "encryption_mandatory": "is missing, and has no default: false allows traffic that nobody has encrypted",
}


_WORDS = FieldWords(
    file=ZiaFile, instance=Zia, records=_RECORDS, refused=dict.fromkeys(_LITERAL, KEY_IN_CLEAR), missing=_NO_DEFAULT
)
