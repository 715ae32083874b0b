"""The console that everything for a person is printed on: no character of a device steers the terminal behind it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from .printable import printable, steers

PLAIN_WIDTH = 118


class _Screen(Console):
    """A console that does not end the program when nobody reads: a change that is under way has to be finished."""

    def on_broken_pipe(self) -> None:
        """Raise what Python raises; rich would raise SystemExit, past every handler of a run."""
        raise BrokenPipeError

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As rich does it; what it draws with itself are segments of their own kind, and stay."""
        for segment in super().render(renderable, options):
            # Each cell of a table comes past here three times; what is as it should be is handed on as it is.
            yield Segment(printable(segment.text), segment.style) if steers(segment.text) and not segment.control else segment


def console(*, stderr: bool = False) -> Console:
    """A console that has colour and the window's width on a terminal, and neither elsewhere."""
    made = _Screen(stderr=stderr, highlight=False, soft_wrap=True)
    return made if made.is_terminal else _Screen(stderr=stderr, highlight=False, no_color=True, width=PLAIN_WIDTH, soft_wrap=True)
