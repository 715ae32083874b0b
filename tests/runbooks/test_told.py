"""What devices say, and what a connection is worth, is told at the end of a run; an unreadable answer is no wrong file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nr_run.inventory.errors import Exit, ParseError, UnreadableAnswer, answers_of
from nr_run.inventory.secrets import Secrets
from nr_run.runbooks.run_folder import RunFolder
from nr_run.runbooks.summary import Summary
from nr_run.runbooks.view import console, recap_view


def test_telnet_is_said_plainly(rehearsal) -> None:
    """A run over telnet says so for each device, in recap and report, once each, also when it only looks."""
    done = rehearsal.deploy("--plan")
    words = "telnet: nothing on this line is encrypted or authenticated"
    said = [f"{name}: {words}" for name in ("vpn2611", "vpn3640")]
    assert sorted(line for line in done.out.splitlines() if words in line) == said
    (folder,) = rehearsal.runs.glob("2*")
    assert sorted(json.loads((folder / "run.json").read_text())["warnings"]) == said
    assert Summary.of(folder).last == "planned"


def test_a_warning_is_kept_and_told_once(tmp_path: Path) -> None:
    """The security warning of a device is in the journal and in the recap, however often it comes."""
    folder = RunFolder.make(tmp_path / "runs", "deploy-l2l", Secrets(()))
    for _ in range(2):
        folder.tell("hq: SECURITY WARNING - Module: CRYPTO, Reason: weak")
    screen = console()
    with screen.capture() as kept:
        screen.print(recap_view(folder.id, "deploy-l2l", str(folder.path), (), folder.told))
    assert kept.get().count("SECURITY WARNING - Module: CRYPTO") == 1
    assert (folder.path / "journal.jsonl").read_text().count('"told"') == 1
    folder.close()


def test_an_answer_that_cannot_be_read_is_no_wrong_file() -> None:
    """What a device answered ends in another code than a file does, and names the device."""
    words = r"^hq: show kron schedule: '\^\^' is no row of a schedule$"
    with pytest.raises(UnreadableAnswer, match=words) as caught, answers_of("hq"):
        raise ParseError("show kron schedule: '^^' is no row of a schedule")
    assert (caught.value.exit_code, ParseError("x").exit_code) == (Exit.UNREACHABLE, Exit.INTENT)


def test_noise_before_a_change_names_its_device(rehearsal) -> None:
    """Random bytes in the output of a device are a device's fault, which a timer tries again: not the inventory's."""
    rehearsal.lab.fault("vpn3640", "garbage")
    done = rehearsal.deploy("--plan", "--json")
    rehearsal.lab.fault("vpn3640", "garbage", on=False)
    assert done.code in (Exit.UNREACHABLE, Exit.VERIFY_FAILED), done.out + done.err
    assert "vpn3640" in done.tunnel_or_error
