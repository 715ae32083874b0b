"""Tunnels between two routers of each pair of releases, in both versions of IKE, by crypto map and by tunnel interface."""

from __future__ import annotations

import os
import re

import pytest

from .pairs import BOXES, PAIR, Bench, bench, each_version, ends, ike, shared_bench, up
from .tunnels import eventually

__all__ = ["bench", "shared_bench"]

STYLES = ("map", "vti")
OLD = [("vpn3640-124", "c881"), ("vpn3640-124", "c8000v-17")]
YOUNG = [("c881", "c8000v-17"), ("c881", "c8000v-26"), ("c8000v-17", "c8000v-1712"), ("c8000v-1712", "c8000v-26")]
YOUNG += [("c881", "c8000v-1712"), ("c8000v-17", "c8000v-26")]
EVERY = [(*pair, 1, style) for pair in OLD + YOUNG for style in STYLES] + [
    (*pair, 2, style) for pair in YOUNG for style in STYLES
]
#: Each release in each version of IKE that it has and in each style at least once; all pairs are for ``make matrix``.
SAMPLE = [
    ("vpn3640-124", "c881", 1, "map"),
    ("vpn3640-124", "c8000v-17", 1, "vti"),
    ("c8000v-1712", "c8000v-26", 1, "map"),
    ("c881", "c8000v-26", 1, "vti"),
    ("c881", "c8000v-17", 2, "map"),
    ("c8000v-17", "c8000v-1712", 2, "vti"),
    ("c8000v-1712", "c8000v-26", 2, "map"),
    ("c881", "c8000v-26", 2, "vti"),
    ("c8000v-17", "c8000v-1712", 1, "map"),
    ("c881", "c8000v-1712", 1, "vti"),
]
CASES = EVERY if os.environ.get("NR_RUN_MATRIX") == "all" else SAMPLE


def test_the_sample_has_every_release_in_every_form() -> None:
    """Each release of the pairs stands in the sample with each version and style in which any pair has it."""
    assert {(box, *form) for *pair, version, style in SAMPLE for box in pair for form in [(version, style)]} >= {
        (box, *form) for *pair, version, style in EVERY for box in pair for form in [(version, style)]
    }
    assert {*SAMPLE} <= {*EVERY}


@pytest.mark.parametrize(("one", "other", "version", "style"), CASES)
def test_a_tunnel_comes_up(bench: Bench, one: str, other: str, version: int, style: str) -> None:
    """Both ends are up with crossing SPIs and equal counters, a tunnel interface without any traffic."""
    near, far = ends(one, other, version=version, style=style)
    bench.build(near, far)
    if style == "map":
        eventually(lambda: bench.ping(near, 3) > 0)
    eventually(lambda: up(bench, near) and up(bench, far))
    assert bench.ping(near) == bench.ping(far) == 5
    assert ("READY" if version == 2 else "QM_IDLE") in ike(bench, near)
    texts = [bench.show(end.box, "show crypto ipsec sa") for end in (near, far)]
    found = [re.findall(r"spi: 0x([0-9A-F]+)\(\d+\)\n", text.partition("inbound esp sas:")[2]) for text in texts]
    assert found[0][:2] == found[1][:2][::-1]
    counts = [re.search(r"encaps: (\d+).*?decaps: (\d+)", text, re.DOTALL) for text in texts]
    assert counts[0] is not None
    assert counts[1] is not None
    assert counts[0].groups() == counts[1].groups()[::-1]
    ident = "0.0.0.0/0.0.0.0" if style == "vti" else f"{BOXES[one][2]}.0/255.255.255.0"
    assert f"local  ident (addr/mask/prot/port): ({ident}/0/0)" in texts[0]
    if style == "vti":
        assert "interface: Tunnel1\n    Crypto map tag: Tunnel1-head-0, local addr" in texts[0]
        assert "Tunnel1 is up, line protocol is up" in bench.show(one, "show interfaces Tunnel1")
        assert "directly connected, via Tunnel1" in bench.show(one, f"show ip route {BOXES[other][2]}.0")


def test_clearing_takes_both_ends_down_and_a_tunnel_comes_back(bench: Bench) -> None:
    """`clear crypto ikev2 sa` deletes on both ends; a tunnel interface negotiates again by itself, with other SPIs."""
    near, far = ends(*PAIR)
    bench.build(near, far)
    eventually(lambda: up(bench, near))
    for command in (f"clear crypto ikev2 sa remote {near.peer}", f"clear crypto sa peer {near.peer}", "clear crypto session"):
        before = re.findall(r"spi: 0x\w+\(", bench.show(near.box, "show crypto ipsec sa"))
        bench.show(near.box, command)
        eventually(lambda: up(bench, near) and up(bench, far))
        assert not set(before) & set(re.findall(r"spi: 0x\w+\(", bench.show(near.box, "show crypto ipsec sa")))
    assert "SESSION" not in bench.show(near.box, "show crypto ikev2 sa")


