"""Two connections on one firewall: what both need stays with the one that is left, on whatever way the other one goes."""

from __future__ import annotations

from nr_run.changes.objects import read
from nr_run.services.cloud.intents.intent import Cloud

from .planned import deployed, removal, removed
from .sites import BARE, site

ROOM = BARE.replace("route private", "route VBR 172.20.0.0 255.255.0.0 10.0.0.1 1\nroute private")
NETWORK = " network 192.168.20.0 mask 255.255.255.0"
ROUTE = "route private 192.168.20.0 255.255.255.0 192.168.50.216 19"


def second() -> Cloud:
    """A connection to another region for the same hosts."""
    return site(
        name="bom",
        cloud_prefixes=["172.20.0.0/16"],
        cloud_hosts=["172.20.1.1"],
        first={"address": "10.10.20.49", "tunnel_prefix": "169.254.11.0/30"},
        second={"address": "10.10.20.50", "tunnel_prefix": "169.254.21.0/30"},
    )


BOTH = deployed(second(), deployed(site(), ROOM))


def keys(running: str) -> set[object]:
    """All that a firewall has."""
    return set(read("asa", running).objects)


def test_a_removal_leaves_what_the_other_one_tells() -> None:
    """The network, and the route without which it is told to nobody, stay with a sentence: else that cloud answers in clear."""
    for going, staying in ((site(), second()), (second(), site())):
        after = removed(going, BOTH)
        assert (NETWORK in after, ROUTE in after) == (True, True)
        stays = " ".join(removal(going, BOTH).stays)
        assert f"bgp-neighbour {staying.first.inner[1]} receives it too" in stays
        last = keys(removed(staying, after))
        assert last == keys(ROOM), last ^ keys(ROOM)


def test_a_change_in_place_leaves_what_the_other_one_tells() -> None:
    """A network that one connection tells no more goes from its list alone, as long as another one tells it."""
    other = site(lan_prefixes=["192.168.30.0/24"])
    after = deployed(other, BOTH)
    assert (NETWORK in after, ROUTE in after) == (True, True)
    assert "prefix-list NR-ali-OUT seq 5 permit 192.168.20.0/24" not in after
    alone = deployed(other, deployed(site(), ROOM))
    assert (NETWORK in alone, ROUTE in alone) == (False, False)


def test_a_neighbour_of_somebody_counts_by_its_list() -> None:
    """One whose list lets the network through has asked for it; one without a list is told all there is, and asks nothing."""
    lines = deployed(site(), ROOM).splitlines()
    place = next(number for number, line in enumerate(lines) if line.strip() == NETWORK.strip())
    theirs = ["  neighbor 192.168.50.9 remote-as 65001", "  neighbor 192.168.50.9 activate"]
    bare = removed(site(), "\n".join([*lines[:place], *theirs, *lines[place:]]))
    assert (NETWORK in bare, ROUTE in bare) == (False, False)
    rule = ["prefix-list LAN seq 5 permit 192.168.0.0/16 le 24"]
    head = next(number for number, line in enumerate(lines) if line.startswith("router bgp"))
    asked = [*theirs, "  neighbor 192.168.50.9 prefix-list LAN out"]
    kept = removed(site(), "\n".join([*lines[:head], *rule, *lines[head:place], *asked, *lines[place:]]))
    assert (NETWORK in kept, ROUTE in kept) == (True, True)
