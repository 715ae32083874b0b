"""Checks of the user's own in a deploy on the lab: they are part of its proof, and one that does not hold rolls all back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

HQ, BRANCH = "vpn2611", "vpn3640"
HOLDS = {"host": HQ, "command": "show ip interface brief", "holds": {"interface": "Ethernet0/0", "protocol": "up"}}
TEXT = {"command": "show version", "matches": "Version 12[.]2"}


def write(rehearsal: Any, *checks: dict[str, Any]) -> None:
    """Give the tunnel these checks."""
    rehearsal.edit("vpn/hq-branch.yaml", "    terminations:\n", f"    checks: {json.dumps(checks)}\n    terminations:\n")


def own(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Device and status of each own check of the one tunnel."""
    findings = report["tunnels"][0]["findings"]
    return [(item["subject"], item["status"]) for item in findings if item["check"] == "own-check"]


def test_checks_that_hold_are_part_of_the_proof(rehearsal) -> None:
    """A deploy whose checks hold is kept, says so of each device that was asked, and again when nothing is to be changed."""
    write(rehearsal, HOLDS, TEXT, {**TEXT, "matches": "Version 15", "when": ["verify"]})
    asked = [(HQ, "ok"), (HQ, "ok"), (BRANCH, "ok")]
    for changed in (True, False):
        done = rehearsal.deploy("--yes", "--json")
        assert (done.code, done.report["changed"]) == (0, changed), done.out + done.err
        assert own(done.report) == asked
    done = rehearsal.deploy("--plan")
    assert "own check on vpn2611" in " ".join(done.out.split()), done.out


@pytest.mark.parametrize(
    ("check", "status", "said"),
    [
        ({**HOLDS, "holds": {"interface": "Ethernet0/0", "protocol": "down"}}, "failed", "found instead: 0 of"),
        ({"command": "show version", "contains": "Version 15"}, "failed", "found instead: "),
        ({"command": "show nothing of the kind", "contains": "%"}, "unverified", "was answered with"),
    ],
    ids=["record", "text", "refused"],
)
def test_one_that_does_not_hold_takes_all_back(
    rehearsal, unchanged: Callable[[], None], check: dict[str, Any], status: str, said: str
) -> None:
    """A check that fails, or that nobody answered, ends as a rollback: both devices are as before, and the sentence says why."""
    write(rehearsal, {**check, "within_seconds": 0})
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 20, done.out + done.err
    assert status in {found for _, found in own(done.report)}
    assert said in done.out
    unchanged()


def test_one_that_holds_a_while_later_is_waited_for(rehearsal) -> None:
    """What does not hold at once is asked for again within its time, and the tunnel is kept when it comes to hold."""
    uptime = {"command": "show clock", "matches": ":[0-5][05][.]"}
    write(rehearsal, {**uptime, "within_seconds": 120})
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert own(done.report) == [(HQ, "ok"), (BRANCH, "ok")]


def test_resume_proves_with_the_checks_of_the_run(rehearsal) -> None:
    """A run that was killed behind its decision is verified again with the checks of its record, whatever the intent says now."""
    write(rehearsal, TEXT)
    for name in (HQ, BRANCH):
        rehearsal.lab.fault(name, "slow", "15")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("commit-decided")
    process.kill()
    process.communicate(timeout=60)
    for name in (HQ, BRANCH):
        rehearsal.lab.fault(name, "slow", on=False)
        rehearsal.lab.fault(name, "refuse-show", "show version")
    rehearsal.edit("vpn/hq-branch.yaml", '"Version 12[.]2"', '"x"')
    done = rehearsal.nr_run("resume", "--json")
    for name in (HQ, BRANCH):
        rehearsal.lab.fault(name, "refuse-show", on=False)
    assert done.code == 20, done.out + done.err
    assert "own-check" in done.out
    assert "Version 12[.]2" in json.loads(done.out)["tunnels"][0]["sentence"]
