"""A session says of each line what the device answered to it, or that this is not certain; messages in between change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nr_run.inventory.errors import DeviceRefused, SessionLost, Unreachable
from nr_run.tasks.sessions.session import Session

from .scripted import PROMPT, Endless, Script, Scripted, connect, credentials

BANNER = "\r\n\r\n\x07***\r\n*** --- SHUTDOWN in 0:01:00 ---\r\n***\r\n\r\n"
SYSLOG = (
    "%SYS-5-CONFIG_I: Configured from console by cisco on vty0 (10.10.10.9)\r\n",
    "*Mar  1 00:10:11.123: %LINK-3-UPDOWN: Interface Ethernet0/1, changed state to up\r\n",
    ".Mar  1 2002 00:10:11: %CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 192.0.2.1 failed its sanity check or is malformed\r\n",
    "Nov 21 12:00:00.001 CET: %CRYPTO-6-IKMP_MODE_FAILURE: Processing of Quick mode failed with peer at 192.0.2.1\r\n",
    "1d02h: %SYS-5-RELOAD: Reload requested\r\n",
    "00:03:57: %CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON\r\n",
    "2w3d: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet0/0, changed state to up\r\n",
)
LINES = ("crypto isakmp policy 10", "encr 3des", "show clock")


@contextmanager
def session(tmp_path: Path, script: Script, **more: float) -> Iterator[tuple[Session, Scripted]]:
    """A session with a scripted device."""
    with Scripted(script) as box:
        opened = connect(box.port, credentials(tmp_path), **more)  # type: ignore[arg-type]
        try:
            yield opened, box
        finally:
            opened.close()


def echo(line: str, answer: str = "", prompt: str = PROMPT) -> str:
    """The ordinary echo, an answer and the prompt."""
    return f"{line}\r\n{answer}{prompt}"


def test_each_line_its_answer(tmp_path: Path) -> None:
    """Three lines in one write, three replies in order; the lines that prepare the terminal are not among them."""
    answers = {"encr 3des": "% Invalid input detected at '^' marker.\r\n\r\n", "show clock": "12:00:00 UTC\r\n"}
    with session(tmp_path, lambda line: echo(line, answers[line]) if line in answers else None) as (device, box):
        replies = device.send_batch(LINES)
    assert [reply.line for reply in replies] == list(LINES)
    assert [reply.text for reply in replies] == ["", "% Invalid input detected at '^' marker.", "12:00:00 UTC"]
    assert replies[1].words == "% Invalid input detected at '^' marker."
    assert box.typed[2:4] == ["terminal length 0", "terminal width 511"]


@pytest.mark.parametrize("position", [0, 1, 7, 21, 23])
@pytest.mark.parametrize("line", ["crypto isakmp policy 10", "!nr-"])
def test_banner_in_the_middle_of_an_echo(tmp_path: Path, position: int, line: str) -> None:
    """The banner of a scheduled reload cuts an echo in two, that of the mark as well; every reply is as without it."""

    def script(typed: str) -> str | None:
        return echo(typed[:position] + BANNER + typed[position:]) if typed.startswith(line) else None

    with session(tmp_path, script) as (device, _):
        device.ask("show version")
        assert [reply.text for reply in device.send_batch(LINES)] == ["", "", ""]


def test_banner_behind_the_last_prompt(tmp_path: Path) -> None:
    """A banner behind the prompt does not make the session wait for what never comes, nor spoil the next exchange."""
    with session(tmp_path, lambda line: echo(line) + BANNER if line.startswith("!nr-") else None) as (device, _):
        for _ in range(2):
            assert [reply.text for reply in device.send_batch(LINES)] == ["", "", ""]


@pytest.mark.parametrize("message", SYSLOG)
def test_log_message_between_lines(tmp_path: Path, message: str) -> None:
    """A log message, with any time stamp or none, is no answer to the line that it comes after."""
    with session(tmp_path, lambda line: echo(line, message) if line == "encr 3des" else None) as (device, _):
        assert [reply.text for reply in device.send_batch(LINES)] == ["", "", ""]


@pytest.mark.parametrize("message", SYSLOG[1:])
def test_log_message_in_an_echo(tmp_path: Path, message: str) -> None:
    """A log message with a time stamp that cuts an echo is taken out of it."""
    with session(tmp_path, lambda line: echo("encr" + message + " 3des") if line == "encr 3des" else None) as (device, _):
        assert [reply.text for reply in device.send_batch(LINES)] == ["", "", ""]


def test_answer_that_looks_like_a_message_stays(tmp_path: Path) -> None:
    """What begins with a per cent sign and is no log message is an answer, and stays one."""
    answer = "% NOTE: This new crypto map will remain disabled until a peer\r\n        and a valid access list\r\n"
    with session(tmp_path, lambda line: echo(line, answer) if line == "encr 3des" else None) as (device, _):
        assert device.send_batch(LINES)[1].words.startswith("% NOTE: This new crypto map")


def test_echo_that_does_not_come_back(tmp_path: Path) -> None:
    """A line whose echo is another one was not taken for certain: the device counts as having refused."""
    with (
        session(tmp_path, lambda line: echo("encr 3dex") if line == "encr 3des" else None) as (device, _),
        pytest.raises(
            DeviceRefused, match=r"vpn2611: the echo of 'encr 3des' did not come back, so it is not certain what was taken"
        ),
    ):
        device.send_batch(LINES)


def test_session_that_is_cut(tmp_path: Path) -> None:
    """The end of the connection in the middle of a block is a lost session, and the session knows it."""

    def script(line: str) -> str | None:
        if line == "encr 3des":
            raise EOFError
        return None

    with session(tmp_path, script) as (device, _):
        with pytest.raises(SessionLost, match="vpn2611: the session ended in the middle of the work"):
            device.send_batch(LINES)
        assert not device.open


def test_device_that_falls_silent(tmp_path: Path) -> None:
    """Silence for longer than allowed is a lost session, never an empty answer."""
    with session(tmp_path, lambda line: "" if line[:3] in ("enc", "sho", "!nr") else None, timeout_seconds=0.4) as (device, _):
        with pytest.raises(SessionLost, match="gave no answer for 0 seconds"):
            device.send_batch(LINES)
        assert not device.open


def test_key_goes_to_the_device_and_nowhere_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The device gets the key; reply, log and error have its token, in the refusal that repeats it as well."""
    (tmp_path / "psk").write_text("Canary.Key~7Zq\n")
    line = "crypto isakmp key <secret:credential:psk> address 192.0.2.1"
    typed = line.replace("<secret:credential:psk>", "Canary.Key~7Zq")
    caplog.set_level("DEBUG")
    with session(tmp_path, lambda got: echo(got, f"bad: {typed}\r\n") if got == typed else None) as (device, box):
        device._secrets.resolve("credential:psk")
        (reply,) = device.send_batch([line])
    assert typed in box.typed
    assert reply.text == f"bad: {line}"
    assert "Canary" not in caplog.text
    assert "Login.Word.9" not in caplog.text

    with session(tmp_path, lambda got: echo("crypto isakmp kex") if got == typed else None) as (device, _):
        device._secrets.resolve("credential:psk")
        with pytest.raises(DeviceRefused) as caught:
            device.send_batch([line])
    assert "Canary" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


