"""What one pair of selectors is called by what both routers printed: laws over all counters, and each word by itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.observations.questions import IPSEC
from nr_run.checks.proof import Traffic
from nr_run.checks.verdict import KnownBy, Operating
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.l2l.endpoint import Endpoint
from nr_run.services.l2l.verdicts.verdict_flow import Aimed, FlowSeen, judge, read_of
from nr_run.services.l2l.verdicts.verdict_pair import between, together

from ...checks.pair import FAR, FAR_FLOW, NEAR, NEAR_FLOW, PROPOSAL, Flow, seen
from ...checks.wires import healthy

BOX = platform_for("3640", "12.2(8)T")
HERE, THERE = Endpoint.of(NEAR, [PROPOSAL]), Endpoint.of(FAR, [PROPOSAL])
NONE = "dst             src             state           conn-id    slot\n"
UP = f"{NONE}172.18.124.159  172.18.124.199  QM_IDLE               1       0\n"


def look(flow: Flow | None, *, ike: str = UP, host: str = "vpn2611") -> Observation:
    """What a router shows of one flow, or of none."""
    return seen(host, "ios", ike, flow.text if flow else NEAR_FLOW.text.replace("10.10.20.0", "10.99.99.0"))


def flow_seen(
    end: Endpoint, flows: Sequence[Flow | None], probe: Probe | None = None, *, ike: str = UP, answers: bool = True
) -> FlowSeen:
    """The pair of one end over these looks; ``probe`` was sent before the last, to something that ``answers``, or not."""
    assert end.probed
    traffic = Traffic(end.source, end.aim)
    looks = [Look(look(flow, ike=ike, host=end.host)) for flow in flows]
    if probe:
        looks[-1] = replace(looks[-1], pings={traffic: probe})
    shown = Shown(end.host, BOX, tuple(looks))
    (made,) = read_of(end, shown, {end.probed: Aimed(traffic, answers=answers)}, listed=False)
    return made


_TRAFFIC = Traffic(HERE.source, HERE.aim)


def _burst(looks: Sequence[Observation], probe: Probe, traffic: Traffic = _TRAFFIC) -> tuple[Look, ...]:
    """Two looks with pings between them."""
    return Look(looks[0]), Look(looks[1], pings={traffic: probe})


def later(flow: Flow, encaps: int, decaps: int) -> Flow:
    """The flow when so many packets more have passed."""
    return replace(flow, encaps=flow.encaps + encaps, decaps=flow.decaps + decaps)


def idle(flow: Flow) -> Flow:
    """The flow without SAs."""
    return replace(flow, inbound=(), outbound=())


def renewed(flow: Flow, *, encaps: int, decaps: int) -> Flow:
    """The flow with other SAs, whose counters began again."""
    return replace(flow, inbound=(0x1,), outbound=(0x2,), encaps=encaps, decaps=decaps)


def test_an_answer_that_no_counter_saw_came_in_the_clear() -> None:
    """Answered pings and counters that stand still are unencrypted, with SAs and without."""
    for flow in (NEAR_FLOW, idle(NEAR_FLOW)):
        made = judge(flow_seen(HERE, (flow, flow), Probe(5, 5)))
        assert (made.operating, made.known_by) == (Operating.UNENCRYPTED, KnownBy.PROBE), made
        assert "none of them was encrypted" in made.sentence


def test_a_part_in_the_clear_is_told() -> None:
    """Ten answers and three packets through the tunnel: a part of the traffic leaves in the clear."""
    made = judge(flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 3, 3)), Probe(10, 10)))
    assert made.operating is Operating.UNENCRYPTED
    assert "only 3 packets were encrypted" in made.sentence


@given(before=st.integers(0, 200), pings=st.integers(3, 20), users=st.integers(0, 50))
def test_counters_that_begin_anew_are_no_lost_packet(before: int, pings: int, users: int) -> None:
    """However high they stood and whatever users add, a rekey between two looks does not make answered pings unencrypted."""
    then = replace(NEAR_FLOW, encaps=before, decaps=before)
    now = renewed(NEAR_FLOW, encaps=pings + users, decaps=pings + users)
    made = judge(flow_seen(HERE, (then, now), Probe(pings, pings)))
    assert made.operating is Operating.UP, made


@given(rise=st.tuples(st.integers(0, 30), st.integers(0, 30)), received=st.integers(0, 5), sas=st.booleans())
def test_up_by_probe_is_only_what_was_answered_and_counted(rise: tuple[int, int], received: int, sas: bool) -> None:
    """No rise, answer or SA of any kind makes a pair up by probe unless pings were answered and the counter out saw them."""
    flow = NEAR_FLOW if sas else idle(NEAR_FLOW)
    made = judge(flow_seen(HERE, (flow, later(flow, *rise)), Probe(5, received)))
    if made.operating is Operating.UP:
        assert received >= 3
        assert rise[0] >= max(1, received - 2)
    if received == 0:
        assert made.operating in (Operating.DOWN, Operating.DEGRADED)
    if received and rise[0] == 0:
        assert made.operating is Operating.UNENCRYPTED


@given(out=st.integers(0, 40), back=st.integers(0, 40), sent=st.integers(3, 20))
def test_pings_that_nobody_answers_have_to_be_counted_all_the_same(out: int, back: int, sent: int) -> None:
    """Of a far side that answers nothing a pair is up only where what was sent was encrypted, whatever else passes meanwhile."""
    made = judge(flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, out, back)), Probe(sent, 0), answers=False))
    assert (made.operating is Operating.UP) == (out >= sent - 2), made


@given(out=st.integers(1, 4), back=st.integers(0, 4))
def test_the_first_packets_of_a_tunnel_that_comes_up_are_not_missed(out: int, back: int) -> None:
    """Some are lost while IKE negotiates, and the rest has passed: up."""
    made = judge(flow_seen(HERE, (idle(NEAR_FLOW), later(NEAR_FLOW, out, back)), Probe(10, 0), answers=False))
    assert made.operating is Operating.UP, made


def test_answers_that_no_counter_saw_come_back_are_in_the_clear() -> None:
    """Pings that leave encrypted, and whose answers are not among what is decrypted, are not up."""
    made = judge(flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 5, 0)), Probe(5, 5)))
    assert (made.operating, made.known_by) == (Operating.UNENCRYPTED, KnownBy.PROBE), made
    assert "none was decrypted" in made.sentence


def test_sas_renewed_behind_the_answers_are_no_alarm() -> None:
    """Counters at zero by new SAs say nothing of pings that passed through those of before: up, by the tables alone."""
    for passed in ((0, 0), (1, 0)):
        now = renewed(NEAR_FLOW, encaps=passed[0], decaps=passed[1])
        made = judge(flow_seen(HERE, (later(NEAR_FLOW, 90, 90), now), Probe(5, 5)))
        assert (made.operating, made.known_by) == (Operating.UP, KnownBy.TABLES), made


def test_what_never_arrives_is_down_without_a_ping() -> None:
    """One end encrypts all the time, and the other has never decrypted any of it: down, by counters, whichever end it is."""
    sends = (NEAR_FLOW, later(NEAR_FLOW, 20, 0))
    assert NEAR_FLOW.encaps
    deaf = replace(FAR_FLOW, decaps=0)
    for one, other in (
        (flow_seen(HERE, sends), flow_seen(THERE, (deaf, deaf))),
        (flow_seen(THERE, (FAR_FLOW, later(FAR_FLOW, 20, 0))), flow_seen(HERE, [replace(NEAR_FLOW, decaps=0)] * 2)),
    ):
        made = between([one, other], looked_at_all=True)
        assert (made.operating, made.known_by) == (Operating.DOWN, KnownBy.COUNTERS), made
        assert "20 packets left and 0 came" in judge(one).sentence


@pytest.mark.parametrize(
    ("sent", "came", "operating"),
    [
        ((20, 0), (0, 0), Operating.UNKNOWN),
        ((20, 9), (9, 0), Operating.UNKNOWN),
        ((20, 0), (0, 20), Operating.UP),
        ((20, 20), (0, 0), Operating.UP),
        ((2, 0), (0, 0), Operating.UP),
        ((0, 0), (0, 0), Operating.UP),
    ],
)
def test_what_does_not_arrive_any_more_is_not_up(sent: tuple[int, int], came: tuple[int, int], operating: Operating) -> None:
    """One end encrypts and the other, watched at the same time, decrypts nothing, with totals from when it worked: not up by
    tables; what is answered, or arrives, or is as little as the looks may be apart, is no sign."""
    near = [flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, *moved))) for moved in (sent, came)]
    far = [flow_seen(THERE, (FAR_FLOW, later(FAR_FLOW, *moved))) for moved in (came, sent)]
    for here, there in zip(near, far, strict=True):
        assert between([here, there], looked_at_all=True).operating is operating, (here, there)


def test_pings_that_came_behind_the_last_look_of_the_other_end_are_not_lost() -> None:
    """Ours go to an address that nobody is known to have; the other end may have been looked at before they were sent."""
    here = flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 5, 0)), Probe(5, 0), answers=False)
    made = between([here, flow_seen(THERE, (FAR_FLOW, FAR_FLOW))], looked_at_all=True)
    assert (made.operating, made.known_by) == (Operating.UP, KnownBy.TABLES), made


@pytest.mark.parametrize(
    ("begins", "operating"), [(1, Operating.UNKNOWN), (4, Operating.UP), (5, Operating.UP), (9, Operating.UP)]
)
def test_ends_that_were_watched_one_after_the_other_tell_nothing_of_a_burst(begins: int, operating: Operating) -> None:
    """What one end sent before the other was looked at may have arrived: both have to be watched for most of the time."""
    ends = (flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 20, 0))), flow_seen(THERE, (FAR_FLOW, FAR_FLOW)))
    seconds = ((0, 5), (begins, begins + 5))
    timed = [
        replace(end, looks=tuple(replace(x, seen=replace(x.seen, time=f"2026-11-21T12:00:{at:02}Z")) for x, at in each))
        for end, each in ((end, zip(end.looks, when, strict=True)) for end, when in zip(ends, seconds, strict=True))
    ]
    assert between(timed, looked_at_all=True).operating is operating


@pytest.mark.parametrize(("dropped", "operating"), [(0, Operating.IDLE), (2, Operating.UNKNOWN), (3, Operating.DOWN)])
def test_traffic_that_asks_in_vain_is_not_idle(dropped: int, operating: Operating) -> None:
    """Without SAs, send errors that rise are dropped packets: never idle, and down where there are more than the first."""
    first = replace(idle(NEAR_FLOW), send_errors=70)
    seen = flow_seen(HERE, (first, replace(first, send_errors=70 + dropped)), ike=NONE)
    made = judge(seen)
    assert made.operating is operating, made
    assert (f"{dropped} packets for it were dropped" in made.sentence) is bool(dropped)
    quiet = flow_seen(THERE, (idle(FAR_FLOW), idle(FAR_FLOW)), ike=NONE)
    assert between([seen, quiet], looked_at_all=True).operating is operating


def test_a_stream_that_has_just_begun_to_ask_is_not_down() -> None:
    """Where IKE began between the looks, any number of packets may have been dropped until it is done: unverified."""
    first = replace(idle(NEAR_FLOW), send_errors=70)
    trying = UP.replace("QM_IDLE  ", "MM_KEY_EXCH")
    for before, operating in ((NONE, Operating.UNKNOWN), (trying, Operating.DOWN)):
        made = flow_seen(HERE, (first, replace(first, send_errors=99)), ike=trying)
        began = replace(made.looks[0], seen=look(first, ike=before))
        assert judge(replace(made, looks=(began, made.looks[1]))).operating is operating


def test_errors_of_before_and_errors_beside_sas_are_no_traffic_that_asks() -> None:
    """A count that stands, that fell by a clear, or that rose beside SAs, tells of no packet that was dropped for want of one."""
    for early, late in ((70, 70), (70, 3)):
        looks = (replace(idle(NEAR_FLOW), send_errors=early), replace(idle(NEAR_FLOW), send_errors=late))
        assert judge(flow_seen(HERE, looks, ike=NONE)).operating is Operating.IDLE
    assert judge(flow_seen(HERE, (NEAR_FLOW, replace(NEAR_FLOW, send_errors=90)))).operating is Operating.UP


@pytest.mark.parametrize("received", [0, 5])
def test_pings_whose_counters_were_not_read_tell_nothing(received: int) -> None:
    """A look behind the pings that cannot be read leaves it open whether they passed encrypted, answered or not."""
    whole = flow_seen(HERE, (NEAR_FLOW,))
    assert whole.traffic is not None
    blind = Look(Observation("vpn2611", "2026-11-21T12:00:03Z", "ios", {}), pings={whole.traffic: Probe(5, received)})
    shown = Shown("vpn2611", BOX, (*whole.looks, blind))
    (made,) = read_of(HERE, shown, {whole.pair: Aimed(whole.traffic, answers=True)}, listed=False)
    assert judge(made).operating is Operating.UNKNOWN, judge(made)
    proved = Look(look(later(NEAR_FLOW, 5, 5)), pings={whole.traffic: Probe(5, 5)})
    shown = Shown("vpn2611", BOX, (*whole.looks, proved, blind))
    (made,) = read_of(HERE, shown, {whole.pair: Aimed(whole.traffic, answers=True)}, listed=False)
    assert judge(made).operating is Operating.UP


def test_sas_alone_of_one_end_are_not_up_where_the_other_was_not_read() -> None:
    """They may be left over from before a reload of the other end; what passes is seen from one end as well."""
    made = between([flow_seen(HERE, (NEAR_FLOW, NEAR_FLOW))], looked_at_all=False)
    assert (made.operating, made.known_by) == (Operating.UNKNOWN, KnownBy.NOTHING), made
    made = between([flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 5, 5)))], looked_at_all=False)
    assert (made.operating, made.known_by) == (Operating.UP, KnownBy.COUNTERS), made
    assert between([flow_seen(HERE, (NEAR_FLOW, NEAR_FLOW))], looked_at_all=True).operating is Operating.UP


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("other", ["no SAs", "SAs"])
def test_another_map_with_the_same_list_and_peer_is_another_tunnel(first: bool, other: str) -> None:
    """A map of another interface may have the same selectors and the same peer: what is judged is the one of the tunnel's own."""
    beside = replace(NEAR_FLOW if other == "SAs" else idle(NEAR_FLOW), interface="Ethernet0/2", tag="BACKUP", encaps=0, decaps=0)
    for own, operating in ((NEAR_FLOW, Operating.UP), (idle(NEAR_FLOW), Operating.DOWN)):
        looks = []
        for moved in (0, 5 if own is NEAR_FLOW else 0):
            shown = [later(own, moved, moved).text, beside.text]
            looks.append(seen("vpn2611", "ios", UP, "".join(shown if first else shown[::-1])))
        made = FlowSeen(HERE, HERE.selectors[0], _burst(looks, Probe(5, 5 if own is NEAR_FLOW else 0)), _TRAFFIC, listed=False)
        assert judge(made).operating is operating, judge(made)


