"""The telnet line: options, login, lines, paging, and how the cost of a client is counted."""

from __future__ import annotations

import re
import time

from nr_run.lab.entry import LabHandle

from .telnet_client import Telnet, credential, login


def test_options_and_banner(still: LabHandle) -> None:
    """The box offers to echo and to suppress go-ahead, and asks for a user."""
    with Telnet(still.devices["vpn2611"]) as line:
        text = line.until("Username: $")
    assert b"\xff\xfb\x01" in line.options
    assert b"\xff\xfb\x03" in line.options
    assert "User Access Verification" in text


def test_privilege_after_login(still: LabHandle) -> None:
    """The 2611 authenticates by AAA and gives user privilege; the 3640 gives a local user's privilege 15 at once."""
    with login(still, "vpn2611", enable=False) as line:
        assert line.ask("").endswith("vpn2611>")
        assert "% Invalid input" in line.answer("show running-config")
        line.ask("enable", "Password: $")
        assert "% Access denied" in line.ask("wrong")
        line.ask("enable", "Password: $")
        assert line.ask(credential(still, "enable-secret")).endswith("vpn2611#")
        assert line.ask("disable").endswith("vpn2611>")
    with login(still, "vpn3640", enable=False) as line:
        assert line.ask("").endswith("vpn3640#")


def test_three_wrong_passwords_end_the_connection(still: LabHandle) -> None:
    """A password is never echoed, and after three wrong ones the line is closed."""
    with Telnet(still.devices["vpn2611"]) as line:
        text = line.until("Username: $")
        for _ in range(3):
            text += line.ask("nr", "Password: $")
            line.send("wrong-word\r\n")
            text += line.until(r"% Authentication failed\.\r\n")
        text += line.until_closed()
    assert "wrong-word" not in text


def test_there_are_five_lines(still: LabHandle) -> None:
    """A sixth connection is refused while five are open, and taken when one has ended."""
    lines = [login(still, "vpn3640") for _ in range(5)]
    with Telnet(still.devices["vpn3640"]) as sixth:
        assert sixth.until_closed() == ""
    lines.pop().socket.close()
    while still.status()["vpn3640"]["sessions"] == 5:
        time.sleep(0.01)
    with login(still, "vpn3640") as line:
        assert line.answer("show privilege") == "Current privilege level is 15"
    for line in lines:
        line.socket.close()


def test_paging(still: LabHandle) -> None:
    """A long output stops at `--More--`; a blank shows the next page, q ends; `terminal length 0` switches it off."""
    with login(still, "vpn2611") as line:
        whole = line.answer("show running-config")
        line.ask("terminal length 10")
        text = line.ask("show running-config", r" --More-- $")
        assert text.count("\n") == 10
        line.send(" ")
        assert line.until(r" --More-- $").count("\n") == 9
        line.send("q")
        line.until()
        line.ask("terminal length 0")
        assert line.answer("show running-config") == whole


def test_line_editing(still: LabHandle) -> None:
    """Backspace and Ctrl-U correct a line, Ctrl-C leaves configuration mode."""
    with login(still, "vpn2611") as line:
        assert "Current privilege level is 15" in line.ask("show privilegx\x08e")
        assert "Current privilege level is 15" in line.ask("nonsense\x15show privilege")
        line.ask("configure terminal")
        line.send("hostname x\x03")
        assert line.until().endswith("vpn2611#")


def test_a_question_mark_helps_and_leaves_the_line(still: LabHandle) -> None:
    """`?` lists what may follow and the line stands there again; so it can be no part of a key that is typed."""
    with login(still, "vpn2611") as line:
        line.send("show crypto ?")
        text = line.until(r"vpn2611#show crypto $")
        words = ["ca", "dynamic-map", "engine", "ipsec", "isakmp", "key", "map", ""]
        assert [item.strip() for item in text.splitlines()[1:9]] == words
        assert "dst             src" in line.ask("isakmp sa")
        line.send("show cl?")
        assert "\r\nclass-map  clock\r\n" in line.until(r"vpn2611#show cl$")
        line.ask("\x15")
        line.ask("configure terminal")
        line.send("crypto isakmp key Half?Key address 172.18.124.199\r\n")
        line.until(r"\(config\)#crypto isakmp key Half.*\r\n")
        line.until()
        line.ask("end")
        assert "Half?" not in line.answer("show running-config | include isakmp key")
        line.configure("no crypto isakmp key HalfKey address 172.18.124.199")


