"""What 12.4(25d) and 15.4(3)M3 take, refuse, hide and show differently from 12.2, and tunnels between all releases."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from nr_run.lab.core.errors import LabError
from nr_run.lab.entry import LabHandle, start

from ..warm import start_lab
from .telnet_client import config_of, login
from .tunnels import BRANCH, HQ, PSK, eventually, flow, number, replies, spis, state

INSIDE = {"hq": "10.10.81", "branch": "10.10.24"}
OUTSIDE = {"hq": "172.18.124.181", "branch": "172.18.124.124"}
WAN = {"hq": "FastEthernet4", "branch": "Ethernet0/0"}
INVALID = "% Invalid input detected at '^' marker."


def lines(device: str, *, key: str = PSK, group: str = "5") -> str:
    """One end of an AES tunnel between the pair."""
    peer = "branch" if device == "hq" else "hq"
    return f"""\
crypto isakmp policy 10
 encr aes 256
 authentication pre-share
 group {group}
crypto isakmp key {key} address {OUTSIDE[peer]}
crypto isakmp keepalive 10 3
crypto ipsec transform-set NR esp-aes 256 esp-sha-hmac
 mode tunnel
ip access-list extended NR
 permit ip {INSIDE[device]}.0 0.0.0.255 {INSIDE[peer]}.0 0.0.0.255
crypto map NR-MAP 10 ipsec-isakmp
 description ticket 4711
 set peer {OUTSIDE[peer]}
 set transform-set NR
 set pfs group5
 match address NR
