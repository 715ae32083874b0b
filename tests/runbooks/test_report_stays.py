"""What a program reads of a run of deploy-l2l and remove-l2l stays what it is: keys, words and exit codes."""

from __future__ import annotations

from typing import Any

from ..conftest import Done, Rehearsal

REPORT = ["run", "runbook", "outcome", "exit_code", "changed", "folder", "warnings", "tunnels"]
TUNNEL = [
    *("tunnel", "result", "exit_code", "changed", "verified", "message", "devices", "cause", "findings", "manual_steps"),
    *("untested", "retained", "reach"),
    # The names of one release ago, beside them.
    *("sentence", "by_hand", "stays"),
]
DEVICE = ["host", "touched", "changed", "phase_1", "phase_2", "encaps", "decaps", "saved"]


def told(done: Done) -> tuple[Any, ...]:
    """Exit code, outcome, result, whether something was changed, and the message."""
    report = done.report
    assert list(report) == REPORT
    (tunnel,) = report["tunnels"]
    assert list(tunnel) == TUNNEL
    for device in tunnel["devices"]:
        assert list(device) == DEVICE
    assert done.code == report["exit_code"] == tunnel["exit_code"]
    return done.code, report["runbook"], report["outcome"], tunnel["result"], tunnel["changed"], tunnel["message"]


def test_what_a_program_reads(rehearsal: Rehearsal) -> None:
    """Plan, deploy, deploy again, remove and remove again: each report has its keys in their order and its words."""
    pending = "12 objects to add on 2 devices"
    assert told(rehearsal.deploy("--plan", "--json")) == (2, "deploy-l2l", "pending", "pending", False, pending)
    built = rehearsal.deploy("--yes", "--json")
    sentence = "built on both ends, verified up and saved"
    assert told(built) == (0, "deploy-l2l", "ok", "verified", True, sentence)
    near, far = built.tunnel["devices"]
    assert (near["host"], far["host"]) == ("vpn2611", "vpn3640")
    assert (near["phase_1"], near["phase_2"], near["saved"], near["changed"]) == ("QM_IDLE", "1 SA pair", True, True)
    assert near["encaps"] > 0 < far["decaps"]
    sentence = "both ends have this configuration already; the tunnel is verified up"
    assert told(rehearsal.deploy("--yes", "--json")) == (0, "deploy-l2l", "ok", "verified", False, sentence)
    removed = rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes", "--json")
    sentence = "removed from both ends, verified gone and saved"
    assert told(removed) == (0, "remove-l2l", "ok", "verified", True, sentence)
    again = rehearsal.deploy_other("remove-l2l", "hq-branch", "--yes", "--json")
    assert told(again) == (0, "remove-l2l", "ok", "unchanged", False, "neither end has it")