def test_a_long_line_scrolls_with_a_dollar(still: LabHandle) -> None:
    """On 80 columns the echo of a long line scrolls and shows a dollar; on 511 columns it does not; it is read whole."""
    long = "show running-config | include " + "x" * 90 + "|^hostname"
    with login(still, "vpn2611") as line:
        echo = line.ask(long)
        assert "$" in echo
        assert "hostname vpn2611" in echo
        line.ask("terminal width 511")
        assert line.ask(long).startswith(long)


def test_a_line_has_at_most_254_characters(still: LabHandle) -> None:
    """What is typed beyond 254 characters is not taken, and the bell rings for each."""
    with login(still, "vpn2611") as line:
        line.ask("terminal width 511")
        text = line.ask("!" + "x" * 260)
        assert text.count("x") == 253
        assert text.count("\x07") == 7


def test_an_address_as_a_command_is_a_connection(still: LabHandle) -> None:
    """An address typed alone is connected to, and nobody answers."""
    with login(still, "vpn2611") as line:
        said = line.answer("10.1.1.1")
    assert said.startswith("Trying 10.1.1.1 ...")
    assert "% Connection timed out; remote host not responding" in said


def test_the_ping_dialogue_is_asked_in_order(still: LabHandle) -> None:
    """The extended ping asks its questions in the documented order and prints the documented summary."""
    questions = [
        ("Protocol [ip]: ", ""),
        ("Target IP address: ", "172.18.124.1"),
        ("Repeat count [5]: ", "10"),
        ("Datagram size [100]: ", ""),
        ("Timeout in seconds [2]: ", ""),
        ("Extended commands [n]: ", "y"),
        ("Source address or interface: ", "Ethernet0/0"),
        ("Type of service [0]: ", ""),
        ("Set DF bit in IP header? [no]: ", ""),
        ("Validate reply data? [no]: ", ""),
        ("Data pattern [0xABCD]: ", ""),
        ("Loose, Strict, Record, Timestamp, Verbose[none]: ", ""),
        ("Sweep range of sizes [n]: ", ""),
    ]
    with login(still, "vpn3640") as line:
        typed = "ping"
        for question, reply in questions:
            line.ask(typed, re.escape(question) + "$")
            typed = reply
        text = line.answer(typed)
    assert "Type escape sequence to abort." in text
    assert "Sending 10, 100-byte ICMP Echos to 172.18.124.1, timeout is 2 seconds:" in text
    assert "!!!!!!!!!!" in text
    assert re.search(r"Success rate is 100 percent \(10/10\), round-trip min/avg/max = \d+/\d+/\d+ ms", text)


def test_round_trips_lines_and_logins_are_counted(lab: LabHandle) -> None:
    """Lines sent at once cost one round trip, lines sent after each prompt one each; options cost none; logins are counted."""
    with login(lab, "vpn3640") as line:
        lab.reset_counters()
        for _ in range(5):
            line.answer("show clock")
        assert lab.counters("vpn3640").round_trips == 5
        assert lab.counters("vpn3640").lines == 5
        line.send("terminal width 101\r\nterminal width 102\r\nterminal width 103\r\n")
        line.until(r"103\r\n[^#]*#$")
        assert lab.counters("vpn3640").round_trips == 6
        assert lab.counters("vpn3640").lines == 8
        line.socket.sendall(b"\xff\xfd\x18\xff\xfb\x1f")
        assert lab.counters("vpn3640").logins == 0
        assert lab.counters("vpn2611").round_trips == 0
    with login(lab, "vpn3640"):
        assert lab.counters("vpn3640").logins == 1
