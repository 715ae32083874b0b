"""No character of a device steers a terminal, wherever a person reads it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.inventory.errors import Exit
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.commands.views.printable import json_text, printable
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.commands.views.screen import console
from nr_run.runbooks.commands.views.view import recap_view
from nr_run.runbooks.engine.outcome import Result, TunnelOutcome
from nr_run.runbooks.run.folder import RunFolder

from .. import warm

ATTACKS = {
    "clipboard (OSC 52)": "\x1b]52;c;ZWNobyBwd25lZA==\x1b\\",
    "link (OSC 8)": "\x1b]8;;http://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "title, and never ended": "\x1b]0;all is well",
    "CSI in one byte": "\x9b2J",
    "colour": "\x1b[31mred\x1b[0m",
    "backspaces": "down\x08\x08\x08\x08up",
    "carriage return": "down\rup  ",
    "delete": "a\x7fb",
    "other direction": "\u202egnorw\u202c",
    "isolate": "\u2066x\u2069",
    "line separator": "a\u2028b",
}
#: All that may stand in what is printed where it is no terminal.
SAFE = {*map(chr, range(0x20, 0x7F)), "\n", "\t"}


def steering(text: str) -> set[str]:
    """Characters that steer a terminal."""
    return {one for one in text if one not in SAFE and (ord(one) < 0xA0 or one in "\u2028\u2029\u061c\ufeff" or one in BIDI)}


BIDI = {chr(code) for code in (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}


@given(st.text())
def test_any_text_is_printable(text: str) -> None:
    """Whatever the text, nothing that steers is left, letters of any script stay, and twice is once."""
    made = printable(text)
    assert not steering(made)
    assert printable(made) == made
    letters = [one for one in text if one.isalpha()]
    assert [one for one in made if one in letters] or not letters


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
def test_json_says_the_same(value: object) -> None:
    """A JSON document has no such character either, and reads back as it was."""
    made = json_text(value)
    assert not steering(made)
    assert json.loads(made) == value


PLAIN = st.none() | st.booleans() | st.text() | st.characters(categories=["Cs"]) | st.integers() | st.floats()


@given(
    st.recursive(
        PLAIN,
        lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text() | st.integers(), inner),
        max_leaves=12,
    )
)
def test_json_is_laid_out_as_python_does(value: object) -> None:
    """A document with indentation is, to the letter, what json.dumps() makes of it, but for what steers."""
    by_python = json.dumps(value, indent=2, ensure_ascii=False)
    escaped = [f"\\u{ord(one):04x}" if steering(one) or is_half(one) else one for one in by_python]
    assert json_text(value, indent=2) == "".join(escaped)


def is_half(character: str) -> bool:
    """Of a pair of surrogates."""
    return 0xD800 <= ord(character) < 0xE000


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("terminal", [True, False])
def test_recap(attack: str, terminal: bool, tmp_path: Path) -> None:
    """The recap of a tunnel whose sentences quote a device is harmless on a terminal and in its file."""
    outcome = TunnelOutcome(
        "hq-branch", Result.ROLLBACK_INCOMPLETE, Exit.ROLLBACK_INCOMPLETE, True, f"it said {attack}", by_hand=(attack,)
    )
    screen = console()
    screen._force_terminal = terminal
    with screen.capture() as kept:
        screen.print(recap_view("7f3a", "deploy-l2l", "runs/7f3a", [outcome], outcome.exit_code))
    shown = kept.get()
    if not terminal:
        assert not steering(shown)
    assert attack not in shown
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    folder.write_json("run.json", {"sentence": attack})
    folder.note("done", because=attack)
    folder.close()
    for name in ("run.json", "journal.jsonl"):
        assert not steering((folder.path / name).read_text(encoding="utf8"))


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_progress_on_standard_error(attack: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line of progress or a complaint is harmless."""
    PlainProgress().say(f"vpn2611: {attack}")
    assert not steering(capsys.readouterr().err)


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_parse(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A line that parse does not understand is quoted harmlessly, and an error that quotes its input is."""
    text = tmp_path / "version.txt"
    for attack in ATTACKS.values():
        text.write_text(f"interface: Ethernet0/0\n    Crypto map tag: X, local addr. 192.0.2.1\n strange {attack} row\n")
        command = [str(Path(sys.executable).parent / "nr-run"), "parse", "--os", "ios", *words, "show crypto ipsec sa", str(text)]
        done = warm.run(command, os.environ, timeout=120)
        assert done.returncode in (12, 65), done.stdout + done.stderr
        assert not steering(done.stdout + done.stderr)


def test_show(tmp_path: Path) -> None:
    """A recap that is on the disk with such characters, from an older run, is shown without them."""
    run = tmp_path / "20260101T000000Z-0001"
    run.mkdir()
    (run / "journal.jsonl").write_text('{"time": "x", "state": "begun", "runbook": "deploy-l2l"}\n')
    (run / "recap.txt").write_text("".join(ATTACKS.values()))
    command = [str(Path(sys.executable).parent / "nr-run"), "show", "--runs", str(tmp_path)]
    done = warm.run(command, os.environ, timeout=120)
    assert done.returncode == 0
    assert "\\x1b]52" in done.stdout
    assert not steering(done.stdout + done.stderr)
