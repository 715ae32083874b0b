"""Runs that die, lose a device, or are refused, on devices that go back by revert timer and by configure replace."""

from __future__ import annotations

import pytest

from ..timed_pair import REPLACE, REVERT, TimedPair

BOTH = pytest.mark.parametrize("device", [REVERT, REPLACE], ids=["revert-timer", "configure-replace"])
SHORT = ("--revert-in", "2", "--boot-timeout", "60")


def tunnel(timed: TimedPair, report: dict) -> str:
    """The sentence on the one tunnel."""
    return report["tunnels"][0]["sentence"]


@BOTH
def test_killed_in_mid_push_and_nobody_comes(timed: TimedPair, device: str) -> None:
    """After kill -9 both devices roll back to what they were without a reload, and a resume clears what is left of the timers."""
    timed.lab.fault(device, "slow", "20")
    timed.kill_at("building", "--revert-in", "3", host=device)
    timed.lab.fault(device, "slow", on=False)
    timed.wait_until(lambda: "inactive" not in kron(timed) and timed.configurations() == timed.before)
    assert not timed.has_reloaded(REVERT)
    assert not timed.has_reloaded(REPLACE)
    code, report = timed.run("resume")
    assert code == 20, report
    timed.assert_as_before()


def kron(timed: TimedPair) -> str:
    """What kron has to do on the device that has it, and whether a revert is pending on the other."""
    pending = timed.shows(REVERT, "show archive config rollback timer").replace("Time configured", "inactive")
    return timed.shows(REPLACE, "show kron schedule") + pending


def test_when_nobody_ever_comes_only_a_file_is_left(timed: TimedPair) -> None:
    """The reload behind kron comes as the plan says; after it both devices are as before, and only the copy stays in flash."""
    timed.kill_at("applied", "--revert-in", "1", host=REPLACE)
    timed.wait_until(lambda: timed.has_reloaded(REPLACE) and timed.configurations() == timed.before)
    assert not timed.has_reloaded(REVERT)
    assert "No reload is scheduled" in timed.shows(REPLACE, "show reload")
    code, report = timed.run("resume")
    assert code == 20, report
    timed.assert_as_before()


@pytest.mark.parametrize(
    "state", ["arming", "armed", "building", "switching", "applied", "judged", "commit-decided", "disarmed", "saving", "saved"]
)
def test_killed_then_resumed(timed: TimedPair, state: str) -> None:
    """After kill -9 resume ends 0 or 20, both devices agree, and nothing is pending or left."""
    for name in (REVERT, REPLACE):
        timed.lab.fault(name, "slow", "15")
    timed.kill_at(state)
    for name in (REVERT, REPLACE):
        timed.lab.fault(name, "slow", on=False)
    code, report = timed.run("resume")
    if code == 66:  # both ends are saved at once: the run may have finished before it was killed
        assert state == "saved", report
        code, report = timed.run("deploy-l2l", "--yes")
        assert (code, report["changed"]) == (0, False), report
    assert code in (0, 20), report
    timed.assert_no_residue()
    if code == 20:
        timed.assert_as_before()
    else:
        assert report["tunnels"][0]["verified"] is True
        assert all(timed.body(name) == timed.body(name, "startup") for name in (REVERT, REPLACE))
    assert timed.run("resume")[0] == 66


@BOTH
@pytest.mark.parametrize("line", [2, 6])
def test_management_is_lost(timed: TimedPair, device: str, line: int) -> None:
    """A device that nobody can log in to rolls itself back, without a reload, and both ends are as before."""
    # Entering the revert timer and the lines of kron are lines in configuration mode as well.
    timed.lab.fault(device, "lose-management-after", str(line + (1 if device == REVERT else 5)))
    code, report = timed.run("deploy-l2l", "--yes", *SHORT)
    assert code == 20, report
    timed.assert_as_before()
    assert not timed.has_reloaded(device)


@BOTH
def test_inverse_is_refused(timed: TimedPair, device: str) -> None:
    """Where the inverse is refused and the session lives, the device is made to roll back now, without a reload."""
    other = REPLACE if device == REVERT else REVERT
    timed.lab.fault(REVERT, "refuse-line", "match address")
    timed.lab.fault(other, "refuse-line", "match address")
    timed.lab.fault(device, "refuse-inverse", "crypto")
    code, report = timed.run("deploy-l2l", "--yes")
    assert code == 20, report
    timed.lab.fault(device, "refuse-inverse", on=False)
    timed.assert_as_before()
    assert not timed.has_reloaded(device)


