"""A device that does not take its timer, or takes only a part of it, is not touched, nor is the other end."""

from __future__ import annotations

from pathlib import Path

import pytest

from .bench import BRANCH, HQ, bench_of, ended_right

REFUSED = [
    ("reload-reload", HQ, ("refuse-exec", "reload in")),
    ("asareload-kron", HQ, ("refuse-exec", "reload in")),
    ("revert-kron", HQ, ("refuse-exec", "revert timer")),
    ("revert-kron", BRANCH, ("refuse-line", "kron occurrence")),
    ("revert-kron", BRANCH, ("refuse-line", "cli configure replace")),
    ("applet-revert", HQ, ("refuse-line", "event manager applet")),
    ("applet-revert", HQ, ("refuse-line", "event timer")),
    ("applet-revert", HQ, ("refuse-line", "action 2")),
]


@pytest.mark.parametrize(("pair", "device", "fault"), REFUSED, ids=str)
def test_a_timer_that_is_refused_ends_the_run(tmp_path: Path, pair: str, device: str, fault: tuple[str, str]) -> None:
    """Whatever line of a timer is refused: nothing is changed, nothing of a timer stays, and the device is named."""
    with bench_of(pair, tmp_path) as bench:
        bench.lab.fault(device, *fault)
        code, report = bench.run("--yes")
        bench.lab.fault(device, fault[0], on=False)
        assert code not in (0, 20, 21), report
        assert report["changed"] is False
        assert f"{device}:" in report["tunnels"][0]["sentence"]
        assert ended_right(bench, code, report) == "before"
