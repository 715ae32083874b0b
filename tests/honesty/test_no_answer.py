"""A device that refuses, empties, cuts or garbles what it shows, wherever a run reads it: the judge asks the devices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ..faults.bench import BRANCH, HQ, bench_of, ended_right, ready
from .matrix import PLACES, cases, try_case

#: A pair of routers, and one of a firewall and a router; both timers of each pair differ.
PAIRS = {"revert-kron": "routers", "applet-revert": "firewall and router"}


@pytest.mark.parametrize(("pair", "place", "kind", "device", "times"), [*cases(PAIRS)], ids=lambda value: value.replace(" ", "-"))
def test_no_answer_is_not_an_answer(
    tmp_path: Path, record_property: Callable[[str, object], None], pair: str, place: str, kind: str, device: str, times: str
) -> None:
    """Nothing is concluded from it: the run refuses, asks again, or leaves the timer armed and says what to type where."""
    record_property("honesty", (place, kind))
    with bench_of(pair, tmp_path) as bench:
        record_property("ended", try_case(bench, PLACES[place], kind, device, times))


@pytest.mark.parametrize(("pair", "device"), [("revert-kron", HQ), ("revert-kron", BRANCH), ("asareload-kron", HQ)])
def test_a_busy_nvram_is_asked_again(tmp_path: Path, pair: str, device: str) -> None:
    """Somebody else has the NVRAM for a moment: a verified tunnel is saved when it is free again, and not taken down."""
    with bench_of(pair, tmp_path) as bench:
        bench.lab.fault(device, "nvram-busy", "2")
        code, report = bench.run("--yes")
        assert code == 0, report


def test_sas_that_are_refused_when_the_timer_is_called_off(tmp_path: Path) -> None:
    """One refusal behind the cancelling is asked again over a fresh login: the verified tunnel stays, and is saved."""
    with bench_of("revert-kron", tmp_path) as bench:
        bench.slow(30)
        process = bench.begin("--yes")
        bench.wait_for("commit-decided")
        bench.lab.fault(HQ, "refuse-show", "show crypto", "authorization", "1")
        bench.slow(0)
        code, report = bench.end(process)
        assert code == 0, report
        assert ended_right(bench, code, report) == "changed"


@pytest.mark.parametrize("device", [HQ, BRANCH])
@pytest.mark.parametrize("pair", PAIRS)
def test_nothing_is_shown_while_a_tunnel_is_removed(tmp_path: Path, pair: str, device: str) -> None:
    """A device that shows nothing any more ends the run soon, long before its timer would: a person knows what to look at."""
    with bench_of(pair, tmp_path) as bench:
        work = ready(bench, "remove")
        bench.slow(30)
        process = bench.begin(*work.words, "--revert-in", "120", command=work.command)
        bench.wait_for("applied", device)
        bench.lab.fault(device, "refuse-show", "show|more|dir")
        bench.slow(0)
        code, report = bench.end(process)
        bench.lab.fault(device, "refuse-show", on=False)
        assert code == 21, report
        assert ended_right(bench, code, report) == "rollback-incomplete"
        assert "is not known" in str(report["tunnels"][0]["by_hand"]), report
