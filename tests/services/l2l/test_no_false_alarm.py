"""What is no failure has no cause: health in every form, a rekey, idleness, remains of an old try, another pair that is idle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.observations.questions import IKE, IPSEC
from nr_run.services.l2l.diagnosis.signatures import found
from nr_run.services.l2l.endpoint import Watched

from ...checks.wires import PINGS, End, healthy, watched
from .test_differences import ASA_LINES, NEAR_LINES, mirrored, whole

FORMS = [
    (os, far, version, vti) for os in ("ios", "asa") for far in ("ios", "asa") for version in (1, 2) for vti in (False, True)
]
UP = {("ios", 1): "QM_IDLE", ("asa", 1): "MM_ACTIVE", ("ios", 2): "READY", ("asa", 2): "READY"}


def ids(*ends: Watched, during: tuple[Observation, ...] = ()) -> list[str]:
    """What is named."""
    return [match.cause.id for match in found(ends, during)]


@pytest.mark.parametrize(("os", "far", "version", "vti"), FORMS)
def test_a_healthy_tunnel_has_no_cause(os: str, far: str, version: int, vti: bool) -> None:
    """Of every form and pair of systems, with two ends of ours and with one, with readings on the way and without."""
    near, other = healthy(os, version=version, vti=vti, far=far)
    during = (near.seen(), other.seen())
    assert ids(watched(near), watched(other)) == ids(watched(near), watched(other), during=during) == []
    assert ids(watched(near, near.later(PINGS), far_host="")) == []


def test_a_healthy_tunnel_with_its_configurations_has_no_cause() -> None:
    """What the two ends are configured with rules causes out, and adds none; nor does what they differ in without harm."""
    near, other = healthy("ios")
    far_lines = mirrored(NEAR_LINES).replace("set pfs group14", "set pfs group19")
    running = {near.host: whole("ios", near.host, NEAR_LINES), other.host: whole("ios", other.host, far_lines)}
    assert found((watched(near), watched(other)), (), running) == ()
    near, other = healthy("ios", far="asa")
    running = {near.host: whole("ios", near.host, NEAR_LINES), other.host: whole("asa", other.host, ASA_LINES)}
    assert found((watched(near), watched(other)), (), running) == ()


def rekeyed(end: End, how: str) -> End:
    """The end in or after a rekey of its SAs or of IKE, or while both ends have begun at once."""
    new = {"new SPIs": {"spis": tuple(spi + 0x1000 for spi in end.spis)}, "IKE twice": {"ike": end.ike * 2}}
    return replace(end, **new.get(how, {}))  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["new SPIs", "IKE twice"])
@pytest.mark.parametrize(("os", "far", "version", "vti"), FORMS)
def test_a_rekey_has_no_cause(os: str, far: str, version: int, vti: bool, how: str) -> None:
    """New SPIs between the two readings, at both ends, and a second IKE SA beside the first, are no failure."""
    near, other = healthy(os, version=version, vti=vti, far=far)
    after = [rekeyed(end.later(), how) for end in (near, other)]
    assert ids(watched(near, after[0]), watched(other, after[1])) == []


@pytest.mark.parametrize(("os", "far", "version"), [(os, far, version) for os, far, version, vti in FORMS if not vti])
def test_an_idle_map_has_no_cause(os: str, far: str, version: int) -> None:
    """No SA, no IKE, nothing sent: nobody asks for the tunnel, and what the ends are configured with changes nothing of that."""
    idle = []
    for end in healthy(os, version=version, far=far):
        seen = replace(end, ike=(), sas=False, encaps=0, decaps=0).seen()
        idle.append(Watched(end.endpoint, seen, seen, None, seen))
    assert ids(*idle) == []
    assert ids(replace(idle[0], end=replace(idle[0].end, far_host=""))) == []


def _old_rows(end: End) -> Iterator[Observation]:
    """Two readings with what is left of a try."""
    for _ in range(2):
        seen = replace(end, ike=("MM_NO_STATE",), sas=False, encaps=0, decaps=0).seen()
        parsed = seen.answer(IKE)
        assert parsed is not None
        yield seen.answering(IKE, replace(parsed, state=tuple(replace(row, deleted=True) for row in parsed.state)))


def test_what_is_left_of_an_old_try_is_no_state() -> None:
    """A deleted row outlives its fault: beside nothing else it has no cause, and beside a try of now it leaves two."""
    near, other = healthy("ios", version=1)
    left = [list(_old_rows(end)) for end in (near, other)]
    ends = [Watched(end.endpoint, seen[0], seen[1], None, seen[0]) for end, seen in zip((near, other), left, strict=True)]
    assert ids(*ends) == []
    tried = [replace(near, ike=("MM_NO_STATE",), sas=False, decaps=0).seen() for _ in range(3)]
    one = Watched(near.endpoint, tried[0], tried[-1], Probe(PINGS, 0), tried[0])
    two = replace(ends[1], probe=Probe(PINGS, 0))
    during = (*tried[:2], left[1][0])
    assert ids(one, two, during=during) == ["udp-500", "ike-policy"]
    assert ids(one, replace(two, before=tried[0], after=replace(other, ike=(), sas=False).seen()), during=tried[:2]) == [
        "udp-500"
    ]


def test_another_pair_that_is_idle_has_no_cause() -> None:
    """Of two pairs of selectors one is pinged and up, and nothing asks for the other."""
    near, other = healthy("ios")
    more = (near.endpoint.selectors[0], tuple(reversed(near.endpoint.selectors[0])))
    assert ids(watched(near, selectors=more), watched(other)) == []


def _noise(end: End, encaps: int, decaps: int) -> End:
    return replace(end.later(), encaps=end.encaps + encaps, decaps=end.decaps + decaps)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    form=st.sampled_from(FORMS),
    counts=st.tuples(*[st.integers(1, 10_000)] * 4),
    readings=st.integers(0, 3),
    alone=st.booleans(),
)
def test_traffic_of_others_is_no_failure(
    form: tuple[str, str, int, bool], counts: tuple[int, int, int, int], readings: int, alone: bool
) -> None:
    """Whatever else goes through a tunnel that is up, and however often it is read, nothing is named."""
    os, far, version, vti = form
    near, other = healthy(os, version=version, vti=vti, far=far)
    one = watched(near, _noise(near, *counts[:2]), **({"far_host": ""} if alone else {}))
    during = tuple(end.seen() for end in (near, other) for _ in range(readings))
    assert ids(*((one,) if alone else (one, watched(other, _noise(other, *counts[2:])))), during=during) == []


def test_a_question_without_an_answer_is_no_cause() -> None:
    """Routes and interfaces that were not asked for speak for nothing."""
    near, other = healthy("ios")
    seen = near.seen()
    assert seen.answer(IPSEC) is not None
    bare = replace(seen, answers={name: seen.answers[name] for name in ("ike", "ikev2", "ipsec")})
    one = Watched(near.endpoint, bare, replace(bare, answers={**bare.answers, "ipsec": near.later().seen().answers["ipsec"]}),
                  Probe(PINGS, PINGS), bare)  # fmt: skip
    assert ids(one, watched(other)) == []
