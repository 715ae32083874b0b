"""The form that a tunnel had before a change in place, as far as our end tells it: what a rollback is verified against."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.plans.plan import plan
from nr_run.inventory.intents.intent import Style
from nr_run.inventory.intents.strength import narrow
from nr_run.services.common.building import build
from nr_run.services.l2l.records import WantedTunnel
from nr_run.services.l2l.service import L2L, deployment_of
from nr_run.services.service import Sight, Site

from .example import KEY, PARTNER, intent, platform
from .test_tunnel_form import FIREWALL, FORMS, ROUTER

INSIDE = "interface GigabitEthernet0/1\n ip address 10.10.10.1 255.255.255.0\nline vty 0 4\nend\n"


@pytest.mark.parametrize(("version", "style"), FORMS)
@pytest.mark.parametrize(
    ("on", "running"), [("881 15.4(3)M3", ROUTER.replace("end\n", INSIDE)), ("ASA 9.19(1)", FIREWALL)], ids=["881", "ASA"]
)
def test_the_form_of_before_of_a_tunnel_to_a_partner(on: str, running: str, version: int, style: Style) -> None:
    """In every form the proposal and the far networks of before are read from our end, and the form is kept."""
    far = {**PARTNER, "protected_prefixes": ["10.9.0.0/24"]}
    made = intent(version=version, style=style, far=far, cisco={"nat_exemption": "off"})
    tunnel, able = made.tunnels["hq-branch"], platform(on)
    before = WantedTunnel(tunnel, narrow(made.resolve(tunnel), [able]), style)
    there = running
    for wanted in (before, _changed(before)):
        deployment = deployment_of(wanted)
        site = Site(deployment.members[0], able, there, {tunnel.preshared_key_ref: KEY}, None)
        built = build(deployment.stages[0], site)
        change = plan("hq", able.os, built.text, there, built.replacing)
        if wanted is before:
            head, end, tail = there.rpartition(": end" if able.os == "asa" else "end")
            there = head + built.text + end + tail
    shown = Configuration("hq", able.os, "show running-config", there)
    found = L2L.previous(deployment, [Sight(deployment.members[0], able, shown, change)])
    assert found is not None
    assert found.wanted.style == style
    assert found.wanted.tunnel.foreign[0].protected_prefixes == tunnel.foreign[0].protected_prefixes
    was, now = before.crypto.ipsec_proposals[0], found.wanted.crypto.ipsec_proposals[0]
    assert (now.encryption_algorithm, now.authentication_algorithm) == (was.encryption_algorithm, was.authentication_algorithm)


def _changed(wanted: WantedTunnel) -> WantedTunnel:
    """Another proposal, and other networks behind the partner."""
    ipsec = wanted.crypto.ipsec_proposals[0]
    other = ipsec.model_copy(update={"encryption_algorithm": "aes-128-cbc", "authentication_algorithm": "hmac-sha1"})
    near, far = wanted.tunnel.terminations
    moved = far.model_copy(update={"protected_prefixes": (IPv4Network("10.77.0.0/24"),)})
    tunnel = wanted.tunnel.model_copy(update={"terminations": (near, moved)})
    return replace(wanted, tunnel=tunnel, crypto=replace(wanted.crypto, ipsec_proposals=(other,)))
