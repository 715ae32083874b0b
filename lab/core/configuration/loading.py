"""Load a configuration from outside into a box. Lines that the lab does not simulate are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ...ios.configure import Place, apply
from .loaded import Loaded
from .syntax import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...asa.box import AsaBox
    from ..box import Box

#: Ends the sub-mode above it, which a block of lines has done by then.
ENDS = "exit-address-family"


def load(box: Box, lines: Sequence[str]) -> Loaded:
    """Enter a configuration into an empty router. Lines that it refuses are kept and shown only."""

    def take(place: object, line: str) -> tuple[bool, object]:
        here = cast(Place, place)
        # A line that its section does not know would be taken as a global one, and end the section.
        if box.release.config[here.mode].read(line.strip()).verdict is not Verdict.DONE:
            return False, here
        answer, after = apply(box, box.release, here, line.strip())
        refused = any((text.startswith("%") and "NOTE" not in text and "WARNING" not in text) or "^" in text for text in answer)
        return not refused, after

    return Loaded.of(lines, Place(), take, lambda: box.own_lines())


def load_asa(box: AsaBox, lines: Sequence[str]) -> Loaded:
    """The same for an ASA."""
    from ...asa import configure

    def take(place: object, line: str) -> tuple[bool, object]:
        here = cast(Place, place)
        if line.strip() == ENDS:
            return True, here
        if box.release.config[here.mode].read(line.strip()).verdict is not Verdict.DONE:
            return False, here
        answer, after, _ = configure.apply(box, here, line.strip())
        refused = any("ERROR" in text or "not allowed" in text or text.startswith("%") for text in answer)
        return not refused, after

    return Loaded.of(lines, Place(), take, lambda: box.own_lines())
