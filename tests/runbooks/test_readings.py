"""What a device showed at the end of one deployment serves the next one, once, and only for some seconds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from nr_run.checks.observations.observation import Observation
from nr_run.runbooks.engine.plans import readings
from nr_run.runbooks.engine.plans.planning import DeploymentPlan
from nr_run.runbooks.engine.plans.readings import Readings
from nr_run.runbooks.engine.runbook import _read_now
from nr_run.runbooks.safe_change import safe_change
from nr_run.services.registry import find
from nr_run.services.safe_change import Hosts
from nr_run.tasks.gather import Snapshot

from ..tasks.test_netmiko_connection import plain
from ..warm import start_lab

RUNNING = "version 12.4\nhostname hub\nline vty 0 4\nend\n"


def snapshot(host: str) -> Snapshot:
    """What a router showed."""
    outputs = {"show running-config": RUNNING, "show startup-config": RUNNING}
    return Snapshot(host, outputs, Observation(host, "2026-11-30T00:00:00Z", "ios", {}))


def test_a_reading_serves_once() -> None:
    """It is kept for a device that several deployments are on, and gone when one has begun with it."""
    kept = Readings()
    kept.share(["hub", "branch1", "hub", "branch2"])
    seen = snapshot("hub")
    kept.keep(seen)
    kept.keep(snapshot("branch1"))
    assert kept.take("branch1") is None
    assert kept.take("hub") is seen
    assert kept.take("hub") is None


def test_a_reading_is_old_when_this_machine_has_slept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop that was closed has a monotonic clock that stood still: others have had the hour in which it slept."""
    kept = Readings()
    kept.share(["hub", "hub"])
    kept.begin()
    kept.keep(snapshot("hub"))
    assert (kept.has("hub"), kept.first_serves(["branch"])) == (True, True)
    awake = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda which: awake(which) + 3600 * (which == time.CLOCK_BOOTTIME))
    assert (kept.has("hub"), kept.first_serves(["branch"]), kept.first_serves(["hub"], leads=True)) == (False, False, False)
    assert kept.take("hub") is None


def test_a_reading_that_ages_while_another_device_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other device of a deployment is slow to be read: what the hub showed before that is read again, as it is now."""
    monkeypatch.setattr(readings, "FRESH_SECONDS", 1.0)
    with start_lab(tmp_path / "lab", devices={"old": "vpn2611", "young": "c8000v-17"}, speed=20) as lab:
        nornir = plain(lab, "young", "old")
        with safe_change(nornir, ["young", "old"], runs=tmp_path / "runs") as change:
            change.push(dict.fromkeys(("young", "old"), "ip access-list extended MINE\n permit ip host 192.0.2.1 any\n"))
            assert change.recorded is not None
            context, members = change.recorded
            approved = DeploymentPlan(find("safe-change").deployment(Hosts(("young", "old"))), members)
            old = members[0].snapshot
            context.readings.share(["young", "young"])
            context.readings.keep(old)
            assert _read_now(context, approved)["old"] is not members[1].snapshot
            context.readings.keep(old)
            lab.fault("old", "slow", "1500")
            now = _read_now(context, approved)
            lab.fault("old", "slow", on=False)
            assert set(now) == {"young", "old"}
            assert "MINE" in now["young"].running.text
        nornir.close_connections()


def test_an_old_reading_serves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some seconds somebody else may have changed the device: it is read again."""
    kept = Readings()
    kept.share(["hub", "hub"])
    kept.keep(snapshot("hub"))
    monkeypatch.setattr(readings, "FRESH_SECONDS", -1.0)
    assert kept.take("hub") is None


def test_the_first_reading_serves_who_begins_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who begins within seconds goes by what its devices showed first, unless another one is on one of them."""
    kept = Readings()
    assert not kept.first_serves(["branch1"])
    kept.begin()
    kept.share(["hub", "branch1", "hub", "branch2", "east", "west"])
    assert kept.first_serves(["east", "west"])
    assert not kept.first_serves(["hub", "branch1"])
    monkeypatch.setattr(readings, "FRESH_SECONDS", -1.0)
    assert not kept.first_serves(["east", "west"])
    assert kept.first_serves(["hub", "branch1"], leads=True)
    monkeypatch.setattr(readings, "FIRST_SECONDS", -1.0)
    assert not kept.first_serves(["hub", "branch1"], leads=True), "reading all of them took minutes"
