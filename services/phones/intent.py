"""What is wanted of the access of IP phones: ``vpn-phones.yaml`` of an inventory folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictInt, StringConstraints, model_validator

from ...checks.phones.case import read_url
from ...checks.phones.models import MODELS
from ...inventory.files.did_you_mean import hint
from ...inventory.files.yaml_source import Document, Problem
from ...inventory.intents.intent_fields import CiscoName, Interface, Name, NamedRecord, Record, Text
from ...inventory.intents.own_checks import OwnCheck, Range
from ..instances import Instances, load_instances
from ..intent_problems import COMMON, FieldWords

FILE = "vpn-phones.yaml"
SECTION = "phones"

Url = Annotated[str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/-]*$", max_length=200)]
PhoneName = Annotated[str, StringConstraints(pattern=r"^SEP[0-9A-F]{12}$")]
FilePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/ -]+$", max_length=300)]


class ExpectedSessions(Record):
    """Which phones are connected when all is well: they connect by themselves, so that one that is missing is news."""

    at_least: Annotated[StrictInt, Field(ge=0, le=10000)] = Field(default=0, description="So many phones are connected.")
    phones: tuple[PhoneName, ...] = Field(
        default=(), max_length=500, description="Phones that are connected, by SEP and their MAC address."
    )


class Phones(NamedRecord):
    """Phones that come to one tunnel group of one ASA."""

    status: Literal["planned", "active", "disabled"] = Field(default="active", description="Only active ones are verified.")
    description: Text = Field(default="", description="For people.")
    host: Name = Field(description="ASA: a host of the inventory.")
    interface: Interface = Field(default="outside", description="Where phones come in, by its nameif.")
    tunnel_group: CiscoName = Field(description="Tunnel group that phones come to.")
    group_policy: CiscoName | None = Field(default=None, description="Group policy of that tunnel group; whichever without.")
    group_url: Url = Field(description="URL of the VPN gateway as phones have it.")
    address_pools: tuple[CiscoName, ...] = Field(min_length=1, description="Pools that phones get their addresses of.")
    trustpoint: CiscoName | None = Field(
        default=None, description="Trustpoint whose certificate the interface shows; whichever without."
    )
    certificate_days: Annotated[StrictInt, Field(ge=1, le=365)] = Field(
        default=30, description="Report a certificate that ends within so many days."
    )
    phone_configs: tuple[FilePath, ...] = Field(
        default=(),
        max_length=20,
        description="Files as phones take them from the TFTP server (SEP....cnf.xml), kept beside this file or by their path.",
    )
    phone_model: str | None = Field(default=None, description="Model of the phones, such as 7962; all without.")
    expected_sessions: ExpectedSessions = Field(default=ExpectedSessions(), description="Which phones are connected.")
    checks: tuple[OwnCheck, ...] = Field(
        default=(), max_length=20, description="Checks of your own: what has to hold beside the audit."
    )

    @model_validator(mode="after")
    def _agree(self) -> Phones:
        problems = tuple(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _problems(record: Phones) -> Iterator[str]:
    lists = {
        "address_pools": record.address_pools,
        "phone_configs": record.phone_configs,
        "expected_sessions.phones": record.expected_sessions.phones,
    }
    for name, values in lists.items():
        yield from (f"{name} lists {value} twice" for value, count in Counter(values).items() if count > 1)
    url = read_url(record.group_url)
    if url is None or not 0 < url.port < 65536:
        yield f"group_url {record.group_url} has no port that can be"
    if record.phone_model is not None and record.phone_model not in MODELS:
        yield f"phone_model {record.phone_model!r} is not known{hint(record.phone_model, list(MODELS))}"


class PhonesFile(Record):
    """The file."""

    schema_version: Literal[1] = Field(description="Version of this file format.")
    phones: tuple[Phones, ...] = Field(default=(), description="Access of phones, one a tunnel group.")


class PhoneAccess(Instances[Phones], frozen=True):
    """All that an inventory has."""

    noun = "phone access"


def load(folder: Path) -> PhoneAccess:
    """The phone access of an inventory folder; one without the file has none. Raises IntentError with file, line and field."""
    return load_instances(PhoneAccess, folder / FILE, SECTION, PhonesFile, _WORDS.problem, _one_a_group)


def _one_a_group(document: Document, file: BaseModel) -> Iterator[Problem]:
    """Two active ones at one tunnel group would count the same sessions twice."""
    assert isinstance(file, PhonesFile)
    first: dict[tuple[str, str], str] = {}
    for index, one in enumerate(file.phones):
        key = one.host, one.tunnel_group
        if one.status == "active" and key in first:
            words = f"{one.tunnel_group} of {one.host} has {first[key]} already: sessions would be counted twice"
            yield document.problem((SECTION, index, "tunnel_group"), words)
        if one.status == "active":
            first.setdefault(key, one.name)


_RECORDS: Mapping[str, type[BaseModel]] = {"expected_sessions": ExpectedSessions, "checks": OwnCheck, "count": Range}
_FORMS = {
    "group_url": "is no URL of a VPN gateway (https://NAME/PATH)",
    "phones": "has what is no name of a phone (SEP and its MAC address, as SEP00005E005301)",
}


def _of_field(location: tuple[str | int, ...], detail: Mapping[str, Any]) -> str:
    names = [part for part in location if isinstance(part, str)]
    return _FORMS.get(names[-1], "") if detail["type"] == "string_pattern_mismatch" else ""


_WORDS = FieldWords(
    file=PhonesFile,
    instance=Phones,
    records=_RECORDS,
    kinds={
        **COMMON,
        "string_pattern_mismatch": "has a form that it may not have",
        "too_long": "has more entries than can be",
    },
    of_field=_of_field,
)
