"""The benchmarks: sides take turns, a row that is cut loses nothing, the page says what was measured and what was not."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nr_run.runbooks.commands import verify_command
from nr_run.runbooks.far import doing

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "benchmarks"


@pytest.fixture(scope="module")
def modules() -> Iterator[Callable[[str], ModuleType]]:
    """A module of the benchmarks by its name, which are scripts beside each other."""
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module
    sys.path.remove(str(FOLDER))


def row(load: float, **sides: dict[str, float]) -> dict[str, Any]:
    """What is kept of a row."""
    machine = {"processor": "one", "cores": 2, "memory_gb": 4, "system": "Linux", "python": "3.11"}
    samples = {side: [cost] for side, cost in sides.items()}
    return {"samples": samples, "load": [load, load], "times": 1, "commit": "abc", "machine": machine}


def rows_of(page: str) -> list[str]:
    """The lines of its tables."""
    return [line for line in page.splitlines() if line.startswith("|")]


def test_every_other_turn_begins_with_the_other_side(modules: Callable[[str], ModuleType]) -> None:
    """Three turns of two sides go ab, ba, ab; each sample is put down to its own side."""
    order: list[str] = []

    def side(name: str) -> Callable[[], dict[str, float]]:
        def turn() -> dict[str, float]:
            order.append(name)
            return {"wall": float(len(order))}

        return turn

    found = modules("measuring").alternate({"a": side("a"), "b": side("b")}, 3, lambda _words: None)
    assert "".join(order) == "abbaab"
    assert [sample["wall"] for sample in found["a"]] == [1, 4, 5]
    assert modules("measuring").medians(found["b"]) == {"wall": 3}


def test_what_a_process_costs_is_its_own(modules: Callable[[str], ModuleType]) -> None:
    """The memory of a small process is small, whatever the one that started it holds; another exit code is no measurement."""
    measuring = modules("measuring")
    held = bytearray(os.urandom(1 << 20)) * 200
    done = measuring.process([sys.executable, "-IS", "-c", "print(sum(range(3000000)))"])
    assert (done.out, len(held)) == ("4499998500000\n", 200 << 20)
    assert 0 < done.sample["cpu"] <= done.sample["wall"] * 2
    assert done.sample["memory"] < 100
    with pytest.raises(measuring.NotDone, match="ended with 3"):
        measuring.process([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_row_that_was_measured_is_kept_beside_the_others(modules: Callable[[str], ModuleType], tmp_path: Path) -> None:
    """Each row is written down when it is done, in the place of an older one of its name."""
    kept = modules("measuring").Kept(tmp_path / "measured.json")
    for name, load in (("a", 1.0), ("b", 1.0), ("a", 2.0)):
        kept.put(name, row(load))
    assert {name: found["load"] for name, found in kept.read().items()} == {"a": [2.0, 2.0], "b": [1.0, 1.0]}
    assert [path.name for path in tmp_path.iterdir()] == ["measured.json"]


def test_the_page_tells_targets_loads_and_what_is_missing(modules: Callable[[str], ModuleType]) -> None:
    """A missed target is bold, a busy machine is marked, and what has not been measured is said."""
    kept = {
        "deploy/c881/1/100": row(0.5, **{"nr-run": {"wall": 3.0, "cpu": 1.0}, "plain": {"wall": 6.0, "cpu": 1.0}}),
        "deploy/c881/20/0": row(9.0, **{"nr-run": {"wall": 8.0, "cpu": 3.0}, "plain": {"wall": 4.0, "cpu": 2.0}}),
    }
    text = modules("page").written(kept, [*kept, "deploy/c881/100/0", "hub/c881/300/0"])
    assert "wall / plain 0.5, at most 0.6" in text
    assert "**wall / plain 2, at most 1.5**" in text
    assert "CPU / plain 1.5, at most 2" in text
    assert "9 to 9*" in text
    assert "0.5 to 0.5 |" in text
    assert "**1 of them were measured while other work kept the machine busy**" in text
    assert "1 rows have not been measured yet." in text
    assert "Not measured yet." in text.partition("## A hub")[2]


def test_no_two_rows_have_one_name_and_the_page_is_of_what_is_kept(modules: Callable[[str], ModuleType]) -> None:
    """The tables of docs/benchmarks.md are what benchmarks/measured.json makes of them, and every row that is kept exists."""
    bench = modules("bench")
    names = [one.name for one in bench.rows()]
    assert len(names) == len(set(names))
    assert set(bench.KEPT.read()) <= set(names)
    made = modules("page").written(bench.KEPT.read(), names)
    assert rows_of(made) == rows_of((ROOT / "docs" / "benchmarks.md").read_text())


@pytest.mark.parametrize("name", ["floor", "nr-run", "TTP"])
def test_what_reads_beside_us_reads_all_of_it(modules: Callable[[str], ModuleType], name: str) -> None:
    """Each contender finds every peer in the text of every command; one that misses some is no measurement."""
    parse, outputs = modules("parse"), modules("large_outputs")
    for command in outputs.TEXTS:
        assert 30 <= parse.CONTENDERS[name](command)(outputs.different(command, 30, 0)) <= 32


def test_no_text_of_one_peer_is_read_twice_and_all_are_as_long(modules: Callable[[str], ModuleType]) -> None:
    """All the texts that one measurement reads differ, in no number of lines: a side that counts lines pays for none."""
    outputs = modules("large_outputs")
    for command in outputs.TEXTS:
        texts = [outputs.different(command, 1, number) for number in range(802)]
        assert len(set(texts)) == len(texts)
        assert len({text.count("\n") for text in texts}) == 1


def test_a_deploy_is_measured_beside_a_plain_script(tmp_path: Path) -> None:
    """One row from beginning to end: both sides change the lab's devices, and the row is written because they left the same."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\nimport json, deploys\nfrom measuring import alternate\n"
        "row = next(row for row in deploys.rows() if row.name == 'deploy/c881/1/0')\n"
        "with row.open() as sides:\n"
        "    two = {name: sides[name] for name in ('nr-run', 'plain')}\n"
        "    print(json.dumps(alternate(two, 1, lambda words: None)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(FOLDER)], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {side: set(samples[0]) for side, samples in found.items()} == {
        side: {"wall", "cpu", "memory", "trips", "logins"} for side in ("nr-run", "plain")
    }
    assert found["nr-run"][0]["trips"] < found["plain"][0]["trips"]