interface {WAN[device]}
 crypto map NR-MAP"""


def build(pair: LabHandle, **differing: str) -> None:
    """Type both ends; only the note about the new map may be answered. `differing` is about the 881."""
    for device in ("branch", "hq"):
        with login(pair, device) as line:
            answers = line.configure(lines(device, **differing) if device == "hq" else lines(device))
        assert all("% NOTE: This new crypto map" in answer for answer in answers), answers


def ping(pair: LabHandle, device: str = "hq", repeat: int = 5) -> str:
    """Ping the other LAN from the own one, all on one line."""
    other = INSIDE["branch" if device == "hq" else "hq"]
    return pair.exec(device, f"ping {other}.1 source {INSIDE[device]}.1 repeat {repeat} timeout 1")


def test_an_881_and_a_3640_agree_on_aes(pair: LabHandle) -> None:
    """AES 256 and group 5 come up with traffic; SPIs cross, counters rise, each release prints its own generation."""
    build(pair)
    assert 0 < replies(ping(pair, repeat=8)) < 8
    assert replies(ping(pair, "branch")) == 5
    hq, branch = flow(pair, "hq", "10.10.81.0", "10.10.24.0"), flow(pair, "branch", "10.10.24.0", "10.10.81.0")
    assert spis(hq) == tuple(reversed(spis(branch)))
    assert number(hq, "#pkts encaps") == number(branch, "#pkts decaps") > 5
    assert "PFS (Y/N): Y, DH group: group5" in hq
    assert re.search(r"conn id: \d+, flow_id: Onboard VPN:\d+, sibling_flags 80000046, crypto map: NR-MAP", hq)
    assert "path mtu 1500, ip mtu 1500, ip mtu idb FastEthernet4" in hq
    assert "PFS" not in branch
    assert re.search(r"conn id: \d+, flow_id: SW:\d+, crypto map: NR-MAP", branch)
    for text in (hq, branch):
        assert text.count("transform: esp-256-aes esp-sha-hmac ,") == text.count("Status: ACTIVE") == 2
    session = pair.exec("hq", "show crypto session")
    assert "Session status: UP-ACTIVE" in session
    assert "IKEv1 SA: local 172.18.124.181/500 remote 172.18.124.124/500 Active" in session
    assert "IKE SA: local 172.18.124.124/500" in pair.exec("branch", "show crypto session")


def test_a_failed_try_stays_as_a_deleted_row(pair: LabHandle) -> None:
    """After the tries are spent, or a clear, the row is MM_NO_STATE and ACTIVE (deleted) for a while."""
    build(pair, key="Another.Key")
    assert replies(ping(pair)) == 0
    eventually(lambda: "ACTIVE (deleted)" in pair.exec("hq", "show crypto isakmp sa"))
    shown = pair.exec("hq", "show crypto isakmp sa")
    assert shown.startswith("IPv4 Crypto ISAKMP SA\ndst             src             state          conn-id status\n")
    assert re.search(r"172\.18\.124\.124  172\.18\.124\.181  MM_NO_STATE +\d+ ACTIVE \(deleted\)\n", shown)
    assert shown.endswith("\nIPv6 Crypto ISAKMP SA\n\n")
    head = pair.exec("branch", "show crypto isakmp sa").splitlines()[0]
    assert head == "dst             src             state          conn-id slot status"


def test_a_revert_takes_the_tunnel_with_it_and_leaves_another(pair: LabHandle) -> None:
    """What is replaced loses its SAs on both ends; what stays the same keeps them."""
    build(pair)
    ping(pair, repeat=8)
    before = spis(flow(pair, "hq", "10.10.81.0", "10.10.24.0"))
    pair.exec("hq", "configure terminal\narchive\npath flash:nr")
    pair.exec("hq", "archive config")
    name = re.findall(r"(flash:nr-\S+) <- Most Recent", pair.exec("hq", "show archive"))[0]
    pair.exec("hq", "configure terminal\ninterface Vlan1\ndescription x")
    pair.exec("hq", f"configure replace {name} force")
    assert spis(flow(pair, "hq", "10.10.81.0", "10.10.24.0")) == before
    pair.exec("hq", "configure replace nvram:startup-config force")
    assert flow(pair, "hq", "10.10.81.0", "10.10.24.0") == ""
    assert spis(flow(pair, "branch", "10.10.24.0", "10.10.81.0")) == ([], [])


SHOWN = [
    (
        "hq",
        "crypto ipsec transform-set T esp-aes 128 esp-sha256-hmac",
        ["crypto ipsec transform-set T esp-aes esp-sha256-hmac ", " mode tunnel"],
    ),
    (
        "branch",
        "crypto ipsec transform-set T esp-aes 128 esp-sha-hmac\nmode tunnel",
        ["crypto ipsec transform-set T esp-aes esp-sha-hmac ", "!"],
    ),
    (
        "hq",
        "crypto isakmp policy 5\nencr aes 128\nhash sha256\ngroup 14",
        ["crypto isakmp policy 5", " encr aes", " hash sha256", " group 14"],
    ),
    ("branch", "ip domain-lookup", ["ip cef", "ip domain name example.com"]),
    ("branch", "aaa new-model\nno aaa new-model", ["no aaa new-model"]),
    (
        "hq",
        "archive\npath flash:x\nmaximum 5\narchive\nno path\nno maximum",
        ["license udi pid CISCO881-SEC-K9 sn FTX1512038X", "!", "!", "username"],
    ),
]


@pytest.mark.parametrize(("device", "typed", "shown"), SHOWN)
def test_how_lines_are_shown(pair: LabHandle, device: str, typed: str, shown: list[str]) -> None:
    """128 bits are not written, 15.4 writes the mode and 12.4 does not, an empty archive section is not there."""
    with login(pair, device) as line:
        assert line.configure(typed) == []
    text = config_of(pair, device)
    at = text.index(shown[0])
    assert all(line.startswith(wanted) for line, wanted in zip(text[at:], shown, strict=False))


REFUSED = [
    ("branch", "crypto isakmp policy 5\nhash sha256", INVALID),
    ("branch", "crypto isakmp policy 5\ngroup 14", INVALID),
    ("branch", "crypto ipsec transform-set T esp-aes esp-sha256-hmac", INVALID),
    ("branch", "crypto ikev2 proposal X", INVALID),
    ("branch", "fax interface-type fax-mail", INVALID),
    ("hq", "crypto isakmp policy 5\ngroup 17", INVALID),
    ("hq", "crypto ikev2 cookie-challenge 10", "is not played here"),
    ("hq", "interface FastEthernet0\nip address 10.1.1.1 255.255.255.0", "% IP addresses may not be configured on L2 links."),
    ("hq", "interface FastEthernet5", INVALID),
    ("hq", "archive\npath nowhere", INVALID),
    ("hq", "crypto isakmp profile X", "is not played here"),
    ("branch", "crypto key generate rsa", "is not played here"),
]


@pytest.mark.parametrize(("device", "typed", "words"), REFUSED)
def test_what_a_release_refuses(pair: LabHandle, device: str, typed: str, words: str) -> None:
    """The last line is refused in the release's words, and the others are taken."""
    with login(pair, device) as line:
        (said,) = line.configure(typed)
    assert said.startswith(typed.rpartition("\n")[2])
    assert words in said


