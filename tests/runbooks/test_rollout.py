"""Which tunnel may begin beside which, and that none waits for the slowest of a group."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.lab.entry import LabHandle
from nr_run.runbooks.engine.rollout import may_begin

from .. import warm
from ..own_inventory import PAIR
from ..warm import start_lab

PLANS = st.lists(st.sets(st.sampled_from("abcdef"), min_size=1, max_size=3), max_size=8)


def plan(number: int, hosts: set[str]) -> Any:
    """As much of a tunnel's plan as the choice looks at."""
    return SimpleNamespace(name=number, members=[SimpleNamespace(host=host) for host in sorted(hosts)])


def hosts(some: Any) -> set[str]:
    """The devices of a plan."""
    return {end.host for end in some.members}


@given(PLANS, st.integers(1, 5), st.randoms())
def test_every_tunnel_has_its_turn_and_none_is_overtaken_on_a_device(wanted, workers, random) -> None:
    """Whatever ends first: no two share a device, no more than the workers run, each device keeps its order, all are done."""
    waiting = [plan(number, some) for number, some in enumerate(wanted)]
    under_way: list[Any] = []
    order: dict[str, list[int]] = {}
    while waiting or under_way:
        for some in may_begin(waiting, under_way, workers):
            assert not any(hosts(some) & hosts(other) for other in under_way)
            waiting.remove(some)
            under_way.append(some)
            for host in hosts(some):
                order.setdefault(host, []).append(some.name)
        assert 0 < len(under_way) <= workers
        free = len(under_way) < workers
        idle = [
            some
            for some in waiting
            if not hosts(some) & {h for other in (*under_way, *waiting) if other is not some for h in hosts(other)}
        ]
        assert not (free and idle), "a tunnel waits for nothing"
        under_way.remove(random.choice(under_way))
    assert all(numbers == sorted(numbers) for numbers in order.values())
    assert sum(len(numbers) for numbers in order.values()) == sum(len(some) for some in wanted)


PAIRS = 3


@pytest.fixture
def pairs(tmp_path: Path) -> Iterator[tuple[LabHandle, Path]]:
    """Independent pairs of 3640s, and an inventory with a tunnel for each."""
    devices = {f"{end}{number}": "vpn3640" for number in range(PAIRS) for end in ("hq", "branch")}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        folder = tmp_path / "inventory"
        (folder / "vpn").mkdir(parents=True)
        for file in ("groups.yaml", "defaults.yaml", "vpn/cryptography.yaml"):
            (folder / file).write_text((PAIR / file).read_text())

        lines = [
            f"{name}: {{hostname: 127.0.0.1, port: {place.port}, groups: [cisco-3640]}}" for name, place in lab.devices.items()
        ]
        (folder / "hosts.yaml").write_text("\n".join(lines) + "\n")
        tunnels = [line for number in range(PAIRS) for line in _tunnel(lab, number)]
        (folder / "vpn" / "tunnels.yaml").write_text("\n".join(["schema_version: 1", "tunnels:", *tunnels]) + "\n")
        yield lab, folder


def _tunnel(lab: LabHandle, number: int) -> list[str]:
    example = (PAIR / "vpn/hq-branch.yaml").read_text()
    (profile,) = (line.split()[1] for line in example.splitlines() if line.strip().startswith("ipsec_profile:"))
    lines = [
        f"  - name: pair{number}",
        f"    ipsec_profile: {profile}",
        "    preshared_key_ref: credential:hq-branch-psk",
        "    waiver: {until: 2028-06-30, ticket: CHG-1, reason: 'a pair in a test'}",
        "    terminations:",
    ]
    for name in (f"hq{number}", f"branch{number}"):
        shown = lab.exec(name, "show running-config").splitlines()
        outside, inside = (line.split()[2] for line in shown if line.startswith(" ip address "))
        network = inside.rsplit(".", 1)[0] + ".0/24"
        lines += [
            f"      - {{host: {name}, interface: Ethernet0/0, outside_ip: {outside},",
            f"         protected_prefixes: [{network}], probe_address: {inside}}}",
        ]
    return lines


def _journal(runs: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for journal in runs.glob("2*/journal.jsonl")
        for line in journal.read_text().splitlines()
        if line.endswith("}")
    ]


def test_no_tunnel_waits_for_a_slow_one(pairs, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """With two workers the third pair is built and saved while the first, on a slow device, is still under way."""
    lab, folder = pairs
    lab.fault("branch0", "slow", "400")
    command = [
        str(Path(sys.executable).parent / "nr-run"),
        "deploy-l2l",
        "--yes",
        "--json",
        "--poll-interval",
        "0.1",
        "--ike-timeout",
        "6",
    ]
    places = ["--inventory", str(folder), "--runs", str(tmp_path / "runs"), "--workers", "2"]
    own = {"NR_RUN_CREDENTIALS": str(lab.credentials), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    process = warm.Process([*command, *places], {**os.environ, **own})
    request.addfinalizer(process.kill)
    deadline = time.monotonic() + 120
    while not any(line["state"] == "done" and line.get("tunnel") == "pair2" for line in _journal(tmp_path / "runs")):
        assert time.monotonic() < deadline, "the third pair did not finish"
        time.sleep(0.05)
    assert not any(line["state"] == "done" and line.get("tunnel") == "pair0" for line in _journal(tmp_path / "runs"))
    lab.fault("branch0", "slow", on=False)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    assert [tunnel["result"] for tunnel in json.loads(out)["tunnels"]] == ["verified"] * PAIRS
