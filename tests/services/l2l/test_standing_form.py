"""A tunnel that is there in the form that is wanted, and differs: what is edited, what goes, and what others keep."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from msgspec.structs import replace

from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan
from nr_run.inventory.intents.intent import Style
from nr_run.services.common.building import build
from nr_run.services.l2l.tunnel_form import TunnelForm
from nr_run.services.service import Site, Stage, Traffic

from .test_tunnel_form import FIREWALL, FORMS, ROUTER, site_of

OTHER_PROFILE = """crypto ikev2 keyring OTHERS
 peer them
  address 203.0.113.9
  pre-shared-key <secret:them>
crypto ikev2 profile OTHERS
 match identity remote address 203.0.113.9 255.255.255.255
 authentication remote pre-share
 authentication local pre-share
 keyring local OTHERS
"""


def changed(on: str, running: str, version: int, style: Style, more: str = "", **wants: Any) -> tuple[Change, tuple[str, ...]]:
    """The change of hq-branch, which the device has, to another peer or proposal; ``more`` is on the device beside it."""
    site, _ = site_of(on, running, version, style)
    stage = Stage("tunnel", (TunnelForm(version, style),), Traffic(), 0.0, 1)
    os = site.platform.os
    before, end, after = running.rpartition(": end" if os == "asa" else "end")
    there = before + build(stage, site).text + more + end + after
    end_now = site.member.wants
    member = replace(site.member, wants=replace(end_now, **wants))
    built = build(stage, Site(member, site.platform, there, site.keys, None))
    return plan("hq", os, built.text, there, built.replacing), built.decisions


@pytest.mark.parametrize(("version", "style"), FORMS)
@pytest.mark.parametrize(("on", "running"), [("881 15.4(3)M3", ROUTER), ("ASA 9.19(1)", FIREWALL)], ids=["881", "ASA"])
def test_another_peer_leaves_nothing_of_the_former_one(on: str, running: str, version: int, style: Style) -> None:
    """The key or tunnel group of the former peer goes or is edited, and the tunnel itself is never built a second time."""
    site, _ = site_of(on, running, version, style)
    wants = site.member.wants
    former = str(wants.end.remote.outside_ip)
    remote = wants.end.remote.model_copy(update={"outside_ip": IPv4Address("203.0.113.77")})
    change, _ = changed(on, running, version, style, end=replace(wants.end, remote=remote))
    assert not any(item.family.is_tunnel for item in change.created)
    assert any(edit.before.family.is_tunnel for edit in change.edited)
    after = (*change.created, *change.reused, *(edit.after for edit in change.edited))
    assert not [line for item in after for line in (item.header, *item.children) if former in line.split()]


@pytest.mark.parametrize("more", ["", OTHER_PROFILE], ids=["alone", "beside another peer"])
def test_the_old_offer_goes_unless_another_peer_has_it(more: str) -> None:
    """A new IKEv2 proposal takes the place of the old one in the policy; where another profile negotiates, the old one stays."""
    site, _ = site_of("881 15.4(3)M3", ROUTER, 2, "vti")
    wants = site.member.wants
    ike = wants.ike.model_copy(update={"group": 19 if wants.ike.group != 19 else 20})
    change, _ = changed("881 15.4(3)M3", ROUTER, 2, "vti", more, ike=ike)
    gone = {item.family.name for item in change.removed}
    assert gone == (set() if more else {"ikev2-offer", "ikev2-proposal"})
    assert {item.family.name for item in change.created} == {"ikev2-offer", "ikev2-proposal"}
    assert any("phase 1 may be agreed with it" in sentence for sentence in change.stays) is bool(more)


@pytest.mark.parametrize(("version", "style"), FORMS)
@pytest.mark.parametrize(("on", "running"), [("881 15.4(3)M3", ROUTER), ("ASA 9.19(1)", FIREWALL)], ids=["881", "ASA"])
def test_another_proposal_is_built_beside_the_one_in_use(on: str, running: str, version: int, style: Style) -> None:
    """The new set or proposal is the next version of the name, the tunnel is switched to it, and the old one goes."""
    site, _ = site_of(on, running, version, style)
    wants = site.member.wants
    other = "aes-128-cbc" if wants.ipsec.encryption_algorithm == "aes-256-cbc" else "aes-256-cbc"
    ipsec = wants.ipsec.model_copy(update={"encryption_algorithm": other, "authentication_algorithm": "hmac-sha1"})
    change, decisions = changed(on, running, version, style, ipsec=ipsec)
    (made,), (gone,) = change.created, change.removed
    assert {made.family.name, gone.family.name} <= {"transform-set", "ipsec-proposal"}
    assert [item.key[1][0] for item in (gone, made)] == ["NR-hq-branch", "NR-hq-branch.v2"]
    switched = "entry" if style == "crypto-map" else "tunnel"
    assert f"NR-hq-branch.v2 is built beside what is in use, and the {switched} is switched to it" in decisions


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("on", "running"), [("881 15.4(3)M3", ROUTER), ("ASA 9.19(1)", FIREWALL)], ids=["881", "ASA"])
def test_other_networks_are_a_list_beside_the_one_in_use(on: str, running: str, version: int) -> None:
    """A crypto map of either version gets a new list, and the old one goes; with it goes a rule of an ASA against translation."""
    site, _ = site_of(on, running, version, "crypto-map")
    wants = site.member.wants
    remote = wants.end.remote.model_copy(update={"protected_prefixes": (IPv4Network("10.77.0.0/24"),)})
    change, _ = changed(on, running, version, "crypto-map", end=replace(wants.end, remote=remote))
    lists = [
        [item.key[1][0] for item in items if item.family.name == "access-list"] for items in (change.created, change.removed)
    ]
    assert lists == [["NR-hq-branch.v2"], ["NR-hq-branch"]]
    rules = [[item.header for item in items if item.family.name == "twice-nat"] for items in (change.created, change.removed)]
    groups = [
        [item.key[1] for item in items if item.family.name == "network-object"] for items in (change.created, change.removed)
    ]
    if on.startswith("ASA"):
        near, keeps = "source static NR-hq-branch-L NR-hq-branch-L destination static", "no-proxy-arp route-lookup"
        (new,), (old,) = rules
        assert new.endswith(f"{near} NR-hq-branch-R.v2 NR-hq-branch-R.v2 {keeps}")
        assert old.endswith(f"{near} NR-hq-branch-R NR-hq-branch-R {keeps}")
        assert groups == [[("NR-hq-branch-R.v2",)], [("NR-hq-branch-R",)]]
    else:
        assert (rules, groups) == ([[], []], [[], []])


def test_an_exemption_of_networks_of_before_is_named() -> None:
    """What kept the former networks from being translated stays in the list of others, and a person is told, with IKEv2 too."""
    nat = "ip nat inside source list NAT interface GigabitEthernet0/0 overload\nip access-list extended NAT\n permit ip any any\n"
    running = ROUTER.replace("end\n", f"{nat}end\n")
    for version in (1, 2):
        site, _ = site_of("881 15.4(3)M3", running, version, "crypto-map")
        wants = site.member.wants
        remote = wants.end.remote.model_copy(update={"protected_prefixes": (IPv4Network("10.77.0.0/24"),)})
        change, _ = changed("881 15.4(3)M3", running, version, "crypto-map", end=replace(wants.end, remote=remote))
        assert any("it is of networks that the tunnel had before" in sentence for sentence in change.stays)


@pytest.mark.parametrize(("version", "style"), FORMS)
def test_a_set_of_another_name_that_is_what_is_wanted_stays_in_use(version: int, style: Style) -> None:
    """A tunnel that uses a set with the wanted content under a name of somebody's own is left alone."""
    site, _ = site_of("881 15.4(3)M3", ROUTER, version, style)
    stage = Stage("tunnel", (TunnelForm(version, style),), Traffic(), 0.0, 1)
    built = build(stage, site).text.replace("transform-set NR-hq-branch", "transform-set SOMEBODYS")
    there = ROUTER.replace("end\n", f"{built}end\n")
    again = build(stage, replace(site, running=there))
    assert not plan("hq", "ios", again.text, there, again.replacing)


def test_a_key_that_no_client_is_asked_behind_stays_as_it_is() -> None:
    """The key of a tunnel interface keeps the no-xauth that somebody gave it: without clients it says nothing."""
    stage = Stage("tunnel", (TunnelForm(1, "vti"),), Traffic(), 0.0, 1)
    site, _ = site_of("881 15.4(3)M3", ROUTER, 1, "vti")
    built = build(stage, site).text
    (line,) = [line for line in built.splitlines() if line.startswith("crypto isakmp key ")]
    there = ROUTER.replace("end\n", f"{built.replace(line, f'{line} no-xauth')}end\n")
    again = build(stage, replace(site, running=there))
    assert not plan("hq", "ios", again.text, there, again.replacing)
