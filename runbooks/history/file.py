"""The history's file: ``history.db`` in the runs folder, readable by its owner only, one writer at a time.

It is an extra. Whatever is wrong with it is one sentence, and the verification counts all the same.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ...inventory.errors import NothingMatched, NrRunError
from ..run.on_disk import make_private
from .schema import MIGRATIONS, VERSION

NAME = "history.db"
#: Seconds that a writer waits for another one.
BUSY_SECONDS = 10.0


class HistoryError(NrRunError):
    """The history cannot be read or written; the message says why and what helps."""


@contextmanager
def writing(runs: Path, busy_seconds: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
    """One transaction on the history of a runs folder, made where there is none: all of it is kept or nothing is.

    Raises HistoryError, also for what SQLite says of the work inside.
    """
    path = runs / NAME
    with _told(path):
        make_private(runs)
        _make_private_file(path)
        with closing(_open(path, busy_seconds)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                _migrate(connection, path)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


@contextmanager
def reading(runs: Path, busy_seconds: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
    """The history to read, brought up to date first. Raises NothingMatched where there is none, HistoryError."""
    path = runs / NAME
    if not path.exists():
        words = "no verification has ended there yet (nr-run verify makes one; with --lab it keeps none)"
        raise NothingMatched(f"{runs} holds no history: {words}")
    with _told(path), closing(_open(path, busy_seconds)) as connection:
        if _version(connection) != VERSION:
            connection.execute("BEGIN IMMEDIATE")
            _migrate(connection, path)
            connection.execute("COMMIT")
        connection.execute("BEGIN")  # all that is read is of one moment
        yield connection
        connection.execute("ROLLBACK")


def _make_private_file(path: Path) -> None:
    """SQLite makes its other files with the rights of this one."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        found = os.fstat(descriptor)
        if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _open(path: Path, busy_seconds: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        # Readers do not wait for the writer then. A file system that cannot share memory leaves the mode as it is.
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Inside the transaction, so that a file is of one version or of another, and never between."""
    version = _version(connection)
    if version > VERSION:
        raise HistoryError(
            f"{path} was written by a newer nr-run (version {version}, this one knows {VERSION}); it is left as it is"
        )
    for script in MIGRATIONS[version:]:
        for statement in script.split(";"):
            if statement.strip():
                connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What SQLite and the system say, as one sentence that a person can act on."""
    try:
        yield
    except sqlite3.Error as error:
        raise HistoryError(f"the history {path} cannot be used: {_words(error, path)}") from None
    except OSError as error:
        raise HistoryError(f"the history {path} cannot be used: {error.strerror}") from None


def _words(error: sqlite3.Error, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    code = code & 0xFF if isinstance(code, int) else None
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "another process has been writing it for too long"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return f"it is damaged; move {path.name} away, and a new one is begun"
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return f"{os.strerror(errno.ENOSPC)}, or the disk does not take it ({error})"
    return str(error)
