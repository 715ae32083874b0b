"""Intent: which tunnels there have to be, in NetBox's VPN vocabulary (names and choice values of NetBox 4.7).

What NetBox has no word for follows Nautobot (``protected_prefixes``, ``nat_traversal``) or stands in the ``cisco`` block.
A pre-shared key is never part of it: ``preshared_key_ref`` says where the key is kept. The models hold what one record can
say about itself; what two records or a device have to agree on is in `validation`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from types import MappingProxyType
from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    field_validator,
    model_validator,
)

from .did_you_mean import hint
from .errors import IntentError, NothingMatched
from .references import SCHEMES

EncryptionAlgorithm = Literal[
    "aes-128-cbc",
    "aes-128-gcm",
    "aes-192-cbc",
    "aes-192-gcm",
    "aes-256-cbc",
    "aes-256-gcm",
    "3des-cbc",
    "des-cbc",
]
AuthenticationAlgorithm = Literal["hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512", "hmac-md5"]
DHGroup = Literal[1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34]
TunnelStatus = Literal["planned", "active", "disabled"]
TerminationRole = Literal["peer", "hub", "spoke"]

ENCRYPTION_ALGORITHMS: tuple[str, ...] = get_args(EncryptionAlgorithm)
AUTHENTICATION_ALGORITHMS: tuple[str, ...] = get_args(AuthenticationAlgorithm)

# What ends up in a device's command line is held to characters that no command line interprets.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]
Text = Annotated[str, StringConstraints(pattern=r"^[ -~]*$", max_length=200)]
CiscoName = Annotated[str, StringConstraints(pattern=r"^([A-Za-z][A-Za-z0-9_.-]*|[0-9]+)$", max_length=60)]
Interface = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9/.:_-]*$", max_length=60)]


def _address(value: object) -> object:
    """pydantic would take a number for an address; a bare number in a file is a typing error."""
    if isinstance(value, IPv4Address):
        return value
    try:
        return IPv4Address(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("is not an IPv4 address") from None


def _network(value: object) -> object:
    """The network of a text, with words that say what is wrong with it."""
    if isinstance(value, IPv4Network):
        return value
    try:
        if not isinstance(value, str) or "/" not in value:
            raise ValueError
        around = IPv4Network(value, strict=False)
    except ValueError:
        raise ValueError("is not an IPv4 network with its prefix length (10.10.10.0/24)") from None
    if str(around.network_address) != value.partition("/")[0]:
        raise ValueError(f"has host bits set (did you mean {around}?)")
    return around


def _date(value: object) -> object:
    """pydantic would take a number for seconds since 1970."""
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("is not a date (YYYY-MM-DD)") from None


Day = Annotated[date, BeforeValidator(_date)]
Address = Annotated[IPv4Address, BeforeValidator(_address)]
Network = Annotated[IPv4Network, BeforeValidator(_network)]
SecretReference = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(SCHEMES)}):\S.*$", max_length=500)]


class Record(BaseModel):
    """Base of all intent records: frozen, no unknown fields, and errors never show what was typed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class NamedRecord(Record):
    """A record that others refer to by name."""

    name: Name = Field(description="Name of the record, unique among the records of its kind in all files.")


R = TypeVar("R", bound=NamedRecord)


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """A proposal that is listed twice is offered once: one of the two was meant to be another."""
    twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        raise ValueError(f"lists {twice} twice")
    return names


class IKEProposal(NamedRecord):
    """One offer for phase 1 (IKE SA)."""

    authentication_method: Literal["preshared-keys"] = Field(
        default="preshared-keys", description="How the peers prove who they are; only pre-shared keys are built."
    )
    encryption_algorithm: EncryptionAlgorithm = Field(description="Cipher of the IKE SA.")
    authentication_algorithm: AuthenticationAlgorithm = Field(
        description="Integrity algorithm of the IKE SA; with a GCM cipher it names the PRF."
    )
    group: DHGroup = Field(description="Diffie-Hellman group of the IKE SA.")
    sa_lifetime: Annotated[StrictInt, Field(ge=60, le=86400)] | None = Field(
        default=None, description="Lifetime of the IKE SA in seconds; without it the device's own default."
    )


