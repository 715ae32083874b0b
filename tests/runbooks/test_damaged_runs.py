"""A run folder that is damaged, or another version's, is answered in one sentence, and stops nobody on other devices."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import DriftError, Exit
from nr_run.runbooks.engine.resume import refuse_unfinished
from nr_run.runbooks.run.authentic import RunSeal, check_journal, with_code
from nr_run.runbooks.run.journal_lines import STATES, plain_line
from nr_run.runbooks.run.journal_states import ENDED, is_unfinished, open_tunnels
from nr_run.runbooks.run.open_runs import mark, open_runs
from nr_run.runbooks.run.record_shape import RECORD
from nr_run.runbooks.run.saved_plan import read_record, records_in
from nr_run.runbooks.run.shapes import Unreadable, fault_in
from nr_run.runbooks.run.summary import summaries

from .test_record_formats import rewrite
from .test_runs_of_before import runs, said

__all__ = ["runs"]
SOURCE = Path(__file__).parents[2]


def lines_of(run: Path) -> list[dict[str, Any]]:
    """The lines of a journal, without their codes."""
    found = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "mac"} for line in found]


def rewrite_journal(run: Path, lines: list[dict[str, Any]]) -> None:
    """As a run would have written them: vouched for with the run key."""
    seal, code, made = RunSeal.of(run.name), "", []
    for line in lines:
        text, code = with_code(seal, json.dumps(line), code)
        made.append(text)
    (run / "journal.jsonl").write_text("\n".join(made) + "\n")


def refused(runs: Path, command: str, run: str) -> str:
    """The sentence with which a command refuses to go on from a run folder."""
    error = said(runs, command, run, *(["--plan"] if command == "rollback" else [])).exception
    assert isinstance(error, Unreadable), error
    assert error.exit_code == Exit.INTENT
    return str(error)


def killed_in(runs: Path) -> Path:
    """The run that was killed."""
    return sorted(runs.glob("2*"))[2]


DAMAGES: list[tuple[str, str, Any]] = [
    ("recorded", "state", ["recorded"]),
    ("recorded", "tunnel", ["hq-branch"]),
    ("arming", "host", ["vpn2611"]),
    ("applying", "host", {"a": 1}),
    ("armed", "marks", 7),
    ("armed", "hosts", 7),
    ("locked", "at", ["vpn2611"]),
    ("begun", "runbook", None),
]


@pytest.mark.parametrize(("state", "field", "value"), DAMAGES)
def test_a_damaged_line_is_named_and_holds_its_own_devices_alone(runs: Path, state: str, field: str, value: Any) -> None:
    """resume, rollback and show say file, line and field and end with 65; another run goes on, but not on these devices."""
    killed = killed_in(runs)
    lines = lines_of(killed)
    number = next(number for number, line in enumerate(lines, 1) if line["state"] == state)
    lines[number - 1][field] = value
    rewrite_journal(killed, lines)
    before = (killed / "journal.jsonl").read_bytes()
    for command in ("resume", "rollback", "show"):
        words = refused(runs, command, killed.name)
        assert re.search(rf"journal\.jsonl, line {number}: {field} is .*resume {killed.name} --close", words)
    assert (killed / "journal.jsonl").read_bytes() == before
    assert json.loads(said(runs, "runs", "--json").stdout)[2]["outcome"] == "unreadable"
    refuse_unfinished(runs, {"elsewhere": "192.0.2.77:22"}, besides="")
    for host in ("vpn2611", "vpn3640"):
        with pytest.raises(DriftError, match=rf"{killed.name} is unfinished on .*{host}"):
            refuse_unfinished(runs, {host: "192.0.2.77:22"}, besides="")
    assert said(runs, "resume", killed.name, "--close").exit_code == 0
    assert not is_unfinished(killed)


@pytest.mark.parametrize("state", ["done-at-last", "rolled-forward"])
def test_a_state_of_a_newer_version_is_not_rolled_back(runs: Path, state: str) -> None:
    """It may be an end that this version does not know: resume says who wrote it, and does not go on."""
    killed = killed_in(runs)
    rewrite_journal(killed, [*lines_of(killed), {"time": "2026-11-30T14:00:00Z", "state": state, "tunnel": "hq-branch"}])
    before = (killed / "journal.jsonl").read_bytes()
    words = refused(runs, "resume", killed.name)
    assert f"state is {state!r}, which this nr-run does not know; a newer version wrote it, and nothing was sent" in words
    assert (killed / "journal.jsonl").read_bytes() == before


def test_every_state_that_is_noted_is_known() -> None:
    """What this version itself writes is never taken for a newer version's."""
    noted = {
        state
        for folder in ("runbooks", "tasks", "services")
        for path in (SOURCE / folder).rglob("*.py")
        for state in re.findall(r"\bnote(?:_if_possible)?\(\s*\"([a-z-]+)\"", path.read_text())
    }
    assert noted | ENDED | {"elsewhere", "placing-files"} <= STATES


