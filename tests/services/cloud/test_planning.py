"""The text of a connection and the steps that build it, change it and take it away: what goes last, and what comes back first."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.changes.change import in_stages
from nr_run.changes.objects import read
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.platforms import platform_for
from nr_run.services.cloud.as_before import as_before
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.features import PARTS

from ...changes.trees import same
from .planned import deployed, removal, removed, staged, text
from .sites import BARE, HOST, KEYS, PLATFORM, site

OPEN: dict[str, Any] = {"encryption_mandatory": False, "on_total_loss": "open"}
CLEAR = "route VBR 172.16.0.0 255.255.0.0 10.0.0.1 1"
NOWHERE = "route Null0 172.16.0.0 255.255.0.0 250"
BEHIND = "route VBR 172.16.0.0 255.255.0.0 10.0.0.1 30"
THEIRS = """\
router bgp 65530
 bgp log-neighbor-changes
 address-family ipv4 unicast
  neighbor 192.0.2.1 remote-as 64500
  neighbor 192.0.2.1 activate
  network 10.0.0.0
  no auto-summary
  no synchronization
 exit-address-family
: end
"""


def meanings(running: str) -> set[object]:
    """What a configuration has of all that can be built, whatever the order and the numbers of rules."""
    found = read("asa", running).objects.values()
    rules = {(item.groups["name"], item.groups["rule"]) for item in found if item.family.name == "prefix-list"}
    return rules | {item.meaning for item in found if item.family.name not in ("prefix-list", "bgp")}


def lines_of(change: Any) -> list[str]:
    """All that a change types."""
    return [line for step in change.forward for line in step.lines]


@pytest.mark.parametrize(
    ("wanted", "last"),
    [({}, [NOWHERE, f"no {CLEAR}"]), (OPEN, [f"no {CLEAR}", BEHIND])],
)
def test_the_route_gives_way_last(wanted: dict[str, Any], last: list[str]) -> None:
    """Everything is built and verified before the one line that moves traffic, and what drops is there before the route goes."""
    stages = staged(site(**wanted))
    assert [stage.name for stage in deployment_of(site()).stages] == ["tunnels", "bgp", "cut-over"]
    *before, (_, cut_over) = stages
    assert lines_of(cut_over) == last
    assert not any("172.16.0.0 255.255" in line for _, change in before for line in lines_of(change))


@pytest.mark.parametrize("wanted", [{}, OPEN])
def test_on_the_way_back_it_comes_first(wanted: dict[str, Any]) -> None:
    """The first line of the inverse, and of a removal, gives the circuit its route back."""
    whole = in_stages([change for _, change in staged(site(**wanted))], deployment_of(site()).way_back)
    first = [line for step in whole.inverse[:1] for line in step.lines]
    assert first in ([CLEAR], [f"no {BEHIND}", CLEAR])
    assert removal(site(**wanted), deployed(site(**wanted))).back[0].header == CLEAR


@pytest.mark.parametrize("wanted", [{}, OPEN, {"on_removal": "open"}])
def test_built_twice_and_taken_away(wanted: dict[str, Any]) -> None:
    """A second deploy has nothing to do, and after a removal the firewall runs what it ran."""
    there = deployed(site(**wanted))
    assert not any(change for _, change in staged(site(**wanted), there))
    assert same(removed(site(**wanted), there), BARE)


def test_a_removal_that_may_not_leak_leaves_what_drops() -> None:
    """With on_removal closed the circuit gets no route, and what is for the cloud goes nowhere."""
    after = removed(site(on_removal="closed"), deployed(site(on_removal="closed")))
    assert NOWHERE in after
    assert CLEAR not in after
    assert same(after, BARE.replace(CLEAR, NOWHERE))


def test_where_nothing_of_it_is_there_nothing_goes() -> None:
    """A removal takes no route, and brings none, where the connection was never built."""
    going = removal(site(), BARE)
    assert (going.items, going.back) == ((), ())


def test_what_is_never_written() -> None:
    """No address of an interface that is there, no access group, no setting of the whole device, and no global identity."""
    lines = text(site()).splitlines()
    assert [line for line in lines if line.startswith("interface ")] == ["interface Tunnel1", "interface Tunnel2"]
    stems = ("access-group", "sysopt", "crypto isakmp identity", "mtu ", "crypto ipsec security-association")
    assert not [line for line in lines if line.startswith(stems) or "local-identity" in line]
    assert [line for line in lines if "ip address" in line] == [
        " ip address 169.254.10.2 255.255.255.252",
        " ip address 169.254.20.2 255.255.255.252",
    ]


def test_only_what_is_in_the_table_is_told() -> None:
    """Each network has its route, its rule and its line; no end of a tunnel is told."""
    lines = text(site(lan_prefixes=["192.168.20.0/24", "192.168.21.0/25"])).splitlines()
    assert [line for line in lines if line.startswith("  network")] == [
        "  network 192.168.20.0 mask 255.255.255.0",
        "  network 192.168.21.0 mask 255.255.255.128",
    ]
    assert [line for line in lines if line.startswith("route private")] == [
        "route private 192.168.20.0 255.255.255.0 192.168.50.216 19",
        "route private 192.168.21.0 255.255.255.128 192.168.50.216 19",
    ]
    assert "prefix-list NR-ali-OUT seq 10 permit 192.168.21.0/25" in lines


def test_what_is_in_the_table_already_gets_no_second_route() -> None:
    """A network of an interface, and one with somebody's route of exactly that mask, is told as it is."""
    theirs = "route private 192.168.20.0 255.255.255.0 192.168.50.217 1"
    running = BARE.replace(": end", f"{theirs}\n: end")
    assert "route private" not in text(site(), running)
    there = deployed(site(), running)
    assert theirs in removed(site(), there)
    connected = BARE.replace("ip address 192.168.50.215", "ip address 192.168.20.1")
    assert "route private" not in text(site(), connected)


