"""The file of the history: private, one writer, brought up to date, and never in the way of a verification."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from nr_run.checks.verdict import Operating
from nr_run.inventory.errors import NothingMatched
from nr_run.runbooks.history.file import NAME, HistoryError, reading, writing
from nr_run.runbooks.history.keep import keep
from nr_run.runbooks.history.moments import moment
from nr_run.runbooks.history.read import estate, pasts, service_past
from nr_run.runbooks.history.schema import MIGRATIONS, VERSION
from nr_run.runbooks.history.write import key_changed, record

from ..verifications import at, end, verdict, verification

GOOD = verification(verdict(minutes=0))


def test_it_is_for_its_owner_only(tmp_path: Path) -> None:
    """Whatever the umask, nobody else reads the history or what SQLite keeps beside it."""
    before = os.umask(0)
    try:
        with writing(tmp_path / "runs") as connection:
            record(connection, GOOD, 0)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "runs").iterdir()}
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}
    assert f"{NAME}-wal" in modes
    assert stat.S_IMODE((tmp_path / "runs").stat().st_mode) == 0o700


def test_one_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    """A file that everybody can read is closed to them at the next verification."""
    (tmp_path / NAME).touch(mode=0o644)
    (tmp_path / NAME).chmod(0o644)
    assert keep(tmp_path, GOOD, 0) == []
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_the_same_verification_counts_once(tmp_path: Path) -> None:
    """Writing a verification a second time changes nothing."""
    with writing(tmp_path) as connection:
        assert record(connection, GOOD, 0)
        assert not record(connection, GOOD, 0)
    with reading(tmp_path) as connection:
        assert len(service_past(connection, "hq-branch", moment(at(0)))[0].looks) == 1


def test_half_a_verification_is_not_kept(tmp_path: Path) -> None:
    """What fails in the middle leaves the history as it was."""
    assert keep(tmp_path, GOOD, 0) == []
    wrong = verification(verdict(minutes=5, operating=Operating.DOWN), verdict("other", time="not a time"), minutes=5)
    (sentence,) = keep(tmp_path, wrong, 12)
    assert "not in the history" in sentence
    with reading(tmp_path) as connection:
        assert estate(connection, moment(at(5))).run == GOOD.run
        assert [past.word for past in pasts(connection, moment(at(5)))] == ["up"]


def test_an_older_file_is_brought_up_to_date(tmp_path: Path) -> None:
    """A file of the first version keeps what it had, and takes what is new."""
    with closing(sqlite3.connect(tmp_path / NAME)) as old:
        old.executescript(MIGRATIONS[0])
        old.execute(
            "INSERT INTO services VALUES (1, 'l2l', 'hq-branch', 'a title', 1, 2, 'run', 'up', 0, 1, 'up', 2, NULL, NULL, '{}')"
        )
        old.execute("PRAGMA user_version = 1")
        old.commit()
    with reading(tmp_path) as connection:
        (past,) = service_past(connection, "hq-branch", 3)
    assert (past.title, past.condition) == ("a title", "differs")
    assert keep(tmp_path, GOOD, 0) == []
    with closing(sqlite3.connect(tmp_path / NAME)) as now:
        assert now.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    """A file of a newer nr-run is neither written nor read, and the sentence says so."""
    with closing(sqlite3.connect(tmp_path / NAME)) as newer:
        newer.execute(f"PRAGMA user_version = {VERSION + 1}")
    (sentence,) = keep(tmp_path, GOOD, 0)
    assert "newer nr-run" in sentence
    with pytest.raises(HistoryError, match="newer nr-run"), reading(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / NAME)) as newer:
        assert newer.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() == (0,)


@pytest.mark.parametrize(
    "damage", [b"this is no database, it is a text that somebody wrote\n" * 100, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, damage: bytes) -> None:
    """A damaged file is named, with what helps, is not touched, and the verification counts."""
    (tmp_path / NAME).write_bytes(damage)
    (sentence,) = keep(tmp_path, GOOD, 0)
    assert "history.db" in sentence
    assert "move history.db away" in sentence
    assert "\n" not in sentence
    assert (tmp_path / NAME).read_bytes() == damage


def test_a_page_that_was_damaged_later_is_one_sentence(tmp_path: Path) -> None:
    """Damage in the middle of a file that begins well is told as well."""
    assert keep(tmp_path, GOOD, 0) == []
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 60_000)
    (sentence,) = keep(tmp_path, verification(verdict(minutes=5), minutes=5), 0)
    assert "move history.db away" in sentence


def test_a_writer_that_does_not_end_is_one_sentence(tmp_path: Path) -> None:
    """Where another process holds the history, a verification waits for a while and then goes on without it."""
    with writing(tmp_path):
        (sentence,) = keep(tmp_path, GOOD, 0, busy_seconds=0.2)
    assert "another process" in sentence


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    """What was there is read while the next verification is being written."""
    assert keep(tmp_path, GOOD, 0) == []
    with writing(tmp_path) as connection:
        record(connection, verification(verdict(minutes=5), minutes=5), 0)
        with reading(tmp_path, busy_seconds=0.2) as other:
            assert estate(other, 0).run == GOOD.run


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    """A disk that takes no more is told, and what was kept before can still be read."""
    assert keep(tmp_path, GOOD, 0) == []
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from nr_run.runbooks.history.keep import keep\n"
        "from tests.verifications import verdict, verification\n"
        "found = verification(*(verdict(f't{n}', minutes=5, sentence='x' * 20000) for n in range(50)), minutes=5)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))\n"
        "(sentence,) = keep(Path(sys.argv[1]), found, 0)\n"
        "print(sentence)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program, tmp_path], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "the disk does not take it" in done.stdout or "No space left" in done.stdout
    with reading(tmp_path) as connection:
        assert [past.name for past in pasts(connection, 0)] == ["hq-branch"]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """Where the runs folder would be, something else is."""
    (tmp_path / "runs").write_text("a file")
    (sentence,) = keep(tmp_path / "runs", GOOD, 0)
    assert "history.db cannot be used" in sentence


def test_many_writers_all_arrive(tmp_path: Path) -> None:
    """Several processes that write at once wait for each other, and none is lost."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from nr_run.runbooks.history.keep import keep\n"
        "from tests.verifications import verdict, verification\n"
        "n = int(sys.argv[2])\n"
        "for step in range(5):\n"
        "    when = n * 5 + step\n"
        "    assert keep(Path(sys.argv[1]), verification(verdict(minutes=when), minutes=when), 0) == []\n"
    )
    root = Path(__file__).parents[2]
    running = [subprocess.Popen([sys.executable, "-c", program, tmp_path, str(n)], cwd=root) for n in range(3)]
    assert [process.wait(timeout=300) for process in running] == [0, 0, 0]
    with reading(tmp_path) as connection:
        assert len(service_past(connection, "hq-branch", 0)[0].looks) == 15


