"""The revert timer of 15.4 and the files behind it; `configure replace`, `archive` and kron on 12.4 as well."""

from __future__ import annotations

import re

import pytest

from nr_run.lab.entry import LabHandle

from .telnet_client import Telnet, config_of, credential, login
from .tunnels import eventually

ARCHIVE = "archive\npath flash:nr"
LINES = "interface Vlan1\ndescription one\nip access-list extended X\npermit ip any any"


def arm(pair: LabHandle, minutes: int) -> Telnet:
    """A session in configuration mode under a revert timer."""
    pair.exec("hq", f"configure terminal\n{ARCHIVE}")
    line = login(pair, "hq")
    said = line.ask(f"configure terminal revert timer {minutes}", r"\(config\)#")  # a warning may follow the prompt at once
    assert re.search(
        r"Rollback Confirmed Change: Backing up current running config to flash:nr-Nov-\d\d-[\d.-]+-\d+\r\n\r\nEnter", said
    )
    return line


def timer(pair: LabHandle) -> str:
    """What the box says of its timer."""
    return pair.exec("hq", "show archive config rollback timer")


def test_the_timer_puts_everything_back_by_itself(pair: LabHandle) -> None:
    """It warns one minute before, replaces what was configured since, and leaves the box up."""
    with arm(pair, 2) as line:
        before = config_of(pair, "hq")
        assert re.search(r"Timer type: absolute timer\n Timer value: 2 min\n User: nr\n", timer(pair))
        for typed in LINES.splitlines():
            line.ask(typed)
        assert config_of(pair, "hq") != before
        line.until(r"Rollback will begin in one minute\.\r\nEnter \"configure confirm\"")
        line.until(r"rolling to:flash:nr-.*\r\n\r\nTotal number of passes: 1\r\nRollback Done")
        line.ask("description two")
    assert config_of(pair, "hq") == before
    assert timer(pair).startswith("%No Rollback Confirmed Change pending")


def test_it_survives_its_session_and_brings_management_back(pair: LabHandle) -> None:
    """The change cuts its own way in: nobody can log in until the timer has put the configuration back."""
    pair.fault("hq", "lose-management-after", 3)
    with arm(pair, 1) as line:
        before = config_of(pair, "hq")
        line.send(LINES.replace("\n", "\r") + "\r")
        line.until_closed()
    with pytest.raises((EOFError, ConnectionError)):
        login(pair, "hq")
    assert "description one" in pair.exec("hq", "show running-config")
    eventually(lambda: timer(pair).startswith("%No"))
    with login(pair, "hq") as line:
        assert "uptime is 0 minutes" not in line.answer("show version")
    assert config_of(pair, "hq") == before


def test_only_its_owner_confirms_and_there_is_one(pair: LabHandle) -> None:
    """A second timer is refused, another user's confirmation too; the owner's is silent and final."""
    with arm(pair, 60) as line:
        line.ask("description")
        line.ask("end")
        assert line.answer("configure terminal revert timer 5").startswith("%Rollback Confirmed Change is already pending")
        for command in ("configure confirm", "configure revert now", "configure revert timer 5"):
            assert pair.exec("hq", command).startswith("%Only the user who started")
        assert line.answer("configure revert timer 7") == ""
        assert "Timer value: 7 min" in timer(pair)
        line.configure(LINES)
        assert line.answer("configure confirm") == ""
        assert line.answer("configure confirm").startswith("%No Rollback Confirmed Change pending")
    assert " description one" in config_of(pair, "hq")


def test_revert_now_prints_what_a_rollback_prints(pair: LabHandle) -> None:
    """`configure revert now` rolls back now."""
    with arm(pair, 60) as line:
        before = config_of(pair, "hq")
        for typed in [*LINES.splitlines(), "end"]:
            line.ask(typed)
        assert "Rollback Done" in line.answer("configure revert now")
    assert config_of(pair, "hq") == before


