"""The ASA commands about IKE, IPsec and VPN sessions: which template group is which record, which counts must balance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

from ..balance import balances
from ..command import Command, Conserve, Note, many
from ..fields.convert import build
from ..line_rules.machine import Raw
from ..printed.pairs import Pairs
from ..records.asa_vpn import (
    AsaIkeSas,
    AsaIkev1Sa,
    AsaIpsecFlow,
    AsaIpsecSa,
    SessionSummary,
    SummaryRow,
    TunnelCount,
    VpnSession,
    VpnTunnel,
)
from ..records.ikev2 import ChildSa, Ikev2Sa, Ikev2Session, TrafficSelectors

_TOTALS = re.compile(
    r"\n\s*Active SA:[ \t]*(\d+)[^\n]*(?:\n\s*Rekey SA:[ \t]*(\d+)[^\n]*)?(?:\n\s*Total IKE SA:[ \t]*(\d+))?", re.IGNORECASE
)


def _both(raw: Raw) -> AsaIkeSas:
    """AsaIkeSas"""
    headings = raw.get("heading", ())
    seen = {version for heading in headings for version in ("ikev1", "ikev2") if heading.get(version)}
    ikev1 = tuple(raw.get("sa", ())) if raw.get("sa") or raw.get("totals") or "ikev1" in seen else None
    ikev2 = tuple(raw.get("session", ())) if raw.get("session") or "ikev2" in seen else None
    return AsaIkeSas(ikev1=ikev1, ikev2=ikev2)


def _totals(count: Callable[[Any], int]) -> Conserve:
    """As many IKEv1 SAs are read as the totals above them say, and active and rekeying ones make up the total."""

    def conserve(state: Any, text: str) -> Iterator[str]:
        found = list(_TOTALS.finditer(text))
        for totals in found:
            active, rekey, total = totals.groups()
            if rekey is None or total is None:
                yield "the totals of the IKEv1 SAs are cut short"
            elif int(active) + int(rekey) != int(total):
                yield f"{active} active and {rekey} rekeying IKEv1 SAs are counted, and {total} in total"
        total_count = sum(int(totals.group(3) or 0) for totals in found)
        if found and total_count != count(state):
            yield f"{total_count} IKEv1 SAs are counted and {count(state)} were read"

    return conserve


_ROWS = r"Session-id:\d+, Status:"


def _headings(pattern: str, what: str, count: Callable[[Any], int]) -> Conserve:
    """Something follows each heading: for IKEv1 its totals at least, which are checked on their own."""
    expression = re.compile(rf"\n[ \t]*{pattern}[ \t]*(?=\n)", re.IGNORECASE)

    def conserve(state: Any, text: str) -> Iterator[str]:
        headings = len(expression.findall(text))
        if headings > max(count(state), len(_TOTALS.findall(text)) if "1" in pattern else 0):
            yield f"the output is cut short: {what} are announced and none were printed below the heading"

    return conserve


_COLUMNS = re.compile(r"\n[ \t]*IKE Peer[ \t]+Type[ \t]+Dir", re.IGNORECASE)


def _details(sas: Callable[[Any], Iterable[AsaIkev1Sa]]) -> Conserve:
    """Either every SA is printed in detail or none, and a row stands below each head of a table."""

    def conserve(state: Any, text: str) -> Iterator[str]:
        found = list(sas(state))
        for name in ("encryption_text", "lifetime_seconds", "remaining_seconds"):
            having = sum(1 for sa in found if getattr(sa, name) is not None)
            if having not in {0, len(found)}:
                yield f"the output is cut short: {having} of {len(found)} IKEv1 SAs have {name}"
        if len(_COLUMNS.findall(text)) > len(found):
            yield "the output is cut short: no row was printed below the head of the table"

    return conserve


def _child(raw: Raw, _above: list[Raw]) -> None:
    """A child SA of an ASA has one pair of selectors."""
    raw["selector"] = [build(TrafficSelectors, raw, [])]


def _session_counts(session: Ikev2Session, _raw: Raw) -> Iterator[str]:
    """The head of a session says how many IKE and child SAs follow."""
    if session.ike_count != len(session.ikes):
        yield f"the session says IKE count {session.ike_count} and {len(session.ikes)} were read"
    if session.child_count != len(session.children):
        yield f"the session says CHILD count {session.child_count} and {len(session.children)} were read"


def _ike_is_whole(sa: Ikev2Sa, _raw: Raw) -> Iterator[str]:
    if sa.status == "READY" and (sa.lifetime_seconds is None or sa.encryption_text is None):
        yield "the IKEv2 SA that begins here is cut short: no cipher or no lifetime was printed"


def _ikev1_is_whole(sa: AsaIkev1Sa, raw: Raw) -> Iterator[str]:
    """The detailed form goes on to the lifetime, from 8.4 on to what is left of it."""
    if len({raw.get(name) is None for name in ("encryption_text", "integrity_text", "authentication", "lifetime_seconds")}) > 1:
        yield f"the IKEv1 SA with {sa.peer} is cut short: not all of cipher, hash, authentication and lifetime were printed"


_IKEV2_RECORDS: dict[str, type] = {"session": Ikev2Session, "session.ike": Ikev2Sa, "session.child": ChildSa}


def _flow(flow: AsaIpsecFlow, raw: Raw) -> Iterator[str]:
    """A flow has SAs both ways with one transform, and its current SPIs are among them."""
    seen = {section["direction"].lower() for section in raw.get("section", ())}
    if seen != {"inbound", "outbound"}:
        missing = ", ".join(sorted({"inbound", "outbound"} - seen))
        yield f"the flow that begins here is cut short: no {missing} SAs were printed"
    ways = {way: [sa for sa in flow.sas if sa.direction == way] for way in ("inbound", "outbound")}
    current = (("outbound", flow.current_outbound_spi), ("inbound", flow.current_inbound_spi))
    for way, spi in current:
        if way in seen and not ways[way]:
            yield f"the flow that begins here is cut short: no {way} SA was printed below its heading"
        if spi and spi not in {sa.spi for sa in ways[way]}:
            yield f"the flow contradicts itself: current {way} SPI {spi:#x} has no SA"
    inbound, outbound = ({sa.transform for sa in ways[way]} for way in ("inbound", "outbound"))
    if inbound and outbound and not inbound & outbound:
        yield f"the flow contradicts itself: inbound {sorted(inbound)}, outbound {sorted(outbound)}"


def _sa(sa: AsaIpsecSa, raw: Raw) -> Iterator[str]:
    """An SPI is printed twice, and an SA ends with its replay detection."""
    digits = (raw.get("spi_decimal") or "").strip(" ()")
    if digits and digits != str(sa.spi):
        yield Note(f"the SPI {sa.spi:#x} has another decimal form beside it, {digits}: the hexadecimal form is taken")
    if sa.remaining_seconds is None and sa.remaining_kilobytes is None:
        yield "the SA that begins here is cut short: no remaining lifetime"
    if sa.replay_detection is None:
        yield "the SA that begins here is cut short: nothing about replay detection"
    if raw.get("bitmap_heading") and not raw.get("bitmap"):
        yield "the SA that begins here is cut short: no anti replay bitmap below its heading"


_LEVELS = re.compile(
    r"\n[ \t]*(?:(?P<top>interface:|peer address:|cryptomap:|assigned address:)|(?P<map>Crypto map tag:)|(?P<flow>local +ident))",
    re.IGNORECASE,
)


def _below_headings(_state: Any, text: str) -> Iterator[str]:
    """An interface has a map below it, and a map a flow: an ASA prints neither without."""
    seen = [found.lastgroup for found in _LEVELS.finditer(text)] + ["top"]
    for above, below in pairwise(seen):
        if above == "top" and below == "top":
            yield "the output is cut short: an interface was announced and no map was printed below it"
        if above == "map" and below in {"top", "map"}:
            yield "the output is cut short: a crypto map was announced and no flow was printed below it"


_STATE = re.compile(r"\n[ \t]*SA State:", re.IGNORECASE)
_NO_REPLAY = re.compile(r"\n[ \t]*replay detection support:[ \t]*N", re.IGNORECASE)
_BITMAP = re.compile(r"\n[ \t]*Anti replay bitmap:", re.IGNORECASE)


def _bitmaps(_state: Any, text: str) -> Iterator[str]:
    """A release that prints the state of an SA (8.4 on) ends it with the bitmap of the replays that it has seen."""
    bitmaps = len(_BITMAP.findall(text))
    expected = len(_STATE.findall(text)) - len(_NO_REPLAY.findall(text))
    if bitmaps and bitmaps < expected:
        yield f"the output is cut short: {expected} SAs detect replays and {bitmaps} bitmaps were printed"


def _sa_count(state: Iterable[AsaIpsecFlow]) -> int:
    return sum(len(flow.sas) for flow in state)


_COUNT = re.compile(r"(\S+)[ \t]+(?:Tunnels|Sessions):[ \t]*(\d+)")
_HEADING = re.compile(r"([\w/-]+):")


def _session(raw: Raw, _above: list[Raw]) -> None:
    """The rows of a session, and below headings those of its tunnels, taken apart into pairs."""
    own, tunnels = Pairs(), list[tuple[str, Pairs]]()
    own.add(raw.pop("first"))
    counts: list[Raw] = []
    for row in (item["row"].strip() for item in raw.pop("row", [])):
        if (heading := _HEADING.fullmatch(row)) is not None:
            tunnels.append((heading.group(1), Pairs()))
        elif found := _COUNT.findall(row):
            counts += [{"kind": kind, "count": count} for kind, count in found]
        else:
            (tunnels[-1][1] if tunnels else own).add(row)
    raw.update(own.values)
    raw["tunnel_count"] = [build(TunnelCount, count, []) for count in counts]
    raw["tunnel"] = [build(VpnTunnel, {"kind": kind, **pairs.values}, []) for kind, pairs in tunnels if kind != "NAC"]
    everything = [own, *(pairs for _, pairs in tunnels)]
    raw["twice"] = [key for pairs in everything for key in pairs.twice]
    raw["strangers"] = [key for pairs in everything for key in pairs.strangers]


_NEEDED = {
    "ike": ("tunnel_id", "encryption_text", "rekey_left_seconds", "dh_group"),
    "ipsec": ("tunnel_id", "local_selector", "remote_selector", "encryption_text", "bytes_received", "packets_received"),
    "": ("tunnel_id",),
}
"""What every release prints for a tunnel of a kind: its last lines among them."""


def _family(kind: str) -> str:
    return next((family for family in ("ike", "ipsec") if kind.lower().startswith(family)), "")


def _alike(state: Any, text: str) -> Iterator[str]:
    """Sessions of one output end alike, and each heading has sessions below it."""
    for name in ("audit_session_id", "inactivity_seconds"):
        having = sum(1 for session in state if getattr(session, name) is not None)
        if having not in {0, len(state)}:
            yield f"the output is cut short: {having} of {len(state)} sessions have {name}"
    if len(re.findall(r"\n[ \t]*Session Type:", text)) > len(state) and "no active sessions" not in text:
        yield "the output is cut short: a type of session was announced and none was printed below it"


def _session_is_whole(session: VpnSession, raw: Raw) -> Iterator[str]:
    """A session has as many tunnels as it counts, one value for each key, and its duration."""
    counted = [count.kind.lower() for count in session.tunnel_counts]
    if len(set(counted)) != len(counted):
        yield f"the tunnels of session {session.index} are counted twice"
    read = Counter(tunnel.kind.lower() for tunnel in session.tunnels)
    for count in session.tunnel_counts:
        if read[count.kind.lower()] != count.count:
            found = read[count.kind.lower()]
            yield f"session {session.index} is cut short: it counts {count.count} {count.kind} tunnels and {found} were read"
    for tunnel in session.tunnels:
        missing = [name for name in _NEEDED.get(_family(tunnel.kind), _NEEDED[""]) if getattr(tunnel, name) is None]
        if missing:
            yield f"a tunnel {tunnel.kind} of session {session.index} is cut short: no {', '.join(missing)}"
    for name in ("protocols", "encryption_text", "bytes_sent", "bytes_received", "login_time", "duration_seconds"):
        if getattr(session, name) in {None, ()}:
            yield f"session {session.index} is cut short: no {name}"
    if session.license and (raw.get("vlan") is None or not (session.audit_session_id or raw.get("nac_result"))):
        yield f"session {session.index} is cut short: its last lines are missing"
    if session.session_type.endswith("Detailed") and not session.tunnel_counts:
        yield f"session {session.index} is cut short: its tunnels are not counted"
    for key in raw["twice"]:
        yield f"session {session.index} has a second value for {key}"
    for key in raw["strangers"]:
        yield f"session {session.index} has a key that is not known here: {key}"


def _summary(raw: Raw) -> SessionSummary:
    """SessionSummary"""
    if not raw.get("table") and not raw.get("nothing"):
        raise LookupError("table")
    totals: Raw = {"row": raw.get("row", [])}
    for item in raw.get("totals", ()):
        totals.update(item)
    summary: SessionSummary = build(SessionSummary, totals, [])
    return summary


_NO_SESSION = re.compile(r"\n\s*(?:INFO: )?(?:There are presently no active sessions|No sessions to display)")


def _summary_is_whole(summary: SessionSummary, text: str) -> Iterator[str]:
    """The totals of the tunnels are the sum of the rows above them, and the totals of the sessions are printed."""
    tunnels = [row for row in summary.rows if row.table.lower().startswith("tunnels")]
    totals = [row for row in tunnels if row.name.lower() == "totals"]
    if not totals and not _NO_SESSION.search(text):
        yield "the output is cut short: no totals of the tunnels were printed"
    if any(row.table.startswith("VPN Session") for row in summary.rows) and None in {
        summary.total_active,
        summary.capacity,
        summary.load_percent,
    }:
        yield "the output is cut short: no totals of the sessions were printed"
    for total in totals:
        active = sum(row.active or 0 for row in tunnels if row is not total)
        if total.active != active:
            yield f"the rows of the tunnels are cut short: the totals say {total.active} active ones and the rows make {active}"


_KINDS = frozenset({"anyconnect client", "site-to-site vpn", "clientless vpn"})
_PARTS = frozenset({"ssl/tls/dtls", "ikev2 ipsec", "ikev1 ipsec", "browser"})
"""Rows of the session summary (8.4 on), and rows below them that count a part of the same sessions again."""


def _sessions_add_up(summary: SessionSummary, _text: str) -> Iterator[str]:
    """The totals are the sum of the kinds of sessions; where a kind is not known here nothing is said."""
    rows = [row for row in summary.rows if row.table.startswith("VPN Session")]
    kinds = [row for row in rows if row.name.lower() in _KINDS]
    if not kinds or any(row.name.lower() not in _KINDS | _PARTS for row in rows):
        return
    active = sum((row.active or 0) + (row.inactive or 0) for row in kinds)
    cumulative = sum(row.cumulative or 0 for row in kinds)
    for what, total, found in (
        ("active and inactive", summary.total_active, active),
        ("cumulative", summary.total_cumulative, cumulative),
    ):
        if total is not None and total != found:
            yield f"the rows of the sessions are cut short: the totals say {total} {what} ones and the rows make {found}"


def _sessions(name: str, *aliases: str) -> Command:
    return Command(
        os="asa",
        name=name,
        aliases=aliases,
        arguments=("detail", "filter REST", "sort REST"),
        kinds={"type.session": VpnSession},
        prepare={"type.session": _session},
        validate={"type.session": _session_is_whole},
        state=many("session"),
        conserve=(balances(r"(?:Username|Connection)[ \t]*:", "sessions", len), _alike),
    )


COMMANDS: tuple[Command, ...] = (
    Command(
        os="asa",
        name="show crypto isakmp sa",
        arguments=("detail",),
        kinds={"sa": AsaIkev1Sa, **_IKEV2_RECORDS},
        state=_both,
        prepare={"session.child": _child},
        validate={"sa": _ikev1_is_whole, "session": _session_counts, "session.ike": _ike_is_whole},
        conserve=(
            _totals(lambda state: len(state.ikev1 or ())),
            _headings("IKEv1 SAs:", "IKEv1 SAs", lambda state: len(state.ikev1 or ())),
            _headings("IKEv2 SAs:", "IKEv2 SAs", lambda state: len(state.ikev2 or ())),
            _details(lambda state: state.ikev1 or ()),
            balances(_ROWS, "IKEv2 sessions", lambda state: len(state.ikev2 or ())),
        ),
    ),
    Command(
        os="asa",
        name="show crypto ikev1 sa",
        arguments=("detail",),
        kinds={"sa": AsaIkev1Sa},
        state=many("sa"),
        validate={"sa": _ikev1_is_whole},
        conserve=(_totals(len), _headings("IKEv1 SAs:", "IKEv1 SAs", len), _details(lambda state: state)),
    ),
    Command(
        os="asa",
        name="show crypto ikev2 sa",
        arguments=("detail",),
        kinds=_IKEV2_RECORDS,
        state=many("session"),
        prepare={"session.child": _child},
        validate={"session": _session_counts, "session.ike": _ike_is_whole},
        conserve=(balances(_ROWS, "sessions", len), _headings("IKEv2 SAs:", "IKEv2 SAs", len)),
    ),
    Command(
        os="asa",
        name="show crypto ipsec sa",
        aliases=("show ipsec sa",),
        arguments=(
            *(f"{word} WORD" for word in ("peer", "map", "assigned-address", "spi")),
            *("entry", "identity", "detail"),
        ),
        kinds={"interface.map.flow": AsaIpsecFlow, "interface.map.flow.section.sa": AsaIpsecSa},
        state=many("flow"),
        validate={"interface.map.flow": _flow, "interface.map.flow.section.sa": _sa},
        conserve=(
            balances("spi:", "SPIs", _sa_count),
            balances("local +ident", "flows", len),
            _below_headings,
            _bitmaps,
        ),
    ),
    Command(
        os="asa",
        name="show vpn-sessiondb",
        aliases=("show vpn-sessiondb summary",),
        kinds={"table.row": SummaryRow},
        state=_summary,
        conserve=(_summary_is_whole, _sessions_add_up),
    ),
    _sessions("show vpn-sessiondb l2l"),
    _sessions("show vpn-sessiondb detail l2l"),
    _sessions("show vpn-sessiondb anyconnect", "show vpn-sessiondb svc", "show vpn-sessiondb detail anyconnect"),
    _sessions("show vpn-sessiondb webvpn", "show vpn-sessiondb detail webvpn"),
)
