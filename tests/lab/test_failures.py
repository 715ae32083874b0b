"""Each way in which two ends can disagree, and what each of them shows then."""

from __future__ import annotations

import os
import signal
import time

import pytest

from nr_run.lab.entry import LabHandle

from .telnet_client import login
from .tunnels import BRANCH, HQ, PSK, build, flow, number, ping, replies, spis, state

HQ_LAN, BRANCH_LAN = "10.10.10.0", "10.10.20.0"
HQ_WAN, BRANCH_WAN = "172.18.124.159", "172.18.124.199"


def states(lab: LabHandle) -> tuple[str, str]:
    """The phase-1 states at the 2611 and the 3640."""
    return state(lab, "vpn2611", BRANCH_WAN), state(lab, "vpn3640", HQ_WAN)


PHASE_1 = {
    "another key": (HQ, BRANCH.replace(PSK, "Other.Key"), ("MM_KEY_EXCH", "MM_KEY_EXCH")),
    "no key for the initiator": (HQ, BRANCH.replace(f"y {PSK} address {HQ_WAN}", "y K address 1.1.1.1"), ("MM_KEY_EXCH",) * 2),
    "no policy in common": (HQ, BRANCH.replace("encr 3des", "encr des"), ("MM_NO_STATE", "MM_NO_STATE")),
    "other group": (HQ, BRANCH.replace(" group 2\n", " group 5\n"), ("MM_NO_STATE", "MM_NO_STATE")),
    "shorter lifetime at the responder": (HQ, BRANCH.replace("lifetime 86400", "lifetime 3600"), ("MM_NO_STATE", "MM_NO_STATE")),
    "peer is nobody": (HQ.replace(BRANCH_WAN, "172.18.124.77"), BRANCH, ("", "")),
    "no map bound at the far end": (HQ, BRANCH.partition("interface")[0], ("MM_NO_STATE", "")),
    "a user is asked for": (HQ.replace(" no-xauth", ""), BRANCH, ("CONF_XAUTH", "CONF_XAUTH")),
}  # fmt: skip


@pytest.mark.parametrize("case", PHASE_1)
def test_phase_1_disagreements(lab: LabHandle, case: str) -> None:
    """Phase 1 that cannot be agreed leaves the rows of its step on each end, no SA, and send errors that rise."""
    hq, branch, wanted = PHASE_1[case]
    build(lab, hq, branch)
    assert replies(ping(lab, repeat=3)) == 0
    assert states(lab) == wanted
    block = flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN)
    assert spis(block) == ([], [])
    assert number(block, "#send errors") == 3
    assert "current outbound spi: 0\n" in block


def test_a_peer_that_is_nobody_shows_its_address(lab: LabHandle) -> None:
    """With a wrong `set peer` the row of the initiator names that address."""
    build(lab, HQ.replace(BRANCH_WAN, "172.18.124.77"))
    ping(lab, repeat=2)
    assert state(lab, "vpn2611", "172.18.124.77") == "MM_NO_STATE"


PHASE_2 = {
    "lists are not mirrors": (HQ, BRANCH.replace("10.10.10.0 0.0.0.255", "10.10.11.0 0.0.0.255")),
    "other transforms": (HQ, BRANCH.replace("esp-sha-hmac", "esp-md5-hmac")),
    "responder wants another group": (HQ.replace("group2", "group1"), BRANCH),
    "responder wants PFS": (HQ.replace(" set pfs group2\n", ""), BRANCH),
    "responder's entry has another peer": (HQ, BRANCH.replace(f"set peer {HQ_WAN}", "set peer 172.18.124.9")),
}


@pytest.mark.parametrize("case", PHASE_2)
def test_phase_2_disagreements(lab: LabHandle, case: str) -> None:
    """Phase 2 that cannot be agreed leaves phase 1 up on both ends, no SA, send errors and a message in the log."""
    hq, branch = PHASE_2[case]
    build(lab, hq, branch)
    assert replies(ping(lab, repeat=4)) == 0
    assert states(lab) == ("QM_IDLE", "QM_IDLE")
    block = flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN)
    assert spis(block) == ([], [])
    assert number(block, "#send errors") == 4
    assert "Quick mode failed with peer at 172.18.124.199" in lab.exec("vpn2611", "show logging")