def test_dialogue(tmp_path: Path) -> None:
    """The answers are typed when the question stands, and no sooner."""
    with session(tmp_path, lambda line: "ping\r\nProtocol [ip]: " if line == "ping" else None) as (device, box):
        text = device.answer_prompt("ping", r"Protocol \[ip\]: ?", ["10.10.20.1"])
    assert "Protocol [ip]: 10.10.20.1" in text
    assert box.typed[-2:] == ["ping", "10.10.20.1"]


def test_question_that_does_not_come(tmp_path: Path) -> None:
    """Another answer than the question is a refusal with the device's words, and no answer is typed into the prompt."""
    with session(tmp_path, lambda line: echo(line, "% Unrecognized command\r\n") if line == "ping" else None) as (device, box):
        with pytest.raises(DeviceRefused, match=r"'ping' was answered with '% Unrecognized command', not with its question"):
            device.answer_prompt("ping", r"Protocol \[ip\]: ?", ["10.10.20.1"])
        assert "10.10.20.1" not in box.typed
        assert device.ask("show clock") == ""


def test_question_that_nobody_expects(tmp_path: Path) -> None:
    """A question that no rule names is not answered: the session counts as lost."""

    def script(line: str) -> str | None:
        return "write memory\r\nDestroy everything? [confirm]" if line == "write memory" else None

    with session(tmp_path, script, timeout_seconds=0.4) as (device, box):
        with pytest.raises(SessionLost):
            device.answer_prompts("write memory", {r"Overwrite\?\[confirm\]": ""})
        assert box.typed[-1] == "write memory"


