"""A device that takes a line without a word and does nothing: what was to be there, or gone, is looked at, not assumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from .bench import BRANCH, HQ, bench_of, ended_right

UNARMED = [
    ("revert-kron", BRANCH, ("lose-lines", "NR-", "show kron"), "the configure replace that should undo a lost change is not"),
    ("applet-revert", HQ, ("lose-lines", "action 2", "show running-config event"), "does not count, or not with every line"),
]
PENDING = [
    ("reload-reload", HQ, ("ignore", "reload cancel"), "reload cancel did not cancel the reload"),
    ("applet-revert", HQ, ("ignore", "no event manager applet"), "could not be removed"),
    ("revert-kron", BRANCH, ("ignore", "no kron occurrence"), "could not be removed"),
]


@pytest.mark.parametrize(("pair", "device", "fault", "says"), UNARMED, ids=str)
def test_a_timer_that_is_not_there(tmp_path: Path, pair: str, device: str, fault: tuple[str, ...], says: str) -> None:
    """A timer that was taken and does not count, or is not seen to, ends the run before either end is touched."""
    with bench_of(pair, tmp_path) as bench:
        bench.lab.fault(device, *fault)
        code, report = bench.run("--yes")
        assert code not in (0, 20), report
        assert says in str(report)
        assert bench.configurations()[HQ][1] == bench.before[HQ][1]
        bench.lab.fault(device, fault[0], on=False)
        if code == 21:
            code, report = bench.run(command="resume")
        assert ended_right(bench, code, report) == "before"


@pytest.mark.parametrize(("pair", "device", "fault", "says"), PENDING, ids=str)
def test_a_timer_that_stays(tmp_path: Path, pair: str, device: str, fault: tuple[str, ...], says: str) -> None:
    """A timer that was cancelled and is still there is told, with what to type: nothing is saved under it.

    The reload behind it is the last thing that could bring the device back, and counts as long as what is before it is not gone.
    """
    with bench_of(pair, tmp_path) as bench:
        bench.lab.fault(device, *fault)
        code, report = bench.run("--yes", "--revert-in", "60")
        assert code == 21, report
        assert says in str(report)
        assert bench.pending(device)
        assert "nr-" in bench.lab.exec(device, "show reload")
        bench.lab.fault(device, fault[0], on=False)
        again, told = bench.run(command="resume")
        assert again == 20, told
        assert ended_right(bench, again, told) == "before"


def test_what_was_removed_and_is_still_there(tmp_path: Path) -> None:
    """A removal whose lines do nothing is no removal: read back, told by its name, and rolled back."""
    with bench_of("reload-reload", tmp_path) as bench:
        assert bench.run("--yes")[0] == 0
        bench.begin_case()
        path = bench.folder / "inventory" / "vpn" / "intent.yaml"
        assert path.is_file()
        bench.lab.fault(HQ, "ignore", "no crypto ipsec transform-set")
        code, report = bench.run("hq-branch", "--yes", command="remove-l2l")
        assert code == 20, report
        assert "is still in the configuration" in str(report)
        bench.lab.fault(HQ, "ignore", on=False)
        assert bench.configurations() == bench.before


def test_an_interface_list_that_is_refused(tmp_path: Path) -> None:
    """An ASA that does not show the list of its interfaces says in its running configuration where a ping can start."""
    with bench_of("asareload-kron", tmp_path) as bench:
        bench.lab.fault(HQ, "refuse-show", "show running-config interface")
        code, report = bench.run("--yes", "--revert-in", "60")
        assert code == 0, report
        assert report["tunnels"][0]["verified"] is True
