"""Each device goes back by the gentlest way that its release has: the plan says which, and nothing is left of it."""

from __future__ import annotations

import json

import pytest

from ..timed_pair import REPLACE, REVERT, TimedPair


def armed(timed: TimedPair) -> dict[str, str]:
    """Device to the timer that the journal says it was armed with."""
    return {line["host"]: line["method"] for line in timed.journal if line["state"] == "arming"}


def test_a_tunnel_is_built_under_both_timers_without_residue(timed: TimedPair) -> None:
    """Revert timer and configure replace are armed, cancelled, and leave nothing in running, startup or flash."""
    code, report = timed.run("deploy-l2l", "--yes")
    assert code == 0, report
    assert armed(timed) == {REVERT: "revert-timer", REPLACE: "configure-replace"}
    timed.assert_no_residue()
    for name in (REVERT, REPLACE):
        assert timed.body(name) == timed.body(name, "startup")
    code, report = timed.run("rollback", "--yes")
    assert code == 0, report
    timed.assert_as_before()


def test_the_timers_are_there_while_the_change_is_made(timed: TimedPair) -> None:
    """While lines are pushed the devices show the revert timer, and kron, reload and copy; startup holds none of it."""
    for name in (REVERT, REPLACE):
        timed.lab.fault(name, "slow", "20")
    process = timed.begin("--yes", "--json")
    timed.wait_for("armed")
    (run,) = {path.name for path in (timed.folder / "runs").glob("2*")}
    assert "User: nr" in timed.shows(REVERT, "show archive config rollback timer")
    assert f"NR-{run}" in timed.shows(REPLACE, "show kron schedule")
    assert f"Reload reason: nr-{run}" in timed.shows(REPLACE, "show reload")
    assert f"nr-{run}.cfg" in timed.shows(REPLACE, "dir flash:")
    assert "c3640" in timed.shows(REPLACE, "dir flash:"), "the image was erased"
    assert not [line for line in timed.body(REPLACE, "startup") if "kron" in line]
    code, report = timed.end(process)
    assert code == 0, report
    timed.assert_no_residue()


def test_the_plan_says_which_timer_and_why_not_a_gentler_one(timed: TimedPair) -> None:
    """Each device has its sentence, and one that cannot use an earlier method says why."""
    timed.lab.fault(REPLACE, "clock-unset")
    done = timed.begin("--plan")
    out, _ = done.communicate(timeout=30)
    assert "rolls itself back after 15 minutes unless confirmed, without a reload: configure terminal revert timer" in out
    assert "RELOADS to its startup configuration after 15 minutes unless confirmed" in out
    assert "the clock was never set" in out
    assert "If nr-run does not confirm the change in time, each device rolls itself back" in out


@pytest.mark.parametrize("fault", ["clock-unset", "flash-full"])
def test_without_clock_or_flash_the_next_method_is_taken(timed: TimedPair, fault: str) -> None:
    """Where kron cannot run, or no copy fits, the reload is the timer, and the tunnel is built all the same."""
    timed.lab.fault(REPLACE, fault)
    code, report = timed.run("deploy-l2l", "--yes")
    assert code == 0, report
    assert armed(timed)[REPLACE] == "reload-in"
    timed.assert_no_residue()


def test_without_archive_a_younger_release_takes_configure_replace(timed: TimedPair) -> None:
    """A 15.4 device with no archive path has no revert timer: it is armed with kron."""
    timed.lab.exec(REVERT, "configure terminal\nno archive")
    timed.lab.exec(REVERT, "write memory")
    code, report = timed.run("deploy-l2l", "--yes")
    assert code == 0, report
    assert armed(timed) == {REVERT: "configure-replace", REPLACE: "configure-replace"}
    timed.assert_no_residue()


