"""Tunnels between ASAs and routers: negotiation both ways, what each end shows when it fails, translation, taking down."""

from __future__ import annotations

import re

import pytest

from nr_run.lab.entry import LabHandle
from nr_run.parsers import parse

from .firewalls import INSIDE, OUTSIDE, PSK, asa_end, config, end, ike_state, join, ping, typed
from .tunnels import eventually, replies

SHOWN = (
    "show crypto isakmp sa", "show crypto isakmp sa detail", "show crypto ipsec sa", "show vpn-sessiondb l2l",
    "show vpn-sessiondb detail l2l", "show running-config crypto", "show running-config tunnel-group",
    "show running-config group-policy", "show route", "show version",
)  # fmt: skip
PAIRS = [
    ("asa82", "vpn3640-124", "aes-256", "5"),
    ("asa82", "c881", "3des", "2"),
    ("asa91", "vpn3640-124", "aes-192", "2"),
    ("asa91", "c881", "aes", "5"),
    ("asa919", "vpn3640-124", "aes-256", "5"),
    ("asa919", "c881", "aes-256", "14"),
    ("asa82", "asa91", "3des", "2"),
    ("asa91", "asa919", "aes-256", "5"),
]
FOUND = [pytest.param(pair[:2], *pair, id=f"{pair[0]}-{pair[1]}") for pair in PAIRS]
POLICY = "group-policy NR-GP internal\ngroup-policy NR-GP attributes\nvpn-tunnel-protocol {word}\nvpn-idle-timeout none"


def spis(text: str) -> tuple[set[str], set[str]]:
    """The SPIs of `show crypto ipsec sa` of either software: inbound and outbound."""
    inbound, _, outbound = text.partition("outbound esp sas:")
    find = re.compile(r"spi: 0x0*([0-9A-F]+)\s?\(")
    return set(find.findall(inbound.partition("inbound esp sas:")[2])), set(find.findall(outbound))


def count(lab: LabHandle, device: str, what: str) -> int:
    """A counter of the one flow of a box."""
    found = re.search(rf"#pkts {what}:? (\d+)", lab.exec(device, "show crypto ipsec sa"))
    return int(found[1]) if found is not None else 0


@pytest.mark.parametrize(("boxes", "one", "other", "cipher", "group"), FOUND, indirect=["boxes"])
def test_a_pair_agrees_in_both_directions(boxes: LabHandle, one: str, other: str, cipher: str, group: str) -> None:
    """Traffic brings the tunnel up whoever begins; SPIs cross, counters agree, and every show is read whole."""
    join(boxes, one, other, cipher=cipher, group=group, pfs=f"group{group}")
    for near, far in ((one, other), (other, one)):
        assert 0 < ping(boxes, near, far, repeat=8) < 8
        assert ping(boxes, far, near) == 5
        mine_in, mine_out = spis(boxes.exec(near, "show crypto ipsec sa"))
        their_in, their_out = spis(boxes.exec(far, "show crypto ipsec sa"))
        assert (mine_in, mine_out) == (their_out, their_in)
        assert count(boxes, near, "encaps") == count(boxes, far, "decaps") > 0
        for device in (near, far):
            if device.startswith("asa"):
                assert ike_state(boxes, device) == "MM_ACTIVE"
                read_whole(boxes, device)
        clear(boxes, near, OUTSIDE[far])
        assert spis(boxes.exec(far, "show crypto ipsec sa")) == (set(), set())
        clear_phase_1(boxes, far)


def read_whole(boxes: LabHandle, device: str) -> None:
    """No line of a show command is unread by the parsers of nr-run."""
    more = () if device == "asa82" else ("show crypto ikev1 sa", "show crypto ikev2 sa")
    peer = next(row.split()[-1] for row in boxes.exec(device, "show crypto isakmp sa").splitlines() if "IKE Peer" in row)
    for command in (*SHOWN, *more, f"show crypto ipsec sa peer {peer}"):
        text = boxes.exec(device, command)
        if text.strip():
            reading = parse("asa", command, text)
            assert reading.complete, (device, command, reading.problems, text)


