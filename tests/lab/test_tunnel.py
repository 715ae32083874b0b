"""A tunnel between the boxes, from the lines of both ends to counters that match."""

from __future__ import annotations

from nr_run.lab.entry import LabHandle

from .tunnels import build, flow, number, ping, replies, spis, state

HQ_LAN, BRANCH_LAN = "10.10.10.0", "10.10.20.0"


def test_agreeing_ends_come_up_with_traffic(lab: LabHandle) -> None:
    """Nothing is negotiated before traffic; the first echoes are lost to IKE; then SPIs cross and counters rise on both ends."""
    build(lab)
    assert state(lab, "vpn2611", "172.18.124.199") == ""
    first = ping(lab)
    assert 0 < replies(first) < 5
    assert ".!" in first
    assert state(lab, "vpn2611", "172.18.124.199") == state(lab, "vpn3640", "172.18.124.159") == "QM_IDLE"
    hq, branch = flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN), flow(lab, "vpn3640", BRANCH_LAN, HQ_LAN)
    assert spis(hq) == tuple(reversed(spis(branch)))
    assert len(spis(hq)[0]) == len(spis(hq)[1]) == 1
    assert number(hq, "#send errors") == 5 - replies(first)
    before = number(hq, "#pkts encaps")
    assert replies(ping(lab, repeat=10)) == 10
    hq, branch = flow(lab, "vpn2611", HQ_LAN, BRANCH_LAN), flow(lab, "vpn3640", BRANCH_LAN, HQ_LAN)
    assert number(hq, "#pkts encaps") == number(hq, "#pkts decaps") == before + 10
    assert number(branch, "#pkts encaps") == number(branch, "#pkts decaps") == before + 10
