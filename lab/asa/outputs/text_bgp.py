"""The router of an ASA as its configuration shows it: what it has, then its address family, neighbour by neighbour.

Source: running configurations of ASAs with BGP in public repositories.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from ...core.configuration.store import Entry
from ..tables.config_bgp import ORDER


def lines(router: Entry) -> Iterator[str]:
    """The lines of a router, with those of the address family two blanks deep."""
    yield router.text
    for child in sorted(router.children.values(), key=lambda entry: ORDER[entry.form.family]):
        yield f" {child.text}"
        if child.form.family == "bgp-af":
            yield from (f"  {each.text}" for each in sorted(child.children.values(), key=_place))
            yield " exit-address-family"


def _place(entry: Entry) -> tuple[int, int, int]:
    """Neighbours by address, each with its lines in order; then networks by address, then the rest."""
    address = entry.values.get("neighbor") or entry.values.get("network")
    number = int(IPv4Address(address)) if address else 0
    return (0, number, ORDER[entry.form.family]) if "neighbor" in entry.values else (1, ORDER[entry.form.family], number)
