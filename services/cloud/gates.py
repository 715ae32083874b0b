"""Both tunnels are up: by their SAs, never by their interfaces alone, with the cipher of the intent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...checks import ike_agreed
from ...checks.finding import Finding, Status
from ...checks.observation import Flow, hexadecimal, spis
from ...checks.questions import IKEV2, IPSEC
from .intent import Cloud, Gateway
from .names import TunnelNames
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
        words = (
            f"{role}: the IKE SA with {end.address} has {got}, and the intent {wanted}: it is of before, or another policy won"
        )
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


def _tunnels_gone(view: View) -> Iterator[Finding]:
    for role, end, called in view.tunnels:
        left = view.is_built(called)
        words = f"{role}: {called.nameif} to {end.address} is there" if left else f"{role}: no tunnel to {end.address}"
        yield view.finding("tunnel", not left, words)


def tunnels(site: Cloud) -> Watched:
    """Both tunnels are up, encrypted as the intent says."""
    return Watched(site, OF_TUNNELS, _tunnels_up, _tunnels_gone)
