"""Packets of full size: a tunnel that passes small ones alone is not healthy, and what was never meant to pass is no alarm."""

from __future__ import annotations

from ..conftest import DEVICES
from .conftest import Faults
from .estate import Estate

HQ, BRANCH = DEVICES


def test_large_packets_that_are_lost_are_told(deployed: Estate, fault: Faults) -> None:
    """Small pings pass and large ones do not: degraded with its cause and remedy, within six round trips, also from idle."""
    deployed.verdict()
    fault(BRANCH, "path-mtu", "1400")
    for clear in (False, True):
        if clear:
            deployed.clear()
        code, report = deployed.verify()
        (verdict,) = report["verdicts"]
        assert (code, verdict["word"], verdict["known_by"]) == (12, "degraded", "probe"), verdict
        assert [cause["id"] for cause in verdict["causes"]] == ["mtu"]
        assert "adjust-mss" in verdict["causes"][0]["remedy"]
        assert "none of 2 of full size" in verdict["sentence"]
        assert all(device["round_trips"] <= 6 for device in report["devices"])


def test_a_path_that_takes_them_is_healthy(deployed: Estate, fault: Faults) -> None:
    """A path that is narrower than the segment and takes what passes a tunnel is up; so is one without a limit."""
    for most in ("1480", "1500"):
        fault(BRANCH, "path-mtu", most)
        code, verdict = deployed.verdict()
        assert (code, verdict["word"], verdict["known_by"]) == (0, "up", "probe"), verdict


def test_a_lowered_mss_is_believed(deployed: Estate, fault: Faults) -> None:
    """Where the MSS is lowered so that what is sent passes a narrow path, nothing larger is tried."""
    fault(BRANCH, "path-mtu", "1400")
    inside = "interface Ethernet0/1"
    for device in DEVICES:
        deployed.configure(device, inside, "ip tcp adjust-mss 1260", "exit")
    try:
        _, verdict = deployed.verdict()
        assert (verdict["word"], verdict["known_by"]) == ("up", "probe"), verdict
    finally:
        for device in DEVICES:
            deployed.configure(device, inside, "no ip tcp adjust-mss", "exit")


def test_nothing_large_is_sent_without_a_probe(deployed: Estate, fault: Faults) -> None:
    """With --no-probe a narrow path is not found, and the verdict says that it rests on tables."""
    deployed.verdict()
    fault(BRANCH, "path-mtu", "1400")
    _, verdict = deployed.verdict("--no-probe")
    assert (verdict["word"], verdict["known_by"]) == ("up", "tables")
