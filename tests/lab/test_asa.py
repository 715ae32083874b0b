"""The ASAs as somebody meets them: login, modes, words for errors, the pager, the configuration as text, saving, reloading."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from nr_run.lab.entry import LabHandle
from nr_run.parsers import parse

from .firewalls import INVALID, PSK, Asa, back, config, open_asa, reboot, typed
from .telnet_client import credential

netmiko = pytest.importorskip("netmiko")
ASAS = ("asa82", "asa91", "asa919")
KEYED = "tunnel-group 192.0.2.7 type ipsec-l2l\ntunnel-group 192.0.2.7 ipsec-attributes\n{key} " + PSK


def keyed(device: str) -> str:
    """A tunnel group with a key, in the words of the release."""
    return KEYED.format(key="pre-shared-key" if device == "asa82" else "ikev1 pre-shared-key")


@pytest.mark.parametrize("device", ASAS)
def test_login_goes_by_enable(firewalls: LabHandle, device: str) -> None:
    """A user of privilege 15 begins without privilege; `enable` asks for the password and takes only the right one."""
    with Asa(firewalls.devices[device], "nr", credential(firewalls, "device-password")) as line:
        assert "Type help or '?' for a list of available commands." in line.until()
        assert INVALID in line.ask("configure terminal")
        line.ask("enable", "Password: $")
        line.ask("wrong", "Invalid password\r\nPassword: $")
        assert line.ask(credential(firewalls, "enable-secret")).endswith(f"{device}# ")


@pytest.mark.parametrize("device", ASAS)
def test_each_mode_has_its_prompt(firewalls: LabHandle, device: str) -> None:
    """Every mode shows its own prompt, and a comment is taken in silence in each of them."""
    old, ike = device == "asa82", "isakmp" if device == "asa82" else "ikev1"
    modes = {
        "interface Management0/0": "config-if",
        f"crypto {ike} policy 99": f"config-{ike}-policy",
        "object-group network PROMPT-G": "config-network" if old else "config-network-object-group",
        "group-policy PROMPT-P attributes": "config-group-policy",
        "tunnel-group 192.0.2.9 general-attributes": "config-tunnel-general",
        "tunnel-group 192.0.2.9 ipsec-attributes": "config-tunnel-ipsec",
    }
    if not old:
        modes["object network PROMPT-O"] = "config-network-object"
    if device == "asa919":
        modes["event manager applet PROMPT"] = "config-applet"
    with open_asa(firewalls, device) as line:
        assert line.ask("configure terminal").endswith(f"{device}(config)# ")
        line.ask("group-policy PROMPT-P internal")
        line.ask("tunnel-group 192.0.2.9 type ipsec-l2l")
        for command, mode in modes.items():
            assert line.ask(command).endswith(f"{device}({mode})# ")
            assert line.answer("! nr-run") == ""
            assert line.ask("exit").endswith(f"{device}(config)# ")
        for command in ("clear configure tunnel-group 192.0.2.9", "no group-policy PROMPT-P", f"no crypto {ike} policy 99"):
            assert line.answer(command) == ""
        line.ask("no object-group network PROMPT-G")


def test_errors_are_in_the_words_of_an_asa(firewalls: LabHandle) -> None:
    """The caret stands under the word, prompt included; what is short or ambiguous is said to be."""
    with open_asa(firewalls, "asa91") as line:
        line.ask("configure terminal")
        prompt = "asa91(config)# "
        assert line.answer("crypto ikev1 polizy 10") == " " * (len(prompt) + 13) + "^\r\n".replace("\r", "") + INVALID
        assert line.answer("crypto map") == "ERROR: % Incomplete command"
        assert line.answer("no crypto map NR-MAP 10") == "ERROR: % Incomplete command"
        assert line.answer("s").startswith("ERROR: % Ambiguous command")
        assert INVALID in line.answer("foo")
        line.ask("end")
        assert INVALID in line.answer("foo")
        assert INVALID in line.answer("clear configure access-list X")
        assert INVALID in line.answer("show running-config | section crypto")


@pytest.mark.parametrize("device", ASAS)
def test_stock_netmiko_works(firewalls: LabHandle, device: str) -> None:
    """Netmiko's ASA driver logs in, enables, sets the width in the configuration, configures and saves."""
    where = firewalls.devices[device]
    connection = netmiko.ConnectHandler(
        device_type="cisco_asa",
        host=where.host,
        port=where.port,
        username="nr",
        password=credential(firewalls, "device-password"),
        secret=credential(firewalls, "enable-secret"),
    )
    try:
        assert connection.find_prompt() == f"{device}#"
        text = connection.send_command("show running-config")
        assert text.rstrip().endswith(": end")
        assert "terminal width 511" in text
        connection.send_config_set(["access-list NETMIKO extended permit ip any any"])
        assert "access-list NETMIKO extended permit ip any any" in connection.send_command("show running-config access-list")
        connection.send_config_set(["clear configure access-list NETMIKO", "terminal width 80"])
        assert "[OK]" in connection.save_config()
    finally:
        connection.disconnect()


