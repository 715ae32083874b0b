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
    runbook: str, asked: Asked, work: Callable[[Opened], F], view: Callable[[F, str, int], RenderableType], *, as_json: bool
) -> Exit:
    """Do the work on what was opened; ``view`` is told what was found, the folder of the record, and the width in columns."""
    from ..verify.opening import open_verification
    from .verify_command import progress_of
    from .views.screen import console
    from .views.wrapped import WIDTH

    progress = progress_of()
    with open_verification(asked, progress) as opened, progress:
        made = work(opened)
        progress.pause()
        folder = str(opened.folder.path)
        if as_json:
            head = {"runbook": runbook, "outcome": made.code.word, "exit_code": int(made.code)}
            print_json({**head, **made.as_dict(), "folder": folder})
        else:
            screen = console()
            screen.print(view(made, folder, screen.width if screen.is_terminal else WIDTH))
    return made.code
