"""What a Catalyst 8000V at 17.9 and at 17.11 takes, refuses, shows and does by itself, and who can log in to it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import paramiko
import pytest

from nr_run.lab.entry import LabHandle

from ..warm import start_lab
from .telnet_client import Ssh, came_back, config_of, credential, login
from .test_ssh import offered
from .tunnels import eventually

netmiko = pytest.importorskip("netmiko")

BOTH = pytest.mark.parametrize("device", ["old", "new"])
INVALID = "% Invalid input detected at '^' marker."


@pytest.fixture(scope="module")
def shared_xe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """A C8000V at 17.9 and one at 17.11 for the tests of this module."""
    devices = {"old": "c8000v-17", "new": "c8000v-1711"}
    with start_lab(tmp_path_factory.mktemp("xe") / "lab", devices=devices, speed=50) as lab:
        yield lab


@pytest.fixture
def xe(shared_xe: LabHandle) -> Iterator[LabHandle]:
    """The two as they were saved at the start."""
    yield shared_xe
    for device in ("old", "new"):
        said = shared_xe.exec(device, "configure replace nvram:startup-config force")
        assert "Rollback Done" in said, said
        shared_xe.exec(device, "reload cancel")


def reloaded(lab: LabHandle, device: str) -> bool:
    """Wait until a box that was configured before it reloads has forgotten its log, and lets people in again."""
    eventually(lambda: "SYS-5-CONFIG_I" not in lab.exec(device, "show logging"))
    came_back(lab, device).__exit__()
    return True


WEAK = [
    ("crypto isakmp policy 5\nencryption des", "encryption algorithm"),
    ("crypto isakmp policy 5\nencryption 3des", "encryption algorithm"),
    ("crypto isakmp policy 5\nhash md5", "hash algorithm"),
    ("crypto isakmp policy 5\ngroup 1", "dh-group"),
    ("crypto isakmp policy 5\ngroup 2", "dh-group"),
    ("crypto isakmp policy 5\ngroup 5", "dh-group"),
    ("crypto ipsec transform-set T esp-3des esp-sha-hmac", "transform"),
    ("crypto ipsec transform-set T esp-aes 256 esp-md5-hmac", "transform"),
    ("crypto ipsec transform-set T esp-null esp-sha256-hmac", "transform"),
    ("crypto map M 10 ipsec-isakmp\nset pfs group2", "pfs group"),
    ("crypto map M 10 ipsec-isakmp\nset pfs group24", "pfs group"),
]


@pytest.mark.parametrize(("typed", "kind"), WEAK)
def test_weak_cryptography_is_refused_by_17_11_and_warned_of_by_17_9(xe: LabHandle, typed: str, kind: str) -> None:
    """What FN72510 lists is not stored on 17.11 while the shield is on; 17.9 stores it and says that it is deprecated."""
    last = typed.rpartition("\n")[2]
    for device, words in (("old", f"%Warning: weaker {kind} is deprecated"), ("new", f"%Error: weaker {kind} is not allowed")):
        with login(xe, device) as line:
            said = [answer for answer in line.configure(typed) if "% NOTE" not in answer]
        assert said == [f"{last}: {words}"]
    stored = last.replace("encryption", "encr")
    shown = [[line.strip() for line in config_of(xe, device)] for device in ("old", "new")]
    hidden = last in ("encryption des", "group 1")  # the defaults are not shown
    assert (stored in shown[0]) is not hidden
    assert stored not in shown[1]


@BOTH
def test_strong_cryptography_is_taken_in_silence(xe: LabHandle, device: str) -> None:
    """AES, SHA-1, SHA-2 and the groups from 14 on."""
    with login(xe, device) as line:
        said = line.configure(
            "crypto isakmp policy 5\nencr aes 256\nhash sha256\nauthentication pre-share\ngroup 14\nhash sha\n"
            "crypto ipsec transform-set T esp-aes 256 esp-sha256-hmac\ncrypto ipsec transform-set U esp-aes esp-sha-hmac"
        )
    assert said == []


def test_the_shield_goes_down_at_the_next_reload_only(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Disabled and saved, 3DES is refused until the reload and taken after it; with the shield up again it does not survive."""
    with start_lab(tmp_path_factory.mktemp("shield") / "lab", devices={"new": "c8000v-1711"}, speed=200) as lab:

        def configure(text: str) -> list[str]:
            with login(lab, "new") as line:
                return line.configure(text)

        def reload() -> None:
            lab.exec("new", "write memory")
            lab.exec("new", "reload\n\n")
            assert reloaded(lab, "new")

        three_des = "crypto isakmp policy 5\nencr 3des"
        assert "will take effect after reboot" in configure("crypto engine compliance shield disable")[0]
        assert "not allowed" in configure(three_des)[0]
        reload()
        assert "deprecated" in configure(three_des)[0]
        reload()
        assert " encr 3des" in config_of(lab, "new")
        configure("no crypto engine compliance shield disable")
        reload()
        assert " encr 3des" not in config_of(lab, "new")


