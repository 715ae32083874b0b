"""Deploys whose devices are reached from workers of a Dask cluster: one transaction, whatever becomes of a worker."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from nr_run.inventory.errors import Exit

from ..conftest import DEVICES, Done
from ..verify.estate import TUNNEL
from .at_work import BRANCH, HQ, LEASE, OPTIONS, Clear, every
from .befalling import all_let_go, another_build, worker_of
from .conftest import NAMES, begin_cluster


def test_a_pair_on_two_workers_is_one_transaction(clear: Clear) -> None:
    """A deploy ends verified, and what the devices run then is what a deploy from here leaves; each end is another worker's."""
    process = clear.begin()
    clear.wait_for("building")
    assert worker_of(clear.cluster, HQ) != worker_of(clear.cluster, BRANCH)
    clear.at_full_speed()
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    assert Done(0, out, err).tunnel["result"] == "verified"
    there = clear.shown()
    clear.cluster.estate.deploy(TUNNEL)
    assert clear.shown() == there
    assert clear.cluster.run("remove-l2l", TUNNEL, "--yes", *OPTIONS, **LEASE).code == 0
    clear.as_before()


def killed(clear: Clear, state: str, code: Exit = Exit.ROLLED_BACK) -> str:
    """Kill the worker at a step; the run says so, and all is as before over the other one. What it printed."""
    process = clear.begin()
    clear.wait_for(state)
    clear.cluster.end_worker(worker_of(clear.cluster, BRANCH))
    clear.at_full_speed()
    out, err = process.communicate(timeout=180)
    assert process.returncode == code, out + err
    assert "is lost (" in out
    assert f"{BRANCH}: waiting" in err
    clear.as_before()
    return out


def test_a_worker_that_is_killed_is_rolled_back_over_the_other(clear: Clear) -> None:
    """Killed in the midst of the push: both ends are what they were, nothing is armed, and a sentence names the worker."""
    killed(clear, "building")


@every
@pytest.mark.parametrize("state", ["applying", "switching", "saving"])
def test_a_worker_that_is_killed_at_any_step(clear: Clear, state: str) -> None:
    """As in the midst of the push, at each step; behind the decision startup configurations are what they were too."""
    killed(clear, state)


@every
def test_a_worker_that_is_killed_while_it_arms(clear: Clear) -> None:
    """Before a line of the change was typed nothing was touched; what it had armed is cancelled over the other one."""
    assert "nothing was touched; the rollback timer of" in killed(clear, "arming", Exit.UNREACHABLE)


@every
def test_a_frozen_worker_is_given_up_and_types_nothing_later(clear: Clear) -> None:
    """Stopped in the midst of the push, and let go on when the run has rolled back: the devices stay what they were."""
    process = clear.begin()
    clear.wait_for("building")
    victim = worker_of(clear.cluster, BRANCH)
    clear.cluster.workers[victim].send_signal(signal.SIGSTOP)
    clear.at_full_speed()
    out, err = process.communicate(timeout=180)
    clear.cluster.workers[victim].send_signal(signal.SIGCONT)
    assert process.returncode == Exit.ROLLED_BACK, out + err
    all_let_go(clear.cluster)
    clear.as_before()


@every
def test_where_no_worker_is_left_resume_does_it_when_there_is_one(clear: Clear) -> None:
    """All workers killed: the run says that its rollback is incomplete and what is armed; resume goes over the same cluster."""
    process = clear.begin()
    clear.wait_for("building")
    for name in NAMES:
        clear.cluster.end_worker(name)
    clear.at_full_speed()
    out, err = process.communicate(timeout=180)
    assert process.returncode == Exit.ROLLBACK_INCOMPLETE, out + err
    assert "no worker of tls://" in out
    assert "rolls itself back" in out or "reload" in out
    refused = clear.cluster.run("deploy-l2l", TUNNEL, "--yes", *OPTIONS)
    assert refused.code != 0
    for name in NAMES:
        clear.cluster.begin_worker(name, clear.cluster.recording)
    done = clear.resume()
    assert done.code == Exit.ROLLED_BACK, done.out + done.err
    clear.as_before()


@every
def test_a_run_that_is_killed_is_resumed_over_its_cluster(clear: Clear) -> None:
    """Its own process killed: resume waits until the workers have let go, needs no word of the cluster, and rolls back."""
    process = clear.begin()
    clear.wait_for("building")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    clear.at_full_speed()
    done = clear.resume()
    assert done.code == Exit.ROLLED_BACK, done.out + done.err
    assert "until the workers of tls://" in done.err
    clear.as_before()


@every
def test_a_scheduler_that_is_killed_is_a_lost_cluster(clear: Clear) -> None:
    """Nobody is left to roll back over: that is said; over another cluster resume does it."""
    first = clear.cluster
    clear.cluster = other = begin_cluster(first.estate, first.estate.folder / "other-cluster", workers=1)
    try:
        process = clear.begin()
        clear.wait_for("building")
        other.scheduler.kill()
        clear.at_full_speed()
        out, err = process.communicate(timeout=180)
        assert process.returncode == Exit.ROLLBACK_INCOMPLETE, out + err
    finally:
        clear.cluster = first
        other.end()
    done = clear.resume()
    assert done.code == Exit.UNREACHABLE
    assert f"the scheduler {other.address} cannot be reached" in done.out
    done = clear.resume("--scheduler", first.address)
    assert done.code == Exit.ROLLED_BACK, done.out + done.err
    clear.as_before()


@every
def test_ctrl_c_reaches_the_workers(clear: Clear) -> None:
    """A wish to stop in the midst of the push rolls both ends back, and the workers let go."""
    process = clear.begin()
    clear.wait_for("building")
    process.send_signal(signal.SIGINT)
    clear.at_full_speed()
    out, err = process.communicate(timeout=120)
    assert process.returncode in (Exit.INTERRUPTED, Exit.ROLLED_BACK), out + err
    clear.as_before()
    all_let_go(clear.cluster)


@every
def test_workers_of_another_build_change_nothing(clear: Clear, tmp_path: Path) -> None:
    """Where all workers have another nr-run the deploy is refused in one sentence, before any device is asked anything."""
    for name in NAMES:
        clear.cluster.end_worker(name)
    clear.cluster.begin_worker("other-build", {"PYTHONPATH": str(another_build(tmp_path))})
    lab = clear.cluster.estate.lab
    lab.reset_counters()
    try:
        done = clear.cluster.run("deploy-l2l", TUNNEL, "--yes", "--json", *OPTIONS)
    finally:
        clear.cluster.end_worker("other-build")
    assert done.code == Exit.UNREACHABLE, done.out + done.err
    assert "can do this run (worker tls://" in done.report["error"]
    assert "it has nr-run" in done.report["error"]
    assert [lab.counters(name).logins for name in DEVICES] == [0, 0]
