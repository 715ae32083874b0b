"""What is wanted for VPN clients: ``remote-access.yaml`` of an inventory folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictInt, model_validator

from ...inventory.files.did_you_mean import hint
from ...inventory.files.yaml_source import Document, Problem
from ...inventory.intents.intent import Waiver
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
from ..instances import Instances, load_instances

FILE = "remote-access.yaml"
SECTION = "remote_access"
#: Pools are taken from these (RFC 1918): another network may be somebody's in the Internet.
PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


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
    def networks(self) -> tuple[IPv4Network, ...]:
        """The fewest networks that are exactly the pool."""
        return tuple(summarize_address_range(self.first, self.last))

    def has(self, address: IPv4Address) -> bool:
        """True for an address of the pool."""
        return self.first <= address <= self.last


class User(Record):
    """Somebody who may connect."""

    name: CiscoName = Field(description="User name.")
    password_ref: SecretReference = Field(description="Where the password is kept (scheme:name), never the password.")


class RemoteAccess(NamedRecord):
    """One group of VPN clients on one router. Its name is the group's name, on the router and in the profile of the clients."""

    status: Literal["planned", "active", "disabled"] = Field(default="active", description="Only active groups are built.")
    description: Text = Field(default="", description="For people.")
    host: Name = Field(description="Router: a host of the inventory.")
    interface: Interface = Field(description="Outside interface, as the device writes it.")
    outside_ip: Address = Field(description="Address to which clients connect.")
    group_key_ref: SecretReference = Field(description="Where the key of the group is kept (scheme:name), never the key.")
    pool: Pool = Field(description="Addresses for clients.")
    protected_prefixes: tuple[Network, ...] = Field(min_length=1, description="Networks that clients reach through the tunnel.")
    probe_address: Address = Field(description="Address of the router inside its protected prefixes.")
    tunnel: Literal["split", "full"] = Field(
        default="split", description="split: only the protected prefixes go into the tunnel; full: all traffic of a client."
    )
    dns: tuple[Address, ...] = Field(default=(), max_length=2, description="DNS servers for clients.")
    wins: tuple[Address, ...] = Field(default=(), max_length=2, description="WINS servers for clients.")
    domain: Name | None = Field(default=None, description="DNS domain of clients.")
    users: tuple[User, ...] = Field(min_length=1, description="Who may connect.")
    # The rollback timer of the router runs meanwhile, for a quarter of an hour.
    window_seconds: Annotated[StrictInt, Field(ge=0, le=600)] = Field(
        default=300, description="How long a client may take to connect before what was built is rolled back."
    )
    checks: tuple[OwnCheck, ...] = Field(
        default=(),
        max_length=20,
        description="Checks of your own: what has to hold beside the proof, after a deploy and in verify.",
    )
    waiver: Waiver = Field(description="Leave for what these clients need: group 2, and 3DES on IOS 12.2.")

    @model_validator(mode="after")
    def _agree(self) -> RemoteAccess:
        for problem in _problems(self):
            raise ValueError(problem)
        return self

    @property
    def references(self) -> tuple[str, ...]:
        """References of all secrets, the group's key first."""
        return (self.group_key_ref, *(user.password_ref for user in self.users))


def _problems(record: RemoteAccess) -> Iterator[str]:
    """What two fields of a record do not agree on."""
    for pool in record.pool.networks:
        for network in record.protected_prefixes:
            if pool.overlaps(network):
                yield f"the pool overlaps {network}, which is behind the router: its replies would stay there"
    if not any(record.probe_address in network for network in record.protected_prefixes):
        yield f"probe_address {record.probe_address} is in none of the protected prefixes"
    names = [user.name for user in record.users]
    if len(set(names)) != len(names):
        yield "a user is named twice"
    if len(set(record.references)) != len(record.references):
        yield "the key of the group and each password are secrets of their own: two of them have the same reference"


class RemoteAccessFile(Record):
    """The file."""

    schema_version: Literal[1] = Field(description="Version of this file format.")
    remote_access: tuple[RemoteAccess, ...] = Field(default=(), description="Groups of VPN clients.")


class Groups(Instances[RemoteAccess], frozen=True):
    """All groups of an inventory."""

    noun = "group"
    at_length = "group of VPN clients"

    def check(self, group: RemoteAccess, today: date) -> None:
        """Raises IntentError for a waiver that holds no more."""
        self.refuse_ended(group.name, group.waiver, today, "these clients need weak cryptography")


def load(folder: Path) -> Groups:
    """The groups of an inventory folder; one without the file has none. Raises IntentError with file, line and field."""
    return load_instances(Groups, folder / FILE, SECTION, RemoteAccessFile, _problem)


#: Keys under which people write a secret in clear.
_LITERAL = {"key": "group_key_ref", "group_key": "group_key_ref", "password": "password_ref", "secret": "password_ref"}


def _problem(document: Document, detail: object) -> Problem:
    """One thing that pydantic found, in words that quote nothing of the file."""
    assert isinstance(detail, dict)
    location, kind = detail["loc"], detail["type"]
    key = str(location[-1]) if location else ""
    if kind == "value_error":
        return document.problem(location, str(detail["ctx"]["error"]))
    if kind == "extra_forbidden":
        if key in _LITERAL:
            return document.problem(location, f"a secret is never written into the intent: use {_LITERAL[key]} (credential:NAME)")
        fields = {
            *RemoteAccess.model_fields,
            *User.model_fields,
            *Pool.model_fields,
            *Waiver.model_fields,
            *OwnCheck.model_fields,
        }
        fields = {*Range.model_fields} if "count" in location[:-1] else fields
        return document.problem(location, f"unknown key{hint(key, sorted(fields))}")
    words = {
        "missing": "is missing",
        "string_pattern_mismatch": "has a character that it may not have",
        "too_short": "needs at least one entry",
        "too_long": "has more entries than a router takes",
    }
    return document.problem(location, words.get(kind, "is not a valid value"))
