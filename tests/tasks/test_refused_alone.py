"""Refusals of the tasks and of what they read, each in a case in which nothing else refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from nr_run.checks.readiness.timers import clock_is_set
from nr_run.inventory.errors import NothingMatched, NotKnown, SecretError, Unreachable
from nr_run.inventory.files.connection_settings import ConnectionSettings
from nr_run.inventory.hiding import references
from nr_run.runbooks.engine.nornir_run import run_on, run_on_one
from nr_run.tasks.access.login import Dialogue, Words
from nr_run.tasks.answers import running, running_again
from nr_run.tasks.gather import sas_in
from nr_run.tasks.sessions.reply import Reply

from .scripted import PROMPT, Scripted
from .test_answers import RUNNING, nornir_of


class Wire:
    """A line that gives one text after the other, and takes as many lines as it is told to."""

    def __init__(self, *texts: str, takes: int = 9) -> None:
        self.texts, self.takes = list(texts), takes

    def answer_prompt(self, *answers: str) -> Dialogue:
        """A login over this line."""
        return Dialogue(Words.of(ConnectionSettings()), list(answers), self._read, self._write, lambda _seconds: None, 20.0)

    def _read(self) -> str:
        return self.texts.pop(0) if self.texts else ""

    def _write(self, _line: str) -> None:
        self.takes -= 1
        if self.takes < 0:
            raise EOFError


def test_a_question_after_the_login() -> None:
    """Where the transport has logged in already, a device that asks again is given nothing."""
    with pytest.raises(Unreachable, match="the device asks 'Password:' after the login"):
        Wire("\r\nPassword: ").answer_prompt().run()


def test_a_password_that_is_asked_for_again() -> None:
    """A device that asks once more has refused: the password is not typed a second time."""
    wire = Wire("\r\nUsername: ", "\r\nPassword: ", "\r\nUsername: ")
    with pytest.raises(Unreachable, match="the device refuses the user name or the password"):
        Late(wire).answer_prompt("netops", "Login.Word.9").run()


class Late(Wire):
    """Each text comes only when a line was typed behind the one before."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(*wire.texts)
        self.due = 1

    def _read(self) -> str:
        if self.due and self.texts:
            self.due -= 1
            return self.texts.pop(0)
        return ""

    def _write(self, line: str) -> None:
        super()._write(line)
        self.due += 1


def test_a_line_that_is_gone_when_an_answer_is_typed() -> None:
    """The connection may end between a question and its answer."""
    with pytest.raises(Unreachable, match="the device closed the connection before a prompt"):
        Wire("\r\nUsername: ", takes=0).answer_prompt("netops", "Login.Word.9").run()


def test_a_clock_that_shows_no_time() -> None:
    """What is no time of day does not say that the clock is set."""
    assert clock_is_set("ios", "10:11:12.123 UTC Mon Mar 4 2024\n")
    with pytest.raises(NotKnown, match="'show clock' was answered with 'nothing of the kind'"):
        clock_is_set("ios", "nothing of the kind\n")


def test_sas_that_cannot_be_read() -> None:
    """A table of SAs in another form is not known, and names its device."""
    replies = [Reply("show crypto isakmp sa", "nothing of the kind"), Reply("show crypto ipsec sa", "No SAs found")]
    with pytest.raises(NotKnown, match=r"^r1: "):
        sas_in("r1", "ios", replies)


def test_a_command_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault that does not answer holds no run for ever."""
    monkeypatch.setattr(references, "COMMAND_SECONDS", 0.2)
    with pytest.raises(SecretError, match="command:sleep gave no answer within 0 seconds"):
        references.fetch("command:sleep 60", ())


class Changing(Scripted):
    """Shows another configuration at each login, as while somebody types."""

    logins = 0

    def __init__(self) -> None:
        """Nothing is listened to yet."""
        super().__init__(self._shown)

    def _serve(self) -> None:
        for _ in range(5):
            self.logins += 1
            super()._serve()

    def _shown(self, line: str) -> str | None:
        shown = RUNNING.replace("line vty", f"username u{self.logins}\r\nline vty")
        return f"{line}\r\n{shown}{PROMPT}" if line == "show running-config" else None


def test_a_configuration_that_reads_differently_each_time(tmp_path: Path) -> None:
    """Where no two readings agree nothing is known of the device, and it is asked so often and no more."""
    with Changing() as box:
        nornir = nornir_of(box, tmp_path)
        try:
            first = run_on_one(nornir, running, "vpn2611")
            with pytest.raises(NotKnown, match="its running configuration reads differently each time, so it is not known"):
                run_on_one(nornir, running_again, "vpn2611", first=first, earlier=first, serial="")
        finally:
            nornir.close_connections()
        assert box.logins in (4, 5)


def test_work_on_no_device(tmp_path: Path) -> None:
    """A task that is given no device is no success."""
    with Changing() as box:
        nornir = nornir_of(box, tmp_path)
        with pytest.raises(NothingMatched, match="no device was selected"):
            run_on(nornir, running, {})
        # The device waits for its logins before it can end.
        for _ in range(5):
            run_on_one(nornir, running, "vpn2611")
            nornir.close_connections()
