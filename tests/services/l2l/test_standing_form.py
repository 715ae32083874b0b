"""A tunnel that is there in the form that is wanted, and differs: what is edited, what goes, and what others keep."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest

from nr_run.changes.change import Change
from nr_run.changes.plan import plan
from nr_run.inventory.intent import Style
from nr_run.services.l2l.records import WantedEnd
from nr_run.services.l2l.tunnel_form import TunnelForm
from nr_run.services.service import Site, Stage, Traffic, build

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
    end_now: WantedEnd = site.member.wants
    member = replace(site.member, wants=replace(end_now, **wants))
    built = build(stage, Site(member, site.platform, there, site.keys, None))
    return plan("hq", os, built.text, there, built.replacing), built.decisions


@pytest.mark.parametrize(("version", "style"), FORMS)
@pytest.mark.parametrize(("on", "running"), [("881 15.4(3)M3", ROUTER), ("ASA 9.19(1)", FIREWALL)], ids=["881", "ASA"])
def test_another_peer_leaves_nothing_of_the_former_one(on: str, running: str, version: int, style: Style) -> None:
    """The key or tunnel group of the former peer goes or is edited, and the tunnel itself is never built a second time."""
    site, _ = site_of(on, running, version, style)
    wants: WantedEnd = site.member.wants
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
    wants: WantedEnd = site.member.wants
    ike = wants.ike.model_copy(update={"group": 19 if wants.ike.group != 19 else 20})
    change, _ = changed("881 15.4(3)M3", ROUTER, 2, "vti", more, ike=ike)
    gone = {item.family.name for item in change.removed}
    assert gone == (set() if more else {"ikev2-offer", "ikev2-proposal"})
    assert {item.family.name for item in change.created} == {"ikev2-offer", "ikev2-proposal"}
    assert any("phase 1 may be agreed with it" in sentence for sentence in change.stays) is bool(more)
