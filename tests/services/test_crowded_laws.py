"""Laws of what a service plans by itself, beside neighbours of every family, for every form of a tunnel and for VPN clients.

The devices that judge share no code with the planner, and refuse a name that is nowhere, the removal of what is in use, and any
change of what is somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nr_run.changes.configurations import tree
from nr_run.changes.objects import read
from nr_run.changes.plans.change import Change, in_stages
from nr_run.changes.plans.plan import plan, plan_removal, plan_reversal
from nr_run.checks.finding import against
from nr_run.checks.planned_running import running_with
from nr_run.inventory.models.platforms import Platform
from nr_run.services.common.building import build
from nr_run.services.l2l.records import WantedTunnel
from nr_run.services.l2l.service import L2L
from nr_run.services.l2l.service import deployment_of as tunnel_of
from nr_run.services.ra.service import REMOTE_ACCESS
from nr_run.services.ra.service import deployment_of as group_of
from nr_run.services.service import Deployment, Service, Sight, Site

from ..changes.deep_boxes import ASA_BASE, ASA_CROWD, ASA_ENABLED, ASA_TUNNEL, IOS_BASE, IOS_CROWD, PEER
from ..changes.deep_device import DeepDevice
from ..changes.test_deep_laws import enter, lines_of
from ..changes.trees import same
from ..changes.whole import read_back, restore, whole
from ..sampling import examples
from .l2l.example import FAR, crypto_of, intent, platform
from .ra.groups import KEYS, group

LAW = settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
NEAR = {"host": "box", "outside_ip": "203.0.113.1", "protected_prefixes": ["10.1.0.0/16"], "probe_address": "10.1.0.1"}
THEIRS = {**FAR, "outside_ip": PEER, "protected_prefixes": ["10.20.0.0/16"], "probe_address": "10.20.0.1"}
TOKENS = {**KEYS, "credential:hq-branch-psk": "<secret:credential:hq-branch-psk>"}
#: Platform of the device and of the far end, where the device is connected to the Internet, and what it can build.
PLACES = {
    "ios": ("881 15.4(3)M3", "FastEthernet4", ((1, "crypto-map"), (1, "vti"), (2, "crypto-map"), (2, "vti"))),
    "ios124": ("3640 12.4(25)", "FastEthernet4", ((1, "crypto-map"), (1, "vti"))),
    "xe": ("C8000V 17.12.1", "FastEthernet4", ((1, "crypto-map"), (1, "vti"), (2, "crypto-map"), (2, "vti"))),
    "asa": ("ASA 9.19(1)", "GigabitEthernet0/0", ((1, "crypto-map"), (1, "vti"), (2, "crypto-map"), (2, "vti"))),
}
#: What stays of a removal because every peer of the device shares it; each is told.
SHARED = {"isakmp-policy", "isakmp-keepalive", "ikev2-policy", "ikev2-enable", "ikev2-proposal", "ikev2-offer", "ike-enable"}

#: What serves every group of a router, so that it stays while there is another.
OF_ALL_GROUPS = {
    "aaa-list",
    "crypto-map-setting",
    "crypto-map-dynamic",
    "dynamic-map-entry",
    "crypto-map-binding",
    "transform-set",
}


@dataclass(frozen=True)
class Scene:
    """A device, what shall be built on it, and by which service."""

    platform: Platform
    running: str
    deployment: Deployment[Any]
    service: Service

    @property
    def os(self) -> str:
        """Its operating system."""
        return self.platform.os

    def planned(self, running: str) -> Change:
        """The change that the service makes of what the device runs, stage by stage, as the engine plans it."""
        member = next(member for member in self.deployment.members if member.host == "box")
        changes, now = [], running
        for stage in self.deployment.stages:
            built = build(stage, Site(member, self.platform, now, TOKENS, None))
            changes.append(plan("box", self.os, built.text, now, built.replacing))
            now = running_with(changes[-1], now)
        return in_stages(changes, self.deployment.way_back)

    def sight(self, running: str) -> Sight[Any]:
        """What the service is shown of it."""
        member = next(member for member in self.deployment.members if member.host == "box")
        return Sight(member, self.platform, whole(running, self.os, "box"), self.planned(running))


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any neighbours, any form on each system, or VPN clients on a router that has users of its own."""
    kind = draw(st.sampled_from([*PLACES, "clients"]))
    base, crowd = (ASA_BASE, ASA_CROWD) if kind == "asa" else (IOS_BASE, IOS_CROWD)
    chosen = draw(st.sets(st.sampled_from(range(len(crowd)))))
    if base is IOS_BASE and 1 in chosen:
        # A tunnel that rests on the default policy of IKEv2 is refused company: with one of its own it is not.
        chosen |= {0}
    if base is ASA_BASE and ASA_ENABLED in chosen:
        # IKE that is spoken on an interface where nobody has a tunnel goes with the last one that used it.
        chosen |= {ASA_TUNNEL}
    running = base + "".join(crowd[number] for number in sorted(chosen))
    if kind == "clients":
        wanted = group(
            host="box",
            interface="FastEthernet4",
            outside_ip=IPv4Address("203.0.113.1"),
            protected_prefixes=(IPv4Network("10.1.0.0/16"),),
            probe_address=IPv4Address("10.1.0.1"),
        )
        own = "aaa new-model\naaa authentication login default local\n"
        head, _, rest = running.partition("interface FastEthernet4")
        if own.splitlines()[1] in running:
            own = "aaa new-model\n"
        text = f"{head}{own}interface FastEthernet4{rest}"
        return Scene(platform("2611 12.2(8)T"), text, group_of(wanted), REMOTE_ACCESS)
    name, interface, forms = PLACES[kind]
    version, style = draw(st.sampled_from(forms))
    made = intent(version=version, style=style, near={**NEAR, "interface": interface}, far={**THEIRS, "interface": interface})
    tunnel = made.tunnels["hq-branch"]
    deployment = tunnel_of(WantedTunnel(tunnel, crypto_of(made, name, name), style))
    return Scene(platform(name), running, deployment, L2L)


