"""What is beside a change that is no tunnel: a tunnel that has lost its SAs is an objection, a client that hung up is none."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.changes.objects import read
from nr_run.changes.plans.change import compose
from nr_run.changes.plans.plan import plan_removal
from nr_run.changes.plans.steps import Edit
from nr_run.checks.finding import Status
from nr_run.checks.observations.observation import Observation
from nr_run.checks.other_tunnels import beside, leaving, taken_down

from .pair import NEAR_FLOW, Flow, seen

NEWER = replace(NEAR_FLOW, inbound=(0x11111111,), outbound=(0x22222222,))
CLIENT = replace(NEAR_FLOW, flags="", peer="203.0.113.9", idents=(NEAR_FLOW.idents[0], "192.168.77.10/255.255.255.255/0/0"))


def shows(*flows: Flow, minute: int = 0) -> Observation:
    """What the router shows of these flows, so many minutes after the hour."""
    head = "dst             src             state           conn-id    slot\n"
    shown = seen("vpn2611", "ios", head, "".join(flow.text for flow in flows) or "\nNo SAs found\n")
    return replace(shown, time=f"2026-11-30T12:{minute:02}:00+00:00")


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ((), (), Status.OK),
        ((NEAR_FLOW,), (NEAR_FLOW,), Status.OK),
        ((NEAR_FLOW,), (NEWER,), Status.OK),
        ((NEAR_FLOW, CLIENT), (NEAR_FLOW,), Status.OK),
        ((NEAR_FLOW,), (NEAR_FLOW, CLIENT), Status.OK),
        ((NEAR_FLOW,), (), Status.FAILED),
        ((NEAR_FLOW, CLIENT), (CLIENT,), Status.FAILED),
        ((NEAR_FLOW,), (replace(NEAR_FLOW, peer="203.0.113.5"),), Status.FAILED),
    ],
    ids=["none", "same", "rekeyed", "client gone", "client come", "lost", "lost, client stays", "another peer"],
)
def test_beside(before: tuple[Flow, ...], after: tuple[Flow, ...], status: Status) -> None:
    """Newer SAs are as good, another peer's are not, and clients do not count."""
    assert beside("vpn2611", shows(*before), shows(*after)).status is status


@pytest.mark.parametrize(("left", "status"), [(240, Status.WARNING), (350, Status.WARNING), (600, Status.FAILED)])
def test_a_lifetime_that_has_ended_meanwhile_is_told(left: int, status: Status) -> None:
    """Five minutes later an idle tunnel whose SAs had less than that to live is idle; one that had more has lost them."""
    before = shows(replace(NEAR_FLOW, seconds=left))
    assert beside("vpn2611", before, shows(minute=5)).status is status


RUNNING = """\
crypto map M 10 ipsec-isakmp
 set peer 172.18.124.199
 set transform-set S
 match address OURS
crypto map M 20 ipsec-isakmp
 set peer 172.18.124.199
 set transform-set S
 match address OTHERS
crypto ipsec transform-set S esp-3des esp-sha-hmac
crypto ipsec profile P
 set transform-set S
interface Tunnel7
 ip address 10.255.0.1 255.255.255.252
 tunnel source Ethernet0/0
 tunnel destination 172.18.124.199
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
ip access-list extended OURS
 permit ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255
ip access-list extended OTHERS
 permit ip 10.10.10.0 0.0.0.255 10.10.30.0 0.0.0.255
"""
OTHERS = replace(NEAR_FLOW, idents=(NEAR_FLOW.idents[0], "10.10.30.0/255.255.255.0/0/0"))
ROUTED = replace(NEAR_FLOW, interface="Tunnel7", idents=("0.0.0.0/0.0.0.0/0/0", "0.0.0.0/0.0.0.0/0/0"))


@pytest.mark.parametrize(
    ("removed", "own"),
    [
        (("crypto-map-entry", "M", "10"), NEAR_FLOW),
        (("crypto-map-entry", "M", "20"), OTHERS),
        (("tunnel-interface", "Tunnel7"), ROUTED),
    ],
    ids=["entry", "other entry", "interface"],
)
def test_only_what_is_taken_away_may_lose_its_sas(removed: tuple[str, ...], own: Flow) -> None:
    """Of three tunnels to one far end the one that goes is no loss, and each of the others is."""
    running = read("ios", RUNNING)
    item = running.get(removed[0], *removed[1:])
    assert item is not None
    gone = leaving(plan_removal("vpn2611", "ios", [item], RUNNING), running)
    flows = (NEAR_FLOW, OTHERS, ROUTED)
    for lost in flows:
        left = shows(*(flow for flow in flows if flow is not lost))
        status = Status.OK if lost is own else Status.FAILED
        assert beside("vpn2611", shows(*flows), left, gone).status is status
        assert beside("vpn2611", shows(*flows), left).status is Status.FAILED


def test_a_test_takes_down_one_tunnel_and_not_its_far_end() -> None:
    """A far end may have other tunnels with the same device: those have to keep their SAs while one of them is taken down."""
    text = """\
interface Tunnel7
 ip address 10.255.0.1 255.255.255.252
 tunnel source FastEthernet4
 tunnel mode ipsec ipv4
 tunnel destination 172.18.124.199
 tunnel protection ipsec profile P
"""
    running = read("ios", text)
    (item,) = running.of("tunnel-interface")
    edit = Edit(item, replace(item, children=(*item.children, "shutdown")))
    down = taken_down(compose("vpn2611", "ios", running, edited=[edit]), running)
    every = "0.0.0.0/0.0.0.0/0/0"
    ours = replace(NEAR_FLOW, interface="Tunnel7", tag="Tunnel7-head-0", peer="172.18.124.199", idents=(every, every))
    other = replace(ours, interface="Tunnel8", tag="Tunnel8-head-0")
    assert beside("vpn2611", shows(ours, other), shows(other), down).status is Status.OK
    assert beside("vpn2611", shows(ours, other), shows(), down).status is Status.FAILED
    assert beside("vpn2611", shows(ours, NEAR_FLOW), shows(), down).status is Status.FAILED