def test_the_pager_stops_after_24_lines(firewalls: LabHandle) -> None:
    """A long output stops at `<--- More --->` until `terminal pager 0`."""
    with Asa(firewalls.devices["asa82"], "nr", credential(firewalls, "device-password")) as line:
        line.until()
        line.ask("enable", "Password: $")
        line.ask(credential(firewalls, "enable-secret"))
        text = line.ask("show running-config", "<--- More --->$")
        assert text.count("\n") <= 25
        line.send("q")
        line.until()
        line.ask("terminal pager 0")
        assert ": end" in line.ask("show running-config")


@pytest.mark.parametrize("boxes", [ASAS], indirect=True)
def test_keys_are_stars_except_in_more(boxes: LabHandle) -> None:
    """`show` masks the key in running and startup configuration, `more` shows it, and a reload keeps it."""
    for device in ASAS:
        assert typed(boxes, device, keyed(device)) == []
        assert "[OK]" in boxes.exec(device, "write memory")
        for command in ("show running-config", "show startup-config", "show running-config tunnel-group"):
            text = boxes.exec(device, command)
            assert PSK not in text
            assert "pre-shared-key *****" in text
        assert f"pre-shared-key {PSK}" in boxes.exec(device, "more system:running-config")
        with reboot(boxes, device) as line:
            assert f"pre-shared-key {PSK}" in line.answer("more system:running-config")


def test_write_memory_prints_the_checksum(firewalls: LabHandle) -> None:
    """The checksum of `write memory` is that of `show checksum` and of the last line of the configuration."""
    for device in ASAS:
        said = firewalls.exec(device, "write memory")
        assert said.startswith("Building configuration...\nCryptochecksum: ")
        assert re.search(r"^\d+ bytes copied in \d+\.\d+ secs \(\d+ bytes/sec\)\n\[OK\]$", said, re.MULTILINE)
        digits = re.findall(r"Cryptochecksum: ?([0-9a-f ]+)", said + firewalls.exec(device, "show checksum"))
        assert len({text.strip() for text in digits}) == 1
        whole = digits[0].replace(" ", "").strip()
        text = firewalls.exec(device, "show running-config")
        assert text.startswith(": Saved\n")
        assert text.rstrip().endswith(f"Cryptochecksum:{whole}\n: end")
        assert re.match(r": Saved\n: Written by \S+ at \d\d:\d\d:\d\d", firewalls.exec(device, "show startup-config"))


SAVE = {
    "asa82": "System config has been modified. Save? [Y]es/[N]o: ",
    "asa91": "System config has been modified. Save? [Y]es/[N]o: ",
    "asa919": "System config has been modified. Save? [Y]es/[N]o/[S]ave all/[C]ancel: ",
}


@pytest.mark.parametrize("device", ASAS)
def test_a_reload_asks_only_what_it_has_to(firewalls: LabHandle, device: str) -> None:
    """Unchanged there is one question; changed there is another before it, in the words of the release; no saves nothing."""
    firewalls.exec(device, "write memory")
    with open_asa(firewalls, device) as line:
        line.ask("reload in 30 reason nr-one", r"Proceed with reload\? \[confirm\]$")
        line.send("\r")
        line.until(r"SHUTDOWN in 0:30:00 ---\r\n\*\*\*\r\n$")
    shown = firewalls.exec(device, "show reload")
    assert parse("asa", "show reload", shown).complete
    assert re.match(r"Reload scheduled for \d\d:\d\d:\d\d UTC .* \(in (29|30) minutes\) by nr from ssh \(remote ", shown)
    assert "\nReload reason: nr-one\n" in shown
    with open_asa(firewalls, device) as line:
        line.send("reload cancel\r")
        line.until(r"\*\*\* --- SHUTDOWN ABORTED ---\r\n\*\*\*\r\n")
    none = firewalls.exec(device, "show reload")
    assert none == "No reload is scheduled.\n"
    assert parse("asa", "show reload", none).complete
    with open_asa(firewalls, device) as line:
        line.configure("access-list ASKED extended permit ip any any")
        line.ask("reload in 30", re.escape(SAVE[device]) + "$")
        line.ask("n", r"Proceed with reload\? \[confirm\]$")
        line.send("n")
        line.until()
        if device == "asa919":
            line.ask("reload in 5", re.escape(SAVE[device]) + "$")
            assert line.ask("c").endswith("asa919# ")
        assert line.answer("show reload") == "No reload is scheduled."
        assert "ASKED" not in line.answer("show startup-config")
        line.configure("clear configure access-list ASKED")


