"""Fixtures for everything that talks to a device: a lab of one's own, an inventory that points at it, the real command."""

from __future__ import annotations

import atexit
import gc
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from msgspec import Struct, field
from netmiko import BaseConnection, ConnectHandler

from nr_run.lab.entry import LabHandle

from . import warm
from .meta import recording
from .own_inventory import copy_pair
from .runbooks.test_ssh import STRONG, write_inventory
from .sampling import sampled
from .timed_pair import ARCHIVE, REVERT, TimedPair
from .timed_pair import DEVICES as TIMED_DEVICES
from .warm import start_lab

ROOT = Path(__file__).parent.parent
#: The locks of a test session are not those of the person who runs it.
os.environ["NR_RUN_LOCKS"] = tempfile.mkdtemp(prefix="nr-run-locks-")
atexit.register(shutil.rmtree, os.environ["NR_RUN_LOCKS"], ignore_errors=True)
DEVICES = ("vpn2611", "vpn3640")
#: The lab's clocks run this much faster than ours, so that IKE and ping timeouts take a fraction of a second.
SPEED = 20.0

recording.install()
# Until all tests are collected nothing is garbage, and each worker would look through them twenty times.
gc.disable()

# A law that holds here holds on a machine ten times slower, where drawing an example takes ten times as long.
settings.register_profile("patient", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


#: Files with tests that take a minute or more each: begun last, one of them would run alone at the end.
LONG = (
    "docs/test_benchmark.py",
    "docs/test_commands.py",
    "runbooks/test_big_hub.py",
    "verify/test_big_hub.py",
    "verify/test_truth.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """The workers of one session share the parent of what they start."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        warm.share_parent()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A part of each grid, unless cases are named; the long ones first."""
    if not any("::" in argument for argument in config.args) and not config.option.keyword:
        kept = sampled(items)
        tried = set(kept)
        config.hook.pytest_deselected(items=[item for item in items if item not in tried])
        items[:] = kept
    items.sort(key=lambda item: not str(item.path).endswith(LONG))


def pytest_collection_finish() -> None:
    """From here on garbage is collected, and the tests themselves are no more looked at."""
    gc.freeze()
    gc.enable()


class Done(Struct, frozen=True):
    """What the command did."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON document on standard output."""
        return json.loads(self.out)

    @property
    def tunnel_or_error(self) -> str:
        """What was refused, be it the run or its one tunnel."""
        return self.report["error"] if "error" in self.report else self.tunnel["sentence"]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The JSON list on standard output."""
        return json.loads(self.out)

    @property
    def tunnel(self) -> dict[str, Any]:
        """The one tunnel of the report."""
        (only,) = self.report["tunnels"]
        return only


class Rehearsal(Struct):
    """A lab, an inventory that points at it, and the nr-run command as a real process."""

    lab: LabHandle
    folder: Path
    environment: dict[str, str]
    before: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def inventory(self) -> Path:
        """The inventory folder."""
        return self.folder / "inventory"

    @property
    def runs(self) -> Path:
        """Where run folders are kept."""
        return self.folder / "runs"

    def arguments(self, *words: str, command: str = "deploy-l2l") -> list[str]:
        """The command line of deploy-l2l or remove-l2l against this lab."""
        places = ["--inventory", str(self.inventory), "--runs", str(self.runs)]
        timeouts = ["--poll-interval", "0.1", "--ike-timeout", "6", "--reconnect-timeout", "6"]
        return [str(Path(sys.executable).parent / "nr-run"), command, *words, *places, *timeouts]

    def other(self, command: str, *words: str) -> list[str]:
        """The command line of another subcommand, which needs no inventory."""
        places = ["--runs", str(self.runs)]
        timeouts = (
            ["--poll-interval", "0.1", "--ike-timeout", "6", "--reconnect-timeout", "6"]
            if command in ("resume", "rollback")
            else []
        )
        return [str(Path(sys.executable).parent / "nr-run"), command, *words, *places, *timeouts]

    def nr_run(self, command: str, *words: str, **environment: str) -> Done:
        """Run resume, rollback, runs or show, without the credentials that a deploy has."""
        bare = {key: value for key, value in self.environment.items() if key != "NR_RUN_CREDENTIALS"}
        done = warm.run(self.other(command, *words), {**bare, **environment})
        return Done(done.returncode, done.stdout, done.stderr)

    def begin_other(self, command: str, *words: str) -> warm.Process:
        """Start another subcommand and do not wait for it."""
        return warm.Process(self.other(command, *words), self.environment)

    def deploy(self, *words: str, **environment: str) -> Done:
        """Run deploy-l2l without a terminal."""
        return self.deploy_other("deploy-l2l", *words, **environment)

    def deploy_other(self, command: str, *words: str, **environment: str) -> Done:
        """Run a runbook of the intent without a terminal."""
        done = warm.run(self.arguments(*words, command=command), {**self.environment, **environment})
        return Done(done.returncode, done.stdout, done.stderr)

    def begin(self, *words: str) -> warm.Process:
        """Start deploy-l2l and do not wait for it."""
        return warm.Process(self.arguments(*words), self.environment)

    def begin_rotation(self) -> warm.Process:
        """Start rotate-psk of the tunnel and do not wait for it."""
        return warm.Process(self.arguments("hq-branch", "--yes", command="rotate-psk"), self.environment)

    def configurations(self) -> dict[str, dict[str, str]]:
        """Running and startup configuration of both devices, as they print them."""
        return {kind: {name: self.lab.exec(name, f"show {kind}-config") for name in DEVICES} for kind in ("running", "startup")}

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a text in a file of the inventory."""
        path = self.inventory / file
        text = path.read_text()
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new))

    @contextmanager
    def operator(self, device: str) -> Iterator[BaseConnection]:
        """Another operator, logged in to a device and privileged."""
        place = self.lab.devices[device]
        connection = ConnectHandler(
            device_type="cisco_ios_telnet",
            host=place.host,
            port=place.port,
            username=self.secret("device-username"),
            password=self.secret("device-password"),
            secret=self.secret("enable-secret"),
        )
        try:
            connection.enable()
            yield connection
        finally:
            connection.disconnect()

    def configure(self, device: str, *lines: str) -> None:
        """Change a device as another operator would; the line ``write memory`` saves it at the end."""
        with self.operator(device) as connection:
            connection.send_config_set([line for line in lines if line != "write memory"])
            if "write memory" in lines:
                connection.save_config()

    def wait_for(self, state: str, host: str | None = None, *, besides: Collection[str] = (), seconds: float = 30) -> None:
        """Wait until the journal of a run (not one of ``besides``) has reached a state, for one device if named."""

        def reached() -> bool:
            for journal in self.runs.glob("2*/journal.jsonl"):
                if journal.parent.name not in besides:
                    lines = [
                        json.loads(line) for line in journal.read_text().splitlines() if state in line and line.endswith("}")
                    ]
                    if any(line["state"] == state and host in (None, line.get("host")) for line in lines):
                        return True
            return False

        self.wait_until(reached, seconds=seconds)

    @staticmethod
    def wait_until(happened: Callable[[], bool], *, seconds: float) -> None:
        """Wait until something is so; fails when it is not within ``seconds`` times PATIENCE."""
        deadline = time.monotonic() + seconds * warm.PATIENCE
        while not happened():
            assert time.monotonic() < deadline, "what was waited for did not happen"
            time.sleep(0.005)

    def secret(self, name: str) -> str:
        """Value of one of the lab's credentials."""
        return (self.lab.credentials / name).read_text().strip()