def test_shutting_a_tunnel_takes_its_sas(bench: Bench) -> None:
    """So does removing it, and the other end is told."""
    near, far = ends(*PAIR)
    bench.build(near, far)
    eventually(lambda: up(bench, near))
    bench.typed(near.box, ["interface Tunnel1", "shutdown"])
    assert "Tunnel1 is administratively down, line protocol is down" in bench.show(near.box, "show interfaces Tunnel1")
    assert bench.show(near.box, "show crypto ikev2 sa").strip() == ""
    bench.typed(near.box, ["interface Tunnel1", "no shutdown"])
    eventually(lambda: bench.ping(near, 3) == 3)
    bench.typed(far.box, ["no interface Tunnel1"])
    eventually(lambda: "line protocol is down" in bench.show(near.box, "show interfaces Tunnel1"))


WRONG_ORDER = [
    ("no crypto ikev2 proposal P", "% Cannot remove as proposal is in use."),
    ("no crypto ikev2 keyring K", "% Cannot remove as keyring is in use."),
    ("no crypto ikev2 profile PR", "% Cannot remove as profile is in use."),
    ("no crypto ipsec transform-set T", "is in use by profile IP"),
    ("no crypto ipsec profile IP", "attempting to remove when referred by tunnel config"),
]


@pytest.mark.parametrize(("line", "words"), WRONG_ORDER)
def test_what_is_in_use_stays(bench: Bench, line: str, words: str) -> None:
    """Each is refused in the words of the device, nothing is gone, and in the right order all of it goes."""
    near, _ = ends(*PAIR)
    bench.build(near)
    before = bench.show(near.box, "show running-config | begin crypto")
    assert words in bench.typed(near.box, [line])
    assert bench.show(near.box, "show running-config | begin crypto") == before
    right = ["interface Tunnel1", "no tunnel protection ipsec profile IP", "exit", "no crypto ipsec profile IP"]
    right += ["no crypto ikev2 profile PR", "no crypto ikev2 keyring K", "no crypto ikev2 policy P", "no crypto ikev2 proposal P"]
    said = bench.typed(near.box, [*right, "no crypto ipsec transform-set T", "no interface Tunnel1"])
    assert "%" not in said
    assert bench.show(near.box, "show running-config | include crypto|Tunnel1").split() == [
        *["ip", "route", "10.10.17.0", "255.255.255.0", "Tunnel1"]
    ]


REFUSED = [
    ("c881", ["interface Tunnel1", "tunnel protection ipsec profile NONE"], "It seems IPSec profile doesn't exist"),
    ("c881", ["crypto ikev2 policy P", "proposal NONE"], "% IKEv2 proposal doesn't exist"),
    ("c881", ["crypto ipsec profile IP", "set ikev2-profile NONE"], "% IKEv2 profile NONE does not exist"),
    ("c881", ["crypto ikev2 profile PR", "keyring local NONE"], "% Keyring NONE does not exist"),
    ("c881", ["interface FastEthernet4", "tunnel destination 192.0.2.1"], "% Invalid input detected at '^' marker."),
    ("vpn3640-124", ["crypto ikev2 proposal P"], "% Invalid input detected at '^' marker."),
    ("vpn3640-124", ["crypto ipsec profile IP", "set ikev2-profile PR"], "% Invalid input detected at '^' marker."),
    ("c8000v-1712", ["crypto ikev2 proposal P", "group 2"], "%Error: weaker dh-group is not allowed"),
    ("c8000v-1712", ["crypto ikev2 proposal P", "encryption 3des"], "%Error: weaker encryption algorithm is not allowed"),
    ("c8000v-1712", ["crypto ikev2 proposal P", "integrity md5"], "%Error: weaker hash algorithm is not allowed"),
    ("c8000v-17", ["crypto ikev2 proposal P", "group 2"], "%Warning: weaker dh-group is deprecated"),
    ("c8000v-26", ["ip http server"], "% Command rejected: insecure configuration is restricted."),
    (
        "c8000v-26",
        ["crypto ikev2 keyring K", "peer X", "pre-shared-key Secret.24"],
        "SECURITY WARNING - Module: CRYPTO, Command: pre-sh",
    ),
]


@pytest.mark.parametrize(("box", "lines", "words"), REFUSED)
def test_what_a_release_says_to_a_line(bench: Bench, box: str, lines: list[str], words: str) -> None:
    """What is not there yet cannot be named, what a release has not is invalid, what is weak is warned of or refused."""
    said = bench.typed(box, lines)
    assert words in said
    assert "Secret.24" not in said.partition("SECURITY")[2]


def test_26_takes_insecure_lines_when_it_is_told_to(bench: Bench) -> None:
    """With `system mode insecure` they are taken with a warning, and listed."""
    said = bench.typed("c8000v-26", ["system mode insecure", "ip http server"])
    assert "SECURITY WARNING - Module: HTTP, Command: ip http server" in said
    assert "System Security Mode : Insecure" in bench.show("c8000v-26", "show system security mode")
    assert "ip http server" in bench.show("c8000v-26", "show system insecure configuration")


