"""The tables of the history, one step a version: a file of an older nr-run is brought up to date, a newer one is left alone.

Times are whole seconds since 1970, UTC.
"""

from __future__ import annotations

_FIRST = """
CREATE TABLE verifications (
    id INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, tool TEXT NOT NULL, started INTEGER NOT NULL, finished INTEGER NOT NULL,
    probed INTEGER NOT NULL, partial INTEGER NOT NULL, healthy INTEGER NOT NULL, exit_code INTEGER NOT NULL,
    services INTEGER NOT NULL, notices TEXT NOT NULL);
CREATE TABLE services (
    id INTEGER PRIMARY KEY, service TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
    first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, run TEXT NOT NULL, word TEXT NOT NULL, healthy INTEGER NOT NULL,
    since INTEGER NOT NULL, known_word TEXT NOT NULL, last_up INTEGER, last_proof INTEGER, gone INTEGER, document TEXT NOT NULL,
    UNIQUE (service, name));
CREATE TABLE looks (
    service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE, time INTEGER NOT NULL, word TEXT NOT NULL,
    healthy INTEGER NOT NULL, known_by TEXT NOT NULL, PRIMARY KEY (service, time)) WITHOUT ROWID;
CREATE TABLE changes (
    id INTEGER PRIMARY KEY, service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE, time INTEGER NOT NULL,
    before TEXT NOT NULL, word TEXT NOT NULL, sentence TEXT NOT NULL, run TEXT NOT NULL);
CREATE INDEX changes_of ON changes (service, time);
CREATE TABLE flaps (
    id INTEGER PRIMARY KEY, service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE, time INTEGER NOT NULL,
    host TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX flaps_of ON flaps (service, time);
CREATE TABLE ends (
    service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE, host TEXT NOT NULL, seen INTEGER NOT NULL,
    ike_id TEXT NOT NULL, ike_made INTEGER, ike_lifetime INTEGER, spis TEXT NOT NULL,
    generation INTEGER NOT NULL, rekeys INTEGER NOT NULL, PRIMARY KEY (service, host)) WITHOUT ROWID;
CREATE TABLE devices (
    host TEXT PRIMARY KEY, platform TEXT NOT NULL, problem TEXT NOT NULL, since INTEGER NOT NULL, last_seen INTEGER NOT NULL,
    last_reached INTEGER) WITHOUT ROWID;
CREATE TABLE keys (
    service TEXT NOT NULL, name TEXT NOT NULL, changed INTEGER NOT NULL, PRIMARY KEY (service, name)) WITHOUT ROWID;
"""

_NOTIFICATIONS = """
ALTER TABLE services ADD COLUMN condition TEXT NOT NULL DEFAULT '';
ALTER TABLE services ADD COLUMN condition_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE services ADD COLUMN bad_since INTEGER;
UPDATE services SET condition = CASE WHEN word IN ('up', 'idle') THEN CASE healthy WHEN 1 THEN 'fine' ELSE 'differs' END
    ELSE word END, condition_since = since;
UPDATE services SET bad_since = since WHERE condition <> 'fine';
CREATE TABLE told (
    target TEXT NOT NULL, service INTEGER NOT NULL REFERENCES services ON DELETE CASCADE, condition TEXT NOT NULL,
    time INTEGER NOT NULL, PRIMARY KEY (target, service)) WITHOUT ROWID;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, target TEXT NOT NULL, made INTEGER NOT NULL, document TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '');
"""

#: What leads from each version of the file to the next; SQLite keeps the version as ``user_version``.
MIGRATIONS = (_FIRST, _NOTIFICATIONS)
VERSION = len(MIGRATIONS)
