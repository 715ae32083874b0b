"""Checks of the user's own in a verification of the lab: up, degraded where one does not hold, unverified where not known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ..conftest import DEVICES
from .conftest import Faults
from .estate import TUNNEL, Estate

HQ, BRANCH = DEVICES
HOLDS = {"host": HQ, "command": "show ip interface brief", "holds": {"interface": "Ethernet0/0", "protocol": "up"}}


@pytest.fixture
def checks(deployed: Estate) -> Iterator[Any]:
    """Gives the tunnel checks, which are gone again behind the test."""
    path = deployed.inventory / "vpn" / f"{TUNNEL}.yaml"
    text = path.read_text()

    def write(*given: dict[str, Any]) -> None:
        path.write_text(text.replace("    terminations:\n", f"    checks: {json.dumps(given)}\n    terminations:\n"))

    yield write
    path.write_text(text)


def test_up_where_they_hold_and_degraded_where_one_does_not(deployed: Estate, checks: Any) -> None:
    """A tunnel that works is up with checks that hold, degraded with the sentence of one that does not, by the probe still."""
    checks(HOLDS, {"command": "show version", "contains": "Version 15", "when": ["deploy"]})
    code, verdict = deployed.verdict()
    assert (code, verdict["word"], verdict["healthy"]) == (0, "up", True), verdict
    assert [item["status"] for item in verdict["findings"] if item["check"] == "own-check"] == ["ok"]
    checks({**HOLDS, "holds": {"interface": "Ethernet0/0", "protocol": "down"}})
    code, verdict = deployed.verdict()
    assert (code, verdict["word"], verdict["known_by"], verdict["healthy"]) == (12, "degraded", "probe", False)
    assert f"{HQ}: own check does not hold" in verdict["sentence"]
    assert "found instead" in verdict["sentence"]


@pytest.mark.parametrize("how", ["refuse-show", "empty-show", "garble-show"])
def test_what_was_not_answered_is_unverified(deployed: Estate, checks: Any, fault: Faults, how: str) -> None:
    """A refused, empty or garbled answer to a check leaves a tunnel that works unverified, also where nothing has to be there."""
    checks({**HOLDS, "holds": {"interface": "Tunnel9"}, "count": {"at_most": 0}})
    assert deployed.verdict()[1]["word"] == "up"
    fault(HQ, how, "show ip interface brief")
    code, verdict = deployed.verdict()
    assert (code, verdict["word"]) == (12, "unverified"), verdict
    assert "own check" in verdict["sentence"]


def test_they_cost_no_round_trip(deployed: Estate, checks: Any) -> None:
    """With checks a device answers as many exchanges as without: they go along with what is asked anyway."""
    deployed.verdict()
    trips = []
    for given in ((), (HOLDS, {"command": "show clock", "matches": "[0-9]:[0-9]"})):
        checks(*given)
        _, report = deployed.verify()
        trips.append({device["host"]: device["round_trips"] for device in report["devices"]})
    assert trips[0] == trips[1]
