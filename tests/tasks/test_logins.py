"""Logins as devices and their servers ask them: a question counts only as the last, unfinished line; others are told."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from nr_run.inventory.errors import Unreachable
from nr_run.inventory.files.connection_settings import ConnectionSettings

from .scripted import PROMPT, Script, Scripted, connect, credentials

USER, PASSWORD = "netops", "Login.Word.9"
_QUICK = ConnectionSettings(login_timeout=1.0)


def box(password: str = "Password: ", then: str = f"\r\n{PROMPT}", **answers: str) -> Script:  # noqa: S107 - a question
    """Asks for the password after the user name; then the prompt. ``answers``: RETURN or other lines."""

    def script(line: str) -> str | None:
        if line == USER:
            return f"{line}\r\n{password}"
        if line == PASSWORD:
            return then
        if line in answers:
            return answers[line]
        return answers.get("RETURN") if not line else f"{line}\r\n{PROMPT}"

    return script


def works(there: Scripted, folder: Path, settings: ConnectionSettings | None = None, **more: str | None) -> list[str]:
    """Log in and ask for the time; what was typed until the first block."""
    device = connect(there.port, credentials(folder), settings=settings or ConnectionSettings(), **more)  # type: ignore[arg-type]
    try:
        assert device.ask("show clock") == ""
    finally:
        device.close()
    return there.typed[: there.typed.index("terminal length 0")]


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("Username: ", "Password: "),
        ("Username(HAD):", "Password: "),
        ("Login Name:", "Password:"),
        ("USERNAME: ", "PASSWORD: "),
        ("login: ", "Password OTP: "),
        ("Username: ", "Enter PASSCODE: "),
        ("Username: ", "Password for netops: "),
        ("User: ", "netops@198.51.100.1's password: "),
        ("Enter your user name: ", "Please enter your password: "),
    ],
)
def test_words_of_a_login(tmp_path: Path, user: str, password: str) -> None:
    """The forms that servers use are known: user name and password are typed once each, at their questions."""
    with Scripted(box(password), greeting=f"\r\nUser Access Verification\r\n\r\n{user}") as there:
        assert works(there, tmp_path) == [USER, PASSWORD]


@pytest.mark.parametrize(
    "banner",
    [
        "Lost your password: call the desk, 8-17h\r\n",
        "username: and password: are those of the directory\r\n",
        "login: with your token\r\nPassword: from the app\r\n",
        "########\r\n# vpn2611# #\r\n########\r\n",
        "% Authentication failed attempts are logged; username:\r\n".replace("% Authentication failed", "Failed"),
    ],
)
def test_words_of_a_login_in_a_banner(tmp_path: Path, banner: str) -> None:
    """A banner that holds the words asks nothing, also when the question comes some time behind it."""
    release = threading.Event()
    with Scripted(box(), greeting=banner) as there:
        timer = threading.Timer(0.4, lambda: (there.say("Username: "), release.set()))
        timer.start()
        assert works(there, tmp_path) == [USER, PASSWORD]
        assert release.is_set()


def test_words_of_the_inventory(tmp_path: Path) -> None:
    """What the built-in forms do not know the inventory can say."""
    settings = ConnectionSettings(username_prompt=r"Kennung>", password_prompt=r"Kennwort>")
    with Scripted(box("Kennwort> "), greeting="Kennung> ") as there:
        assert works(there, tmp_path, settings) == [USER, PASSWORD]
    with Scripted(box("Kennwort> "), greeting="Kennung ist gefragt: ") as there:
        with pytest.raises(Unreachable, match="the last that it printed is 'Kennung ist gefragt:'"):
            works(there, tmp_path, _QUICK)
        assert not there.typed


@pytest.mark.parametrize("greeting", ["", "\r\nvpn2611 con0 is now available\r\n\r\n\r\nPress RETURN to get started.\r\n\r\n"])
def test_console_that_waits_for_return(tmp_path: Path, greeting: str) -> None:
    """A console line that says nothing, or asks for RETURN, gets one; then it is logged in to as any other."""
    with Scripted(box(RETURN="\r\n\r\nUsername: "), greeting=greeting) as there:
        typed = works(there, tmp_path)
    assert typed == ["", USER, PASSWORD]


def test_console_that_is_logged_in_already(tmp_path: Path) -> None:
    """A console on which somebody has stayed logged in is used: its prompt is verified by coming again."""
    with Scripted(box(RETURN=f"\r\n{PROMPT}"), greeting="") as there:
        assert works(there, tmp_path) == ["", ""]


def test_console_that_was_left_in_configuration_mode(tmp_path: Path) -> None:
    """It is left first: nothing is typed into somebody else's configuration."""
    answers = {"RETURN": "\r\nvpn2611(config)#", "end": f"end\r\n{PROMPT}"}
    with Scripted(box(**answers), greeting="") as there:
        assert works(there, tmp_path) == ["", "", "end"]