def test_a_router_of_somebody_keeps_its_own() -> None:
    """Neighbours and networks come beside theirs, line by line; a removal takes ours alone, and the router stays."""
    running = BARE.replace(": end\n", THEIRS)
    there = deployed(site(), running)
    router = there[there.index("router bgp") :]
    assert "neighbor 192.0.2.1 remote-as 64500" in router
    assert "bgp log-neighbor-changes" not in text(site(), running)
    assert not any(change for _, change in staged(site(), there))
    assert meanings(removed(site(), there)) == meanings(running)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (": end\n", THEIRS.replace("65530", "65531"), "it speaks BGP as AS 65531, a firewall has one"),
        (": end", "route VBR 172.16.10.0 255.255.255.0 10.0.0.1 1\n: end", "leads to a part of the cloud"),
        (CLEAR, CLEAR.replace("10.0.0.1 1", "10.0.0.1 5"), "has the distance 5, and circuit.distance is 1"),
        (CLEAR, CLEAR.replace("VBR", "VPN-IP1").replace("10.0.0.1 1", "192.168.10.9 1"), "by another way than circuit"),
        (": end", "route Null0 172.16.0.0 255.255.0.0 1\n: end", "drops what is for the cloud"),
        (": end", "tunnel-group 10.10.10.49 type ipsec-l2l\n: end", "tunnel-group 10.10.10.49 exists with other content"),
    ],
)
def test_a_firewall_with_no_safe_place_is_refused(old: str, new: str, words: str) -> None:
    """What another has there already is never taken from it, and what would win over BGP is named."""
    assert old in BARE
    with pytest.raises(ChangeError) as refused:
        staged(site(), BARE.replace(old, new, 1))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("change", "platform", "words"),
    [
        ({}, platform_for("ASA", "9.1(7)"), "is built on ASA 9.8(1) and later"),
        ({}, platform_for("C8000V", "17.12.1"), "is built on ASA 9.8(1) and later"),
        ({"ike": {"group": 5}, "waiver": {"until": "2099-01-01", "ticket": "T", "reason": "r"}}, PLATFORM, "cannot do group 5"),
        ({"name": "a-name-that-is-so-long-that-no-interface-can-have-it"}, PLATFORM, "give the connection a shorter name"),
    ],
)
def test_what_a_release_cannot_do_is_refused(change: dict[str, Any], platform: Any, words: str) -> None:
    """Nothing is tried on a firewall that is not known to take it."""
    with pytest.raises(ChangeError) as refused:
        staged(site(**change), BARE, platform)
    assert words in str(refused.value)


