"""Boxes that reboot, lose their management, refuse the inverse or talk in between; and operators who are cut off."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

BOXES = ["vpn2611", "vpn3640"]


def no_timer(rehearsal: Any) -> None:
    """No reload is pending anywhere."""
    for name in BOXES:
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")


@pytest.mark.parametrize("device", BOXES)
@pytest.mark.parametrize("line", [2, 5, 9])
def test_management_is_lost(rehearsal, unchanged: Callable[[], None], device: str, line: int) -> None:
    """A device that cannot be logged in to after a line reloads by itself, and both ends are as before."""
    rehearsal.lab.fault(device, "lose-management-after", str(line))
    done = rehearsal.deploy("--yes", "--json", "--revert-in", "2", "--boot-timeout", "60")
    assert done.code == 20, done.out + done.err
    no_timer(rehearsal)
    unchanged()


@pytest.mark.parametrize("device", BOXES)
@pytest.mark.parametrize("line", [1, 6, 10])
def test_box_reboots_in_mid_change(rehearsal, unchanged: Callable[[], None], device: str, line: int) -> None:
    """A device that loses its power in mid-push comes back with its startup, and the other end is rolled back too."""
    rehearsal.lab.fault(device, "reboot-after", str(line))
    done = rehearsal.deploy("--yes", "--json", "--revert-in", "2", "--boot-timeout", "60")
    assert done.code == 20, done.out + done.err
    no_timer(rehearsal)
    unchanged()


@pytest.mark.parametrize(
    ("device", "text"), [("vpn3640", "crypto map"), ("vpn2611", "access-list"), ("vpn3640", "transform-set")]
)
def test_inverse_is_refused(rehearsal, unchanged: Callable[[], None], device: str, text: str) -> None:
    """Where the device refuses the inverse, its rollback timer rolls the change back."""
    rehearsal.lab.fault("vpn2611", "refuse-line", "match address")
    rehearsal.lab.fault(device, "refuse-inverse", text)
    done = rehearsal.deploy("--yes", "--json", "--revert-in", "2", "--boot-timeout", "60")
    rehearsal.lab.fault(device, "refuse-inverse", on=False)
    assert done.code == 20, done.out + done.err
    no_timer(rehearsal)
    unchanged()


@pytest.mark.parametrize("device", BOXES)
@pytest.mark.parametrize("fault", [("shutdown-banner",), ("clock-step", "7200"), ("clock-step", "-7200")])
def test_banner_in_an_echo_and_clock_steps(rehearsal, device: str, fault: tuple[str, ...]) -> None:
    """A SHUTDOWN banner in the middle of an echo, or a clock that jumps, keeps no tunnel from being built and verified."""
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("armed")
    rehearsal.lab.fault(device, *fault)
    out, err = process.communicate(timeout=90)
    assert process.returncode in (0, 20), out + err
    assert json.loads(out)["tunnels"][0]["verified"] is (process.returncode == 0)
    rehearsal.wait_until(lambda: all("No reload" in rehearsal.lab.exec(name, "show reload") for name in BOXES), seconds=60)


@pytest.mark.parametrize("state", ["armed", "applied", "triggering"])
def test_the_terminal_is_closed(rehearsal, unchanged: Callable[[], None], state: str) -> None:
    """An operator whose terminal is gone (SIGHUP, nobody reads any more) leaves both ends as before."""
    rehearsal.lab.fault("vpn2611", "slow", "20")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for(state)
    process.stderr.close()
    process.stdout.close()
    process.send_signal(signal.SIGHUP)
    process.wait(timeout=60)
    assert process.returncode in (20, 130)
    rehearsal.lab.fault("vpn2611", "slow", on=False)
    no_timer(rehearsal)
    unchanged()


def test_nobody_reads_the_output(rehearsal) -> None:
    """With standard output and error closed by their reader the tunnel is built all the same, and the exit code says so."""
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {' '.join(rehearsal.arguments('--yes'))} 2>&1 | head -n 1"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=rehearsal.environment,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (folder,) = rehearsal.runs.glob("2*")
    assert json.loads((folder / "run.json").read_text())["exit_code"] == 0


def test_resume_does_not_undo_what_a_later_run_built(rehearsal) -> None:
    """A killed run that a later one has overtaken is refused, and closed by a person's word."""
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("recorded")  # the first line is some dialogues away: before it comes the rollback timer
    process.kill()
    process.communicate(timeout=30)
    rehearsal.wait_until(lambda: not any(box["sessions"] for box in rehearsal.lab.status().values()), seconds=20)
    for name in BOXES:
        rehearsal.lab.exec(name, "reload cancel")
    assert rehearsal.configurations() == rehearsal.before
    (killed,) = (path.name for path in rehearsal.runs.glob("2*"))
    refused = rehearsal.deploy("--yes", "--json")
    if refused.code == 13:  # else no device was touched: a run that only wrote a record holds none
        assert killed in refused.tunnel_or_error
        assert rehearsal.nr_run("resume", killed, "--close").code == 0
        assert rehearsal.deploy("--yes").code == 0
    now = rehearsal.configurations()
    again = rehearsal.nr_run("resume", killed, "--json")
    assert again.code in (13, 66), again.out + again.err
    assert rehearsal.configurations() == now


def test_an_unsaved_tunnel_is_not_called_proved(rehearsal) -> None:
    """When the tunnel runs and the startup configuration lacks it, a second run says so: a reload would take it away."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.configure("vpn3640", "ip route 10.99.0.0 255.255.0.0 172.18.124.1")
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 13, done.out
    assert [row["saved"] for row in done.tunnel["devices"]] == [False, False]


def test_a_broken_configuration_is_not_saved(rehearsal, unchanged: Callable[[], None]) -> None:
    """When somebody removes our key after the proof, nothing is saved as verified, and both ends are rolled back."""
    rehearsal.lab.fault("vpn3640", "slow", "60")
    key = rehearsal.secret("hq-branch-psk")
    with rehearsal.operator("vpn2611") as other:
        process = rehearsal.begin("--yes", "--json")
        rehearsal.wait_for("triggering")
        other.send_config_set([f"no crypto isakmp key {key} address 172.18.124.199 no-xauth"])
    out, err = process.communicate(timeout=90)
    assert process.returncode in (20, 21), out + err
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    unchanged()