def test_two_pairs_of_sas_that_an_asa_prints_one_by_one_are_one_flow() -> None:
    """While there are two, each has its own counters: pings that pass by the second are no pings in the clear."""
    near, _ = healthy("asa")
    end, traffic = near.endpoint, Traffic(near.endpoint.source, near.endpoint.aim)
    # The older one is still there behind the pings, or is gone with what it had counted.
    for counted, stays in ((40, True), (40, False), (5, False), (6, False)):
        old = replace(near, encaps=counted, decaps=counted).seen()
        (one,), parsed = old.flows, old.answer(IPSEC)
        assert parsed is not None
        (begun,), (moved,) = (replace(near, spis=(0x31, 0x32), encaps=many, decaps=many).seen().flows for many in (0, 5))
        both = ((one, begun), (one, moved) if stays else (moved,))
        looks = [old.answering(IPSEC, replace(parsed, state=flows)) for flows in both]
        made = FlowSeen(end, end.selectors[0], _burst(looks, Probe(5, 5), traffic), traffic, listed=False)
        assert (judge(made).operating, judge(made).known_by) == (Operating.UP, KnownBy.PROBE), judge(made)
        assert made.spis("outbound") >= {0x32}


def test_sas_with_another_peer_are_not_the_tunnel() -> None:
    """A backup peer, or another entry of the map, may carry the traffic: that is degraded with pings, unverified by tables, and
    never up or idle; what is at the other end of it is not the far end of the intent."""
    strange = replace(NEAR_FLOW, peer="172.18.124.77")
    made = judge(flow_seen(HERE, (strange, later(strange, 5, 5)), Probe(5, 5)))
    assert (made.operating, made.known_by) == (Operating.DEGRADED, KnownBy.PROBE), made
    assert "encrypted to 172.18.124.77 instead of 172.18.124.199" in made.sentence
    for moved in (0, 20):
        made = judge(flow_seen(HERE, (strange, later(strange, moved, moved))))
        assert made.operating is Operating.UNKNOWN, made
    assert judge(flow_seen(HERE, (idle(strange), idle(strange)), ike=NONE)).operating is Operating.IDLE


