"""Groups of VPN clients, a tunnel beside them, and what deploying and removing makes of a configuration."""

from __future__ import annotations

from datetime import date
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from nr_run.changes.plans.change import in_stages
from nr_run.changes.plans.plan import plan, plan_removal
from nr_run.checks.planned_running import running_with
from nr_run.inventory.intents.intent import Crypto, Tunnel, TunnelTermination, Waiver
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.common.building import build
from nr_run.services.l2l.records import WantedTunnel
from nr_run.services.l2l.service import L2L
from nr_run.services.l2l.service import deployment_of as tunnel_of
from nr_run.services.ra.intent import Pool, RemoteAccess, User
from nr_run.services.ra.service import REMOTE_ACCESS
from nr_run.services.ra.service import deployment_of as group_of
from nr_run.services.service import Deployment, Sight, Site

from ...changes.rendering import IKE, IPSEC
from ...changes.whole import whole

HOST = "vpn2611"
PLATFORM = platform_for("2611", "12.2(8)T")
KEYS = {f"credential:{name}": f"<secret:credential:{name}>" for name in ("psk", "key", "jane", "second-key", "joe")}
BARE = """\
version 12.2
hostname vpn2611
aaa new-model
aaa authentication login default local
aaa session-id common
username nr secret 5 <key:00000009>
interface Ethernet0/0
 ip address 172.18.124.159 255.255.255.0
interface Ethernet0/1
 ip address 10.10.10.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 172.18.124.1
line vty 0 4
end
"""
WAIVER = Waiver(until=date(2099, 1, 1), ticket="T", reason="r")


def group(name: str = "staff", **other: Any) -> RemoteAccess:
    """A group as the example has one."""
    values: dict[str, Any] = {
        "name": name,
        "host": HOST,
        "interface": "Ethernet0/0",
        "outside_ip": IPv4Address("172.18.124.159"),
        "group_key_ref": "credential:key",
        "pool": Pool(first=IPv4Address("192.168.77.10"), last=IPv4Address("192.168.77.50")),
        "protected_prefixes": (IPv4Network("10.10.10.0/24"),),
        "probe_address": IPv4Address("10.10.10.1"),
        "users": (User(name="jane", password_ref="credential:jane"),),
        "waiver": WAIVER,
    }
    return RemoteAccess(**(values | other))


def second() -> RemoteAccess:
    """Another group on the same router."""
    pool = Pool(first=IPv4Address("192.168.78.10"), last=IPv4Address("192.168.78.50"))
    users = (User(name="joe", password_ref="credential:joe"),)
    return group("partners", pool=pool, users=users, group_key_ref="credential:second-key", tunnel="full")


def tunnel() -> Deployment:
    """A LAN-to-LAN tunnel of the same interface."""
    near = TunnelTermination(
        host=HOST,
        interface="Ethernet0/0",
        outside_ip=IPv4Address("172.18.124.159"),
        protected_prefixes=(IPv4Network("10.10.10.0/24"),),
        probe_address=IPv4Address("10.10.10.1"),
    )
    far = near.model_copy(
        update={
            "host": "vpn3640",
            "outside_ip": IPv4Address("172.18.124.199"),
            "protected_prefixes": (IPv4Network("10.10.20.0/24"),),
            "probe_address": IPv4Address("10.10.20.1"),
        }
    )
    wanted = Tunnel(name="hq-branch", ipsec_profile="p", preshared_key_ref="credential:psk", terminations=(near, far))
    return tunnel_of(WantedTunnel(wanted, Crypto(1, "main", (IKE,), (IPSEC,), 2)))


PARTS: dict[str, Deployment] = {"staff": group_of(group()), "partners": group_of(second()), "tunnel": tunnel()}


def planned(name: str, running: str) -> Sight:
    """The plan that builds a part on a router that runs this."""
    deployment = PARTS[name]
    member = next(member for member in deployment.members if member.host == HOST)
    changes, now = [], running
    for stage in deployment.stages:
        built = build(stage, Site(member, PLATFORM, now, KEYS, None))
        changes.append(plan(HOST, "ios", built.text, now, built.replacing))
        now = running_with(changes[-1], now)
    return Sight(member, PLATFORM, whole(running, "ios", HOST), in_stages(changes, deployment.way_back))


def deployed(name: str, running: str) -> str:
    """What the router runs when a part is built."""
    return running_with(planned(name, running).change, running)


def removed(name: str, running: str) -> str:
    """What the router runs when a part is taken away."""
    service = L2L if name == "tunnel" else REMOTE_ACCESS
    going = service.removal(PARTS[name], planned(name, running), running)
    return running_with(plan_removal(HOST, "ios", going.items, running, stays=going.stays), running)