def clear(boxes: LabHandle, device: str, peer: str) -> None:
    """Clear the SAs of one peer."""
    words = "clear crypto ipsec sa peer" if device.startswith("asa") else "clear crypto sa peer"
    assert boxes.exec(device, f"{words} {peer}") == ""


def clear_phase_1(boxes: LabHandle, device: str) -> None:
    """Clear phase 1 of a box."""
    boxes.exec(device, "clear crypto isakmp sa" if device.startswith("asa") else "clear crypto isakmp")


STUCK = [
    ("vpn3640-124", "asa91", {"key": "Another.Key"}, "MM_WAIT_MSG5", "the responder has another key"),
    ("asa91", "vpn3640-124", {"key": "Another.Key"}, "MM_WAIT_MSG6", "the initiator has another key"),
    ("asa91", "vpn3640-124", {"group": "2"}, "MM_WAIT_MSG2", "no policy in common"),
]


@pytest.mark.parametrize(
    ("boxes", "one", "other", "differing", "state"),
    [pytest.param((a, b), a, b, differing, state, id=name) for a, b, differing, state, name in STUCK],
    indirect=["boxes"],
)
def test_an_asa_waits_in_the_state_of_its_trouble(
    boxes: LabHandle, one: str, other: str, differing: dict[str, str], state: str
) -> None:
    """A key or a policy that differs leaves an ASA waiting for the message that does not come, and nothing passes."""
    join(boxes, one, other, differing=differing)
    assert ping(boxes, one, other) == 0
    asa = "asa91"
    assert ike_state(boxes, asa) == state
    reading = parse("asa", "show crypto isakmp sa", boxes.exec(asa, "show crypto isakmp sa"))
    assert reading.complete, reading.problems


@pytest.mark.parametrize("boxes", [("asa91", "asa82")], indirect=True)
def test_a_peer_without_tunnel_group_is_message_4(boxes: LabHandle) -> None:
    """The other end has no tunnel group for the address: the initiator waits for message 4, the other has no row at all."""
    join(boxes, "asa91", "asa82")
    assert typed(boxes, "asa82", f"clear configure tunnel-group {OUTSIDE['asa91']}") == []
    assert ping(boxes, "asa91", "asa82") == 0
    assert ike_state(boxes, "asa91") == "MM_WAIT_MSG4"
    assert boxes.exec("asa82", "show crypto isakmp sa") == "There are no isakmp sas\n"
    for command in ("show crypto isakmp sa", "show crypto ipsec sa", "show vpn-sessiondb l2l", "show vpn-sessiondb detail l2l"):
        assert parse("asa", command, boxes.exec("asa82", command)).complete


@pytest.mark.parametrize("boxes", [("asa91", "asa82")], indirect=True)
def test_without_an_own_tunnel_group_nothing_begins(boxes: LabHandle) -> None:
    """An ASA without a tunnel group for its peer shows no row and sends nothing through."""
    join(boxes, "asa91", "asa82")
    typed(boxes, "asa91", f"clear configure tunnel-group {OUTSIDE['asa82']}")
    assert ping(boxes, "asa91", "asa82") == 0
    assert "There are no IKEv1 SAs" in boxes.exec("asa91", "show crypto ikev1 sa")