def built(scene: Scene) -> tuple[DeepDevice, Change, str]:
    """The device with what was wanted, the change that brought it, and what the device showed before."""
    device = DeepDevice(scene.os, scene.running)
    before = device.show()
    change = scene.planned(before)
    for stage in change.stages or (change,):
        enter(device, lines_of(stage.forward))
    return device, change, before


@LAW
@given(scenes())
def test_it_comes_and_goes(scene: Scene) -> None:
    """The device takes each line and has what was wanted; a second plan is empty; the inverse leaves it byte for byte as it
    was."""
    device, change, before = built(scene)
    assert change.created
    assert against(read_back(change, before, device.show(), "now")) == ()
    assert not scene.planned(device.show())
    enter(device, lines_of(change.inverse))
    assert tree.normalise(device.show()) == tree.normalise(before)


@LAW
@given(scenes(), st.data())
def test_any_cut_is_taken_back(scene: Scene, data: st.DataObject) -> None:
    """The session ends behind any line: what is planned then leaves the device byte for byte as it was."""
    _, change, before = built(scene)
    lines = [line for stage in change.stages or (change,) for line in lines_of(stage.forward)]
    for count in data.draw(st.sets(st.integers(0, len(lines)), min_size=1, max_size=5)):
        device = DeepDevice(scene.os, scene.running)
        enter(device, lines[:count])
        enter(device, lines_of(restore(change, before, device.show())))
        assert tree.normalise(device.show()) == tree.normalise(before)


@LAW
@given(scenes())
def test_its_rollback_is_exact(scene: Scene) -> None:
    """Undone later from the record of the run, the device is as it was, and nothing is said to stay."""
    device, change, before = built(scene)
    back = plan_reversal(change, before, device.show())
    assert back.stays == ()
    enter(device, lines_of(back.forward))
    assert tree.normalise(device.show()) == tree.normalise(before)


@LAW
@given(scenes(), st.data())
def test_its_removal_takes_nothing_that_is_in_use(scene: Scene, data: st.DataObject) -> None:
    """Removed by the intent, nothing goes that anybody needs, nothing of others goes, and what stays of ours is named."""
    device, _, before = built(scene)
    there = device.show()
    going = scene.service.removal(scene.deployment, scene.sight(there), there)
    assert going.items
    removal = plan_removal("box", scene.os, going.items, there, stays=going.stays)
    lines = lines_of(removal.forward)
    enter(device, lines[: data.draw(st.integers(0, len(lines)))])
    enter(device, lines_of(restore(removal, there, device.show())))
    assert same(device.show(), there)
    enter(device, lines)
    now, then = read(scene.os, device.show()).objects, read(scene.os, before).objects
    assert then.keys() <= now.keys()
    left = {key: item for key, item in now.items() if key not in then}
    serves_others = any(family == "client-group" for family, _ in then)
    assert {family for family, _ in left} <= SHARED | (OF_ALL_GROUPS if serves_others else set())
    said = " ".join(going.stays)
    assert all(item.title in said for (family, _), item in left.items() if family != "ikev2-offer"), (left, going.stays)
