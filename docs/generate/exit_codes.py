"""docs/reference/exit-codes.md: each exit code with its word, what it means, what to do, and whether anybody has to be woken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nr_run.inventory.errors import Exit
from tables import table


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means, what to do about it, and who has to know: nobody, who started the run, or who is on call now."""

    means: str
    do: str
    tell: str


NOBODY, OPERATOR, ON_CALL = "nobody", "who started it", "**on call, now**"
MEANINGS: Mapping[Exit, Meaning] = {
    Exit.OK: Meaning("Done and verified, or nothing to do. `audit-vpn-phone`: no cause was found.", "Nothing.", NOBODY),
    Exit.ERROR: Meaning(
        "Something went wrong that has no code of its own.",
        "Read the sentence on standard error. `nr-run show RUN` says what became of the devices.",
        OPERATOR,
    ),
    Exit.PENDING: Meaning(
        "`--plan`: there is something to do, be it only to save; or you said no. `verify`: all works, and a configuration differs. "
        "`drift`: something differs. `check-release`: there is something to do. `import-sample`: something is to be filled in.",
        "Read the plan; apply it, or change the intent.",
        NOBODY,
    ),
    Exit.PARTIAL: Meaning(
        "Some tunnels are done, some are not.",
        "The recap has those that are not first, each with a code of its own in `--json`.",
        OPERATOR,
    ),
    Exit.UNREACHABLE: Meaning(
        "No connection, no login or no privilege, or the device does not show what it is asked for. Nothing was changed. "
        "`audit-vpn-phone`: no cause, but not all was read.",
        "Fix the way to the device, or its credentials, as the sentence says. Run it again.",
        OPERATOR,
    ),
    Exit.VERIFY_FAILED: Meaning(
        "A tunnel that was there already is not verified, or a change was kept and only small packets pass (degraded). "
        "`verify`: something is not healthy, or could not be told. `parse`: a line was not understood. `audit-vpn-phone`: a cause "
        "was found. `verify-reconnect`, `explain-dart`, `explain-phone`: it did not work, or that is not verified.",
        "Traffic may be down: read the probable cause, see [causes](causes.md).",
        ON_CALL,
    ),
    Exit.PRECHECK_FAILED: Meaning(
        "A pre-check failed: another device than meant, not saved, armed by somebody, changed since the plan, or in a run that did "
        "not end. Nothing was changed. `--plan` says so as well. `doctor`: a device is not ready for a change.",
        "Do what the finding says. Run it again.",
        OPERATOR,
    ),
    Exit.ROLLED_BACK: Meaning(
        "The change was rolled back on every end that is ours, and each that was touched was read back and compared. What somebody "
        "else changed meanwhile stays and is named.",
        "Nothing on the devices. Fix the cause that the recap names ([recover](../how-to/recover.md#exit-20)).",
        OPERATOR,
    ),
    Exit.ROLLBACK_INCOMPLETE: Meaning(
        "Something could not be rolled back, or a tunnel that was up does not come up again. Other runs keep off these devices until "
        "`nr-run resume RUN --close`.",
        "Follow the steps of the recap, then [recover](../how-to/recover.md#exit-21).",
        ON_CALL,
    ),
    Exit.USAGE: Meaning("The command line does not make sense.", "Correct it.", OPERATOR),
    Exit.INTENT: Meaning(
        "The inventory or the intent is wrong.", "The sentence names file, line and field: correct it.", OPERATOR
    ),
    Exit.NOTHING_MATCHED: Meaning(
        "No such tunnel, host or lab; in a text that was brought, no such client or phone, or more than one that could be meant.",
        "Correct the name; the nearest one is offered.",
        OPERATOR,
    ),
    Exit.LOCKED: Meaning(
        "Another run is at work on a device, `--plan` included. It is named.", "Wait for it, then run it again.", NOBODY
    ),
    Exit.INTERRUPTED: Meaning("You stopped the run before anything was changed.", "Nothing.", NOBODY),
}
HEAD = """\
# Exit codes

A run has one exit code, and one word for it. The word is the same in the recap, in `--json`, in the journal and in `nr-run runs`.
The last column is a proposal for a timer or a pipeline: whom to tell. A run that was killed (137, or no code at all) is for who
is on call, as is 21: [recover](../how-to/recover.md#a-run-was-killed).

"""


def page() -> str:
    """The page; a code without a row, or a row without a code, is an error here."""
    if list(MEANINGS) != list(Exit):
        raise SystemExit("exit codes and their meanings differ")
    rows = ((str(int(code)), code.word, it.means, it.do, it.tell) for code, it in MEANINGS.items())
    return HEAD + table(("code", "word", "what it means", "what to do", "who has to know"), rows)
