"""What the commands print with --json about a tunnel of the lab has the keys that are kept, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ..reports.json_keys import KEPT, lines_of
from .estate import TUNNEL, Estate

HEAD = {"runbook", "outcome", "exit_code"}
_REPORT = {*HEAD, "run", "changed", "folder", "warnings", "tunnels"}
_HISTORY = {"schema_version", "service", "name", "title", "word", "healthy", "condition", "since", "verdict", "changes", "flaps"}
_ESTATE = {"run", "tool", "finished", "partial", "healthy", "notices", "services", "devices", "age_seconds", "old"}
_DRIFT = {"run", "tool", "time", "services", "strays", "by_release", "notices", "schema_version"}
#: Command and its words -> the name under which its keys are kept, the part of it that they are of, and keys that it has to have.
COMMANDS: dict[tuple[str, ...], tuple[str, str, set[str]]] = {
    ("deploy-l2l", TUNNEL, "--plan"): ("deploy tunnels", "tunnels", _REPORT),
    ("drift", TUNNEL): ("drift", "", {*HEAD, "folder", *_DRIFT}),
    ("doctor",): ("doctor devices", "devices", {*HEAD, "devices", "told"}),
    ("status",): ("status", "", {"outcome", "exit_code", *_ESTATE}),
    ("history", TUNNEL): ("history", "", _HISTORY),
    ("runs",): ("runs", "", {"run", "runbook", "outcome", "exit_code", "tunnels", "last_state"}),
}
#: Keys of what stands around a record that is kept.
_AROUND = {*HEAD, "folder", "warnings", "age_seconds", "old"}
#: What is plain values of another record in these.
_FREE = ("history.verdict.", "status.services[].verdict.")


def _unknown(name: str, part: str, report: Any) -> Iterator[str]:
    """Keys of a document that are not kept."""
    kept = {line.partition(":")[0] for line in KEPT.read_text(encoding="utf8").splitlines()}
    for document in report if isinstance(report, list) else [report]:
        own = document[part] if part else {key: value for key, value in document.items() if key not in _AROUND}
        for line in lines_of(name, own):
            path = line.rpartition(":")[0].replace(f"{name}[]", name)
            # Of an empty list it is enough that there is one.
            if not any(one == path or (path.endswith("[]") and one.startswith(path)) for one in kept) and not path.startswith(
                _FREE
            ):
                yield path


@pytest.fixture(scope="module")
def looked(deployed: Estate) -> Estate:
    """With a verification in its history."""
    assert deployed.verify()[0] == 0
    return deployed


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_document_has_the_keys_that_are_kept(looked: Estate, words: tuple[str, ...]) -> None:
    """It has all that a reader relies on, and no key that nobody has told of."""
    name, part, needed = COMMANDS[words]
    places = ["--runs", str(looked.runs)]
    if words[0] not in ("status", "history", "runs"):
        places += ["--inventory", str(looked.inventory)]
    report = looked.run_with(words[0], *words[1:], "--json", *places).report
    for document in report if isinstance(report, list) else [report]:
        assert needed <= document.keys(), needed - document.keys()
    assert list(_unknown(name, part, report)) == []


def test_an_error_is_a_document(looked: Estate) -> None:
    """A command that is refused prints its outcome, its code and one sentence."""
    done = looked.run("verify", "nosuch", "--json")
    assert done.report.keys() == {*HEAD, "error"}
    assert (done.code, done.report["outcome"]) == (66, "nothing-matched")


def test_what_has_changed_since_is_in_the_schema(looked: Estate) -> None:
    """With --since the document says since what, and is valid by the same strict schema."""
    _, first = looked.verify()
    _, report = looked.verify("--since", first["run"])
    assert report["since"] == {"run": first["run"], "of": "verification", "changed": []}