class IKEPolicy(NamedRecord):
    """The offers for phase 1, best first."""

    version: Literal[1, 2] = Field(default=2, description="IKE version, as in NetBox; only version 1 is built so far.")
    mode: Literal["main", "aggressive"] | None = Field(
        default=None, description="Phase 1 mode: required with IKEv1, not allowed with IKEv2."
    )
    proposals: tuple[Name, ...] = Field(min_length=1, description="Names of IKE proposals, best first.")

    _listed_once = field_validator("proposals")(_each_once)

    @model_validator(mode="after")
    def _mode_fits_version(self) -> Self:
        if self.version == 1 and self.mode is None:
            raise ValueError("mode is required with version 1 (main)")
        if self.version == 2 and self.mode is not None:
            raise ValueError("mode is not allowed with version 2: IKEv2 has no modes")
        return self


class IPSecProposal(NamedRecord):
    """One offer for phase 2 (IPsec SA), a transform set on Cisco devices."""

    encryption_algorithm: EncryptionAlgorithm = Field(description="Cipher of the IPsec SA.")
    authentication_algorithm: AuthenticationAlgorithm | None = Field(
        default=None, description="Integrity algorithm of the IPsec SA; left out with a GCM cipher, which has its own."
    )
    sa_lifetime_seconds: Annotated[StrictInt, Field(ge=120, le=86400)] | None = Field(
        default=None, description="Lifetime of the IPsec SA in seconds; without it the device's own default."
    )
    sa_lifetime_data: Annotated[StrictInt, Field(ge=2560, le=536870912)] | None = Field(
        default=None, description="Lifetime of the IPsec SA in kilobytes; without it the device's own default."
    )

    @model_validator(mode="after")
    def _integrity_fits_cipher(self) -> Self:
        gcm = self.encryption_algorithm.endswith("-gcm")
        if gcm and self.authentication_algorithm is not None:
            raise ValueError("authentication_algorithm is not allowed with a GCM cipher, which has its own")
        if not gcm and self.authentication_algorithm is None:
            raise ValueError("authentication_algorithm is required with a CBC cipher")
        return self


class IPSecPolicy(NamedRecord):
    """The offers for phase 2, best first, and the group for perfect forward secrecy."""

    proposals: tuple[Name, ...] = Field(min_length=1, description="Names of IPsec proposals, best first.")
    pfs_group: DHGroup | None = Field(default=None, description="Diffie-Hellman group of each rekey; without it no PFS.")

    _listed_once = field_validator("proposals")(_each_once)


class IPSecProfile(NamedRecord):
    """Phase 1 and phase 2 together, as a tunnel uses them."""

    mode: Literal["esp"] = Field(default="esp", description="IPsec protocol.")
    ike_policy: Name = Field(description="Name of an IKE policy.")
    ipsec_policy: Name = Field(description="Name of an IPsec policy.")


class Waiver(Record):
    """Leave to use weak cryptography, for a time and for a reason that somebody signed."""

    until: Day = Field(description="Last day on which the waiver holds (YYYY-MM-DD).")
    ticket: Text = Field(min_length=1, description="Ticket under which the waiver was granted.")
    reason: Text = Field(min_length=1, description="Why stronger cryptography is not possible.")


class Dpd(Record):
    """Dead peer detection (ISAKMP keepalives)."""

    interval_seconds: Annotated[StrictInt, Field(ge=10, le=3600)] = Field(description="Seconds of silence before asking.")
    retries: Annotated[StrictInt, Field(ge=2, le=60)] = Field(description="Seconds between retries after no answer.")


