"""Notes, while tests run, which of the places in sites.py were reached: in this process, and in all that are forked from it.

Nothing is traced: the constructors of nr-run's errors and of its findings note who called them. A note is one appended line, so
that a process which is killed loses none.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from msgspec import Struct

#: Where notes go; without it nothing is noted.
VARIABLE = "NR_RUN_META"
_ROOT = str(Path(__file__).parent.parent.parent) + os.sep
_LINKED = os.sep + "nr_run" + os.sep
_noted: set[str] = set()


def install() -> None:
    """Note from now on, if the environment says where."""
    if folder := os.environ.get(VARIABLE):
        Path(folder).mkdir(parents=True, exist_ok=True)
        errors = importlib.import_module("nr_run.inventory.errors")
        finding = importlib.import_module("nr_run.checks.finding")
        _wrap(errors.NrRunError, folder)
        if not hasattr(finding.Finding, "__post_init__"):
            _put_in_place(finding.Finding, _noting_struct(finding.Finding, folder))


def cold(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a command that is started again and not forked: its interpreter installs this when it begins."""
    places = [str(Path(__file__).with_name("cold")), *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(places)} if VARIABLE in environment else dict(environment)


def _wrap(kind: Any, folder: str) -> None:
    if getattr(kind.__init__, "noting", False):
        return
    old = kind.__init__

    def noting(self: Any, *arguments: Any, **named: Any) -> None:
        old(self, *arguments, **named)
        _note_callers(folder, self, "made")

    noting.noting = True  # type: ignore[attr-defined]
    kind.__init__ = noting


def _noting_struct(kind: type[Struct], folder: str) -> type[Struct]:
    """The same struct, noted as it is made: its constructor cannot be wrapped, so what follows it has to stand in the class."""

    def noting(self: Any) -> None:
        if self.status.value not in ("ok", "skipped"):
            _note_callers(folder, self, self.status.value)

    body = {"__post_init__": noting, "__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return type(kind)(kind.__name__, (kind,), body, frozen=True)


def _put_in_place(old: type, new: type) -> None:
    """In every module that has it already; those that are imported later find it where it is defined."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is old:
                setattr(module, name, new)


def _note_callers(folder: str, made: Any, status: str) -> None:
    for where in _callers(sys._getframe(2), made):
        _note(folder, f"{where}\t{type(made).__name__}\t{status}")


@cache
def _real(file: str) -> str:
    return os.path.realpath(file)


def _callers(frame: FrameType | None, made: object) -> list[str]:
    """Who made it, past constructors of its own, and the two callers above (say() calls doubt()): one is a place of sites.py."""
    found: list[str] = []
    while frame is not None and len(found) < 3:
        file = _real(frame.f_code.co_filename)
        if frame.f_locals.get("self") is not made:
            if not file.startswith(_ROOT):
                break
            found.append(f"{file.removeprefix(_ROOT)}:{frame.f_lineno}")
        frame = frame.f_back
    return found


def _note(folder: str, line: str) -> None:
    if line in _noted:
        return
    _noted.add(line)
    with suppress(OSError):  # a test that fills the disk, or takes away the right to write
        descriptor = os.open(f"{folder}/{os.getpid()}.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)
