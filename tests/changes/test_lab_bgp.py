"""BGP on the lab's own firewalls: there and back, cut after each line, and what a firewall refuses."""

from __future__ import annotations

import asyncio

import pytest

from nr_run.changes.plans.plan import plan
from nr_run.checks.finding import against
from nr_run.inventory.errors import ChangeError
from nr_run.lab.asa.configure import apply

from .firewall import Firewall, lines_of
from .trees import same
from .whole import read_back, restore

FAR, OTHER = "neighbor 169.254.10.1", "neighbor 169.254.20.1"
#: What a cloud with two tunnels takes, in the words of a template: settings of a neighbour in another order than it is shown.
ROUTER = f"""
prefix-list NR-OUT seq 5 permit 192.168.20.0/24
prefix-list NR-IN seq 5 permit 172.16.0.0/16 le 24
prefix-list NR-IN seq 10 deny 0.0.0.0/0 ge 25
router bgp 65530
 bgp log-neighbor-changes
 address-family ipv4
  {FAR} remote-as 65534
  {FAR} timers 10 30
  {FAR} activate
  {FAR} prefix-list NR-IN in
  {FAR} prefix-list NR-OUT out
  {FAR} maximum-prefix 100 70
  {OTHER} remote-as 65534
  {OTHER} activate
  network 192.168.20.0 mask 255.255.255.0
  network 10.0.0.0 mask 255.0.0.0
  maximum-paths 2
  no auto-summary
  no synchronization
 exit-address-family
"""
#: Somebody else's router, which stays.
THEIRS = """
router bgp 65530
 address-family ipv4 unicast
  neighbor 198.51.100.9 remote-as 65009
  neighbor 198.51.100.9 activate
"""
OURS_IN_THEIRS = f"""
prefix-list NR-OUT seq 5 permit 192.168.20.0/24
router bgp 65530
 address-family ipv4 unicast
  {FAR} remote-as 65534
  {FAR} timers 10 30
  {FAR} activate
  {FAR} prefix-list NR-OUT out
  network 192.168.20.0 mask 255.255.255.0
"""


@pytest.mark.parametrize(("more", "text"), [("", ROUTER), (THEIRS, OURS_IN_THEIRS)], ids=["router", "in-a-router"])
def test_there_and_back_and_cut_after_each_line(more: str, text: str) -> None:
    """The firewall takes every line, has what was sent and nothing else, and is as before by the inverse and after any cut."""
    one = Firewall("asa919", more)
    before = one.show()
    change = plan("asa919", "asa", text, before)
    lines = lines_of(change.forward)
    one.enter(lines)
    there = one.show()
    assert against(read_back(change, before, there, "now")) == ()
    assert not plan("asa919", "asa", text, there)
    one.enter(lines_of(change.inverse))
    assert same(one.show(), before)
    for count in range(len(lines) + 1):
        one.enter(lines[:count])
        one.cut()
        one.enter(lines_of(restore(change, before, one.show())))
        assert same(one.show(), before), lines[:count]


def test_it_is_shown_as_a_firewall_shows_it() -> None:
    """Two lines come unasked, neighbours by address with their lines in order, the third timer, no mask that is of the class."""
    one = Firewall("asa919")
    one.enter(lines_of(plan("asa919", "asa", ROUTER, one.show()).forward))
    shown = one.show()
    router = shown[shown.index("router bgp") : shown.index(" exit-address-family")].splitlines()
    assert router == [
        "router bgp 65530",
        " bgp log-neighbor-changes",
        " bgp router-id vrf auto-assign",
        " address-family ipv4 unicast",
        f"  {FAR} remote-as 65534",
        f"  {FAR} timers 10 30 0",
        f"  {FAR} activate",
        f"  {FAR} prefix-list NR-IN in",
        f"  {FAR} prefix-list NR-OUT out",
        f"  {FAR} maximum-prefix 100 70",
        f"  {OTHER} remote-as 65534",
        f"  {OTHER} activate",
        "  network 10.0.0.0",
        "  network 192.168.20.0",
        "  maximum-paths 2",
        "  no auto-summary",
        "  no synchronization",
    ]


