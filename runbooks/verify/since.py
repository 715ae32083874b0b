"""``--since RUN``: what has changed since an earlier verification, or since a run that built or changed something."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from ...checks.verdict import Verification
from ...inventory.errors import NothingMatched
from ..run.kept_runs import find_run
from .kept import find, load


class Before(Struct, frozen=True):
    """What was known of the services then, by service and name; ``service`` is empty where the record does not say it.

    ``of`` is what kind of record it is, ``words`` the word of each.
    """

    run: str
    of: str
    words: Mapping[tuple[str, str], str]


class Changed(Struct, frozen=True):
    """One service whose word is another one now; empty where there was none, or is none any more."""

    service: str
    name: str
    before: str
    now: str

    def __str__(self) -> str:
        """For a person."""
        return f"{self.name}: {self.before or 'not there'} then, {self.now or 'not there'} now"

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def before(runs: Path, name: str) -> Before:
    """What an earlier verification, or a run, says. Raises NothingMatched."""
    try:
        folder = find(runs, name)
    except NothingMatched as error:
        return _of_run(runs, name, error)
    words = {(item["service"], item["name"]): str(item["word"]) for item in load(folder)["verdicts"]}
    return Before(folder.name, "verification", words)


def _of_run(runs: Path, name: str, why: NothingMatched) -> Before:
    """A run says what it left: what it verified was up."""
    try:
        folder = find_run(runs, name)
        report = json.loads((folder / "run.json").read_text(encoding="utf8"))
        words = {("", item["tunnel"]): "up" if item["result"] in _WORKS else str(item["result"]) for item in report["tunnels"]}
    except NothingMatched as error:
        raise NothingMatched(f"{why}; and {error}") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise NothingMatched(f"run {name} of {runs} left no report that can be read") from None
    return Before(folder.name, "run", words)


_WORKS = frozenset({"verified", "unchanged", "sas-up"})


def changed(then: Before, now: Verification, *, whole: bool) -> tuple[Changed, ...]:
    """What is otherwise now. ``whole``: all that there is was verified, so what was there then and is not now has gone."""
    found: list[Changed] = []
    seen: set[tuple[str, str]] = set()
    for verdict in now.verdicts:
        keys = ((verdict.service, verdict.name), ("", verdict.name))
        key = next((key for key in keys if key in then.words), None)
        if key is not None:
            seen.add(key)
        if key is None and then.of == "run":
            continue
        old = then.words[key] if key else ""
        if old != verdict.word.value:
            found.append(Changed(verdict.service, verdict.name, old, verdict.word.value))
    if whole:
        found += [Changed(key[0], key[1], word, "") for key, word in then.words.items() if key not in seen]
    return tuple(found)
