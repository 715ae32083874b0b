"""What a line of a provider's sample means for one device: a word and one reason."""

from __future__ import annotations

from typing import Any, Literal, get_args

from msgspec import Struct
from msgspec.structs import asdict

#: ``accepted``: the device takes it, and nothing speaks against it. ``refused``: the release of the device does not take it.
#: ``shared``: it would change what something else uses. ``weak``: weaker than what nr-run builds without a waiver, or at all.
#: ``placeholder``: somebody has to fill it in. ``wrong``: the device takes it, and it does not do what is meant. ``unknown``: no
#: rule knows it.
LineWord = Literal["accepted", "refused", "shared", "weak", "placeholder", "wrong", "unknown"]
WORDS: tuple[LineWord, ...] = get_args(LineWord)


class LineVerdict(Struct, frozen=True):
    """One word on one line. ``text`` is the line without a key in it. A line about which there is more to say has several."""

    line: int
    word: LineWord
    reason: str
    text: str
    source: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)
