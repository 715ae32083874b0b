"""Runs that die, lose a device, or are refused, on devices that go back by revert timer and by configure replace."""

from __future__ import annotations

import pytest

from ..fenced import REPLACE, REVERT, Fenced

BOTH = pytest.mark.parametrize("device", [REVERT, REPLACE], ids=["revert-timer", "configure-replace"])
SHORT = ("--dead-man", "2", "--boot-wait", "60")


def tunnel(fenced: Fenced, report: dict) -> str:
    """The sentence on the one tunnel."""
    return report["tunnels"][0]["sentence"]


@BOTH
def test_killed_in_mid_push_and_nobody_comes(fenced: Fenced, device: str) -> None:
    """After kill -9 both devices go back to what they were without a reload, and a resume clears what is left of the fences."""
    fenced.lab.fault(device, "slow", "20")
    fenced.kill_at("building", "--dead-man", "3", host=device)
    fenced.lab.fault(device, "slow", on=False)
    fenced.wait_until(lambda: "inactive" not in kron(fenced) and fenced.configurations() == fenced.before)
    assert not fenced.has_reloaded(REVERT)
    assert not fenced.has_reloaded(REPLACE)
    code, report = fenced.run("resume")
    assert code == 20, report
    fenced.assert_as_before()


def kron(fenced: Fenced) -> str:
    """What kron has to do on the box that has it, and whether a revert is pending on the other."""
    pending = fenced.shows(REVERT, "show archive config rollback timer").replace("Time configured", "inactive")
    return fenced.shows(REPLACE, "show kron schedule") + pending


def test_when_nobody_ever_comes_only_a_file_is_left(fenced: Fenced) -> None:
    """The reload behind kron comes as the plan says; after it both devices are as before, and only the copy stays in flash."""
    fenced.kill_at("applied", "--dead-man", "1", host=REPLACE)
    fenced.wait_until(lambda: fenced.has_reloaded(REPLACE) and fenced.configurations() == fenced.before)
    assert not fenced.has_reloaded(REVERT)
    assert "No reload is scheduled" in fenced.shows(REPLACE, "show reload")
    code, report = fenced.run("resume")
    assert code == 20, report
    fenced.assert_as_before()


@pytest.mark.parametrize(
    "state", ["arming", "armed", "building", "switching", "applied", "judged", "commit-decided", "disarmed", "saving", "saved"]
)
def test_killed_then_resumed(fenced: Fenced, state: str) -> None:
    """After kill -9 resume ends 0 or 20, both devices agree, and nothing is pending or left."""
    for name in (REVERT, REPLACE):
        fenced.lab.fault(name, "slow", "15")
    fenced.kill_at(state)
    for name in (REVERT, REPLACE):
        fenced.lab.fault(name, "slow", on=False)
    code, report = fenced.run("resume")
    if code == 66:  # both ends are saved at once: the run may have come to its end before it was killed
        assert state == "saved", report
        code, report = fenced.run("deploy-l2l", "--yes")
        assert (code, report["changed"]) == (0, False), report
    assert code in (0, 20), report
    fenced.assert_no_residue()
    if code == 20:
        fenced.assert_as_before()
    else:
        assert report["tunnels"][0]["verified"] is True
        assert all(fenced.body(name) == fenced.body(name, "startup") for name in (REVERT, REPLACE))
    assert fenced.run("resume")[0] == 66


@BOTH
@pytest.mark.parametrize("line", [2, 6])
def test_management_is_lost(fenced: Fenced, device: str, line: int) -> None:
    """A device that nobody can log in to goes back by itself, without a reload, and both ends are as before."""
    # Entering the revert timer and the lines of kron are lines in configuration mode as well.
    fenced.lab.fault(device, "lose-management-after", str(line + (1 if device == REVERT else 5)))
    code, report = fenced.run("deploy-l2l", "--yes", *SHORT)
    assert code == 20, report
    fenced.assert_as_before()
    assert not fenced.has_reloaded(device)


@BOTH
def test_inverse_is_refused(fenced: Fenced, device: str) -> None:
    """Where the inverse is refused and the session lives, the device is made to go back at once, without a reload."""
    other = REPLACE if device == REVERT else REVERT
    fenced.lab.fault(REVERT, "refuse-line", "match address")
    fenced.lab.fault(other, "refuse-line", "match address")
    fenced.lab.fault(device, "refuse-inverse", "crypto")
    code, report = fenced.run("deploy-l2l", "--yes")
    assert code == 20, report
    fenced.lab.fault(device, "refuse-inverse", on=False)
    fenced.assert_as_before()
    assert not fenced.has_reloaded(device)


