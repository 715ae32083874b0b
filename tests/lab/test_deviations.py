"""Where the lab was more forgiving than a device, or took its own limits for the device's."""

from __future__ import annotations

import re
import time

import pytest

from nr_run.lab.entry import LabHandle

from .several import DEVICES, session, several, shared_several

__all__ = ["several", "shared_several"]

each_box = pytest.mark.parametrize("device", DEVICES)

IOS_LINES = """\
crypto isakmp policy 10
encryption aes 256
authentication pre-share
group 5
lifetime 7200
crypto isakmp keepalive 10 3
crypto ipsec transform-set T1 esp-aes esp-sha-hmac
crypto ipsec transform-set T2 esp-3des esp-sha-hmac
access-list 141 permit ip any any
crypto map D1 10 ipsec-isakmp
set peer 198.51.100.9
set transform-set T1
set pfs group2
set security-association lifetime seconds 7200
match address 141
"""
#: Where it is typed, what is typed, and the line that stands there and has to stay.
WRONG_NO = (
    ("crypto map D1 10", "no set transform-set T2", " set transform-set T1 "),
    ("crypto map D1 10", "no match address 142", " match address 141"),
    ("crypto map D1 10", "no set pfs group5", " set pfs group2"),
    ("crypto map D1 10", "no set security-association lifetime seconds 3600", " set security-association lifetime seconds 7200"),
    ("crypto isakmp policy 10", "no group 2", " group 5"),
    ("crypto isakmp policy 10", "no encryption 3des", " encr aes 256"),
    ("crypto isakmp policy 10", "no encryption aes 192", " encr aes 256"),
    ("crypto isakmp policy 10", "no lifetime 999", " lifetime 7200"),
    ("interface {wan}", "no ip address 9.9.9.9 255.255.255.0", " ip address {address} 255.255.255.0"),
    ("interface {wan}", "no crypto map OTHER", " crypto map D1"),
    ("", "no crypto isakmp keepalive 99 9", "crypto isakmp keepalive 10 3"),
    ("", "no hostname other", "hostname {device}"),
    ("", "no crypto ipsec transform-set T1 esp-3des esp-sha-hmac", "crypto ipsec transform-set T1 esp-aes esp-sha-hmac "),
)
WAN = {"c881": ("FastEthernet4", "172.18.124.181"), "c8000v-17": ("GigabitEthernet1", "172.18.124.17")}


@pytest.mark.parametrize("device", WAN)
def test_a_no_form_that_names_another_value_takes_nothing_away(several: LabHandle, device: str) -> None:
    """The lab does not know what a router makes of it, says so, and leaves what stands there; the right value removes it."""
    wan, address = WAN[device]
    filled = {"wan": wan, "address": address, "device": device}
    with session(several, device) as line:
        line.configure(f"{IOS_LINES}interface {wan}\ncrypto map D1")
        for where, typed, stays in WRONG_NO:
            before = line.answer("show running-config").splitlines()
            assert stays.format(**filled) in before, stays
            (said,) = line.configure(f"{where.format(**filled)}\n{typed}".strip())
            assert "% nr-run lab: " in said, said
            assert stays.format(**filled) in line.answer("show running-config").splitlines(), typed
        rights = "crypto map D1 10\nno set pfs group2\ncrypto isakmp policy 10\nno group 5\nno encryption aes 256"
        assert line.configure(f"{rights}\ninterface {wan}\nno crypto map D1") == []
        after = line.answer("show running-config").splitlines()
        assert not {" set pfs group2", " group 5", " encr aes 256", " crypto map D1"} & set(after)


