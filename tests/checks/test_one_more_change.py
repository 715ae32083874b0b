"""Laws over sick pairs: nothing else that may change makes up for what is broken."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nr_run.checks.finding import proved
from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.observations.questions import IKE, IPSEC, Question
from nr_run.parsers.records.ike import IsakmpSa
from nr_run.parsers.records.ipsec import IpsecFlow, Selector
from nr_run.parsers.result import Parsed, Problem
from nr_run.services.l2l.endpoint import Watched
from nr_run.services.l2l.proof import prove

from .pair import BRANCH, HEALTHY_FAR, HEALTHY_NEAR

NEAR, FAR = HEALTHY_NEAR.watched(), HEALTHY_FAR.watched()

#: One field of a flow that, alone, takes the proof away; with values that no healthy flow of this tunnel has.
FATAL_OF_FLOW: dict[str, st.SearchStrategy[object]] = {
    "interface": st.sampled_from(["Ethernet0/1", "Serial0/0"]),
    "peer": st.ip_addresses(v=4).filter(lambda address: address not in (BRANCH.outside_ip, NEAR.end.address)),
    "local_ident": st.builds(Selector, st.just(BRANCH.protected_prefixes[0].supernet()), st.just(0), st.just(0)),
    "remote_ident": st.builds(
        lambda protocol, port: Selector(BRANCH.protected_prefixes[0], protocol, port), st.integers(1, 255), st.just(0)
    ),
    "encapsulated_packets": st.integers(0, 42),
    "decapsulated_packets": st.integers(0, 41),
    "send_errors": st.integers(2, 10**6),
    "current_outbound_spi": st.integers(0, 2**32 - 1).filter(lambda spi: spi != 0x892741BC),
    "sas": st.just(()),
}
#: One field of every SA that, alone, takes the proof away.
FATAL_OF_SA: dict[str, st.SearchStrategy[object]] = {
    "encryption": st.sampled_from(["des-cbc", "aes-128-cbc", None]),
    "integrity": st.sampled_from(["hmac-md5", "hmac-sha256", None]),
    "mode": st.just("transport"),
    "remaining_seconds": st.integers(-5, 0),
    "remaining_kilobytes": st.integers(-5, 0),
    "protocol": st.sampled_from(["ah", "pcp"]),
}
#: Fields of a flow that say nothing against the tunnel, with what they may be.
HARMLESS_OF_FLOW: dict[str, st.SearchStrategy[object]] = {
    "map_tag": st.sampled_from(["clientmap", "other"]),
    "path_mtu_bytes": st.integers(500, 1500),
    "receive_errors": st.integers(0, 9),
    "encrypted_packets": st.integers(0, 10**9),
    "compressed_packets": st.integers(0, 10**9),
    "encapsulated_packets": st.integers(45, 10**9),
    "decapsulated_packets": st.integers(44, 10**9),
    "send_errors": st.just(1),
    "action": st.sampled_from(["PERMIT", None]),
}


def changed(watched: Watched, flow: IpsecFlow) -> Watched:
    """The end whose flow after the pings is another one."""
    after = watched.after
    return replace(watched, after=after.answering(IPSEC, replace(after.answers[IPSEC.name], state=(flow,))))


def own_flow(watched: Watched) -> IpsecFlow:
    """The flow of the tunnel after the pings."""
    flow: IpsecFlow = watched.after.answers[IPSEC.name].state[0]
    return flow


def is_proved(near: Watched, far: Watched = FAR) -> bool:
    """The judgement, whichever end is named first."""
    forth, back = proved(prove("t", (near, far))), proved(prove("t", (far, near)))
    assert forth == back
    return forth


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_other_field_makes_up_for_a_sick_flow(data: st.DataObject) -> None:
    """A flow with one fatal field is not verified, whatever its other fields read."""
    name = data.draw(st.sampled_from(sorted(FATAL_OF_FLOW)))
    sick = {name: data.draw(FATAL_OF_FLOW[name])}
    other = data.draw(st.sampled_from(sorted(set(HARMLESS_OF_FLOW) - {name})))
    flow = replace(own_flow(NEAR), **{other: data.draw(HARMLESS_OF_FLOW[other])}, **sick)
    assert not is_proved(changed(NEAR, flow))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_other_field_makes_up_for_a_sick_sa(data: st.DataObject) -> None:
    """One SA of the flow with one fatal field is enough."""
    name = data.draw(st.sampled_from(sorted(FATAL_OF_SA)))
    which = data.draw(st.sampled_from([0, 1]))
    sas = list(own_flow(NEAR).sas)
    sas[which] = replace(sas[which], **{name: data.draw(FATAL_OF_SA[name])})
    other = data.draw(st.sampled_from(sorted(HARMLESS_OF_FLOW)))
    flow = replace(own_flow(NEAR), sas=tuple(sas), **{other: data.draw(HARMLESS_OF_FLOW[other])})
    assert not is_proved(changed(NEAR, flow))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_harmless_fields_leave_the_proof(data: st.DataObject) -> None:
    """The fields that the law above plays with do not take the proof away themselves."""
    fields = data.draw(st.sets(st.sampled_from(sorted(HARMLESS_OF_FLOW))))
    flow = replace(own_flow(NEAR), **{name: data.draw(HARMLESS_OF_FLOW[name]) for name in fields})
    assert is_proved(changed(NEAR, flow))


@settings(max_examples=40, deadline=None)
@given(
    st.text(min_size=1, max_size=20).filter(lambda state: state != "QM_IDLE"),
    st.booleans(),
    st.one_of(st.none(), st.sampled_from(["ACTIVE"])),
)
def test_only_one_state_is_up(state: str, deleted: bool, status: str | None) -> None:
    """No word but QM_IDLE means up, ACTIVE in the status column or not."""
    (row,) = NEAR.after.answers[IKE.name].state
    sick: IsakmpSa = replace(row, state=state, deleted=deleted, status=status)
    after = NEAR.after.answering(IKE, replace(NEAR.after.answers[IKE.name], state=(sick,)))
    assert not is_proved(replace(NEAR, after=after))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 50), st.integers(0, 50))
def test_pings_prove_only_when_answered(sent: int, received: int) -> None:
    """Whatever was sent, a tunnel without an answer, or with more than two answers missing, is not verified."""
    good = is_proved(replace(NEAR, probe=Probe(sent, received)))
    if received == 0 or received < sent - 2:
        assert not good


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["before", "after", "baseline"]), st.sampled_from([IKE, IPSEC]), st.booleans())
def test_one_line_not_understood_is_enough(moment: str, question: Question, near: bool) -> None:
    """A problem in any of the readings that the judgement rests on leaves it open."""
    watched = NEAR if near else FAR
    seen: Observation = getattr(watched, moment)
    parsed: Parsed = seen.answers[question.name]
    unclear = seen.answering(question, replace(parsed, problems=(Problem(3, "who knows", "no pattern fits"),)))
    sick = replace(watched, **{moment: unclear})
    assert not is_proved(sick if near else NEAR, FAR if near else sick)
