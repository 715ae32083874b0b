"""A device with several tunnel interfaces to one peer, from addresses of its own: only the one that is wanted is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.inventory.intents.strength import narrow
from nr_run.services.l2l.records import WantedTunnel
from nr_run.services.l2l.service import deployment_of
from nr_run.services.l2l.verdicts.verdict_traffic import endpoint_of

from .example import FAR, intent, platform

ROUTER = ("ios", "881 15.4(3)M3", "show running-config", "version 15.4\nhostname hq\n", "line vty 0 4\n login\nend\n")
FIREWALL = (
    "asa",
    "ASA 9.19(1)",
    "more system:running-config",
    ": Saved\n\nASA Version 9.19(1) \n!\nhostname hq\ninterface GigabitEthernet0/0\n nameif outside\n"
    " security-level 0\n ip address 192.0.2.1 255.255.255.0\n!\n",
    ": end\n",
)
PEER = str(FAR["outside_ip"])


def section(number: int, address: str, source: str, *, protected: bool = True, name: str = "") -> str:
    """A tunnel interface to the peer."""
    lines = [f"nameif {name}"] if name else []
    lines += [f"ip address {address} 255.255.255.252", f"tunnel source {source}", f"tunnel destination {PEER}"]
    lines += ["tunnel protection ipsec profile P"] if protected else []
    return "".join((f"interface Tunnel{number}\n", *(f" {line}\n" for line in lines), "!\n"))


def looked_at(device: Sequence[str], *sections: str) -> str:
    """What the interface that is looked at is called in flows and routes, on a device that runs these."""
    os, on, command, head, end = device
    made = intent(style="vti")
    tunnel, able = made.tunnels["hq-branch"], [platform(on)] * 2
    deployment = deployment_of(WantedTunnel(tunnel, narrow(made.resolve(tunnel), able), "vti"))
    running = Configuration("hq", os, command, head + "".join(sections) + end)
    found = endpoint_of(deployment, deployment.members[0], running).tunnel
    assert found is not None
    return found.known_as


OWN = "10.255.0.1"


@pytest.mark.parametrize("first", [True, False], ids=["before", "behind"])
def test_the_one_with_the_source_or_the_address_that_is_wanted(first: bool) -> None:
    """Another tunnel to the same peer is not this one, whichever comes first in the configuration."""
    for source in ("GigabitEthernet0/0", "192.0.2.1"):
        both = (section(0, "10.9.9.1", "Loopback98"), section(7, OWN, source))
        assert looked_at(ROUTER, *(both if first else both[::-1])) == "Tunnel7"
    other, own = section(3, "10.9.9.1", "interface backup", name="second"), section(4, OWN, "interface outside", name="mine")
    assert looked_at(FIREWALL, *((other, own) if first else (own, other))) == "mine"


def test_one_whose_address_somebody_changed_is_still_this_one() -> None:
    """It begins where it has to, so what is looked at is its SAs, and the address is a difference of the configuration."""
    assert looked_at(ROUTER, section(7, "10.9.9.1", "GigabitEthernet0/0")) == "Tunnel7"
    assert looked_at(FIREWALL, section(7, "10.9.9.1", "interface outside", name="mine")) == "mine"


def test_where_it_lost_its_protection_another_one_is_not_taken_for_it() -> None:
    """What another tunnel to the same peer encrypts says nothing of one that encrypts nothing."""
    other = section(0, "10.9.9.1", "Loopback98")
    assert looked_at(ROUTER, other, section(7, OWN, "GigabitEthernet0/0", protected=False)) == "Tunnel"
    assert looked_at(ROUTER, other) == "Tunnel"
    assert looked_at(FIREWALL, section(3, "10.9.9.1", "interface backup", name="second")) == "Tunnel"