@pytest.mark.parametrize("boxes", [("asa919", "c881")], indirect=True)
def test_ike_lost_on_the_way_is_message_2(boxes: LabHandle) -> None:
    """UDP 500 that is lost leaves the initiator at message 2 and the responder without a row; ESP lost leaves counters flat."""
    join(boxes, "asa919", "c881", group="14")
    boxes.fault("c881", "drop-ike")
    assert ping(boxes, "asa919", "c881") == 0
    assert ike_state(boxes, "asa919") == "MM_WAIT_MSG2"
    boxes.fault("c881", "drop-ike", on=False)
    clear_phase_1(boxes, "asa919")
    eventually(lambda: ping(boxes, "asa919", "c881") == 5)
    boxes.fault("asa919", "drop-esp")
    before = count(boxes, "c881", "decaps")
    assert ping(boxes, "asa919", "c881") == 0
    assert count(boxes, "c881", "decaps") == before
    assert ike_state(boxes, "asa919") == "MM_ACTIVE"


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_management_access_decides_about_the_own_address(boxes: LabHandle) -> None:
    """Without it an ASA neither pings through the tunnel nor answers there, while the hosts behind it do."""
    join(boxes, "asa91", "c881")
    eventually(lambda: ping(boxes, "asa91", "c881") == 5)
    assert ping(boxes, "c881", "asa91") == 5
    assert typed(boxes, "asa91", "no management-access inside") == []
    assert ping(boxes, "asa91", "c881") == 0
    assert ping(boxes, "c881", "asa91") == 0
    assert ping(boxes, "c881", "asa91", host=10) == 5
    assert ping(boxes, "c881", "asa91", host=33) == 0
    assert typed(boxes, "asa91", "management-access inside") == []
    assert ping(boxes, "asa91", "c881") == 5
    assert replies(boxes.exec("asa91", "ping 172.18.124.181")) == 5
    assert replies(boxes.exec("asa91", "ping 10.10.81.1 repeat 2 timeout 1")) == 0  # leaves from the outer address


EXEMPT = {
    "asa82": "nat (inside) 0 access-list NR-ACL",
    "asa91": "nat (inside,outside) {at}source static NR-L NR-L destination static NR-R NR-R no-proxy-arp route-lookup",
}
PAT = {
    "asa82": "global (outside) 1 interface\nnat (inside) 1 0.0.0.0 0.0.0.0",
    "asa91": "nat (inside,outside) after-auto source dynamic any interface",
}
OBJECTS = "object network NR-L\nsubnet 10.10.91.0 255.255.255.0\nobject network NR-R\nsubnet 10.10.81.0 255.255.255.0"


@pytest.mark.parametrize(("boxes", "asa"), [(("asa82", "c881"), "asa82"), (("asa91", "c881"), "asa91")], indirect=["boxes"])
def test_traffic_that_is_translated_is_not_encrypted(boxes: LabHandle, asa: str) -> None:
    """Translation comes before the crypto map: without an exemption no IKE begins, with it the tunnel comes up."""
    join(boxes, asa, "c881")
    answers = typed(boxes, asa, PAT[asa])
    assert all("INFO: outside interface address added to PAT pool" in answer for answer in answers)
    assert ping(boxes, asa, "c881") == 0
    assert ike_state(boxes, asa) == ""
    tracer = f"packet-tracer input inside icmp {INSIDE[asa]}.10 8 0 {INSIDE['c881']}.10"
    text = boxes.exec(asa, tracer)
    assert "Dynamic translate" in text
    assert "Type: VPN" not in text
    assert parse("asa", tracer, text).complete
    if asa == "asa91":
        typed(boxes, asa, OBJECTS)
    exemption = EXEMPT[asa]
    assert typed(boxes, asa, exemption.format(at="1 ")) == []
    assert exemption.format(at="") in config(boxes, asa, "nat")
    dropped = boxes.exec(asa, tracer)
    assert re.search(r"Type: VPN\nSubtype: encrypt\nResult: DROP", dropped)
    assert parse("asa", tracer, dropped).complete
    eventually(lambda: ike_state(boxes, asa) == "MM_ACTIVE")
    eventually(lambda: "Action: allow" in boxes.exec(asa, tracer))
    allowed = boxes.exec(asa, tracer)
    assert parse("asa", tracer, allowed).complete
    assert ping(boxes, "c881", asa, host=10) == 5
    assert ping(boxes, asa, "c881") == 5
    assert typed(boxes, asa, f"no {exemption.format(at='')}") == []
    assert ping(boxes, asa, "c881") == 0


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_an_exemption_without_route_lookup_hides_the_own_address(boxes: LabHandle) -> None:
    """Hosts are reached through it, the ASA's own inner address is not."""
    join(boxes, "asa91", "c881")
    typed(boxes, "asa91", OBJECTS + "\nnat (inside,outside) source static NR-L NR-L destination static NR-R NR-R")
    eventually(lambda: ping(boxes, "c881", "asa91", host=10) == 5)
    assert ping(boxes, "c881", "asa91") == 0


