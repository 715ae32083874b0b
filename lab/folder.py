"""The lab's private folder: `lab.json` says where the lab is, `credentials/` holds what a client needs to log in, `known_hosts`
the SSH host keys of its boxes as OpenSSH writes them, and `lab.log` what went wrong in the lab itself."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .core.errors import LabError, NoLab


def default_directory() -> Path:
    """`$NR_RUN_LAB_DIR`, or `nr-run/lab` under the XDG state folder."""
    chosen = os.environ.get("NR_RUN_LAB_DIR")
    if chosen:
        return Path(chosen)
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "nr-run" / "lab"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; it appears whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    draft.replace(path)


def write(directory: Path, record: Mapping[str, Any], credentials: Mapping[str, str], host_keys: Mapping[int, str]) -> None:
    """Write the folder, `lab.json` last; `host_keys` are those of the boxes that are reached by SSH, by port."""
    secret = directory / "credentials"
    for folder in (directory, secret):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    for name, value in credentials.items():
        write_private(secret / name, value + "\n")
    known = "".join(f"[127.0.0.1]:{port} {key}\n" for port, key in host_keys.items())
    write_private(directory / "known_hosts", known)
    write_private(directory / "lab.json", json.dumps(record, indent=2) + "\n")


def keep_errors(directory: Path) -> None:
    """Send this process's standard error to `lab.log`: nobody reads the pipe that it was started with any more."""
    handle = os.open(directory / "lab.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, 2)
    os.close(handle)


def remove(directory: Path) -> None:
    """Take away what `write` wrote; the folder itself goes if nothing else is in it."""
    for name in ("lab.json", "known_hosts", "lab.log"):
        (directory / name).unlink(missing_ok=True)
    shutil.rmtree(directory / "credentials", ignore_errors=True)
    if directory.is_dir() and not any(directory.iterdir()):
        directory.rmdir()


def alive(pid: int) -> bool:
    """Whether a process runs (and is not a zombie that nobody has waited for)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def runs_ordered(directory: Path) -> bool:
    """Whether a lab runs there that plays somebody's own inventory or configurations."""
    try:
        return bool(read(directory).get("ordered"))
    except LabError:
        return False


def read(directory: Path) -> dict[str, Any]:
    """The record of the lab that runs in the folder; NoLab if there is none, or if it has ended."""
    path = directory / "lab.json"
    try:
        record = json.loads(path.read_text())
    except FileNotFoundError:
        raise NoLab(f"No lab runs in {directory}. Start one with: nr-run lab up") from None
    except (ValueError, OSError) as error:
        raise LabError(f"{path} cannot be read as the record of a lab.") from error
    if not isinstance(record, dict) or not isinstance(record.get("pid"), int):
        raise LabError(f"{path} cannot be read as the record of a lab.")
    if not alive(record["pid"]):
        raise NoLab(f"The lab in {directory} has ended. Start one with: nr-run lab up")
    return record
