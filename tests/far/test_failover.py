"""A failover test whose router is reached from workers: measured by one clock, and always rolled back, whatever befalls."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from nr_run.inventory.errors import Exit
from nr_run.runbooks.far.seal import REFERENCE

from ..failover.ground import Site, deployed_site
from ..services.zia.sites import HOST
from ..verify.estate import Estate
from .at_work import every
from .befalling import worker_of
from .conftest import KEY, NAMES, Cluster, begin_cluster, changed

PRIMARY_HOP = "192.168.253.2"


@dataclass
class Ground:
    """A site with two paths, and the cluster over which its router is reached."""

    site: Site
    cluster: Cluster

    @property
    def environment(self) -> dict[str, str]:
        """What a command has beside what the site gives it."""
        here = self.cluster.module.environment(self.cluster.folder)
        return {**self.site.environment, **here, "NR_RUN_SCHEDULER": self.cluster.address, "NR_RUN_LEASE": "10"}

    def as_before(self) -> None:
        """The router is what it was, nothing is armed, and traffic goes by the primary."""
        assert self.site.is_as_before()
        self.site.wait_until(lambda: self.site.is_whole() and self.site.leads() == PRIMARY_HOP)

    def noted(self) -> list[str]:
        """The states of the journal, in order."""
        return [line["state"] for line in self.site.journal()]


#: Its own site and cluster take longer than a sample may; one over local processes is in tests/failover.
pytestmark = every


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One site and two workers for all tests."""
    with deployed_site(tmp_path_factory.mktemp("far-failover")) as site:
        (site.lab.credentials / REFERENCE.partition(":")[2]).write_text(KEY + "\n")
        cluster = begin_cluster(Estate(site.lab, site.folder), site.folder / "cluster")
        try:
            yield Ground(site, cluster)
        finally:
            cluster.end()


@pytest.fixture
def ground(built: Ground) -> Iterator[Ground]:
    """Both workers, and the site in order before and after."""
    for name in NAMES:
        if name not in built.cluster.workers:
            built.cluster.begin_worker(name)
    built.site.begin_case()
    with changed(built.environment):
        yield built
    built.as_before()


def test_both_directions_are_measured_from_here(ground: Ground) -> None:
    """Traffic moves and comes back; both bounds are of the clock of the command, and each step is in its journal before."""
    code, found, sentence = ground.site.test(rehearsal=False)
    assert (code, found["result"]) == (0, "verified"), sentence
    for way in ("away", "back"):
        measured = found["measured"][way]
        assert 0 <= measured["at_least_seconds"] <= measured["at_most_seconds"]
    steps = ("elsewhere", "armed", "applied", "moved", "rolling-back", "disarmed", "back", "rolled-back")
    assert [state for state in dict.fromkeys(ground.noted()) if state in steps] == [*steps]


def test_a_worker_that_is_killed_while_the_primary_is_down(ground: Ground) -> None:
    """The primary comes back over the other worker, once the lost one can type nothing more."""
    ground.site.fault(HOST, "slow", "400")
    process = ground.site.begin_test(rehearsal=False)
    ground.site.wait_for(process, "applied")
    ground.cluster.end_worker(worker_of(ground.cluster, HOST))
    ground.site.fault(HOST, "slow", on=False)
    code, _, sentence = ground.site.told(process)
    assert (code, "is lost (" in sentence) == (Exit.ROLLED_BACK, True), sentence
    ground.as_before()


def test_a_failover_test_that_is_killed_is_resumed_over_its_cluster(ground: Ground) -> None:
    """Its own process killed while the primary is down: resume brings it back over the workers, once they have let go."""
    ground.site.fault(HOST, "slow", "200")
    process = ground.site.begin_test(rehearsal=False)
    ground.site.wait_for(process, "applied")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    ground.site.fault(HOST, "slow", on=False)
    code, report = ground.site.run("resume")
    assert code == Exit.ROLLED_BACK, report
    ground.as_before()
