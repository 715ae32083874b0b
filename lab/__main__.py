"""The lab process: `python -m nr_run.lab --directory D`, started by `entry.start` or `nr-run lab up`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import folder
from .control import Control
from .core.errors import LabError
from .memory import allow_many_files, resident_kb
from .rehearsal import CREDENTIALS, Rehearsal, keys_of, new_secret


def _ordered(text: str) -> Any:
    """JSON, or the name of a file with it behind an @: configurations are longer than a command line."""
    return json.loads(Path(text[1:]).read_text(encoding="utf8") if text.startswith("@") else text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nr_run.lab", description="Run simulated routers on loopback.")
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--devices", type=_ordered, default={"vpn2611": "vpn2611", "vpn3640": "vpn3640"})
    parser.add_argument("--credentials", default="", help="names of further credentials to make, with commas between them")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--lifetime", type=float, default=8 * 3600.0, help="real seconds until the lab ends by itself")
    parser.add_argument("--fixed-ports", action="store_true")
    parser.add_argument("--stay", action="store_true", help="stay when the standard input ends")
    return parser.parse_args()


async def _orphaned(stopped: asyncio.Event) -> None:
    """End with the process that started us: its end closes our standard input."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stopped.set()


async def _run(options: argparse.Namespace) -> None:
    further = [*(name for name in options.credentials.split(",") if name), *keys_of(options.devices)]
    credentials = {"device-username": "nr"} | {name: new_secret() for name in (*CREDENTIALS, *further)}
    allow_many_files()
    before = resident_kb()
    lab = Rehearsal(options.devices, options.speed, credentials)
    await lab.listen(fixed_ports=options.fixed_ports)
    token = secrets.token_urlsafe(24)
    control = Control(lab, token, before)
    # A unix socket's path has to be short, which the lab's folder need not be.
    with tempfile.TemporaryDirectory(prefix="nr-run-lab-") as short:
        address = f"{short}/control"
        server = await asyncio.start_unix_server(control.serve, address, limit=1 << 22)
        devices = {
            name: {"host": "127.0.0.1", "port": port.number, "transport": port.transport} for name, port in lab.ports.items()
        }
        record = {"pid": os.getpid(), "devices": devices, "speed": options.speed, "control": address, "token": token}
        record["ordered"] = any(not isinstance(order, str) for order in options.devices.values())
        record["far_ends"] = {name: str(end.order.address) for name, end in lab.far_ends.items()}
        record["not_played"] = lab.not_played()
        host_keys = {port.number: port.host_key for port in lab.ports.values() if port.host_key}
        folder.write(options.directory, record, credentials, host_keys)
        folder.keep_errors(options.directory)
        try:
            await _until_stopped(control.stopped, options)
        finally:
            folder.remove(options.directory)
            server.close()
            await lab.close()


async def _until_stopped(stopped: asyncio.Event, options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopped.set)
    watch = None if options.stay else loop.create_task(_orphaned(stopped))
    try:
        await asyncio.wait_for(stopped.wait(), options.lifetime)
    except TimeoutError:
        return
    finally:
        if watch is not None:
            watch.cancel()


def main() -> int:
    """Run the lab until it is stopped; the last line on standard error says why it could not start."""
    try:
        asyncio.run(_run(_arguments()))
    except LabError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