def test_the_timer_puts_everything_back_by_itself(xe: LabHandle) -> None:
    """A revert timer with its archive on bootflash: it warns, replaces what was configured since, and leaves the box up."""
    xe.exec("old", "configure terminal\narchive\npath bootflash:kept")
    before = config_of(xe, "old")
    with login(xe, "old") as line:
        said = line.ask("configure terminal revert timer 1", r"\(config\)#")
        assert "Backing up current running config to bootflash:kept-Feb-" in said
        line.ask("interface GigabitEthernet2")
        line.ask("description one")
        line.until(r"Total number of passes: 1\r\nRollback Done")
    assert config_of(xe, "old") == before
    assert "No Rollback Confirmed Change pending" in xe.exec("old", "show archive config rollback timer")


@BOTH
def test_a_reload_takes_its_reason_after_a_keyword(xe: LabHandle, device: str) -> None:
    """`reload in N TEXT` is refused; with `reason` it is said when, by whom and why, and `show reload` says it again."""
    with login(xe, device) as line:
        assert INVALID in line.answer("reload in 50 nr-4711")
        said = line.ask("reload in 50 reason nr-4711", r"\[confirm\]$")
        assert re.search(r"Reload scheduled in 50 minutes by nr on vty\d \(127.+\)\r\nReload reason: nr-4711\r\nProceed", said)
        line.send("\r")
        line.until(r"SHUTDOWN in 0:50:00 ---\r\n\*\*\*\r\n")
    shown = xe.exec(device, "show reload")
    assert re.match(r"Reload scheduled in (50|49) minutes.* by nr on vty\d \(127\.0\.0\.1\)\nReload reason: nr-4711\n", shown)


def test_a_reload_brings_the_startup_configuration(xe: LabHandle) -> None:
    """What was not saved is gone, the file in flash and the way in are not."""
    before = config_of(xe, "old")
    xe.exec("old", "copy running-config flash:x.cfg\n\n")
    xe.exec("old", "configure terminal\ninterface GigabitEthernet2\ndescription one")
    xe.exec("old", "reload\nno\n\n")
    assert reloaded(xe, "old")
    assert config_of(xe, "old") == before
    listed = xe.exec("old", "dir flash:")
    assert listed.startswith("Directory of bootflash:/\n")
    assert "x.cfg" in listed
    xe.exec("old", "delete /force bootflash:x.cfg")
    assert "x.cfg" not in xe.exec("old", "dir bootflash:")


REFUSED = [
    ("no platform console telnet", INVALID),
    ("interface GigabitEthernet4", INVALID),
    ("interface GigabitEthernet1\nduplex auto", INVALID),
    ("interface FastEthernet0", INVALID),
    ("archive\npath disk0:x", INVALID),
    ("crypto ikev2 cookie-challenge 10", "is not played here"),
    ("ip classless", INVALID),
]


@pytest.mark.parametrize(("typed", "words"), REFUSED)
def test_what_the_release_refuses(xe: LabHandle, typed: str, words: str) -> None:
    """The last line is refused in the release's words, and the others are taken."""
    with login(xe, "new") as line:
        (said,) = line.configure(typed)
    assert said.startswith(typed.rpartition("\n")[2])
    assert words in said


