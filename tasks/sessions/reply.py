"""What a device answered to one line."""

from __future__ import annotations

from msgspec import Struct


class Reply(Struct, frozen=True):
    """What a device answered to one line; ``line`` and ``text`` hold tokens instead of secrets.

    ``warnings`` were taken out of the text: the device has done what it was told, and says what it thinks of it. Of a
    configuration ``counted`` says whether its size is the one that the device printed (None: it printed none), and ``with_timer``
    that lines of the run's timer stood in it, which are left out of ``text``. ``in_exec``: the line was typed in exec mode.
    """

    line: str
    text: str
    warnings: tuple[str, ...] = ()
    counted: bool | None = None
    with_timer: bool = False
    in_exec: bool = False

    @property
    def words(self) -> str:
        """The answer on one line, for a sentence."""
        return " ".join(part.strip() for part in self.text.splitlines() if part.strip(" ^\t"))