def test_idle_is_said_of_an_empty_table_and_never_more() -> None:
    """Without SAs and without a ping it is idle, by tables; a router that does not list what it has configured is not known."""
    made = judge(flow_seen(HERE, (idle(NEAR_FLOW), idle(NEAR_FLOW)), ike=NONE))
    assert (made.operating, made.known_by) == (Operating.IDLE, KnownBy.TABLES)
    missing = replace(flow_seen(HERE, (None, None), ike=NONE), listed=True)
    assert judge(missing).operating is Operating.UNKNOWN


def test_one_way_is_down_with_what_passed() -> None:
    """What is encrypted and not answered is down; what is not even encrypted says so."""
    made = judge(flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 5, 0)), Probe(5, 0)))
    assert made.operating is Operating.DOWN
    assert "nothing came back" in made.sentence
    made = judge(flow_seen(HERE, (NEAR_FLOW, NEAR_FLOW), Probe(5, 0)))
    assert made.operating is Operating.DOWN
    assert "nothing of it was encrypted" in made.sentence


def test_traffic_of_users_and_a_dead_target() -> None:
    """Pings that nobody answers while packets pass both ways make it degraded, by counters: the target may be what is away."""
    made = judge(flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 40, 30)), Probe(5, 0)))
    assert (made.operating, made.known_by) == (Operating.DEGRADED, KnownBy.COUNTERS)