def test_a_no_form_of_an_asa_that_names_another_value(several: LabHandle) -> None:
    """On an ASA too: PFS and lifetime of an entry, lines of a policy, the host name."""
    lines = """\
crypto ikev1 policy 10
group 5
lifetime 7200
access-list D1 extended permit ip any any
crypto map D1 10 match address D1
crypto map D1 10 set pfs group5
crypto map D1 10 set security-association lifetime seconds 7200
"""
    wrong = (
        ("", "no crypto map D1 10 set pfs group2", "crypto map D1 10 set pfs group5"),
        ("", "no crypto map D1 10 set security-association lifetime seconds 99999", "crypto map D1 10 set security"),
        ("crypto ikev1 policy 10\n", "no lifetime 999", " lifetime 7200"),
        ("crypto ikev1 policy 10\n", "no group 2", " group 5"),
        ("", "no hostname other", "hostname asa91"),
        ("", "no mtu inside 1400", "mtu inside 1500"),
    )
    with session(several, "asa91") as line:
        line.configure(lines)
        for where, typed, stays in wrong:
            assert any("ERROR: " in said for said in line.configure(f"{where}{typed}")), typed
            assert stays in line.answer("show running-config"), typed
        line.configure("no crypto map D1 10 set pfs group5")
        assert "set pfs" not in line.answer("show running-config")


@pytest.mark.parametrize("device", ["vpn3640", "c881", "c8000v-17"])
def test_line_console_is_line_con(several: LabHandle, device: str) -> None:
    """`line console 0` opens what is printed as `line con 0`; a time-out without seconds is printed with them."""
    with session(several, device) as line:
        assert line.configure("line console 0\nexec-timeout 0\nline con 0\nline vty 0 4") == []
        shown = line.answer("show running-config")
        assert "\nline con 0\n exec-timeout 0 0\n" in shown
        assert "console 0" not in shown


@pytest.mark.parametrize("device", ["c881", "c8000v-17"])
def test_dir_looks_at_what_it_is_asked_for(several: LabHandle, device: str) -> None:
    """A file is listed alone with a time that stays, a missing one is an error, and nvram is not the flash."""
    disk = "flash" if device == "c881" else "bootflash"
    with session(several, device) as line:
        line.ask("copy running-config flash:look.cfg", r"\]\? $")
        line.ask("look.cfg")
        one = line.answer("dir flash:look.cfg").splitlines()
        rows = [text for text in one if "-rw-" in text]
        assert one[0] == f"Directory of {disk}:/look.cfg"
        assert [text.split()[-1] for text in rows] == ["look.cfg"]
        time.sleep(0.1)  # five seconds of the lab's clock
        assert [text for text in line.answer("dir flash:look.cfg").splitlines() if "-rw-" in text] == rows
        assert "%Error opening flash:/nosuch (No such file or directory)" in line.answer("dir flash:nosuch")
        assert "startup-config" in line.answer("dir nvram:")
        assert "look.cfg" not in line.answer("dir nvram:")
        line.ask("delete /force flash:look.cfg")
        assert "%Error opening" in line.answer("dir flash:look.cfg")


@pytest.mark.parametrize("device", ["vpn3640", "c881", "c8000v-17"])
def test_the_default_route_is_found_by_its_own_address(several: LabHandle, device: str) -> None:
    """`show ip route 0.0.0.0` shows it; without one the network is not in the table."""
    said = several.exec(device, "show ip route 0.0.0.0")
    assert "Routing entry for 0.0.0.0/0, supernet\n" in said
    assert "candidate default path" in said
    assert "  * 172.18.124.1\n" in said
    assert "not in table" in several.exec(device, "show ip route 192.0.2.1")


@pytest.mark.parametrize("command", ["show running-config", "show startup-config", "show running-config interface {wan}"])
@pytest.mark.parametrize("device", WAN)
def test_the_byte_count_is_that_of_a_router(several: LabHandle, device: str, command: str) -> None:
    """The count is the text from behind its line to `end`, and two, with each `^C` of a banner as one."""
    several.exec(device, "configure terminal\nbanner motd #\nkeep out\n#")
    several.exec(device, "write memory")
    said = several.exec(device, command.format(wan=WAN[device][0]))
    count = re.search(r"(?:Current configuration :|Using) (\d+) .*\n", said)
    assert count is not None
    body = said[count.end() : said.index("\nend\n") + len("\nend")]
    assert int(count[1]) == len(body.replace("^C", "C")) + 2


