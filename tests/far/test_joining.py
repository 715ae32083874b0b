"""Workers that join while a run is at work: what waits is theirs, and what was begun stays where its session is."""

from __future__ import annotations

import threading

import pytest

from nr_run.inventory.errors import Exit, SessionLost
from nr_run.runbooks.far.doing import AT_ONCE
from nr_run.runbooks.far.placing import Far, NoneLeft, Places

from ..conftest import Rehearsal
from .at_work import BRANCH, Clear, every
from .befalling import worker_of
from .conftest import NAMES
from .in_process import Bench


@pytest.fixture
def bench() -> Bench:
    """Two far processes, of which the places under test know one after the other."""
    return Bench(changes=True)


def test_what_waits_goes_to_who_joins(bench: Bench) -> None:
    """A process has so many devices at a time and no more; the next device waits for a place, and one that joins has one."""
    one, two = bench.both
    places = Places("tls://here:1", lambda: False)
    places.add(one, set())
    for number in range(AT_ONCE):
        assert places.take(f"r{number}", urgent=False).process is one
    found: list[Far] = []
    waits = threading.Thread(target=lambda: found.append(places.take("late", urgent=False)))
    waits.start()
    waits.join(0.7)
    assert not found
    assert places.take("r1", urgent=False).process is one, "whose session is there does not wait"
    assert places.take("hasty", urgent=True).process is one, "nor does what ends a change"
    places.add(two, set())
    waits.join(60)
    assert [far.process for far in found] == [two]
    assert places.take("another", urgent=False).process is two
    assert places.take("r2", urgent=False).process is one, "a device stays where its session is"


def test_a_place_that_is_free_again_is_taken(bench: Bench) -> None:
    """A job that is over lets the next device begin on the same process."""
    places = Places("tls://here:1", lambda: False)
    places.add(bench.both[0], set())
    taken = [places.take(f"r{number}", urgent=False) for number in range(AT_ONCE)]
    places.done(taken[0])
    assert places.take("late", urgent=False).process is bench.both[0]


def test_nobody_waits_where_none_is_left_or_the_run_is_over(bench: Bench) -> None:
    """A device that waits for a place is told at once when the last process is lost, and when the run ends."""
    over = threading.Event()
    places = Places("tls://here:1", over.is_set)
    places.add(bench.both[0], set())
    taken = [places.take(f"r{number}", urgent=False) for number in range(AT_ONCE)]
    over.set()
    with pytest.raises(SessionLost, match="the run has ended"):
        places.take("late", urgent=False)
    taken[0].lost = "it was killed"
    with pytest.raises(NoneLeft, match="no worker of tls://here:1 is left"):
        places.take("late", urgent=False)


def test_who_joins_waits_for_one_that_may_still_type(bench: Bench) -> None:
    """A device whose process is lost is given to one that has joined when the lost one types nothing more, and not before."""
    typing = threading.Event()
    typing.set()
    places = Places("tls://here:1", lambda: False, lambda _far: typing.is_set())
    places.add(bench.both[0], set())
    places.take("r1", urgent=True).lost = "it was cut off"
    places.add(bench.both[1], set())
    found: list[Far] = []
    waits = threading.Thread(target=lambda: found.append(places.take("r1", urgent=True)))
    waits.start()
    waits.join(0.7)
    assert not found
    assert places.take("r2", urgent=False).process is bench.both[1], "no other device waits for that"
    typing.clear()
    waits.join(60)
    assert [far.process for far in found] == [bench.both[1]]


@every
def test_a_worker_that_joins_rolls_back_what_another_one_began(clear: Clear) -> None:
    """A run that began with one worker goes on over one that has joined, when the first is killed in the midst of the push."""
    cluster = clear.cluster
    cluster.end_worker(NAMES[1])
    process = clear.begin()
    clear.wait_for("building")
    assert worker_of(cluster, BRANCH) == NAMES[0]
    cluster.begin_worker(NAMES[1], cluster.recording)
    heard = cluster.folder / "passed" / f"inside-{cluster.workers[NAMES[1]].pid}"
    Rehearsal.wait_until(heard.exists, seconds=60)
    cluster.end_worker(NAMES[0])
    clear.at_full_speed()
    out, err = process.communicate(timeout=180)
    assert process.returncode == Exit.ROLLED_BACK, out + err
    assert "has joined, and gets work" in err
    clear.as_before()
