"""Files that a person brings to a command: read whole, within bounds, and named in every sentence about them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ....inventory.errors import Exit, ParseError
from ..console import print_json
from ..paths import PathOf

if TYPE_CHECKING:
    from pathlib import Path

    from ....checks.client_logs.explanation import Explanation
    from ....parsers.logs.bundle import Bundle

#: Outputs of show commands are short; a file of this size is something else.
OUTPUTS_AT_MOST = 16 << 20
FILE = PathOf(allow_dash=True)


def brought(source: Path, at_most: int) -> tuple[str, bytes]:
    """Name and bytes of a file, or of standard input for ``-``; one byte more than ``at_most`` shows that it is larger."""
    try:
        if str(source) == "-":
            return "standard input", sys.stdin.buffer.read(at_most + 1)
        with source.open("rb") as stream:
            return source.name, stream.read(at_most + 1)
    except OSError as error:
        raise ParseError(f"{source} cannot be read: {error.strerror}") from error


def bundle_of(source: Path) -> Bundle:
    """The texts of a file that may be a ZIP. Raises ParseError where it cannot be read."""
    from ....parsers.logs.bundle import LIMITS, read_bundle

    return read_bundle(*brought(source, LIMITS.file))


def text_of(source: Path) -> tuple[str, str]:
    """Name and text of a file of show outputs. Raises ParseError where it is empty, binary or too large."""
    from ....parsers.logs.decoding import decoded

    name, data = brought(source, OUTPUTS_AT_MOST)
    if len(data) > OUTPUTS_AT_MOST:
        raise ParseError(f"{name} is larger than {OUTPUTS_AT_MOST >> 20} MB: it is not the output of a few show commands")
    return name, decoded(name, data)


def explained(runbook: str, make: Callable[[], Explanation], *, as_json: bool) -> Exit:
    """Make the explanation, and show it to a person or as JSON. The code: ok only where it is good."""
    from ..views.explanation_view import explanation_view
    from ..views.screen import console
    from ..views.wrapped import WIDTH

    made = make()
    code = Exit.OK if made.good else Exit.VERIFY_FAILED
    if as_json:
        head: dict[str, Any] = {"runbook": runbook, "outcome": code.word, "exit_code": int(code)}
        print_json({**head, **made.as_dict()})
    else:
        screen = console()
        screen.print(explanation_view(made, code, width=screen.width if screen.is_terminal else max(WIDTH, 100)))
    return code
