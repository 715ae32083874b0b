"""The protected tunnel interface of an end, as a change makes it or a configuration has it."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address

from msgspec import Struct

from ...changes.plans.change import Change


class TunnelInterface(Struct, frozen=True):
    """``name`` as it is configured (Tunnel10), ``nameif`` as an ASA calls it elsewhere, and the lines below it."""

    name: str
    nameif: str = ""
    lines: tuple[str, ...] = ()

    @property
    def known_as(self) -> str:
        """What flows and routes call it."""
        return self.nameif or self.name


def tunnel_interface(
    sections: Iterable[tuple[str, tuple[str, ...]]], peer: IPv4Address, own: frozenset[str] = frozenset()
) -> TunnelInterface | None:
    """The one of these sections (header, lines) that is a protected tunnel interface to the peer; None if there is none.

    A device may have several to one peer, from addresses of its own: that with the most of the lines ``own`` is the one that is
    meant, and of equals the first.
    """
    found = [
        (header, lines)
        for header, lines in sections
        if header.startswith("interface ")
        and f"tunnel destination {peer}" in lines
        and any(line.startswith("tunnel protection ipsec ") for line in lines)
    ]
    if not found:
        return None
    header, lines = max(found, key=lambda section: len(own.intersection(section[1])))
    nameif = next((line.removeprefix("nameif ") for line in lines if line.startswith("nameif ")), "")
    return TunnelInterface(header.removeprefix("interface "), nameif, lines)


def tunnel_of(change: Change, peer: IPv4Address) -> TunnelInterface | None:
    """The tunnel interface that a device has after a change; where that does not go to the peer, the one that it had before."""
    after = (*change.created, *change.reused, *(edit.after for edit in change.edited))
    items = (*after, *(edit.before for edit in change.edited), *change.removed)
    return tunnel_interface(((item.header, item.children) for item in items), peer)
