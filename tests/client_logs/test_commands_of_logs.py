"""The three commands as a person types them: exit codes, standard input, JSON, and one sentence for what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from nr_run.inventory.errors import Exit, NrRunError
from nr_run.runbooks.commands.offline.explain_dart_command import explain_dart_command
from nr_run.runbooks.commands.offline.explain_phone_command import explain_phone_command
from nr_run.runbooks.commands.offline.verify_reconnect_command import verify_reconnect_command

from .client_texts import BACK, CONNECTED, FAILED, GOOD, SLEPT, WOKE, dart, zipped
from .head_end import AFTER, BEFORE, SESSION_ID
from .phone_texts import ADDRESS, FIREWALL, HASH, LET_IN, WORKS, console, other, syslog

COMMANDS = {
    "verify-reconnect": verify_reconnect_command,
    "explain-dart": explain_dart_command,
    "explain-phone": explain_phone_command,
}
FILES: dict[str, str | bytes] = {
    "before": BEFORE.text(),
    "after": AFTER.text(),
    "after16": AFTER.text().encode("utf-16"),
    "wrong": replace(AFTER, capabilities="DN").text(),
    "dart": dart(GOOD),
    "dart.zip": zipped({"AnyConnectVPN.txt": dart(GOOD)}),
    "late": dart((*((at - 3000, who, words) for at, who, words in (*CONNECTED, *SLEPT)), *WOKE, *BACK)),
    "console": console(HASH),
    "works": console(WORKS),
    "syslog": syslog(FIREWALL["certificate-hash"]),
    "let-in": syslog(LET_IN),
    "several": syslog((*other("kim", "198.51.100.8", FIREWALL["csd"]), *other("lee", "198.51.100.9", FIREWALL["csd"]))),
    "both": syslog(FIREWALL["certificate-hash"]) + console(HASH),
    "empty": "",
    "binary": bytes(range(256)),
}

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in a folder with the files."""
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
    monkeypatch.chdir(tmp_path)

    def command(line: str, stdin: str | bytes | None = None) -> Result:
        name, *words = line.split()
        return CliRunner().invoke(COMMANDS[name], words, input=stdin)

    return command


def code(result: Result) -> int:
    """The exit code, as the program ends with it."""
    return int(result.exception.exit_code) if isinstance(result.exception, NrRunError) else result.exit_code


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("verify-reconnect before after", Exit.OK),
        ("verify-reconnect before after16 --timeout 600", Exit.OK),
        ("verify-reconnect before wrong", Exit.VERIFY_FAILED),
        ("verify-reconnect after before", Exit.VERIFY_FAILED),
        ("verify-reconnect before before", Exit.VERIFY_FAILED),
        ("verify-reconnect before after --timeout 599", Exit.USAGE),
        ("verify-reconnect before after --client 192.0.2.200", Exit.NOTHING_MATCHED),
        ("verify-reconnect before dart", Exit.INTENT),
        ("verify-reconnect before missing", Exit.INTENT),
        ("verify-reconnect empty after", Exit.INTENT),
        ("verify-reconnect before binary", Exit.INTENT),
        ("verify-reconnect before after --client-log before", Exit.INTENT),
        ("explain-dart dart", Exit.OK),
        ("explain-dart dart.zip", Exit.OK),
        ("explain-dart late", Exit.VERIFY_FAILED),
        ("explain-dart late --timeout 900", Exit.VERIFY_FAILED),
        ("explain-dart late --timeout 86400", Exit.OK),
        ("explain-dart late --timeout 90000", Exit.USAGE),
        ("explain-dart console", Exit.INTENT),
        ("explain-dart .", Exit.INTENT),
        ("explain-phone --log works --syslog let-in", Exit.OK),
        ("explain-phone --log console --syslog syslog", Exit.VERIFY_FAILED),
        ("explain-phone --syslog several", Exit.NOTHING_MATCHED),
        ("explain-phone --syslog several --phone kim", Exit.VERIFY_FAILED),
        ("explain-phone --log syslog", Exit.INTENT),
        ("explain-phone --log console --config before", Exit.INTENT),
        ("explain-phone", Exit.USAGE),
    ],
)
def test_exit_codes(run: Run, line: str, expected: Exit) -> None:
    """Each outcome has its exit code, and what is wrong with a file is one sentence that names it."""
    result = run(line)
    assert code(result) == expected, (result.output, result.exception)
    if isinstance(result.exception, NrRunError) and expected is Exit.INTENT:
        sentence = str(result.exception)
        assert "\n" not in sentence
        assert any(word in sentence for word in line.split()[1:])


