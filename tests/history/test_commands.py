"""nr-run status and nr-run history say what verifications found, how old that is, and that there is none."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings

from nr_run.checks.verdict import Configured, DeviceState, Operating, Verification
from nr_run.inventory.errors import Exit, NothingMatched
from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.commands.completion import service_names
from nr_run.runbooks.history.file import NAME, writing
from nr_run.runbooks.history.keep import keep

from ..verifications import CAUSE, NASTY, PATIENT, START, end, verdict, verification, verifications

#: The records of these tests, in minutes since their start: now.
NOW = (datetime.now(UTC).replace(microsecond=0) - START).total_seconds() // 60


def nr_run(runs: Path, *words: str) -> Result:
    """One command, in a window of 80 columns."""
    return CliRunner().invoke(cli, [words[0], "--runs", str(runs), *words[1:]], env={"COLUMNS": "80"})


def kept(runs: Path, *found: tuple[Verification, Exit]) -> None:
    """Keep these verifications."""
    for item, code in found:
        assert keep(runs, item, int(code)) == []


def look(operating: Operating, before: float, **changes: object) -> Verification:
    """hq-branch and another tunnel, so many minutes ago."""
    minutes = NOW - before
    one = verdict(operating=operating, minutes=minutes, causes=(CAUSE,) if operating is Operating.DOWN else (), **changes)
    devices = (
        DeviceState("hq", "IOS", ""),
        DeviceState("branch", "IOS", "branch: no login within 30 seconds" if before < 6 else ""),
    )
    return verification(one, verdict("other", minutes=minutes), minutes=minutes, devices=devices)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A past of an hour: up, down for five minutes, up with another IKE, down since 20 minutes."""
    kept(
        tmp_path,
        (look(Operating.UP, 60, ends=(end("hq", ike_age_seconds=60),)), Exit.OK),
        (look(Operating.DOWN, 50, ends=(end("hq", ike_id="", ike_up=False, flows=()),)), Exit.VERIFY_FAILED),
        (look(Operating.UP, 45, ends=(end("hq", ike_id="2", ike_age_seconds=60),)), Exit.OK),
        (look(Operating.DOWN, 20), Exit.VERIFY_FAILED),
        (look(Operating.DOWN, 5), Exit.VERIFY_FAILED),
    )
    return tmp_path


def test_the_estate_at_a_glance(runs: Path) -> None:
    """Failures first, since when and why, devices that were not read, how old it is, and the exit code of the verification."""
    done = nr_run(runs, "status")
    lines = done.output.splitlines()
    assert done.exit_code == Exit.VERIFY_FAILED
    assert lines[0].startswith("ESTATE as of ")
    # However long the tests have been at work since these records were made.
    assert re.search(r", (?:\d+ h )?\d+ min ago$", lines[0])
    assert re.match(r"down         hq-branch  for (?:\d+ h )?\d+ min, 2 flaps in a day", lines[1])
    assert any(line.startswith("up           other") for line in lines)
    assert f"probable cause: {CAUSE.sentence}" in done.output
    assert "not read: branch: no login within 30 seconds" in done.output
    assert "2 services: 1 down, 1 up." in done.output
    assert all(len(line) <= 80 for line in lines)


def test_the_estate_for_programs(runs: Path) -> None:
    """The same as a document, with its age in seconds."""
    made = json.loads(nr_run(runs, "status", "--json").output)
    assert [item["name"] for item in made["services"]] == ["hq-branch", "other"]
    assert (made["outcome"], made["exit_code"], made["schema_version"], made["old"]) == ("verify-failed", 12, 1, False)
    assert made["age_seconds"] >= 240
    assert made["services"][0]["verdict"]["word"] == "down"


def test_one_service_over_time(runs: Path) -> None:
    """Since when, the last proof, flaps without those that came back, and the line of time."""
    done = nr_run(runs, "history", "hq-branch")
    assert done.exit_code == 0
    assert "down since " in done.output
    assert re.search(r"down since \S+ \((?:\d+ h )?\d+ min\)", done.output)
    assert "flaps, expected rekeys left out: 2 in a day, 2 in a week, 2 in all" in done.output
    assert "  #.#..\n  # up, . down\n" in done.output
    assert "up -> down: hq-branch is down" in done.output
    (made,) = json.loads(nr_run(runs, "history", "hq-branch", "--json").output)
    assert [item["word"] for item in made["looks"]] == ["up", "down", "up", "down", "down"]
    assert [item["word"] for item in made["changes"]] == ["down", "up", "down"]


