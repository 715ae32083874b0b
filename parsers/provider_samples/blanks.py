"""Words of a sample that somebody has to fill in: by their look, or because they stand where an address or a number has to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from ...inventory.hiding.secret_forms import TOKEN

#: By their look. Sources: the samples of AWS, Azure, Google, Oracle and Cloudflare.
_LOOKS = re.compile(
    r"<[^<>]+>"
    r"|\$?\{[^{}]+\}"
    r"|\b(?:YOUR|MY|AWS|AZURE|GCP|OCI|CUSTOMER|CPE|VPC|VNET)_(?:[A-Z0-9]+_)*"
    r"(?:ADDRESS|IP|ASN|ENDPOINT|SUBNET|MASK|INTERFACE|CIDR)(?:_[A-Z0-9]+)*\b"
    r"|\b(?:outside_interface|inside_interface|outside_access_in|sla_monitor_address)\b"
    r"|\b(?:vpc|local|vnet|vcn|onprem)_subnet(?:_mask)?\b"
    r"|(?<![\w.])(?:[xX#]{1,3}\.){3}[xX#]{1,3}(?![\w.])"
    r"|(?<![\w.])(?:\d{1,3}\.){1,3}(?:[xX#]{1,3}\.?){1,3}(?![\w.])"
)
#: What may stand in the place of an address.
_NO_BLANK = frozenset({"any", "any4", "host", "dhcp", "negotiated", "default", "0", "null0"})


def is_blank(word: str) -> bool:
    """True for a word that looks like something to fill in."""
    return not TOKEN.fullmatch(word) and _LOOKS.fullmatch(word) is not None


def blanks_in(text: str, parts: Mapping[str, str]) -> tuple[str, ...]:
    """The blanks of a line: each once, in the order of the line."""
    found = [match[0] for match in _LOOKS.finditer(text) if not TOKEN.fullmatch(match[0]) and match[0] != "<hidden>"]
    return tuple(dict.fromkeys((*found, *_misplaced(parts))))


def _misplaced(parts: Mapping[str, str]) -> Iterator[str]:
    for name, value in parts.items():
        for word in value.split() if name == "a_peers" else (value,):
            no_address = name.startswith("a_") and word.lower() not in _NO_BLANK and address(word) is None
            no_number = name.startswith("n_") and word.lower() != "unlimited" and not word.isdigit()
            if word and (no_address or no_number):
                yield word


def address(word: str) -> IPv4Address | None:
    """The address of a word, None where it is none."""
    try:
        return IPv4Address(word)
    except ValueError:
        return None


def network(word: str, mask: str, *, wildcard: bool = False) -> IPv4Network | None:
    """The network of an address and a mask; None where one of them is no such thing, or the address lies inside it."""
    try:
        if wildcard:
            mask = str(IPv4Address(int(IPv4Address(mask)) ^ 0xFFFFFFFF))
        return IPv4Network(f"{word}/{mask}")
    except ValueError:
        return None
