"""How a record says where its fields come from, and the conversions from printed text to typed values.

A record is a frozen `Struct`. The types of its fields say how the text of a template variable becomes a value; a `Column` beside
the type says so where that is not enough. The same information fills docs/reference/parser-fields.md.
"""

from __future__ import annotations

import re
import sys
import typing
from _socket import AF_INET, inet_pton  # `socket` would cost as much at the start as all of these
from collections.abc import Callable
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated, Any

from msgspec import Struct

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Spi = Annotated[int, "spi"]
"""A security parameter index: an integer, printed as hexadecimal."""

Convert = Callable[[str], Any]


class Column(Struct, frozen=True):
    """The field beside whose type it stands comes from template variable `source` (its own name if None) through `convert`.

    inherit: look for it in the enclosing groups of the template too (an interface stands above its flows).
    """

    convert: Convert | None = None
    source: str | None = None
    inherit: bool = False


_PLAIN = Column()


@cache
def columns_of(record: type[Struct]) -> dict[str, tuple[Any, Column]]:
    """Name to the type and the column of each field of a record."""
    # Without them the names in a column would be looked up in the class first, where a field may be called as a function is.
    module = vars(sys.modules[record.__module__])
    hints = typing.get_type_hints(record, module, module, include_extras=True)
    return {name: _divided(hints[name]) for name in record.__struct_fields__}


def _divided(hint: Any) -> tuple[Any, Column]:
    beside = getattr(hint, "__metadata__", ())
    return (hint.__origin__, beside[0]) if beside and isinstance(beside[0], Column) else (hint, _PLAIN)


@lru_cache(maxsize=8192)
def address(text: str) -> Address:
    """`10.1.1.1` or `2001:db8::1`; raises ValueError for anything else."""
    try:
        return IPv4Address(inet_pton(AF_INET, text))
    except (OSError, ValueError):  # another kind, or none: this is a quarter of the time that it takes to find out
        return ip_address(text)


def network(text: str | Network) -> Network:
    """`10.1.1.0/24`, `10.1.1.0/255.255.255.0` or `2001:db8::/64`; raises ValueError for other text. A network stays itself."""
    return _network(text) if isinstance(text, str) else text


@lru_cache(maxsize=8192)
def _network(text: str) -> Network:
    plain, slash, mask = text.partition("/")
    try:
        return IPv4Network((inet_pton(AF_INET, plain), mask if slash else 32), strict=False)
    except (OSError, ValueError):
        return ip_network(text, strict=False)


def hexadecimal(text: str) -> int:
    """`0x7B7B2015` or `7B7B2015`."""
    return int(text, 16)


def yes(text: str) -> bool:
    """`Y`, `Yes`, `enabled`, or a word that is only printed when the thing is so."""
    return text.strip().lower() not in {"n", "no", "none", "disabled", "off", "false"}


@lru_cache(maxsize=1024)
def words(text: str) -> frozenset[str]:
    """`{Tunnel UDP-Encaps, }` and `{origin_is_acl,ipsec_sa_request_sent}` as the set of what the braces hold."""
    return frozenset(item for item in (part.strip() for part in text.strip("{} ").split(",")) if item)


#: The ways in which IOS prints that there is none.
NO_NAME = frozenset({"", "(none)", "none", "None", "NONE", "<none>", "unassigned", "-", "---"})


def name_or_none(text: str) -> str | None:
    """A name, or None for the ways in which IOS prints "there is none"."""
    plain = text.strip()
    return None if plain in NO_NAME else plain


def address_or_none(text: str) -> Address | None:
    """An address, or None for the words that stand where there is none."""
    return None if name_or_none(text) is None else address(text.strip())


def upper(text: str) -> str:
    """The word in upper case."""
    return text.upper()


_UNITS = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1, "min": 60, "sec": 1}
_SHORT = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


@lru_cache(maxsize=1024)
def duration(text: str) -> int:
    """Seconds of `00:16:23`, `1d16h`, `2w3d`, `52d 6h:35m:23s`, `1 hour, 15 minutes`, `1 hours, 10 mins` and `3600`.

    Raises ValueError where the text is none of these.
    """
    plain = text.strip().lower().replace(" and ", ", ")
    if plain.isdigit():
        return int(plain)
    if re.fullmatch(r"\d+:\d\d(?::\d\d(?:\.\d+)?)?", plain):
        hours, minutes, seconds = (*plain.split(":"), "0")[:3]
        return int(hours) * 3600 + int(minutes) * 60 + int(float(seconds))
    if re.fullmatch(r"(?:\d+ (?:year|week|day|hour|minute|second|min|sec)s?(?:, | )?)+", plain):
        return sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+) ([a-z]+?)s?\b", plain))
    if re.fullmatch(r"(?:\d+[ywdhms][ :,]*)+", plain):
        return sum(int(n) * _SHORT[unit] for n, unit in re.findall(r"(\d+)([ywdhms])", plain))
    raise ValueError(f"{text!r} is not a duration")


@lru_cache(maxsize=1024)
def duration_or_none(text: str) -> int | None:
    """Seconds, or None for `never`, `-` and their kin."""
    plain = text.strip(" ,").lower()
    return None if plain in {"", "never", "forever", "-", "n/a", "(none)"} else duration(plain)


def integer_or_none(text: str) -> int | None:
    """A whole number, or None for a word that stands where there is none (`Unknown`, `-`)."""
    plain = text.strip(" ,")
    return int(plain) if plain.isdigit() else None


def present(_text: str) -> bool:
    """True: the line is only printed when the thing is so."""
    return True


@lru_cache(maxsize=1024)
def squeezed(text: str) -> str:
    """The text with single blanks and none at its ends."""
    return " ".join(text.split())