def test_return_is_pressed_a_few_times_only(tmp_path: Path) -> None:
    """A line that never answers is given up, and the message says that it said nothing."""
    with Scripted(box(RETURN=""), greeting="") as there:
        with pytest.raises(Unreachable, match="no login prompt within 1 seconds; it printed nothing"):
            works(there, tmp_path, _QUICK)
        assert there.ended.wait(5)
    assert there.typed == [""] * 3


def test_no_password_is_typed_for_a_new_one(tmp_path: Path) -> None:
    """An expired password is a person's: nothing is typed into the question for a new one, and the question is told."""
    with Scripted(box(then="\r\nYour password has expired.\r\nEnter new password: ")) as there:
        with pytest.raises(Unreachable, match="the device asks 'Enter new password:', which a person has to answer"):
            works(there, tmp_path)
        assert there.ended.wait(5)
    assert there.typed == [USER, PASSWORD]


def test_last_words_of_a_device(tmp_path: Path) -> None:
    """What a device said before it closed the connection is in the message, without the password."""

    def script(line: str) -> str | None:
        if line == PASSWORD:
            there.say("\r\n% Exec authorization failed for this line\r\n")
            raise EOFError
        return None

    with (
        Scripted(script) as there,
        pytest.raises(Unreachable, match=r"closed the connection before a prompt; the last .* '% Exec authorization failed"),
    ):
        works(there, tmp_path)


def test_a_slow_server(tmp_path: Path) -> None:
    """The time limit of a login is of each question, and the inventory can raise it."""

    def later(line: str) -> str | None:
        if line in (USER, PASSWORD):
            threading.Timer(0.8, lambda: there.say(f"{line}\r\nPassword: " if line == USER else f"\r\n{PROMPT}")).start()
            return ""
        return f"{line}\r\n{PROMPT}"

    with Scripted(later) as there:
        assert works(there, tmp_path, ConnectionSettings(login_timeout=10.0)) == [USER, PASSWORD]


@pytest.mark.parametrize(
    "motd",
    [
        "########",
        "#### welcome\r\nto the edge\r\n####",
        "Authorized users only ",
        "no line end.",
        "<hello>",
        "\x1b[1mBold\x1b[0m\r\n",
    ],
)
def test_banner_before_the_first_prompt(tmp_path: Path, motd: str) -> None:
    """A message of the day in two pieces, without a line end, or that looks like a prompt, is none: the real prompt is found."""
    with Scripted(box(then=f"\r\n{motd}", RETURN=f"\r\n{PROMPT}")) as there:
        threading.Timer(0.0, lambda: None).start()
        inner = there.script

        def script(line: str) -> str | None:
            sent = inner(line)
            if line == PASSWORD:
                threading.Timer(0.05, lambda: there.say(f"{'####' if motd.startswith('#') else ''}{PROMPT}")).start()
            return sent

        there.script = script
        assert [line for line in works(there, tmp_path) if line] == [USER, PASSWORD]


@pytest.mark.parametrize("behind", ["\x1b[K", "\x1b[6n", "\x07", "\x1b[0m "])
def test_control_sequences_behind_the_prompt(tmp_path: Path, behind: str) -> None:
    """What a terminal server puts behind the prompt does not hide it."""

    def script(line: str) -> str | None:
        if line == USER:
            return f"{line}\r\nPassword: "
        return f"\r\n{PROMPT}{behind}" if line == PASSWORD else f"{line}\r\n{PROMPT}{behind}"

    with Scripted(script) as there:
        assert works(there, tmp_path) == [USER, PASSWORD]


@pytest.mark.parametrize("question", ["Password: ", "Password OTP: ", "Enter PASSCODE: "])
def test_words_of_enable(tmp_path: Path, question: str) -> None:
    """The enable secret is typed at the forms of its question, and only there: not where a banner has the word."""
    secret = "Enable.Word.9"

    def script(line: str) -> str | None:
        if line == USER:
            return f"{line}\r\nPassword: "
        if line == PASSWORD:
            return "\r\nvpn2611>"
        if line == "enable":
            threading.Timer(0.2, lambda: there.say(question)).start()
            return "enable\r\nLost your enable password: call the desk\r\n"
        return f"\r\n{PROMPT}" if line == secret else f"{line}\r\n{PROMPT}"

    with Scripted(script) as there:
        assert works(there, tmp_path) == [USER, PASSWORD, "enable", secret]
