"""What counts as a flap, and what is a rekey as it has to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.checks.verdict import Operating, Verification, Word
from nr_run.runbooks.history.file import reading, writing
from nr_run.runbooks.history.flaps import flaps, remembered
from nr_run.runbooks.history.moments import moment
from nr_run.runbooks.history.read import ServicePast, service_past
from nr_run.runbooks.history.write import record

from ..verifications import PATIENT, at, end, ends, flow, verdict, verification


def past(runs: Path, *found: Verification) -> ServicePast:
    """The history of hq-branch after these verifications."""
    for item in found:
        with writing(runs) as connection:
            assert record(connection, item, 0)
    with reading(runs) as connection:
        (made,) = service_past(connection, "hq-branch", moment(found[-1].finished))
    return made


def look(minutes: float, operating: Operating = Operating.UP, **of_the_end: object) -> Verification:
    """One verification in which the end at hq has this."""
    return verification(verdict(operating=operating, minutes=minutes, ends=(end("hq", **of_the_end),)), minutes=minutes)


def test_new_keys_inside_one_ike_are_a_rekey(tmp_path: Path) -> None:
    """Other SPIs with the same IKE SA are renewed keys, whatever made them new, and no flap."""
    made = past(tmp_path, look(0), look(5, flows=(flow(spis=(9,)),)), look(10, flows=(flow(spis=(10,)),)))
    assert (made.flaps_kept, made.ends[0].generation, made.ends[0].rekeys) == (0, 0, 2)


def test_ike_that_begins_anew_before_its_time_is_a_flap(tmp_path: Path) -> None:
    """A tunnel that is up at both looks, and lost its IKE in between long before its lifetime, has flapped, at a named device."""
    made = past(
        tmp_path,
        look(0, ike_id="1", ike_age_seconds=600, ike_lifetime_seconds=86_400),
        look(5, ike_id="2", ike_age_seconds=60, ike_lifetime_seconds=86_400),
    )
    assert made.flaps_kept == 1
    assert made.flaps[0].host == "hq"
    assert "before its time" in made.flaps[0].reason
    assert made.ends[0].generation == 1
    assert (made.ends[0].ike_since, made.ends[0].sa_age_seconds) == (at(4), 100)


@pytest.mark.parametrize(("minutes", "age", "flaps"), [(61, 0, 0), (61, 1_200, 1), (30, 0, 1)], ids=["idle", "used", "early"])
def test_an_idle_tunnel_that_each_look_builds_anew_does_not_flap(tmp_path: Path, minutes: int, age: int, flaps: int) -> None:
    """IKE that this look's pings have built, after the SAs of the look before are over, is no flap; any sooner it is one."""
    times = {"ike_lifetime_seconds": 86_400}
    first, last = look(0, ike_id="1", ike_age_seconds=0, **times), look(minutes, ike_id="2", ike_age_seconds=age, **times)
    assert past(tmp_path, first, last).flaps_kept == flaps


def test_a_clock_that_was_set_back_makes_no_flap(tmp_path: Path) -> None:
    """What was made at a time that is still to come has no age, so nothing is held against it; and it stands since now."""
    times = {"ike_age_seconds": 600, "ike_lifetime_seconds": 86_400}
    made = past(tmp_path, look(9000, ike_id="1", **times), look(5, ike_id="2", **times))
    assert (made.flaps_kept, made.ends[0].generation, made.since) == (0, 0, at(5))


def two_tunnels(minutes: float, *, backup: str = "2", age: int = 700) -> Verification:
    """A verification of a site with two tunnels on one router, each with an IKE SA of its own."""
    times = {"ike_lifetime_seconds": 86_400}
    primary = end("hq", role="primary", ike_id="1", ike_age_seconds=600 + int(60 * minutes), **times)
    other = end("hq", role="backup", ike_id=backup, ike_age_seconds=age + int(60 * minutes), **times)
    return verification(verdict(minutes=minutes, ends=(primary, other)), minutes=minutes)


def test_two_tunnels_of_one_router_are_no_flap_of_each_other(tmp_path: Path) -> None:
    """What the one had is no past of the other: they do not flap at each look, and the one that began again is named."""
    made = past(tmp_path, *(two_tunnels(minutes) for minutes in (0, 5, 10)))
    assert (made.flaps_kept, [(one.host, one.role, one.generation) for one in made.ends]) == (
        0,
        [("hq", "backup", 0), ("hq", "primary", 0)],
    )
    made = past(tmp_path, two_tunnels(15, backup="3", age=-840))
    assert [(flap.host, flap.role, "before its time" in flap.reason) for flap in made.flaps] == [("hq", "backup", True)]
    assert [one.generation for one in made.ends] == [1, 0]