@pytest.mark.parametrize(
    ("device", "lines", "words"),
    [
        (REVERT, "configure terminal revert timer 60\nend", "revert timer of 60 minutes is pending, of user lab since"),
        (REVERT, "reload in 90 maintenance\n", "a reload is scheduled already, by lab"),
        (REPLACE, "reload in 90 maintenance\n", "a reload is scheduled already, by lab"),
        (
            REPLACE,
            "configure terminal\nkron policy-list NR-20250101T000000Z-0000\ncli show clock\n"
            "kron occurrence NR-20250101T000000Z-0000 in 600 oneshot\npolicy-list NR-20250101T000000Z-0000",
            "run 20250101T000000Z-0000 has a kron occurrence here",
        ),
    ],
)
def test_a_timer_of_somebody_else_refuses_the_change(timed: TimedPair, device: str, lines: str, words: str) -> None:
    """Revert, reload or kron: what another one armed is named with whose it is, and nothing is touched."""
    timed.lab.exec(device, lines)
    now = timed.configurations()
    code, report = timed.run("deploy-l2l", "--yes", "--accept-unsaved")
    assert code == 13, report
    assert words in report["tunnels"][0]["sentence"]
    assert timed.configurations() == now
    assert not armed(timed)


def test_somebody_arms_a_timer_between_plan_and_arming(timed: TimedPair) -> None:
    """A second revert timer is refused by the device: nothing was touched, the other end is disarmed, and no person is called."""
    timed.lab.fault(REVERT, "slow", "300")
    process = timed.begin("--yes", "--json")
    timed.wait_for("approved")
    timed.lab.exec(REVERT, "configure terminal revert timer 60\nend")
    timed.lab.fault(REVERT, "slow", on=False)
    code, report = timed.end(process)
    assert code == 13, report
    assert "is pending already and is somebody else's; it is left alone" in report["tunnels"][0]["sentence"]
    assert "60" in timed.lab.exec(REVERT, "show archive config rollback timer")
    assert timed.lab.exec(REPLACE, "show reload").startswith("No reload is scheduled")
    timed.lab.exec(REVERT, "configure confirm")
    assert timed.run("deploy-l2l", "--yes")[0] == 0


@pytest.mark.parametrize("reason", ["", " maintenance"], ids=["without a reason", "with a reason"])
def test_somebody_schedules_a_reload_between_plan_and_arming(timed: TimedPair, reason: str) -> None:
    """It is left alone and named, nothing was touched, no person is called: exit 13, and no timer or copy of the run is left."""
    timed.lab.fault(REPLACE, "slow", "300")
    process = timed.begin("--yes", "--json")
    timed.wait_for("approved")
    before = timed.configurations()
    timed.lab.exec(REPLACE, f"reload in 90{reason}\n")
    timed.lab.fault(REPLACE, "slow", on=False)
    code, report = timed.end(process)
    assert code == 13, report
    assert "counts already and is somebody else's; it is left alone" in report["tunnels"][0]["sentence"]
    assert timed.configurations() == before
    assert "nr-" not in timed.lab.exec(REPLACE, "dir flash:")
    assert "Reload scheduled" in timed.lab.exec(REPLACE, "show reload")
    assert "No Rollback" in timed.lab.exec(REVERT, "show archive config rollback timer")
    timed.lab.exec(REPLACE, "reload cancel")
    assert timed.run("deploy-l2l", "--yes")[0] == 0


def test_the_choice_stands_in_the_record(timed: TimedPair) -> None:
    """The run folder alone says how each device goes back, and after how long."""
    code, report = timed.run("deploy-l2l", "--yes", "--revert-in", "20")
    assert code == 0, report
    (path,) = (timed.folder / "runs").glob("2*/hq-branch/record.json")
    members = json.loads(path.read_text())["members"]
    assert {member["host"]: member["rollback_method"] for member in members} == {
        REVERT: {"name": "revert-timer", "minutes": 20},
        REPLACE: {"name": "configure-replace", "minutes": 20},
    }
