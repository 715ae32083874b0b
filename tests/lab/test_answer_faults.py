"""Faults that refuse, cut, empty or garble what a box shows, on routers and firewalls alike."""

from __future__ import annotations

import re

import pytest

from nr_run.lab.core.answers import begins
from nr_run.lab.core.errors import NoSuchFault
from nr_run.lab.core.refusals import WORDS
from nr_run.lab.entry import LabHandle

from .several import DEVICES, session, several, shared_several

__all__ = ["several", "shared_several"]

each_box = pytest.mark.parametrize("device", DEVICES)


@each_box
def test_refused_commands_are_refused_by_any_abbreviation(several: LabHandle, device: str) -> None:
    """`refuse-show` strikes a command however short it is typed, and no other, until it is switched off."""
    with session(several, device) as line:
        several.fault(device, "refuse-show", "show running-config")
        for typed in ("show running-config", "sh run", "sho runn"):
            assert line.answer(typed).strip().rstrip(".") == "Command authorization failed", typed
        assert "uthorization" not in line.answer("show version")
        several.fault(device, "refuse-show", on=False)
        assert "hostname" in line.answer("sh run")


def test_more_is_refused_on_an_asa(several: LabHandle) -> None:
    """`more system:running-config` can be refused, with `show running-config` or without it."""
    with session(several, "asa91") as line:
        several.fault("asa91", "refuse-show", "more system:|show startup-config")
        assert line.answer("more system:running-config") == "Command authorization failed"
        assert line.answer("sh start") == "Command authorization failed"
        assert "hostname" in line.answer("show running-config")


@each_box
def test_a_refusal_comes_so_many_times(several: LabHandle, device: str) -> None:
    """`refuse-show TEXT 2` strikes twice; then the fault is off, and the lab says so."""
    with session(several, device) as line:
        several.fault(device, "refuse-show", "show run", 2)
        assert "hostname" not in line.answer("show run")
        assert "hostname" not in line.answer("show run")
        assert "hostname" in line.answer("show run")
    assert several.status()[device]["faults"] == {}


@pytest.mark.parametrize("device", ["c881", "asa919"])
@pytest.mark.parametrize("words", WORDS)
def test_every_wording_of_a_refusal(several: LabHandle, device: str, words: str) -> None:
    """Each kind of refusal is printed in the words of the box, and nothing of the answer beside them."""
    expected = [line.strip() for line in (WORDS[words].asa if device.startswith("asa") else WORDS[words].ios) if line]
    with session(several, device) as line:
        several.fault(device, "refuse-show", "show clock", words)
        assert [text.strip() for text in line.answer("show clock").splitlines() if text.strip()] == expected


@each_box
def test_refused_exec_commands(several: LabHandle, device: str) -> None:
    """`refuse-exec` refuses every command with the text in it, on a firewall too, in configuration mode as well."""
    with session(several, device) as line:
        several.fault(device, "refuse-exec", "clock")
        assert line.answer("show clock").strip().rstrip(".") == "Command authorization failed"
        line.ask("configure terminal")
        do = "" if device.startswith("asa") else "do "
        assert line.answer(f"{do}show clock").strip().rstrip(".") == "Command authorization failed"
        line.ask("end")
        assert "ersion" in line.answer("show version")


@each_box
def test_answers_are_cut_after_lines_or_bytes(several: LabHandle, device: str) -> None:
    """`cut-show` leaves the first lines or bytes of an answer and the prompt behind them."""
    with session(several, device) as line:
        whole = line.answer("show version")
        several.fault(device, "cut-show", 3)
        assert line.answer("show version") == "\n".join(whole.splitlines()[:3])
        several.fault(device, "cut-show", "50b")
        assert line.answer("show version").rstrip("\n") == whole[:50].rstrip("\n")
        several.fault(device, "cut-show", 1, "show run", 1)
        assert line.answer("show version").splitlines()[:3] == whole.splitlines()[:3]
        assert len(line.answer("show run").splitlines()) == 1
        assert "hostname" in line.answer("show run")


@each_box
def test_a_session_hangs_in_the_middle_of_an_answer(several: LabHandle, device: str) -> None:
    """`hang-show N` stops in the Nth answer of that command, without a prompt, in that session alone and once."""
    several.fault(device, "hang-show", 2, "show version")
    with session(several, device) as line, session(several, device) as other:
        whole = line.answer("show version")
        half = whole.splitlines()[: len(whole.splitlines()) // 2]
        line.send("show version\r\n")
        assert half[-1].strip() in line.until(re.escape(half[-1].strip()))
        line.send("\r\n")
        assert other.answer("show version").splitlines()[:3] == whole.splitlines()[:3]
        line.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            line.until()


def test_a_configuration_ends_behind_its_heading(several: LabHandle) -> None:
    """`cut-show 1` leaves `Building configuration...` of a router's configuration."""
    with session(several, "c881") as line:
        several.fault("c881", "cut-show", 1)
        assert line.answer("show running-config") == "Building configuration..."


@each_box
def test_empty_answers(several: LabHandle, device: str) -> None:
    """`empty-show` prints nothing for the commands that begin with the text."""
    with session(several, device) as line:
        several.fault(device, "empty-show", "show running-config")
        assert line.answer("show run").strip() == ""
        assert "ersion" in line.answer("show version")


@each_box
def test_garbled_answers(several: LabHandle, device: str) -> None:
    """`garble-show` changes characters of the answer, adds none, and turns none into a letter or a digit."""
    with session(several, device) as line:
        whole = line.answer("show version").split("\n")
        several.fault(device, "garble-show", "show version", 1)
        noisy = line.answer("show version").split("\n")
        assert [len(text) for text in noisy[:5]] == [len(text) for text in whole[:5]]
        changed = [new for old, new in zip("\n".join(whole[:5]), "\n".join(noisy[:5]), strict=True) if old != new]
        assert changed
        assert not any(new.isalnum() and new.isascii() for new in changed)
        assert line.answer("show version").split("\n")[:5] == whole[:5]


def test_which_commands_begin_with_a_text() -> None:
    """Words may be cut short in the text, a `$` means the whole command, a `|` stands between several texts."""
    assert begins("show running-config interface Ethernet0/0", "sh run")
    assert not begins("show running-config interface Ethernet0/0", "sh run$")
    assert begins("show running-config", "sh run$")
    assert begins("more system:running-config", "show run|more system:")
    assert not begins("show version", "show run|more system:")
    assert not begins("show", "show run")


def test_arguments_that_do_not_fit(several: LabHandle) -> None:
    """A wording, a form or an amount that is not there is refused with those that are; so is a fault of another kind of box."""
    with pytest.raises(NoSuchFault, match="authorization"):
        several.fault("c881", "refuse-show", "show run", "politely")
    with pytest.raises(NoSuchFault, match="traceback"):
        several.fault("c881", "console-logs", "morse")
    with pytest.raises(NoSuchFault, match="a number for AMOUNT"):
        several.fault("c881", "cut-show", "half")
    with pytest.raises(NoSuchFault, match="IOS-XE"):
        several.fault("c881", "security-warnings")
    with pytest.raises(NoSuchFault, match="SSH"):
        several.fault("vpn3640", "host-key")
    assert several.status()["c881"]["faults"] == {}
