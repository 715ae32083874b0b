"""Two routers with a tunnel that was deployed, and nr-run verify as a real process against them."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from nr_run.lab.entry import LabHandle
from nr_run.runbooks.reports.document import verification_schema

from .. import warm
from ..conftest import DEVICES, Done, copy_inventory

_SCHEMA = jsonschema.Draft202012Validator(verification_schema())
NR_RUN = str(Path(sys.executable).parent / "nr-run")
TUNNEL = "hq-branch"


@dataclass
class Estate:
    """A lab, an inventory that points at it, and what is left behind."""

    lab: LabHandle
    folder: Path

    @property
    def inventory(self) -> Path:
        """The inventory folder."""
        return self.folder / "inventory"

    @property
    def runs(self) -> Path:
        """Where runs and verifications are kept."""
        return self.folder / "runs"

    @property
    def environment(self) -> dict[str, str]:
        """With the lab's credentials, and state of its own."""
        own = {name: str(self.folder / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "NR_RUN_LOCKS")}
        return {**os.environ, **own, "NR_RUN_CREDENTIALS": str(self.lab.credentials)}

    def line(self, command: str, *words: str) -> list[str]:
        """The command line of a command against this lab."""
        return [NR_RUN, command, *words, "--inventory", str(self.inventory), "--runs", str(self.runs)]

    def run(self, command: str, *words: str, **environment: str) -> Done:
        """A command against this lab."""
        done = warm.run(self.line(command, *words), {**self.environment, **environment})
        return Done(done.returncode, done.stdout, done.stderr)

    def run_on_a_full_disk(self, command: str, *words: str) -> Done:
        """A command that starts cold, for which the disk takes no file of more than 64 bytes."""
        done = subprocess.run(
            self.line(command, *words),
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY)),
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def run_with(self, *words: str) -> Done:
        """A command with these words and no others."""
        done = warm.run([NR_RUN, *words], self.environment)
        return Done(done.returncode, done.stdout, done.stderr)

    def deploy(self, *names: str) -> None:
        """Build tunnels; fails where that does not go well."""
        done = self.run("deploy-l2l", *names, "--yes", "--poll-interval", "0.1", "--ike-timeout", "10")
        assert done.code == 0, done.out + done.err

    def verify(self, *words: str, names: tuple[str, ...] = (TUNNEL,)) -> tuple[int, dict[str, Any]]:
        """Exit code and report, which is what its schema says, whatever was found."""
        done = self.run("verify", *names, *words, "--json")
        assert done.out, done.err
        _SCHEMA.validate(done.report)
        return done.code, done.report

    def verdict(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code, and the one verdict."""
        code, report = self.verify(*words)
        (only,) = report["verdicts"]
        return code, only

    def configure(self, device: str, *lines: str) -> None:
        """Somebody changes a device."""
        self.lab.exec(device, "\n".join(["configure terminal", *lines, "end"]))

    def clear(self) -> None:
        """No SA is left on any device."""
        for device in DEVICES:
            self.lab.exec(device, "clear crypto sa")
            self.lab.exec(device, "clear crypto isakmp")


def estate_in(lab: LabHandle, folder: Path) -> Estate:
    """An estate with the example inventory."""
    copy_inventory(folder / "inventory", {name: place.port for name, place in lab.devices.items()})
    return Estate(lab, folder)