def test_a_route_into_itself_takes_a_tunnel_down(bench: Bench) -> None:
    """A route to where the tunnel ends that leads into the tunnel: it goes down, the log says why, and it comes back without."""
    near, far = ends(*PAIR)
    bench.build(near, far)
    eventually(lambda: up(bench, near))
    route = f"ip route {near.peer} 255.255.255.255 Tunnel1"
    bench.typed(near.box, [route])
    said = "%TUN-5-RECURDOWN: Tunnel1 temporarily disabled due to recursive routing"
    eventually(lambda: bench.ping(near, 1) == 0 and said in bench.show(near.box, "show logging"))
    bench.typed(near.box, [f"no {route}"])
    eventually(lambda: bench.ping(near, 3) == 3)


@each_version
def test_sessions_are_logged_where_that_is_configured(bench: Bench, version: int) -> None:
    """`crypto logging session` tells of a session that comes up and goes down, with the peer."""
    near, far = ends(*PAIR, version=version)
    bench.typed(near.box, ["crypto logging session"])
    bench.build(near, far)
    words = "%CRYPTO-5-SESSION_STATUS: Crypto tunnel is"
    eventually(lambda: f"{words} UP.  Peer {near.peer}:500       Id: {near.peer}" in bench.show(near.box, "show logging"))
    bench.typed(near.box, ["interface Tunnel1", "shutdown"])
    assert f"{words} DOWN. Peer {near.peer}:500" in bench.show(near.box, "show logging")


def test_a_route_with_a_higher_distance_waits_for_the_tunnel_to_go_down(bench: Bench) -> None:
    """Of two routes to one network the one with the lower distance is used, and the other one while its interface is down."""
    near, far = ends(*PAIR)
    bench.build(near, far)
    eventually(lambda: up(bench, near))
    network = f"{BOXES[far.box][2]}.0"
    bench.typed(near.box, [f"ip route {network} 255.255.255.0 172.18.124.1 200"])
    assert "directly connected, via Tunnel1" in bench.show(near.box, f"show ip route {network}")
    bench.typed(near.box, ["interface Tunnel1", "shutdown"])
    shown = bench.show(near.box, f"show ip route {network}")
    assert 'Known via "static", distance 200, metric 0' in shown
    assert "* 172.18.124.1" in shown


def test_a_planted_key_survives_a_replace(bench: Bench) -> None:
    """A keyring that a fault made another one is the same after `configure replace` to the configuration that it is in."""
    near, far = ends(*PAIR, style="map")
    bench.lab.fault(far.box, "wrong-psk-silent")
    bench.build(near, far)
    bench.typed(far.box, ["archive", "path flash:kept"])
    bench.lab.exec(far.box, "archive config")
    (kept,) = re.findall(r"(\S+:kept-\S+) <- Most Recent", bench.lab.exec(far.box, "show archive"))
    bench.typed(far.box, ["interface Loopback9"])
    assert "Rollback Done" in bench.lab.exec(far.box, f"configure replace {kept} force")
    assert bench.ping(near) == 0
    assert "READY" not in ike(bench, near)


def test_combined_mode_ciphers_for_both_phases(bench: Bench) -> None:
    """GCM with a prf and no integrity for IKEv2, and for ESP; with IKEv1 there is no such transform to offer."""
    near, far = ends("c8000v-17", "c8000v-1712", encryption="aes-gcm-256", esp="esp-gcm 256")
    bench.build(near, far)
    eventually(lambda: bench.ping(near, 3) == 3)
    assert "Encr: AES-GCM, keysize: 256, PRF: SHA256, Hash: None, DH Grp:14" in ike(bench, near)
    assert "transform: esp-gcm 256 ," in bench.show(near.box, "show crypto ipsec sa")
    assert "Encr: AES-GCM, keysize: 256, esp_hmac: None" in bench.show(near.box, "show crypto ikev2 session detailed")


def test_a_clear_that_is_fast_tells_the_other_end_nothing(bench: Bench) -> None:
    """The other end keeps its SAs until a new negotiation takes their place."""
    near, far = ends(*PAIR, style="map")
    bench.build(near, far)
    eventually(lambda: bench.ping(near, 3) == 3)
    bench.show(near.box, "clear crypto ikev2 sa fast")
    assert ike(bench, near).strip() == ""
    assert up(bench, far)
    eventually(lambda: bench.ping(near, 3) == 3)


def test_switching_the_defaults_off_leaves_nothing_to_offer(bench: Bench) -> None:
    """Without a policy of its own a release offers its default proposal; `no crypto ikev2 policy default` ends that, visibly."""
    near, far = ends(*PAIR, style="map")
    bench.build(near, far)
    for end in (near, far):
        bench.typed(end.box, ["no crypto ikev2 policy P", "no crypto ikev2 proposal P"])
    assert "no crypto ikev2" not in bench.show(near.box, "show running-config")
    eventually(lambda: bench.ping(near, 3) == 3)
    assert "DH Grp:5" in ike(bench, near)
    bench.typed(near.box, ["no crypto ikev2 policy default"])
    assert "no crypto ikev2 policy default" in bench.show(near.box, "show running-config")
    bench.show(near.box, "clear crypto ikev2 sa")
    assert bench.ping(near) == 0
    assert not up(bench, near)
