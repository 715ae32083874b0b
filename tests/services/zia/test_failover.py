"""By which tunnel a site's hosts go while its primary is taken down, judged by what the router shows."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.changes.objects import read
from nr_run.checks.finding import Status, proved
from nr_run.inventory.errors import ChangeError, NrRunError
from nr_run.runbooks.engine.failover_test.failover_watch import with_backup
from nr_run.services.safe_change import SAFE_CHANGE
from nr_run.services.zia.deployment import deployment_of
from nr_run.services.zia.failover import carrying, failover_of, lost, taken_down

from .planned import deployed
from .shown import Router
from .sites import BARE, site

#: The primary is down as a shut interface is, and the backup has the lead.
MOVED: dict[str, Any] = {
    "ike": {2: "READY"},
    "sas": frozenset({2}),
    "tracks": {1: "Down", 2: "Up"},
    "codes": {1: "Timeout", 2: "OK"},
    "hops": {1: "down", 2: "up"},
}
BEFORE = Router()


def risen(router: Router) -> Router:
    """The same with more packets through both tunnels."""
    shown = router.seen().outputs["show crypto ipsec sa"]
    more = shown.replace("encaps: 9", "encaps: 12").replace("decaps: 9", "decaps: 11")
    return router.but(more={**router.more, "show crypto ipsec sa": more})


def against(router: Router) -> list[str]:
    """What keeps traffic from having moved."""
    found = carrying(deployment_of(router.wanted), [BEFORE.seen()], [router.seen()])
    return [item.sentence for item in found.moved if item.status is not Status.OK]


def test_traffic_has_moved() -> None:
    """The primary is away, the backup has the lead and SAs, and its counters have risen both ways."""
    assert against(risen(BEFORE.but(**MOVED))) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"sas": frozenset({1, 2})}, "primary: Tunnel1 has still SAs with 198.51.100.10"),
        ({"tracks": {1: "Up", 2: "Up"}}, "primary: its track is up"),
        ({"hops": {1: "up", 2: "up"}}, "the route map leads to 192.168.253.2, and the backup is 192.168.253.6"),
        ({"hops": {1: "down", 2: "down"}}, "the route map leads to no next hop, and the backup is 192.168.253.6"),
        ({"ike": {}}, "backup: 198.51.100.20 is not up (no IKEv2 SA)"),
        ({"codes": {1: "Timeout", 2: "Timeout"}}, "backup: 203.0.113.20 does not answer (Timeout)"),
    ],
)
def test_it_has_not_moved(wrong: dict[str, Any], words: str) -> None:
    """Each thing alone is enough, and is told."""
    assert words in against(risen(BEFORE.but(**{**MOVED, **wrong})))


def test_counters_that_stand_still_prove_nothing() -> None:
    """A lead without a packet through the backup is no traffic that has moved."""
    assert against(BEFORE.but(**MOVED)) == ["backup: 0 packets out and 0 back through Tunnel2 since the test began"]


def test_what_is_not_read_is_neither_moved_nor_a_loss() -> None:
    """An answer that is refused keeps the test waiting, blames no backup, and counts no path as lost."""
    router = BEFORE.but(**MOVED, more={"show track": "% Invalid input detected at '^' marker.\n"})
    found = carrying(deployment_of(router.wanted), [BEFORE.seen()], [router.seen()])
    assert not proved(found.moved)
    assert not proved(found.back)
    assert (found.backup, found.leads) == ((), True)


def test_the_way_back_is_the_primary_alone() -> None:
    """The primary carries again though the backup has died; and not while the backup leads."""
    dead = BEFORE.but(ike={1: "READY"}, sas=frozenset({1}), tracks={1: "Up", 2: "Down"}, hops={1: "up", 2: "down"})
    for router, good in ((BEFORE, True), (dead, True), (BEFORE.but(**MOVED), False)):
        assert proved(carrying(deployment_of(router.wanted), [BEFORE.seen()], [router.seen()]).back) is good


def test_probes_are_counted_between_two_looks() -> None:
    """Tries of each probe and how many were lost; one that says less than before says nothing."""
    made = deployment_of(BEFORE.wanted)
    text = BEFORE.seen().outputs["show ip sla statistics"]
    first, _, second = text.rpartition("IPSLA operation id: 2")
    later = (
        first.replace("failures: 0", "failures: 2") + "IPSLA operation id: 2" + second.replace("successes: 81", "successes: 85")
    )
    after = BEFORE.but(more={"show ip sla statistics": later})
    assert lost(made, [BEFORE.seen()], [after.seen()]) == (
        "primary: 2 of 2 probes of 203.0.113.10 were lost",
        "backup: 0 of 4 probes of 203.0.113.20 were lost",
    )
    assert lost(made, [after.seen()], [BEFORE.seen()])[1] == "backup: its probe does not say how often it was answered"
    failed = BEFORE.but(more={"show ip sla statistics": text.replace("failures: 0", "failures: 5")})
    begun_anew = BEFORE.but(more={"show ip sla statistics": text.replace("successes: 81", "successes: 90")})
    for words in lost(made, [failed.seen()], [begun_anew.seen()]):
        assert words.endswith("its probe does not say how often it was answered"), "more answers and fewer losses: it began again"


def test_what_is_documented_follows_from_the_intent() -> None:
    """Away: a probe, its loss and the delay; back: IKE, and the same with the other delay; and what is lost meanwhile."""
    found = failover_of(deployment_of(site()))
    assert (found.away_seconds, found.back_seconds) == (30 + 5 + 30, 60 + 30 + 5 + 60)
    assert (found.host, found.primary, found.backup) == ("branch881", "primary FRA4 198.51.100.10", "backup AMS2 198.51.100.20")
    assert found.meanwhile == "is lost"


def test_one_line_takes_the_primary_down() -> None:
    """The primary's tunnel interface as it stands, with shutdown; a router without it is refused."""
    made = deployment_of(site())
    (edit,) = taken_down(made, read("ios", deployed(site())))
    assert edit.before.header == "interface Tunnel1"
    assert [line for line in edit.after.children if line not in edit.before.children] == ["shutdown"]
    with pytest.raises(ChangeError, match="there is no tunnel interface of the primary"):
        taken_down(made, read("ios", BARE))


def test_a_service_without_a_backup_is_refused() -> None:
    """No service is asked for paths that it does not offer."""
    with pytest.raises(NrRunError, match="service safe-change says nothing of a backup"):
        with_backup(SAFE_CHANGE)