class CiscoTermination(Record):
    """Names on the device; where one is left out, the change picks it from what the device has."""

    crypto_map: CiscoName | None = Field(default=None, description="Crypto map that gets the entry.")
    map_sequence: Annotated[StrictInt, Field(ge=1, le=65535)] | None = Field(
        default=None, description="Sequence number of the crypto map entry."
    )
    access_list: CiscoName | None = Field(default=None, description="Access list that selects the traffic.")
    transform_set: CiscoName | None = Field(default=None, description="Transform set of the entry.")


class TunnelTermination(Record):
    """One end of a tunnel."""

    host: Name = Field(description="Device of this end: a host of the inventory.")
    role: TerminationRole = Field(
        default="peer", description="Role of this end: both are peers, or one is the hub and the other the spoke."
    )
    interface: Interface = Field(description="Outside interface, as the device writes it (Ethernet0/0).")
    outside_ip: Address = Field(description="Address of the outside interface, to which the other end builds.")
    protected_prefixes: tuple[Network, ...] = Field(
        min_length=1, description="Networks behind this end whose traffic goes through the tunnel."
    )
    probe_address: Address = Field(
        description="Address of this device inside its protected prefixes: the source of the pings that prove the tunnel."
    )
    cisco: CiscoTermination = Field(default=CiscoTermination(), description="Names on a Cisco device.")


@dataclass(frozen=True, slots=True)
class End:
    """One tunnel seen from one of its ends."""

    local: TunnelTermination
    remote: TunnelTermination

    @property
    def selectors(self) -> tuple[tuple[IPv4Network, IPv4Network], ...]:
        """All pairs (local prefix, remote prefix), in the order of the intent; the far end has the same pairs swapped."""
        return tuple((a, b) for a in self.local.protected_prefixes for b in self.remote.protected_prefixes)


class Tunnel(NamedRecord):
    """One LAN-to-LAN tunnel between two hosts."""

    status: TunnelStatus = Field(default="active", description="Only active tunnels are built and verified.")
    description: Text = Field(default="", description="What the tunnel is for, in one line.")
    encapsulation: Literal["ipsec-tunnel"] = Field(default="ipsec-tunnel", description="Encapsulation.")
    ipsec_profile: Name = Field(description="Name of an IPsec profile.")
    preshared_key_ref: SecretReference = Field(
        description="Where the pre-shared key is kept, as scheme:name (credential:hq-branch-psk). Never the key itself."
    )
    nat_traversal: StrictBool = Field(
        default=False, description="True when there is address translation between the ends; not built yet."
    )
    dpd: Dpd | None = Field(default=None, description="Dead peer detection; without it none.")
    waiver: Waiver | None = Field(default=None, description="Leave to use weak cryptography.")
    terminations: tuple[TunnelTermination, TunnelTermination] = Field(description="The two ends.")

    @property
    def ends(self) -> tuple[End, End]:
        """Both ends, in the order of the intent."""
        a, b = self.terminations
        return End(a, b), End(b, a)


class IntentFile(Record):
    """One intent file. Records of all files of a folder make up the intent; a name is defined once."""

    schema_version: Literal[1] = Field(description="Version of this file format.")
    ike_proposals: tuple[IKEProposal, ...] = Field(default=(), description="Offers for phase 1.")
    ike_policies: tuple[IKEPolicy, ...] = Field(default=(), description="Phase 1.")
    ipsec_proposals: tuple[IPSecProposal, ...] = Field(default=(), description="Offers for phase 2.")
    ipsec_policies: tuple[IPSecPolicy, ...] = Field(default=(), description="Phase 2.")
    ipsec_profiles: tuple[IPSecProfile, ...] = Field(default=(), description="Phase 1 and phase 2 together.")
    tunnels: tuple[Tunnel, ...] = Field(default=(), description="Tunnels.")


@dataclass(frozen=True, slots=True)
class Crypto:
    """The cryptography of one tunnel with every reference followed. Proposals are ordered, best first."""

    ike_version: Literal[1, 2]
    ike_mode: Literal["main", "aggressive"] | None
    ike_proposals: tuple[IKEProposal, ...]
    ipsec_proposals: tuple[IPSecProposal, ...]
    pfs_group: int | None


