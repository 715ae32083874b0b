"""Observations: the answers of one device at one moment, by question, and the views that checks use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ...inventory.errors import NotKnown
from ...parsers.records.asa_vpn import AsaIpsecFlow
from ...parsers.records.ipsec import IpsecFlow, Selector
from ...parsers.result import Parsed
from ..finding import Evidence
from ..routing.ways import Ways
from .questions import IKE, IKEV2, INTERFACES, IPSEC, ROUTE, VIEWS, IkeRow, InterfaceRow, Question

__all__ = ["Flow", "IkeRow", "Observation", "Probe", "Sa", "hexadecimal", "is_static", "place_of", "spis"]

T = TypeVar("T")


class Probe(Struct, frozen=True):
    """Result of a sourced ping: packets sent and answered.

    ``large`` is that of packets of full size to the same address, which may not be cut; None where none were sent.
    """

    sent: int
    received: int
    text: str = ""
    large: Probe | None = None


class Sa(Protocol):
    """One IPsec SA, of IOS or ASA; see the records for units."""

    @property
    def direction(self) -> str: ...
    @property
    def protocol(self) -> str: ...
    @property
    def spi(self) -> int: ...
    @property
    def transform(self) -> str: ...
    @property
    def encryption(self) -> str | None: ...
    @property
    def integrity(self) -> str | None: ...
    @property
    def mode(self) -> str | None: ...
    @property
    def settings(self) -> frozenset[str]: ...
    @property
    def remaining_seconds(self) -> int | None: ...
    @property
    def remaining_kilobytes(self) -> int | None: ...


class Flow(Protocol):
    """One pair of selectors with its counters and SAs, of IOS or ASA; see the records for units."""

    @property
    def local_ident(self) -> Selector: ...
    @property
    def remote_ident(self) -> Selector: ...
    @property
    def peer(self) -> object: ...
    @property
    def interface(self) -> str | None: ...
    @property
    def encapsulated_packets(self) -> int: ...
    @property
    def decapsulated_packets(self) -> int: ...
    @property
    def send_errors(self) -> int | None: ...
    @property
    def current_outbound_spi(self) -> int: ...
    @property
    def sas(self) -> tuple[Sa, ...]: ...


class Observation(Struct, frozen=True, dict=True):
    """Answers of one device by the name of the question, parsed, with the UTC time of reading (ISO 8601).

    A question that was not asked, or that the device does not know, has no answer; a view of it raises NotKnown: nothing may be
    concluded from it, least of all that there is nothing. Views are made once, and flows and IKE SAs are looked up by what a
    tunnel is known by: a hub has thousands of both, and each tunnel asks for its own.
    """

    host: str
    time: str
    os: str
    answers: Mapping[str, Parsed]

    def answer(self, question: Question) -> Parsed | None:
        """What was parsed of the answer to a question, None without one."""
        return self.answers.get(question.name)

    def answering(self, question: Question, parsed: Parsed) -> Observation:
        """The same observation with another answer to this question."""
        return replace(self, answers={**self.answers, question.name: parsed})

    def view(self, question: Question) -> Any:
        """The answer to a question in the form that all systems share. Raises NotKnown where there is none."""
        parsed = self.answer(question)
        if parsed is None:
            raise NotKnown(f"{self.host} was not asked for {question}, or did not answer")
        if question.name not in self._views:
            self._views[question.name] = VIEWS[question.name][self.os](parsed)
        return self._views[question.name]

    @cached_property
    def _views(self) -> dict[str, Any]:
        return {}

    @cached_property
    def _by_selectors(self) -> Mapping[tuple[Selector, Selector], tuple[Flow, ...]]:
        return grouped(self.flows, lambda flow: [(flow.local_ident, flow.remote_ident)])

    @cached_property
    def _by_address(self) -> dict[int, Mapping[object, tuple[IkeRow, ...]]]:
        """Version of IKE to the address at either end to its SAs; a version that was not asked for is made when it is wanted."""
        return {}

    def ike(self, version: int) -> tuple[IkeRow, ...]:
        """All SAs of one version of IKE."""
        rows: tuple[IkeRow, ...] = self.view(IKEV2 if version == 2 else IKE)
        return rows

    @property
    def flows(self) -> tuple[Flow, ...]:
        """All phase 2 flows; an ASA prints none that has no SA."""
        flows: tuple[Flow, ...] = self.view(IPSEC)
        return flows

    @property
    def interfaces(self) -> tuple[InterfaceRow, ...]:
        """All interfaces."""
        rows: tuple[InterfaceRow, ...] = self.view(INTERFACES)
        return rows

    @property
    def ways(self) -> Ways:
        """The routing table."""
        ways: Ways = self.view(ROUTE)
        return ways

    def rows(self, peer: IPv4Address, version: int = 1) -> tuple[IkeRow, ...]:
        """IKE SAs of one version in which the peer stands, as source or destination."""
        kept = self._by_address
        if version not in kept:
            kept[version] = grouped(self.ike(version), lambda row: row.addresses)
        return kept[version].get(peer, ())

    def flow(self, local: IPv4Network, remote: IPv4Network) -> Flow | None:
        """The phase 2 flow with exactly these selectors, for every protocol and port, or None."""
        return next(iter(self.flows_of(local, remote)), None)

    def flows_of(self, local: IPv4Network, remote: IPv4Network) -> tuple[Flow, ...]:
        """All phase 2 flows with exactly these selectors: tunnel interfaces have the same ones, each with its own peer."""
        return self._by_selectors.get((Selector(local, 0, 0), Selector(remote, 0, 0)), ())

    def evidence(self, question: Question | str, field: str, value: object) -> Evidence:
        """A value that was read here, in the answer to a question or in what a command printed."""
        command = question
        if isinstance(question, Question):
            parsed = self.answer(question)
            command = parsed.command if parsed else question.what
        return Evidence(self.host, str(command), field, str(value), self.time)


def grouped(items: Iterable[T], keys: Callable[[T], Iterable[object]]) -> dict[Any, tuple[T, ...]]:
    """Items by each of their keys, in their order."""
    found: dict[object, list[T]] = {}
    for item in items:
        for key in keys(item):
            found.setdefault(key, []).append(item)
    return {key: tuple(those) for key, those in found.items()}


def spis(flow: Flow, direction: str) -> tuple[int, ...]:
    """SPIs of the ESP SAs of a flow in one direction ("inbound" or "outbound")."""
    return tuple(sa.spi for sa in flow.sas if sa.direction == direction and sa.protocol == "esp")


def place_of(flow: Flow, interface: str, address: IPv4Address) -> tuple[str, str]:
    """Where a flow is, and where it has to be.

    An ASA prints the name that it gave the interface, and the intent may have the hardware's: there the address counts.
    """
    if isinstance(flow, AsaIpsecFlow):
        return str(flow.local_address), str(address)
    if isinstance(flow, IpsecFlow):
        return flow.interface, interface
    raise TypeError(f"no rule says where a {type(flow).__name__} is")


def is_static(flow: Flow) -> bool:
    """True if the flow belongs to an entry of the configuration, which nobody hangs up as a VPN client does.

    A tunnel interface of an ASA has no access list, and its map is named by the device (``__vti-crypto-map-...``).
    """
    if isinstance(flow, AsaIpsecFlow):
        return flow.access_list is not None or flow.map_tag.startswith("__vti-crypto-map-")
    return isinstance(flow, IpsecFlow) and "origin_is_acl" in flow.flags


def hexadecimal(numbers: tuple[int, ...]) -> str:
    """SPIs for a person."""
    return ", ".join(f"0x{number:08X}" for number in numbers) or "none"
