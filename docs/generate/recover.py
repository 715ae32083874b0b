"""The lines that a person types on a device without nr-run, by rollback method: a part of docs/how-to/recover.md.

They come from the same steps as the recap and the page ``cancel-timer.txt`` of a run, so what the program prints and what the
document says are one text. tests/docs/test_recover.py types them in the lab after a kill -9.
"""

from __future__ import annotations

from nr_run.tasks.rollback_timers import ROLLBACK_TIMERS, RollbackTimer
from tables import block

#: What stands for the id of a run in the lines.
ID = "ID"
MINUTES = 15


def part() -> str:
    """One section for each rollback method."""
    return "\n".join(_section(timer) for timer in ROLLBACK_TIMERS.values())


def _section(timer: RollbackTimer) -> str:
    hand = timer.by_hand.filled(f"nr-{ID}")
    who = " Log in as the user that the timer names: nobody else can confirm it." if hand.who else ""
    undo = (
        block(hand.undo) if hand.undo else "Paste `rollback.cfg` of the device, with the key in place of each `<secret:...>`.\n"
    )
    again = "\nIf that is refused, paste `rollback.cfg`.\n" if hand.undo else ""
    return (
        f"### {timer.name}\n\n`cancel-timer.txt` says: the device {timer.sentence(MINUTES)}.\n\n"
        f"**See** what is armed.{who}\n\n{block(hand.see)}\n"
        f"**Undo** the change:\n\n{undo}{again}\n"
        f"**Cancel** the rollback timer, after the configuration is what you decided on:\n\n{block(hand.cancel)}"
    )