@pytest.mark.parametrize("boxes", [("asa82",)], indirect=True)
def test_a_scheduled_reload_brings_the_startup_back(boxes: LabHandle) -> None:
    """`reload in N noconfirm` asks nothing, warns on the line, cuts it, and the box boots what was saved."""
    with open_asa(boxes, "asa82") as line:
        line.configure("access-list GONE extended permit ip any any")
        line.send("reload in 2 noconfirm reason nr-fence\r")
        line.until(r"SHUTDOWN in 0:02:00")
        assert "SHUTDOWN in 0:01:00" in line.until_closed()
    with back(boxes, "asa82") as line:
        assert "GONE" not in line.answer("show running-config")
        assert line.answer("show reload").strip() == "No reload is scheduled."


@pytest.mark.parametrize("boxes", [("asa91",)], indirect=True)
def test_saving_at_the_question_of_a_reload_saves(boxes: LabHandle) -> None:
    """Who answers yes has saved what is to be undone: the box comes back with it."""
    typed(boxes, "asa91", "access-list KEPT extended permit ip any any")
    with open_asa(boxes, "asa91") as line:
        line.ask("reload", re.escape(SAVE["asa91"]) + "$")
        line.ask("y", r"\[OK\]\r\nProceed with reload\? \[confirm\]$")
        line.send("\r")
        line.until_closed()
    with back(boxes, "asa91") as line:
        assert "access-list KEPT extended permit ip any any" in line.answer("show running-config")


REFUSED = {
    "asa82": (
        "crypto ikev1 policy 10", "crypto ipsec ikev1 transform-set T esp-aes esp-sha-hmac",
        "nat (inside,outside) source static any any", "event manager applet X", "access-list X extended permit ip any4 any4",
        "crypto map M 10 set ikev1 transform-set T", "crypto ikev2 policy 1", "crypto ikev2 enable outside",
        "crypto ipsec ikev2 ipsec-proposal P", "interface Tunnel1", "show crypto ikev2 sa",
    ),
    "asa91": (
        "crypto isakmp policy 10", "crypto ipsec transform-set T esp-aes esp-sha-hmac", "nat (inside) 0 access-list X",
        "event manager applet X", "crypto map M 10 set pfs group15", "global (outside) 1 interface",
        "crypto ipsec profile P", "interface Tunnel1",
    ),
    "asa919": (
        "crypto isakmp policy 10", "crypto ipsec ikev1 transform-set T esp-3des esp-sha-hmac",
        "crypto ipsec ikev1 transform-set T esp-aes esp-md5-hmac", "crypto map M 10 set pfs group2",
        "nat (inside) 0 access-list X", "interface Tunnel10414",
    ),
}  # fmt: skip


@pytest.mark.parametrize("device", ASAS)
def test_a_release_refuses_the_words_of_another(firewalls: LabHandle, device: str) -> None:
    """What came later, or went away, is invalid or ambiguous (`group2` of `group20`) and changes nothing."""
    before = config(firewalls, device)
    answers = typed(firewalls, device, "\n".join(REFUSED[device]))
    assert len(answers) == len(REFUSED[device])
    assert all("ERROR: % Invalid" in answer or "ERROR: % Ambiguous" in answer for answer in answers), answers
    assert config(firewalls, device) == before


def test_9_19_has_no_weak_policy_and_warns_about_group_5(firewalls: LabHandle) -> None:
    """3DES, MD5 and group 2 are gone from policies, group 5 is taken with a warning; the defaults are AES and group 14."""
    answers = typed(
        firewalls, "asa919", "crypto ikev1 policy 7\nencryption 3des\nhash md5\ngroup 2\ngroup 5\ngroup 14\nencryption aes"
    )
    assert [answer.partition(":")[0] for answer in answers] == ["encryption 3des", "hash md5", "group 2", "group 5"]
    assert "WARNING" in answers[-1]
    assert config(firewalls, "asa919", "crypto ikev1")[:3] == [
        "crypto ikev1 policy 7",
        " authentication pre-share",
        " encryption aes",
    ]
    assert typed(firewalls, "asa919", "no crypto ikev1 policy 7") == []


def test_systems_shows_are_read_whole(firewalls: LabHandle) -> None:
    """Version, routes and interfaces of each release leave no line unread by the parsers of nr-run."""
    for device in ASAS:
        for command in ("show version", "show route", "show interface ip brief", "show reload", "show running-config crypto"):
            reading = parse("asa", command, firewalls.exec(device, command))
            assert reading.complete, (device, command, reading.problems)


def test_show_clock_is_a_date(firewalls: LabHandle) -> None:
    """The clock is written as `HH:MM:SS.mmm UTC Day Mon D YYYY`."""
    said = firewalls.exec("asa82", "show clock").strip()
    assert datetime.strptime(said.replace(" UTC", ""), "%H:%M:%S.%f %a %b %d %Y").year == 2011
