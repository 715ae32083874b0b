"""What is wanted of head-ends for Secure Client: ``flexvpn.yaml`` of an inventory folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictInt, StringConstraints, model_validator

from ...inventory.files.yaml_source import Document, Problem
from ...inventory.intents.intent_crypto import AuthenticationAlgorithm, DHGroup, EncryptionAlgorithm
from ...inventory.intents.intent_fields import (
    Address,
    CiscoName,
    Interface,
    Name,
    NamedRecord,
    Network,
    Record,
    SecretReference,
    Text,
)
from ...inventory.intents.own_checks import OwnCheck, Range
from ...inventory.intents.strength import FORBIDDEN, WEAK
from ..instances import Instances, load_instances
from ..intent_problems import COMMON, FieldWords
from .limits import WITH_RECONNECT

FILE = "flexvpn.yaml"
SECTION = "flexvpn"
#: Pools are taken from these (RFC 1918).
PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))

#: What is shown to people by a client, without what a router's terminal would take for itself.
Label = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ._()+,-]*$", max_length=60)]
HostName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", max_length=253)]
Seconds = Annotated[StrictInt, Field(ge=600, le=86400)]


class Pool(Record):
    """Addresses that clients are given."""

    first: Address = Field(description="First address of the pool.")
    last: Address = Field(description="Last address of the pool.")

    @model_validator(mode="after")
    def _in_order(self) -> Pool:
        if self.last < self.first:
            raise ValueError(f"the pool ends at {self.last}, before it begins at {self.first}")
        if not any(self.first in network and self.last in network for network in PRIVATE):
            raise ValueError(f"{self.first} to {self.last} is not private (RFC 1918): it may be somebody's in the Internet")
        return self

    @property
    def size(self) -> int:
        """How many addresses it has."""
        return int(self.last) - int(self.first) + 1

    @property
    def networks(self) -> tuple[IPv4Network, ...]:
        """The fewest networks that are exactly the pool."""
        return tuple(summarize_address_range(self.first, self.last))

    def has(self, address: IPv4Address) -> bool:
        """True for an address of the pool."""
        return self.first <= address <= self.last


class User(Record):
    """Somebody who may connect, as a local user of the router."""

    name: CiscoName = Field(description="User name.")
    password_ref: SecretReference = Field(description="Where the password is kept (scheme:name), never the password.")


class Ike(Record):
    """What is offered for the IKE SA, in the order of preference."""

    encryption: tuple[EncryptionAlgorithm, ...] = Field(default=("aes-256-cbc",), min_length=1, description="Ciphers.")
    integrity: tuple[AuthenticationAlgorithm, ...] = Field(
        default=("hmac-sha512", "hmac-sha384"), min_length=1, description="Integrity, and PRF; with GCM ciphers the PRF alone."
    )
    groups: tuple[DHGroup, ...] = Field(default=(19, 14, 21), min_length=1, description="Diffie-Hellman groups.")

    @model_validator(mode="after")
    def _one_kind(self) -> Ike:
        combined = [word.endswith("-gcm") for word in self.encryption]
        if any(combined) and not all(combined):
            raise ValueError(
                "GCM has its integrity in itself, and IOS takes no other cipher beside it in one proposal: give one kind"
            )
        return self

    @property
    def is_combined(self) -> bool:
        """True where the ciphers have their integrity in them: ``integrity`` is the PRF alone then."""
        return self.encryption[0].endswith("-gcm")


class Esp(Record):
    """The cipher of the clients' packets."""

    encryption: EncryptionAlgorithm = Field(default="aes-256-cbc", description="Cipher.")
    integrity: AuthenticationAlgorithm | None = Field(default="hmac-sha384", description="Integrity; null with a GCM cipher.")

    @model_validator(mode="after")
    def _fits(self) -> Esp:
        if self.encryption.endswith("-gcm") is (self.integrity is not None):
            raise ValueError("integrity goes with every cipher but GCM, which has its own: write null there")
        return self


class ExpectedSessions(Record):
    """What a verification expects to see: so many clients, or these users."""

    at_least: Annotated[StrictInt, Field(ge=0, le=10000)] = Field(default=0, description="So many clients are connected.")
    users: tuple[Name, ...] = Field(default=(), max_length=50, description="Users who are connected, as they log in.")


