"""The history does not grow without end, and forgets no more than it says."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.checks.verdict import Operating
from nr_run.runbooks.history.file import reading, writing
from nr_run.runbooks.history.keep import keep
from nr_run.runbooks.history.moments import moment
from nr_run.runbooks.history.prune import DAY, EVERY, POLICIES, prune
from nr_run.runbooks.history.read import estate, pasts, service_past
from nr_run.runbooks.history.write import record

from ..verifications import PATIENT, at, verdict, verification, verifications


def test_rows_beyond_the_number_go_oldest_first(tmp_path: Path) -> None:
    """Of each service the newest looks stay, whatever another service has."""
    most = POLICIES["looks"].most
    with writing(tmp_path) as connection:
        record(connection, verification(verdict("a"), verdict("b")), 0)
        connection.executemany(
            "INSERT OR REPLACE INTO looks VALUES (1, ?, 'up', 1, 'probe')",
            [(moment(at(minute)),) for minute in range(1, most + 50)],
        )
        prune(connection, moment(at(most)))
    with reading(tmp_path) as connection:
        a, b = (service_past(connection, name, 0)[0] for name in "ab")
    assert len(a.looks) == most
    assert a.looks[-1].time == at(most + 49)
    assert len(b.looks) == 1


def test_old_rows_go_and_the_newest_stay(tmp_path: Path) -> None:
    """Age alone takes nothing of the newest rows: a clock that stood in the future must not empty the history."""
    policy = POLICIES["looks"]
    with writing(tmp_path) as connection:
        for minutes in range(policy.least + 10):
            record(connection, verification(verdict(minutes=minutes), minutes=minutes), 0)
        prune(connection, moment(at(0)) + (policy.days + 1000) * DAY)
    with reading(tmp_path) as connection:
        assert len(service_past(connection, "hq-branch", 0)[0].looks) == policy.least


def test_it_prunes_by_itself(tmp_path: Path) -> None:
    """Each so-many-th verification prunes: a service that left long ago is forgotten."""
    day = 24 * 60
    assert keep(tmp_path, verification(verdict("a"), verdict("b")), 0) == []
    assert keep(tmp_path, verification(verdict("a", minutes=1), minutes=1), 0) == []
    for number in range(EVERY):
        minutes = 400 * day + number
        assert keep(tmp_path, verification(verdict("a", minutes=minutes), minutes=minutes), 0) == []
    with reading(tmp_path) as connection:
        names = [row["name"] for row in connection.execute("SELECT name FROM services")]
    assert names == ["a"]


@settings(PATIENT, max_examples=40)
@given(st.lists(verifications, min_size=1, max_size=5, unique_by=lambda item: item.run))
def test_any_history_can_be_read(tmp_path_factory, found: list) -> None:
    """Whatever verifications say, in whatever order of time: all of it is kept, pruned, read, and no duration is negative."""
    runs = tmp_path_factory.mktemp("runs")
    for item in found:
        assert keep(runs, item, 0) == []
    with writing(runs) as connection:
        prune(connection, moment(at(20_000)))
    with reading(runs) as connection:
        last = estate(connection, moment(at(0)))
        assert last.run == found[-1].run
        known = {(past.service, past.name): past for past in pasts(connection, 0, everything=True)}
    for verdict_ in found[-1].verdicts:
        past = known[(verdict_.service, verdict_.name)]
        assert past.word == verdict_.word.value
        assert past.healthy is verdict_.healthy
        assert past.flaps_kept <= len(found)
        assert past.as_dict()["schema_version"] == 1


def test_the_estate_has_failures_first(tmp_path: Path) -> None:
    """What is worst stands first, then what differs from the intent, then by name."""
    found = (verdict("c"), verdict("b", Operating.DOWN), verdict("a", Operating.UNENCRYPTED), verdict("d", Operating.UNKNOWN))
    assert keep(tmp_path, verification(*found), 12) == []
    with reading(tmp_path) as connection:
        last = estate(connection, 0)
    assert [past.name for past in last.services] == ["a", "b", "d", "c"]
    assert last.exit_code == 12
