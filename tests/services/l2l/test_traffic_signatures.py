"""Signatures of SAs through which not everything passes, and that each cause of the table is shown somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.observations.questions import INTERFACES, IPSEC, ROUTE
from nr_run.services.l2l.diagnosis.causes import CAUSES
from nr_run.services.l2l.diagnosis.signatures import SIGNATURES, found
from nr_run.services.l2l.endpoint import Watched

from ...checks.wires import EVERYTHING, PINGS, End, healthy, watched
from ...diagnosis.table import MISTAKES

#: Shown by their states alone (tests/checks), or below: what the lab cannot be brought to, or what only an end alone leaves open.
ELSEWHERE = {
    *("no-answer", "no-attempt", "phase-2", "return-path", "far-return-path"),
}


#: The twenty-nine ways in which a tunnel fails that are told apart, by what each may be called.
FAILURES: dict[str, tuple[str, ...]] = {
    "the keys differ": ("preshared-key", "ikev2-authentication"),
    "no IKE proposal in common": ("ike-policy", "ikev2-proposal"),
    "UDP 500 is lost, or the peer is": ("udp-500",),
    "UDP 4500 is lost": ("nat-in-path",),
    "ESP is lost": ("esp-blocked",),
    "lists do not mirror": ("selectors", "ikev2-selectors"),
    "no transform in common": ("transforms", "ikev2-child-proposal"),
    "PFS differs": ("pfs", "pfs-at-rekey"),
    "translated here": ("nat-not-exempt",),
    "translated there": ("return-nat",),
    "no route there": ("return-route",),
    "no route here": ("route-elsewhere",),
    "another peer": ("wrong-peer",),
    "known there by another address": ("peer-unknown",),
    "lifetimes differ": ("lifetime",),
    "a weaker proposal first": ("policy-order",),
    "SAs of before a change": ("stale-sa",),
    "another entry of the map first": ("map-order",),
    "no map at the interface": ("map-not-bound",),
    "asked for a user": ("xauth",),
    "clock or certificate": ("certificate",),
    "another identity": ("ikev2-identity",),
    "a line was refused": ("line-missing",),
    "large packets are lost": ("mtu",),
    "routed into itself": ("recursive-route",),
    "answers by another tunnel": ("asymmetric-return",),
    "a group policy in the way": ("group-policy",),
    "replayed packets": ("replay",),
    "another way is preferred": ("clear-path", "tunnel-route"),
}


def ids(*ends: Watched, **more: Any) -> list[str]:
    """What is named."""
    return [match.cause.id for match in found(ends, **more)]


def test_every_cause_is_planted_or_shown() -> None:
    """No cause is without a row, none without a mistake that is planted in the lab or a test of its own, and none is both."""
    planted = {cause for mistake in MISTAKES for cause in mistake.causes}
    assert {row.cause.id for row in SIGNATURES} == {*CAUSES}
    assert planted | ELSEWHERE == {*CAUSES}
    assert not planted & ELSEWHERE


def test_every_way_to_fail_is_planted() -> None:
    """Each of the twenty-nine is planted in the lab by configuring the mistake, or by a fault on the path."""
    planted = {cause for mistake in MISTAKES for cause in mistake.causes}
    assert len(FAILURES) == 29
    assert [name for name, causes in FAILURES.items() if not {*causes} <= planted] == []


def test_rows_stand_in_the_order_in_which_they_are_tried() -> None:
    """The table reads as it works: no row stands before one of an earlier step."""
    stages = [row.stage for row in SIGNATURES]
    assert stages == sorted(stages)


def with_flows(seen: Observation, change: Any) -> Observation:
    """The reading with its flows changed."""
    parsed = seen.answer(IPSEC)
    assert parsed is not None
    return seen.answering(IPSEC, replace(parsed, state=tuple(change(flow) for flow in parsed.state)))


OTHER = "vti2"


def asks(came: int, went: int = 0) -> Watched:
    """An ASA whose tunnel sends the pings of an end and receives nothing, while so many packets pass by another tunnel."""
    near = replace(healthy("asa", vti=True)[0], others=((OTHER, EVERYTHING, "203.0.113.7"),))
    before, late = near.seen(), replace(near.later(PINGS), decaps=near.decaps).seen()
    others = {"decapsulated_packets": near.decaps + came, "encapsulated_packets": near.encaps + went}
    after = with_flows(late, lambda flow: replace(flow, **others) if flow.interface == OTHER else flow)
    return Watched(near.endpoint, before, after, Probe(PINGS, 0), before)


def hears(packets: int, answers: int) -> Watched:
    """The end that is asked, which gets so many packets by its own tunnel and sends so many."""
    far = healthy("asa", vti=True)[1]
    return watched(far, replace(far.later(packets), encaps=far.encaps + answers), Probe(PINGS, 0))


def test_answers_by_another_tunnel_of_an_asa() -> None:
    """One tunnel interface sends and receives nothing, and another one receives as much without sending: an ASA drops that."""
    one = asks(PINGS)
    assert ids(one, hears(PINGS, 0)) == ["asymmetric-return"]
    assert ids(asks(PINGS + 30, 30), hears(PINGS, 0)) == ["asymmetric-return"]
    # Where SAs do not cross, that comes first: what rises may be the other tunnel's own traffic.
    strange = with_flows(one.after, lambda flow: replace(flow, current_outbound_spi=7) if flow.interface != OTHER else flow)
    assert ids(replace(one, after=strange), hears(PINGS, 0)) == ["stale-sa"]
    router, far = healthy("ios", vti=True)
    assert ids(watched(router, replace(router.later(), decaps=router.decaps)), watched(far)) == ["esp-blocked"]


@pytest.mark.parametrize(("came", "went"), [(90, 90), (90, 80), (4, 0)], ids=["as-much", "a-little-more", "too-few"])
def test_the_traffic_of_another_tunnel_is_no_answer(came: int, went: int) -> None:
    """What comes in by another tunnel while as much leaves by it is its own traffic, and names nothing."""
    assert ids(asks(came, went), hears(0, PINGS)) == ["esp-blocked"]
    assert ids(asks(came, went), hears(PINGS, 0)) == ["return-path"]


def test_an_end_that_answers_by_the_same_tunnel_loses_its_answers() -> None:
    """The other end counts its answers in this tunnel, so whatever comes in by another one is no answer of its."""
    assert ids(asks(PINGS), hears(PINGS, PINGS)) == ["esp-blocked"]


def test_a_stream_of_somebody_is_named_beside_what_else_it_may_be() -> None:
    """Of a far end that is not ours nothing tells more than what was asked from the answers: all that it may be is named."""
    alone = [replace(one, end=replace(one.end, far_host="")) for one in (asks(PINGS), asks(PINGS + 30))]
    assert ids(alone[0]) == ["asymmetric-return"]
    assert set(ids(alone[1])) == {"esp-blocked", "asymmetric-return", "far-return-path"}


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_packets_that_come_too_late(os: str) -> None:
    """A count of packets that failed the replay check rises while others pass; one that stands is of an earlier time."""
    near, far = healthy(os)

    def counted(seen: Observation, number: int) -> Observation:
        return with_flows(seen, lambda flow: replace(flow, replay_failed_packets=number))

    def end(first: int, last: int) -> Watched:
        before = counted(near.seen(), first)
        return Watched(near.endpoint, before, counted(near.later().seen(), last), Probe(PINGS, PINGS - 3), before)

    assert ids(end(4, 9), watched(far)) == ["replay"]
    assert ids(end(9, 9), watched(far)) == []


def test_large_packets_that_are_lost() -> None:
    """Small pings are answered and none of full size is; some that are lost, or none that was sent, say nothing of it."""
    near, far = healthy("ios")
    ends = (watched(near), watched(far))
    assert ids(*ends, large={near.host: Probe(5, 0)}) == ["mtu"]
    assert ids(*ends, large={near.host: Probe(5, 3)}) == ids(*ends, large={near.host: None}) == ids(*ends) == []


def _shut(end: End) -> Watched:
    seen = replace(end, ike=(), sas=False, line="shut").seen()
    parsed = seen.answer(INTERFACES)
    assert parsed is not None
    rows = tuple(replace(row, status="administratively down", protocol="down") for row in parsed.state)
    seen = seen.answering(INTERFACES, replace(parsed, state=rows))
    return Watched(end.endpoint, seen, seen, Probe(PINGS, 0), seen)


def test_an_interface_that_is_down_comes_first() -> None:
    """The device shows that its outside interface is down: what follows from that is not named."""
    near, far = healthy("ios")
    silent = replace(far, ike=(), sas=False).seen()
    other = Watched(far.endpoint, silent, silent, Probe(PINGS, 0), silent)
    assert ids(_shut(near), other) == ["interface-down"]


def test_a_try_from_an_address_that_is_not_expected() -> None:
    """The near end tries, and the far end has a try of somebody else: the near end comes by another address."""
    near, far = healthy("ios", version=1)
    tries = replace(near, ike=("MM_NO_STATE",), sas=False).seen()
    one = Watched(near.endpoint, tries, tries, Probe(PINGS, 0), tries)
    strange = replace(far, ike=("MM_NO_STATE",), sas=False, peer="203.0.113.50").seen()
    other = Watched(far.endpoint, strange, strange, Probe(PINGS, 0), strange)
    assert ids(one, other) == ["peer-unknown"]


LED: Sequence[tuple[tuple[tuple[str, str], ...], str]] = (
    ((("10.20.0.0/24", "Tunnel10"), ("10.20.0.1/32", "GigabitEthernet1"), ("0.0.0.0/0", "GigabitEthernet1")), "clear-path"),
    ((("0.0.0.0/0", "GigabitEthernet1"),), "tunnel-route"),
)


@pytest.mark.parametrize(("routes", "cause"), LED)
def test_a_route_beside_the_tunnel_and_one_past_it(routes: tuple[tuple[str, str], ...], cause: str) -> None:
    """A longer route beside the one by the tunnel is another cause than none by the tunnel; without routes neither is named."""
    near, far = healthy("ios", vti=True)
    led = replace(near, routes=routes)
    assert ids(watched(led), watched(far)) == [cause]
    bare = replace(led, unasked=(ROUTE,))
    assert ids(watched(bare), watched(far)) == []
