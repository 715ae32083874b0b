"""The event manager of ASA 9.19: a countdown runs its commands once, whoever has gone away meanwhile."""

from __future__ import annotations

import re

import pytest

from nr_run.lab.entry import LabHandle

from .firewalls import INVALID, OUTSIDE, Asa, back, config, join, open_asa, ping, reboot, typed
from .telnet_client import credential
from .tunnels import eventually

ALONE = pytest.mark.parametrize("boxes", [("asa919",)], indirect=True)
APPLET = """\
event manager applet NR-x
 description nr-run rollback timer
 event timer countdown time {seconds}
 action 1 cli command "{command}"
 output none"""


def armed(boxes: LabHandle) -> str:
    """`show event manager`."""
    return boxes.exec("asa919", "show event manager")


@ALONE
def test_an_applet_counts_down_and_runs_once(boxes: LabHandle) -> None:
    """It shows what is left, runs its actions in the order of their numbers, and does not count again."""
    lines = APPLET.format(seconds=60, command="no access-list A extended permit ip any any")
    typed(boxes, "asa919", "access-list A extended permit ip any any\n" + lines)
    assert (
        typed(boxes, "asa919", 'event manager applet NR-x\naction 2 cli command "access-list B extended permit ip any any"') == []
    )
    shown = armed(boxes)
    assert re.search(r"^event manager applet NR-x, hits 0, last never$", shown, re.MULTILINE)
    left = re.search(r"^  event countdown 60 secs, left (\d+) secs, hits 0, last never$", shown, re.MULTILINE)
    assert left is not None
    assert 0 < int(left[1]) <= 60
    assert config(boxes, "asa919", "event manager") == [
        "event manager applet NR-x",
        " description nr-run rollback timer",
        " event timer countdown time 60",
        ' action 1 cli command "no access-list A extended permit ip any any"',
        ' action 2 cli command "access-list B extended permit ip any any"',
        " output none",
    ]
    eventually(lambda: config(boxes, "asa919", "access-list") == ["access-list B extended permit ip any any"])
    typed(boxes, "asa919", "no access-list B extended permit ip any any")
    assert re.search(
        r"event countdown 60 secs, left 0 secs, hits 1, last \d{4}/\d\d/\d\d \d\d:\d\d:\d\d$", armed(boxes), re.MULTILINE
    )
    assert typed(boxes, "asa919", "event manager applet NR-x\nevent timer countdown time 60") == []
    assert "left 0 secs, hits 1" in armed(boxes)
    assert typed(boxes, "asa919", "event manager applet NR-x\nno event timer countdown\nevent timer countdown time 50") == []
    assert "event countdown 50 secs, left" in armed(boxes)
    eventually(lambda: config(boxes, "asa919", "access-list") == ["access-list B extended permit ip any any"])


@ALONE
def test_a_removed_applet_does_nothing(boxes: LabHandle) -> None:
    """Removed before its time it never runs, and nothing of it is left to see."""
    typed(boxes, "asa919", APPLET.format(seconds=40, command="access-list A extended permit ip any any"))
    assert "NR-x" in armed(boxes)
    assert typed(boxes, "asa919", "no event manager applet NR-x") == []
    assert armed(boxes) == ""
    assert config(boxes, "asa919", "event manager") == []
    boxes.exec("asa919", "ping 172.18.124.77 repeat 25")  # 50 seconds of lab time
    assert config(boxes, "asa919", "access-list") == []


@ALONE
def test_an_applet_gives_the_management_back(boxes: LabHandle) -> None:
    """The lines that cut the way in are rolled back by the applet, and somebody can log in again; it is no reload."""
    with open_asa(boxes, "asa919") as line:
        line.configure(APPLET.format(seconds=300, command="no access-list CUT extended permit ip any any"))
        boxes.fault("asa919", "lose-management-after", 1 + 6)  # five lines of the applet and `end` came before
        line.ask("configure terminal")
        line.send("access-list CUT extended permit ip any any\r")
        line.until_closed()
    with pytest.raises((ConnectionError, EOFError)):
        Asa(boxes.devices["asa919"], "nr", credential(boxes, "device-password"))
    assert "CUT" in boxes.exec("asa919", "show running-config access-list")
    with back(boxes, "asa919") as line:
        assert "CUT" not in line.answer("show running-config access-list")
        assert "NR-x" in line.answer("show running-config event manager")


