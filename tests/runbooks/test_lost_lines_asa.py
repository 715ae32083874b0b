"""A line to an ASA, which prints no size, that loses the same lines of a configuration each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..faults.bench import HQ, Bench, bench_of, ended_right

PAIR = "asareload-revert"
LONG = ("--revert-in", "60")
#: What is lost: the binding and all entries of the map, without which nothing of the tunnel is at work.
LOST = "crypto map"
MORE, SHOW = "more system:running-config", "show running-config$"


def failing_with_lost_lines(bench: Bench, *fault: str) -> tuple[int, dict[str, object]]:
    """A deploy whose tunnel cannot come up; once hq has taken its lines, its answers lose some."""
    bench.lab.fault(HQ, "drop-esp")
    bench.slow(30)
    process = bench.begin("--yes", *LONG)
    bench.wait_for("applied", HQ)
    bench.lab.fault(HQ, "lose-lines", *fault)
    bench.slow(0)
    return bench.end(process)


@pytest.mark.parametrize("where", [MORE, SHOW], ids=["with keys", "masked"])
def test_what_one_command_loses_is_not_gone(tmp_path: Path, where: str) -> None:
    """While the change is rolled back, one command loses the same lines each time: the other still shows them, so 21 and
    armed."""
    with bench_of(PAIR, tmp_path) as bench:
        code, report = failing_with_lost_lines(bench, LOST, where)
        assert code == 21, report
        assert "by more than masked keys" in str(report)
        assert bench.pending(HQ), report
        bench.lab.fault(HQ, "lose-lines", on=False)
        again, told = bench.run(command="resume")
        assert again == 20, told
        assert ended_right(bench, again, told) == "before"


def test_what_every_command_loses_for_a_while_is_not_gone(tmp_path: Path) -> None:
    """Both commands lose the same lines over one login: the second login shows them, and they are removed then."""
    with bench_of(PAIR, tmp_path) as bench:
        code, report = failing_with_lost_lines(bench, LOST, "2")
        assert code == 20, report
        assert ended_right(bench, code, report) == "before"


def test_a_baseline_is_read_over_two_logins(tmp_path: Path) -> None:
    """What an ASA showed without some lines, alike in all three answers of one login, is no baseline: two logins agree first."""
    with bench_of(PAIR, tmp_path) as bench:
        bench.lab.fault(HQ, "lose-lines", "mtu", "3")
        code, report = bench.run("--yes", *LONG)
        assert code == 0, report
        assert ended_right(bench, code, report) == "changed"
        assert bench.lab.status()[HQ]["faults"] == {}


def test_one_command_that_always_loses_is_no_baseline(tmp_path: Path) -> None:
    """Where one of both commands loses lines for good, nothing is planned on it: exit 11, and nothing was touched."""
    with bench_of(PAIR, tmp_path) as bench:
        bench.lab.fault(HQ, "lose-lines", "mtu", MORE)
        code, report = bench.run("--yes", *LONG)
        assert code == 11, report
        assert "by more than masked keys" in str(report)
        assert bench.configurations() == bench.before
