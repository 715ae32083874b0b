"""A network that is the cloud's no more: where its packets go is what a removal would make of it, and nothing is left behind."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.change import in_stages
from nr_run.changes.plans.plan import plan_reversal
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.intents.intent import Cloud
from nr_run.services.cloud.service import CLOUD

from .planned import deployed, staged
from .sites import BARE, site

TWO: dict[str, Any] = {"cloud_prefixes": ["172.16.0.0/16", "172.31.0.0/16"], "cloud_hosts": ["172.16.10.225", "172.31.0.1"]}
ROOM = BARE.replace("route private", "route VBR 172.31.0.0 255.255.0.0 10.0.0.1 1\nroute private", 1)
OPEN: dict[str, Any] = {"encryption_mandatory": False, "on_total_loss": "open"}


def routes(running: str, network: str) -> list[str]:
    """The static routes to a network."""
    return [item.header for item in read("asa", running).of("static-route") if item.groups["network"] == network]


@pytest.mark.parametrize("loss", [{}, OPEN])
@pytest.mark.parametrize(
    ("removal", "wanted"),
    [("open", "route VBR 172.31.0.0 255.255.0.0 10.0.0.1 1"), ("closed", "route Null0 172.31.0.0 255.255.0.0 250")],
)
def test_its_packets_go_as_on_removal_says(loss: dict[str, Any], removal: str, wanted: str) -> None:
    """Over the circuit as before the tunnels, or dropped: one route alone, and a second deploy has nothing to do."""
    before, after = (site(on_removal=removal, **loss, **more) for more in (TWO, {}))
    there = deployed(before, ROOM)
    now = deployed(after, there)
    assert routes(now, "172.31.0.0") == [wanted]
    assert len(routes(now, "172.16.0.0")) == 1
    assert not any(change for _, change in staged(after, now))


def test_the_clear_route_comes_before_bgp_takes_the_network_no_more() -> None:
    """Between two lines there is always a way: the route over the circuit is there before the rule of the list goes."""
    there = deployed(site(**TWO), ROOM)
    lines = "".join(change.forward_text for _, change in staged(site(), there)).splitlines()
    back = lines.index("route VBR 172.31.0.0 255.255.0.0 10.0.0.1 1")
    rule = next(place for place, line in enumerate(lines) if line.startswith("no prefix-list NR-ali-IN"))
    nowhere = next(place for place, line in enumerate(lines) if line.startswith("no route Null0 172.31.0.0"))
    assert back < rule
    assert back < nowhere


def asked(wanted: Cloud, running: str) -> list[str]:
    """What a person confirms of a change."""
    changes = [change for _, change in staged(wanted, running)]
    return [
        item.sentence for item in CLOUD.change_confirmations(deployment_of(wanted), changes) if item.name in CLOUD.change_asks
    ]


def test_who_lets_a_network_go_in_clear() -> None:
    """Where encryption is mandatory a person says that what leaves the tunnels may go in clear; what is dropped asks nobody."""
    there = deployed(site(**TWO), ROOM)
    assert asked(site(), there) == ["what is for 172.31.0.0/16 may go over VBR, in clear"]
    assert asked(site(on_removal="closed"), there) == []
    assert asked(site(**OPEN), there) == []
    assert asked(site(**TWO), there) == []
    wide = deployed(site(lan_prefixes=["192.168.20.0/24", "192.168.22.0/24"]))
    assert asked(site(), wide) == ["what the cloud sends to 192.168.22.0/24 may come over VBR, in clear"]


def test_a_network_that_is_made_wider_has_one_route() -> None:
    """What drops for the part of before goes, since the gate wants one static route to a network."""
    narrow: Cloud = site(cloud_prefixes=["172.16.0.0/17"], cloud_hosts=["172.16.10.225"])
    there = deployed(narrow, BARE.replace("172.16.0.0 255.255.0.0", "172.16.0.0 255.255.128.0"))
    assert routes(deployed(site(), there), "172.16.0.0") == ["route Null0 172.16.0.0 255.255.0.0 250"]


def test_who_lets_a_rollback_send_in_clear() -> None:
    """What a run closed opens again when it is undone: asked by what comes back, whatever on_removal says of a removal."""

    def said(undone: Cloud, before: Cloud | None, running: str = BARE) -> list[str]:
        """Of the way back from what ``undone`` has made of a firewall: to nothing, or to what stood before."""
        there = deployed(undone, running)
        if before is None:
            made = [change for _, change in staged(undone, running)]
            back = [plan_reversal(in_stages(made, range(len(made) - 1, -1, -1)), running, there)]
        else:
            back = [change for _, change in staged(before, there)]
        old = deployment_of(before) if before else None
        return [item.sentence for item in CLOUD.rollback_confirmations(deployment_of(undone), old, back)]

    closed, opened, both = site(on_removal="closed"), site(**OPEN), site(**TWO)
    over = "may go over VBR, in clear"
    assert said(closed, None) == ["what is for 172.16.0.0/16 may go as before the run: over VBR, in clear"]
    assert said(opened, None) == []
    assert said(closed, opened) == [f"what is for 172.16.0.0/16 {over}, when both tunnels are lost"]
    assert said(opened, closed) == []
    assert said(both, site(), ROOM) == [f"what is for 172.31.0.0/16 {over}"]
    assert said(both, closed, ROOM) == []