@pytest.mark.parametrize("boxes", [("asa91", "asa82", "c881")], indirect=True)
def test_clearing_one_peer_leaves_the_other(boxes: LabHandle) -> None:
    """Two tunnels on one map: `clear crypto ipsec sa peer` and `vpn-sessiondb logoff` end the one that is named."""
    join(boxes, "asa91", "asa82")
    second = asa_end("asa91", "c881").replace("NR-ACL", "NR-ACL2").replace("NR-MAP 10", "NR-MAP 20").replace("NR-TS", "NR-TS2")
    typed(boxes, "asa91", second)
    typed(boxes, "c881", end("c881", "asa91"))
    eventually(lambda: ping(boxes, "asa91", "asa82") == 5)
    eventually(lambda: ping(boxes, "asa91", "c881") == 5)
    for command in (
        f"clear crypto ipsec sa peer {OUTSIDE['asa82']}",
        f"clear crypto ikev1 sa {OUTSIDE['asa82']}",
        f"vpn-sessiondb logoff ipaddress {OUTSIDE['asa82']} noconfirm",
    ):
        said = boxes.exec("asa91", command)
        assert said in ("", f'INFO: Number of sessions with IP address "{OUTSIDE["asa82"]}" logged off : 1\n')
        sessions = boxes.exec("asa91", "show vpn-sessiondb l2l")
        assert OUTSIDE["asa82"] not in sessions
        assert OUTSIDE["c881"] in sessions
        assert "There are no ipsec sas" in boxes.exec("asa82", "show crypto ipsec sa")
        assert ping(boxes, "asa91", "c881") == 5
        eventually(lambda: ping(boxes, "asa91", "asa82") == 5)


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_dead_peers_are_found(boxes: LabHandle) -> None:
    """A peer that is off is given up after its keepalives: the ASA's rows go."""
    join(boxes, "asa91", "c881")
    eventually(lambda: ping(boxes, "asa91", "c881") == 5)
    boxes.fault("c881", "down")

    def gone() -> bool:
        ping(boxes, "asa91", "c881", repeat=1)
        return ike_state(boxes, "asa91") != "MM_ACTIVE"

    eventually(gone)


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_taking_the_map_from_the_interface_ends_its_tunnels(boxes: LabHandle) -> None:
    """`no crypto map M interface outside` deletes the SAs on both ends, and the traffic is not sent in clear."""
    join(boxes, "asa91", "c881")
    eventually(lambda: ping(boxes, "asa91", "c881") == 5)
    assert typed(boxes, "asa91", "no crypto map NR-MAP interface outside") == []
    assert "There are no IKEv1 SAs" in boxes.exec("asa91", "show crypto ikev1 sa")
    assert "There are no ipsec sas" in boxes.exec("asa91", "show crypto ipsec sa")
    assert ping(boxes, "asa91", "c881") == 0