def test_a_name_that_is_not_known(runs: Path) -> None:
    """The sentence has the nearest name."""
    done = nr_run(runs, "history", "hq-brunch")
    assert isinstance(done.exception, NothingMatched)
    assert "did you mean hq-branch?" in str(done.exception)


@pytest.mark.parametrize("command", [("status",), ("history", "hq-branch")])
def test_there_is_none(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Without a verification the sentence says what makes one, and with --json it is a document; the code is 66."""
    done = nr_run(tmp_path, *command)
    assert isinstance(done.exception, NothingMatched)
    assert "nr-run verify" in str(done.exception)
    told = nr_run(tmp_path, *command, "--json")
    assert (told.exit_code, json.loads(told.output)["outcome"]) == (66, "nothing-matched")


def test_what_is_old_is_said(tmp_path: Path) -> None:
    """A verification of days ago that was good is shown as old, and with --max-age it is no pass."""
    kept(tmp_path, (look(Operating.UP, 3 * 24 * 60), Exit.OK))
    done = nr_run(tmp_path, "status")
    assert done.exit_code == 0
    assert "this is old: nothing was verified for 3 d" in " ".join(done.output.split())
    assert nr_run(tmp_path, "status", "--max-age", "60").exit_code == Exit.VERIFY_FAILED
    assert nr_run(tmp_path, "status", "--max-age", "9000").exit_code == 0
    assert json.loads(nr_run(tmp_path, "status", "--json").output)["old"] is True


def test_what_differs_is_said(tmp_path: Path) -> None:
    """A tunnel that is up and not as intended says both."""
    kept(tmp_path, (look(Operating.UP, 1, configured=Configured.DIFFERS), Exit.PENDING))
    done = nr_run(tmp_path, "status")
    assert done.exit_code == Exit.PENDING
    assert "differs from the intent" in done.output


def test_a_partial_verification_says_what_it_did_not_look_at(runs: Path) -> None:
    """After a look at one service the others stand with the age of what is known."""
    kept(runs, (verification(verdict("other", minutes=NOW - 1), minutes=NOW - 1, partial=True), Exit.OK))
    done = nr_run(runs, "status")
    assert "the last verification covered some services only" in done.output
    assert re.search(r"seen (?:\d+ h )?\d+ min ago", done.output)


def test_a_damaged_history_is_one_sentence(tmp_path: Path) -> None:
    """The sentence says what helps."""
    (tmp_path / NAME).write_text("no database" * 100)
    done = nr_run(tmp_path, "status")
    assert "move history.db away" in str(done.exception)


def test_names_are_completed(runs: Path) -> None:
    """The shell knows the services of the history, and nothing where there is none."""
    from click import Context

    context = Context(cli)
    context.params = {"runs": runs}
    assert [item.value for item in service_names(context, None, "h")] == ["hq-branch"]  # type: ignore[arg-type]
    context.params = {"runs": runs / "nowhere"}
    assert service_names(context, None, "") == []  # type: ignore[arg-type]


@settings(PATIENT, max_examples=25)
@given(verifications)
def test_any_estate_can_be_shown(tmp_path_factory: pytest.TempPathFactory, found: Verification) -> None:
    """Whatever was found, status and history show it, and nothing in it steers the terminal."""
    runs = tmp_path_factory.mktemp("runs")
    kept(runs, (found, Exit.VERIFY_FAILED))
    shown = nr_run(runs, "status")
    assert shown.exit_code == 12, shown.exception
    for item in found.verdicts:
        one = nr_run(runs, "history", "--", item.name)
        assert one.exit_code == 0, one.exception
        assert "\x1b" not in one.output + shown.output


def test_device_text_does_not_steer_the_terminal(tmp_path: Path) -> None:
    """What a device printed stands there written out."""
    kept(tmp_path, (verification(verdict(sentence=NASTY, operating=Operating.DOWN)), Exit.VERIFY_FAILED))
    assert "\\x1b[31m" in nr_run(tmp_path, "status").output


def test_a_history_without_a_verification(tmp_path: Path) -> None:
    """A file that was begun and never written to holds nothing to show."""
    with writing(tmp_path):
        pass
    done = nr_run(tmp_path, "status")
    assert isinstance(done.exception, NothingMatched)
    assert "holds no verification yet" in str(done.exception)
