"""One word for each way in which a run or a tunnel ends, spelt alike in JSON, recap, journal, help and README."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from nr_run.inventory.errors import Exit
from nr_run.runbooks.commands.cli import EXIT_CODES
from nr_run.runbooks.commands.views.view import recap_view
from nr_run.runbooks.engine.outcome import DeviceRow, Result, TunnelOutcome, exit_code

ROOT = Path(__file__).parents[2]
CODES = {
    Result.VERIFIED: Exit.OK,
    Result.SAS_UP: Exit.OK,
    Result.DEGRADED: Exit.VERIFY_FAILED,
    Result.UNCHANGED: Exit.OK,
    Result.PENDING: Exit.PENDING,
    Result.NOT_VERIFIED: Exit.VERIFY_FAILED,
    Result.ROLLED_BACK: Exit.ROLLED_BACK,
    Result.ROLLBACK_INCOMPLETE: Exit.ROLLBACK_INCOMPLETE,
    Result.REFUSED: Exit.PRECHECK_FAILED,
}


def outcome(result: Result, code: Exit | None = None) -> TunnelOutcome:
    """A tunnel that ended so, with one device that was touched."""
    row = DeviceRow("hq", True, True, "QM_IDLE", "1 SA pair", 10, 10, True)
    return TunnelOutcome("hq-branch", result, code or CODES[result], False, "because", (row,))


def recap(*outcomes: TunnelOutcome) -> str:
    """What a person sees."""
    console = Console(width=200, no_color=True)
    with console.capture() as kept:
        console.print(recap_view("run", "deploy-l2l", "runs/run", outcomes, exit_code(outcomes)))
    return kept.get()


@pytest.mark.parametrize("result", list(Result))
def test_the_result_of_a_tunnel_is_one_word_everywhere(result: Result) -> None:
    """JSON and recap have the same word, and the exit code's where there is one; nothing else is said of its devices."""
    made = outcome(result)
    text = recap(made)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", result.value)
    assert made.as_dict()["result"] == result.value
    assert f"hq-branch: {result.value}, because" in text
    assert f"exit {int(made.exit_code)} ({made.exit_code.word})" in text
    if result in (Result.PENDING, Result.NOT_VERIFIED, Result.ROLLED_BACK, Result.ROLLBACK_INCOMPLETE):
        assert result.value == made.exit_code.word
    for other in ("needs manual steps", "rolled back", "not verified", "changes pending"):
        assert other not in text


@pytest.mark.parametrize("code", list(Exit))
def test_each_exit_code_has_one_word(code: Exit) -> None:
    """The word has hyphens and no blanks, stands in the table of the documents, and the help names the number."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.word)
    assert f"| {int(code)} | {code.word} |" in (ROOT / "docs" / "reference" / "exit-codes.md").read_text()
    assert re.search(rf"(?m)(^|\s){int(code)}\s", EXIT_CODES)


def test_a_failed_tunnel_and_a_failed_precheck_are_told_apart() -> None:
    """12 is a tunnel that is not verified, 13 a device on which nothing was begun."""
    assert (Exit.VERIFY_FAILED, Exit.PRECHECK_FAILED) == (12, 13)


MIXED = [
    ((Result.ROLLBACK_INCOMPLETE, Result.VERIFIED), Exit.ROLLBACK_INCOMPLETE),
    ((Result.ROLLBACK_INCOMPLETE, Result.ROLLED_BACK), Exit.ROLLBACK_INCOMPLETE),
    ((Result.VERIFIED, Result.VERIFIED), Exit.OK),
    ((Result.VERIFIED, Result.PENDING), Exit.PENDING),
    ((Result.VERIFIED, Result.ROLLED_BACK), Exit.PARTIAL),
    ((Result.ROLLED_BACK, Result.REFUSED), Exit.ROLLED_BACK),
    ((Result.NOT_VERIFIED, Result.REFUSED), Exit.VERIFY_FAILED),
    ((Result.REFUSED, Result.REFUSED), Exit.PRECHECK_FAILED),
]


@pytest.mark.parametrize(("results", "code"), MIXED)
def test_many_tunnels_end_in_one_code(results: tuple[Result, ...], code: Exit) -> None:
    """One tunnel that needs manual steps decides for all; success beside failure is partial; of failures the gravest counts."""
    assert exit_code([outcome(result) for result in results]) is code
    assert exit_code([outcome(result) for result in reversed(results)]) is code


def test_the_journal_has_the_same_word(rehearsal) -> None:
    """A run's last journal line, run.json, recap and the list of runs end in one word."""
    rehearsal.lab.fault("vpn3640", "wrong-psk")
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 20, done.out + done.err
    (folder,) = rehearsal.runs.glob("2*")
    last = json.loads((folder / "journal.jsonl").read_text().splitlines()[-1])
    (listed,) = rehearsal.nr_run("runs", "--json").documents
    assert {last["outcome"], done.report["outcome"], listed["outcome"], done.tunnel["result"]} == {"rolled-back"}
    assert "exit 20 (rolled-back)" in (folder / "recap.txt").read_text()
    assert last["state"] == "ended"
