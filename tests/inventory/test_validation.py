"""What rules a tunnel out before any device is touched."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from nr_run.inventory.errors import IntentError, NothingMatched
from nr_run.inventory.intents.built import Carried
from nr_run.inventory.intents.intent import IKEPolicy
from nr_run.inventory.intents.validation import validate
from nr_run.inventory.models.platforms import platform_for

from .validated import EXAMPLE, OLD, THREE, TODAY, accepted, ends, intent, refusal, third, tunnel


def test_the_example_is_accepted_without_a_warning() -> None:
    """hq-branch can be built between the two routers."""
    assert accepted(EXAMPLE) == ()


def test_an_unknown_host_matches_nothing() -> None:
    """A tunnel to a host that the inventory does not have names the file, the line and the nearest host."""
    place = EXAMPLE.places["hq-branch"]
    with pytest.raises(NothingMatched) as caught:
        validate(EXAMPLE, EXAMPLE.select(), {"vpn2611": OLD["vpn2611"], "vpn3641": OLD["vpn3640"]}, TODAY)
    assert str(caught.value) == f"{place}: tunnel hq-branch: no host is named 'vpn3640' (did you mean vpn3641?)"
    assert place.endswith("hq-branch.yaml:5")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"b__host": "vpn2611"}, "both ends are on vpn2611"),
        ({"b__outside_ip": "172.18.124.159"}, "both ends have the outside_ip 172.18.124.159"),
        (
            {"b__protected_prefixes": ["10.10.0.0/16"]},
            "protected prefix 10.10.10.0/24 of vpn2611 overlaps 10.10.0.0/16 of vpn3640: translation of networks in a tunnel is "
            "not built, so one side needs other addresses",
        ),
        (
            {"a__protected_prefixes": ["0.0.0.0/0"]},
            "protected prefix 0.0.0.0/0 of vpn2611 overlaps 10.10.20.0/24 of vpn3640: a tunnel for all destinations is not "
            "built, name the networks",
        ),
        (
            {"a__protected_prefixes": ["10.10.10.0/24", "10.10.10.128/25"]},
            "protected prefix 10.10.10.0/24 of vpn2611 overlaps its own 10.10.10.128/25",
        ),
        (
            {"b__protected_prefixes": ["10.10.20.0/24", "172.18.0.0/16"]},
            "outside_ip 172.18.124.159 of vpn2611 is inside the protected prefix 172.18.0.0/16: "
            "IKE packets would be routed into the tunnel",
        ),
        (
            {"b__protected_prefixes": ["10.10.20.0/24", "172.18.0.0/16"]},
            "outside_ip 172.18.124.199 of vpn3640 is inside the protected prefix 172.18.0.0/16: "
            "IKE packets would be routed into the tunnel",
        ),
        (
            {"a__probe_address": "10.10.20.9"},
            "probe_address 10.10.20.9 of vpn2611 is in none of its own protected prefixes",
        ),
        ({"a__probe_address": "10.10.10.0"}, "probe_address 10.10.10.0 of vpn2611 is no host address of 10.10.10.0/24"),
        ({"a__probe_address": "10.10.10.255"}, "probe_address 10.10.10.255 of vpn2611 is no host address of 10.10.10.0/24"),
        ({"nat_traversal": True}, "nat_traversal is more than vpn2611 (2611 with 12.2(8)T) can do: run a newer release there"),
    ],
)
def test_ends_that_do_not_go_together_are_refused(changes: dict[str, Any], problem: str) -> None:
    """Addresses and prefixes of the two ends have to fit each other."""
    assert f"tunnel hq-branch: {problem}" in refusal(intent(tunnel(**changes)))


def test_the_smallest_prefixes_have_host_addresses() -> None:
    """Both addresses of a /31 and the one of a /32 are host addresses."""
    for prefix in ("10.10.10.0/31", "10.10.10.0/32"):
        assert accepted(intent(tunnel(a__protected_prefixes=[prefix], a__probe_address="10.10.10.0"))) == ()


def test_two_tunnels_of_a_hub_share_its_prefix() -> None:
    """A hub protects the same network towards every branch."""
    assert accepted(intent(tunnel(), third()), THREE) == ()


def test_two_tunnels_of_a_host_must_not_select_the_same_traffic() -> None:
    """The first crypto map entry would take the traffic of the second; the pair is named once."""
    lines = refusal(intent(tunnel(), third(b__protected_prefixes=["10.10.16.0/20"], b__probe_address="10.10.30.1")), THREE)
    assert lines == [
        "tunnel hq-branch: on vpn2611 the traffic to 10.10.20.0/24 is also that of tunnel hq-depot (to 10.10.16.0/20)"
    ]


def test_a_tunnel_is_checked_against_active_tunnels_that_were_not_chosen() -> None:
    """Overlap with a tunnel that this run does not touch counts, with a disabled one it does not."""
    overlapping = {"b__protected_prefixes": ["10.10.16.0/20"], "b__probe_address": "10.10.30.1"}
    both = intent(tunnel(), third(**overlapping))
    with pytest.raises(
        IntentError, match=r"^tunnel hq-depot: on vpn2611 the traffic to 10\.10\.16\.0/20 is also that of tunnel hq-branch"
    ):
        validate(both, both.select(["hq-depot"]), THREE, TODAY)
    assert accepted(intent(tunnel(), third(status="disabled", **overlapping)), THREE) == ()


def test_one_peer_has_one_key() -> None:
    """Two tunnels of a host to the same peer address cannot have different keys."""
    lines = refusal(intent(tunnel(), third(b__outside_ip="172.18.124.199")), THREE)
    problem = "on vpn2611 tunnel hq-depot has another preshared_key_ref for the same peer 172.18.124.199, which has one key"
    assert lines == [f"tunnel hq-branch: {problem}"]


def test_names_on_a_device_are_given_once() -> None:
    """Two tunnels of a host cannot be given the same access list, nor the same sequence number of one map."""
    names = {"access_list": "TO-SITE", "map_sequence": 5}
    assert refusal(intent(tunnel(a__cisco=names), third(a__cisco=names)), THREE) == [
        "tunnel hq-branch: on vpn2611 tunnel hq-depot has the same access_list TO-SITE",
        "tunnel hq-branch: on vpn2611 tunnel hq-depot has the same map_sequence 5",
    ]
    other = {"access_list": "TO-DEPOT", "map_sequence": 6}
    assert accepted(intent(tunnel(a__cisco=names), third(a__cisco=other)), THREE) == ()


@pytest.mark.parametrize(
    ("policy", "said"),
    [({"version": 2}, "has version 2"), ({}, "names no version, which means version 2,")],
    ids=["written", "left out"],
)
def test_ikev2_is_refused_until_it_is_built(policy: dict[str, Any], said: str) -> None:
    """A policy of version 2, which is also what a policy without a version is, is one sentence that says what to write."""
    young = ends("881 15.4(3)M3", "881 15.4(3)M3")
    data = intent().ike_policies["p1"].model_dump(exclude={"version", "mode"})
    made = replace(intent(), ike_policies={"p1": IKEPolicy.model_validate({**data, **policy})})
    older = Carried({"ios-15": frozenset({(1, "crypto-map")})}, frozenset())
    with pytest.raises(IntentError) as raised:
        validate(made, made.select(), young, TODAY, carried=older)
    assert str(raised.value) == (
        f"tunnel hq-branch: IKE policy p1 {said} and IKEv2 is not built yet: write version: 1 and mode: main"
    )


def test_a_device_without_the_ike_version_is_named() -> None:
    """An end whose release does not speak the IKE version of the policy is named, with the versions that both have."""
    young = platform_for("881", "15.4(3)M3")
    only_2 = replace(young, suites={2: young.suites[2]})
    assert refusal(intent(), {"vpn2611": young, "vpn3640": only_2}) == [
        "tunnel hq-branch: IKEv1 is more than vpn3640 (881 with 15.4(3)M3) can do: use an IKE policy with version 2, "
        "or run a newer release there"
    ]


def test_address_translation_between_the_ends_is_refused() -> None:
    """nat_traversal: true reaches no device yet, so it is refused also where both releases could do it."""
    young = ends("881 15.4(3)M3", "881 15.4(3)M3")
    (line,) = refusal(intent(tunnel(nat_traversal=True)), young)
    assert line.startswith("tunnel hq-branch: nat_traversal: true is not built yet")


@pytest.mark.parametrize(
    ("near", "far", "fits"),
    [("peer", "peer", True), ("hub", "spoke", True), ("spoke", "hub", True), ("hub", "peer", False), ("spoke", "spoke", False)],
)
def test_the_roles_of_the_two_ends_fit_each_other(near: str, far: str, fits: bool) -> None:
    """Both are peers, or one is the hub and the other the spoke."""
    made = intent(tunnel(a__role=near, b__role=far))
    if fits:
        assert accepted(made) == ()
    else:
        assert refusal(made) == [
            f"tunnel hq-branch: role {near} of vpn2611 does not go with role {far} of vpn3640: "
            "the ends are peer and peer, or hub and spoke"
        ]


def test_what_no_tunnel_uses_is_named_once() -> None:
    """A record that nothing refers to is a warning that names it, for all of them together."""
    made = intent()
    spare = made.ipsec_policies["p2"].model_copy(update={"name": "spare"})
    proposal = made.ike_proposals["ike"].model_copy(update={"name": "left"})
    more = replace(
        made,
        ipsec_policies={**made.ipsec_policies, "spare": spare},
        ike_proposals={**made.ike_proposals, "left": proposal},
    )
    assert accepted(more) == ("no tunnel uses IPsec policy spare, IKE proposal left",)


def test_a_proposal_behind_the_one_that_is_built_is_named() -> None:
    """Of the proposals that both ends can do the first is built; the others are named, once for all tunnels."""
    made = intent(tunnel(), third())
    second = made.ike_proposals["ike"].model_copy(update={"name": "second", "sa_lifetime": 3600})
    policy = made.ike_policies["p1"].model_copy(update={"proposals": ("ike", "second")})
    more = replace(made, ike_proposals={**made.ike_proposals, "second": second}, ike_policies={"p1": policy})
    assert accepted(more, THREE) == (
        "IKE proposal second (3des-cbc, hmac-sha1, group 2) is not offered: one is built, "
        "and ike comes first that both ends can do",
    )


def test_aggressive_mode_is_refused() -> None:
    """Aggressive mode gives away what an attacker needs to guess the key."""
    assert "aggressive mode is not built" in refusal(intent(policy={"mode": "aggressive"}))[0]


def test_every_problem_of_every_tunnel_is_listed() -> None:
    """Two tunnels with two problems each give four lines."""
    lines = refusal(
        intent(tunnel(waiver=None, a__probe_address="10.9.9.9"), third(waiver=None, a__probe_address="10.9.9.9")), THREE
    )
    assert [line.split(":")[0] for line in lines] == ["tunnel hq-branch"] * 2 + ["tunnel hq-depot"] * 2


@pytest.mark.parametrize("name", ["run.json", "RECAP.TXT", "journal.jsonl", "secrets.enc", "debug.log", "by-hand.cfg"])
def test_name_of_a_file_of_the_run_folder(name: str) -> None:
    """A tunnel that is called like a file of a run folder would keep that file from being written: refused before anything."""
    (problem,) = refusal(intent(tunnel(name=name)))
    assert f"the name {name} may not end in" in problem