def test_what_left_the_intent_is_not_in_the_estate(tmp_path: Path) -> None:
    """A whole verification that does not name a service any more says that it is gone; a partial one says nothing of others."""
    both = verification(verdict("a"), verdict("b"))
    part = verification(verdict("a", minutes=5), minutes=5, partial=True)
    whole = verification(verdict("a", minutes=10), minutes=10)
    names = []
    for item in (both, part, whole):
        assert keep(tmp_path, item, 0) == []
        with reading(tmp_path) as connection:
            names.append([past.name for past in pasts(connection, 0)])
    assert names == [["a", "b"], ["a", "b"], ["a"]]
    with reading(tmp_path) as connection:
        assert service_past(connection, "b", 0)[0].gone == at(10)
    assert keep(tmp_path, verification(verdict("b", minutes=15), minutes=15, partial=True), 0) == []
    with reading(tmp_path) as connection:
        assert service_past(connection, "b", 0)[0].gone is None


def test_a_key_has_an_age_where_it_was_changed_by_us(tmp_path: Path) -> None:
    """When a key was changed is told with the service, and None where nobody noted it."""
    assert keep(tmp_path, verification(verdict("a"), verdict("b")), 0) == []
    with writing(tmp_path) as connection:
        key_changed(connection, "l2l", "a", moment(at(-60)))
    with reading(tmp_path) as connection:
        assert {past.name: past.key_changed for past in pasts(connection, 0)} == {"a": at(-60), "b": None}


def test_there_is_none_yet(tmp_path: Path) -> None:
    """Without a history the sentence says what makes one, and reading makes no file."""
    with pytest.raises(NothingMatched, match="nr-run verify"), reading(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_ends_are_counted_by_device(tmp_path: Path) -> None:
    """Each device of a service has counts of its own."""
    for minutes, ike in ((0, "1"), (5, "2")):
        hq = end("hq", ike_id=ike, ike_age_seconds=60)
        assert keep(tmp_path, verification(verdict(minutes=minutes, ends=(hq, end("branch"))), minutes=minutes), 0) == []
    with reading(tmp_path) as connection:
        (past,) = pasts(connection, 0)
    assert {item.host: item.generation for item in past.ends} == {"hq": 1, "branch": 0}
