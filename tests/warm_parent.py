"""The parent of the processes of the tests: it has imported everything once, and forks a process for each command and lab.

Run as ``python warm_parent.py SOCKET``. A request is one line of JSON (program, arguments, environment, folder) with three
descriptors for standard input, output and error; the answers are the number of the process and, when it has ended, its return
code. Each command is a process of its own, with its own signals and memory, so it can be killed; only its imports are not paid
for again. All workers of a test session share one parent, which ends, with what still runs, when the connection that
came first is closed.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import random
import runpy
import select
import selectors
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import NoReturn

#: What the commands import when they are used; what is not installed (an extra) is not missed.
PACKAGES = tuple(
    f"nr_run.{name}" for name in ("runbooks", "services", "tasks", "checks", "changes", "inventory", "parsers", "lab")
)
MODULES = (
    *("netmiko", "paramiko", "ttp", "nornir_jinja2.plugins.tasks", "nornir.plugins.runners", "nr_run.lab.entry", "rich.live"),
    *("rich._emoji_codes", "nornir.plugins.inventory.simple", "ruamel.yaml.mergevalue", "encodings.idna", "_strptime"),
    *("pydantic.dataclasses", "nr_run.lab.__main__"),
)


def import_everything() -> None:
    """All modules of nr-run and the libraries that they import late, and what they compile at first use: the templates that parse
    and those that render, and the releases of the lab."""
    _remember_entry_points()
    for name in MODULES:
        importlib.import_module(name)
    for package in PACKAGES:
        folder = importlib.import_module(package)
        for module in pkgutil.walk_packages(folder.__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    note = runpy.run_path(str(Path(__file__).with_name("meta") / "recording.py"))
    note["install"]()
    reader = importlib.import_module("nr_run.parsers.reader")
    plan_of = importlib.import_module("nr_run.parsers.fields.convert").plan_of
    for command in importlib.import_module("nr_run.parsers.catalogue").COMMANDS:
        reader._program(command, None)
        for record in command.records.values():
            plan_of(record)
    releases = importlib.import_module("nr_run.lab.core.configuration.releases")
    for name in (*releases.TABLES, *releases.ASA_ROWS):
        releases.release(name)
    # What a box reads when it starts is then read already, and the words of each mode are in order.
    devices = {profile: profile for profile in importlib.import_module("nr_run.lab.core.profiles").PROFILES}
    access = dict.fromkeys(("device-username", "device-password", "enable-secret"), "word-of-the-parent")
    importlib.import_module("nr_run.lab.rehearsal").Rehearsal(devices, 1.0, access)
    # The plug-ins of Nornir and the expressions of the YAML reader are sorted out when the first inventory is read; files of the
    # same text, which most inventories of the tests have, are then not read again.
    pair = Path(__file__).with_name("inventories") / "pair"
    importlib.import_module("nr_run.inventory.files.hosts").load_nornir(pair)
    importlib.import_module("nr_run.inventory.intents.intent_files").load_intent(pair / "vpn")
    # The largest expressions of a session are compiled when a device first says something.
    messages = importlib.import_module("nr_run.tasks.sessions.messages")
    for form in (messages._LINES, messages._HERE, messages._INLINE):
        messages._form(form)
    templates = importlib.import_module("nr_run.templates.environment").jinja_env()
    for name in templates.list_templates(extensions=["j2"]):
        templates.get_template(name)
    # Boxes of one lab have different host keys; labs that are forked from here may have the same ones.
    keys = importlib.import_module("nr_run.lab.core.access.ssh_keys")
    for bits in (1024, 2048):
        keys.make_ahead(bits, 6)
    # What stands here lives as long as the process: no collection in a child looks at it again, nor copies its pages.
    gc.collect()
    gc.freeze()


def _remember_entry_points() -> None:
    """What is installed is read once, for each path on which it is looked for, and not by each command again."""
    look = metadata.entry_points
    known: dict[tuple[str, ...], metadata.EntryPoints] = {}

    def entry_points(**of: str) -> metadata.EntryPoints:
        path = tuple(sys.path)
        if path not in known:
            known[path] = look()
        return known[path].select(**of)

    metadata.entry_points = entry_points
    entry_points()


def become(request: dict[str, object], descriptors: list[int]) -> NoReturn:
    """In the new process: take over descriptors, environment and arguments, run the command and end as it ends."""
    code = 1
    try:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
        os.environ.clear()
        os.environ.update(request["environment"])  # type: ignore[call-overload]
        os.chdir(str(request["folder"]))
        _find_also(os.environ.get("PYTHONPATH", ""))
        sys.argv = list(request["arguments"])  # type: ignore[call-overload]
        random.seed()
        if request["program"] == "lab":
            os.setsid()  # a Ctrl-C at the terminal is for the tests, which then stop the lab
            code = importlib.import_module("nr_run.lab.__main__").main()
        else:
            importlib.import_module("nr_run.runbooks.commands.cli").main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - what Python would do at the end of a process
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                continue  # the test has closed its end, or nr-run has
        os._exit(code)


def _find_also(folders: str) -> None:
    """What an interpreter that begins does with PYTHONPATH: services of a test's own are found in its folders."""
    further = [folder for folder in folders.split(os.pathsep) if folder and folder not in sys.path]
    if further:
        sys.path[1:1] = further
        importlib.invalidate_caches()
        importlib.import_module("nr_run.services.registry").declared.cache_clear()
        importlib.reload(importlib.import_module("nr_run.runbooks.commands.cli"))


def serve(path: str) -> None:
    """Fork until the first connection is closed; everything is imported when there is a second."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(256)
    life, _ = listening.accept()
    ready, _, _ = select.select([listening, life], [], [])
    if life in ready:
        return
    import_everything()
    wake, woken = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    watched = selectors.DefaultSelector()
    for item in (listening, life, woken):
        watched.register(item, selectors.EVENT_READ)
    running: dict[int, socket.socket] = {}
    while True:
        ready = [key.fileobj for key, _ in watched.select()]
        if life in ready:
            end(running)
            return
        if woken in ready:
            woken.recv(4096)
        if listening in ready:
            asked, _ = listening.accept()
            _fork(asked, running, (listening, life, wake, woken))
        while running:
            number, status = os.waitpid(-1, os.WNOHANG)
            if number == 0:
                break
            with running.pop(number) as connection:
                try:
                    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
                except OSError:
                    continue  # nobody waits for it


def end(running: Iterable[int]) -> None:
    """When the session has ended, or was killed: nobody waits for what still runs. A lab, which has a session of its own, takes
    its folders away first."""
    for number in running:
        os.kill(number, signal.SIGTERM if os.getsid(number) == number else signal.SIGKILL)


def _fork(asked: socket.socket, running: dict[int, socket.socket], own: tuple[socket.socket, ...]) -> None:
    data, descriptors, _, _ = socket.recv_fds(asked, 1 << 20, 3)
    while not data.endswith(b"\n"):
        data += asked.recv(1 << 20)
    number = os.fork()
    if number == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for item in (*own, *running.values(), asked):
            item.close()
        become(json.loads(data), descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    running[number] = asked
    asked.sendall(f"{number}\n".encode())


if __name__ == "__main__":
    serve(sys.argv[1])
    shutil.rmtree(Path(sys.argv[1]).parent)