_IN_FAMILY = ["router bgp 65530", "address-family ipv4 unicast"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([*_IN_FAMILY, f"{FAR} activate"], "% Specify remote-as or peer-group commands first"),
        ([*_IN_FAMILY, "no neighbor 169.254.10.1"], "% Specify remote-as or peer-group commands first"),
        ([*_IN_FAMILY, "neighbor 172.18.124.91 remote-as 65534"], "% Cannot configure the local system as neighbor"),
        ([*_IN_FAMILY, FAR], "ERROR: % Incomplete command"),
        ([*_IN_FAMILY, "network 192.168.20.1 mask 255.255.255.0"], "% BGP: Incorrect network or mask configured"),
        ([*_IN_FAMILY, "maximum-paths 9"], "Invalid input detected"),
        (["router bgp 65530", "router bgp 65531"], "BGP is already running; AS is 65530"),
        (["no router bgp 65530"], "% BGP is not running"),
        (["router bgp 0"], "Invalid input detected"),
        (["prefix-list P seq 5 permit 10.0.0.0/8 le 8"], "% Invalid prefix range for 10.0.0.0/8"),
        (["prefix-list P seq 5 permit 10.0.0.0/8", "prefix-list P seq 5 deny 10.0.0.0/8"], "%Insertion failed"),
        (["prefix-list P seq 5 permit 10.0.0.0"], "Invalid input detected"),
        (["no prefix-list P seq 5 permit 10.0.0.0/8"], "% Can't find specified prefix-list"),
    ],
)
def test_what_does_not_fit_is_refused(lines: list[str], words: str) -> None:
    """A neighbour comes before its settings, a device has one autonomous system, a network has no bits behind its mask."""
    one = Firewall("asa919")
    address = one.box.store.get("interface", one.box.profile.physical[0])
    assert address is not None
    own = address.children["ip address", ()].values["ip"]
    *first, last = [line.replace("172.18.124.91", own) for line in lines]
    one.enter(first, strict=False)
    before = one.show()
    answer, _, _ = apply(one.box, one.place, last)
    assert words in "\n".join(answer)
    assert one.show() == before


def test_a_release_without_it_refuses_it() -> None:
    """BGP came with 9.2(1): before it neither the router nor a list of prefixes is taken."""
    one = Firewall("asa91")
    for line in ("router bgp 65530", "prefix-list P seq 5 permit 10.0.0.0/8"):
        answer, _, _ = apply(one.box, one.place, line)
        assert any("ERROR" in text for text in answer), line


@pytest.mark.parametrize("line", [f"{FAR} timers 20 60", f"{FAR} prefix-list OTHER out", f"{FAR} maximum-prefix 50"])
def test_another_value_of_a_setting_is_not_one_more(line: str) -> None:
    """A second value would take the first one away, and no inverse would bring it back: the plan refuses it."""
    one = Firewall("asa919")
    one.enter(lines_of(plan("asa919", "asa", ROUTER, one.show()).forward))
    text = f"prefix-list OTHER seq 5 permit 10.0.0.0/8\nrouter bgp 65530\n address-family ipv4 unicast\n  {line}\n"
    with pytest.raises(ChangeError, match="exists with other content"):
        plan("asa919", "asa", text, one.show())


def test_it_boots_with_what_it_saved_and_a_whole_configuration_is_played() -> None:
    """The router is the same after a restart, and that of a configuration of somebody's own is played and not only kept."""
    one = Firewall("asa919")
    one.enter(lines_of(plan("asa919", "asa", ROUTER, one.show()).forward))
    there = one.show()
    one.box.save()
    asyncio.run(one.box.restart())
    assert one.show() == there
    other = Firewall("asa919")
    other.box.store.root.clear()
    other.box.load(one.box.config_lines())
    assert other.show() == there
    assert other.box.loaded is not None
    assert other.box.loaded.not_played == []
    other.enter(["no router bgp 65530"])
    assert "router bgp" not in other.show()
    assert "exit-address-family" not in other.show()
