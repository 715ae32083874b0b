"""What a firewall has to be before a connection is built on it: each thing that stands in the way, alone, in the lab."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from nr_run.changes.plans.change import in_stages
from nr_run.checks.finding import Finding, Status
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.prechecks import precheck
from nr_run.services.service import Sight

from ...changes.whole import whole
from .planned import staged
from .played import RUNNING, Played
from .sites import HOST, PLATFORM, site

SHOWS = ("show version", "show mode", "show failover", "show startup-config", "show running-config", RUNNING, "show route")
CIRCUIT, LAN = "GigabitEthernet0/4", "GigabitEthernet0/5"


@cache
def shown(lines: tuple[str, ...]) -> Mapping[str, str]:
    """What the firewall of the example shows with these lines typed."""
    played = Played(site())
    try:
        if lines:
            played.configure(*lines)
        return played.seen(SHOWS).outputs
    finally:
        played.close()


def against(lines: tuple[str, ...] = (), other: Mapping[str, str] | None = None, **wanted: Any) -> list[Finding]:
    """What speaks against building the example."""
    outputs, want = {**shown(lines), **(other or {})}, site(**wanted)
    changes = [change for _, change in staged(want, outputs[RUNNING])]
    (member,) = deployment_of(want).members
    sight = Sight(member, PLATFORM, whole(outputs[RUNNING], "asa", HOST), in_stages(changes, (2, 1, 0)))
    found = precheck(sight, outputs, "now", accept_unsaved=True)
    return [item for item in found if item.status not in (Status.OK, Status.SKIPPED, Status.WARNING)]


def test_a_firewall_in_order_has_nothing_against_it() -> None:
    """The one of the rehearsal passes."""
    assert against() == []


#: What is checked, the lines that break it, and the sentence.
WRONG: list[tuple[str, tuple[str, ...], str]] = [
    ("source", ("interface GigabitEthernet0/2", "shutdown"), "VPN-IP1 is shut down"),
    (
        "source",
        ("interface GigabitEthernet0/3", "ip address 192.168.40.160 255.255.255.0"),
        "has 192.168.40.160, and the intent says",
    ),
    ("inside", (f"interface {LAN}", "shutdown"), "private is not there, or shut down"),
    ("gateway-route", ("route VPN-IP2 10.10.10.49 255.255.255.255 192.168.40.1",), "first: 10.10.10.49 is reached by VPN-IP2"),
    ("lan-route", ("route VPN-IP1 192.168.20.0 255.255.255.128 192.168.10.9",), "192.168.20.0/24 is reached by VPN-IP1"),
    ("equal-ways", ("router bgp 65530", "address-family ipv4 unicast", "maximum-paths 2"), "in no traffic zone"),
    ("permit-vpn", ("no sysopt connection permit-vpn",), "their traffic would be dropped"),
    ("identity-kind", ("crypto isakmp identity hostname",), "the cloud knows it by its address"),
]


@pytest.mark.parametrize(("check", "lines", "words"), WRONG)
def test_what_stands_in_the_way(check: str, lines: tuple[str, ...], words: str) -> None:
    """Each thing is found by its own check, and says what a person does about it."""
    found = against(lines)
    assert [item.sentence for item in found if item.check == check and words in item.sentence], found
    # What an interface that is gone takes along is told as well.
    assert {item.check for item in found} <= {check, "gateway-route", "lan-route", "lan-exact"}


def test_the_two_addresses_of_the_circuit() -> None:
    """Swapped ones are named as that, and a next hop lies in the network of its interface."""
    gone = "no route VBR 172.16.0.0 255.255.0.0 10.0.0.1 1"
    (found,) = against((gone,), circuit={"address": "10.0.0.1", "next_hop": "10.0.0.2"})
    assert "the two addresses of the circuit are swapped" in found.sentence
    (found,) = against((gone,), circuit={"next_hop": "10.0.0.9"})
    assert (found.check, "is not in 10.0.0.0/30 of VBR" in found.sentence) == ("circuit-next-hop", True)


@pytest.mark.parametrize(
    ("command", "text", "check"),
    [
        ("show mode", "Security context mode: multiple", "single-context"),
        ("show failover", "Failover On\nFailover unit Primary", "no-failover"),
        ("show route", "S        10.10.10.49 is what nobody can read\n", "gateway-route"),
    ],
)
def test_what_a_firewall_is(command: str, text: str, check: str) -> None:
    """Contexts and pairs are not built on, and of a table that was not read nothing is concluded."""
    outputs = {command: text if command != "show route" else shown(())[command] + text}
    assert check in {item.check for item in against(other=outputs)}


def test_a_router_that_is_not_in_its_network() -> None:
    """The router before the hosts is a neighbour of the firewall."""
    found = against(lan_next_hop="192.168.51.216")
    assert "lan-next-hop" in {item.check for item in found}