def test_a_narrower_list_works_from_its_own_side(lab: LabHandle) -> None:
    """A proxy that lies inside the responder's list is taken; the wider one is not."""
    narrow = BRANCH.replace("permit ip 10.10.20.0 0.0.0.255", "permit ip host 10.10.20.1")
    build(lab, HQ, narrow)
    assert replies(ping(lab, "vpn2611", repeat=4)) == 0
    assert replies(ping(lab, "vpn3640", repeat=4)) > 0


def test_esp_lost_leaves_everything_up_and_nothing_received(lab: LabHandle) -> None:
    """When ESP is lost, phase 1 and both SAs stand, encaps rise and decaps do not."""
    build(lab)
    lab.fault("vpn3640", "drop-esp")
    assert replies(ping(lab, repeat=6)) == 0
    assert states(lab) == ("QM_IDLE", "QM_IDLE")
    hq, branch = flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN), flow(lab, "vpn3640", BRANCH_LAN, HQ_LAN)
    assert spis(hq) == tuple(reversed(spis(branch))) != ([], [])
    assert number(hq, "#pkts encaps") > 0
    assert number(hq, "#pkts decaps") == number(branch, "#pkts decaps") == 0
    lab.fault("vpn3640", "drop-esp", on=False)
    assert replies(ping(lab)) == 5


def test_ike_lost_leaves_the_far_end_empty(lab: LabHandle) -> None:
    """When UDP 500 is lost, the initiator has a row in its first state and the responder has nothing."""
    build(lab)
    lab.fault("vpn3640", "drop-ike")
    assert replies(ping(lab, repeat=3)) == 0
    assert states(lab) == ("MM_NO_STATE", "")


def test_a_row_goes_away_after_five_tries(lab: LabHandle) -> None:
    """A negotiation that nobody answers ends after five retransmissions of ten seconds; traffic then tries again."""
    build(lab)
    lab.fault("vpn3640", "drop-ike")
    ping(lab, repeat=1)
    assert states(lab) == ("MM_NO_STATE", "")
    ping(lab, repeat=26)
    lab.fault("vpn3640", "drop-ike", on=False)
    assert replies(ping(lab, repeat=40)) > 0


def test_no_route_back_means_no_answer(lab: LabHandle) -> None:
    """A far end without a way back receives and never sends."""
    build(lab)
    with login(lab, "vpn3640") as line:
        line.configure("no ip route 0.0.0.0 0.0.0.0 172.18.124.1\nip route 172.18.124.159 255.255.255.255 Ethernet0/0\n")
    assert replies(ping(lab, repeat=6)) == 0
    branch = flow(lab, "vpn3640", BRANCH_LAN, HQ_LAN)
    assert number(branch, "#pkts decaps") > 0
    assert number(branch, "#pkts encaps") == 0


def test_translation_before_the_map_hides_the_traffic(lab: LabHandle) -> None:
    """Address translation comes before the crypto map: translated packets are not protected and leave a translation."""
    build(lab)
    with login(lab, "vpn2611") as line:
        assert (
            line.configure("""\
access-list 120 permit ip 10.10.10.0 0.0.0.255 any
ip nat inside source list 120 interface Ethernet0/0 overload
interface Ethernet0/0
ip nat outside
interface Ethernet0/1
ip nat inside
""")
            == []
        )
    assert replies(ping(lab, repeat=3)) == 0
    assert states(lab) == ("", "")
    assert "10.10.20.1:" in lab.exec("vpn2611", "show ip nat translations")
    with login(lab, "vpn2611") as line:
        line.configure("""\
no access-list 120
access-list 120 deny ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255
access-list 120 permit ip 10.10.10.0 0.0.0.255 any
""")
    assert replies(ping(lab)) > 0


