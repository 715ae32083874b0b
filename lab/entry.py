"""Starting a lab and talking to it: the only door that the rest of nr-run uses."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from msgspec import Struct

from . import folder
from .core.errors import LabError, NoLab
from .folder import default_directory
from .request import request

__all__ = ["Counters", "Endpoint", "LabError", "LabHandle", "Memory", "attach", "default_directory", "start"]

START_SECONDS = 60.0
#: And for each device: the first one of a release builds its tables, and host keys are made.
SECONDS_EACH = 0.5
STOP_SECONDS = 10.0


class Endpoint(Struct, frozen=True):
    """Where a device listens; `transport` is `telnet` or `ssh`."""

    host: str
    port: int
    transport: str


class Counters(Struct, frozen=True):
    """What clients cost a device since the last reset."""

    logins: int
    round_trips: int
    lines: int


class Memory(Struct, frozen=True):
    """What the process of the lab holds in memory, and what each device has added to it since the lab began to be built."""

    resident_kb: int
    per_device_kb: int


class LabHandle:
    """A running lab. As a context manager it stops the lab that it started; an attached lab goes on."""

    def __init__(self, directory: Path, record: Mapping[str, Any], process: subprocess.Popen[bytes] | None) -> None:
        self.directory = directory
        self.pid: int = record["pid"]
        self.speed: float = record["speed"]
        self.credentials = directory / "credentials"
        #: Of each device with a configuration of its own: how many lines are kept and not played ("count"), and which ("lines").
        self.not_played: dict[str, dict[str, Any]] = dict(record.get("not_played", {}))
        #: The far ends that are played without a command line, with their addresses.
        self.far_ends: dict[str, str] = dict(record.get("far_ends", {}))
        self.devices = {name: Endpoint(**where) for name, where in record["devices"].items()}
        self._control: str = record["control"]
        self._token: str = record["token"]
        self._process = process

    def __enter__(self) -> LabHandle:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            self.stop()

    def _ask(self, what: str, **more: Any) -> Any:
        return request(self._control, self._token, what, **more)

    def exec(self, device: str, command: str) -> str:
        """Run an exec command as a privileged user and return its output.

        Lines after the first answer the command's questions, or are typed in configuration mode. NoSuchDevice.
        """
        return str(self._ask("exec", device=device, command=command))

    def fault(self, device: str, name: str, *args: str | int, on: bool = True) -> None:
        """Switch a fault of a device; NoSuchFault for an unknown one, or wrong arguments."""
        self._ask("fault", device=device, fault=name, arguments=[str(item) for item in args], on=on)

    def client(self, name: str, action: str, **words: str | float) -> dict[str, Any]:
        """Drive the VPN client of a name (it is there as soon as it is named), and say how it stands.

        `connect` takes `host` (a device, or an address), `group`, `key`, `user` and `password`; `send` takes `to`, an address,
        and `count`; `idle` takes `seconds` of the lab; `disconnect` and `status` take nothing. The answer has `connected`,
        `address`, `failed` and `says` (why it came to nothing, in the lab's word and in the client's), `encaps` and `decaps` of
        the router, and after `send` also `sent` and `answered`. LabError for anything else.
        """
        return dict(self._ask("client", client=name, action=action, words={key: str(value) for key, value in words.items()}))

    def status(self) -> dict[str, Any]:
        """Per device: the faults that are on and the number of open sessions."""
        return dict(self._ask("status"))

    def far_ends_status(self) -> dict[str, Any]:
        """Per far end: the faults that are on ("faults"), and the last of what it noted ("noted")."""
        return dict(self._ask("far ends"))

    def memory(self) -> Memory:
        """What the lab holds in memory now."""
        return Memory(**self._ask("memory"))

    def counters(self, device: str) -> Counters:
        """What clients cost a device since the last reset."""
        return Counters(**self._ask("counters", device=device))

    def keep(self) -> None:
        """Have every device remember what it has saved, for `rewind`."""
        self._ask("keep")

    def rewind(self) -> None:
        """Every device runs and has saved what it had at `keep`, or at its start, and has no SA; nobody may be logged in."""
        self._ask("rewind")

    def reset_counters(self) -> None:
        """Set the counters of every device to zero."""
        self._ask("reset")

    def wait(self) -> None:
        """Wait until the lab that was started here has ended."""
        if self._process is not None:
            self._process.wait()

    def release(self) -> None:
        """Let go of a detached lab: it goes on, and this handle does not stop it."""
        if self._process is not None:
            # The child outlives us on purpose; without this, Popen would complain that nobody waited for it.
            self._process.returncode = self._process.poll() or 0
            if self._process.stderr is not None:
                self._process.stderr.close()
            self._process = None

    def stop(self) -> None:
        """End the lab and wait until it has ended."""
        try:
            self._ask("stop")
        except NoLab:
            folder.remove(self.directory)
        if self._process is not None:
            if self._process.stdin is not None:
                self._process.stdin.close()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stderr is not None:
                self._process.stderr.close()
            return
        until = time.monotonic() + STOP_SECONDS
        while folder.alive(self.pid) and time.monotonic() < until:
            time.sleep(0.05)


def start(
    directory: Path,
    *,
    devices: Mapping[str, str | Mapping[str, Any]] | None = None,
    credentials: Sequence[str] = (),
    speed: float = 1.0,
    fixed_ports: bool = False,
    detach: bool = False,
    lifetime: float = 8 * 3600.0,
) -> LabHandle:
    """Start a lab in a child process and wait until it answers.

    `devices` maps device names to profiles (`vpn2611`, `vpn3640`, `vpn3640-124`, `c881`, `c8000v-17`, `c8000v-1711`, `asa82`,
    `asa91`, `asa919`, `asa924`), or to what an inventory orders (see played.py, and stations/far_order.py for a far end without
    a command line); for each name of `credentials` a secret is made, beside those that every lab has. `speed` is lab seconds
    per real second; `lifetime` is in real seconds. With `detach` the lab outlives this process. LabError if a lab runs there
    already, or it cannot start.
    """
    try:
        running = folder.read(directory)
    except NoLab:
        folder.remove(directory)
    else:
        raise LabError(f"A lab runs in {directory} already (process {running['pid']}).")
    command = [sys.executable, "-m", "nr_run.lab", "--directory", str(directory)]
    command += ["--speed", str(speed), "--lifetime", str(lifetime)]
    orders = _orders(directory, devices) if devices is not None else None
    command += ["--devices", f"@{orders}"] if orders is not None else []
    command += ["--credentials", ",".join(credentials)] if credentials else []
    command += ["--fixed-ports"] * fixed_ports + ["--stay"] * detach
    process = subprocess.Popen(  # noqa: S603 - our own module, run by our own interpreter
        command,
        stdin=subprocess.DEVNULL if detach else subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,  # a Ctrl-C at the terminal is for us; we then stop the lab in order
    )
    try:
        patience = START_SECONDS + SECONDS_EACH * len(devices or ())
        return LabHandle(directory, _wait(directory, process, patience), process)
    finally:
        if orders is not None:
            orders.unlink(missing_ok=True)


def _orders(directory: Path, devices: Mapping[str, str | Mapping[str, Any]]) -> Path:
    """A private file with what is played: configurations are longer than a command line, and others can read that."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / "devices.json"
    folder.write_private(
        path, json.dumps({name: order if isinstance(order, str) else dict(order) for name, order in devices.items()})
    )
    return path


def _wait(directory: Path, process: subprocess.Popen[bytes], patience: float) -> dict[str, Any]:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if process.poll() is not None:
            _, said = process.communicate()
            lines = said.decode(errors="replace").strip().splitlines()
            raise LabError(lines[-1] if lines else "The lab ended before it answered.")
        try:
            record = folder.read(directory)
        except NoLab:
            time.sleep(0.05)
            continue
        if record["pid"] == process.pid:
            return record
        time.sleep(0.05)
    process.kill()
    process.communicate()
    raise LabError(f"The lab did not answer within {patience:.0f} seconds.")


def attach(directory: Path) -> LabHandle:
    """The lab that runs in a folder; NoLab if none does."""
    return LabHandle(directory, folder.read(directory), None)