@pytest.mark.parametrize("device", ["c881", "c8000v-17"])
def test_a_user_is_removed_after_a_question(several: LabHandle, device: str) -> None:
    """`no username X` asks; only yes removes the user, Ctrl-C does not."""
    with session(several, device) as line:
        line.configure("username bob secret Some.Word-1")
        for answer, stays in (("n", True), ("\x03", True), ("\r", False)):
            line.ask("configure terminal")
            line.ask("no username bob", r"same name\.Do you want to continue\? \[confirm\]$")
            line.send(answer)
            line.until()
            line.ask("end")
            assert ("username bob" in line.answer("show running-config")) is stays


def test_an_idle_session_ends(several: LabHandle) -> None:
    """`exec-timeout 0 5` closes a line after five seconds of the lab's clock, and not one on which somebody types."""
    with session(several, "c881") as line:
        line.configure("line vty 0 4\nexec-timeout 0 30")
        for _ in range(4):
            assert "level is 15" in line.answer("show privilege")
            time.sleep(0.2)
        line.until_closed()
    several.exec("c881", "configure terminal\nline vty 0 4\nno exec-timeout")
    with session(several, "c881") as line:
        assert "level is 15" in line.answer("show privilege")


def test_an_idle_session_of_an_asa_ends(several: LabHandle) -> None:
    """`ssh timeout 1` closes a session after a minute of the lab's clock."""
    several.exec("asa91", "configure terminal\nno ssh timeout 30\nssh timeout 1")
    with session(several, "asa91") as line:
        line.until_closed()
    several.exec("asa91", "configure terminal\nno ssh timeout 1\nssh timeout 30")


def test_crypto_maps_are_shown_with_the_lines_of_younger_releases(several: LabHandle) -> None:
    """15.x says whether mixed mode is on; 17.x also says which kind of list it is, and whether both stacks are."""
    for device in WAN:
        several.exec(device, f"configure terminal\n{IOS_LINES}")
        said = several.exec(device, "show crypto map")
        assert "        Mixed-mode : Disabled\n" in said
        assert ("        Access-List SS dynamic: False\n" in said) is (device != "c881")
        assert ("        Dualstack (Y/N): N\n" in said) is (device != "c881")


def test_failover_of_an_asa_is_shown_whole(several: LabHandle) -> None:
    """`show failover` has its nine lines also where there is none."""
    assert len(several.exec("asa919", "show failover").splitlines()) == 9


def test_the_words_of_a_younger_asa_are_unknown_to_8_2(firewalls: LabHandle) -> None:
    """`show running-config crypto ikev1` is of 8.4 and later."""
    assert "Invalid input" in firewalls.exec("asa82", "show running-config crypto ikev1")
    assert "Invalid input" not in firewalls.exec("asa91", "show running-config crypto ikev1")


IOS_SHOWS = (
    "show ip interface", "show interfaces description", "show ip nat statistics", "show ntp status",
    "show standby brief",
    "show tech-support", "show memory", "show terminal", "show policy-map", "show line", "write erase",
)  # fmt: skip
OLDER_SHOWS = ("show route-map",)
YOUNGER_SHOWS = (
    "show inventory",
    "show policy-map interface",
    "show crypto isakmp sa detail",
    "show version | count a",
)
ASA_SHOWS = (
    "show ip address", "show vpn-sessiondb remote", "show vpn-sessiondb detail l2l filter name X", "show ipsec sa",
    "show isakmp sa", "show module", "show access-list brief", "show interface", "show conn", "dir", "show cpu usage", "show arp",
)  # fmt: skip


@each_box
def test_what_is_not_played_is_said_to_be_the_limit_of_the_lab(several: LabHandle, device: str) -> None:
    """Commands that the release has and the lab does not play are never invalid, incomplete or unknown."""
    asa, old = device.startswith("asa"), device == "vpn3640"
    for command in ASA_SHOWS if asa else IOS_SHOWS + (OLDER_SHOWS if old else YOUNGER_SHOWS):
        said = several.exec(device, command)
        assert "nr-run lab: " in said, (command, said)
        assert "is not played here" in said, (command, said)
        assert "Invalid" not in said, (command, said)