@BOTH
@pytest.mark.parametrize("fault", [("cut-session-after", "7"), ("cut-in-echo", "8"), ("wrong-psk",), ("drop-esp",)])
def test_other_faults_end_as_before(fenced: Fenced, device: str, fault: tuple[str, ...]) -> None:
    """A cut session or an unproved tunnel is taken back by the inverse, and the fence leaves nothing."""
    fenced.lab.fault(device, *fault)
    code, report = fenced.run("deploy-l2l", "--yes")
    assert code == 20, report
    fenced.assert_as_before()
    assert not fenced.has_reloaded(device)


@pytest.mark.parametrize(
    ("device", "text", "left"),
    [
        (REVERT, "configure confirm", "configure confirm did not end the revert timer"),
        (REPLACE, "reload cancel", "the scheduled reload could not be taken away"),
        (REPLACE, "delete /force", "the file flash:nr-"),
    ],
)
def test_a_fence_that_cannot_be_called_off(fenced: Fenced, device: str, text: str, left: str) -> None:
    """The proved change is taken back on both ends, nothing is saved, and a person is told what is pending and how to end it."""
    fenced.lab.fault(device, "refuse-exec", text)
    code, report = fenced.run("deploy-l2l", "--yes")
    assert code == 21, report
    assert left in tunnel(fenced, report)
    assert any(device in line for line in report["tunnels"][0]["by_hand"])
    running = {name: fenced.body(name) for name in (REVERT, REPLACE)}
    assert all(running[name] == fenced.before[f"{name} running"] for name in running)
    assert all(fenced.body(name, "startup") == fenced.before[f"{name} startup"] for name in running)


def test_a_fence_that_cannot_be_armed(fenced: Fenced) -> None:
    """A device that refuses the timer is not touched, nor is the other, and nothing of a fence stays."""
    fenced.lab.fault(REPLACE, "refuse-exec", "copy running-config")
    code, report = fenced.run("deploy-l2l", "--yes")
    assert code not in (0, 20, 21), report
    assert report["changed"] is False
    fenced.assert_as_before()


def test_a_timer_that_another_one_wound_up_is_left_alone(fenced: Fenced) -> None:
    """When the same user winds the revert timer up from another session, it is not known to be ours: not confirmed, but named."""
    for name in (REVERT, REPLACE):
        fenced.lab.fault(name, "slow", "15")
    process = fenced.begin("--yes", "--json")
    fenced.wait_for("applying", REPLACE)
    other_session(fenced, REVERT, "configure revert timer 33")
    for name in (REVERT, REPLACE):
        fenced.lab.fault(name, "slow", on=False)
    code, report = fenced.end(process)
    assert code in (20, 21), report
    assert "33 min" in tunnel(fenced, report)
    assert "Timer value: 33 min" in fenced.shows(REVERT, "show archive config rollback timer")
    assert all(fenced.body(name) == fenced.before[f"{name} running"] for name in (REVERT, REPLACE))


def other_session(fenced: Fenced, device: str, command: str) -> None:
    """The same user at work in a session of their own."""
    from netmiko import ConnectHandler

    place = fenced.lab.devices[device]
    with ConnectHandler(
        device_type="cisco_ios",
        host=place.host,
        port=place.port,
        username=(fenced.lab.credentials / "device-username").read_text().strip(),
        password=(fenced.lab.credentials / "device-password").read_text().strip(),
    ) as connection:
        connection.send_command(command)


@pytest.mark.parametrize("fenced", [10], indirect=True)
def test_little_time_is_wound_up_before_the_change_is_decided(fenced: Fenced) -> None:
    """With less than the margin left both fences count anew, are proved again, and the tunnel is kept."""
    code, report = fenced.run("deploy-l2l", "--yes", "--dead-man", "1")
    assert code == 0, report
    assert sorted(line["host"] for line in fenced.journal if line["state"] == "arming") == [REPLACE, REPLACE, REVERT, REVERT]
    fenced.assert_no_residue()


@pytest.mark.parametrize("fenced", [10], indirect=True)
def test_a_fence_that_cannot_be_wound_up_ends_the_change(fenced: Fenced) -> None:
    """Where little time is left and the device refuses to count anew, the change is taken back on both ends."""
    fenced.lab.fault(REVERT, "refuse-exec", "configure revert timer")
    code, report = fenced.run("deploy-l2l", "--yes", "--dead-man", "1")
    assert code == 20, report
    assert "commit-decided" not in {line["state"] for line in fenced.journal}
    fenced.assert_as_before()
