"""rollback, remove-l2l, runs and show: what was built goes again, exactly, and what others use stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nr_run.parsers import parse


def test_rollback_brings_back_every_byte(rehearsal, unchanged: Callable[[], None]) -> None:
    """Rollback of a deploy needs its run folder alone, and leaves both devices as they were, startup included."""
    assert rehearsal.deploy("--yes").code == 0
    for file in rehearsal.inventory.rglob("*.yaml"):
        file.unlink()
    plan = rehearsal.nr_run("rollback", "--plan", "--detail")
    assert plan.code == 2, plan.err
    assert "no crypto map clientmap 1" in plan.out
    done = rehearsal.nr_run("rollback", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    unchanged()


def test_rollback_of_a_removal_builds_and_proves_again(rehearsal) -> None:
    """What remove-l2l took away, rollback builds again, and verifies it with traffic."""
    assert rehearsal.deploy("--yes").code == 0
    assert rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes").code == 0
    done = rehearsal.nr_run("rollback", "--yes", "--json")
    assert (done.code, done.tunnel["verified"]) == (0, True), done.out + done.err
    assert rehearsal.deploy("--yes", "--json").report["changed"] is False


def test_rollback_twice_is_refused(rehearsal, unchanged: Callable[[], None]) -> None:
    """What is gone already is not taken away again: exit 13 and the object's name."""
    assert rehearsal.deploy("--yes").code == 0
    (run,) = (path.name for path in rehearsal.runs.glob("2*"))
    assert rehearsal.nr_run("rollback", run, "--yes").code == 0
    again = rehearsal.nr_run("rollback", run, "--yes", "--json")
    assert again.code == 13, again.out
    assert "not there any more" in again.tunnel["sentence"]
    unchanged()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ("ip access-list extended NR-hq-branch", "permit ip 10.10.10.0 0.0.0.255 10.99.0.0 0.0.255.255"),
            "access-list NR-hq-branch",
        ),
        (("crypto dynamic-map dynmap 10", "set transform-set NR-hq-branch"), "NR-hq-branch"),
        (("crypto map clientmap 1 ipsec-isakmp", "set peer 192.0.2.1"), "crypto-map-entry clientmap 1"),
    ],
)
def test_rollback_is_refused_when_a_box_has_moved_on(rehearsal, lines: tuple[str, ...], said: str) -> None:
    """When somebody has changed or used what the run made, nothing is taken away and the object is named."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.configure("vpn2611", *lines, "write memory")
    now = rehearsal.configurations()
    done = rehearsal.nr_run("rollback", "--yes", "--json")
    assert done.code in (13, 20), done.out + done.err
    assert said in done.tunnel["sentence"]
    assert rehearsal.configurations() == now


def test_remove_leaves_what_others_use(rehearsal) -> None:
    """remove-l2l takes the tunnel from both devices; policy 3, the bound map and the VPN client of the 2611 stay."""
    assert rehearsal.deploy("--yes").code == 0
    done = rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    running = rehearsal.lab.exec("vpn2611", "show running-config")
    assert "NR-" not in running
    assert "172.18.124.199" not in running
    assert "crypto isakmp policy 3" in running
    assert "  crypto map clientmap" not in running
    assert "\n crypto map clientmap\n" in running.replace("\r", "")
    assert rehearsal.lab.exec("vpn3640", "show running-config") == rehearsal.before["running"]["vpn3640"]
    flows = parse("ios", "show crypto ipsec sa", rehearsal.lab.exec("vpn2611", "show crypto ipsec sa")).state
    assert any(str(flow.peer) == "64.102.55.142" and flow.sas for flow in flows)
    again = rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes", "--json")
    assert (again.code, again.report["changed"]) == (0, False)


@pytest.mark.parametrize(("device", "line"), [("vpn3640", "no crypto map NR-MAP 10"), ("vpn2611", "no ip access-list")])
def test_a_removal_that_is_cut_is_put_back(rehearsal, device: str, line: str) -> None:
    """When the session is cut in the middle of a removal, the tunnel is rolled back on both ends."""
    assert rehearsal.deploy("--yes").code == 0
    now = rehearsal.configurations()["running"]
    rehearsal.lab.fault(device, "cut-session-after", "4")
    done = rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes", "--json")
    assert done.code == 20, done.out + done.err
    after = rehearsal.configurations()["running"]
    assert {name: sorted(text.splitlines()) for name, text in after.items()} == {
        name: sorted(text.splitlines()) for name, text in now.items()
    }
    assert rehearsal.deploy("--yes", "--json").tunnel["verified"] is True


def test_runs_and_show_tell_what_was(rehearsal) -> None:
    """runs lists every run with its outcome, show prints the recap again, and an unknown run exits 66."""
    rehearsal.deploy("--plan")
    rehearsal.deploy("--yes")
    listed = rehearsal.nr_run("runs", "--json")
    assert [(run["outcome"], run["exit_code"]) for run in listed.documents] == [("pending", 2), ("ok", 0)]
    assert "hq-branch: verified" in rehearsal.nr_run("show").out
    assert rehearsal.nr_run("show", "nothing").code == 66
    assert rehearsal.nr_run("resume").code == 66


def test_somebody_elses_reload_is_respected(rehearsal, unchanged: Callable[[], None]) -> None:
    """A device with a scheduled reload of somebody else is not changed, and the reload stays scheduled."""
    with rehearsal.operator("vpn3640") as other:
        other.write_channel("reload in 30 maintenance\n")
        other.read_until_pattern(r"confirm")
        other.write_channel("\n")
        other.read_until_prompt()
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 13, done.out + done.err
    assert "maintenance" in done.tunnel["sentence"]
    assert "maintenance" in rehearsal.lab.exec("vpn3640", "show reload")
    unchanged()


def test_ends_that_did_not_agree_cannot_be_proved_again(rehearsal) -> None:
    """Ends that differ had no form that could be verified: nothing is removed from it, a deploy fixes it, and stays as it is."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.configure("vpn3640", "crypto ipsec transform-set NR-hq-branch esp-3des esp-md5-hmac", "write memory")
    apart = rehearsal.configurations()
    gone = rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes", "--json")
    assert "exists in another form that cannot be parsed reliably" in gone.out + gone.err
    assert gone.code == 65, gone.out + gone.err
    assert rehearsal.configurations() == apart
    mended = rehearsal.deploy("--yes", "--json")
    assert (mended.code, mended.tunnel["verified"]) == (0, True), mended.out + mended.err
    now = rehearsal.configurations()
    back = rehearsal.nr_run("rollback", "--yes", "--json")
    assert "the form before that run cannot be parsed reliably" in back.out + back.err
    assert back.code == 13, back.out + back.err
    assert rehearsal.configurations() == now
