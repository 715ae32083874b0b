"""Old runs go by a policy, and never one that resume, rollback or another run still needs."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.run.folder import RunFolder
from nr_run.runbooks.run.journal_states import is_unfinished
from nr_run.runbooks.run.kept_runs import find_run
from nr_run.runbooks.run.open_runs import FOLDER, mark, open_runs
from nr_run.runbooks.run.prune import Policy, Pruning, pruning, remove_leftovers
from nr_run.runbooks.run.run_names import run_names

from .. import warm

NOW = datetime(2026, 11, 30, tzinfo=UTC)
OLD = Policy(days=90, keep=0)


def run_of(runs: Path, age_days: float, *states: tuple[str, str, str], runbook: str = "deploy-l2l", marked: bool = False) -> str:
    """A run of this age, whose journal has these states of (state, tunnel, host)."""
    runs.mkdir(exist_ok=True)
    name = f"{NOW - timedelta(days=age_days):%Y%m%dT%H%M%SZ}-{len(run_names(runs)):04x}"
    (runs / name).mkdir(mode=0o700)
    folder = RunFolder(runs / name, runbook, Secrets(folders=()), make_key=True)
    key = {"key": folder.seal.key_id} if folder.seal else {}
    folder.note("begun", runbook=runbook, rehearsal=False, **key)
    for state, tunnel, host in states:
        folder.note(state, tunnel=tunnel, **({"host": host} if host else {}))
    if marked:
        mark(runs / name)
    folder.close()
    return name


def changed(*tunnels: str) -> tuple[tuple[str, str, str], ...]:
    """The journal of a run that changed these tunnels on one device, and kept it."""
    states = (("recorded", "", ""), ("applying", "", "hub"), ("done", "", ""))
    return tuple((state, tunnel, host) for tunnel in tunnels for state, _, host in states)


def going(found: Pruning) -> list[str]:
    """Names of what goes."""
    return [path.name for path in found.going]


def test_age_and_number(tmp_path: Path) -> None:
    """What is old and not among the newest goes; what is neither stays."""
    runs = tmp_path / "runs"
    names = [run_of(runs, age) for age in (400, 300, 200, 10, 1)]
    assert going(pruning(runs, OLD, NOW)) == names[:3]
    assert going(pruning(runs, Policy(90, 3), NOW)) == names[:2]
    assert going(pruning(runs, Policy(1000, 0), NOW)) == []


def test_the_newest_change_of_a_tunnel_stays(tmp_path: Path) -> None:
    """The newest run that changed a tunnel can be rolled back, so it stays; an older one of the same tunnel goes."""
    runs = tmp_path / "runs"
    first = run_of(runs, 400, *changed("a", "b"))
    second = run_of(runs, 300, *changed("a"))
    assert going(pruning(runs, OLD, NOW)) == []  # b was changed by the first one alone
    third = run_of(runs, 200, *changed("b"))
    found = pruning(runs, OLD, NOW)
    assert going(found) == [first]
    assert {item.run for item in found.needed} == {second, third}
    assert all("rollback" in item.why for item in found.needed)


def test_what_was_taken_back_needs_the_run_before(tmp_path: Path) -> None:
    """A run that kept one tunnel and rolled another back left that one as the run before made it, which so stays."""
    runs = tmp_path / "runs"
    first = run_of(runs, 400, *changed("b"))
    back = (("recorded", "b", ""), ("applying", "b", "hub"), ("rolled-back", "b", ""))
    second = run_of(runs, 300, *changed("a"), *back)
    found = pruning(runs, OLD, NOW)
    assert going(found) == []
    assert {item.run for item in found.needed} == {first, second}


def test_a_group_with_the_name_of_a_tunnel(tmp_path: Path) -> None:
    """A newer run of another service with that name says nothing of the tunnel, whose run stays."""
    runs = tmp_path / "runs"
    run_of(runs, 400, *changed("a"))
    run_of(runs, 300, *changed("a"), runbook="deploy-ra")
    assert going(pruning(runs, OLD, NOW)) == []


def test_an_unfinished_run_keeps_what_is_newer(tmp_path: Path) -> None:
    """A run that did not end stays, and so does every later one: its resume asks them what they changed."""
    runs = tmp_path / "runs"
    before = run_of(runs, 500)
    opened = run_of(runs, 400, ("recorded", "a", ""), ("applying", "a", "hub"), marked=True)
    later = run_of(runs, 300)
    found = pruning(runs, OLD, NOW)
    assert going(found) == [before]
    assert {item.run: item.why.split()[0] for item in found.needed} == {opened: "it", later: opened}


def test_what_was_changed_by_somebody_stays(tmp_path: Path) -> None:
    """A run whose journal cannot be verified any more may be needed, so it stays and is named."""
    runs = tmp_path / "runs"
    name = run_of(runs, 400, *changed("a"))
    open_runs(runs, is_unfinished)  # from here on markers say which runs are looked at
    journal = runs / name / "journal.jsonl"
    journal.write_text(journal.read_text().replace('"applying"', '"planning"'))
    found = pruning(runs, OLD, NOW)
    assert going(found) == []
    assert "changed since" in found.needed[0].why


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    """A folder of somebody's own is never taken for an old run."""
    runs = tmp_path / "runs"
    (runs / "2026-plans").mkdir(parents=True)
    assert going(pruning(runs, Policy(0, 0), NOW)) == []
    assert pruning(tmp_path / "nowhere", OLD, NOW).total == 0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 200), st.sampled_from(["", "a", "b", "ab"])), max_size=12), st.integers(0, 6))
