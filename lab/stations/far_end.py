"""A far end that is not ours, played from data: a partner's firewall, or the edge of a cloud. It has no command line.

It negotiates as its data says, answers pings at the addresses that it was given, and can be set to faults like any box. What it
hears of failed negotiations it keeps in `noted`, as the log of somebody else's firewall would.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from ..core.configuration.store import Store
from ..core.errors import NoSuchFault
from ..core.faults import FAR_FAULTS, FAULTS, Faults
from ..core.negotiation.sa import CryptoState, IpsecSa
from ..core.wire.speaker import Speaker
from .far_bgp import as_it_is
from .far_meaning import FarMeaning
from .far_order import FarOrder

#: So many of the last things that it heard are kept.
NOTES = 50


class FarEnd:
    """One far end on the wire."""

    def __init__(self, name: str, order: FarOrder, keys: Mapping[str, str]) -> None:
        self.name = name
        self.order = order
        self.faults = Faults(table=FAR_FAULTS)
        self.crypto = CryptoState(1, 1)
        #: It has no configuration; the wire asks only whether it changes just now.
        self.store = Store()
        self.meaning = FarMeaning(order, keys, self.faults)
        self.noted: list[str] = []
        if not all(connection.nat_t for connection in order.connections):
            self.faults.set("drop-4500", (), on=True)

    @property
    def off(self) -> bool:
        """Whether nothing can reach it."""
        return "down" in self.faults

    def fault(self, name: str, arguments: tuple[str, ...], *, on: bool) -> None:
        """Switch a fault. NoSuchFault for one that a far end without a command line cannot have."""
        if name in FAULTS and name not in FAR_FAULTS:
            able = ", ".join(FAR_FAULTS)
            raise NoSuchFault(
                f"The fault {name} strikes no far end: {self.name} has no command line. What can be broken: {able}."
            )
        self.faults.set(name, arguments, on=on)

    def speaker(self, address: IPv4Address) -> Speaker | None:
        """Its BGP speaker at an address, with the faults that are on."""
        mine = (item.speaker for item in self.order.connections if item.speaker is not None)
        found = next((speaker for speaker in mine if speaker.address.ip == address), None)
        return as_it_is(found, self.faults) if found is not None else None

    def told(self, address: IPv4Address, networks: tuple[IPv4Network, ...]) -> None:
        """What a peer has told its speaker at an address, all of it; nothing when the session has ended."""
        if networks:
            self.meaning.heard[address] = networks
        else:
            self.meaning.heard.pop(address, None)

    def settle_routes(self) -> None:
        """Its peers say what it learns."""

    def log(self, message: str) -> None:
        """Keep what it hears."""
        self.noted = [*self.noted[1 - NOTES :], message]

    def bad_message(self, peer: IPv4Address) -> None:
        """A message of a peer could not be authenticated."""
        self.log(f"{peer}: a message could not be authenticated; the keys differ")

    def quick_mode_failed(self, peer: IPv4Address) -> None:
        """No agreement in quick mode."""
        self.log(f"{peer}: no agreement in quick mode")

    def negotiation_failed(self, peer: IPv4Address, reason: str) -> None:
        """IKEv2 came to nothing."""
        self.log(f"{peer}: IKEv2 came to nothing: {reason}")

    def tunnel_changed(self, name: str, *, up: bool) -> None:
        """A tunnel went up or down."""
        self.log(f"{name}: {'up' if up else 'down'}")

    def session_changed(self, peer: IPv4Address, *, up: bool) -> None:
        """The first SA with a peer is there, or the last one is gone."""
        self.log(f"{peer}: session {'up' if up else 'down'}")

    def routed_into_itself(self, name: str) -> None:
        """Its provider is never reached through a tunnel."""

    def led(self, source: IPv4Address, destination: IPv4Address) -> IPv4Address | str | None:  # noqa: ARG002 - it has no such rule
        """Never by a policy."""
        return None

    def invalid_spi(self, at: IPv4Address, spi: int) -> None:
        """A packet of an SA that is not there."""
        self.log(f"{at}: no SA {spi:#x}")

    def replay_failed(self, sender: IPv4Address, at: IPv4Address, sa: IpsecSa) -> None:
        """A packet that came too late for the anti-replay window."""
        self.log(f"{at}: {sender} sends packets of SA {sa.spi:#x} out of order")

    def not_protected(self, destination: IPv4Address, source: IPv4Address) -> None:
        """A packet that should have come through a tunnel."""
        self.log(f"{source} to {destination}: in clear, and should be protected")

    def noted_translation(self, inside: IPv4Address, outside: IPv4Address, destination: IPv4Address) -> None:
        """It translates nothing."""