@dataclass(frozen=True, slots=True)
class Intent:
    """All records of an intent by name. ``places`` says where a tunnel is written (``file:line``), as far as it is known."""

    ike_proposals: Mapping[str, IKEProposal]
    ike_policies: Mapping[str, IKEPolicy]
    ipsec_proposals: Mapping[str, IPSecProposal]
    ipsec_policies: Mapping[str, IPSecPolicy]
    ipsec_profiles: Mapping[str, IPSecProfile]
    tunnels: Mapping[str, Tunnel]
    places: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *files: IntentFile, places: Mapping[str, str] | None = None) -> Intent:
        """The intent that these files make up together. Raises IntentError when a name is defined twice."""
        return cls(
            ike_proposals=_by_name("IKE proposal", [r for f in files for r in f.ike_proposals]),
            ike_policies=_by_name("IKE policy", [r for f in files for r in f.ike_policies]),
            ipsec_proposals=_by_name("IPsec proposal", [r for f in files for r in f.ipsec_proposals]),
            ipsec_policies=_by_name("IPsec policy", [r for f in files for r in f.ipsec_policies]),
            ipsec_profiles=_by_name("IPsec profile", [r for f in files for r in f.ipsec_profiles]),
            tunnels=_by_name("tunnel", [r for f in files for r in f.tunnels]),
            places=MappingProxyType(dict(places or {})),
        )

    def resolve(self, tunnel: Tunnel) -> Crypto:
        """The cryptography of a tunnel. Raises IntentError when it names a record that does not exist."""
        profile = _get(self.ipsec_profiles, tunnel.ipsec_profile, f"tunnel {tunnel.name}: ipsec_profile")
        ike = _get(self.ike_policies, profile.ike_policy, f"IPsec profile {profile.name}: ike_policy")
        ipsec = _get(self.ipsec_policies, profile.ipsec_policy, f"IPsec profile {profile.name}: ipsec_policy")
        return Crypto(
            ike_version=ike.version,
            ike_mode=ike.mode,
            ike_proposals=tuple(_get(self.ike_proposals, name, f"IKE policy {ike.name}: proposals") for name in ike.proposals),
            ipsec_proposals=tuple(
                _get(self.ipsec_proposals, name, f"IPsec policy {ipsec.name}: proposals") for name in ipsec.proposals
            ),
            pfs_group=ipsec.pfs_group,
        )

    def select(self, names: Sequence[str] = (), *, any_status: bool = False) -> tuple[Tunnel, ...]:
        """The named tunnels, each once and in the order given; without names all active ones in the order of the files.

        ``any_status``: a name may also be of a tunnel that is not active, for taking it away. Raises NothingMatched for a name
        that is unknown or not active, and when nothing is active at all.
        """
        if not names:
            active = tuple(tunnel for tunnel in self.tunnels.values() if tunnel.status == "active")
            if not active:
                raise NothingMatched("no tunnel is active: the intent has none with status active")
            return active
        problems = [problem for name in dict.fromkeys(names) if (problem := self._why_not(name, any_status))]
        if problems:
            raise NothingMatched("\n".join(problems))
        return tuple(self.tunnels[name] for name in dict.fromkeys(names))

    def _why_not(self, name: str, any_status: bool) -> str | None:
        tunnel = self.tunnels.get(name)
        if tunnel is None:
            return f"no tunnel is named {name!r}{hint(name, self.tunnels)}"
        if tunnel.status != "active" and not any_status:
            return f"tunnel {name} is {tunnel.status}: set its status to active to work on it"
        return None


def _by_name(kind: str, records: Sequence[R]) -> Mapping[str, R]:
    found: dict[str, R] = {}
    for record in records:
        if record.name in found:
            raise IntentError(f"{kind} {record.name} is defined twice")
        found[record.name] = record
    return MappingProxyType(found)


def _get(records: Mapping[str, R], name: str, field: str) -> R:
    try:
        return records[name]
    except KeyError:
        raise IntentError(f"{field}: there is no {name!r}{hint(name, records)}") from None
