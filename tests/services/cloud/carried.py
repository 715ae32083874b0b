"""nr-run, its firewall and both gateways as real processes: an inventory, a lab, and what the firewall runs."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nr_run.lab.entry import LabHandle
from nr_run.runbooks.engine.rehearsal.rehearsal_lab import orders
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.placing.places import place_of

from ... import warm
from .sites import HOST, PLATFORM, site, written

#: What a person says who has looked at the console.
CONFIRMED = ("--confirm", "underlay", "--confirm", "vbr-routes")
CLEAR = "route VBR 172.16.0.0 255.255.0.0 10.0.0.1 1"
GATEWAYS = ("ali-gateway-1", "ali-gateway-2")
#: What an ASA writes again each time that it saves.
_OF_THE_SAVING = ("Cryptochecksum", ": Written by", "!", ": Saved")


@dataclass
class Carried:
    """One firewall with its gateways, and an inventory of it."""

    lab: LabHandle
    folder: Path
    #: Runs that were there when the last one began.
    older: frozenset[str] = frozenset()

    def start(self, command: str, *words: str) -> warm.Process:
        """A running nr-run."""
        lab = {"NR_RUN_LAB_DIR": str(self.folder / "lab")}
        self.older = frozenset(path.name for path in (self.folder / "runs").glob("2*"))
        private = {"XDG_CONFIG_HOME": str(self.folder / "config"), "NR_RUN_CREDENTIALS": str(self.lab.credentials)}
        where = ("--inventory", str(self.folder / "inventory")) if command not in ("resume", "rollback") else ()
        line = ("nr-run", command, *words, *where, "--runs", str(self.folder / "runs"), "--json")
        return warm.Process(line, {**os.environ, **private, **lab})

    def run(self, command: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and report."""
        process = self.start(command, *words)
        out, err = process.communicate(timeout=120)
        assert out, err
        return process.wait(timeout=10), json.loads(out)

    def deploy(self) -> tuple[int, dict[str, Any]]:
        """Confirmed, and without a question."""
        return self.run("deploy-cloud", *CONFIRMED, "--yes", "--poll-interval", "0.2")

    def shows(self, command: str = "show running-config") -> list[str]:
        """What it runs, or has saved, without what changes with each saving."""
        return [line for line in self.lab.exec(HOST, command).splitlines() if line and not line.startswith(_OF_THE_SAVING)]

    def wait_for(self, state: str, **also: str) -> None:
        """Wait until the journal of the run that was begun last has reached a state."""
        deadline = time.monotonic() + 30 * warm.PATIENCE
        while not self._has(state, also):
            assert time.monotonic() < deadline, f"no journal has {state} {also}"
            time.sleep(0.005)

    def _has(self, state: str, also: dict[str, str]) -> bool:
        new = [path for path in (self.folder / "runs").glob("2*/journal.jsonl") if path.parent.name not in self.older]
        lines = new[0].read_text().splitlines() if new else []
        found = [json.loads(line) for line in lines if state in line and line.endswith("}")]
        return any(line["state"] == state and also.items() <= {k: str(v) for k, v in line.items()}.items() for line in found)

    @property
    def newest(self) -> str:
        """The newest run."""
        return max(path.name for path in (self.folder / "runs").glob("2*"))


def begin(folder: Path) -> Any:
    """A lab with the firewall and its gateways; a context manager of its handle."""
    wanted = site()
    devices = orders({HOST: PLATFORM}, [place_of(wanted)], deployment_of(wanted).foreign)
    for name in GATEWAYS:
        # A console takes one value; a gateway that takes two is one whose operator changes it at the same moment.
        for connection in devices[name]["connections"]:
            connection["esp"].append({"encryption": "aes-128-cbc", "integrity": "hmac-sha256"})
    return warm.start_lab(folder / "lab", devices=devices, speed=10.0)


def inventory(lab: LabHandle, folder: Path) -> None:
    """Its hosts and its one connection."""
    (folder / "vpn").mkdir(parents=True)
    (folder / "vpn" / "none.yaml").write_text("schema_version: 1\n")
    (folder / "hosts.yaml").write_text(
        f"{HOST}: {{hostname: 127.0.0.1, port: {lab.devices[HOST].port}, platform: cisco_asa,"
        " data: {model: ASA, release: 9.19(1),"
        " username_ref: 'credential:device-username', password_ref: 'credential:device-password',"
        " enable_ref: 'credential:enable-secret'}}\n"
    )
    (folder / "groups.yaml").write_text("none: {data: {site: test}}\n")
    (folder / "defaults.yaml").write_text("data: {site: test}\n")
    written(folder)