def test_clear_text_from_an_end_without_a_map_is_dropped(lab: LabHandle) -> None:
    """What should have been encrypted is dropped by the end that has the map, with a message and a receive error."""
    build(lab)
    with login(lab, "vpn2611") as line:
        line.configure("ip route 10.10.20.0 255.255.255.0 172.18.124.199\nno crypto map clientmap 1\n")
    assert replies(ping(lab, repeat=3)) == 0
    assert number(flow(lab, "vpn3640", BRANCH_LAN, HQ_LAN), "#recv errors") == 3
    assert "%CRYPTO-4-RECVD_PKT_NOT_IPSEC" in lab.exec("vpn3640", "show logging")


def test_a_cleared_end_tells_the_other(lab: LabHandle) -> None:
    """`clear crypto sa peer` deletes the SAs on both ends and no client's; the next traffic makes new ones."""
    build(lab)
    ping(lab)
    old = spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN))
    client = spis(flow(lab, "vpn2611", "0.0.0.0", "14.1.1.106"))
    lab.exec("vpn2611", f"clear crypto sa peer {BRANCH_WAN}")
    assert spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN)) == spis(flow(lab, "vpn3640", BRANCH_LAN, HQ_LAN)) == ([], [])
    assert spis(flow(lab, "vpn2611", "0.0.0.0", "14.1.1.106")) == client != ([], [])
    assert replies(ping(lab)) > 0
    assert spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN)) not in (old, ([], []))


def test_a_changed_key_breaks_at_the_next_negotiation_only(lab: LabHandle) -> None:
    """A live tunnel survives a change of key; after a clear of both phases it does not come back."""
    build(lab)
    ping(lab)
    with login(lab, "vpn3640") as line:
        assert (
            line.configure(f"no crypto isakmp key {PSK} address {HQ_WAN}\ncrypto isakmp key Other.Key address {HQ_WAN}\n") == []
        )
    assert replies(ping(lab)) == 5
    lab.exec("vpn2611", f"clear crypto sa peer {BRANCH_WAN}")
    row = next(r for r in lab.exec("vpn2611", "show crypto isakmp sa").splitlines() if BRANCH_WAN in r)
    lab.exec("vpn2611", f"clear crypto isakmp {row.split()[3]}")
    assert states(lab) == ("", "")
    assert replies(ping(lab, repeat=3)) == 0
    assert states(lab) == ("MM_KEY_EXCH", "MM_KEY_EXCH")


CLIENT_DROPPED_BY = {
    "bare clear": "clear crypto sa",
    "rebinding": "configure terminal\ninterface Ethernet0/0\nno crypto map clientmap\ncrypto map clientmap\nend",
    "removing the dynamic entry": (
        "configure terminal\ncrypto map clientmap 1 ipsec-isakmp\nexit\nno crypto map clientmap 10\nend"
    ),
}


@pytest.mark.parametrize("case", CLIENT_DROPPED_BY)
def test_the_client_is_dropped_by_what_is_too_broad(lab: LabHandle, case: str) -> None:
    """The VPN client lives at the start; a bare clear, a rebinding, or the loss of the dynamic entry drops it."""
    assert number(flow(lab, "vpn2611", "0.0.0.0", "14.1.1.106"), "#pkts decaps") == 20
    lab.exec("vpn2611", CLIENT_DROPPED_BY[case])
    assert flow(lab, "vpn2611", "0.0.0.0", "14.1.1.106") == ""


def test_the_client_survives_a_tunnel_beside_it(lab: LabHandle) -> None:
    """Building, using and removing the tunnel leaves the client's SAs as they were."""
    before = spis(flow(lab, "vpn2611", "0.0.0.0", "14.1.1.106"))
    build(lab)
    ping(lab)
    with login(lab, "vpn2611") as line:
        assert (
            line.configure(f"""\
no crypto map clientmap 1
no crypto ipsec transform-set NR-HQ-BRANCH
no ip access-list extended NR-HQ-BRANCH
no crypto isakmp key {PSK} address 172.18.124.199 no-xauth
no crypto isakmp keepalive
""")
            == []
        )
    assert spis(flow(lab, "vpn2611", "0.0.0.0", "14.1.1.106")) == before != ([], [])
    assert state(lab, "vpn2611", "64.102.55.142") == "QM_IDLE"
    assert flow(lab, "vpn3640", BRANCH_LAN, HQ_LAN).count("spi: 0x") == 0


