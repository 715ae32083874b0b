"""Style, addresses of tunnel interfaces, a far end that is not ours, and what is picked where the intent says auto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from nr_run.inventory.errors import IntentError
from nr_run.inventory.intents.auto_proposals import IKE_PREFERENCE, IPSEC_PREFERENCE
from nr_run.inventory.intents.built import WRITTEN, Carried, for_people
from nr_run.inventory.intents.forms import can_do, keeps_routing, nat_form, style_of
from nr_run.inventory.intents.intent import Intent, IntentFile
from nr_run.inventory.intents.strength import WEAK, algorithms, narrow
from nr_run.inventory.intents.validation import validate
from nr_run.inventory.models.platforms import Platform, platform_for

from .validated import TODAY, ends, tunnel

FOREIGN = {"partner": "Example Ltd", "outside_ip": "172.18.124.199", "protected_prefixes": ["10.10.20.0/24"]}
XE, ASA = "C8000V 17.12.1", "ASA 9.19(1)"
PREFIX = {"tunnel_prefix": "10.255.0.0/30"}


def written(*tunnels: Mapping[str, Any], version: int = 2, **policies: Any) -> Intent:
    """An intent of these tunnels in which nr-run picks the cryptography; ``ike`` names proposals instead."""
    ike = policies.get("ike", [])
    mode = {"mode": "main"} if version == 1 else {}
    return Intent.of(
        IntentFile.model_validate(
            {
                "schema_version": 1,
                "ike_proposals": ike,
                "ike_policies": [
                    {"name": "p1", "version": version, **mode, "proposals": [p["name"] for p in ike] if ike else "auto"}
                ],
                "ipsec_policies": [{"name": "p2", "proposals": "auto", "pfs_group": "auto"}],
                "ipsec_profiles": [{"name": "ios-12.2", "ike_policy": "p1", "ipsec_policy": "p2"}],
                "tunnels": tunnels or [tunnel(waiver=None)],
            }
        )
    )


def one(**changes: Any) -> dict[str, Any]:
    """The example tunnel without its waiver."""
    return tunnel(waiver=None, **changes)


def foreign(**changes: Any) -> dict[str, Any]:
    """The example tunnel with a far end that is not ours."""
    data = one()
    return {**data, "terminations": [data["terminations"][0], {**FOREIGN, **changes}]}


def refused(made: Intent, platforms: Mapping[str, Platform]) -> str:
    """The problems, with all that can be written counted as built."""
    with pytest.raises(IntentError) as caught:
        validate(made, made.select(), platforms, TODAY, carried=WRITTEN)
    return str(caught.value)


#: What was carried at first.
OLDEST = Carried(dict.fromkeys(WRITTEN.forms, frozenset({(1, "crypto-map")})), frozenset())


def taken(made: Intent, platforms: Mapping[str, Platform]) -> tuple[str, ...]:
    """The warnings, with all that can be written counted as built."""
    return validate(made, made.select(), platforms, TODAY, carried=WRITTEN)


def test_what_is_picked_needs_no_waiver_between_young_ends() -> None:
    """Between two young releases the strongest needs no waiver, and nothing is left to be told."""
    assert taken(written(), ends(XE, ASA)) == ()
    crypto = narrow(written().resolve(written().tunnels["hq-branch"]), [platform_for(*p.split()) for p in (XE, ASA)])
    assert [p.name for p in crypto.ike_proposals] == ["auto-aes-256-cbc-hmac-sha384-20"]
    assert [p.name for p in crypto.ipsec_proposals] == ["auto-aes-256-gcm"]
    assert crypto.pfs_group == 20


def test_what_is_picked_needs_a_waiver_between_old_ends() -> None:
    """The strength that counts is that of what is picked: between old releases it is weak, and says what of it."""
    old = ends("2611 12.2(8)T", "3640 12.2(8)T")
    said = refused(written(version=1), old)
    assert said == (
        "tunnel hq-branch: weak cryptography (3des-cbc, hmac-sha1, group 5) needs a waiver with until, ticket and reason"
    )
    assert taken(written(tunnel(), version=1), old) == ()


def test_nothing_in_common_is_told_part_by_part() -> None:
    """Where nothing can be picked, each part that has nothing in common is told with what each end has, and two ways out."""
    said = refused(written(version=1), ends("2611 12.2(8)T", XE)).splitlines()[0]
    assert "cipher: vpn2611 (2611 with 12.2(8)T) has only 3des-cbc, vpn3640 (C8000V with 17.12.1) has only aes-128-cbc" in said
    assert "group: vpn2611 (2611 with 12.2(8)T) has only group 2 group 5, vpn3640" in said
    assert said.count(", or ") == 1


def test_pfs_that_cannot_be_picked_is_told() -> None:
    """Without a group in common for PFS the groups of both ends are named."""
    young = platform_for(*XE.split())
    bare = replace(young, suites={**young.suites, 2: replace(young.suites[2], pfs_groups=frozenset({24}))})
    said = refused(written(), {"vpn2611": bare, "vpn3640": young})
    assert "there is no pfs_group that both ends can do (vpn2611 (C8000V with 17.12.1) has 24; vpn3640" in said


def test_preference_goes_down() -> None:
    """What needs no waiver comes before all that does, and no proposal twice."""
    for preference in (IKE_PREFERENCE, IPSEC_PREFERENCE):
        weak = [bool(set(algorithms(offer)) & WEAK.keys()) for offer in preference]
        assert weak == sorted(weak)
        assert len({algorithms(offer) for offer in preference}) == len(preference)


@pytest.mark.parametrize(
    ("changes", "on", "style"),
    [
        ({}, (XE, XE), "crypto-map"),
        (PREFIX, (XE, XE), "vti"),
        (PREFIX, (XE, "ASA 9.1(7)"), "crypto-map"),
        ({**PREFIX, "cisco": {"style": "crypto-map"}}, (XE, XE), "crypto-map"),
        ({"cisco": {"style": "vti"}}, (XE, XE), "vti"),
    ],
)
def test_auto_is_a_tunnel_interface_where_there_are_addresses_and_all_ends_can(
    changes: dict[str, Any], on: tuple[str, str], style: str
) -> None:
    """auto is vti with a tunnel_prefix on ends that can do it, else crypto-map; a named style is taken as it is."""
    made = written(one(**changes)).tunnels["hq-branch"]
    assert style_of(made, 2, ends(*on).values()) == style


def test_addresses_that_are_not_used_are_told() -> None:
    """A tunnel_prefix beside a crypto map is a warning, not silence."""
    said = taken(written(one(**PREFIX)), ends(XE, "ASA 9.1(7)"))
    assert "tunnel hq-branch: tunnel_prefix 10.255.0.0/30 is not used: the style is crypto-map" in said


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"cisco": {"style": "vti"}}, "style vti needs a tunnel_prefix"),
        (
            {"tunnel_prefix": "10.10.20.4/30"},
            "tunnel_prefix 10.10.20.4/30 overlaps the protected prefix 10.10.20.0/24 of vpn3640",
        ),
        (
            {"tunnel_prefix": "172.18.124.156/30"},
            "tunnel_prefix 172.18.124.156/30 holds the outside_ip 172.18.124.159 of vpn2611",
        ),
        ({**PREFIX, "a__cisco": {"crypto_map": "VPN"}}, "cisco.crypto_map of vpn2611 is of a crypto map, and the style is vti"),
        ({**PREFIX, "b__cisco": {"access_list": "A"}}, "cisco.access_list of vpn3640 is of a crypto map, and the style is vti"),
        ({**PREFIX, "cisco": {"nat_exemption": "off"}}, "cisco.nat_exemption is of a crypto map, and the style is vti"),
        ({"a__cisco": {"tunnel_interface": 3}}, "cisco.tunnel_interface of vpn2611 is of a tunnel interface"),
        ({"cisco": {"mss": 1300}}, "cisco.mss is built on tunnel interfaces only"),
        ({"cisco": {"mtu": 1300}}, "cisco.mtu is built on tunnel interfaces only"),
        ({**PREFIX, "cisco": {"mtu": 1300, "mss": 1261}}, "cisco.mss 1261 does not fit into cisco.mtu 1300: at most 1260 does"),
    ],
)
def test_fields_that_do_not_go_with_the_style(changes: dict[str, Any], problem: str) -> None:
    """A field that says nothing in the style of the tunnel is refused, and so is a style without what it needs."""
    assert f"tunnel hq-branch: {problem}" in refused(written(one(**changes)), ends(XE, XE))


def test_sizes_are_not_those_of_a_whole_firewall() -> None:
    """mss on an ASA is one value for all that it carries: with no router among our ends it is refused."""
    made = written(one(**PREFIX, cisco={"mss": 1300}))
    assert "cisco.mss is not built on an ASA" in refused(made, ends(ASA, ASA))
    assert taken(made, ends(ASA, XE)) == ()


@pytest.mark.parametrize(
    ("version", "near", "since"),
    [(1, "2611 12.2(8)T", "IOS 12.4(1)"), (1, "ASA 9.1(7)", "ASA 9.7(1)"), (2, "ASA 9.7(1)", "ASA 9.8(1)")],
)
def test_a_release_without_tunnel_interfaces_is_named(version: int, near: str, since: str) -> None:
    """The end that cannot do the style is named with the release that brings it, and with the other way out."""
    made = written(one(**PREFIX, cisco={"style": "vti"}), version=version)
    said = refused(made, ends(near, "881 15.4(3)M3"))
    assert f"style vti with IKEv{version} is more than vpn2611 (" in said
    assert f"use style crypto-map, or run {since} or newer there" in said


@pytest.mark.parametrize(
    ("on", "version", "able"),
    [
        ("3640 12.3(26)", 1, False), ("3640 12.4(1)", 1, True), ("881 15.4(3)M3", 2, True), ("ASA 9.6(4)", 1, False),
        ("ASA 9.7(1)", 1, True), ("ASA 9.7(1)", 2, False), ("ASA 9.8(1)", 2, True), ("C8000V 17.1.1", 2, True),
    ],
)  # fmt: skip
def test_tunnel_interfaces_by_release(on: str, version: int, able: bool) -> None:
    """The release that brings tunnel interfaces with IPsec, for each IKE version."""
    assert can_do(platform_for(*on.split()), version, "vti") is able


@pytest.mark.parametrize(
    ("on", "form", "flags"),
    [
        ("2611 12.2(8)T", None, False), ("3640 12.4(25)", "ios-list", False), ("C8000V 17.12.1", "ios-list", False),
        ("ASA 8.2(5)", "asa-nat-0", False), ("ASA 8.3(1)", "asa-twice", False), ("ASA 8.4(2)", "asa-twice", True),
    ],
)  # fmt: skip
def test_exemption_by_release(on: str, form: str | None, flags: bool) -> None:
    """How address translation leaves a tunnel alone, by release."""
    assert (nat_form(platform_for(*on.split())), keeps_routing(platform_for(*on.split()))) == (form, flags)


def test_tunnel_addresses_are_those_of_the_ends_in_their_order() -> None:
    """Of a /30 the two host addresses, of a /31 both; the first is of the first end."""
    for prefix, expected in (
        ("10.255.0.4/30", ["10.255.0.5/30", "10.255.0.6/30"]),
        ("10.255.0.4/31", ["10.255.0.4/31", "10.255.0.5/31"]),
    ):
        made = written(one(tunnel_prefix=prefix)).tunnels["hq-branch"]
        assert [str(made.tunnel_address(end)) for end in made.terminations] == expected
    assert written().tunnels["hq-branch"].tunnel_address(written().tunnels["hq-branch"].terminations[0]) is None


def two(**changes: Any) -> Intent:
    """Two tunnels of vpn2611, to two peers unless said otherwise."""
    other = {
        "name": "hq-depot", "b__host": "depot", "b__outside_ip": "172.18.124.200",
        "b__protected_prefixes": ["10.10.30.0/24"], "b__probe_address": "10.10.30.1", "tunnel_prefix": "10.255.0.4/30",
    }  # fmt: skip
    return written(one(**PREFIX), one(**{**other, **changes}))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"tunnel_prefix": "10.255.0.0/31"}, "on vpn2611 tunnel hq-depot has the same tunnel_prefix 10.255.0.0/31"),
        (
            {"b__outside_ip": "172.18.124.199"},
            "on vpn2611 tunnel hq-depot has the same peer 172.18.124.199: two tunnels to one peer",
        ),
    ],
)
def test_two_tunnels_of_a_host_do_not_share(changes: dict[str, Any], problem: str) -> None:
    """Addresses of tunnel interfaces, and with IKEv2 or a tunnel interface a peer, belong to one tunnel."""
    three = {**ends(XE, XE), "depot": platform_for(*XE.split())}
    assert taken(two(), three) == ()
    assert f"tunnel hq-branch: {problem}" in refused(two(**changes), three)


def test_tunnel_interface_numbers_are_given_once() -> None:
    """The intent cannot give the same number to two tunnels of a host."""
    number = {"cisco": {"tunnel_interface": 5}}["cisco"]
    made = written(one(**PREFIX, a__cisco=number), one(
        name="hq-depot", b__host="depot", b__outside_ip="172.18.124.200", b__protected_prefixes=["10.10.30.0/24"],
        b__probe_address="10.10.30.1", tunnel_prefix="10.255.0.4/30", a__cisco=number,
    ))  # fmt: skip
    said = refused(made, {**ends(XE, XE), "depot": platform_for(*XE.split())})
    assert "on vpn2611 tunnel hq-depot has the same tunnel_interface 5" in said


def test_a_short_ikev2_lifetime_is_refused() -> None:
    """No release takes less than 120 seconds for an IKEv2 SA."""
    ike = {"name": "a", "encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha256", "group": 14}
    said = refused(written(ike=[{**ike, "sa_lifetime": 119}]), ends(XE, XE))
    assert "IKE proposal a: sa_lifetime 119 is less than IKEv2 takes on vpn2611 and vpn3640 (120)" in said


def test_a_far_end_that_is_not_ours_is_taken_once_it_is_carried() -> None:
    """With one end of ours only that end counts for what can be done; where it is not carried, it is refused as not built."""
    here = {"vpn2611": platform_for(*XE.split())}
    made = written(foreign())
    assert taken(made, here) == ()
    with pytest.raises(IntentError, match=r"an end without a host \(Example Ltd\) is not ours, .* is not built yet"):
        validate(made, made.select(), here, TODAY, carried=OLDEST)
    assert for_people(made.tunnels["hq-branch"]) == (
        "Headquarters to branch office",
        "172.18.124.199 is an end of Example Ltd, which is not ours",
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"probe_address": "10.10.21.1"}, "probe_address 10.10.21.1 of Example Ltd is in none of its own protected prefixes"),
        ({"outside_ip": "172.18.124.159"}, "both ends have the outside_ip 172.18.124.159"),
        (
            {"protected_prefixes": ["10.10.10.0/25"]},
            "protected prefix 10.10.10.0/24 of vpn2611 overlaps 10.10.10.0/25 of Example Ltd: translation of networks in a "
            "tunnel is not built, so one side needs other addresses",
        ),
        ({"offers": ["nothing"]}, "offers of Example Ltd: there is no proposal 'nothing'"),
        ({"role": "spoke"}, "role peer of vpn2611 does not go with role spoke of Example Ltd"),
    ],
)
def test_a_far_end_that_is_not_ours_is_checked(changes: dict[str, Any], problem: str) -> None:
    """What is written of a partner's end has to fit our end."""
    assert f"tunnel hq-branch: {problem}" in refused(written(foreign(**changes)), {"vpn2611": platform_for(*XE.split())})


