"""Tunnels between ASAs of two releases, IKEv1 and IKEv2, crypto map and tunnel interface: up, and why not."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from nr_run.lab.entry import LabHandle
from nr_run.parsers import parse

from .asa_vpn import End, build, by_netmiko
from .firewalls import OUTSIDE, config, ping, reboot, typed
from .tunnels import eventually

GCM = {"cipher": "aes-gcm-256", "integrity": "null", "prf": "sha384", "group": "20", "esp": "aes-gcm-256", "esp_hash": "null"}
OLD = {"cipher": "aes-256", "group": "5", "version": 1}
V1 = {"version": 1}


def ends(one: str, other: str, **both: object) -> tuple[End, End]:
    """Both ends of a tunnel."""
    return End(one, other, number=1, **both), End(other, one, number=2, **both)  # type: ignore[arg-type]


PAIRS = [
    ("asa82", "asa924", OLD),
    ("asa91", "asa919", OLD),
    ("asa91", "asa919", {}),
    ("asa91", "asa924", {**GCM, "pfs": "group20"}),
    ("asa919", "asa924", {"pfs": "group14"}),
    ("asa919", "asa924", {"vti": True, "pfs": "group14"}),
    ("asa919", "asa924", {"vti": True, **GCM}),
    ("asa924", "asa919", {"vti": True, **V1, "pfs": "group14"}),
]
FOUND = [
    pytest.param(pair[:2], *ends(*pair[:2], **pair[2]), id=f"{pair[0]}-{pair[1]}-{'-'.join(map(str, pair[2].values()))}")
    for pair in PAIRS
]


def spis(text: str) -> tuple[set[str], set[str]]:
    """The SPIs of `show crypto ipsec sa`: inbound and outbound."""
    inbound, _, outbound = text.partition("outbound esp sas:")
    find = re.compile(r"spi: 0x([0-9A-F]+) \(")
    return set(find.findall(inbound)), set(find.findall(outbound))


def count(lab: LabHandle, device: str, what: str) -> int:
    """A counter of the one flow of a box."""
    found = re.search(rf"#pkts {what}: (\d+)", lab.exec(device, "show crypto ipsec sa"))
    return int(found[1]) if found is not None else 0


def line(lab: LabHandle, device: str) -> str:
    """What `show interface Tunnel1` says of the line protocol."""
    found = re.search(r"line protocol is (\w+)", lab.exec(device, "show interface Tunnel1"))
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("boxes", "one", "other"), FOUND, indirect=["boxes"])
def test_two_releases_agree(boxes: LabHandle, one: End, other: End) -> None:
    """What both can do comes up, traffic passes both ways, SPIs cross, counters agree, and every show names the tunnel."""
    build(boxes, one, other)
    eventually(lambda: ping(boxes, one.device, other.device) == 5)
    assert ping(boxes, other.device, one.device) == 5
    (mine_in, mine_out), (their_in, their_out) = (spis(boxes.exec(end.device, "show crypto ipsec sa")) for end in (one, other))
    assert (mine_in, mine_out) == (their_out, their_in) != (set(), set())
    assert count(boxes, one.device, "encaps") == count(boxes, other.device, "decaps") > 0
    for end in (one, other):
        shown(boxes, end)


READ = (
    "show crypto ikev2 sa", "show crypto isakmp sa", "show crypto ipsec sa", "show vpn-sessiondb detail l2l",
    "show vpn-sessiondb l2l", "show running-config crypto", "show running-config tunnel-group", "show route",
    "show interface ip brief",
)  # fmt: skip


def shown(lab: LabHandle, end: End) -> None:
    """Phase 1, the session and, for a tunnel interface, line and routes are shown in the words of the release."""
    peer, version = OUTSIDE[end.peer], end.version
    for command in READ if end.device != "asa82" else READ[1:]:
        text = lab.exec(end.device, command)
        reading = parse("asa", command, text)
        assert reading.complete, (end.device, command, reading.problems, text)
    phase_1 = lab.exec(end.device, "show crypto isakmp sa")
    assert peer in phase_1
    assert ("READY" if version == 2 else "MM_ACTIVE") in phase_1
    session = lab.exec(end.device, f"show vpn-sessiondb detail l2l filter ipaddress {peer}")
    assert f"Connection   : {peer}" in session
    assert ("IKE" if end.device == "asa82" else f"IKEv{version}") + " Tunnels: 1" in session
    sas = lab.exec(end.device, f"show crypto ipsec sa peer {peer}")
    assert f"current_peer: {peer}" in sas
    if end.device != "asa82":
        assert f"IKEv{version}, {'VTI, ' * end.vti}}}" in sas
        other = "There are no IKEv2 SAs" if version == 1 else "There are no IKEv1 SAs"
        assert other in phase_1
    if end.vti:
        assert line(lab, end.device) == "up"
        assert "Crypto map tag: __vti-crypto-map-" in sas
        assert "local ident (addr/mask/prot/port): (0.0.0.0/0.0.0.0/0/0)" in sas
        assert re.search(r"^S +\S+ 255\.255\.255\.0 \[1/0\] via 169\.254\.10\.\d, vti$", lab.exec(end.device, "show route"), re.M)


#: What the second end has otherwise, and what neither end then has.
WRONG = [
    ("key", {"key": "Another.Key-here"}, "READY"),
    ("cipher", {"cipher": "aes-192"}, "READY"),
    ("prf", {"prf": "sha512"}, "READY"),
    ("group", {"group": "19"}, "READY"),
    ("esp", {"esp": "aes-192"}, "IKEv2, "),
    ("esp-hash", {"esp_hash": "sha-512"}, "IKEv2, "),
    ("policy", {"policy": "ikev1"}, "IKEv2, "),
    ("version", {"version": 1}, "READY"),
]


@pytest.mark.parametrize("boxes", [("asa919", "asa924")], indirect=True)
@pytest.mark.parametrize("vti", [False, True], ids=["map", "vti"])
def test_two_ends_that_differ_do_not_agree(boxes: LabHandle, vti: bool) -> None:
    """Another key, algorithm, protocol or version of IKE leaves the tunnel down, and the right one brings it up."""
    one, other = ends("asa919", "asa924", vti=vti)
    build(boxes, one, other)
    eventually(lambda: ping(boxes, "asa919", "asa924") == 5)
    for name, differing, lacking in WRONG:
        again(boxes, one, other, replace(other, **differing))  # type: ignore[arg-type]
        assert ping(boxes, "asa919", "asa924") == 0, name
        for device in ("asa919", "asa924"):
            assert spis(boxes.exec(device, "show crypto ipsec sa")) == (set(), set()), name
            found = boxes.exec(device, "show crypto ikev2 sa") + boxes.exec(device, "show crypto ipsec sa")
            assert lacking not in found, name
            assert not vti or line(boxes, device) == "down", name
        again(boxes, one, other, other)
        eventually(lambda: ping(boxes, "asa919", "asa924") == 5)


def again(lab: LabHandle, one: End, other: End, instead: End) -> None:
    """Take one end away, type it again in another way, and let both ends begin from nothing."""
    typed(lab, other.device, REMOVAL)
    said = by_netmiko(lab, other.device, instead.lines)
    assert "ERROR" not in said, said
    for end in (one, other):
        lab.exec(end.device, "clear crypto isakmp sa")


REMOVAL = f"""\
no interface Tunnel1
no crypto ipsec profile NR-PROFILE
clear configure crypto map NR-MAP
no crypto ipsec ikev2 ipsec-proposal NR-P
no crypto ipsec ikev1 transform-set NR-TS esp-aes-256 esp-sha-hmac
clear configure tunnel-group {OUTSIDE["asa919"]}
clear configure group-policy NR-GP
clear configure access-list NR-ACL
no crypto ikev2 policy 10
no crypto ikev2 enable outside
no crypto ikev1 policy 10
no crypto ikev1 enable outside"""


@pytest.mark.parametrize("boxes", [("asa919", "asa924")], indirect=True)
def test_a_group_policy_that_says_nothing_inherits(boxes: LabHandle) -> None:
    """A tunnel whose policy names no protocol has those of DfltGrpPolicy; one that names its own is free of it."""
    one, other = ends("asa919", "asa924", policy="ikev2")
    build(boxes, one, other)
    typed(boxes, "asa924", "group-policy DfltGrpPolicy attributes\nvpn-tunnel-protocol ikev1")
    eventually(lambda: ping(boxes, "asa919", "asa924") == 5)
    typed(boxes, "asa924", "group-policy NR-GP attributes\nno vpn-tunnel-protocol")
    boxes.exec("asa924", "clear crypto ikev2 sa")
    assert ping(boxes, "asa919", "asa924") == 0
    assert ping(boxes, "asa924", "asa919") == 0
    typed(boxes, "asa924", "group-policy DfltGrpPolicy attributes\nvpn-tunnel-protocol ikev1 ikev2")
    eventually(lambda: ping(boxes, "asa924", "asa919") == 5)


TRANSLATED = "object network LAN\nsubnet {lan}.0 255.255.255.0\nnat (inside,outside) dynamic interface"


@pytest.mark.parametrize("boxes", [("asa91", "asa924")], indirect=True)
def test_translation_comes_before_the_crypto_map(boxes: LabHandle) -> None:
    """A LAN that is translated misses the list and starts no IKE, until an identity rule stands before, and again without it."""
    one, other = ends("asa91", "asa924")
    build(boxes, one, other)
    typed(boxes, "asa91", TRANSLATED.format(lan="10.10.91"))
    assert ping(boxes, "asa91", "asa924") == 0
    assert "There are no IKEv2 SAs" in boxes.exec("asa91", "show crypto ikev2 sa")
    rule = "nat (inside,outside) {}source static L L destination static R R no-proxy-arp route-lookup"
    objects = "object network L\nsubnet 10.10.91.0 255.255.255.0\nobject network R\nsubnet 10.10.124.0 255.255.255.0"
    typed(boxes, "asa91", f"{objects}\n{rule.format('1 ')}")
    eventually(lambda: ping(boxes, "asa91", "asa924") == 5)
    assert "(inside) to (outside) source static L L" in boxes.exec("asa91", "show nat")
    assert not typed(boxes, "asa91", f"no {rule.format('')}")
    boxes.exec("asa91", "clear crypto ikev2 sa")
    assert ping(boxes, "asa91", "asa924") == 0


@pytest.mark.parametrize("boxes", [("asa919", "asa924")], indirect=True)
def test_a_tunnel_interface_lives_without_traffic(boxes: LabHandle) -> None:
    """It comes up by itself, shut down it takes line and routes with it at both ends, cleared it comes back."""
    one, other = ends("asa919", "asa924", vti=True)
    build(boxes, one, other)
    eventually(lambda: line(boxes, "asa919") == line(boxes, "asa924") == "up")
    typed(boxes, "asa919", "interface Tunnel1\nshutdown")
    assert "Tunnel1" in boxes.exec("asa919", "show interface ip brief")
    assert "administratively down down" in boxes.exec("asa919", "show interface ip brief").replace("  ", " ")
    eventually(lambda: line(boxes, "asa924") == "down")
    assert "vti" not in boxes.exec("asa924", "show route")
    typed(boxes, "asa919", "interface Tunnel1\nno shutdown")
    eventually(lambda: line(boxes, "asa919") == line(boxes, "asa924") == "up")
    boxes.exec("asa924", f"clear crypto ikev2 sa {OUTSIDE['asa919']}")
    eventually(lambda: ping(boxes, "asa919", "asa924") == 5)


@pytest.mark.parametrize("boxes", [("asa919", "asa924")], indirect=True)
def test_two_that_only_respond_never_begin(boxes: LabHandle) -> None:
    """`responder-only` at both ends leaves the tunnel down; at one end the other one brings it up."""
    one, other = ends("asa919", "asa924", vti=True)
    head = "crypto ipsec profile NR-PROFILE\n"
    for end in (one, other):
        by_netmiko(boxes, end.device, end.lines.replace(head, f"{head}responder-only\n"))
    assert ping(boxes, "asa919", "asa924") == 0
    assert "There are no IKEv2 SAs" in boxes.exec("asa919", "show crypto ikev2 sa")
    typed(boxes, "asa924", "crypto ipsec profile NR-PROFILE\nno responder-only")
    eventually(lambda: line(boxes, "asa919") == "up")
    assert "RESPONDER" in boxes.exec("asa919", "show crypto ikev2 sa")


@pytest.mark.parametrize("boxes", [("asa91", "asa919", "asa924")], indirect=True)
def test_a_change_takes_down_its_own_tunnel_only(boxes: LabHandle) -> None:
    """A crypto map unbound, or a proposal taken away, ends what it protected; a tunnel interface on the same box goes on."""
    by_map, far = ends("asa919", "asa91")
    vti, end = ends("asa919", "asa924", vti=True)
    build(boxes, by_map, far)
    build(boxes, vti, end)
    eventually(lambda: ping(boxes, "asa919", "asa91") == 5)
    eventually(lambda: ping(boxes, "asa919", "asa924") == 5)
    before = spis(boxes.exec("asa919", f"show crypto ipsec sa peer {OUTSIDE['asa924']}"))
    typed(boxes, "asa919", "no crypto map NR-MAP interface outside")
    assert ping(boxes, "asa919", "asa91") == 0
    assert "There are no ipsec sas" in boxes.exec("asa91", "show crypto ipsec sa")
    assert spis(boxes.exec("asa919", f"show crypto ipsec sa peer {OUTSIDE['asa924']}")) == before
    assert ping(boxes, "asa919", "asa924") == 5


SAVED = [
    End("asa919", "asa924", vti=True, policy="ikev1 ikev2", pfs="group14"),
    End("asa924", "asa919", vti=True, version=1, policy="ikev1", pfs="group14"),
    End("asa91", "asa919", policy="ikev2", pfs="group20", **GCM),  # type: ignore[arg-type]
    End("asa82", "asa919", **OLD, policy="IPSec", pfs="group5"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("boxes", "end"), [((end.device,), end) for end in SAVED], indirect=["boxes"], ids=lambda _: "")
def test_a_tunnel_survives_a_reload(boxes: LabHandle, end: End) -> None:
    """What is printed and saved is what the box boots with, whatever stands below what names it."""
    by_netmiko(boxes, end.device, end.lines)
    before = config(boxes, end.device)
    boxes.exec(end.device, "write memory")
    typed(boxes, end.device, "access-list LOST extended permit ip any any")
    reboot(boxes, end.device)
    after = config(boxes, end.device)
    assert [line for line in after if "checksum" not in line] == [line for line in before if "checksum" not in line]


KNOWN_AS = "172.18.124.250"


@pytest.mark.parametrize("boxes", [("asa919", "asa924")], indirect=True)
def test_a_translator_in_the_path(boxes: LabHandle) -> None:
    """An ASA behind a translator is found by the address that it comes from; IKE and ESP go in UDP 4500, and are shown so."""
    boxes.fault("asa924", "behind-nat", KNOWN_AS)
    one, other = ends("asa919", "asa924")
    by_netmiko(boxes, "asa919", one.lines.replace(OUTSIDE["asa924"], KNOWN_AS))
    by_netmiko(boxes, "asa924", other.lines)
    eventually(lambda: ping(boxes, "asa924", "asa919") == 5)
    assert f"{KNOWN_AS}/4500" in boxes.exec("asa919", "show crypto ikev2 sa")
    assert "NAT-T-Encaps, IKEv2, }" in boxes.exec("asa919", "show crypto ipsec sa").replace(",  ", ", ")
    assert "IPsecOverNatT" in boxes.exec("asa919", "show vpn-sessiondb detail l2l")


@pytest.mark.parametrize("boxes", [("asa91", "asa919")], indirect=True)
def test_an_entry_with_both_versions_falls_back(boxes: LabHandle) -> None:
    """IKEv2 is tried first; a peer that speaks only IKEv1 gets that; one that speaks both gets IKEv2."""
    newer, far_newer = ends("asa919", "asa91")
    older, far_older = ends("asa919", "asa91", **OLD)
    by_netmiko(boxes, "asa919", newer.lines)
    by_netmiko(boxes, "asa919", older.lines)
    by_netmiko(boxes, "asa91", far_older.lines)
    eventually(lambda: ping(boxes, "asa919", "asa91") == 5)
    assert "MM_ACTIVE" in boxes.exec("asa91", "show crypto isakmp sa")
    assert "There are no IKEv2 SAs" in boxes.exec("asa919", "show crypto ikev2 sa")
    by_netmiko(boxes, "asa91", far_newer.lines)
    boxes.exec("asa919", "clear crypto isakmp sa")
    eventually(lambda: ping(boxes, "asa919", "asa91") == 5)
    assert "READY" in boxes.exec("asa919", "show crypto ikev2 sa")
    assert "There are no IKEv1 SAs" in boxes.exec("asa919", "show crypto ikev1 sa")