@BOTH
def test_secrets_are_of_type_9(xe: LabHandle, device: str) -> None:
    """What is typed as a plain secret is shown as scrypt, and opens the box."""
    xe.exec(device, "configure terminal\nusername two privilege 15 secret Some.Word-1")
    (line,) = [text for text in config_of(xe, device) if text.startswith("username two")]
    assert re.fullmatch(r"username two privilege 15 secret 9 \$9\$[./0-9A-Za-z]{14}\$[./0-9A-Za-z]{43}", line)
    where = xe.devices[device]
    with Ssh(where, "two", "Some.Word-1") as shell:
        shell.until()
    with pytest.raises(EOFError):
        Ssh(where, "two", "Some.Word-2")


ERA = {
    "old": ("diffie-hellman-group14-sha1", ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"], "hmac-sha1"),
    "new": ("diffie-hellman-group16-sha512", ["rsa-sha2-512", "rsa-sha2-256"], "hmac-sha2-512-etm@openssh.com"),
}


@BOTH
def test_the_algorithms_of_the_era_are_offered(xe: LabHandle, device: str) -> None:
    """Curve25519 first, AES in counter mode and GCM, a host key with SHA-2; SHA-1 is left on 17.9 and gone from 17.11."""
    kex, keys, there, _, macs, _ = offered(xe.devices[device])
    last, signatures, mac = ERA[device]
    names = [name for name in kex if not name.startswith(("kex-strict", "ext-info"))]
    assert (names[0].split("@")[0], names[-1], keys, macs[-1]) == ("curve25519-sha256", last, signatures, mac)
    assert not [name for name in there if name.endswith("-cbc")]


def test_17_11_has_nothing_for_a_client_of_yesterday(xe: LabHandle) -> None:
    """A client that verifies host keys with SHA-1 only finds nothing in common."""
    where = xe.devices["new"]
    transport = paramiko.Transport(socket.create_connection((where.host, where.port), timeout=30))
    transport.get_security_options().key_types = ("ssh-rsa",)
    with pytest.raises(paramiko.SSHException):
        transport.connect(username="nr", password=credential(xe, "device-password"))
    transport.close()


@BOTH
def test_netmiko_logs_in_configures_and_saves(xe: LabHandle, device: str) -> None:
    """The stock cisco_xe driver lands at privilege 15, reads a long show, sends a configuration and saves it."""
    where = xe.devices[device]
    connection = netmiko.ConnectHandler(
        device_type="cisco_xe",
        host=where.host,
        port=where.port,
        username="nr",
        password=credential(xe, "device-password"),
    )
    try:
        assert connection.find_prompt() == f"{device}#"
        assert connection.send_command("show running-config").rstrip().endswith("end")
        sent = connection.send_config_set(["ip access-list extended X", "permit ip any any"])
        assert "Invalid" not in sent
        assert "ip access-list extended X" in connection.send_command("show running-config | section access-list")
        connection.send_config_set(["no ip access-list extended X"])
        assert "[OK]" in connection.save_config()
    finally:
        connection.disconnect()


def test_versions_are_padded_in_the_first_line_only(xe: LabHandle) -> None:
    """17.09.04a is 17.9.4a in the line of the IOS daemon."""
    for device, padded, release in (("old", "17.09.04a", "17.9.4a"), ("new", "17.11.01a", "17.11.1a")):
        first, second, *rest = xe.exec(device, "show version").splitlines()
        assert first == f"Cisco IOS XE Software, Version {padded}"
        assert f"Version {release}, RELEASE SOFTWARE" in second
        assert "cisco C8000V (VXE) processor (revision VXE) with 2028465K/3075K bytes of memory." in rest


def test_it_counts_kron(xe: LabHandle) -> None:
    """Timed commands are still there on 17.x."""
    xe.exec("new", "configure terminal\nkron policy-list P\ncli clear logging\nkron occurrence O in 1 oneshot\npolicy-list P")
    assert "O inactive, will run once" in xe.exec("new", "show kron schedule")
    eventually(lambda: "inactive" not in xe.exec("new", "show kron schedule"))
