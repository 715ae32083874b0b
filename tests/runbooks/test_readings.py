"""What a device showed at the end of one deployment serves the next one, once, and only for some seconds."""

from __future__ import annotations

import pytest

from nr_run.checks.observation import Observation
from nr_run.runbooks.engine import readings
from nr_run.runbooks.engine.readings import Readings
from nr_run.tasks.gather import Snapshot

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


def test_an_old_reading_serves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """After some seconds somebody else may have changed the device: it is read again."""
    kept = Readings()
    kept.share(["hub", "hub"])
    kept.keep(snapshot("hub"))
    monkeypatch.setattr(readings, "FRESH_SECONDS", -1.0)
    assert kept.take("hub") is None