def test_counters_that_rise_by_themselves_are_known_by_counters() -> None:
    """Without a ping, SAs whose counters rise both ways are up by counters, and others by tables."""
    assert judge(flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 3, 2)))).known_by is KnownBy.COUNTERS
    assert judge(flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 3, 0)))).known_by is KnownBy.TABLES


def test_sas_that_do_not_cross_are_down() -> None:
    """Both ends have SAs, and not the same ones: one is left over. A rekey between the looks of the two ends is none."""
    other = replace(FAR_FLOW, inbound=(0xA,), outbound=(0xB,))
    ends = [flow_seen(HERE, (NEAR_FLOW, NEAR_FLOW)), flow_seen(THERE, (other, other))]
    assert between(ends, looked_at_all=True).operating is Operating.DOWN
    for flows in ((FAR_FLOW, other), (idle(FAR_FLOW), other)):
        ends = [flow_seen(HERE, (NEAR_FLOW, NEAR_FLOW)), flow_seen(THERE, flows)]
        assert between(ends, looked_at_all=True).operating is Operating.UP


def test_sas_of_one_end_alone_are_down() -> None:
    """One end has SAs and the other none at any look: what the first sends is lost."""
    ends = [flow_seen(HERE, (NEAR_FLOW, NEAR_FLOW)), flow_seen(THERE, (idle(FAR_FLOW), idle(FAR_FLOW)))]
    made = between(ends, looked_at_all=True)
    assert (made.operating, made.known_by) == (Operating.DOWN, KnownBy.TABLES)
    assert "has none" in made.sentence


