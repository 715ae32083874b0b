"""The engine carries a site as it carries any service: deployed, verified and removed by nr-run in the lab."""

from __future__ import annotations

import json
import os
import pwd
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from nr_run.inventory.hiding.kept_secrets import KeptSecret
from nr_run.lab.entry import LabHandle

from ... import warm
from ...changes.trees import same
from ...runbooks.test_ssh import STRONG, write_inventory
from ...warm import start_lab
from .sites import EXAMPLE, HOST
from .test_on_the_lab import EDGES, edge

#: What a person says who has looked into the portal.
CONFIRMED = ("--confirm", "credential", "--confirm", "probes")
#: With the waits of a rehearsal, whose clocks run fast.
LAB = ("--lab", "--yes", "--poll-interval", "2")
NR_RUN = str(Path(sys.executable).parent / "nr-run")
INTENT = (
    EXAMPLE.replace("10.96.19.2", "172.18.124.181").replace("172.17.0.0/24", "10.10.81.0/24")
    + "      frequency_seconds: 10\n      up_seconds: 20\n      down_seconds: 10\n"
)


class Rehearsed(Struct):
    """The router with both edges, and an inventory."""

    lab: LabHandle
    folder: Path

    def run(self, command: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and report."""
        private = {
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "NR_RUN_CREDENTIALS": str(self.lab.credentials),
            "NR_RUN_LAB_DIR": str(self.folder / "lab"),
        }
        environment = {**os.environ, **private}
        # What has been is told, and undone, from its folder alone.
        place = () if command in ("rollback", "status", "history") else ("--inventory", str(self.folder / "inventory"))
        line = [
            NR_RUN,
            command,
            *words,
            *place,
            "--runs",
            str(self.folder / "runs"),
            "--json",
        ]
        done = warm.run(line, environment, timeout=400)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def intend(self, *changes: tuple[str, str]) -> None:
        """Another intent: the example, with these changes."""
        text = INTENT
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (self.folder / "inventory" / "zia.yaml").write_text(text)

    def running(self) -> str:
        """What the router runs, without what it says of its last change."""
        lines = self.lab.exec(HOST, "show running-config").splitlines()
        return "\n".join(line for line in lines if not line.startswith(("!", "Current configuration")))


@pytest.fixture
def rehearsed(tmp_path: Path) -> Iterator[Rehearsed]:
    """A lab of its own."""
    # The primary may move to the third one, where another target answers.
    third = {**edge("edge-p"), "address": "198.51.100.40", "gateway": "198.51.100.33"}
    (connection,) = third["connections"]
    selectors = [["203.0.113.30/32", near] for _, near in connection["selectors"]]
    third["connections"] = [{**connection, "selectors": selectors, "answers": ["203.0.113.30"]}]
    devices = {HOST: "c881", **{name: edge(name) for name in EDGES}, "edge-n": third}
    with start_lab(tmp_path / "lab", devices=devices, speed=20.0) as lab:
        write_inventory(lab, tmp_path / "inventory", {HOST: "c881"}, STRONG)
        intent = tmp_path / "inventory" / "vpn" / "intent.yaml"
        intent.write_text(intent.read_text().partition("tunnels:")[0])  # one tunnel has two ends, and there is one router
        (tmp_path / "inventory" / "zia.yaml").write_text(INTENT)
        yield Rehearsed(lab, tmp_path)


def test_deployed_and_looked_at(rehearsed: Rehearsed, tmp_path: Path) -> None:
    """Four stages are verified and saved, a second run has nothing to do, and whatever looks at services has a site like any
    other.

    Where its hosts go past the tunnels that is unencrypted everywhere, though both tunnels are up and every probe is answered.
    """
    code, report = rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
    running = rehearsed.running()
    assert "ip policy route-map NR-branch-zia" in running
    code, report = rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    assert (code, report["changed"]) == (0, False), json.dumps(report)[:6000]
    assert rehearsed.running() == running
    metrics, page = tmp_path / "nr-run.prom", tmp_path / "page.html"
    outputs = ("--prometheus", str(metrics), "--html", str(page))
    code, report = rehearsed.run("verify", *outputs)
    (found,) = report["verdicts"]
    assert (code, found["word"], found["known_by"]) == (0, "up", "probe"), json.dumps(report)[:6000]
    assert "branch-zia" in metrics.read_text()
    assert "branch-zia" in page.read_text()
    assert rehearsed.run("drift")[0] == 0
    rehearsed.lab.fault("edge-p", "path-mtu", "600")
    code, report = rehearsed.run("verify")
    (found,) = report["verdicts"]
    assert (code, found["word"], [cause["id"] for cause in found["causes"]]) == (12, "degraded", ["mtu"]), json.dumps(report)[
        :6000
    ]
    code, report = rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    assert (code, report["tunnels"][0]["result"], report["tunnels"][0]["cause"]["id"]) == (12, "degraded", "mtu"), report
    rehearsed.lab.fault("edge-p", "path-mtu", on=False)
    rehearsed.lab.fault(HOST, "refuse-exec", "ping")
    code, report = rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    left = [item["sentence"] for item in report["tunnels"][0]["findings"] if item["status"] == "skipped"]
    assert (code, len(left), all("packets of full size to 203.0.113." in words for words in left)) == (0, 2, True), report
    newest = tmp_path / "runs" / report["run"]
    assert "not verified: " in (newest / "recap.txt").read_text().split("packets of full size")[0]
    assert all(json.dumps(words)[1:40] in (newest / "branch-zia" / "findings.json").read_text() for words in left)
    rehearsed.lab.fault(HOST, "refuse-exec", on=False)
    rehearsed.lab.exec(HOST, "configure terminal\ninterface Vlan1\nno ip policy route-map NR-branch-zia")
    code, report = rehearsed.run("verify", *outputs)
    (found,) = report["verdicts"]
    assert (code, found["word"]) == (12, "unencrypted"), json.dumps(report)[:6000]
    assert "goes past the tunnels, in clear" in found["sentence"]
    assert {end["ike_up"] for end in found["ends"]} == {True}
    assert "unencrypted" in page.read_text()
    code, report = rehearsed.run("drift")
    assert code == 2
    assert "ip policy route-map NR-branch-zia" in json.dumps(report)
    assert "unencrypted" in json.dumps(rehearsed.run("status")[1])
    assert "unencrypted" in json.dumps(rehearsed.run("history", "branch-zia")[1])


def test_removed_as_if_it_had_never_been(rehearsed: Rehearsed) -> None:
    """Taken away in the other order, its SAs are nobody else's loss, and the router runs what it ran before.

    Nothing is taken away before a person has said that the hosts may send in clear, and who did is kept.
    """
    before = rehearsed.running()
    code, report = rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:6000]
    stands = rehearsed.running()
    code, report = rehearsed.run("remove-zia", "branch-zia", "--yes", "--poll-interval", "0.2")
    assert (code, report["changed"]) == (13, False), json.dumps(report)[:6000]
    assert "with --confirm in-clear\n" in report["tunnels"][0]["sentence"]
    assert rehearsed.running() == stands
    code, report = rehearsed.run("remove-zia", "branch-zia", "--confirm", "in-clear", "--yes", "--poll-interval", "0.2")
    assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
    assert rehearsed.running() == before
    noted = [json.loads(line) for line in (Path(report["folder"]) / "journal.jsonl").read_text().splitlines()]
    (said,) = [line for line in noted if line["state"] == "confirmed"]
    assert (said["name"], said["by"]) == ("in-clear", pwd.getpwuid(os.getuid()).pw_name)


def test_a_rollback_that_opens_what_was_closed(rehearsed: Rehearsed) -> None:
    """A site that ended open is closed by a run: to undo it is asked about, and who says so gets back what stood."""
    rehearsed.intend(
        ("encryption_mandatory: true", "encryption_mandatory: false"), ("on_total_loss: closed", "on_total_loss: open")
    )
    assert rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")[0] == 0
    stands = rehearsed.running()
    rehearsed.intend()
    code, report = rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:6000]
    closed = rehearsed.running()
    assert ("set interface Null0" in closed, "set interface Null0" in stands) == (True, False)
    code, report = rehearsed.run("rollback", "--yes", "--poll-interval", "0.2")
    assert (code, rehearsed.running()) == (13, closed), json.dumps(report)[:6000]
    assert "when both tunnels are lost: that is how the site ended before the run" in report["tunnels"][0]["sentence"]
    code, report = rehearsed.run("rollback", "--confirm", "in-clear", "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:6000]
    assert rehearsed.running() == stands


def test_what_only_a_person_knows(rehearsed: Rehearsed) -> None:
    """The plan names what is to be confirmed; without it nothing is touched; with it, record and report say who and when."""
    before = rehearsed.running()
    code, report = rehearsed.run("deploy-zia", "--plan")
    asked = report["tunnels"][0]["confirmations"]
    assert (code, [(item["name"], item["by"]) for item in asked]) == (2, [("credential", ""), ("probes", "")])
    code, report = rehearsed.run("deploy-zia", "--yes", "--confirm", "credential")
    told = report["tunnels"][0]["sentence"]
    assert code == 13
    assert "with --confirm probes\n" in told
    assert "credential" not in told
    assert rehearsed.running() == before
    code, report = rehearsed.run("deploy-zia", "--yes", "--confirm", "credentials")
    assert (code, report["error"]) == (
        64,
        "--confirm credentials: there is nothing to confirm by this name (did you mean credential?)",
    )
    code, report = rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:6000]
    said = report["tunnels"][0]["confirmations"]
    assert {item["by"] for item in said} == {pwd.getpwuid(os.getuid()).pw_name}
    run = Path(report["folder"])
    recorded = json.loads((run / "branch-zia" / "record.json").read_text())["confirmations"]
    assert recorded == [{name: item[name] for name in item if name != "message"} for item in said]
    assert f"confirmed by {said[0]['by']} at {said[0]['at']}: the portal has" in " ".join((run / "recap.txt").read_text().split())
    noted = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    assert [line["name"] for line in noted if line["state"] == "confirmed"] == ["credential", "probes"]


def swap_roles(rehearsed: Rehearsed, stands: str) -> None:
    """Primary and backup change places and no tunnel is touched; it is verified so, looks healthy, and is rolled back."""
    rehearsed.intend(("    primary:", "    spare:"), ("    backup:", "    primary:"), ("    spare:", "    backup:"))
    code, report = rehearsed.run("deploy-zia", *LAB)
    assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
    swapped = report["run"]
    assert {line for line in rehearsed.running().splitlines() if line not in stands} == {
        " set ip next-hop verify-availability 192.168.253.6 11 track 2",
        " set ip next-hop verify-availability 192.168.253.2 21 track 1",
    }
    code, report = rehearsed.run("verify")
    assert (code, report["verdicts"][0]["word"]) == (0, "up"), json.dumps(report)[:6000]
    code, report = rehearsed.run("rollback", swapped, "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:6000]
    assert same(rehearsed.running(), stands), rehearsed.running()


def test_changed_where_it_stands(rehearsed: Rehearsed) -> None:
    """Another edge, target, timer and list are verified by SAs agreed again; what an edge does not take is rolled back.

    When it has left the intent it is found on its router by its names, and removed as if it had never been.
    """
    before = rehearsed.running()
    code, report = rehearsed.run("deploy-zia", *LAB)
    assert code == 0, json.dumps(report)[:6000]
    stands = rehearsed.running()
    swap_roles(rehearsed, stands)
    rehearsed.intend(("aes-256-cbc\n      auth", "aes-128-cbc\n      auth"))
    code, report = rehearsed.run("deploy-zia", *LAB)
    assert code == 20, json.dumps(report)[:6000]
    assert "the tunnel is verified up again" in report["tunnels"][0]["sentence"]
    assert rehearsed.running() == stands
    rehearsed.intend(
        ("address: 198.51.100.10", "address: 198.51.100.40"),
        ("probe_address: 203.0.113.10", "probe_address: 203.0.113.30"),
        ("exempt: [192.0.2.80/32]", "exempt: [192.0.2.81/32]"),
        ("frequency_seconds: 10", "frequency_seconds: 12"),
        ("    watch:\n", "    dpd: {interval_seconds: 20, retries: 5}\n    watch:\n"),
    )
    code, report = rehearsed.run("deploy-zia", *LAB)
    assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
    changed, running = report["run"], rehearsed.running()
    assert "198.51.100.10" not in running
    assert "203.0.113.10" not in running
    code, report = rehearsed.run("deploy-zia", *LAB)
    assert (code, report["changed"]) == (0, False), json.dumps(report)[:6000]
    code, report = rehearsed.run("rollback", changed, "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:6000]
    assert same(rehearsed.running(), stands), rehearsed.running()
    (rehearsed.folder / "inventory" / "zia.yaml").write_text("schema_version: 1\nzia: []\n")
    gone = ("remove-zia", "branch-zia", "--host", HOST, "--yes", "--poll-interval", "0.2")
    code, report = rehearsed.run(*gone)
    assert code == 13, json.dumps(report)[:6000]
    assert "with --confirm in-clear\n" in report["tunnels"][0]["sentence"]
    code, report = rehearsed.run(*gone, "--confirm", "in-clear")
    assert code == 0, json.dumps(report)[:6000]
    assert rehearsed.running() == before


def test_another_key(rehearsed: Rehearsed) -> None:
    """The next key is made and kept; when a person says that the portal has it, both edges are agreed with by it, in turns."""
    code, report = rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    assert code == 0, json.dumps(report)[:6000]
    kept = KeptSecret("", rehearsed.lab.credentials / "zia-branch")
    old, stands = kept.path.read_text().strip(), rehearsed.running()
    code, report = rehearsed.run("rotate-psk", "branch-zia", "--yes")
    assert code == 13, json.dumps(report)[:6000]
    assert "with --confirm far-key\n" in report["tunnels"][0]["sentence"]
    assert any(f"{kept.next} has the next key" in words for words in report["warnings"]), report["warnings"]
    assert rehearsed.running() == stands
    assert kept.pending()
    # The portal gets a key, which the person keeps in the place of the one that was made.
    for name in EDGES:
        rehearsed.lab.fault(name, "wrong-psk")
    kept.forget()
    kept.keep_next(old[:-1] + ("x" if old[-1] != "x" else "y"))
    code, report = rehearsed.run("rotate-psk", "branch-zia", "--confirm", "far-key", "--yes", "--poll-interval", "0.2")
    assert (code, report["changed"]) == (0, True), json.dumps(report)[:6000]
    assert kept.path.read_text().strip() == old[:-1] + ("x" if old[-1] != "x" else "y")
    assert kept.pending() is None
    noted = [json.loads(line) for line in (Path(report["folder"]) / "journal.jsonl").read_text().splitlines()]
    assert [line["peers"] for line in noted if line["state"] == "turn"] == [["198.51.100.20"]]
    assert [line["name"] for line in noted if line["state"] == "confirmed"] == ["far-key"]
    code, report = rehearsed.run("verify")
    assert (code, report["verdicts"][0]["word"]) == (0, "up"), json.dumps(report)[:6000]
    code, report = rehearsed.run("deploy-zia", *CONFIRMED, "--yes", "--poll-interval", "0.2")
    assert (code, report["changed"]) == (0, False), json.dumps(report)[:6000]