@BOTH
@pytest.mark.parametrize("fault", [("cut-session-after", "7"), ("cut-in-echo", "8"), ("wrong-psk",), ("drop-esp",)])
def test_other_faults_end_as_before(timed: TimedPair, device: str, fault: tuple[str, ...]) -> None:
    """A cut session or an unproved tunnel is rolled back by the inverse, and the timer leaves nothing."""
    timed.lab.fault(device, *fault)
    code, report = timed.run("deploy-l2l", "--yes")
    assert code == 20, report
    timed.assert_as_before()
    assert not timed.has_reloaded(device)


@pytest.mark.parametrize(
    ("device", "text", "left"),
    [
        (REVERT, "configure confirm", "configure confirm did not end the revert timer"),
        (REPLACE, "reload cancel", "the scheduled reload could not be removed"),
        (REPLACE, "delete /force", "the file flash:nr-"),
    ],
)
def test_a_timer_that_cannot_be_called_off(timed: TimedPair, device: str, text: str, left: str) -> None:
    """The verified change is rolled back on both ends, nothing is saved, and a person is told what is pending and how to end
    it."""
    timed.lab.fault(device, "refuse-exec", text)
    code, report = timed.run("deploy-l2l", "--yes")
    assert code == 21, report
    assert left in tunnel(timed, report)
    assert any(device in line for line in report["tunnels"][0]["by_hand"])
    running = {name: timed.body(name) for name in (REVERT, REPLACE)}
    assert all(running[name] == timed.before[f"{name} running"] for name in running)
    assert all(timed.body(name, "startup") == timed.before[f"{name} startup"] for name in running)


def test_a_timer_that_cannot_be_armed(timed: TimedPair) -> None:
    """A device that refuses the timer is not touched, nor is the other, and nothing of a timer stays."""
    timed.lab.fault(REPLACE, "refuse-exec", "copy running-config")
    code, report = timed.run("deploy-l2l", "--yes")
    assert code not in (0, 20, 21), report
    assert report["changed"] is False
    timed.assert_as_before()


def test_a_timer_that_another_one_wound_up_is_left_alone(timed: TimedPair) -> None:
    """When the same user winds the revert timer up from another session, it is not known to be ours: not confirmed, but named."""
    for name in (REVERT, REPLACE):
        timed.lab.fault(name, "slow", "15")
    process = timed.begin("--yes", "--json")
    timed.wait_for("applying", REPLACE)
    other_session(timed, REVERT, "configure revert timer 33")
    for name in (REVERT, REPLACE):
        timed.lab.fault(name, "slow", on=False)
    code, report = timed.end(process)
    assert code in (20, 21), report
    assert "33 min" in tunnel(timed, report)
    assert "Timer value: 33 min" in timed.shows(REVERT, "show archive config rollback timer")
    assert all(timed.body(name) == timed.before[f"{name} running"] for name in (REVERT, REPLACE))


def other_session(timed: TimedPair, device: str, command: str) -> None:
    """The same user at work in a session of their own."""
    from netmiko import ConnectHandler

    place = timed.lab.devices[device]
    with ConnectHandler(
        device_type="cisco_ios",
        host=place.host,
        port=place.port,
        username=(timed.lab.credentials / "device-username").read_text().strip(),
        password=(timed.lab.credentials / "device-password").read_text().strip(),
    ) as connection:
        connection.send_command(command)


@pytest.mark.parametrize("timed", [10], indirect=True)
def test_little_time_is_wound_up_before_the_change_is_decided(timed: TimedPair) -> None:
    """With less than the margin left both timers restart, are verified again, and the tunnel is kept."""
    code, report = timed.run("deploy-l2l", "--yes", "--revert-in", "1")
    assert code == 0, report
    assert sorted(line["host"] for line in timed.journal if line["state"] == "arming") == [REPLACE, REPLACE, REVERT, REVERT]
    timed.assert_no_residue()


@pytest.mark.parametrize("timed", [10], indirect=True)
def test_a_timer_that_cannot_be_wound_up_ends_the_change(timed: TimedPair) -> None:
    """Where little time is left and the device refuses to restart, the change is rolled back on both ends."""
    timed.lab.fault(REVERT, "refuse-exec", "configure revert timer")
    code, report = timed.run("deploy-l2l", "--yes", "--revert-in", "1")
    assert code == 20, report
    assert "commit-decided" not in {line["state"] for line in timed.journal}
    timed.assert_as_before()