@pytest.mark.parametrize("boxes", [("asa82", "asa919")], indirect=True)
def test_bare_pfs_means_another_group_on_each_release(boxes: LabHandle) -> None:
    """`set pfs` alone is group 2 on 8.2 and group 14 on 9.19, so it does not agree between them."""
    join(boxes, "asa82", "asa919")
    typed(boxes, "asa82", "crypto map NR-MAP 10 set pfs")
    answers = typed(boxes, "asa919", "crypto map NR-MAP 10 set pfs")
    assert answers == []
    assert "crypto map NR-MAP 10 set pfs" in config(boxes, "asa919", "crypto map")
    assert ping(boxes, "asa82", "asa919") == 0
    assert ike_state(boxes, "asa82") == "MM_ACTIVE"
    assert "There are no ipsec sas" in boxes.exec("asa82", "show crypto ipsec sa")
    typed(boxes, "asa919", "crypto map NR-MAP 10 set pfs group14")
    assert "crypto map NR-MAP 10 set pfs" in config(boxes, "asa919", "crypto map")


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_a_policy_that_does_not_admit_the_protocol_stops_the_tunnel(boxes: LabHandle) -> None:
    """A group policy without `ikev1` lets phase 1 up and nothing more, whoever begins; with it the tunnel comes up."""
    join(boxes, "asa91", "c881")
    typed(boxes, "asa91", POLICY.format(word="ikev2"))
    typed(boxes, "asa91", f"tunnel-group {OUTSIDE['c881']} general-attributes\ndefault-group-policy NR-GP")
    for near, far in (("asa91", "c881"), ("c881", "asa91")):
        assert ping(boxes, near, far) == 0
        assert ike_state(boxes, "asa91") == "MM_ACTIVE"
        assert "There are no ipsec sas" in boxes.exec("asa91", "show crypto ipsec sa")
    assert typed(boxes, "asa91", POLICY.format(word="ikev1")) == []
    eventually(lambda: ping(boxes, "asa91", "c881") == 5)


@pytest.mark.parametrize("boxes", [("vpn2611", "asa82")], indirect=True)
def test_a_2611_needs_no_xauth_for_an_asa(boxes: LabHandle) -> None:
    """The 2611 asks every peer for a user unless its key says `no-xauth`; with it the tunnel runs both ways."""
    lines = f"""\
crypto isakmp key {PSK} address {OUTSIDE["asa82"]}{{tail}}
crypto ipsec transform-set NR-TS esp-3des esp-sha-hmac
ip access-list extended NR-ACL
 permit ip 10.10.10.0 0.0.0.255 10.10.82.0 0.0.0.255
crypto map clientmap 1 ipsec-isakmp
 set peer {OUTSIDE["asa82"]}
 set transform-set NR-TS
 match address NR-ACL"""
    typed(boxes, "vpn2611", lines.format(tail=""))
    typed(boxes, "asa82", end("asa82", "vpn2611", cipher="3des", group="2"))
    assert ping(boxes, "asa82", "vpn2611") == 0
    assert ike_state(boxes, "asa82") == "MM_TM_INIT_XAUTH"
    typed(boxes, "vpn2611", f"no crypto isakmp key {PSK} address {OUTSIDE['asa82']}")
    typed(boxes, "vpn2611", f"crypto isakmp key {PSK} address {OUTSIDE['asa82']} no-xauth")
    boxes.exec("asa82", "clear crypto isakmp sa")
    eventually(lambda: ping(boxes, "asa82", "vpn2611") == 5)
    dialogue = ["ping", "ip", "10.10.82.1", "5", "", "", "y", "10.10.10.1", "", "", "", "", "", ""]
    assert replies(boxes.exec("vpn2611", "\n".join(dialogue))) == 5


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_a_tunnel_group_and_its_policy_are_read_whole(boxes: LabHandle) -> None:
    """Group policy, lifetimes and keepalives are written as the parsers read them, and the shorter lifetime holds."""
    join(boxes, "asa91", "c881")
    answers = typed(
        boxes,
        "asa91",
        POLICY.format(word="ikev1") + f"\ntunnel-group {OUTSIDE['c881']} general-attributes\ndefault-group-policy NR-GP\n"
        "crypto map NR-MAP 10 set security-association lifetime seconds 1200 kilobytes unlimited",
    )
    assert answers == []
    eventually(lambda: ping(boxes, "asa91", "c881") == 5)
    read_whole(boxes, "asa91")
    text = boxes.exec("asa91", "show vpn-sessiondb detail l2l")
    assert "Rekey Int (T): 1200 Seconds" in text
    assert "crypto map NR-MAP 10 set security-association lifetime kilobytes unlimited" in config(boxes, "asa91", "crypto map")
