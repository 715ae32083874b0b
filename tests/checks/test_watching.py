"""Probes, tracks and route maps as checks look at them: what is up, what merely says so, and where packets go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nr_run.checks.observations.observation import Observation
from nr_run.checks.observations.questions import QUESTIONS, ROUTE_MAP, SLA, TRACK, Question
from nr_run.checks.path.watching import ClauseRow, HopRow, ProbeRow, TrackRow
from nr_run.inventory.errors import NotKnown
from nr_run.inventory.systems import SYSTEMS
from nr_run.parsers import parse

WATCHING = (TRACK, SLA, ROUTE_MAP)
TEXTS = {
    TRACK: """Track 1
  IP SLA 11 reachability
  Reachability is Up
    13 changes, last change 00:40:47
  Delay up 60 secs, down 30 secs
  Latest operation return code: OK
  Latest RTT (millisecs) 24
  Tracked by:
    ROUTE-MAP 0
Track 2
  IP SLA 12 reachability
  Reachability is Down, delayed Up (1 sec remaining)
    1 change, last change 1d16h
  Delay up 60 secs, down 30 secs
  Latest operation return code: Over threshold
  Latest RTT (millisecs) 900
  Tracked by:
    STATIC-IP-ROUTING 0
""",
    SLA: """IPSLAs Latest Operation Statistics

IPSLA operation id: 11
        Latest RTT: 24 milliseconds
Latest operation start time: *02:29:07.511 UTC Mon Nov 10 2014
Latest operation return code: OK
Number of successes: 81
Number of failures: 0
Operation time to live: Forever


IPSLA operation id: 12
        Latest RTT: NoConnection/Busy/Timeout
Latest operation start time: 02:29:07 UTC Mon Nov 10 2014
Latest operation return code: Timeout
Number of successes: 0
Number of failures: 7
Operation time to live: 3412 sec


IPSLA operation id: 13
Number of successes: Unknown
Number of failures: Unknown
Operation time to live: 0
""",
    ROUTE_MAP: """route-map LEAD, permit, sequence 10
  Match clauses:
    ip address (access-lists): WEB MAIL
  Set clauses:
    ip next-hop verify-availability 10.255.0.6 20 track 2  [up]
    ip next-hop verify-availability 10.255.0.2 10 track 1  [down]
    ip next-hop verify-availability 10.255.0.9 30 track 9  [undefined]
    interface Null0
  Policy routing matches: 55 packets, 5802 bytes
