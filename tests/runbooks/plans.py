"""Plans as the runbooks hold them, made of configurations alone."""

from __future__ import annotations

from msgspec.structs import replace

from nr_run.changes.plans.change import Change
from nr_run.checks.observations.observation import Observation
from nr_run.inventory.intents.intent import Crypto, End, Tunnel
from nr_run.inventory.models.platforms import Platform, platform_for
from nr_run.parsers.result import Parsed
from nr_run.runbooks.engine.plans.planning import DeploymentPlan, MemberPlan
from nr_run.services.l2l.records import WantedTunnel
from nr_run.services.l2l.service import deployment_of
from nr_run.services.service import Member
from nr_run.tasks.gather import Snapshot

from ..changes.rendering import IKE, IPSEC
from ..changes.whole import whole

_RUNNING = {"ios": "show running-config", "asa": "more system:running-config"}


CRYPTO = Crypto(1, "main", (IKE,), (IPSEC,), 2)


def _member(end: End) -> Member:
    """An end of a tunnel that has no other name yet."""
    tunnel = Tunnel(name="t", ipsec_profile="p", preshared_key_ref="credential:psk", terminations=(end.local, end.remote))
    return deployment_of(WantedTunnel(tunnel, CRYPTO)).members[0]


def end_plan(end: End, platform: Platform, running: str, change: Change) -> MemberPlan:
    """One end of a plan on a device that runs this and has no SAs."""
    os = platform.os
    seen = Observation(
        end.local.host,
        "2026-11-21T12:00:00Z",
        os,
        {"ike": Parsed(os, "show crypto isakmp sa", ()), "ipsec": Parsed(os, "show crypto ipsec sa", ())},
    )
    shown = whole(running, os, end.local.host).text
    outputs = dict.fromkeys((_RUNNING[os], "show running-config", "show startup-config"), shown)
    return MemberPlan(_member(end), platform, Snapshot(end.local.host, outputs, seen), "", (), change, ())


def tunnel_plan(name: str, near: MemberPlan, far: MemberPlan) -> DeploymentPlan:
    """Both ends, with the cryptography of the example."""
    tunnel = Tunnel(
        name=name,
        ipsec_profile="p",
        preshared_key_ref="credential:psk",
        terminations=(near.member.wants.end.local, far.member.wants.end.local),
    )
    deployment = deployment_of(WantedTunnel(tunnel, CRYPTO))
    members = tuple(replace(made, member=member) for made, member in zip((near, far), deployment.members, strict=True))
    return DeploymentPlan(deployment, members)


def plan_of(name: str, end: End, running: str, change: Change) -> DeploymentPlan:
    """A plan whose far end has nothing to do."""
    platform = platform_for("2611", "12.2(8)T")
    far = End(end.remote, end.local)
    nothing = Change(far.local.host, "ios", (), (), (), (), ())
    return tunnel_plan(name, end_plan(end, platform, running, change), end_plan(far, platform, "", nothing))
