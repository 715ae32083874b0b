"""Plans as the runbooks hold them, made of configurations alone."""

from __future__ import annotations

from nr_run.changes.change import Change
from nr_run.checks.observation import Observation
from nr_run.inventory.intent import Crypto, End, Tunnel
from nr_run.inventory.platforms import Platform, platform_for
from nr_run.parsers.result import Parsed
from nr_run.runbooks.engine.planning import EndPlan, TunnelPlan
from nr_run.tasks.gather import Snapshot

from ..changes.rendering import IKE, IPSEC
from ..changes.whole import whole

_RUNNING = {"ios": "show running-config", "asa": "more system:running-config"}


def end_plan(end: End, platform: Platform, running: str, change: Change) -> EndPlan:
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
    return EndPlan(end, platform, Snapshot(end.local.host, outputs, seen), "", (), change, ())


def tunnel_plan(name: str, near: EndPlan, far: EndPlan) -> TunnelPlan:
    """Both ends, with the cryptography of the example."""
    tunnel = Tunnel(
        name=name,
        ipsec_profile="p",
        preshared_key_ref="credential:psk",
        terminations=(near.end.local, far.end.local),
    )
    return TunnelPlan(tunnel, Crypto(1, "main", (IKE,), (IPSEC,), 2), (near, far))


def plan_of(name: str, end: End, running: str, change: Change) -> TunnelPlan:
    """A plan whose far end has nothing to do."""
    platform = platform_for("2611", "12.2(8)T")
    far = End(end.remote, end.local)
    nothing = Change(far.local.host, "ios", (), (), (), (), ())
    return tunnel_plan(name, end_plan(end, platform, running, change), end_plan(far, platform, "", nothing))
