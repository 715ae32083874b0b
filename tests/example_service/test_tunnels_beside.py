"""A tunnel of somebody else to the very far end that a change is about: its loss fails the run, whether it builds or removes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from .. import warm
from ..lab.tunnels import build, eventually, flow, number, ping, replies
from ..runbooks.test_ssh import STRONG, write_inventory
from ..warm import start_lab
from .test_example_service import Rehearsed, install

HOST, FAR = "vpn3640", "172.18.124.159"
DEVICES = {"vpn2611": "vpn2611", HOST: HOST}
#: So many milliseconds the router takes for an answer while it is changed: the SAs go before it is looked at again.
SLOW = "1500"


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    """Two routers with a tunnel that is up, and lists for an end that is taken for somebody else's."""
    folder = tmp_path_factory.mktemp("beside")
    with start_lab(folder / "lab", devices=DEVICES, speed=20) as lab:
        write_inventory(lab, folder / "inventory", DEVICES, STRONG)
        (folder / "inventory" / "vpn" / "intent.yaml").unlink()
        install(folder / "site")
        build(lab)
        for name in DEVICES:
            lab.exec(name, "write memory")
        yield Rehearsed(lab, folder, {})


def up(rehearsed: Rehearsed) -> None:
    """Traffic passes through the tunnel."""
    eventually(lambda: replies(ping(rehearsed.lab, HOST)) == 5)


def loses(rehearsed: Rehearsed, command: str, *words: str) -> tuple[int, dict[str, Any]]:
    """A run in which the tunnel loses its SAs between the reading before the change and the look behind it."""
    line = rehearsed.arguments(command, *words, "--yes", "--json")
    seen = {path.name for path in (rehearsed.folder / "runs").glob("2*")}
    process = warm.Process(line, rehearsed.environment)
    slow = cleared = False
    while process.poll() is None and not cleared:
        states = [
            json.loads(line)["state"]
            for path in (rehearsed.folder / "runs").glob("2*/journal.jsonl")
            if path.parent.name not in seen
            for line in path.read_text().splitlines()
            if line.endswith("}")
        ]
        if "recorded" in states and not slow:
            rehearsed.lab.fault(HOST, "slow", SLOW)
            slow = True
        if "applying" in states:
            rehearsed.lab.exec(HOST, "clear crypto sa")
            rehearsed.lab.fault(HOST, "slow", on=False)
            cleared = True
        time.sleep(0.005)
    out, err = process.communicate(timeout=240)
    assert cleared, out + err
    return process.wait(), json.loads(out)


def objections(report: dict[str, Any]) -> str:
    """What is said of tunnels beside the change."""
    found = [item for item in report["tunnels"][0]["findings"] if item["check"] == "other-tunnels"]
    return " ".join(item["sentence"] for item in found if item["status"] == "failed")


def test_the_same_far_end(rehearsed: Rehearsed) -> None:
    """Built or removed for one far end, a list never lets pass that another tunnel to it is lost; else both succeed."""
    listed = f"lists:\n  - {{name: WATCH, routers: [{HOST}], networks: [192.0.2.0/24], for_end: {FAR}}}\n"
    (rehearsed.folder / "inventory" / "watchlists.yaml").write_text(listed)
    lost = f"10.10.20.0/24 to 10.10.10.0/24 with {FAR} had SAs and has lost them"
    up(rehearsed)
    code, report = loses(rehearsed, "deploy-watchlist")
    assert (code, objections(report)) == (20, lost), report
    up(rehearsed)
    code, report = rehearsed.run("deploy-watchlist", "--yes")
    assert code == 0, report
    assert number(flow(rehearsed.lab, HOST, "10.10.20.0", "10.10.10.0"), "#pkts decaps") > 0
    code, report = loses(rehearsed, "remove-watchlist", "WATCH")
    assert (code, objections(report)) == (20, lost), report
    assert "ip access-list extended WATCH" in rehearsed.running()[HOST]
    up(rehearsed)
    code, report = rehearsed.run("remove-watchlist", "WATCH", "--yes")
    assert code == 0, report