@pytest.mark.parametrize("device", ["hq", "branch"])
def test_entries_of_a_list_have_numbers_that_are_not_saved(pair: LabHandle, device: str) -> None:
    """Entries count by ten, go in at their number, are removed by number or text, and are numbered again on request."""
    with login(pair, device) as line:
        said = line.configure(
            "ip access-list extended X\npermit ip host 10.0.0.1 any\npermit ip host 10.0.0.2 any\n15 deny ip host 10.0.0.3 any\n"
            "permit ip host 10.0.0.1 any\nremark last\n15 permit ip any any"
        )
        assert [item.partition(":")[0] for item in said] == ["15 permit ip any any"]
        assert line.answer("show access-lists X").splitlines() == [
            "Extended IP access list X",
            "    10 permit ip host 10.0.0.1 any",
            "    15 deny ip host 10.0.0.3 any",
            "    20 permit ip host 10.0.0.2 any",
        ]
        assert line.configure("ip access-list extended X\nno 10\nno permit ip host 10.0.0.2 any") == []
        assert len(line.configure("ip access-list extended X\nno 10")) == 1
        line.configure("ip access-list resequence X 100 5")
        assert line.answer("show access-lists X").splitlines()[1:] == ["    100 deny ip host 10.0.0.3 any"]
    text = config_of(pair, device)
    at = text.index("ip access-list extended X")
    assert text[at + 1 : at + 3] == [" deny ip host 10.0.0.3 any", " remark last"]


def test_prompts_and_times(pair: LabHandle) -> None:
    """The new sections have their prompts; log messages carry the time of day; the change is signed."""
    prompts = {"archive": "(config-archive)", "kron policy-list X": "(config-kron-policy)"}
    with login(pair, "branch") as line:
        line.ask("configure terminal")
        for typed, prompt in prompts.items():
            assert line.ask(typed).endswith(f"branch{prompt}#")
        line.ask("end")
        assert re.search(
            r"Nov 12 09:\d\d:\d\d\.\d{3}: %SYS-5-CONFIG_I: Configured from console by nr", line.answer("show logging")
        )
        assert re.search(r"! Last configuration change at [\d:]+ UTC Fri Nov 12 2010 by nr", line.answer("show running-config"))


def test_a_clean_881_has_policies_of_its_own(pair: LabHandle) -> None:
    """Without a configured policy 15.4 offers eight, AES with group 5 first; they are gone as soon as one is configured."""
    clean = pair.exec("hq", "show crypto isakmp policy")
    assert clean.startswith("\nDefault IKE policy\nProtection suite of priority 65507\n        encryption algorithm:   AES")
    assert clean.count("Protection suite of priority") == 8
    pair.exec("hq", "configure terminal\ncrypto isakmp policy 10\nencr aes 256")
    assert pair.exec("hq", "show crypto isakmp policy").count("Protection suite") == 1
    without = lines("hq").partition("crypto isakmp key")
    with login(pair, "hq") as line:
        line.configure("no crypto isakmp policy 10\n" + without[1] + without[2])
    with login(pair, "branch") as line:
        line.configure(lines("branch").replace("encr aes 256", "encr aes"))
    assert replies(ping(pair, repeat=8)) > 0


