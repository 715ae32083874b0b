"""Sessions cut at every line, and a disk that fills at any moment: both ends end as before, or verified."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

#: Lines that a deploy sends in configuration mode on each device, entering and leaving it included.
LINES = {"vpn3640": 24, "vpn2611": 16}
CUTS = [(device, line) for device, lines in LINES.items() for line in range(1, lines + 1)]


def as_before_or_proved(rehearsal: Any, code: int, report: dict[str, Any]) -> None:
    """The exit code and the devices agree: 20 is as before, 0 is verified; and no reload is pending anywhere."""
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")
    if code == 20:
        assert rehearsal.configurations() == rehearsal.before
    else:
        assert code == 0
        assert report["tunnels"][0]["verified"] is True


@pytest.mark.parametrize(("device", "line"), CUTS)
def test_session_cut_after_line(rehearsal, device: str, line: int) -> None:
    """A session that is cut after this line is taken up again by a new login."""
    rehearsal.lab.fault(device, "cut-session-after", str(line))
    done = rehearsal.deploy("--yes", "--json")
    as_before_or_proved(rehearsal, done.code, done.report)


@pytest.mark.parametrize(("device", "line"), [case for case in CUTS if case[1] % 3 == 2])
def test_session_cut_in_echo_of_line(rehearsal, device: str, line: int) -> None:
    """A session that is cut in the middle of an echo, so that it is not known whether the line arrived."""
    rehearsal.lab.fault(device, "cut-in-echo", str(line))
    done = rehearsal.deploy("--yes", "--json")
    as_before_or_proved(rehearsal, done.code, done.report)


@pytest.mark.parametrize("size", [200, 700, 1100, 1600, 2100, 2600, 3100])
def test_disk_full_in_the_run_folder(rehearsal, size: int) -> None:
    """When no file can grow any more, the run ends before the first line or rolls back what it sent."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    done = subprocess.run(
        rehearsal.arguments("--yes"),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=rehearsal.environment,
        preexec_fn=limit,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1, 20), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode != 0:
        assert rehearsal.configurations() == rehearsal.before
        assert "cannot be written" in done.stdout + done.stderr
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")


@pytest.mark.parametrize("state", ["armed", "judged"])
def test_the_run_folder_is_deleted_in_mid_run(rehearsal, unchanged: Callable[[], None], state: str) -> None:
    """Where the journal is gone nobody could finish the run if it died: it takes no further step, and rolls back."""
    rehearsal.lab.fault("vpn2611", "slow", "60")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for(state)
    shutil.rmtree(rehearsal.runs)
    rehearsal.lab.fault("vpn2611", "slow", on=False)
    out, err = process.communicate(timeout=90)
    assert process.returncode in (1, 20), out + err
    assert "Traceback" not in err
    assert "cannot be written" in out + err
    unchanged()


@pytest.mark.parametrize("device", ["vpn2611", "vpn3640"])
def test_the_far_end_is_gone_before_its_push(rehearsal, device: str) -> None:
    """A device that answers while it is read and is gone when it should be armed leaves both as they were, and needs no
    person."""
    rehearsal.lab.fault(device, "slow", "60")
    process = rehearsal.begin("--yes", "--json", "--revert-in", "1", "--boot-timeout", "90")
    rehearsal.wait_for("approved")
    rehearsal.lab.fault(device, "down")
    rehearsal.wait_for("rolling-back")
    rehearsal.lab.fault(device, "down", on=False)
    out, err = process.communicate(timeout=90)
    rehearsal.lab.fault(device, "slow", on=False)
    assert process.returncode == 11, out + err
    rehearsal.wait_until(lambda: rehearsal.configurations() == rehearsal.before, seconds=90)