def test_a_journal_of_nothing_but_unreadable_tunnels_holds_its_devices(tmp_path: Path) -> None:
    """The tunnel of each line is of another type: the run is open, on the devices that it names anywhere."""
    run = tmp_path / "20260101T000000Z-0001"
    run.mkdir()
    lines = [
        {"state": "locked", "hosts": ["hub"]},
        {"state": "recorded", "tunnel": ["t"]},
        {"state": "applying", "tunnel": ["t"]},
    ]
    (run / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    mark(run)
    assert open_runs(tmp_path, is_unfinished) == [run]
    assert set().union(*open_tunnels(run).values()) >= {"hub"}
    assert [item.outcome for item in summaries(tmp_path)[0]] == ["unreadable"]


def test_a_run_with_a_confirmation_holds_its_devices(tmp_path: Path) -> None:
    """When it was confirmed stands under the name of where devices are reached: it is a time there, and no damage."""
    run = tmp_path / "20260101T000000Z-0001"
    run.mkdir()
    lines: list[dict[str, Any]] = [
        {"state": "locked", "hosts": ["hub"], "at": {"hub": "192.0.2.1:22"}},
        {"state": "confirmed", "tunnel": "t", "name": "far-key", "by": "ana", "at": "2026-01-01T00:00:00Z"},
        {"state": "recorded", "tunnel": "t"},
        {"state": "applying", "tunnel": "t", "host": "hub"},
    ]
    (run / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    mark(run)
    assert [plain_line(line) for line in lines] == lines
    with pytest.raises(DriftError, match=f"{run.name} is unfinished on hub"):
        refuse_unfinished(tmp_path, {"centre": "192.0.2.1:22"}, besides="")


def test_a_whole_line_stays_as_it_is(runs: Path) -> None:
    """Nothing that a run has written so far is taken for damage."""
    for run in runs.glob("2*"):
        for line in lines_of(run):
            assert plain_line(line) is line
        assert check_journal(run, strict=True)


FIELDS = [
    "removal", "service", "wanted", "members", "members[0].address", "members[0].port", "members[1].references",
    "members[0].references.username_ref", "members[1].references.password_ref", "members[0].outputs", "members[1].changes",
    "members[0].changes[0].created", "members[0].changes[0].created[0].header", "members[0].desired", "members[0].way_back",
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("how", ["missing", "another type"])
def test_a_field_of_a_record_is_named(runs: Path, field: str, how: str) -> None:
    """Gone, or of another type: file and field in one sentence, exit 65, and nothing in the run folder is changed."""
    killed = killed_in(runs)
    (path,) = killed.glob("*/record.json")
    data = json.loads(path.read_text())
    *way, last = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", field)]
    place = data
    for part in way:
        place = place[part]
    if how == "missing":
        del place[last]
    else:
        place[last] = 7.5
    rewrite(path, data)
    with pytest.raises(Unreadable, match=re.escape(f"{path}: {field} is ")):
        read_record(path)
    before = {each: each.read_bytes() for each in killed.rglob("*") if each.is_file()}
    assert f"{field} is " in refused(runs, "resume", killed.name)
    assert {each: each.read_bytes() for each in killed.rglob("*") if each.is_file()} == before


@pytest.mark.parametrize(
    ("text", "words"), [("{\n  nothing", "record.json, line 2: "), ("[]", "holds no mapping"), ("", "line 1")]
)
def test_a_record_that_is_no_document_is_named(runs: Path, text: str, words: str) -> None:
    """Half a file, or another document."""
    killed = killed_in(runs)
    (path,) = killed.glob("*/record.json")
    path.write_text(text)
    with pytest.raises(Unreadable, match=f"{words}.*rollback.cfg by hand"):
        read_record(path)


def test_the_records_of_before_have_the_shape(runs: Path) -> None:
    """What earlier runs left is read as ever."""
    for run in runs.glob("2*"):
        assert records_in(run)
        for path in run.glob("*/record.json"):
            assert fault_in(json.loads(path.read_text()), RECORD) == ""
