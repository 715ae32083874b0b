"""kill -9 after every journal state: resume then verifies both ends with the change, or verifies them as they were before."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

#: Every state of a deploy's journal in order, with the device where each device has one of its own.
STATES: list[tuple[str, str | None]] = [
    ("locked", None),
    ("snapshot", None),
    ("planned", None),
    ("approved", None),
    ("recorded", None),
    ("arming", "vpn2611"),
    ("arming", "vpn3640"),
    ("armed", None),
    ("applying", "vpn3640"),
    ("building", "vpn3640"),
    ("switching", "vpn3640"),
    ("applied", "vpn3640"),
    ("applying", "vpn2611"),
    ("building", "vpn2611"),
    ("switching", "vpn2611"),
    ("applied", "vpn2611"),
    ("triggering", None),
    ("judged", None),
    ("commit-decided", None),
    ("disarmed", None),
    ("saving", "vpn3640"),
    ("saved", "vpn3640"),
    ("saving", "vpn2611"),
    ("saved", "vpn2611"),
    ("done", None),
]


def ended_right(rehearsal: Any, code: int) -> None:
    """Both devices as before, or both with the verified and saved tunnel; and no reload is pending anywhere."""
    now = rehearsal.configurations()
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")
    if now == rehearsal.before:
        assert code in (20, 66)
        return
    assert code in (0, 66)
    for name in ("vpn2611", "vpn3640"):
        assert "NR-hq-branch" in now["running"][name]
        assert body(now["running"][name]) == body(now["startup"][name])
        assert re.search(r"current outbound spi: [0-9A-F]*[1-9A-F]", rehearsal.lab.exec(name, "show crypto ipsec sa"))


def body(configuration: str) -> list[str]:
    """A configuration without the lines that say how large it is."""
    return [line for line in configuration.splitlines() if line and not line.startswith(("Current conf", "Using ", "Building"))]


def kill_at(rehearsal: Any, process: subprocess.Popen[str], state: str, host: str | None) -> None:
    """kill -9 when the journal has reached the state."""
    rehearsal.wait_for(state, host=host)
    process.kill()
    process.communicate(timeout=30)


@pytest.mark.parametrize(("state", "host"), STATES, ids=lambda value: str(value))
def test_deploy_killed_then_resumed(rehearsal, state: str, host: str | None) -> None:
    """After kill -9 at this state, resume ends 0 or 20, or says that there is nothing to resume, and the devices agree."""
    rehearsal.lab.fault("vpn2611", "slow", "15")
    rehearsal.lab.fault("vpn3640", "slow", "15")
    kill_at(rehearsal, rehearsal.begin("--yes", "--json"), state, host)
    for name in ("vpn2611", "vpn3640"):
        rehearsal.lab.fault(name, "slow", on=False)
    done = rehearsal.nr_run("resume", "--json")
    assert done.code in (0, 20, 66), done.out + done.err
    ended_right(rehearsal, done.code)
    assert rehearsal.nr_run("resume").code == 66


@pytest.mark.parametrize("state", ["armed", "building", "applied", "judged", "commit-decided", "disarmed", "saving"])
def test_rollback_killed_then_resumed(rehearsal, state: str) -> None:
    """A rollback that is killed is resumed too: the tunnel is verified gone or is back, on both ends alike."""
    assert rehearsal.deploy("--yes").code == 0
    with_tunnel = rehearsal.configurations()
    rehearsal.lab.fault("vpn3640", "slow", "15")
    seen = {path.name for path in rehearsal.runs.glob("2*")}
    process = rehearsal.begin_other("rollback", "--yes", "--json")
    rehearsal.wait_for(state, besides=seen)
    process.kill()
    process.communicate(timeout=30)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    done = rehearsal.nr_run("resume", "--json")
    assert done.code in (0, 20), done.out + done.err
    now = rehearsal.configurations()
    if done.code == 0:
        assert now == rehearsal.before
    else:
        assert {name: sorted(body(text)) for name, text in now["running"].items()} == {
            name: sorted(body(text)) for name, text in with_tunnel["running"].items()
        }
    for name in ("vpn2611", "vpn3640"):
        assert "No reload is scheduled" in rehearsal.lab.exec(name, "show reload")
        assert body(now["running"][name]) == body(now["startup"][name])


def test_resume_does_not_end_a_proved_tunnel_for_somebody_elses_line(rehearsal) -> None:
    """A decided run is finished though another operator has changed something else on the device since."""
    kill_at(rehearsal, rehearsal.begin("--yes", "--json"), "commit-decided", None)
    rehearsal.configure("vpn3640", "ip route 10.77.0.0 255.255.0.0 172.18.124.1")
    done = rehearsal.nr_run("resume", "--json")
    assert done.code == 0, done.out + done.err
    running = rehearsal.lab.exec("vpn3640", "show running-config")
    assert "ip route 10.77.0.0" in running
    assert body(running) == body(rehearsal.lab.exec("vpn3640", "show startup-config"))
    assert done.tunnel["verified"] is True


def test_without_resume_the_dead_man_takes_it_back(rehearsal) -> None:
    """When the run is killed in mid-push and nobody comes, both devices reload to what they were before."""
    process = rehearsal.begin("--yes", "--json", "--revert-in", "1")
    kill_at(rehearsal, process, "applied", "vpn3640")
    rehearsal.wait_until(lambda: rehearsal.configurations() == rehearsal.before, seconds=60)


def test_resume_while_the_run_still_lives_is_refused(rehearsal) -> None:
    """A run that is alive holds its devices, so nobody can resume it under its hands."""
    # So slow that the run cannot end before the resume has asked, however busy the machine is.
    rehearsal.lab.fault("vpn2611", "slow", "700")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("recorded")
    second = rehearsal.nr_run("resume", "--json")
    rehearsal.lab.fault("vpn2611", "slow", on=False)
    assert second.code == 75, second.out + second.err
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err


def test_resume_without_the_key_of_the_run_is_refused(rehearsal, tmp_path) -> None:
    """Without the key file the run's secrets cannot be read: one sentence, and nothing is touched."""
    kill_at(rehearsal, rehearsal.begin("--yes", "--json"), "building", "vpn3640")
    done = rehearsal.nr_run("resume", "--json", XDG_CONFIG_HOME=str(tmp_path / "elsewhere"))
    assert done.code == 65, done.out
    assert "key" in json.loads(done.out)["error"]
    assert rehearsal.nr_run("resume", "--json").code == 20
    ended_right(rehearsal, 20)
