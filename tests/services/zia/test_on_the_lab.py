"""A site on the lab's 881 with two service edges: each stage typed as it is planned, and what its gate says of the real shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nr_run.changes.plans.plan import plan
from nr_run.checks.finding import Finding, Status, proved
from nr_run.lab.entry import LabHandle
from nr_run.services.common.building import build
from nr_run.services.service import Seen, Site
from nr_run.services.zia.deployment import deployment_of
from nr_run.services.zia.gates import Watched

from ...changes.trees import same
from ...warm import start_lab
from .sites import HOST, PLATFORM, site

WANTED = site(
    wan_ip="172.18.124.181",
    lan_prefixes=["10.10.81.0/24"],
    primary={"address": "198.51.100.10"},
    backup={"address": "198.51.100.20"},
    watch={"frequency_seconds": 10, "up_seconds": 20, "down_seconds": 10},
)
DEPLOYMENT = deployment_of(WANTED)
GATES: dict[str, Watched] = {stage.name: stage.gate for stage in DEPLOYMENT.stages}  # type: ignore[misc]
EDGES = {"edge-p": ("198.51.100.10", "198.51.100.1"), "edge-b": ("198.51.100.20", "198.51.100.17")}
DEADLINE_SECONDS = 120.0


def edge(name: str) -> dict[str, Any]:
    """A service edge as the lab plays it: the site's networks and the addresses of its tunnel are reached through the tunnel."""
    address, gateway = EDGES[name]
    probed = WANTED.primary if name == "edge-p" else WANTED.backup
    cbc = {"encryption": "aes-256-cbc", "integrity": "hmac-sha256"}
    target = f"{probed.probe_address}/32"
    return {
        "station": "far-end",
        "address": address,
        "length": 28,
        "gateway": gateway,
        "connections": [
            {
                "peer": "172.18.124.181",
                "version": 2,
                "key": "zia-branch",
                "ike": [{**cbc, "group": 14, "lifetime": 86400}],
                "esp": [cbc],
                "selectors": [[target, str(probed.tunnel_prefix)], [target, "10.10.81.0/24"]],
                "tunnel_interface": True,
                "answers": [str(probed.probe_address)],
            }
        ],
    }


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """The router and both edges; what a test breaks it fixes."""
    devices = {HOST: "c881", **{name: edge(name) for name in EDGES}}
    with start_lab(tmp_path_factory.mktemp("zia") / "lab", devices=devices, speed=50.0) as handle:
        yield handle


def judged(lab: LabHandle, gate: Watched, *, removed: bool = False) -> tuple[Finding, ...]:
    """What a gate says of the router now."""
    (member,) = DEPLOYMENT.members
    outputs = {command: lab.exec(HOST, command) for command in gate.asks(member, PLATFORM)}
    return gate.judge([Seen(member, PLATFORM, outputs, "now")], removed=removed)


def until(lab: LabHandle, name: str, holds: Callable[[tuple[Finding, ...]], bool], *, removed: bool = False) -> None:
    """Wait until a gate says what is awaited."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds(found := judged(lab, GATES[name], removed=removed)):
        assert time.monotonic() < deadline, [item.sentence for item in found]
        time.sleep(0.2)


def build_all(lab: LabHandle) -> list[str]:
    """Type every stage, each when the gate of the one before holds; gives the inverse of each, the last stage first."""
    key = (lab.credentials / "zia-branch").read_text().strip()
    (member,) = DEPLOYMENT.members
    inverse: list[str] = []
    for stage in DEPLOYMENT.stages:
        running = lab.exec(HOST, "show running-config")
        made = build(stage, Site(member, PLATFORM, running, {WANTED.preshared_key_ref: key}, None))
        change = plan(HOST, "ios", made.text, running, made.replacing)
        assert "%" not in lab.exec(HOST, f"configure terminal\n{typed(change.forward_text)}")
        until(lab, stage.name, proved)
        inverse.insert(0, change.inverse_text)
    return inverse


def typed(text: str) -> str:
    """Lines of a change as they are typed."""
    return "\n".join(line for line in text.splitlines() if line != "configure terminal" and not line.startswith("!"))


def told(found: tuple[Finding, ...]) -> str:
    """What speaks against a gate."""
    return "\n".join(item.sentence for item in found if item.status is not Status.OK)


def test_there_watched_and_back(lab: LabHandle) -> None:
    """Every gate holds in its turn; a lost edge and a dead page behind a live tunnel are seen; and all of it goes away again."""
    before = lab.exec(HOST, "show running-config")
    inverse = build_all(lab)
    lab.fault("edge-p", "no-ping")
    until(lab, "cut-over", lambda found: "primary: its track is down" in told(found))
    assert "leads to 192.168.253.6" in told(judged(lab, GATES["leading"]))
    assert not told(judged(lab, GATES["tunnels"]))
    lab.fault("edge-p", "no-ping", on=False)
    until(lab, "cut-over", proved)
    lab.fault("edge-b", "down")
    until(lab, "cut-over", lambda found: "backup: 198.51.100.20 is not up" in told(found))
    assert "leads to" not in told(judged(lab, GATES["leading"]))
    lab.fault("edge-b", "down", on=False)
    until(lab, "cut-over", proved)
    for stage, lines in zip(reversed(DEPLOYMENT.stages), inverse, strict=True):
        lab.exec(HOST, f"configure terminal\n{typed(lines)}")
        until(lab, stage.name, proved, removed=True)
    assert same(lab.exec(HOST, "show running-config"), before)
