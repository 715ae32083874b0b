"""By which tunnel the cloud is reached while the first one is taken down, on the lab's firewall."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nr_run.changes.objects import read
from nr_run.checks.finding import Status, proved
from nr_run.inventory.errors import ChangeError
from nr_run.runbooks.engine.failover_test.failover_watch import with_backup
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.failover import carrying, failover_of, taken_down
from nr_run.services.cloud.service import CLOUD
from nr_run.services.service import Seen

from .planned import deployed
from .played import Played
from .sites import BARE, PLATFORM, site

DOWN, UP = ("interface Tunnel1", "shutdown"), ("interface Tunnel1", "no shutdown")


@pytest.fixture(scope="module")
def built() -> Iterator[Played]:
    """A connection in order."""
    played = Played(site())
    played.build()
    yield played
    played.close()


def look(built: Played) -> Seen:
    """What the gates ask, as the engine does."""
    (member,) = built.deployment.members
    asked = [line for stage in built.deployment.stages for line in stage.gate.asks(member, PLATFORM)]  # type: ignore[union-attr]
    return built.seen(tuple(dict.fromkeys(asked)))


def test_it_moves_and_comes_back(built: Played) -> None:
    """Shut down, the first has no SA, no neighbour and no route, and the second carries; up again, all is as it was."""
    before = look(built)
    made = carrying(built.deployment, [before], [before])
    assert proved(made.back)
    assert not proved(made.moved)
    with built.with_lines(*DOWN, back=UP):
        built.until(lambda: proved(carrying(built.deployment, [before], [look(built)]).moved))
        during = carrying(built.deployment, [before], [look(built)])
        assert (during.backup, during.leads) == ((), True)
        assert not proved(during.back)
        assert any("no SAs any more with 10.10.10.49" in item.sentence for item in during.moved)
    built.until(lambda: proved(carrying(built.deployment, [before], [look(built)]).back))
    built.until(lambda: proved(built.judged("cut-over")))
    # Of two equal ways an ASA keeps the one that was there first: now that is the second.
    now = look(built)
    with built.with_lines(*DOWN, back=UP):
        built.until(lambda: proved(carrying(built.deployment, [now], [look(built)]).moved))
        told = [item for item in carrying(built.deployment, [now], [look(built)]).moved if item.status is Status.WARNING]
        assert [item.sentence for item in told] == [
            "before the test the hosts were reached by NR-ali-2 already: nothing had to move"
        ]
    built.until(lambda: proved(built.judged("cut-over")))


def test_a_backup_that_fails_meanwhile_is_told(built: Played) -> None:
    """With the second tunnel down as well the test has nothing to wait for."""
    before = look(built)
    with built.with_lines("interface Tunnel2", "shutdown", back=("interface Tunnel2", "no shutdown")):
        built.until(lambda: bool(carrying(built.deployment, [before], [look(built)]).backup))
    built.until(lambda: proved(built.judged("cut-over")))


def test_what_is_not_read_is_neither_moved_nor_a_loss(built: Played) -> None:
    """An answer that is cut keeps the test waiting, blames no backup, and counts no path as lost."""
    before = look(built)
    table = before.outputs["show route"].splitlines(keepends=True)
    cut = Seen(before.member, before.platform, {**before.outputs, "show route": "".join(table[:-6])}, before.time)
    for seen in (cut, Seen(before.member, before.platform, {**before.outputs, "show route": "ERROR: nothing\n"}, before.time)):
        found = carrying(built.deployment, [before], [seen])
        assert not proved(found.moved)
        assert not proved(found.back)
        assert (found.backup, found.leads) == ((), True)


def test_what_is_documented_follows_from_the_record() -> None:
    """Away: the silence of a neighbour; back: IKE and BGP; and what is lost meanwhile."""
    found = failover_of(deployment_of(site()))
    assert (found.away_seconds, found.back_seconds) == (30 + 30, 60 + 120 + 30 + 30)
    assert (found.primary, found.backup) == ("first NR-ali-1 10.10.10.49", "second NR-ali-2 10.10.10.50")
    assert found.meanwhile == "is dropped"
    assert with_backup(CLOUD) is CLOUD


def test_one_line_takes_the_first_down() -> None:
    """Its tunnel interface as it stands, with shutdown; a firewall without it is refused."""
    made = deployment_of(site())
    (edit,) = taken_down(made, read("asa", deployed(site())))
    assert "nameif NR-ali-1" in edit.before.children
    assert [line for line in edit.after.children if line not in edit.before.children] == ["shutdown"]
    with pytest.raises(ChangeError, match="there is no tunnel interface NR-ali-1"):
        taken_down(made, read("asa", BARE))