def test_a_device_that_goes_on_printing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that never stop coming do not hold a run for ever: after the longest time of an answer the session counts as lost."""
    monkeypatch.setattr("nr_run.tasks.sessions.channel.LONGEST_SECONDS", 1.0)
    with Endless(lambda _: None) as box:
        device = connect(box.port, credentials(tmp_path), timeout_seconds=0.5)
        try:
            with pytest.raises(SessionLost, match="did not finish an answer"):
                device.send_batch(["show log"])
        finally:
            device.close()


def privileged(accepted: bool) -> Script:
    """A device that logs in without privilege, and takes or refuses the enable secret."""

    def script(line: str) -> str | None:
        if line == "Login.Word.9":
            return "\r\nvpn2611>"
        if line == "enable":
            return "enable\r\nPassword: "
        if line == "Enable.Word.9":
            return "\r\nvpn2611#" if accepted else "\r\nPassword: "
        return None

    return script


def test_enable(tmp_path: Path) -> None:
    """The enable secret is typed at its question, and the session is at the privileged prompt."""
    with session(tmp_path, privileged(accepted=True)) as (device, _):
        assert device.ask("show clock") == ""


def test_enable_refused(tmp_path: Path) -> None:
    """A refused enable secret is said in words without the secret, and the vty is given back."""
    with Scripted(privileged(accepted=False)) as box:
        with pytest.raises(Unreachable, match="the device refuses the enable secret") as caught:
            connect(box.port, credentials(tmp_path))
        assert "Enable.Word.9" not in repr(caught.value)
        assert box.ended.wait(5)


def test_no_enable_secret(tmp_path: Path) -> None:
    """A login without privilege and without a reference says which field is missing; the vty is given back."""
    with Scripted(privileged(accepted=True)) as box:
        with pytest.raises(Unreachable, match="the inventory names no enable_ref"):
            connect(box.port, credentials(tmp_path), enable=None)
        assert box.ended.wait(5)


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        ("\r\nPassword required, but none set\r\n", "ask for a password and none is set"),
        ("Username: ", "refuses the user name or the password"),
    ],
)
def test_login_that_is_refused(tmp_path: Path, greeting: str, words: str) -> None:
    """A device without a password, and one that refuses it, are two sentences."""
    refusal = "\r\n% Login invalid\r\n\r\nUsername: "
    with Scripted(lambda line: refusal if line == "Login.Word.9" else None, greeting=greeting) as box:
        with pytest.raises(Unreachable, match=words) as caught:
            connect(box.port, credentials(tmp_path))
        assert box.ended.wait(5), "the vty was not given back"
        assert "Login.Word.9" not in repr(caught.value)


def test_nobody_listens(tmp_path: Path) -> None:
    """A closed port is said with host and port."""
    with Scripted(lambda _line: None) as box:
        port = box.port
    with pytest.raises(Unreachable, match=rf"vpn2611: 127\.0\.0\.1 port {port}: Connection refused"):
        connect(port, credentials(tmp_path))