def test_sas_of_one_end_are_not_up_beside_an_end_of_which_nothing_is_known() -> None:
    """The other end drops what asks for its tunnel, or has SAs with another peer: SAs that are left over here say nothing."""
    left = flow_seen(HERE, (NEAR_FLOW, NEAR_FLOW))
    asked = flow_seen(THERE, (idle(FAR_FLOW), replace(idle(FAR_FLOW), send_errors=FAR_FLOW.send_errors + 1)), ike=NONE)
    elsewhere = flow_seen(THERE, [replace(FAR_FLOW, peer="172.18.124.77")] * 2)
    for other in (asked, elsewhere):
        made = between([left, other], looked_at_all=True)
        assert (made.operating, made.known_by) == (Operating.UNKNOWN, KnownBy.NOTHING), made


def test_sas_that_came_after_the_other_end_was_read_are_no_alarm() -> None:
    """A ping of one end brought them up when the other had been looked at already: nothing follows from that."""
    ends = [flow_seen(HERE, (idle(NEAR_FLOW), idle(NEAR_FLOW))), flow_seen(THERE, (idle(FAR_FLOW), FAR_FLOW))]
    assert between(ends, looked_at_all=True).operating is Operating.UP


def test_sas_that_ended_are_idle() -> None:
    """SAs whose lifetime is over while a tunnel is watched leave it idle: the next packet brings new ones."""
    ends = [flow_seen(HERE, (NEAR_FLOW, idle(NEAR_FLOW))), flow_seen(THERE, (FAR_FLOW, idle(FAR_FLOW)))]
    made = between(ends, looked_at_all=True)
    assert (made.operating, made.known_by) == (Operating.IDLE, KnownBy.TABLES)


