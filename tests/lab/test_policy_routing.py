"""Probes, tracks and policy routing of an 881 as a person sees them, and what becomes of the packets that they lead."""

from __future__ import annotations

import pytest

from nr_run.lab.entry import LabHandle
from nr_run.parsers import parse

from .telnet_client import login
from .test_younger import OUTSIDE
from .tunnels import eventually, replies

BRANCH = OUTSIDE["branch"]
NOBODY = "172.18.124.99"


def config(target: str, then: str = "") -> list[str]:
    """Lines that lead the hosts behind the 881 to the branch while a probe is answered; `then` is what comes behind."""
    return [
        *["ip sla 1", f"icmp-echo {target}", "threshold 500", "timeout 1000", "frequency 1", "exit"],
        *["ip sla schedule 1 life forever start-time now", "track 1 ip sla 1 reachability", "exit"],
        *["ip access-list extended ALL", "permit ip any any", "exit", "route-map R permit 10", "match ip address ALL"],
        *[f"set ip next-hop verify-availability {BRANCH} 10 track 1", *([then] if then else []), "exit"],
        *["interface Vlan1", "ip policy route-map R", "exit"],
    ]


def type_in(pair: LabHandle, device: str, lines: list[str]) -> None:
    """Type configuration lines; each is taken in silence."""
    with login(pair, device) as line:
        said = line.configure("\n".join(lines))
    assert not said, said


def ping_a_host(pair: LabHandle) -> int:
    """Replies of a host behind the 881 to the branch."""
    return replies(pair.exec("branch", "ping 10.10.81.10"))


@pytest.fixture
def routed(pair: LabHandle) -> LabHandle:
    """The branch knows the way to the LAN of the 881."""
    type_in(pair, "branch", [f"ip route 10.10.81.0 255.255.255.0 {OUTSIDE['hq']}"])
    return pair


def test_a_hop_whose_track_is_up_leads(routed: LabHandle) -> None:
    """The probe is answered, its track comes up, the clause leads the replies of the hosts there and counts them."""
    type_in(routed, "hq", config(BRANCH, "set interface Null0"))
    eventually(lambda: parse("ios", "show track", routed.exec("hq", "show track")).state[0].up)
    assert ping_a_host(routed) == 5
    (clause,) = parse("ios", "show route-map", routed.exec("hq", "show route-map")).state
    assert "[up]" in routed.exec("hq", "show route-map R")
    assert clause.policy_packets == 5
    (probe,) = parse("ios", "show ip sla statistics", routed.exec("hq", "show ip sla statistics")).state
    assert (probe.return_code, probe.time_to_live_seconds) == ("OK", None)
    assert "Vlan1          R" in routed.exec("hq", "show ip policy")


@pytest.mark.parametrize(("then", "answers"), [("set interface Null0", 0), ("", 5)])
def test_without_a_hop_it_fails_closed_or_open(routed: LabHandle, then: str, answers: int) -> None:
    """With no track up the clause ends in Null0 where it says so; else the packets go by the routing table."""
    type_in(routed, "hq", config(NOBODY, then))
    eventually(lambda: "Timeout" in routed.exec("hq", "show ip sla statistics"))
    assert not parse("ios", "show track", routed.exec("hq", "show track")).state[0].up
    assert ping_a_host(routed) == answers
