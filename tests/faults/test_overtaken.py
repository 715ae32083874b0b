"""A run that comes back late: somebody else has made its change since, or has renamed a device."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from nr_run.runbooks.engine.rollback.cancel_page import is_armed

from ..runbooks.test_ssh import OLD, write_inventory
from ..warm import start_lab
from .bench import BRANCH, ENDS, HQ, SHORT, Bench, bench_of
from .moved import Address


@dataclass
class OtherMachine(Bench):
    """Another machine with the same inventory: its runs, keys and locks are its own."""

    @property
    def environment(self) -> dict[str, str]:  # type: ignore[override]
        """Nothing is shared with the first machine but the devices."""
        own = self.folder / "other-machine"
        places = {"XDG_CONFIG_HOME": own / "config", "XDG_STATE_HOME": own / "state", "NR_RUN_LOCKS": own / "locks"}
        return {
            **os.environ,
            "NR_RUN_CREDENTIALS": str(self.lab.credentials),
            **{name: str(path) for name, path in places.items()},
        }

    def arguments(self, command: str, *words: str) -> list[str]:
        """The command line, with a runs folder of its own."""
        first = super().arguments(command, *words)
        return [str(self.folder / "other-machine" / "runs") if word == str(self.folder / "runs") else word for word in first]


def test_resume_leaves_what_another_machine_has_built_since(tmp_path: Path) -> None:
    """A killed run whose timers have fired does not take away the same tunnel, built, verified and saved by another machine."""
    with bench_of("reload-reload", tmp_path) as bench:
        bench.kill_at("applied", BRANCH, "--yes", *SHORT)
        bench.wait_until(lambda: bench.configurations() == bench.before and not any(map(bench.pending, ENDS)), pause=0.2)
        code, report = OtherMachine(bench.lab, tmp_path, bench.profiles).run("--yes")
        assert code == 0, report
        built = bench.configurations()
        code, report = bench.run(command="resume")
        assert code == 21, report
        (tunnel,) = report["tunnels"]
        assert re.search("(hq and branch|branch and hq) run this change and have saved it", " ".join(tunnel["by_hand"]))
        assert bench.configurations() == built
        assert bench.carries()
        pages = list((tmp_path / "runs").glob("2*/*/*/cancel-timer.txt"))
        assert len(pages) == len(ENDS)
        assert not any(map(is_armed, pages)), "whoever reads a page does not look for a timer that is gone"
        code, report = bench.run("--yes")
        assert code == 13, "the device is not released before a person says so"
        assert "--close" in report["error"]


@pytest.mark.parametrize("kept", [(HQ,), (BRANCH, HQ)])
def test_resume_rolls_back_what_was_saved_while_its_timers_count(tmp_path: Path, kept: tuple[str, ...]) -> None:
    """Somebody's write memory in the middle of a change does not make it theirs: it is taken out of the startup as well."""
    with bench_of("reload-reload", tmp_path) as bench:
        bench.kill_at("judged", None, "--yes")
        for name in kept:
            bench.lab.exec(name, "write memory")
        code, report = bench.run(command="resume")
        assert code == 20, report
        assert bench.configurations() == bench.before


def test_a_run_that_slept_leaves_what_another_machine_has_built_since(tmp_path: Path) -> None:
    """A process that was stopped until its timers had fired, and goes on, does not roll back what another machine has built."""
    with bench_of("reload-reload", tmp_path) as bench:
        bench.slow(15)
        process = bench.begin("--yes", *SHORT)
        bench.wait_for("applied", BRANCH)
        os.kill(process.pid, signal.SIGSTOP)
        try:
            bench.slow(0)
            bench.wait_until(lambda: bench.configurations() == bench.before and not any(map(bench.pending, ENDS)), pause=0.2)
            code, report = OtherMachine(bench.lab, tmp_path, bench.profiles).run("--yes")
            assert code == 0, report
            built = bench.configurations()
        finally:
            os.kill(process.pid, signal.SIGCONT)
        code, report = bench.end(process)
        assert code == 21, report
        assert bench.configurations() == built
        assert bench.carries()


@pytest.mark.parametrize(("state", "code"), [("applied", 20), ("commit-decided", 0)])
def test_a_device_that_somebody_has_renamed_is_known_by_its_serial_number(tmp_path: Path, state: str, code: int) -> None:
    """Renamed in the middle of a run that is killed, it is rolled back, or kept and saved, under its new name."""
    with bench_of("reload-reload", tmp_path) as bench:
        bench.kill_at(state, None, "--yes")
        bench.lab.exec(BRANCH, "configure terminal\nhostname elsewhere\nend")
        ended, report = bench.run(command="resume")
        assert ended == code, report
        assert not any(map(bench.pending, ENDS))
        running = bench.running(BRANCH)
        assert "hostname elsewhere" in running
        if code:
            rest = [line for line in bench.before[BRANCH][0] if not line.startswith("hostname")]
            assert [line for line in running if not line.startswith("hostname")] == rest
            assert "hostname elsewhere" in report["tunnels"][0]["sentence"]
        else:
            assert running == bench.startup(BRANCH)
            assert bench.carries()


def test_another_device_behind_the_address_says_nothing_of_the_one_that_was_changed(tmp_path: Path) -> None:
    """A device with another name and serial number has nothing of the change, and the one that has it is named all the same."""
    profiles = {HQ: "vpn2611", BRANCH: "vpn3640"}
    with (
        start_lab(tmp_path / "lab", devices={**profiles, "spare": "vpn2611"}, speed=40) as lab,
        Address(lab.devices[BRANCH].port) as address,
    ):
        write_inventory(lab, tmp_path / "inventory", profiles, OLD)
        hosts = tmp_path / "inventory" / "hosts.yaml"
        hosts.write_text(hosts.read_text().replace(f"port: {lab.devices[BRANCH].port}", f"port: {address.port}"))
        bench = Bench(lab, tmp_path, profiles)
        bench.begin_case()
        bench.kill_at("applied", BRANCH, "--yes")
        address.move(lab.devices["spare"].port)
        code, report = bench.run(command="resume")
        assert code == 21, report
        assert "is that of 'spare' now" in " ".join(report["tunnels"][0]["by_hand"])
        address.move(lab.devices[BRANCH].port)
        code, report = bench.run(command="resume")
        assert (code, bench.configurations()) == (20, bench.before), report