def test_one_direction_answered_is_degraded() -> None:
    """Pings of one end pass and those of the other do not: a part of it works."""
    ends = [
        flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 10, 10)), Probe(5, 5)),
        flow_seen(THERE, (FAR_FLOW, later(FAR_FLOW, 5, 0)), Probe(5, 0)),
    ]
    assert between(ends, looked_at_all=True).operating is Operating.DEGRADED


@pytest.mark.parametrize("received", [0, 5])
def test_an_end_that_was_not_read_makes_nothing_down(received: int) -> None:
    """From one of two ends of ours a tunnel is up by counters at most, or unknown; never down and never idle."""
    rise = (10, 10) if received else (5, 0)
    made = between([flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, *rise)), Probe(5, received))], looked_at_all=False)
    wanted = (Operating.UP, KnownBy.COUNTERS) if received else (Operating.UNKNOWN, KnownBy.NOTHING)
    assert (made.operating, made.known_by) == wanted
    made = between([flow_seen(HERE, (idle(NEAR_FLOW), idle(NEAR_FLOW)))], looked_at_all=False)
    assert made.operating is Operating.UNKNOWN


def test_one_of_several_pairs_degrades() -> None:
    """One pair up and one down is degraded; one idle beside one that is up is up; nothing read is unknown."""
    up = judge(flow_seen(HERE, (NEAR_FLOW, later(NEAR_FLOW, 10, 10)), Probe(5, 5)))
    down = judge(flow_seen(HERE, (idle(NEAR_FLOW), idle(NEAR_FLOW)), Probe(5, 0)))
    resting = judge(flow_seen(HERE, (idle(NEAR_FLOW), idle(NEAR_FLOW))))
    assert together([up, down])[0] is Operating.DEGRADED
    assert together([up, resting])[0] is Operating.UP
    assert together([resting, resting])[0] is Operating.IDLE
    assert together([down, down])[0] is Operating.DOWN
    assert together([down, resting])[0] is Operating.DOWN
    assert together([])[:2] == (Operating.UNKNOWN, KnownBy.NOTHING)
