"""Does traffic move to the backup and come back: measured in the lab, and told where it does not."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from .. import warm
from ..docs.documents import ROOT
from ..services.zia.sites import HOST
from .ground import ALWAYS, BACKUP, INTENT, NAME, NR_RUN, PRIMARY, SPEED, Site, deployed_site

PRIMARY_HOP, BACKUP_HOP = "192.168.253.2", "192.168.253.6"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests; each leaves it as it was."""
    with deployed_site(tmp_path_factory.mktemp("failover")) as site:
        yield site


@pytest.fixture
def site(deployed: Site) -> Iterator[Site]:
    """The site in order; what a test leaves behind is asked of the router."""
    deployed.begin_case()
    yield deployed
    assert deployed.is_as_before()
    whole(deployed)


def whole(site: Site) -> None:
    """Wait until the primary leads, and both tunnels work, as before."""
    site.wait_until(lambda: site.is_whole() and site.leads() == PRIMARY_HOP)


@contextmanager
def slow(site: Site) -> Iterator[None]:
    """The router answers late, so that what a test does in between comes in time."""
    site.fault(HOST, "slow", "50")
    try:
        yield
    finally:
        site.fault(HOST, "slow", on=False)


def moments(site: Site) -> dict[str, float]:
    """When the journal reached each state first, in our seconds."""
    found: dict[str, float] = {}
    for line in site.journal():
        found.setdefault(line["state"], datetime.fromisoformat(line["time"]).timestamp())
    return found


def test_both_directions_are_measured(site: Site) -> None:
    """Traffic moves and comes back in seconds of the router's clock, what was lost is counted, and the router is as before."""
    code, found, sentence = site.test()
    assert (code, found["result"], found["changed"]) == (0, "verified", False), sentence
    measured = found["measured"]
    assert (measured["away"]["documented_seconds"], measured["back"]["documented_seconds"]) == (122.0, 182.0)
    for way in ("away", "back"):
        assert 0 <= measured[way]["at_least_seconds"] <= measured[way]["at_most_seconds"]
        assert f"{measured[way]['at_least_seconds']:.0f} to {measured[way]['at_most_seconds']:.0f} seconds" in sentence
    assert [words.partition(":")[0] for words in measured["lost"]][-2:] == ["primary", "backup"]
    assert "what was sent is lost" in measured["lost"][0]
    assert "backup: 0 of " in sentence
    took = moments(site)
    ours = took["moved"] - took["applied"]
    assert measured["away"]["at_least_seconds"] <= ours * SPEED + 1, "no longer than it took, in the clock of the router"
    assert measured["away"]["at_most_seconds"] >= ours * SPEED / 4, "and not in our clock"
    states = list(took)
    assert [s for s in states if s in ("armed", "applied", "moved", "rolling-back", "disarmed", "back", "rolled-back")] == [
        *("armed", "applied", "moved", "rolling-back", "disarmed", "back", "rolled-back")
    ]


def test_a_test_over_processes_of_its_own_is_measured_alike(site: Site) -> None:
    """The router is reached from another process, and the clock is still the one of the command."""
    code, found, sentence = site.test("--processes", "2", rehearsal=False)
    assert (code, found["result"]) == (0, "verified"), sentence
    for way in ("away", "back"):
        assert 0 <= found["measured"][way]["at_least_seconds"] <= found["measured"][way]["at_most_seconds"]


def test_a_backup_that_dies_meanwhile_ends_the_test(site: Site) -> None:
    """The primary is brought up again at once, and the evidence names the backup."""
    with slow(site):
        process = site.begin_test()
        site.wait_for(process, "applying")
        site.fault(BACKUP, "down")
    code, found, sentence = site.told(process)
    assert (code, found["result"]) == (20, "rolled-back"), sentence
    assert "the test was stopped, because the path that should carry traffic does not: backup: " in sentence
    assert "traffic is back on primary FRA4" in sentence
    assert found["measured"]["away"] is None
    site.fault(BACKUP, "down", on=False)


def test_a_primary_that_does_not_come_back_needs_a_person(site: Site) -> None:
    """The configuration is as before and traffic is not: that is no success, and the sentence says what is wrong."""
    with slow(site):
        process = site.begin_test()
        site.wait_for(process, "moved")
        site.fault(PRIMARY, "down")
    code, found, sentence = site.told(process)
    assert (code, found["result"]) == (21, "rollback-incomplete"), sentence
    assert any("traffic is not back on primary FRA4 198.51.100.10" in words for words in found["by_hand"]), found["by_hand"]
    assert site.leads() == BACKUP_HOP
    site.fault(PRIMARY, "down", on=False)