def test_what_a_far_end_offers_is_picked_from() -> None:
    """Of named proposals those that the far end offers are left, in the policy's order; with auto its offers are the list."""
    base = {"encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha256"}
    ike = [{"name": "best", **base, "group": 20}, {"name": "good", **base, "group": 14}]
    made = written(foreign(offers=["good"]), ike=ike)
    assert [p.name for p in made.resolve(made.tunnels["hq-branch"]).ike_proposals] == ["good"]
    auto = replace(made, ike_policies=written().ike_policies)
    assert [p.name for p in auto.resolve(auto.tunnels["hq-branch"]).ike_proposals] == ["good"]
    none = written(foreign(offers=["good"]), ike=[ike[0]])
    here = {"vpn2611": platform_for(*XE.split())}
    assert "offers of Example Ltd: there is no proposal 'good'" in refused(none, here)
    assert "Example Ltd offers no IKE proposal that the IKE policy of the tunnel names" in refused(
        replace(made, ike_policies=none.ike_policies), here
    )


def test_one_end_has_to_be_ours() -> None:
    """A tunnel of which neither end has a host is none that anybody here could build."""
    data = one()
    made = written(
        {**data, "terminations": [{**FOREIGN, "outside_ip": "192.0.2.9", "protected_prefixes": ["10.1.0.0/24"]}, FOREIGN]}
    )
    assert "neither end has a host: one of them has to be ours" in refused(made, {})


