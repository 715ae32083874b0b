"""The engine carries a connection as it does any service: deployed, verified, killed, resumed and removed by nr-run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from nr_run.inventory.hiding.kept_secrets import KeptSecret

from .carried import CLEAR, CONFIRMED, GATEWAYS, Carried, begin, inventory
from .sites import HOST, written

#: After which state a run is killed; all of them with NR_RUN_FAULTS.
STATES: list[tuple[str, dict[str, str]]] = [
    ("locked", {}),
    ("recorded", {}),
    ("arming", {}),
    ("armed", {}),
    ("building", {}),
    ("gate", {"stage": "first tunnel"}),
    ("held", {"stage": "first tunnel"}),
    ("gate", {"stage": "tunnels"}),
    ("held", {"stage": "tunnels"}),
    ("gate", {"stage": "bgp"}),
    ("held", {"stage": "bgp"}),
    ("switching", {"line": CLEAR.replace("route", "no route")}),
    ("judged", {}),
    ("commit-decided", {}),
    ("disarmed", {}),
    ("saving", {}),
    ("saved", {}),
]
SAMPLE = [("held", {"stage": "bgp"}), ("commit-decided", {})]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    """A firewall with its gateways; each test leaves it as it was."""
    folder = tmp_path_factory.mktemp("cloud")
    with begin(folder) as lab:
        inventory(lab, folder / "inventory")
        yield Carried(lab, folder)


def test_deployed_verified_and_removed(shared: Carried) -> None:
    """Four stages are verified and saved, a second run does nothing, verify says up, and a removal leaves what was there."""
    before, saved = shared.shows(), shared.shows("show startup-config")
    code, report = shared.run("deploy-cloud", "--yes", "--confirm", "underlay")
    assert code == 13, json.dumps(report)[:4000]
    assert "--confirm vbr-routes" in report["tunnels"][0]["sentence"]
    assert shared.shows() == before
    code, report = shared.deploy()
    assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
    there = shared.shows()
    assert CLEAR not in there
    code, report = shared.deploy()
    assert (code, report["changed"]) == (0, False), json.dumps(report)[:6000]
    assert shared.shows() == there
    code, report = shared.run("verify")
    assert code == 0, json.dumps(report)[:6000]
    (verdict,) = report["verdicts"]
    assert (verdict["operating"], verdict["known_by"]) == ("up", "probe")
    code, report = shared.run("drift")
    assert code == 0, json.dumps(report)[:6000]
    code, report = shared.run("failover-test", "ali", "--yes")
    assert code == 13, json.dumps(report)[:6000]
    code, report = shared.run("failover-test", "ali", "--lab", "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:6000]
    assert "traffic moved to second NR-ali-2 10.10.10.50" in report["tunnels"][0]["sentence"]
    assert shared.shows() == there
    code, report = shared.run("remove-cloud", "ali", "--yes", "--poll-interval", "0.2")
    assert (code, report["changed"]) == (13, False), json.dumps(report)[:6000]
    assert "with --confirm in-clear\n" in report["tunnels"][0]["sentence"]
    assert shared.shows() == there
    code, report = shared.run("remove-cloud", "ali", "--confirm", "in-clear", "--yes", "--poll-interval", "0.2")
    assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
    assert (shared.shows(), shared.shows("show startup-config")) == (before, saved)


def test_a_gate_that_does_not_hold_puts_all_of_it_back(shared: Carried) -> None:
    """With BGP that tells nothing nothing is cut over, and the firewall is as it was."""
    before = shared.shows()
    for name in GATEWAYS:
        shared.lab.fault(name, "bgp-untold")
    try:
        code, report = shared.run("deploy-cloud", "--lab", "--yes", "--poll-interval", "0.2")
    finally:
        for name in GATEWAYS:
            shared.lab.fault(name, "bgp-untold", on=False)
    assert code == 20, json.dumps(report)[:6000]
    assert "tells nothing" in report["tunnels"][0]["sentence"]
    assert shared.shows() == before


def test_changed_in_place_and_undone_step_by_step(shared: Carried) -> None:
    """One more network while the tunnels stay; each run is undone exactly, and the circuit has its route back first.

    What that sends in clear a person says may go so, or nothing is undone.
    """
    before = shared.shows()
    code, report = shared.deploy()
    assert code == 0, json.dumps(report)[:6000]
    first, there = shared.newest, shared.shows()
    written(shared.folder / "inventory", "[192.168.20.0/24]", "[192.168.20.0/24, 192.168.22.0/24]")
    try:
        code, report = shared.deploy()
    finally:
        written(shared.folder / "inventory")
    assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
    second, changed = shared.newest, shared.shows()
    assert [line for line in there if line not in changed] == []
    assert "  network 192.168.22.0" in changed
    nobody = shared.folder / "inventory" / "cloud.yaml"
    intent = nobody.read_text()
    nobody.write_text("schema_version: 1\ncloud: []\n")
    code, report = shared.run("remove-cloud", "ali", "--host", HOST, "--plan")
    nobody.write_text(intent)
    assert code == 2, json.dumps(report)[:6000]
    for run, expected in ((second, there), (first, before)):
        stands = shared.shows()
        code, report = shared.run("rollback", run, "--yes", "--poll-interval", "0.2")
        assert (code, report["changed"]) == (13, False), json.dumps(report)[:6000]
        assert "with --confirm in-clear\n" in report["tunnels"][0]["sentence"]
        assert shared.shows() == stands
        code, report = shared.run("rollback", run, "--confirm", "in-clear", "--yes", "--poll-interval", "0.2")
        assert code == 0, json.dumps(report)[:6000]
        assert shared.shows() == expected
    lines = [json.loads(line) for line in (shared.folder / "runs" / shared.newest / "journal.jsonl").read_text().splitlines()]
    assert next(line["line"] for line in lines if line["state"] == "switching") == CLEAR


def test_algorithms_are_changed_one_tunnel_at_a_time(shared: Carried) -> None:
    """Each tunnel is agreed again in its own stage, the other one carrying; what no gateway takes is rolled back and verified."""
    before = shared.shows()
    code, report = shared.deploy()
    assert code == 0, json.dumps(report)[:6000]
    there = shared.shows()
    try:
        written(
            shared.folder / "inventory",
            "esp:\n      encryption_algorithm: aes-256-cbc",
            "esp:\n      encryption_algorithm: aes-128-cbc",
        )
        code, report = shared.deploy()
        assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
        changed = shared.shows()
        assert sum("tunnel protection ipsec profile NR-ali.v2" in line for line in changed) == 2
        assert not any(line.endswith("profile NR-ali") for line in changed)
        lines = [json.loads(line) for line in (shared.folder / "runs" / shared.newest / "journal.jsonl").read_text().splitlines()]
        stages = [line["stage"] for line in lines if line["state"] in ("gate", "held")]
        assert stages[:4] == ["first tunnel", "first tunnel", "tunnels", "tunnels"]
        code, report = shared.run("rollback", shared.newest, "--yes", "--poll-interval", "0.2")
        assert code == 0, json.dumps(report)[:6000]
        assert shared.shows() == there
        written(
            shared.folder / "inventory",
            "ike:\n      encryption_algorithm: aes-256-cbc",
            "ike:\n      encryption_algorithm: aes-128-cbc",
        )
        code, report = shared.run("deploy-cloud", "--lab", "--yes", "--poll-interval", "0.2")
        assert code == 20, json.dumps(report)[:6000]
        assert "the IKE SA with 10.10.10.49 has aes-256-cbc" in report["tunnels"][0]["sentence"]
        assert "verified up again" in report["tunnels"][0]["sentence"]
        assert shared.shows() == there
    finally:
        written(shared.folder / "inventory")
    code, report = shared.run("remove-cloud", "ali", "--confirm", "in-clear", "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:4000]
    assert shared.shows() == before


def test_another_key_of_one_tunnel(shared: Carried) -> None:
    """Each tunnel has a key of its own: that of one is changed when a person says that the console has it; the other carries."""
    before = shared.shows()
    code, report = shared.deploy()
    assert code == 0, json.dumps(report)[:6000]
    kept, which = KeptSecret("", shared.lab.credentials / "ali-1"), ("--key", "credential:ali-1")
    old = kept.path.read_text().strip()
    new = old[:-1] + ("x" if old[-1] != "x" else "y")
    code, report = shared.run("rotate-psk", "ali", "--yes")
    assert "say which, --key credential:ali-1 or --key credential:ali-2" in report["error"]
    code, report = shared.run("rotate-psk", "ali", "--key", "credential:ali-3", "--yes")
    assert code == 64
    code, report = shared.run("rotate-psk", "ali", *which, "--lab", "--yes")
    assert "is not rehearsed" in report["error"]
    code, report = shared.run("rotate-psk", "ali", *which, "--yes")
    assert (code, "with --confirm far-key\n" in report["tunnels"][0]["sentence"]) == (13, True), json.dumps(report)[:6000]
    try:
        shared.lab.fault(GATEWAYS[0], "wrong-psk")
        kept.forget()
        kept.keep_next(new)
        code, report = shared.run("rotate-psk", "ali", *which, "--confirm", "far-key", "--yes", "--poll-interval", "0.2")
        assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
        assert (kept.path.read_text().strip(), kept.pending()) == (new, None)
        code, report = shared.run("verify")
        assert code == 0, json.dumps(report)[:6000]
    finally:
        shared.lab.fault(GATEWAYS[0], "wrong-psk", on=False)
    code, report = shared.run("remove-cloud", "ali", "--confirm", "in-clear", "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:4000]
    kept.path.write_text(f"{old}\n")
    assert shared.shows() == before


#: A line in the outer sub-mode, what takes the clear route away, a line in the inner sub-mode.
REFUSED = [("refuse-line", "log-neighbor-changes"), ("refuse-inverse", "no route VBR"), ("refuse-line", "activate")]


@pytest.mark.parametrize(("fault", "text"), REFUSED if os.environ.get("NR_RUN_FAULTS") else REFUSED[:2])
def test_a_line_that_is_refused_ends_it_and_all_goes_back(shared: Carried, fault: str, text: str) -> None:
    """The answer is told, the session goes on behind it, and the firewall is as it was."""
    before = shared.shows()
    shared.lab.fault(HOST, fault, text)
    try:
        code, report = shared.deploy()
    finally:
        shared.lab.fault(HOST, fault, on=False)
    assert code == 20, json.dumps(report)[:4000]
    assert "was answered with" in report["tunnels"][0]["sentence"]
    assert shared.shows() == before


@pytest.mark.parametrize(("state", "also"), STATES if os.environ.get("NR_RUN_FAULTS") else SAMPLE, ids=lambda value: str(value))
def test_killed_and_resumed(shared: Carried, state: str, also: dict[str, str]) -> None:
    """kill -9 at this state: resume verifies it there and saved, or verifies the firewall as it was, and nothing is pending."""
    before = shared.shows()
    shared.lab.fault(HOST, "slow", "15")
    process = shared.start("deploy-cloud", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    shared.wait_for(state, **also)
    process.kill()
    process.communicate(timeout=30)
    shared.lab.fault(HOST, "slow", on=False)
    code, report = shared.run("resume", shared.newest)
    now = shared.shows()
    assert "nr-" not in shared.lab.exec(HOST, "show running-config event manager")
    if now == before:
        assert code in (20, 66), json.dumps(report)[:4000]
        return
    assert code in (0, 66), json.dumps(report)[:4000]
    assert CLEAR not in now
    assert any("NR-ali-1" in line for line in shared.shows("show startup-config"))
    code, report = shared.run("remove-cloud", "ali", "--confirm", "in-clear", "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:4000]
    assert shared.shows() == before