def test_tunnels_whose_roles_are_exchanged_do_not_flap(tmp_path: Path) -> None:
    """Primary and backup change places and both tunnels carry on: each is remembered by its peer; a new peer has no past."""

    def site(minutes: float, *peers: str) -> Verification:
        ends = (
            end("hq", role=role, peer=peer, ike_id=peer, ike_age_seconds=600 + int(60 * minutes), ike_lifetime_seconds=86_400)
            for role, peer in zip(("primary", "backup"), peers, strict=True)
        )
        return verification(verdict(minutes=minutes, ends=tuple(ends)), minutes=minutes)

    a, b, c = "192.0.2.1", "192.0.2.2", "192.0.2.3"
    made = past(tmp_path, site(0, a, b), site(5, b, a), site(10, b, a), site(15, b, c), site(20, b, c))
    assert (made.flaps_kept, [(one.role, one.generation, one.rekeys) for one in made.ends]) == (
        0,
        [("backup", 0, 0), ("primary", 0, 0)],
    )


@pytest.mark.parametrize("age", [3_000, 3_590, None])
def test_ike_that_is_renewed_at_its_end_is_expected(tmp_path: Path, age: int | None) -> None:
    """An IKE SA that lived its lifetime, or of which nobody knows when it was made, may begin again."""
    made = past(
        tmp_path,
        look(0, ike_id="1", ike_age_seconds=age, ike_lifetime_seconds=3_600),
        look(5, ike_id="2", ike_age_seconds=10, ike_lifetime_seconds=3_600),
    )
    assert (made.flaps_kept, made.ends[0].generation, made.ends[0].rekeys) == (0, 0, 1)


def test_going_down_and_coming_back_is_one_flap(tmp_path: Path) -> None:
    """What was down has to negotiate again, and that is not held against it a second time."""
    made = past(
        tmp_path,
        look(0, ike_id="1", ike_age_seconds=60),
        look(5, Operating.DOWN, ike_id="", ike_up=False, flows=()),
        look(10, ike_id="2", ike_age_seconds=60),
    )
    assert made.flaps_kept == 1
    assert [change.word for change in made.changes] == ["up", "down"]


def test_a_tunnel_on_demand_does_not_flap(tmp_path: Path) -> None:
    """Up with traffic, idle without, up again: nothing broke, though IKE is another one."""
    made = past(
        tmp_path,
        look(0, ike_id="1", ike_age_seconds=60),
        look(5, Operating.IDLE, ike_id="", ike_up=False, flows=()),
        look(10, ike_id="2", ike_age_seconds=60),
    )
    assert made.flaps_kept == 0


def test_what_could_not_be_read_is_no_flap(tmp_path: Path) -> None:
    """A device that was away for a look leaves the tunnel unverified, and the same IKE after it is the same."""
    made = past(
        tmp_path,
        look(0, ike_id="1", ike_age_seconds=60),
        look(5, Operating.UNKNOWN, ike_id="", ike_up=None, flows=()),
        look(10, ike_id="1", ike_age_seconds=660),
    )
    assert made.flaps_kept == 0
    assert made.ends[0].generation == 0


def test_a_fault_behind_a_look_that_failed_is_counted_once(tmp_path: Path) -> None:
    """Up, not known, down is one flap, though the look before it knew nothing."""
    made = past(tmp_path, look(0), look(5, Operating.UNKNOWN, ike_up=None), look(10, Operating.DOWN), look(15, Operating.DOWN))
    assert made.flaps_kept == 1


@PATIENT
@given(st.lists(ends, min_size=2, max_size=6), st.integers(1, 4000))
def test_an_end_that_stays_is_never_anew(found: list, step: int) -> None:
    """Whatever an end shows, the same IKE counts neither generation nor flap; and the counts never fall."""
    memory = None
    for number, item in enumerate(found):
        after = remembered(memory, item, number * step)
        assert memory is None or after.generation >= memory.generation
        assert memory is None or after.rekeys >= memory.rekeys
        again = remembered(after, item, number * step + 1)
        assert (again.generation, again.rekeys) == (after.generation, after.rekeys)
        assert not flaps(Word.UP, "up", ((after, again),))
        memory = after


def test_times_are_of_the_verification(tmp_path: Path) -> None:
    """Since when a word holds is when it was first seen so, not when it was asked for."""
    made = past(tmp_path, look(0), look(5, Operating.DOWN), look(10, Operating.DOWN))
    assert (made.word, made.since, made.first_seen, made.last_seen) == ("down", at(5), at(0), at(10))
    assert made.last_proof == at(0)