class ClientProfile(Record):
    """The profile that clients are given by the head-end: an XML file on its flash."""

    host_name: Label = Field(
        default="", description="What people see in the list of the client; the name of the head-end without."
    )
    user_controllable: bool = Field(default=False, description="true: people may switch reconnecting off.")
    authentication_timeout: Annotated[StrictInt, Field(ge=10, le=120)] = Field(
        default=30, description="Seconds in which somebody has to log in."
    )


class FlexVpn(NamedRecord):
    """One head-end on one router."""

    status: Literal["planned", "active", "disabled"] = Field(default="active", description="Only active ones are built.")
    description: Text = Field(default="", description="For people.")
    host: Name = Field(description="Router: a host of the inventory, IOS-XE 17.")
    interface: Interface = Field(
        description="Outside interface, as the device writes it; its address is borrowed by the tunnels."
    )
    outside_ip: Address = Field(description="Address to which clients connect.")
    server_name: HostName = Field(description="Name that clients connect to; the certificate is for it.")
    trustpoint: CiscoName = Field(description="Trustpoint with the certificate; it is there, and is checked.")
    certificate_days: Annotated[StrictInt, Field(ge=1, le=365)] = Field(
        default=30, description="Report a certificate that ends within so many days."
    )
    pool: Pool = Field(description="Addresses for clients.")
    protected_prefixes: tuple[Network, ...] = Field(min_length=1, description="Networks that clients reach through the tunnel.")
    probe_address: Address = Field(description="Address of the router inside its protected prefixes.")
    dns: tuple[Address, ...] = Field(default=(), max_length=2, description="DNS servers for clients.")
    domain: HostName | None = Field(default=None, description="DNS domain of clients.")
    ike: Ike = Field(default=Ike(), description="What is offered for the IKE SA.")
    esp: Esp = Field(default=Esp(), description="Cipher of the clients' packets.")
    authentication_list: CiscoName | None = Field(
        default=None,
        description="List of `aaa authentication login` that asks for users; one of our own, of local users, without.",
    )
    authorization_list: CiscoName | None = Field(
        default=None, description="List of `aaa authorization network` that is there; one of our own without."
    )
    users: tuple[User, ...] = Field(default=(), description="Local users who may connect.")
    virtual_template: Annotated[StrictInt, Field(ge=1, le=4096)] | None = Field(
        default=None, description="Number of the virtual template; a free one without."
    )
    reconnect_timeout: Seconds | None = Field(
        default=1800, description="Seconds for which a client that sleeps may come back without logging in; null: it may not."
    )
    dpd: Literal["on-demand", "periodic"] | None = Field(default=None, description="Dead peer detection of the profile.")
    client_profile: ClientProfile | None = Field(default=None, description="The XML profile for the clients; none without.")
    expected_sessions: ExpectedSessions = Field(default=ExpectedSessions(), description="What a verification expects to see.")
    # The rollback timer of the router runs meanwhile, for a quarter of an hour.
    window_seconds: Annotated[StrictInt, Field(ge=0, le=600)] = Field(
        default=300, description="How long a client may take to connect before what was built is rolled back."
    )
    checks: tuple[OwnCheck, ...] = Field(
        default=(), max_length=20, description="Checks of your own: what has to hold beside the proof."
    )

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Every algorithm as a word of the tables of strength."""
        groups = tuple(f"group {group}" for group in self.ike.groups)
        words = (*self.ike.encryption, *self.ike.integrity, *groups, self.esp.encryption, self.esp.integrity)
        return tuple(dict.fromkeys(word for word in words if word))

    @model_validator(mode="after")
    def _agree(self) -> FlexVpn:
        problems = tuple(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _twice(record: FlexVpn) -> Iterator[str]:
    """A list that says one thing twice: a router keeps one of the two, so what it runs would never be what was typed."""
    lists: dict[str, Sequence[object]] = {
        "protected_prefixes": record.protected_prefixes,
        "dns": record.dns,
        "ike.encryption": record.ike.encryption,
        "ike.integrity": record.ike.integrity,
        "ike.groups": record.ike.groups,
        "expected_sessions.users": record.expected_sessions.users,
    }
    for field_name, values in lists.items():
        yield from (f"{field_name} lists {value} twice" for value, count in Counter(values).items() if count > 1)


def _problems(record: FlexVpn) -> Iterator[str]:
    """What two fields of a record do not agree on, and algorithms that are not built."""
    yield from _twice(record)
    if record.pool.has(record.outside_ip):
        yield f"the pool has {record.outside_ip} in it, which is the router's own address outside"
    for network in record.protected_prefixes:
        if record.pool.first <= network.broadcast_address and network.network_address <= record.pool.last:
            yield f"the pool overlaps {network}, which is behind the router: its replies would stay there"
    if not any(record.probe_address in network for network in record.protected_prefixes):
        yield f"probe_address {record.probe_address} is in none of the protected prefixes"
    names, secrets = [user.name for user in record.users], [user.password_ref for user in record.users]
    if len(set(names)) != len(names) or len(set(secrets)) != len(secrets):
        yield "each user is named once, and has a password of their own"
    if record.users and record.authentication_list:
        yield "users are local ones, and authentication_list names a list of somebody else: give one of the two"
    if not record.users and not record.authentication_list:
        yield "nobody could log in: give users, or the authentication_list that asks for them"
    if record.dpd and record.reconnect_timeout is not None:
        yield WITH_RECONNECT["dpd"]
    expected = max(record.expected_sessions.at_least, len(record.expected_sessions.users))
    if expected > record.pool.size:
        yield f"{expected} sessions are expected, and the pool has {record.pool.size} addresses"
    if record.client_profile and record.reconnect_timeout is None:
        yield "client_profile has clients come back after a sleep, and reconnect_timeout is null: leave one of them out"
    for word in record.algorithms:
        if word in FORBIDDEN or word in WEAK:
            yield f"{word} is not built for clients that are maintained: {FORBIDDEN.get(word) or WEAK[word]}"


class FlexVpnFile(Record):
    """The file."""

    schema_version: Literal[1] = Field(description="Version of this file format.")
    flexvpn: tuple[FlexVpn, ...] = Field(default=(), description="Head-ends.")


class HeadEnds(Instances[FlexVpn], frozen=True):
    """All head-ends of an inventory."""

    noun = "head-end"


def load(folder: Path) -> HeadEnds:
    """The head-ends of an inventory folder; one without the file has none. Raises IntentError with file, line and field."""
    return load_instances(HeadEnds, folder / FILE, SECTION, FlexVpnFile, _WORDS.problem, _on_one_router)


def _on_one_router(document: Document, file: BaseModel) -> Iterator[Problem]:
    """Two active ones on one router: all Secure Clients call themselves the same, so the first profile would take them all."""
    first: dict[str, str] = {}
    assert isinstance(file, FlexVpnFile)
    for index, one in enumerate(file.flexvpn):
        if one.status != "active":
            continue
        if one.host in first:
            words = f"{one.host} has head-end {first[one.host]} already, and one profile takes all Secure Clients of a router"
            yield document.problem((SECTION, index, "host"), f"{words}: make one of the two planned or disabled")
        first.setdefault(one.host, one.name)


#: Keys under which people write a secret in clear.
_LITERAL = frozenset({"password", "secret", "key", "psk"})
_IN_CLEAR = "a secret is never written into the intent: use password_ref (credential:NAME)"
_RECORDS: Mapping[str, type[BaseModel]] = {
    "pool": Pool,
    "users": User,
    "ike": Ike,
    "esp": Esp,
    "client_profile": ClientProfile,
    "expected_sessions": ExpectedSessions,
    "checks": OwnCheck,
    "count": Range,
}


def _of_field(location: tuple[str | int, ...], _detail: Mapping[str, Any]) -> str:
    if location and location[-1] == "reconnect_timeout":
        return "is not a number of seconds from 600 to 86400 (null: clients may not come back)"
    return ""


_WORDS = FieldWords(
    file=FlexVpnFile,
    instance=FlexVpn,
    records=_RECORDS,
    refused={**dict.fromkeys(_LITERAL, _IN_CLEAR), **WITH_RECONNECT},
    kinds={**COMMON, "too_long": "has more entries than can be"},
    of_field=_of_field,
)