def test_what_goes_is_never_needed(ages: list[tuple[int, str]], keep: int) -> None:
    """Law: whatever goes, for each tunnel the newest run that changed it is there afterwards, and so are the newest ``keep``."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        runs.mkdir()
        made = [(run_of(runs, age, *changed(*tunnels)), tunnels) for age, tunnels in sorted(ages, reverse=True)]
        gone = set(going(pruning(runs, Policy(90, keep), NOW)))
        for tunnel in "ab":
            newest = [name for name, tunnels in made if tunnel in tunnels][-1:]
            assert not gone & set(newest)
        names = run_names(runs)
        assert not gone & set(names[max(0, len(names) - keep) :])


def nr_run(*words: str) -> tuple[int, str, str]:
    """The command."""
    done = warm.run([str(Path(sys.executable).parent / "nr-run"), *words], dict(os.environ))
    return done.returncode, done.stdout, done.stderr


def test_the_command(tmp_path: Path) -> None:
    """--plan shows and removes nothing, --yes removes, without both nobody is there to be asked, and markers stay."""
    runs = tmp_path / "runs"
    first, second = run_of(runs, 400), run_of(runs, 0)
    (runs / FOLDER).mkdir(exist_ok=True)
    place = ("--runs", str(runs))
    code, out, _ = nr_run("runs", "prune", "--plan", "--keep", "1", *place)
    assert (code, first in out, (runs / first).is_dir()) == (2, True, True)
    assert nr_run("runs", "prune", *place)[0] == 64
    code, out, _ = nr_run("runs", "prune", "--yes", "--json", "--keep", "1", *place)
    assert (code, json.loads(out)["going"], run_names(runs)) == (0, [first], [second])
    assert nr_run("runs", "prune", "--plan", "--keep", "1", *place)[0] == 0
    assert find_run(runs, None).name == second


def test_what_a_killed_pruning_left(tmp_path: Path) -> None:
    """Half a folder is no run, and the next pruning takes it away."""
    runs = tmp_path / "runs"
    (runs / ".going-20250101T000000Z-0000").mkdir(parents=True)
    assert run_names(runs) == []
    remove_leftovers(runs)
    assert list(runs.iterdir()) == []


def test_the_newest_are_listed(tmp_path: Path) -> None:
    """runs lists the newest and says how many older ones there are; --all lists every one."""
    runs = tmp_path / "runs"
    names = [run_of(runs, age) for age in (3, 2, 1)]
    code, out, err = nr_run("runs", "--last", "2", "--runs", str(runs))
    assert (code, names[0] in out, names[2] in out, "1 older" in err) == (0, False, True, True)
    assert names[0] in nr_run("runs", "--all", "--runs", str(runs))[1]


@pytest.mark.parametrize("words", [("--json",), ("--runs", "x")])
def test_options_in_the_wrong_place(words: tuple[str, ...]) -> None:
    """An option of the list in front of prune would be lost, and is refused."""
    code, _, err = nr_run("runs", *words, "prune")
    assert (code, "after prune" in err) == (64, True)
