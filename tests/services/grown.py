"""Tunnels of one device, planned one after the other as a run plans them, and what is known of a text that has grown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nr_run.changes import objects
from nr_run.changes.configurations import tree
from nr_run.changes.configurations.look_up import LookUp
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan
from nr_run.checks.planned_running import running_with
from nr_run.services.common.building import build
from nr_run.services.l2l.records import WantedTunnel
from nr_run.services.l2l.service import deployment_of
from nr_run.services.service import Deployment, Site

from .l2l.example import FAR, crypto_of, intent, platform

TOKENS = {"credential:hq-branch-psk": "<secret:credential:hq-branch-psk>"}


def tunnels(kind: str, version: int, style: str, near: dict[str, Any], count: int) -> Iterator[Deployment[Any]]:
    """So many from one end, each to a far end of its own."""
    for number in range(count):
        high, low = divmod(number, 250)
        theirs = {
            **FAR,
            "interface": near["interface"],
            "outside_ip": f"198.18.{high}.{low + 1}",
            "protected_prefixes": [f"10.{100 + high}.{low}.0/24"],
            "probe_address": f"10.{100 + high}.{low}.1",
        }
        made = intent(version=version, style=style, near=near, far=theirs)
        tunnel = made.tunnels["hq-branch"].model_copy(update={"name": f"t{number:03}"})
        yield deployment_of(WantedTunnel(tunnel, crypto_of(made, kind, kind), style))  # type: ignore[arg-type]


def planned(kind: str, deployment: Deployment[Any], running: str) -> tuple[list[Change], str]:
    """The changes of all stages, and the running configuration behind them."""
    member, changes = deployment.members[0], []
    for stage in deployment.stages:
        built = build(stage, Site(member, platform(kind), running, TOKENS, None))
        changes.append(plan(member.host, platform(kind).os, built.text, running, built.replacing))
        running = running_with(changes[-1], running)
    return changes, running


def forget() -> None:
    """Nothing that was read is at hand."""
    for kept in (tree.parse, objects.read, objects.nodes_of):
        kept.cache_clear()


def refute(os: str, text: str) -> str:
    """What of a text that has grown is not as it is read again; empty where all is, and for a text that has not."""
    if not isinstance(text, tree.ReadText):
        return ""
    forget()
    nodes, fresh = tree.parse(str(text)), objects.read(os, str(text))
    there: objects.Config = text.objects
    if (nodes, nodes.by_words) != (text.nodes, text.nodes.by_words):
        return "nodes"
    for name in ("objects", "others", "nodes", "within", "named_elsewhere", *there.__dict__):
        if name != "looked_up" and _in_order(getattr(there, name)) != _in_order(getattr(fresh, name)):
            return name
    looked = (make for make in there.looked_up if isinstance(make, LookUp))
    return next((repr(make) for make in looked if there.kept(make) != make(fresh)), "")


def _in_order(value: Any) -> Any:
    """Objects in their order; other look-ups have none."""
    return list(value.items()) if isinstance(value, dict) and value and isinstance(next(iter(value)), tuple) else value
