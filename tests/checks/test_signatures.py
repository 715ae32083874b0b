"""Failure signatures as rows: the order in which they are tried, two left are both named, and those of IKEv2."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Cause, Evidence
from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.observations.questions import IKE, IPSEC, ROUTE, Question
from nr_run.checks.signatures import Signature, matches, one_of
from nr_run.services.l2l.diagnosis.causes import CAUSES
from nr_run.services.l2l.diagnosis.signatures import SIGNATURES, found, probable_cause
from nr_run.services.l2l.endpoint import Watched

from .wires import PINGS, End, healthy, watched

SEEN = (Evidence("box", "show", "field", "value"),)
FIRST, SECOND, THIRD = (Cause(name, f"{name} sentence", sure, f"{name} confirm", f"{name} remedy") for name, sure in
                        (("first", "certain"), ("second", "high"), ("third", "medium")))  # fmt: skip


def row(cause: Cause, stage: int, *, fits: bool = True, needs: tuple[Question, ...] = ()) -> Signature[None]:
    """A signature that fits, or does not."""
    return Signature(cause, stage, needs, lambda _: SEEN if fits else ())


def ids(rows: tuple[Signature[None], ...], *answered: Question) -> list[str]:
    """Causes that fit, where these questions have an answer."""
    return [match.cause.id for match in matches(rows, None, lambda question: question in answered)]


def test_lower_stage_comes_first_wherever_its_row_stands() -> None:
    """A later signature follows from an earlier one, so it is not named beside it."""
    assert ids((row(SECOND, 20), row(FIRST, 10))) == ["first"]
    assert ids((row(SECOND, 20), row(FIRST, 10, fits=False))) == ["second"]
    assert ids((row(SECOND, 20, fits=False),)) == []


def test_two_of_one_stage_are_both_named() -> None:
    """What nothing tells apart is named together, each cause once, and is never surer than medium."""
    assert ids((row(FIRST, 10), row(SECOND, 10), row(FIRST, 10))) == ["first", "second"]
    both = one_of((FIRST, SECOND))
    assert both is not None
    assert both.id == "first or second"
    assert both.sentence == "first sentence; or second sentence"
    assert both.confidence == "medium"
    assert both.confirm == "first confirm; second confirm"
    assert both.remedy == "first remedy; or second remedy"
    assert one_of((FIRST, FIRST)) is FIRST
    assert one_of(()) is None


def test_signature_that_rests_on_a_question_without_an_answer_is_not_tried() -> None:
    """What was not asked speaks for nothing."""
    rows = (row(FIRST, 10, needs=(ROUTE,)), row(SECOND, 20, needs=(IKE, IPSEC)), row(THIRD, 30))
    assert ids(rows) == ["third"]
    assert ids(rows, IKE) == ["third"]
    assert ids(rows, IKE, IPSEC) == ["second"]
    assert ids(rows, IKE, IPSEC, ROUTE) == ["first"]


def down(end: End, *during: tuple[str, ...], sent: bool = True) -> tuple[Watched, tuple[Observation, ...]]:
    """An end without SAs of phase 2, with the states of IKE in earlier readings."""
    idle = replace(end, sas=False, encaps=5 if sent else 0, decaps=0)
    reading = idle.seen()
    return Watched(end.endpoint, reading, reading, Probe(PINGS, 0), reading), tuple(
        replace(idle, ike=states).seen() for states in during
    )


def cause(near: End, far: End | None, during: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()), **how: bool) -> str | None:
    """Id of the cause; ``far`` None is a far end that is not ours. ``during`` are states on the way, of near and far."""
    one, seen = down(near, *([during[0]] if during[0] else []), **how)
    if far is None:
        fitting = probable_cause((replace(one, end=replace(one.end, far_host="")),), seen)
    else:
        other, more = down(far, *([during[1]] if during[1] else []))
        fitting = probable_cause((one, other), (*seen, *more))
    return fitting.id if fitting else None


AUTH = "ikev2-authentication or ikev2-identity"
#: States of IKE at the near end and the far one (None: not ours), and the cause.
IKEV2_STATES: dict[str, tuple[tuple[str, ...], tuple[str, ...] | None, str]] = {
    "ciphers agreed, then nothing": (("IN-NEG",), ("IN-NEG",), AUTH),
    "ciphers agreed at our end only": (("IN-NEG",), (), AUTH),
    "INIT is not answered, far end never heard of it": (("IN-NEG?",), (), "udp-500"),
    "INIT is heard and its answer is lost": (("IN-NEG?",), ("IN-NEG?",), "udp-500"),
    "no SA at either end though packets were sent": ((), (), f"ikev2-proposal or {AUTH}"),
    "up at one end only": (("READY",), (), "stale-sa"),
    "foreign, ciphers agreed": (("IN-NEG",), None, AUTH),
    "foreign, INIT is not answered": (("IN-NEG?",), None, "udp-500 or ikev2-proposal"),
    "foreign, no SA": ((), None, f"ikev2-proposal or {AUTH}"),
    "up without a child SA": (("READY",), ("READY",), "ikev2-selectors or ikev2-child-proposal"),
    "foreign, up without a child SA": (("READY",), None, "ikev2-selectors or ikev2-child-proposal"),
}


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize("case", IKEV2_STATES)
def test_ikev2_states(os: str, case: str) -> None:
    """Each pair of IKEv2 states has its cause, on either system; what the states leave open is named as open."""
    here, there, wanted = IKEV2_STATES[case]
    near, far = healthy(os)
    if os == "asa" and not here:
        # It prints no flow without SAs, so that nothing was sent is possible too.
        wanted = f"no-attempt or {wanted}"
    assert cause(replace(near, ike=here), None if there is None else replace(far, ike=there)) == wanted


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_a_try_that_was_met_at_its_beginning_is_not_one_without_an_answer(os: str) -> None:
    """A try that is refused is gone at once: one that stands in a single reading of several does not say that UDP is blocked."""
    near, far = (replace(end, sas=False, decaps=0) for end in healthy(os))
    none, begun = replace(near, ike=()), replace(near, ike=("IN-NEG?",))
    silent = replace(far, ike=())
    last = begun.seen()
    ends = Watched(near.endpoint, none.seen(), last, Probe(PINGS, 0), none.seen()), down(silent)[0]
    refused = probable_cause(ends, (none.seen(), none.seen(), none.seen()))
    assert refused is not None
    assert refused.id == f"udp-500 or ikev2-proposal or {AUTH}"
    blocked = probable_cause(ends, (none.seen(), begun.seen(), begun.seen()))
    assert blocked is not None
    assert blocked.id == "udp-500"


def test_nothing_sent_is_no_attempt() -> None:
    """Where nothing of the near end met the tunnel, nobody negotiated: that comes before what a negotiation shows."""
    near, far = (replace(end, ike=()) for end in healthy("ios"))
    assert cause(near, far, sent=False) == "no-attempt"
    assert cause(near, None, sent=False) == "no-attempt"


def test_translation_on_the_way() -> None:
    """The port of NAT traversal before IKE is up, or with SAs through which nothing comes back, names UDP 4500 as well."""
    near, far = (replace(end, ike=("IN-NEG",), port=4500) for end in healthy("ios"))
    assert cause(near, far) == f"{AUTH} or nat-in-path"
    up, other = (replace(end, port=4500) for end in healthy("ios"))
    assert named(watched(up, replace(up.later(), decaps=10)), watched(other)) == "nat-in-path"


def named(*ends: Watched) -> str | None:
    """Id of the cause."""
    fitting = probable_cause(ends)
    return fitting.id if fitting else None


def test_child_that_is_refused_takes_ike_along() -> None:
    """IKE that comes up and goes again at both ends is a child SA that the peer refuses."""
    near, far = (replace(end, ike=()) for end in healthy("ios"))
    assert cause(near, far, (("READY",), ("READY",))) == "ikev2-child-proposal"


def test_child_with_other_selectors() -> None:
    """An SA with the peer for other selectors shows that those are what the two ends do not agree on."""
    near, far = healthy("ios")
    narrow = ("10.10.0.0/255.255.255.128/0/0", "10.20.0.0/255.255.255.0/0/0")
    assert named(watched(replace(near, idents=narrow)), watched(replace(far, sas=False))) == "ikev2-selectors"


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_pfs_mismatch_shows_at_the_first_rekey(os: str) -> None:
    """A child SA that was there and is gone while IKE is up, or IKE older than a child SA lives, points at PFS."""
    near, far = healthy(os)
    lost = (watched(end, replace(end.later(), sas=False)) for end in (near, far))
    assert named(*lost) == "pfs-at-rekey"
    old = (down(replace(end, age=28801))[0] for end in (near, far))
    assert named(*old) == "pfs-at-rekey"
    young = (down(replace(end, age=28799))[0] for end in (near, far))
    assert named(*young) == "ikev2-selectors or ikev2-child-proposal"


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_routes_of_a_tunnel_interface_come_first(os: str) -> None:
    """A route past a tunnel that is up, or into itself, explains all that follows; of one that is down it follows itself."""
    near, far = healthy(os, vti=True)
    outside = "outside" if os == "asa" else "GigabitEthernet1"
    past = replace(near, routes=(("0.0.0.0/0", outside),))
    assert named(watched(past), watched(far)) == "tunnel-route"
    assert named(down(replace(past, ike=()))[0], watched(far)) == "tunnel-route"
    fallen = replace(past, ike=(), line="down")
    assert cause(fallen, replace(far, ike=(), line="down"), sent=False) == f"ikev2-proposal or {AUTH}"
    into = replace(near, routes=(("0.0.0.0/0", near.place),))
    assert named(watched(into), watched(far)) == "recursive-route"


def test_traffic_with_a_foreign_far_end() -> None:
    """What our end sends and what does not come back leaves two causes, and the far side is asked before it is blamed."""
    near, _ = healthy("ios")
    silent = watched(near, replace(near.later(), decaps=10), far_host="")
    assert named(silent) == "esp-blocked or far-return-path"
    unsent = watched(near, replace(near.later(), encaps=10, decaps=10), far_host="")
    assert named(unsent) == "return-path"


FOREIGN_IKEV1 = {
    "MM_NO_STATE": "udp-500 or ike-policy",
    "MM_KEY_EXCH": "preshared-key",
    "CONF_XAUTH": "xauth",
    "": "udp-500 or ike-policy",
}


@pytest.mark.parametrize("state", FOREIGN_IKEV1)
def test_ikev1_with_a_foreign_far_end(state: str) -> None:
    """Whether a foreign far end refused or never heard of it cannot be seen, so both are named."""
    near, _ = healthy("ios", version=1)
    assert cause(replace(near, ike=(state,) if state else ()), None) == FOREIGN_IKEV1[state]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("vti", [False, True])
def test_nothing_wrong_has_no_cause(version: int, vti: bool) -> None:
    """A healthy tunnel has no cause, with two own ends and with one."""
    near, far = healthy("ios", version=version, vti=vti)
    assert found((watched(near), watched(far))) == ()
    assert found((watched(near, near.later(PINGS), far_host=""),)) == ()


def test_every_cause_has_a_signature_and_evidence() -> None:
    """No cause is without a row, and what fits is told with where it was read."""
    assert {signature.cause.id for signature in SIGNATURES} == set(CAUSES)
    near, far = healthy("ios")
    (match, _) = found((down(replace(near, ike=("IN-NEG",)))[0], down(replace(far, ike=("IN-NEG",)))[0]))
    assert [str(item) for item in match.evidence] == [
        "xe1: show crypto ikev2 sa: states of IKE with 198.51.100.1 = IN-NEG",
        "xe2: show crypto ikev2 sa: states of IKE with 192.0.2.1 = IN-NEG",
    ]