def test_versions_say_what_the_box_is(pair: LabHandle) -> None:
    """The 881 prints its licence, the 3640 its CPU; both the image that they run."""
    hq, branch = pair.exec("hq", "show version"), pair.exec("branch", "show version")
    assert hq.startswith("Cisco IOS Software, C880 Software (C880DATA-UNIVERSALK9-M), Version 15.4(3)M3, RELEASE SOFTWARE")
    assert "*0        CISCO881-SEC-K9       FTX1512038X" in hq
    assert "Last reload reason: Reload Command" in hq
    assert branch.startswith("Cisco IOS Software, 3600 Software (C3640-JK9O3S-M), Version 12.4(25d), RELEASE SOFTWARE")
    assert "125K bytes of NVRAM." in branch


def test_a_2611_and_an_881_agree_on_3des(tmp_path: Path) -> None:
    """Boxes of all three releases stand on one segment: 3DES, SHA and group 2 are what a 12.2 box and an 881 share."""
    devices = {"vpn2611": "vpn2611", "hq": "c881"}
    far = BRANCH.replace("interface Ethernet0/0", "interface FastEthernet4").replace("10.10.20.0", "10.10.81.0")
    near = HQ.replace("172.18.124.199", OUTSIDE["hq"]).replace("10.10.20.0", "10.10.81.0")
    with start_lab(tmp_path / "lab", devices=devices, speed=50) as lab:
        for device, text in (("hq", far), ("vpn2611", near)):
            with login(lab, device) as line:
                assert all("% NOTE" in answer for answer in line.configure(text))
        assert 0 < replies(lab.exec("hq", "ping 10.10.10.1 source Vlan1 repeat 8 timeout 1")) < 8
        assert state(lab, "vpn2611", OUTSIDE["hq"]) == "QM_IDLE"
        hq, old = flow(lab, "hq", "10.10.81.0", "10.10.10.0"), flow(lab, "vpn2611", "10.10.10.0", "10.10.81.0")
        assert spis(hq) == tuple(reversed(spis(old)))
        assert "transform: esp-3des esp-sha-hmac ," in hq


def test_an_erased_flash_does_not_boot(tmp_path: Path) -> None:
    """Enter at `Erase flash: before copying?` wipes the image as well: after the next reload nobody answers any more."""
    with start_lab(tmp_path / "lab", devices={"branch": "vpn3640-124"}, speed=1000) as lab:
        with login(lab, "branch") as line:
            line.ask("copy running-config flash:nr.cfg", r"\]\? $")
            line.ask("", r"Erase flash: before copying\? \[confirm\]$")
            line.send("\r")
            line.until(r"will remove all files! Continue\? \[confirm\]$")
            line.send("\r")
            line.until()
            assert ".bin" not in line.answer("dir flash:")
        lab.exec("branch", "reload\n\n")
        eventually(lambda: not answers(lab, "branch"))
        time.sleep(0.5)  # five times as long as a boot takes on this clock
        assert not answers(lab, "branch")


def answers(lab: LabHandle, device: str) -> bool:
    """Whether somebody can log in."""
    try:
        login(lab, device).__exit__()
    except (ConnectionError, EOFError):
        return False
    return True


def test_without_asyncssh_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lab with an SSH box does not start without the package, and the telnet boxes do."""
    (tmp_path / "asyncssh.py").write_text("raise ImportError('not here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(LabError, match=r"hq is reached by SSH, for which the lab needs asyncssh: install it, or nr-run\[lab\]\."):
        start(tmp_path / "lab", devices={"hq": "c881"})
    with start_lab(tmp_path / "lab", devices={"vpn3640": "vpn3640"}) as lab:
        assert "12.2(8)T" in lab.exec("vpn3640", "show version")