@ALONE
def test_a_reload_forgets_an_applet_that_was_not_saved(boxes: LabHandle) -> None:
    """The startup has no applet: after the reload none counts."""
    typed(boxes, "asa919", APPLET.format(seconds=200, command="access-list A extended permit ip any any"))
    with reboot(boxes, "asa919") as line:
        assert line.answer("show event manager") == ""
        assert line.answer("show running-config access-list") == ""


@ALONE
def test_commands_that_ask_or_are_wrong_fail(boxes: LabHandle) -> None:
    """An action gets no input: one that asks does nothing, a wrong one neither, each is noted, and the next ones run."""
    lines = APPLET.format(seconds=30, command="reload")
    more = '\naction 2 cli command "nonsense"\naction 3 cli command "access-list A extended permit ip any any"'
    typed(boxes, "asa919", lines + more)
    eventually(lambda: config(boxes, "asa919", "access-list") == ["access-list A extended permit ip any any"])
    assert armed(boxes).startswith("Last Error: Command failed @ ")
    assert boxes.exec("asa919", "show reload") == "No reload is scheduled.\n"


@ALONE
def test_each_action_begins_in_global_configuration(boxes: LabHandle) -> None:
    """A mode that one action enters is left when the next begins."""
    lines = APPLET.format(seconds=30, command="interface Management0/0")
    typed(boxes, "asa919", lines + '\naction 2 cli command "description inside a mode"')
    eventually(lambda: "left 0 secs" in armed(boxes))
    assert "inside a mode" not in boxes.exec("asa919", "show running-config interface")
    assert "Last Error" in armed(boxes)


@ALONE
def test_what_an_applet_may_be_called_and_run(boxes: LabHandle) -> None:
    """Names of more than 32 characters and commands without quotes are refused; `event none` runs by hand."""
    (said,) = typed(boxes, "asa919", f"event manager applet {'n' * 33}")
    assert INVALID in said
    answers = typed(boxes, "asa919", "event manager applet HAND\naction 1 cli command show version\nevent none\n"
                    'action 2 cli command "access-list H extended permit ip any any"')  # fmt: skip
    assert len(answers) == 1
    assert boxes.exec("asa919", "event manager run HAND") == ""
    assert config(boxes, "asa919", "access-list") == ["access-list H extended permit ip any any"]
    assert "event none, hits 1, last" in armed(boxes)


@pytest.mark.parametrize("boxes", [("asa919", "c881")], indirect=True)
def test_a_dead_man_takes_a_tunnel_back(boxes: LabHandle) -> None:
    """The inverse commands of a change, run by the applet, end the tunnel and leave the configuration as it was."""
    before = config(boxes, "asa919")
    actions = [
        "no crypto map NR-MAP interface outside", "clear configure crypto map NR-MAP 10",
        f"clear configure tunnel-group {OUTSIDE['c881']}",
        "clear configure access-list NR-ACL", "no crypto ipsec ikev1 transform-set NR-TS esp-aes-256 esp-sha-hmac",
        "no crypto ikev1 enable outside", "no crypto ikev1 policy 10", "no event manager applet NR-x",
    ]  # fmt: skip
    lines = "\n".join(f'action {number} cli command "{text}"' for number, text in enumerate(actions, start=1))
    typed(boxes, "asa919", f"event manager applet NR-x\nevent timer countdown time 300\n{lines}\noutput none")
    join(boxes, "asa919", "c881", group="14")
    eventually(lambda: ping(boxes, "asa919", "c881") == 5)
    eventually(lambda: config(boxes, "asa919") == before)
    assert ping(boxes, "asa919", "c881") == 0
    assert "NR-x" not in armed(boxes)
