"""The session against the rehearsal lab: blocks, refused lines, and every fault that touches a session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.plans.change import Change
from nr_run.inventory.errors import DeviceRefused, DriftError, NrRunError, SessionLost, Unreachable
from nr_run.inventory.models.platforms import platform_for
from nr_run.lab.entry import LabHandle
from nr_run.tasks.rollback_timers.reload_in import ReloadIn
from nr_run.tasks.rollback_timers.timer import Arming
from nr_run.tasks.sessions.session import Session

from ..warm import start_lab
from .scripted import connect

BLOCK = ("configure terminal", "crypto isakmp policy 77", "encr 3des", "authentication pre-share", "group 2")
UNDO = ("no crypto isakmp policy 77", "end")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """One 2611 and one 3640 for all tests of this file; each test leaves them as it found them."""
    with start_lab(tmp_path_factory.mktemp("lab") / "lab", speed=20.0) as handle:
        yield handle


@contextmanager
def device(lab: LabHandle, *fault: str | int, timeout_seconds: float = 5.0) -> Iterator[Session]:
    """A session with the 2611, with a fault that begins after the login."""
    opened = connect(lab.devices["vpn2611"].port, lab.credentials, timeout_seconds=timeout_seconds)
    if fault:
        lab.fault("vpn2611", str(fault[0]), *fault[1:])
    try:
        yield opened
    finally:
        opened.close()
        if fault:
            lab.fault("vpn2611", str(fault[0]), on=False)
        lab.exec("vpn2611", "configure terminal\nno crypto isakmp policy 77\nend")


def policy_77(lab: LabHandle) -> bool:
    """Whether the policy that the tests build is there."""
    return "crypto isakmp policy 77" in lab.exec("vpn2611", "show running-config")


def test_block(lab: LabHandle) -> None:
    """A block in one write is attributed line by line, and is in the configuration afterwards."""
    with device(lab) as session:
        replies = session.send_batch(BLOCK)
        assert [reply.line for reply in replies] == list(BLOCK)
        assert [bool(reply.text) for reply in replies] == [True, False, False, False, False]
        assert session.configuring
        assert policy_77(lab)
        assert [reply.text for reply in session.send_batch(UNDO)] == ["", ""]
        assert not session.configuring
    assert not policy_77(lab)


def test_refused_line_in_the_middle(lab: LabHandle) -> None:
    """The one line that the device refuses has the refusal, and its neighbours have none."""
    with device(lab, "refuse-line", "pre-share") as session:
        texts = {reply.line: reply.words for reply in session.send_batch(BLOCK)}
    assert "Invalid input" in texts["authentication pre-share"]
    assert texts["encr 3des"] == texts["group 2"] == ""


def test_log_messages(lab: LabHandle) -> None:
    """With log messages in the middle of everything a block has the same answers as without."""
    with device(lab, "syslog") as session:
        for _ in range(3):
            assert [bool(reply.text) for reply in session.send_batch(BLOCK)] == [True, False, False, False, False]
            session.send_batch(UNDO)
        assert "%SYS-" not in session.ask("show running-config")


def test_garbage(lab: LabHandle) -> None:
    """Bytes that mean nothing never pass for an ordinary answer: they are in the text, or the session says no."""
    clean = lab.exec("vpn2611", "show crypto isakmp sa")
    with device(lab, "garbage") as session:
        try:
            shown = session.ask("show crypto isakmp sa")
        except NrRunError as refused:
            shown = str(refused)
    assert shown.strip() != clean.strip()


@pytest.mark.parametrize("line", range(1, 5))
def test_cut_session(lab: LabHandle, line: int) -> None:
    """Wherever the session is cut, the block is lost and the next login finds a working device."""
    with device(lab, "cut-session-after", line) as session:
        with pytest.raises(SessionLost, match="vpn2611: the session ended"):
            session.send_batch(BLOCK)
        assert not session.open
    with device(lab) as session:
        assert "version 12.2" in session.ask("show running-config")


def test_cut_in_an_echo(lab: LabHandle) -> None:
    """A cut in the middle of an echo is a lost session, not a refused line."""
    with device(lab, "cut-in-echo", 2) as session, pytest.raises(SessionLost):
        session.send_batch(BLOCK)


def test_slow_box(lab: LabHandle) -> None:
    """A device that takes its time for every answer is waited for, as long as it says something."""
    with device(lab, "slow", 300, timeout_seconds=2.0) as session:
        assert len(session.send_batch(BLOCK)) == len(BLOCK)


def test_box_that_takes_nobody(lab: LabHandle) -> None:
    """A login that is refused is said so, with the name of the device."""
    lab.fault("vpn2611", "login-refused")
    with pytest.raises(Unreachable, match="vpn2611: the device refuses the user name or the password"):
        connect(lab.devices["vpn2611"].port, lab.credentials)
    lab.fault("vpn2611", "login-refused", on=False)


def test_question_that_does_not_come(lab: LabHandle) -> None:
    """In configuration mode there is no extended ping: the refusal is in the error and no answer is typed."""
    with device(lab) as session:
        session.send_batch(["configure terminal"])
        with pytest.raises(DeviceRefused, match="'ping' was answered with"):
            session.answer_prompt("ping", r"Protocol \[ip\]: ?", ["", "10.10.20.1", "5"])
        session.send_batch(["end"])
        assert "hostname vpn2611" in session.ask("show running-config")


def test_one_round_trip_for_a_block(lab: LabHandle) -> None:
    """A block of five lines, with what prepares the terminal, costs one exchange."""
    with device(lab) as session:
        lab.reset_counters()
        session.send_batch(BLOCK)
        assert lab.counters("vpn2611").round_trips == 1


def test_a_prompt_that_does_not_tell_the_privilege(lab: LabHandle) -> None:
    """With ``prompt <%h>`` the prompt ends alike at every level: privilege is asked for, and the enable secret is not blamed."""
    lab.fault("vpn2611", "prompt", "<%h>")
    try:
        with device(lab) as session:
            assert "uptime is" in session.ask("show version")
            assert [bool(reply.text) for reply in session.configure(BLOCK[1:])] == [True, False, False, False, False]
            assert policy_77(lab)
            assert [reply.text for reply in session.send_batch(UNDO)] == ["", ""]
    finally:
        lab.fault("vpn2611", "prompt", on=False)


def test_privilege_that_is_refused_at_such_a_prompt(lab: LabHandle) -> None:
    """Where the prompt does not tell it and ``show privilege`` says another level, the login ends there."""
    lab.fault("vpn2611", "prompt", "<%h>")
    lab.fault("vpn2611", "refuse-exec", "enable")
    try:
        with pytest.raises(Unreachable, match="the device refuses the enable secret"):
            connect(lab.devices["vpn2611"].port, lab.credentials, timeout_seconds=5.0).close()
    finally:
        lab.fault("vpn2611", "prompt", on=False)
        lab.fault("vpn2611", "refuse-exec", on=False)


def test_the_reload_of_another_operator_outlives_ours(lab: LabHandle) -> None:
    """A reload that took the place of ours is not cancelled, nor replaced by ours, and is named."""
    running = Configuration("vpn2611", "ios", "show running-config", lab.exec("vpn2611", "show running-config"))
    platform, change = platform_for("2611", "12.2(8)T"), Change("vpn2611", "ios", (), (), (), (), ())
    arming = Arming("vpn2611", platform, 15, "nr-20261129T000000Z-abcd", change, running)
    try:
        with device(lab) as session, device(lab) as other:
            assert ReloadIn().arm(session, arming) == arming.tag
            session.leave(())
            other.answer_prompts("reload in 30 maintenance", {}, leave=r"\[confirm\] ?")
            other.send_batch((), answer="")
            for does in (lambda: ReloadIn().disarm(session, arming, ()), lambda: ReloadIn().renew(session, arming)):
                with pytest.raises(DriftError, match="maintenance"):
                    does()
                assert "maintenance" in lab.exec("vpn2611", "show reload")
    finally:
        lab.exec("vpn2611", "reload cancel")