def test_traffic_that_does_not_move_is_told_with_its_evidence(site: Site) -> None:
    """A track that waits too long keeps the route map on the primary: after the documented time all of it is rolled back."""
    with slow(site):
        process = site.begin_test()
        site.wait_for(process, "watching", towards="backup")
        assert "%" not in site.lab.exec(HOST, "configure terminal\ntrack 1 ip sla 1 reachability\ndelay down 180 up 1")
    code, found, sentence = site.told(process)
    site.lab.exec(HOST, "configure terminal\ntrack 1 ip sla 1 reachability\ndelay down 1 up 1")
    assert code == 20, sentence
    assert "traffic has not moved to backup AMS2 198.51.100.20" in sentence
    assert any("its track is up, about to be down" in item["sentence"] for item in found["findings"]), found["findings"]


def test_ctrl_c_in_the_middle_brings_the_primary_up_again(site: Site) -> None:
    """The wish to stop rolls the change back, and traffic is watched coming back all the same."""
    with slow(site):
        process = site.begin_test()
        site.wait_for(process, "watching", towards="backup")
        process.send_signal(signal.SIGINT)
    code, found, sentence = site.told(process)
    assert (code, found["result"]) == (20, "rolled-back"), sentence
    assert "stopped by the operator" in sentence
    assert "traffic is back on primary FRA4" in sentence


def test_a_backup_that_is_not_proved_is_not_tried(site: Site) -> None:
    """Nothing is sent where the backup does not work, and the refusal says what does not."""
    site.fault(BACKUP, "no-ping")
    site.wait_until(lambda: "[down]" in site.lab.exec(HOST, "show route-map"))
    code, _, sentence = site.test()
    site.fault(BACKUP, "no-ping", on=False)
    assert code == 13, sentence
    assert "is not taken down, because not everything was verified beforehand" in sentence
    assert "backup: its track is down" in sentence
    assert "applying" not in moments(site)


def test_a_router_that_is_not_as_intended_is_not_tried(site: Site) -> None:
    """What is built otherwise than the intent says is deployed first: its test would prove something else."""
    other = INTENT.replace("timeout_milliseconds: 60000", "timeout_milliseconds: 50000") + ALWAYS
    path = site.folder / "inventory" / "zia.yaml"
    path.write_text(other)
    code, _, sentence = site.test()
    path.write_text(INTENT + ALWAYS)
    assert code in (13, 65), sentence
    assert "applying" not in moments(site)


def test_outside_a_window_it_is_refused_and_planned(site: Site) -> None:
    """Without an open window nothing is done; it may be looked at, and done where a person says so, which the journal keeps."""
    path = site.folder / "inventory" / "zia.yaml"
    path.write_text(INTENT)
    try:
        code, _, sentence = site.test(rehearsal=False)
        assert code == 13, sentence
        assert "the intent gives it no maintenance window" in sentence
        code, report = site.run("failover-test", NAME, "--plan")
        assert (code, report["tunnels"][0]["result"]) == (2, "pending")
        assert any("no maintenance window" in words for words in report["warnings"])
        assert "applying" not in moments(site)
        code, _, sentence = site.test("--outside-window", rehearsal=False)
        assert code == 0, sentence
        assert "outside-window" in moments(site)
    finally:
        path.write_text(INTENT + ALWAYS)


def test_a_timer_that_would_fire_meanwhile_is_refused(site: Site) -> None:
    """The rollback timer has to outlast the time in which traffic may move."""
    code, _, sentence = site.test("--revert-in", "2")
    assert code == 64, sentence
    assert "--revert-in 2 would fire while traffic may still move" in sentence
    assert "applying" not in moments(site)


@pytest.mark.parametrize(
    ("name", "words"),
    [("hq-branch", "which has one path: there is no backup to move to"), ("shopp", "did you mean shop?")],
)
def test_what_has_no_backup_is_told_before_anybody_is_asked(site: Site, name: str, words: str) -> None:
    """A tunnel has one path, and a name that is nobody's has none: said from the inventory alone."""
    process = warm.Process(
        [
            NR_RUN,
            "failover-test",
            name,
            "--plan",
            "--json",
            "--inventory",
            str(ROOT / "inventory"),
            "--runs",
            str(site.folder / "no"),
        ],
        site.environment,
    )
    code, report = site.end(process)
    assert (code, words in report["error"]) == (66, True), report