def test_the_sizing_table_follows_from_what_was_measured(modules: Callable[[str], ModuleType]) -> None:
    """Every row of the page is computed from its own figures for reading and from measured.json; limits are the code's."""
    sizing = modules("sizing")
    page = sizing.PAGE.read_text()
    lines = page.splitlines()
    for made in sizing.table(page):
        assert made in lines
    assert f"from the {1000 * sizing.judging():.0f} ms of processor time that each further tunnel" in page
    assert sizing.AT_ONCE == doing.AT_ONCE
    assert verify_command.DEADLINE(lambda: None).__click_params__[0].default == sizing.DEADLINE


def test_speed_ups_follow_from_the_shares(modules: Callable[[str], ModuleType]) -> None:
    """With a tenth that stays serial two processes are at most 1.82 times one by Amdahl, and twice it where all work at once."""
    shares = modules("shares")
    samples = {"--processes 1": [{"cpu": 10.0}], "--processes 2": [{"cpu": 10.0, "first": 1.0, "others": 9.0}]}
    found = shares.shares_of(samples)
    assert round(found.amdahl(2), 2) == round(10 / 5.5, 2)
    assert round(found.pipelined(2), 2) == round(10 / 4.5, 2)
    assert found.serial == 0.1
    grown = found.grown(10, shares.Shares(40.0, 2.0, 36.0), 40, 200)
    assert [round(seconds, 9) for seconds in (grown.alone, grown.first, grown.others)] == [200.0, 7.333333333, 180.0]
