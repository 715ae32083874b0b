"""The IOS and IOS-XE commands about IKE and IPsec: which template group is which record, and which counts must balance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..balance import balances
from ..command import Command, Note, many, one, record
from ..fields.convert import build
from ..line_rules.machine import Raw

if TYPE_CHECKING:
    from ..records import (
        CryptoSession,
        Ikev2Sa,
        Ikev2Session,
        IpsecFlow,
        IpsecSa,
        IsakmpSaDetail,
        ReconnectStats,
    )

_V4_ONLY = r"IPv4 Crypto .*|Tunnel-id .*"
"""The heading of the IPv4 part, or of one IKEv2 SA: something always follows."""
_SECTIONS = frozenset((way, protocol) for way in ("inbound", "outbound") for protocol in ("esp", "ah", "pcp"))


def _flow(flow: IpsecFlow, raw: Raw) -> Iterator[str]:
    """A flow ends with six headings; the SAs of a pair have one transform; the current SPI is one of them."""
    seen = {(section["direction"].lower(), section["protocol"].lower()) for section in raw.get("section", ())}
    if seen != _SECTIONS:
        missing = ", ".join(sorted(f"{way} {protocol} sas" for way, protocol in _SECTIONS - seen))
        yield f"the flow that begins here is cut short: {missing} not printed"
    inbound = {sa.transform for sa in flow.sas if sa.direction == "inbound" and sa.protocol == "esp"}
    outbound = {sa.transform for sa in flow.sas if sa.direction == "outbound" and sa.protocol == "esp"}
    if inbound and outbound and not inbound & outbound:
        yield f"the flow contradicts itself: inbound {sorted(inbound)}, outbound {sorted(outbound)}"
    spis = {sa.spi for sa in flow.sas if sa.direction == "outbound"}
    if flow.current_outbound_spi and flow.current_outbound_spi not in spis:
        yield f"the flow contradicts itself: current outbound SPI {flow.current_outbound_spi:#x} has no SA"
    yield from _decimal(flow.current_outbound_spi, raw.get("current_outbound_decimal"))


def _sa(sa: IpsecSa, raw: Raw) -> Iterator[str]:
    """An SPI is printed twice, and an SA has a lifetime unless its keys were set by hand."""
    yield from _decimal(sa.spi, raw.get("spi_decimal"))
    if sa.remaining_seconds is None and not raw.get("manual"):
        yield "the SA that begins here is cut short: no remaining lifetime"


def _decimal(spi: int, text: str | None) -> Iterator[str]:
    digits = (text or "").strip(" ()")
    if digits and digits != str(spi):
        yield Note(f"the SPI {spi:#x} has another decimal form beside it, {digits}: the hexadecimal form is taken")


def _sa_count(state: Iterable[IpsecFlow]) -> int:
    return sum(len(flow.sas) for flow in state)


def _engines(state: Iterable[IsakmpSaDetail]) -> int:
    return sum(1 for sa in state if sa.engine is not None)


def _lifetimes(state: Iterable[Ikev2Sa]) -> int:
    return sum(1 for sa in state if sa.lifetime_seconds is not None)


def _session(session: CryptoSession, raw: Raw) -> Iterator[str]:
    """A session that is up has an IKE SA or a flow below it."""
    if session.status in {"UP-ACTIVE", "UP-IDLE"} and not raw.get("ike"):
        yield "the session that begins here is cut short: it is up and no IKE SA was printed"
    if session.status == "UP-ACTIVE" and not raw.get("flow"):
        yield "the session that begins here is cut short: it is active and no flow was printed"


def _child(raw: Raw, _above: list[Raw]) -> None:
    """A child SA with one pair of selectors prints them on lines of their own, one with several as a table."""
    if raw.get("local_selector"):
        raw["selector"] = [build(record("ikev2.TrafficSelectors"), raw, []), *raw.get("selector", ())]


def _ikev2_session(session: Ikev2Session, _raw: Raw) -> Iterator[str]:
    """The head of a session says how many IKE and child SAs follow."""
    if session.ike_count != len(session.ikes):
        yield f"the session says IKE count {session.ike_count} and {len(session.ikes)} were read"
    if session.child_count != len(session.children):
        yield f"the session says CHILD count {session.child_count} and {len(session.children)} were read"
    for child in session.children:
        if not child.selectors:
            yield "a child SA of the session has no selectors"


def _reconnect(stats: ReconnectStats, _raw: Raw) -> Iterator[str]:
    """Every incoming reconnect succeeds or fails."""
    if stats.total != stats.success + stats.failed:
        yield f"{stats.total} reconnects came in, {stats.success} succeeded and {stats.failed} failed"


COMMANDS: tuple[Command, ...] = (
    Command(
        os="ios",
        name="show crypto isakmp sa",
        kinds={"sa": "ike.IsakmpSa"},
        state=many("sa"),
        arguments=("vrf WORD", "active", "standby", "nat"),
        unfinished=_V4_ONLY,
    ),
    Command(os="ios", name="show crypto isakmp policy", kinds={"policy": "ike.IsakmpPolicy"}, state=many("policy")),
    Command(
        os="ios",
        name="show crypto ipsec sa",
        arguments=(
            "peer ADDRESS",
            "peer ADDRESS port NUMBER",
            "interface INTERFACE",
            "map WORD",
            "vrf WORD",
            "address",
            "identity",
            "active",
            "standby",
            "ipv6",
            "detail",
            "detailed",
        ),
        kinds={"interface.map.flow": "ipsec.IpsecFlow", "interface.map.flow.section.sa": "ipsec.IpsecSa"},
        state=many("flow"),
        unfinished=r"interface:.*",
        # A hub whose map is only a dynamic one has no flow below it before the first peer comes (12.2).
        unfinished_without_end=r"Crypto map tag:.*",
        validate={"interface.map.flow": _flow, "interface.map.flow.section.sa": _sa},
        conserve=(
            balances("spi:", "SPIs", _sa_count),
            balances("local +ident", "flows", len),
        ),
    ),
    Command(
        os="ios",
        name="show crypto engine connections active",
        aliases=("show crypto engine connection active",),
        kinds={"connection": "ipsec.EngineConnection"},
        state=many("connection"),
    ),
    Command(
        os="ios",
        name="show crypto map",
        arguments=("interface INTERFACE", "tag WORD"),
        kinds={"entry": "ipsec.CryptoMapEntry"},
        state=many("entry"),
        silent_when_empty=True,
    ),
    Command(
        os="ios",
        name="show crypto isakmp sa detail",
        aliases=("show crypto isakmp sa vrf WORD detail", "show crypto isakmp sa active detail"),
        arguments=("vrf WORD",),
        kinds={"sa": "session.IsakmpSaDetail"},
        state=many("sa"),
        conserve=(balances(r"(?:Engine-id:Conn-id|Connection-id:Engine-id)", "engine lines", _engines),),
    ),
    Command(
        os="ios",
        name="show crypto session",
        arguments=(
            *(f"{word} WORD" for word in ("username", "group", "groups", "ivrf", "fvrf", "profile")),
            *(f"{word} ADDRESS" for word in ("remote", "local")),
            *(f"{word} ADDRESS port NUMBER" for word in ("remote", "local")),
            "interface INTERFACE",
            "active",
            "standby",
            "isakmp",
            "detail",
        ),
        kinds={"session": "session.CryptoSession", "session.ike": "session.SessionIke", "session.flow": "session.SessionFlow"},
        silent_when_empty=True,
        state=many("session"),
        validate={"session": _session},
        conserve=(
            balances("Session status:", "sessions", len),
            balances("IPSEC FLOW:", "flows", lambda state: sum(len(session.flows) for session in state)),
        ),
    ),
    Command(
        os="ios",
        name="show crypto session brief",
        kinds={"vrf.session": "session.CryptoSessionBrief"},
        state=many("session"),
    ),
    Command(
        os="ios",
        name="show crypto ikev2 sa",
        unfinished=_V4_ONLY,
        arguments=("remote ADDRESS", "local ADDRESS", "fvrf WORD", "detail", "detailed"),
        kinds={"sa": "ikev2.Ikev2Sa"},
        silent_when_empty=True,
        state=many("sa"),
        conserve=(balances(r"Life/(?:Remaining/)?Active Time:", "lifetimes", _lifetimes),),
    ),
    Command(
        os="ios",
        name="show crypto ikev2 session",
        unfinished=_V4_ONLY,
        arguments=("detail", "detailed"),
        kinds={
            "session": "ikev2.Ikev2Session",
            "session.ike": "ikev2.Ikev2Sa",
            "session.child": "ikev2.ChildSa",
            "session.child.selector": "ikev2.TrafficSelectors",
        },
        silent_when_empty=True,
        state=many("session"),
        prepare={"session.child": _child},
        validate={"session": _ikev2_session},
        conserve=(balances("Session-id:", "sessions", len),),
    ),
    Command(
        os="ios",
        name="show crypto pki certificates",
        arguments=("WORD", "verbose", "verbose WORD"),
        kinds={
            "certificate": "certificates.Certificate",
            "certificate.purposes.usage": "certificates.Usage",
            "certificate.names.alternative": "certificates.AlternativeName",
        },
        silent_when_empty=True,
        state=many("certificate"),
        conserve=(balances("Status:", "certificates", len),),
    ),
    Command(
        os="ios",
        name="show crypto ikev2 stats reconnect",
        kinds={"stats": "ikev2.ReconnectStats"},
        state=one("stats"),
        validate={"stats": _reconnect},
    ),
)