def test_without_an_archive_there_is_no_timer(pair: LabHandle) -> None:
    """The box says what to turn on; 12.4 mainline does not know the command."""
    assert pair.exec("hq", "configure terminal revert timer 5").startswith(
        "%Turn config archive on before using Rollback Confirmed Change"
    )
    assert pair.exec("hq", "show archive").startswith(" Archive feature not enabled")
    assert "% Invalid input" in pair.exec("branch", "configure terminal revert timer 5")
    assert "% Invalid input" in pair.exec("branch", "configure confirm")


def test_a_reload_forgets_the_timer(pair: LabHandle) -> None:
    """The box comes back with its startup configuration and nothing pending."""
    with arm(pair, 60) as line:
        line.ask("description x")
        line.ask("end")
        line.ask("reload", r"yes/no\]: $")
        line.ask("no", r"Reload reason: Reload Command\r\nProceed with reload\? \[confirm\]$")
        line.send("\r")
        line.until_closed()
    eventually(lambda: timer(pair).startswith("%No"))
    eventually(lambda: "archive" not in config_of(pair, "hq"))


def test_an_archived_configuration_replaces_the_running_one(pair: LabHandle) -> None:
    """12.4 numbers its archives; `configure replace` asks unless forced and lists what it does if told to."""
    pair.exec("branch", f"configure terminal\n{ARCHIVE}")
    assert pair.exec("branch", "archive config") == ""
    shown = pair.exec("branch", "show archive")
    name = re.findall(r"(flash:nr-\d+) <- Most Recent", shown)[0]
    before = config_of(pair, "branch")
    pair.exec("branch", "configure terminal\nip access-list extended X\npermit ip any any\ninterface Ethernet0/1\ndescription x")
    with login(pair, "branch") as line:
        line.ask(f"configure replace {name}", r"Enter Y if you are sure you want to proceed\. \? \[no\]: $")
        assert "Rollback Done" not in line.ask("")
        said = line.answer(f"configure replace {name} list force")
        assert "!List of Rollback Commands:\ninterface Ethernet0/1\n no description x\nno ip access-list extended X\nend" in said
        assert "Total number of passes: 1\nRollback Done" in said
        assert "Total number of passes: 0\nRollback Done" in line.answer(f"configure replace {name} force")
        assert line.answer("configure replace flash:nothing force").startswith("%Error opening flash:nothing")
    assert config_of(pair, "branch") == before


def test_a_copy_to_flash_offers_to_wipe_it(pair: LabHandle) -> None:
    """The 3640 asks whether to erase its flash first, and `n` keeps the image; the 881 does not ask."""
    with login(pair, "branch") as line:
        line.ask("copy running-config flash:nr.cfg", r"Destination filename \[nr\.cfg\]\? $")
        line.ask("", r"Erase flash: before copying\? \[confirm\]$")
        line.send("n")
        assert re.search(r"Verifying checksum\.\.\.  OK .*\r\n\d+ bytes copied", line.until())
        assert "c3640-jk9o3s-mz.124-25d.bin" in line.answer("dir flash:")
        assert "hostname branch" in line.answer("more flash:nr.cfg")
        line.answer("delete /force flash:nr.cfg")
        assert "nr.cfg" not in line.answer("dir flash:")
    with login(pair, "hq") as line:
        line.ask("copy running-config flash:nr.cfg", r"Destination filename \[nr\.cfg\]\? $")
        assert re.search(r"\d+ bytes copied", line.ask(""))


def test_kron_is_a_dead_man(pair: LabHandle) -> None:
    """A single occurrence replaces the configuration after its time by the saved one, which has no occurrence; once."""
    before = config_of(pair, "branch")
    with login(pair, "branch") as line:
        assert (
            line.configure(
                "kron policy-list NR\ncli configure replace nvram:startup-config force\n"
                "kron occurrence NR in 2 oneshot\npolicy-list NR\ninterface Ethernet0/1\ndescription x"
            )
            == []
        )
        assert re.search(r"NR inactive, will run once in 0 days 00:01:\d\d", line.answer("show kron schedule"))
    eventually(lambda: config_of(pair, "branch") == before)
    assert pair.exec("branch", "show kron schedule") == "Kron Occurrence Schedule\n\n"


