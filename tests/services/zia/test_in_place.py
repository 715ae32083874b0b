"""A site that stands and is wanted otherwise: what is typed, in which order, and that nothing of before is left."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.change import Change, in_stages
from nr_run.changes.plans.plan import plan_removal
from nr_run.checks.finding import Finding, Status, proved
from nr_run.checks.planned_running import running_with
from nr_run.inventory.errors import ChangeError
from nr_run.services.service import Sight
from nr_run.services.zia.deployment import deployment_of
from nr_run.services.zia.gates import tunnels
from nr_run.services.zia.intent import Zia
from nr_run.services.zia.previous import site_before
from nr_run.services.zia.service import ZIA

from ...changes.whole import whole
from .planned import deployed, staged
from .shown import Router
from .sites import BARE, HOST, PLATFORM, site

STANDS = deployed(site())
#: What is wanted otherwise, and a line that is typed for it.
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "edge": ({"primary": {"address": "198.51.100.77"}}, "tunnel destination 198.51.100.77"),
    "data centre": ({"primary": {"address": "198.51.100.77", "datacenter": "MUC1"}}, "address 198.51.100.77"),
    "target": ({"backup": {"probe_address": "203.0.113.99"}}, "http raw http://203.0.113.99:80"),
    "inner network": ({"backup": {"tunnel_prefix": "192.168.253.8/30"}}, "ip address 192.168.253.9 255.255.255.252"),
    "dpd": ({"dpd": {"interval_seconds": 20, "retries": 5}}, "dpd 20 5 periodic"),
    "keepalive": ({"nat_keepalive_seconds": 30}, "nat keepalive 30"),
    "phase 1 lifetime": ({"ike": {"sa_lifetime": 43200}}, "lifetime 43200"),
    "phase 2 lifetime": ({"esp": {"sa_lifetime_seconds": 3600}}, "set security-association lifetime seconds 3600"),
    "phase 1": ({"ike": {"group": 19}}, "proposal NR-aes-256-cbc-sha256-19"),
    "phase 2": ({"esp": {"encryption_algorithm": "aes-128-cbc"}}, "set transform-set NR-branch-zia.v2"),
    "pfs": ({"esp": {"pfs_group": 14}}, "set pfs group14"),
    "identity": ({"identity": {"fqdn": "other@example.com"}}, "identity local email other@example.com"),
    "sizes": ({"mtu": 1380, "mss": 1320}, "ip tcp adjust-mss 1320"),
    "networks": ({"exempt": ["192.0.2.81/32"]}, "match ip address NR-branch-zia-PBR.v2"),
    "traffic": ({"traffic": "all"}, "permit ip any any"),
    "probe": ({"watch": {"frequency_seconds": 20}}, "frequency 20"),
    "delays": ({"watch": {"down_seconds": 20, "up_seconds": 90}}, "delay down 20 up 90"),
    "fail mode": ({"encryption_mandatory": False, "on_total_loss": "open"}, "no set interface Null0"),
}


def changes(wanted: Zia, running: str) -> list[Change]:
    """Of each stage."""
    return [change for _, change in staged(wanted, running)]


def typed(change: Change) -> list[str]:
    """The lines of a change."""
    return [line.strip() for line in change.forward_text.splitlines()]


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_changed_where_it_stands(name: str) -> None:
    """Each wish has its line; a second run has nothing to do; what was before is nowhere, and a removal leaves nothing."""
    wish, line = CHANGES[name]
    wanted = site(**wish)
    stages = changes(wanted, STANDS)
    assert line in [words for stage in stages for words in typed(stage)]
    assert "no ip policy route-map NR-branch-zia" not in [words for stage in stages for words in typed(stage)]
    after = deployed(wanted, STANDS)
    assert not any(changes(wanted, after))
    assert len(read("ios", after).objects) == len(read("ios", deployed(wanted)).objects)
    made = in_stages(changes(wanted, after), deployment_of(wanted).way_back)
    (member,) = deployment_of(wanted).members
    going = ZIA.removal(deployment_of(wanted), Sight(member, PLATFORM, whole(after, "ios", HOST), made), after)
    gone = running_with(plan_removal(HOST, "ios", going.items, after, stays=going.stays), after)
    assert read("ios", gone).objects.keys() == read("ios", BARE).objects.keys()


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_taken_back(name: str) -> None:
    """The inverse of a change leads to what stood before, and to wanting that again there is nothing to do."""
    wish, _ = CHANGES[name]
    after = deployed(site(**wish), STANDS)
    back = deployed(site(), after)
    assert not any(changes(site(), back))


def test_the_clause_is_switched_to_a_track_that_is_up() -> None:
    """Another probe and its track stand before the clause is switched, and the old ones go behind all gates."""
    wanted = site(primary={"probe_address": "203.0.113.99"})
    built, probes, leading, cut_over = changes(wanted, STANDS)
    assert [item.title for item in built.created] == ["static-route 203.0.113.99 255.255.255.255 Tunnel1"]
    assert [item.title for item in probes.created] == ["sla-operation 3", "sla-schedule 3", "track 3"]
    assert [edit.after.title for edit in leading.edited] == ["route-map-clause NR-branch-zia 10"]
    lines = typed(leading)
    assert lines.index("set ip next-hop verify-availability 192.168.253.2 11 track 3") < lines.index(
        "no set ip next-hop verify-availability 192.168.253.2 10 track 1"
    )
    assert {item.title for item in cut_over.removed} == {
        "track 1",
        "sla-schedule 1",
        "sla-operation 1",
        "static-route 203.0.113.10 255.255.255.255 Tunnel1",
    }
    assert [stage.removed for stage in (built, probes, leading)] == [(), (), ()]


def test_the_hosts_of_another_interface() -> None:
    """The new interface gets the route map, and the one of before loses it, in one stage."""
    running = STANDS.replace("interface Vlan1\n", "interface Vlan2\n ip address 172.18.0.1 255.255.255.0\ninterface Vlan1\n")
    wanted = site(lan_interface="Vlan2", lan_prefixes=["172.18.0.0/24"])
    *_, cut_over = changes(wanted, running)
    lines = typed(cut_over)
    assert lines.index("ip policy route-map NR-branch-zia") < lines.index("no ip policy route-map NR-branch-zia")


def test_who_lets_the_hosts_of_the_old_interface_send_in_clear() -> None:
    """Where encryption is mandatory a person says that the hosts of an interface which is led no more may send in clear.

    Nothing else that is changed asks for it, neither does a site that may send in clear already.
    """
    running = STANDS.replace("interface Vlan1\n", "interface Vlan2\n ip address 172.18.0.1 255.255.255.0\ninterface Vlan1\n")
    moved: dict[str, Any] = {"lan_interface": "Vlan2", "lan_prefixes": ["172.18.0.0/24"]}
    wanted = site(**moved)
    (asked,) = ZIA.change_confirmations(deployment_of(wanted), changes(wanted, running))
    assert asked.name in ZIA.change_asks
    assert asked.sentence.startswith(
        "the hosts behind Vlan1 of branch881 may send to the Internet by the routing table, in clear"
    )
    free = site(**moved, encryption_mandatory=False)
    assert ZIA.change_confirmations(deployment_of(free), changes(free, running)) == ()
    for wish, _ in CHANGES.values():
        assert ZIA.change_confirmations(deployment_of(site(**wish)), changes(site(**wish), STANDS)) == ()


def test_what_somebody_else_uses_is_not_edited() -> None:
    """A keyring that another profile names is no longer ours alone: the change is refused, and says what is there."""
    other = "crypto ikev2 profile THEIRS\n match identity remote fqdn x\n keyring local NR-branch-zia\n"
    with pytest.raises(ChangeError, match="ikev2-keyring NR-branch-zia exists with other content and is left alone"):
        changes(site(primary={"address": "198.51.100.77"}), STANDS.replace("line vty", f"{other}line vty"))


def test_an_old_proposal_that_others_are_offered_stays() -> None:
    """While others use the policy its old proposal stays, and the plan says so; SAs of before are cleared all the same."""
    other = "crypto ikev2 profile THEIRS\n match identity remote address 192.0.2.9 255.255.255.255\n"
    wanted = site(ike={"group": 19})
    (first, *_) = changes(wanted, STANDS.replace("line vty", f"{other}line vty"))
    assert [str(peer) for peer in tunnels(wanted).stale(first)] == [FIRST, SECOND]
    assert not [item for item in first.removed if item.family.name == "ikev2-offer"]
    assert any("is offered it too" in words for words in first.stays)


@pytest.mark.parametrize("name", CHANGES)
def test_what_stood_is_read_back(name: str) -> None:
    """By the router alone it is known what stood before, as far as a gate asks: its gates hold for it, and for it only."""
    before = site_before(site(**CHANGES[name][0]), read("ios", STANDS))
    assert before is not None
    for field in ("on_total_loss", "lan_interface"):
        assert getattr(before, field) == getattr(site(), field)
    for (_, edge), (_, stood) in zip(before.edges, site().edges, strict=True):
        assert (edge.address, edge.tunnel_prefix, edge.probe_address) == (stood.address, stood.tunnel_prefix, stood.probe_address)
    assert before.esp.encryption_algorithm == site().esp.encryption_algorithm
    router = Router(wanted=before, running=STANDS)
    findings = [item for stage in deployment_of(before).stages for item in _judged(stage.gate, router)]
    assert proved(findings), [item.sentence for item in findings if item.status is not Status.OK]


def _judged(gate: Any, router: Router) -> tuple[Finding, ...]:
    found: tuple[Finding, ...] = gate.judge([router.seen()], removed=False)
    return found


@pytest.mark.parametrize("lost", ["interface Tunnel2\n", "ip sla 2\n", " ip policy route-map NR-branch-zia\n"])
def test_what_is_not_whole_is_not_read_back(lost: str) -> None:
    """Where a part of the site is missing nothing is said of what stood."""
    assert (
        site_before(site(), read("ios", STANDS.replace(lost, "interface Loopback7\n" if lost.startswith("int") else ""))) is None
    )


FIRST, SECOND = "198.51.100.10", "198.51.100.20"


@pytest.mark.parametrize(
    ("name", "peers"),
    [
        ("edge", ["198.51.100.77", FIRST]),
        ("dpd", [FIRST, SECOND]),
        ("phase 1", [FIRST, SECOND]),
        ("phase 2", [FIRST, SECOND]),
        ("identity", [FIRST, SECOND]),
        ("sizes", []),
        ("networks", []),
        ("probe", []),
        ("fail mode", []),
    ],
)
def test_sas_that_were_agreed_before_are_cleared(name: str, peers: list[str]) -> None:
    """What is agreed with an edge is agreed again, by that edge alone where it is its own; all else leaves SAs as they are."""
    wanted = site(**CHANGES[name][0])
    found = [str(peer) for change in changes(wanted, STANDS) for peer in tunnels(wanted).stale(change)]
    assert sorted(found) == sorted(peers)


def test_a_new_site_clears_nothing() -> None:
    """Where nothing stood there are no SAs of before, whatever the policy of the address gets."""
    for _, change in staged(site(), BARE):
        assert tunnels(site()).stale(change) == ()


@pytest.mark.parametrize(
    ("name", "turns"),
    [
        ("phase 1", [[SECOND], [FIRST]]),
        ("phase 2", [[SECOND], [FIRST]]),
        ("edge", [["198.51.100.77", FIRST]]),
        ("sizes", []),
    ],
)
def test_one_edge_after_the_other_is_agreed_with_anew(name: str, turns: list[list[str]]) -> None:
    """The backup first, while the primary carries; and an edge with the one that it takes the place of."""
    wanted = site(**CHANGES[name][0])
    (first, *_) = changes(wanted, STANDS)
    assert [sorted(map(str, peers)) for peers in tunnels(wanted).turns(first)] == [sorted(one) for one in turns]


def test_the_next_edge_waits_for_the_tunnel_and_its_track() -> None:
    """The tunnel to the edge of this turn is judged alone, with the probe through it, which leads packets to it."""
    gate, backup = tunnels(site()), (site().backup.address,)
    for router, good in (
        (Router(), True),
        (Router(ike={2: "READY"}, sas=frozenset({2}), tracks={1: "Down", 2: "Up"}), True),
        (Router(ike={1: "READY"}), False),
        (Router(sas=frozenset({1})), False),
        (Router(tracks={1: "Up", 2: "Down"}), False),
    ):
        assert proved(gate.agreed([router.seen()], backup)) is good


#: Both edges as the intent has them, each in the place of the other.
_EDGES = {"FRA4": site().primary.model_dump(mode="json"), "AMS2": site().backup.model_dump(mode="json")}
_THIRD = {"address": "198.51.100.77", "datacenter": "MUC1", "tunnel_prefix": "192.168.253.8/30", "probe_address": "203.0.113.77"}
SWAPPED = site(primary=_EDGES["AMS2"], backup=_EDGES["FRA4"])


def hops(running: str) -> list[str]:
    """The next hops of the clause, in their order."""
    clause = read("ios", running).get("route-map-clause", "NR-branch-zia", "10")
    found = [line.split() for line in (clause.children if clause else ()) if "verify-availability" in line]
    return [words[4] for words in sorted(found, key=lambda words: int(words[5]))]


def test_primary_and_backup_change_places() -> None:
    """Only the order of the next hops is typed: no tunnel, probe or track is touched, and no SA is agreed again."""
    stages = changes(SWAPPED, STANDS)
    assert [edit.after.title for stage in stages for edit in stage.edited] == ["route-map-clause NR-branch-zia 10"]
    assert [item for stage in stages for item in (*stage.created, *stage.removed)] == []
    assert [tunnels(SWAPPED).stale(stage) for stage in stages] == [()] * 4
    after = deployed(SWAPPED, STANDS)
    assert hops(after) == ["192.168.253.6", "192.168.253.2"]
    assert not any(changes(SWAPPED, after))
    assert hops(deployed(site(), after)) == ["192.168.253.2", "192.168.253.6"]


def test_there_is_a_next_hop_behind_every_line_of_it() -> None:
    """Cut after any line, what the hosts send goes to the primary of before or to that of after, by a tunnel that stands."""
    (step,) = [stage for stage in changes(SWAPPED, STANDS) if stage]
    (edit,) = step.edited
    there = [line for line in edit.before.children if "verify-availability" in line]
    for line in typed(step):
        if line.startswith("set ip next-hop"):
            there.append(line)
        elif line.startswith("no set ip next-hop"):
            there.remove(line.removeprefix("no "))
        first = min(there, key=lambda words: int(words.split()[5]))
        assert first.split()[4] in ("192.168.253.2", "192.168.253.6")


@pytest.mark.parametrize(
    ("primary", "backup", "cleared"),
    [(_EDGES["AMS2"], _THIRD, [FIRST, _THIRD["address"]]), (_THIRD, _EDGES["FRA4"], [SECOND, _THIRD["address"]])],
    ids=["backup leads, another backup", "primary follows, another primary"],
)
def test_one_changes_its_role_and_the_other_its_edge(primary: dict[str, Any], backup: dict[str, Any], cleared: list[str]) -> None:
    """The tunnel that stays is not touched, and the other one alone is agreed with anew."""
    wanted = site(primary=primary, backup=backup)
    (built, *_) = changes(wanted, STANDS)
    assert sorted(map(str, tunnels(wanted).stale(built))) == sorted(cleared)
    after = deployed(wanted, STANDS)
    assert hops(after) == [str(wanted.primary.inner[1]), str(wanted.backup.inner[1])]
    assert not any(changes(wanted, after))
    assert not any(changes(site(), deployed(site(), after)))


def test_what_stood_before_a_swap_is_known_by_what_led() -> None:
    """Rolled back, the site is verified with the primary that led before, whatever the tunnels are called."""
    swapped = deployed(SWAPPED, STANDS)
    for wanted, running in ((SWAPPED, STANDS), (site(), STANDS)):
        before = site_before(wanted, read("ios", running))
        assert before is not None
        assert (str(before.primary.address), str(before.backup.address)) == (FIRST, SECOND)
    before = site_before(site(), read("ios", swapped))
    assert before is not None
    assert (str(before.primary.address), str(before.backup.address)) == (SECOND, FIRST)


@pytest.mark.parametrize("field", ["tunnel_prefix", "probe_address"])
def test_an_edge_keeps_its_network_and_its_target(field: str) -> None:
    """What the other tunnel has now is refused by its field, since both would have it for a moment; nothing is typed."""
    torn = {"FRA4": {**_EDGES["FRA4"], field: _EDGES["AMS2"][field]}, "AMS2": {**_EDGES["AMS2"], field: _EDGES["FRA4"][field]}}
    for primary, backup in (("FRA4", "AMS2"), ("AMS2", "FRA4")):
        with pytest.raises(ChangeError, match=rf"primary.{field} \S+ is that of the other tunnel now, Tunnel\d: where"):
            changes(site(primary=torn[primary], backup=torn[backup]), STANDS)