@pytest.mark.parametrize(("field", "word"), [("routes", "none")])
def test_what_the_engine_does_not_carry_is_refused_until_it_is_switched_on(field: str, word: str) -> None:
    """A word that changes nothing today is refused today, and taken where its part is carried."""
    made = written(tunnel(cisco={field: word}), version=1)
    old = ends("3640 12.4(25)", "3640 12.4(25)")
    with pytest.raises(IntentError, match=rf"cisco\.{field}: {word} is not built yet: leave it out"):
        validate(made, made.select(), old, TODAY, carried=OLDEST)
    assert taken(made, old) == ()


def test_routes_none_goes_with_a_crypto_map() -> None:
    """Nothing but its routes leads traffic into a tunnel interface; beside a crypto map a person may see to them."""
    made = written(one(**PREFIX, cisco={"routes": "none"}), version=1)
    assert "cisco.routes: none is not built with style vti" in refused(made, ends("881 15.4(3)M3", "881 15.4(3)M3"))


def test_a_tunnel_interface_is_refused_until_it_is_switched_on() -> None:
    """Where style vti is not carried on an end, that is one sentence, and what to write instead is said."""
    made = written(one(**PREFIX), version=1)
    young = ends("881 15.4(3)M3", ASA)
    with pytest.raises(
        IntentError, match=r"style vti, which auto means with a tunnel_prefix, with IKEv1 is not built yet on vpn2611"
    ):
        validate(made, made.select(), young, TODAY, carried=OLDEST)