def test_lifetimes_run_on_the_lab_clock_and_are_renewed(lab: LabHandle) -> None:
    """A used SA is rekeyed before it ends: new SPIs on both ends, and traffic does not stop."""
    short = " set security-association lifetime seconds 120\n match address"
    build(lab, HQ.replace(" match address", short), BRANCH.replace(" match address", short))
    ping(lab)
    old = spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN))
    lab.exec("vpn2611", "nosuchhost\n" * 1)
    for _ in range(40):
        assert replies(ping(lab, repeat=20)) == 20
        ping_elsewhere = "\n".join(["ping", "ip", "172.18.124.250", "2", "", "", "n", ""])
        lab.exec("vpn2611", ping_elsewhere)
        now = spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN))
        if not set(now[0]) & set(old[0]):
            break
    assert now == tuple(reversed(spis(flow(lab, "vpn3640", BRANCH_LAN, HQ_LAN))))
    assert not set(now[0]) & set(old[0])


def test_a_silent_peer_is_given_up_where_keepalives_are_on(lab: LabHandle) -> None:
    """With `crypto isakmp keepalive 10 3`, an end whose peer has forgotten it drops its SAs and negotiates again; without, it
    goes on sending into nothing."""
    build(lab, HQ.replace("crypto isakmp keepalive 10 3\n", ""), BRANCH)
    ping(lab)
    lab.exec("vpn3640", "write memory")
    lab.exec("vpn3640", "reload")
    ping(lab, repeat=70)
    assert replies(ping(lab, repeat=5)) == 0
    assert "%CRYPTO-4-RECVD_PKT_INV_SPI" in lab.exec("vpn3640", "show logging")
    with login(lab, "vpn2611") as line:
        assert line.configure("crypto isakmp keepalive 10 3") == []
    assert replies(ping(lab, repeat=30)) > 0


def test_a_line_more_in_the_list_disturbs_nothing(lab: LabHandle) -> None:
    """Adding to the list of a live entry keeps its SAs and gives a flow of its own; removing a line drops the entry's SAs."""
    build(lab)
    ping(lab)
    before = spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN))
    with login(lab, "vpn2611") as line:
        line.configure("ip access-list extended NR-HQ-BRANCH\npermit ip 10.10.10.0 0.0.0.255 10.30.0.0 0.0.255.255\n")
        assert spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN)) == before != ([], [])
        assert spis(flow(lab, "vpn2611", HQ_LAN, "10.30.0.0")) == ([], [])
        line.configure("ip access-list extended NR-HQ-BRANCH\nno permit ip 10.10.10.0 0.0.0.255 10.30.0.0 0.0.255.255\n")
    assert spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN)) == ([], [])


def test_a_dynamic_entry_takes_a_peer_that_no_static_entry_knows(lab: LabHandle) -> None:
    """A far end that offers the client's transforms lands in the dynamic entry: a tunnel that is up for the wrong reason."""
    branch = BRANCH.replace("esp-sha-hmac", "esp-md5-hmac").replace(" set pfs group2\n", "")
    build(lab, f"crypto isakmp key {PSK} address {BRANCH_WAN} no-xauth", branch)
    assert replies(ping(lab, "vpn3640")) > 0
    block = flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN)
    assert "flags={}" in block
    assert len(spis(block)[0]) == 1


def test_a_late_look_ends_no_sa_that_was_used(lab: LabHandle) -> None:
    """A machine so busy that nobody looks while an SA is to be rekeyed finds it renewed on both ends, and not ended."""
    short = " set security-association lifetime seconds 120\n match address"
    build(lab, HQ.replace(" match address", short), BRANCH.replace(" match address", short))
    ping(lab)
    old = spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN))
    os.kill(lab.pid, signal.SIGSTOP)
    time.sleep(125 / lab.speed)
    os.kill(lab.pid, signal.SIGCONT)
    now = spis(flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN))
    assert all(now)
    assert now == tuple(reversed(spis(flow(lab, "vpn3640", BRANCH_LAN, HQ_LAN))))
    assert not set(now[0]) & set(old[0])