""",
}


def seen(question: Question, text: str) -> Observation:
    """What a router of 15.4 shows of one question."""
    return Observation(
        "r", "2026-01-01T00:00:00Z", "ios", {question.name: parse("ios", str(question.command(SYSTEMS["ios-15"])), text)}
    )


def test_a_track_says_what_it_follows_and_who_follows_it() -> None:
    """The number of its probe, the state that it is about to leave, and whether a route map leads packets by it."""
    one, two = seen(TRACK, TEXTS[TRACK]).view(TRACK)
    assert one == TrackRow(1, True, True, 11, "reachability", "OK", 13, ("ROUTE-MAP 0",))
    assert (one.leads_packets, two.leads_packets) == (True, False)
    assert (two.up, two.steady, two.state) == (False, False, "down, about to be up")


def test_a_probe_that_has_not_asked_is_neither_good_nor_bad() -> None:
    """Answered, not answered, and not known are three; a life that is over is no working probe."""
    one, two, three = seen(SLA, TEXTS[SLA]).view(SLA)
    assert one == ProbeRow(11, True, False, True, "OK", 24, 81, 0)
    assert (two.answered, two.working, two.failures, two.rtt_milliseconds) == (False, True, 7, None)
    assert (three.answered, three.working, three.successes) == (None, False, None)


@pytest.mark.parametrize("code", ["Over threshold", "OverThreshold"])
def test_late_is_answered(code: str) -> None:
    """An answer above the threshold is an answer, in both spellings."""
    one, *_ = seen(SLA, TEXTS[SLA].replace("return code: OK", f"return code: {code}")).view(SLA)
    assert (one.answered, one.late) == (True, True)


def test_a_clause_has_its_hops_in_their_order() -> None:
    """The order is that of the numbers, not of the lines, and a hop whose track is not there is not up."""
    (clause,) = seen(ROUTE_MAP, TEXTS[ROUTE_MAP]).view(ROUTE_MAP)
    assert [(str(hop.next_hop), hop.track, hop.up) for hop in clause.hops] == [
        ("10.255.0.2", 1, False),
        ("10.255.0.6", 2, True),
        ("10.255.0.9", 9, False),
    ]
    assert (clause.first_up, clause.drops, clause.lists, clause.packets) == (clause.hops[1], True, ("WEB", "MAIL"), 55)


def test_without_null0_a_clause_does_not_drop() -> None:
    """Where a clause ends in a tunnel, or in nothing, packets without a hop go by the routing table."""
    for end in ("", "    interface Tunnel1\n", "    interface Tunnel1 Null0\n"):
        (clause,) = seen(ROUTE_MAP, TEXTS[ROUTE_MAP].replace("    interface Null0\n", end)).view(ROUTE_MAP)
        assert not clause.drops


def test_a_hop_of_another_vrf_is_none_of_these() -> None:
    """What leads packets of a VRF leads none of those that come in without one."""
    text = TEXTS[ROUTE_MAP].replace(
        "ip next-hop verify-availability 10.255.0.6", "ip vrf red next-hop verify-availability 10.255.0.6"
    )
    (clause,) = seen(ROUTE_MAP, text).view(ROUTE_MAP)
    assert clause.first_up is None


@given(st.lists(st.sampled_from([True, False, None]), max_size=4))
def test_no_hop_leads_behind_one_that_may_be_up(states: list[bool | None]) -> None:
    """The first hop that is not down leads if it is up, and if that is not known, no other one is said to lead."""
    hops = tuple(HopRow(f"10.0.0.{n}", n, n, up) for n, up in enumerate(states, 1))
    clause = ClauseRow("R", 10, True, (), hops, (), None)
    open_ones = [hop for hop in hops if hop.up is not False]
    assert clause.first_up == (open_ones[0] if open_ones and open_ones[0].up else None)
    unsure = replace(clause, hops=(HopRow("10.0.0.254", 0, 99, None), *hops))
    assert unsure.first_up is None


@pytest.mark.parametrize("question", WATCHING, ids=lambda question: question.name)
def test_what_was_not_asked_is_not_known(question: Question) -> None:
    """A view without an answer raises, so that nobody takes it for no tracks, no probes, no route maps."""
    with pytest.raises(NotKnown, match=str(question)):
        Observation("r", "", "ios", {}).view(question)


@pytest.mark.parametrize("question", WATCHING, ids=lambda question: question.name)
def test_a_line_that_is_not_understood_makes_the_answer_unverified(question: Question) -> None:
    """One line more, and what was printed is more than what was understood."""
    text = TEXTS[question]
    assert seen(question, text).answer(question).complete  # type: ignore[union-attr]
    lines = text.splitlines()
    for at in range(1, len(lines)):
        odd = "\n".join([*lines[:at], "    The moon is full", *lines[at:], ""])
        assert not seen(question, odd).answer(question).complete, lines[at]  # type: ignore[union-attr]


@pytest.mark.parametrize("question", [TRACK, SLA], ids=lambda question: question.name)
def test_an_answer_cut_before_its_last_word_is_unverified(question: Question) -> None:
    """A track without its return code and a probe without its life are cut short."""
    last = "Latest operation return code" if question == TRACK else "Operation time to live"
    text = TEXTS[question]
    cut = text[: text.rindex(last)]
    assert not seen(question, cut).answer(question).complete  # type: ignore[union-attr]


def test_only_generations_with_these_words_are_asked() -> None:
    """A release of 12.4 or before has older words for them, and an ASA has others."""
    for question in WATCHING:
        assert question in QUESTIONS
        assert [name for name, system in SYSTEMS.items() if question.command(system)] == ["ios-15"]