def test_an_ikev2_policy_of_others_is_not_edited() -> None:
    """One that says the same is used; with other values ours comes behind it."""
    policy = "crypto ikev2 policy 10\n encryption aes\n integrity sha\n group 14\n prf sha\n lifetime seconds 86400\n"
    made = staged(site(), BARE.replace(": end", f"{policy}: end"))[0][0]
    assert "crypto ikev2 policy 20\n" in made.text
    assert made.decisions == ("IKEv2 policy 20: last, so that other peers are offered what they were before",)


CHANGES: list[tuple[dict[str, Any], list[str]]] = [
    ({"bgp": {"hold_seconds": 60}}, ["neighbor 169.254.10.1 timers 10 60", "neighbor 169.254.20.1 timers 10 60"]),
    (
        {"lan_prefixes": ["192.168.20.0/24", "192.168.22.0/24"]},
        ["network 192.168.22.0 mask 255.255.255.0", "prefix-list NR-ali-OUT seq 10 permit 192.168.22.0/24"],
    ),
    (
        {"lan_prefixes": ["192.168.22.0/24"]},
        ["no network 192.168.20.0", "no prefix-list NR-ali-OUT seq 5 permit 192.168.20.0/24"],
    ),
    (OPEN, [BEHIND, f"no {NOWHERE}"]),
]


@pytest.mark.parametrize(("change", "lines"), CHANGES)
def test_it_is_changed_in_place(change: dict[str, Any], lines: list[str]) -> None:
    """Networks, timers and what becomes of traffic change while the tunnels stay; the way back gives what was."""
    there = deployed(site())
    changes = [made for _, made in staged(site(**change), there)]
    typed = [line for made in changes for line in lines_of(made)]
    assert not changes[0], typed
    for line in lines:
        assert any(one.startswith(line) for one in typed), typed
    assert not any(made for _, made in staged(site(**change), deployed(site(**change), there)))
    back = deployed(site(), deployed(site(**change), there))
    assert not any(made for _, made in staged(site(), back))
    assert meanings(back) == meanings(there)


def test_what_the_cloud_changes_at_the_same_moment_is_not_changed_in_place() -> None:
    """Another algorithm on one side alone would take both tunnels down: it is refused, and nothing is typed."""
    weak = {"encryption_algorithm": "aes-128-cbc"}
    with pytest.raises(ChangeError, match="exists with other content"):
        staged(site(esp=weak), deployed(site()))


def test_no_part_makes_what_it_does_not_say() -> None:
    """Each family of a part is made by it, on a firewall with a router or without one."""
    made = {part.name: set(part.families) for part in PARTS}
    for running in (BARE, BARE.replace(": end\n", THEIRS)):
        for stage, _ in staged(site(), running):
            for key in read("asa", stage.text).objects:
                for families in made.values():
                    families.discard(key[0])
    assert not any(made.values())


def test_the_keys_are_tokens_only() -> None:
    """Each tunnel has its own key, in both directions, as the token of its reference."""
    assert [text(site()).count(token) for token in KEYS.values()] == [2, 2]


def test_a_deployment_says_who_is_not_ours() -> None:
    """Both gateways are foreign ends with what a gate shows; what none shows is a confirmation."""
    deployment = deployment_of(site())
    assert [end.name for end in deployment.foreign] == ["ali gateway 1", "ali gateway 2"]
    assert "has the address 192.168.10.136 and the ASN 65530" in deployment.foreign[0].preconditions[0]
    assert (deployment.hosts, deployment.way_back) == ((HOST,), (2, 1, 0))


def test_the_form_of_before_is_read_from_the_firewall() -> None:
    """What an undone change is verified by are the networks and the route of before, and of one that was not there those of
    now."""
    there, wanted = read("asa", deployed(site())), site(lan_prefixes=["192.168.22.0/24"], **OPEN)
    before = as_before(wanted, there)
    assert (before.lan_prefixes, before.on_total_loss) == (site().lan_prefixes, "closed")
    assert before.cloud_hosts == site().cloud_hosts
    assert as_before(site(), read("asa", deployed(site(**OPEN, fallback_distance=40)))).fallback_distance == 40
    assert as_before(wanted, read("asa", BARE)) == wanted
