"""A head-end, the router that it is for, and what deploying and removing makes of a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nr_run.changes.plans.change import in_stages
from nr_run.changes.plans.plan import plan, plan_removal
from nr_run.checks.planned_running import running_with
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.common.building import build
from nr_run.services.flexvpn.intent import FlexVpn
from nr_run.services.flexvpn.service import FLEXVPN, deployment_of
from nr_run.services.service import Sight, Site

from ...changes.whole import whole
from .shown import outputs

HOST = "xe-remote"
PLATFORM = platform_for("C8000V", "17.12.1")
KEYS = {f"credential:{name}": f"<secret:credential:{name}>" for name in ("anna", "joe")}
BARE = """\
version 17.12
hostname xe-remote
aaa new-model
aaa authentication login default local
aaa session-id common
username nr privilege 15 secret 9 <key:00000009>
crypto pki trustpoint VPN-TP
 enrollment selfsigned
interface GigabitEthernet1
 ip address 172.18.124.117 255.255.255.0
interface GigabitEthernet2
 ip address 10.10.117.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 172.18.124.1
line vty 0 4
end
"""


def values(**other: Any) -> dict[str, Any]:
    """The fields of a head-end, as a file has them."""
    given: dict[str, Any] = {
        "name": "laptops",
        "host": HOST,
        "interface": "GigabitEthernet1",
        "outside_ip": "172.18.124.117",
        "server_name": "vpn.example.com",
        "trustpoint": "VPN-TP",
        "pool": {"first": "192.168.117.10", "last": "192.168.117.59"},
        "protected_prefixes": ["10.10.117.0/24"],
        "probe_address": "10.10.117.1",
        "users": [{"name": "anna", "password_ref": "credential:anna"}],
        "reconnect_timeout": 900,
    }
    return given | other


def head_end(**other: Any) -> FlexVpn:
    """A head-end."""
    return FlexVpn.model_validate(values(**other))


#: Nobody is connected, and nobody sleeps.
NOBODY_IN = outputs(active=0)


def planned(wanted: FlexVpn, running: str, shown: Mapping[str, str] | None = None) -> Sight[FlexVpn]:
    """The plan that builds it on a router that runs this; ``shown`` is what else it says of itself."""
    deployment = deployment_of(wanted)
    (member,) = deployment.members
    changes, now = [], running
    for stage in deployment.stages:
        built = build(stage, Site(member, PLATFORM, now, KEYS, None, shown or {}))
        changes.append(plan(HOST, "ios", built.text, now, built.replacing))
        now = running_with(changes[-1], now)
    return Sight(member, PLATFORM, whole(running, "ios", HOST), in_stages(changes, deployment.way_back))


def deployed(wanted: FlexVpn, running: str, shown: Mapping[str, str] | None = None) -> str:
    """What the router runs when it is built."""
    return running_with(planned(wanted, running, shown).change, running)


def removed(wanted: FlexVpn, running: str) -> tuple[str, tuple[str, ...]]:
    """What the router runs when it is taken away, and what is said to stay."""
    going = FLEXVPN.removal(deployment_of(wanted), planned(wanted, running), running)
    return running_with(plan_removal(HOST, "ios", going.items, running, stays=going.stays), running), going.stays