@each_box
def test_lines_that_are_not_played_say_so_in_configuration_mode(several: LabHandle, device: str) -> None:
    """So do lines of the configuration, and nothing of them is stored."""
    asa = device.startswith("asa")
    lines = (
        ("class-map C", "router ospf 1", "object-group service S tcp") if asa else ("class-map C", "router bgp 65000", "ip vrf V")
    )
    with session(several, device) as line:
        before = line.answer("show running-config").splitlines()[5:]
        for said in line.configure("\n".join(lines)):
            assert "is not played here" in said
        after = [text for text in line.answer("show running-config").splitlines()[5:] if "UTC" not in text]
        assert [text for text in after if "checksum" not in text][-20:] == [t for t in before if "checksum" not in t][-20:]


KEPT = {
    "ios": (
        "clock timezone CET 1 0", "ip name-server 192.0.2.53", "logging host 192.0.2.5", "snmp-server location cellar, left",
        "alias exec sr show running-config", "ntp source Loopback0", "service tcp-keepalives-in", "no ip source-route",
    ),
    "asa": ("clock timezone CET 1", "boot system disk0:/x.bin", "sysopt connection tcpmss 1350", "snmp-server location cellar"),
}  # fmt: skip


@each_box
def test_lines_that_change_nothing_are_kept_word_for_word(several: LabHandle, device: str) -> None:
    """Lines that nothing here depends on are taken, printed as they were typed, saved, and removed by their `no` form."""
    lines = [
        line for line in KEPT["asa" if device.startswith("asa") else "ios"] if device == "c881" or "logging host" not in line
    ]
    inverse = [line.removeprefix("no ") if line.startswith("no ") else f"no {line}" for line in lines]
    with session(several, device) as line:
        assert line.configure("\n".join(lines)) == []
        shown = line.answer("show running-config").splitlines()
        assert [text for text in lines if text not in shown] == []
        assert line.configure("\n".join(inverse)) == []
        shown = line.answer("show running-config").splitlines()
        assert [text for text in lines if text in shown] == []


def test_a_kept_line_has_one_value(several: LabHandle) -> None:
    """Another time zone takes the place of the first; the bare `no` form removes it, one that names another does not."""
    with session(several, "c881") as line:
        line.configure("clock timezone CET 1 0\nclock timezone EET 2 0")
        shown = line.answer("show running-config")
        assert "clock timezone EET 2 0" in shown
        assert "CET" not in shown
        assert "nr-run lab: " in line.configure("no clock timezone MSK 3 0")[0]
        assert line.configure("no clock timezone") == []
        assert "clock timezone" not in line.answer("show running-config")


def test_a_byte_255_is_doubled_on_telnet(several: LabHandle) -> None:
    """What a client says in the protocol is no text, and a byte 255 in a text comes back as two (RFC 854)."""
    with session(several, "vpn3640") as line:
        line.socket.sendall(b"\xff\xf1")
        assert "level is 15" in line.answer("show privilege")
        line.socket.sendall(b"! \xff\xff.\r")
        raw = b""
        while not raw.endswith(b"#"):
            raw += line.socket.recv(4096)
        assert b"! \xff\xff.\r\n" in raw


def test_ctrl_c_leaves_a_question(several: LabHandle) -> None:
    """Ctrl-C at a question of ping, delete or reload ends the command; the prompt comes back and nothing was done."""
    with session(several, "c881") as line:
        for command, question in (("ping", r"\]: $"), ("delete flash:x", r"\]\? $"), ("reload in 5", r"\]: ?$|\[confirm\]$")):
            line.ask(command, question)
            line.send("\x03")
            assert re.search(r"c881#$", line.until())
        assert "No reload is scheduled" in line.answer("show reload")
