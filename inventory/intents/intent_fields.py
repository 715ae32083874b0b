"""What the values of an intent may look like, and the base of its records.

What ends up in a device's command line is held to characters that no command line interprets. A value that names something real
which is not built (IPv6, a peer by its name, an address that is not known beforehand) is refused as that, not as a typing error.
"""

from __future__ import annotations

import re
from datetime import date
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ..hiding.references import SCHEMES

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]
Text = Annotated[str, StringConstraints(pattern=r"^[ -~]*$", max_length=200)]
CiscoName = Annotated[str, StringConstraints(pattern=r"^([A-Za-z][A-Za-z0-9_.-]*|[0-9]+)$", max_length=60)]
Interface = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9/.:_-]*$", max_length=60)]

#: Words for an address that is not known beforehand, as people write them.
_ANY = frozenset({"any", "any4", "any6", "dhcp", "dynamic", "unknown", "*", "::", str(IPv4Address(0))})
_SEVERAL = re.compile(r"[^\s,;]+(?:\s*[,;]\s*|\s+)[^\s,;].*")
_HOST_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+\.?")
_NO_IPV6 = "is IPv6, which is not built: the ends of a tunnel and the networks behind them are IPv4"


def _is(kind: type[IPv6Address | IPv6Network], value: object) -> bool:
    try:
        kind(value.strip("[]") if isinstance(value, str) else "")
    except ValueError:
        return False
    return True


def _address(value: object) -> object:
    """pydantic would take a number for an address; a bare number in a file is a typing error."""
    if isinstance(value, IPv4Address):
        return value
    # With a length behind it, as people write the address of an interface.
    if _is(IPv6Address, value.partition("/")[0] if isinstance(value, str) else value):
        raise ValueError(_NO_IPV6)
    try:
        return IPv4Address(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("is not an IPv4 address") from None


def _peer(value: object) -> object:
    """The one address at which an end is reached, with words for what people write there and is not built."""
    if isinstance(value, list | tuple) or (isinstance(value, str) and _SEVERAL.fullmatch(value)):
        raise ValueError("has several addresses, and backup peers are not built: give one address")
    if isinstance(value, str) and value.partition("/")[0].lower() in _ANY:
        raise ValueError("says that the address is not known beforehand, and such an end is not built: give its IPv4 address")
    if isinstance(value, str) and _HOST_NAME.fullmatch(value) and not value.replace(".", "").isdigit():
        raise ValueError("is a name, and a peer by its name is not built: give its IPv4 address")
    return _address(value)


def _network(value: object) -> object:
    """The network of a text, with words that say what is wrong with it."""
    if isinstance(value, IPv4Network):
        return value
    if isinstance(value, str) and _is(IPv6Network, value.partition("/")[0]):
        raise ValueError(_NO_IPV6)
    try:
        if not isinstance(value, str) or "/" not in value:
            raise ValueError
        around = IPv4Network(value, strict=False)
    except ValueError:
        raise ValueError("is not an IPv4 network with its prefix length (10.10.10.0/24)") from None
    if str(around.network_address) != value.partition("/")[0]:
        raise ValueError(f"has host bits set (did you mean {around}?)")
    return around


def _point_to_point(value: object) -> object:
    """A network with room for the two addresses of a tunnel interface and no more."""
    network = _network(value)
    if isinstance(network, IPv4Network) and network.prefixlen not in (30, 31):
        raise ValueError("has to be a /30 or a /31: the addresses of the two ends of one tunnel")
    return network


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
PeerAddress = Annotated[IPv4Address, BeforeValidator(_peer)]
Network = Annotated[IPv4Network, BeforeValidator(_network)]
TunnelPrefix = Annotated[IPv4Network, BeforeValidator(_point_to_point)]
SecretReference = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(SCHEMES)}):\S.*$", max_length=500)]


class Record(BaseModel):
    """Base of all intent records: frozen, no unknown fields, and errors never show what was typed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class NamedRecord(Record):
    """A record that others refer to by name."""

    name: Name = Field(description="Name of the record, unique among the records of its kind in all files.")