def test_no_secret_leaves_the_credentials(pair: LabHandle) -> None:
    """The archived configuration holds the hash of a password and not the password."""
    pair.exec("hq", f"configure terminal\n{ARCHIVE}")
    pair.exec("hq", "archive config")
    name = re.findall(r"(flash:nr-\S+) <- Most Recent", pair.exec("hq", "show archive"))[0]
    assert credential(pair, "device-password") not in pair.exec("hq", f"more {name}")


def test_saving_archives_where_that_is_configured(pair: LabHandle) -> None:
    """`write-memory` under `archive` keeps a file for each save."""
    startup = pair.exec("hq", "show startup-config").splitlines()
    pair.exec("hq", f"configure terminal\n{ARCHIVE}\nwrite-memory")
    before = pair.exec("hq", "show archive").count("flash:nr-")
    pair.exec("hq", "write memory")
    assert pair.exec("hq", "show archive").count("flash:nr-") == before + 1
    pair.exec("hq", "configure terminal\nno archive")
    pair.exec("hq", "write memory")
    assert [x for x in pair.exec("hq", "show startup-config").splitlines()[1:] if x[:1] != "!"] == [
        x for x in startup[1:] if x[:1] != "!"
    ]


def test_kron_waits_for_a_clock_that_is_set(pair: LabHandle) -> None:
    """While the clock was never set, which show clock marks, nothing that kron has to do is done."""
    pair.fault("branch", "clock-unset")
    assert pair.exec("branch", "show clock").startswith("*")
    pair.exec("branch", "configure terminal\nkron policy-list C\ncli configure replace nvram:startup-config force")
    pair.exec("branch", "configure terminal\nkron occurrence C in 1 oneshot\npolicy-list C")
    with login(pair, "branch") as line:
        line.ask("reload in 6", r"yes/no\]: ")
        line.ask("no", r"\[confirm\]")
        line.ask("", "branch#")  # the banner of the reload may come right behind the prompt
        eventually(lambda: re.search(r"in [1-4] minute", pair.exec("branch", "show reload")) is not None)
        line.ask("reload cancel", "ABORTED")
    assert "kron occurrence C in 1 oneshot" in pair.exec("branch", "show running-config")


def test_a_command_that_fails_takes_its_policy_list(pair: LabHandle) -> None:
    """Kron drops the policy list of a command that was refused."""
    pair.exec("branch", "configure terminal\nkron policy-list F\ncli configure replace flash:missing force")
    pair.exec("branch", "configure terminal\nkron occurrence F in 1 oneshot\npolicy-list F")
    eventually(lambda: "kron policy-list F" not in pair.exec("branch", "show running-config"))


def test_a_full_flash_takes_no_copy(pair: LabHandle) -> None:
    """Without room the copy fails, dir says so, and no file is made."""
    pair.fault("branch", "flash-full")
    answers = "\n\nn"
    assert "Not enough space on device" in pair.exec("branch", f"copy running-config flash:x.cfg{answers}")
    assert "(0 bytes free)" in pair.exec("branch", "dir flash:")
    assert "x.cfg" not in pair.exec("branch", "dir flash:")


def test_a_user_who_is_not_authorized(pair: LabHandle) -> None:
    """A refused exec command says so and does nothing; others work."""
    pair.fault("hq", "refuse-exec", "configure confirm")
    with arm(pair, 60) as line:
        line.ask("end")
        assert "Command authorization failed." in line.answer("configure confirm")
        assert "Timer value: 60 min" in line.answer("show archive config rollback timer")
    pair.fault("hq", "refuse-exec", on=False)
    with login(pair, "hq") as line:
        line.ask("configure confirm")
    assert timer(pair).startswith("%No")
