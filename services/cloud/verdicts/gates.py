"""Both tunnels are up: by their SAs, never by their interfaces alone, with the cipher of the intent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from ....changes.plans.change import Change
from ....checks import ike_agreed
from ....checks.finding import Finding, Status
from ....checks.observations.observation import Flow, hexadecimal, spis
from ....checks.observations.questions import BGP, IKEV2, IPSEC
from ..intents.intent import Cloud, Gateway
from ..placing.names import TunnelNames, draft
from .view import OF_TUNNELS, View, Watched

#: Where no cipher was read.
NONE = "null"


def tunnel_up(view: View, role: str, end: Gateway, called: TunnelNames) -> tuple[Finding, Finding]:
    """The IKE SA and the pair of IPsec SAs of one tunnel."""
    return _ike(view, role, end), _sas(view, role, end, called)


def _tunnels_up(view: View) -> Iterator[Finding]:
    for role, end, called in view.tunnels:
        yield from tunnel_up(view, role, end, called)


def _ike(view: View, role: str, end: Gateway) -> Finding:
    rows = [row for row in view.shown.rows(end.address, version=2) if row.addresses <= {end.address, end.source_ip}]
    up = [row for row in rows if row.up]
    state = ", ".join(row.state for row in rows) or "no IKEv2 SA"
    words = f"{role}: {end.address} {'is up' if up else 'is not up'} ({state})"
    wanted = suite_of(view.site)
    if others := ike_agreed.others(up, wanted):
        got = " and ".join(dict.fromkeys(map(ike_agreed.printed, others)))
        words = f"{role}: the IKE SA with {end.address} has {got}, and the intent {wanted}: an old SA, or another policy won"
        return view.finding("ike", False, words, IKEV2, got)
    if ike_agreed.untold(up, wanted):
        return Finding("ike", view.host, Status.UNVERIFIED, f"{words}, and with which algorithms is not shown")
    return view.finding("ike", bool(up), words, IKEV2, state)


def suite_of(site: Cloud) -> ike_agreed.Suite:
    """Phase 1 as it is intended."""
    return ike_agreed.Suite(site.ike.encryption_algorithm, site.ike.authentication_algorithm, site.ike.group)


def _sas(view: View, role: str, end: Gateway, called: TunnelNames) -> Finding:
    """Both directions, on our tunnel interface, with the cipher of the intent."""
    whole = view.whole_flows(end, called)
    if not whole:
        return view.finding("esp", False, f"{role}: {called.nameif} has no pair of SAs with {end.address}", IPSEC, "none")
    wanted, got = view.site.esp, algorithms_in(whole)
    named = " and ".join(sorted(" ".join(filter(None, pair)) for pair in got))
    if any(cipher == NONE for cipher, _ in got):
        return view.finding("encrypted", False, f"{role}: {called.nameif} is up and encrypts nothing", IPSEC, named)
    if got != {(wanted.encryption_algorithm, wanted.authentication_algorithm)}:
        words = f"{role}: {called.nameif} has {named}, and the intent {wanted.encryption_algorithm}"
        return view.finding("esp", False, words, IPSEC, named)
    words = f"{role}: {called.nameif} has SAs both ways with {end.address}, {named}"
    return view.finding("esp", True, words, IPSEC, hexadecimal(spis(whole[0], "outbound")))


def algorithms_in(flows: Sequence[Flow]) -> set[tuple[str, str | None]]:
    """Cipher and integrity of all ESP SAs; one without a cipher has that of nothing."""
    return {(sa.encryption or NONE, sa.integrity) for flow in flows for sa in flow.sas if sa.protocol == "esp"}


def _first_up(view: View) -> Iterator[Finding]:
    """The first, and where BGP is spoken in it already, its neighbour: only then the second may be touched."""
    role, end, called = next(view.tunnels)
    yield from tunnel_up(view, role, end, called)
    yield from _spoken(view, role, end)


def _both_up(view: View) -> Iterator[Finding]:
    yield from _tunnels_up(view)
    for role, end, _ in view.tunnels:
        yield from _spoken(view, role, end)


def _spoken(view: View, role: str, end: Gateway) -> Iterator[Finding]:
    far = str(end.inner[1])
    if any(item.groups["neighbour"] == far for item in view.running.objects.of("bgp-neighbour")):
        row = view.row(end)
        state = row.state if row else "not shown"
        yield view.finding("bgp", row is not None and row.up, f"{role}: neighbour {far} is {state}", BGP, state)


def _first_gone(view: View) -> Iterator[Finding]:
    yield _gone(view, *next(view.tunnels))


def _second_gone(view: View) -> Iterator[Finding]:
    _, (role, end, called) = view.tunnels
    yield _gone(view, role, end, called)


def _gone(view: View, role: str, end: Gateway, called: TunnelNames) -> Finding:
    left = view.is_built(called)
    words = f"{role}: {called.nameif} to {end.address} is there" if left else f"{role}: no tunnel to {end.address}"
    return view.finding("tunnel", not left, words)


#: What of a tunnel is agreed with its gateway; its address inside is not.
_AGREED = ("tunnel source", "tunnel destination", "tunnel protection")


def agreed_anew(site: Cloud, change: Change) -> tuple[IPv4Address, ...]:
    """The gateways whose SAs say nothing of what a stage has changed, with those of before."""
    found: list[IPv4Address] = []
    for (_, end), called in zip(site.tunnels, draft(site).tunnels, strict=True):
        for edit in change.edited:
            lines = {*edit.before.canonical_children} ^ {*edit.after.canonical_children}
            mine = edit.before.family.name == "tunnel-interface" and f"nameif {called.nameif}" in edit.after.children
            if mine and any(line.startswith(_AGREED) for line in lines):
                found += [*(IPv4Address(peer) for peer in edit.before.peers), end.address]
            if edit.before.family.name == "tunnel-group" and edit.key[1] == (str(end.address),):
                found.append(end.address)
    return tuple(dict.fromkeys(found))


def first_tunnel(site: Cloud) -> Watched:
    """The first tunnel is up, encrypted as the intent says."""
    return Watched(site, (*OF_TUNNELS, BGP), _first_up, _first_gone, anew=agreed_anew)


def tunnels(site: Cloud) -> Watched:
    """Both tunnels are up, encrypted as the intent says."""
    return Watched(site, (*OF_TUNNELS, BGP), _both_up, _second_gone, anew=agreed_anew)
