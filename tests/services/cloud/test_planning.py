"""The text of a connection and the steps that build it, change it and take it away: what goes last, and what comes back first."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.change import in_stages
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.existing.previous import as_before
from nr_run.services.cloud.intents.intent import Cloud
from nr_run.services.cloud.placing.features import PARTS
from nr_run.services.service import Sight

from ...changes.trees import same
from ...changes.whole import whole
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
    assert [stage.name for stage in deployment_of(site()).stages] == ["first tunnel", "tunnels", "bgp", "cut-over"]
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
        (": end\n", THEIRS.replace("65530", "65531"), "it runs BGP as AS 65531, a firewall has one"),
        (": end", "route VBR 172.16.10.0 255.255.255.0 10.0.0.1 1\n: end", "leads to a part of the cloud"),
        (CLEAR, CLEAR.replace("10.0.0.1 1", "10.0.0.1 5"), "has the distance 5, and circuit.distance is 1"),
        (CLEAR, CLEAR.replace("VBR", "VPN-IP1").replace("10.0.0.1 1", "192.168.10.9 1"), "by another way than circuit"),
        (": end", "route Null0 172.16.0.0 255.255.0.0 1\n: end", "drops traffic for the cloud"),
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
    assert not any(changes[:2]), typed
    for line in lines:
        assert any(one.startswith(line) for one in typed), typed
    assert not any(made for _, made in staged(site(**change), deployed(site(**change), there)))
    back = deployed(site(), deployed(site(**change), there))
    assert not any(made for _, made in staged(site(), back))
    assert meanings(back) == meanings(there)


AES_128 = {"encryption_algorithm": "aes-128-cbc"}
#: What both tunnels share, and lines of the stage that switches the first one.
ONE_BY_ONE: list[tuple[dict[str, Any], list[str]]] = [
    ({"esp": AES_128}, ["crypto ipsec ikev2 ipsec-proposal NR-ali.v2", "protocol esp encryption aes"]),
    ({"esp": {"pfs_group": None}}, ["crypto ipsec profile NR-ali.v2"]),
    ({"esp": {"sa_lifetime_seconds": 3600}}, ["set security-association lifetime seconds 3600"]),
    ({"ike": AES_128}, ["crypto ikev2 policy 20", "encryption aes"]),
    ({"ike": {"sa_lifetime": 7200}}, ["crypto ikev2 policy 20", "lifetime seconds 7200"]),
]


def stripped(change: Any) -> list[str]:
    """All that a change types, without indentation."""
    return [line.strip() for line in lines_of(change)]


@pytest.mark.parametrize(("change", "lines"), ONE_BY_ONE)
def test_what_both_tunnels_share_is_changed_one_tunnel_at_a_time(change: dict[str, Any], lines: list[str]) -> None:
    """It is built beside what is in use; each tunnel is switched in a stage of its own, and what is out of use goes last."""
    wanted, there = site(**change), deployed(site())
    made = [change for _, change in staged(wanted, there)]
    first, second, bgp, last = map(stripped, made)
    assert [line for line in lines if line not in first] == []
    switch = "tunnel protection ipsec profile NR-ali.v2"
    assert (first.count(switch), second.count(switch)) == (1, 1)
    assert "interface Tunnel2" not in first
    assert "interface Tunnel1" not in second
    assert bgp == []
    assert {"no crypto ipsec profile NR-ali", "no crypto ipsec ikev2 ipsec-proposal NR-ali"} <= {*last}
    gates: list[Any] = [stage.gate for stage in deployment_of(wanted).stages]
    stale = [[str(peer) for peer in gate.stale(one)] for gate, one in zip(gates, made, strict=True)]
    assert stale == [["10.10.10.49"], ["10.10.10.50"], [], []]
    assert not any(one for _, one in staged(wanted, deployed(wanted, there)))
    again = deployed(site(), deployed(wanted, there))
    assert not any(one for _, one in staged(site(), again))


#: What is one tunnel's own, the place of the stage that changes it, one of its lines, and whose SAs are cleared.
OF_ONE: list[tuple[dict[str, Any], int, str, list[str]]] = [
    ({"first": {"address": "10.10.10.51"}}, 0, "tunnel destination 10.10.10.51", ["10.10.10.49", "10.10.10.51"]),
    ({"second": {"address": "10.10.10.51"}}, 1, "tunnel destination 10.10.10.51", ["10.10.10.50", "10.10.10.51"]),
    ({"second": {"source_interface": "VPN-IP1"}}, 1, "tunnel source interface VPN-IP1", ["10.10.10.50"]),
    ({"first": {"next_hop": "192.168.10.2"}}, 0, "no route VPN-IP1 10.10.10.49 255.255.255.255 192.168.10.1 19", []),
    ({"second": {"tunnel_prefix": "169.254.30.0/30"}}, 1, "ip address 169.254.30.2 255.255.255.252", []),
    ({"dpd": {"interval_seconds": 20, "retries": 3}}, 0, "isakmp keepalive threshold 20 retry 3", ["10.10.10.49"]),
]


@pytest.mark.parametrize(("change", "place", "line", "stale"), OF_ONE)
def test_what_is_one_tunnels_own_is_changed_in_its_stage(change: dict[str, Any], place: int, line: str, stale: list[str]) -> None:
    """Gateway, source, address inside, key: the stage of that tunnel changes it, and only what was agreed with it is cleared."""
    wanted, there = site(**change), deployed(site())
    made = [one for _, one in staged(wanted, there)]
    assert line in stripped(made[place])
    gate: Any = deployment_of(wanted).stages[place].gate
    assert [str(peer) for peer in gate.stale(made[place])] == stale
    assert not any(one for _, one in staged(wanted, deployed(wanted, there)))
    back = deployed(site(), deployed(wanted, there))
    assert meanings(back) == meanings(there)


def test_an_address_inside_moves_with_its_neighbour() -> None:
    """The neighbour of before goes with its settings, and one tunnel at a time: without either neighbour the cloud is lost."""
    prefix = {"tunnel_prefix": "169.254.30.0/30"}
    *_, bgp, _ = (stripped(one) for _, one in staged(site(first=prefix), deployed(site())))
    assert "neighbor 169.254.30.1 remote-as 65534" in bgp
    assert any(line.startswith("no neighbor 169.254.10.1") for line in bgp)
    with pytest.raises(ChangeError, match="change first, deploy, then change second"):
        staged(site(first=prefix, second={"tunnel_prefix": "169.254.31.0/30"}), deployed(site()))


def test_what_is_not_changed_in_place_names_the_two_runs() -> None:
    """Another system of the cloud is another connection: it is refused, and nothing is typed."""
    with pytest.raises(ChangeError, match=r"nr-run remove-cloud ali\), then nr-run deploy-cloud ali"):
        staged(site(bgp={"cloud_system": 65533}), deployed(site()))


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
    assert (deployment.hosts, deployment.way_back) == ((HOST,), (3, 2, 1, 0))


def before_of(wanted: Cloud, running: str) -> Cloud | None:
    """The form of before, of a change from this configuration to what is wanted."""
    (member,) = deployment_of(wanted).members
    change = in_stages([made for _, made in staged(wanted, running)], (3, 2, 1, 0))
    return as_before(wanted, Sight(member, PLATFORM, whole(running, "asa", HOST), change))


def test_the_form_of_before_is_read_from_the_firewall() -> None:
    """What an undone change is verified by is all that stood before, and of one that was not there that of now."""
    there, wanted = deployed(site()), site(lan_prefixes=["192.168.22.0/24"], **OPEN)
    before = before_of(wanted, there)
    assert before is not None
    assert (before.lan_prefixes, before.on_total_loss) == (site().lan_prefixes, "closed")
    assert before.cloud_hosts == site().cloud_hosts
    opened = before_of(site(**OPEN, fallback_distance=40), deployed(site(**OPEN, fallback_distance=40)))
    assert opened is not None
    assert opened.fallback_distance == 40
    assert before_of(wanted, BARE) == wanted


@pytest.mark.parametrize("change", [*(row[0] for row in ONE_BY_ONE), *(row[0] for row in OF_ONE)])
def test_the_tunnels_of_before_are_read_from_the_firewall(change: dict[str, Any]) -> None:
    """Gateways, sources, addresses inside and algorithms of before are those that a gate asks for when a change was undone."""
    found, stood = before_of(site(**change), deployed(site())), site()
    assert found is not None
    for (_, end), (_, was) in zip(found.tunnels, stood.tunnels, strict=True):
        assert (end.address, end.source_interface) == (was.address, was.source_interface)
        assert (end.source_ip, end.inner) == (was.source_ip, was.inner)
    assert (found.esp.encryption_algorithm, found.ike.encryption_algorithm) == ("aes-256-cbc", "aes-256-cbc")


def test_which_of_two_policies_was_agreed_is_not_guessed() -> None:
    """With another policy on the firewall nothing says which one the gateways took before phase 1 was changed."""
    theirs = "crypto ikev2 policy 5\n encryption aes-256\n integrity sha\n group 14\n prf sha\n lifetime seconds 86400\n"
    assert (
        before_of(site(ike=AES_128), deployed(site()).replace("crypto ikev2 policy", f"{theirs}crypto ikev2 policy", 1)) is None
    )
