"""What a person types, without nr-run, to see a rollback timer, to cancel it, or to roll the device back now.

The recap, the page ``cancel-timer.txt`` of a run and the table of docs/explanation/automatic-rollback.md are made of these steps.
"""

from __future__ import annotations

from msgspec import Struct

from ...changes.timer_config import file_of, name_of


class ByHand(Struct, frozen=True):
    """Lines at the privileged prompt, in the order in which they are typed; {name} and {file} are those of a run (`filled`).

    ``cancel`` leaves the configuration alone; ``undo`` has the device roll back now, and is empty for a timer that only its own
    time lets roll back. ``who`` says who may cancel it.
    """

    see: tuple[str, ...]
    cancel: tuple[str, ...]
    undo: tuple[str, ...] = ()
    who: str = ""

    def filled(self, tag: str) -> ByHand:
        """The same lines with the names of one run filled in."""

        def fill(lines: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(line.format(name=name_of(tag), file=file_of(tag)) for line in lines)

        return ByHand(fill(self.see), fill(self.cancel), fill(self.undo), self.who)

    @property
    def sentence(self) -> str:
        """All in one line, for a recap that names no run."""
        steps, see = (tuple(_anonymous(line) for line in lines) for lines in (self.cancel, self.see))
        who = f" {self.who}" if self.who else ""
        return f"type {', '.join(steps)}{who}; then see {' and '.join(see)}"


def _anonymous(line: str) -> str:
    return line.format(name="NR-...", file="flash:nr-....cfg")
