"""A command that only looks at devices: it opens a record, does its work, and shows that to a person or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ...inventory.errors import Exit
from .console import print_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ..verify.opening import Asked, Opened


class Found(Protocol):
    """What was found out."""

    @property
    def code(self) -> Exit:
        """The exit code that follows from it."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""


F = TypeVar("F", bound=Found)


def asked_by(
    names: tuple[str, ...], limits: tuple[str, ...], options: Mapping[str, Any], folder: str, *, may_be_none: bool = False
) -> Asked:
    """What the options of such a command ask for; nothing is sent through a tunnel. ``folder`` is where records are kept."""
    from ..verify.opening import Asked

    return Asked(
        names,
        limits,
        options["inventory"],
        options["runs"],
        probe=False,
        deadline=options["deadline"],
        lab=options["lab"],
        debug=options["debug"],
        keep_in=folder,
        may_be_none=may_be_none,
        scheduler=options.get("scheduler", ""),
    )


def look_only(
    runbook: str,
    asked: Asked,
    file: str,
    work: Callable[[Opened], F],
    view: Callable[[F, str, Exit, int], RenderableType],
    *,
    as_json: bool,
) -> Exit:
    """Do the work on what was opened, and keep it as ``file``.

    ``view`` is told what was found, the folder of the record (empty where it could not be kept, which keeps nobody from what was
    found), the exit code, and the width in columns.
    """
    from ..verify.kept import code_after, kept_record
    from ..verify.opening import open_verification
    from .verify_command import progress_of
    from .views.screen import console
    from .views.wrapped import WIDTH

    progress = progress_of()
    with open_verification(asked, progress) as opened, progress:
        made = work(opened)
        unkept = (opened.unkept,) if opened.unkept else kept_record(opened.folder, file, made.as_dict())
        folder = "" if unkept else str(opened.folder.path)
        code = code_after(made.code, unkept)
        progress.pause()
        if as_json:
            head = {"runbook": runbook, "outcome": code.word, "exit_code": int(code)}
            print_json({**head, **made.as_dict(), "folder": folder, "warnings": list(unkept)})
        else:
            screen = console()
            screen.print(view(made, folder, code, screen.width if screen.is_terminal else WIDTH))
        for words in unkept:
            progress.say(f"nr-run: {words}")
    return code