def test_json_is_one_document(run: Run) -> None:
    """--json prints one document with the outcome, the verdict, findings and timeline; an error is one too."""
    made = json.loads(run("explain-phone --log console --syslog syslog --json").output)
    assert (made["outcome"], made["exit_code"], made["good"]) == ("verify-failed", 12, False)
    assert [cause["id"] for cause in made["causes"]] == ["certificate-hash"]
    assert {moment["place"].split(":")[0] for moment in made["timeline"]} == {"console", "syslog"}
    assert made["about"] == ADDRESS
    error = json.loads(run("explain-dart console --json").output)
    assert (error["outcome"], error["exit_code"]) == ("intent", 65)
    assert "explain-phone --log" in error["error"]


@pytest.mark.parametrize("option", ["--log", "--syslog"])
def test_both_logs_may_be_pasted_into_one_file(run: Run, option: str) -> None:
    """A file that holds the phone's log and the firewall's messages is read as both, whatever it is called."""
    made = json.loads(run(f"explain-phone {option} both --json").output)
    assert "both logs say so" in made["conclusion"]


def test_standard_input_is_a_file(run: Run) -> None:
    """A dash is standard input, of a text or of a ZIP."""
    assert code(run("explain-dart -", dart(GOOD))) == Exit.OK
    assert code(run("explain-dart -", FILES["dart.zip"])) == Exit.OK
    assert code(run("verify-reconnect before -", AFTER.text())) == Exit.OK


def test_the_clients_log_says_how_long_it_was_away(run: Run, tmp_path: Path) -> None:
    """With the client's log no clock of the head-end is needed; the log has to be of the same session."""
    (tmp_path / "no-clock").write_text(replace(BEFORE, clock="").text())
    same = tuple((at, who, words.replace("kWqTzBnvLm24", SESSION_ID)) for at, who, words in GOOD)
    (tmp_path / "own").write_text(dart(same))
    assert code(run("verify-reconnect no-clock after --timeout 900")) == Exit.VERIFY_FAILED
    assert code(run("verify-reconnect no-clock after --timeout 900 --client-log own")) == Exit.OK
    assert code(run("verify-reconnect no-clock after --timeout 900 --client-log dart")) == Exit.VERIFY_FAILED
    again = tuple((at + 2000, who, words) for at, who, words in (*SLEPT, *WOKE))
    (tmp_path / "cut").write_text(dart((*same, *again)))
    assert code(run("verify-reconnect no-clock after --timeout 900 --client-log cut")) == Exit.VERIFY_FAILED
    (tmp_path / "pasted").write_text(AFTER.text() + dart(same))
    assert code(run("verify-reconnect no-clock pasted --timeout 900")) == Exit.OK


def test_many_reconnects_are_not_a_flood(run: Run, tmp_path: Path) -> None:
    """Of a log with hundreds of reconnects a person sees how many failed, and so many as can be read; --json has all."""
    again = [(at + 2000 * number, who, words) for number in range(200) for at, who, words in (*SLEPT, *WOKE, *FAILED[-2:])]
    (tmp_path / "many").write_text(dart((*CONNECTED, *again)))
    shown = run("explain-dart many")
    assert "200 of 200 reconnects came to nothing" in " ".join(shown.output.split())
    assert "160 more findings are in --json" in shown.output
    assert len(json.loads(run("explain-dart many --json").output)["findings"]) == 200


def test_nothing_steers_the_terminal(run: Run, tmp_path: Path) -> None:
    """What a log holds of escape sequences is written out."""
    (tmp_path / "steering").write_text(dart(GOOD).replace("Connected to gw", "Connected to \x1b]0;x\x07gw"))
    assert "\x1b" not in run("explain-dart steering").output


def test_help_names_the_exit_codes(run: Run) -> None:
    """--help of each says what its exit codes mean."""
    for name in COMMANDS:
        assert "Exit codes:" in run(f"{name} --help").output