@pytest.fixture(autouse=True)
def state_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test pins host keys in a folder of its own: another lab may have listened on the same port before."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state" / secrets.token_hex(4)))


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    """A fresh lab of its own, with the inventory of the pair pointing at its ports."""
    with start_lab(tmp_path / "lab", speed=SPEED) as lab:
        copy_inventory(tmp_path / "inventory", {name: place.port for name, place in lab.devices.items()})
        environment = {**os.environ, "NR_RUN_CREDENTIALS": str(lab.credentials), "XDG_CONFIG_HOME": str(tmp_path / "config")}
        made = Rehearsal(lab, tmp_path, environment)
        made.before = made.configurations()
        yield made


def copy_inventory(target: Path, ports: dict[str, int]) -> None:
    """The inventory of the pair, with other ports."""
    copy_pair(target)
    hosts = target / "hosts.yaml"
    text = hosts.read_text()
    for name, port in ports.items():
        text = text.replace({"vpn2611": "12611", "vpn3640": "13640"}[name], str(port))
    hosts.write_text(text)


@pytest.fixture
def unchanged(rehearsal: Rehearsal) -> Callable[[], None]:
    """Asserts that both devices run and keep what they did at the start, byte for byte."""

    def check() -> None:
        assert rehearsal.configurations() == rehearsal.before

    return check


@pytest.fixture
def timed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimedPair]:
    """A router with a revert timer and one with kron, clocks 40 times as fast as ours or as asked, and a tunnel to build."""
    with start_lab(tmp_path / "lab", devices=TIMED_DEVICES, speed=getattr(request, "param", 40)) as lab:
        lab.exec(REVERT, ARCHIVE)
        lab.exec(REVERT, "write memory")
        write_inventory(lab, tmp_path / "inventory", TIMED_DEVICES, STRONG)
        made = TimedPair(lab, tmp_path)
        made.before = made.configurations()
        yield made


@pytest.fixture(autouse=True)
def _key_of_ones_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test makes a run key in the home of whoever runs it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "config"))
