"""docs/reference/exit-codes.md: each exit code with its word, what it means, what to do, and whether anybody has to be woken."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from nr_run.inventory.errors import Exit
from tables import table


class Meaning(Struct, frozen=True):
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
        "`--plan`: there is something to do, even if only to save; or you said no. `verify`: everything works, but a configuration "
        "differs. `drift`: something differs. `check-release`: there is something to do. `import-sample`: something has to be filled in.",
        "Read the plan; apply it, or change the intent.",
        NOBODY,
    ),
    Exit.PARTIAL: Meaning(
        "Some tunnels succeeded, some did not.",
        "Read the recap, which lists the failed ones first; `--json` has a code for each.",
        OPERATOR,
    ),
    Exit.UNREACHABLE: Meaning(
        "No connection, no login or no privilege, or the device does not answer a show command. Nothing was changed. "
        "`audit-vpn-phone`: no cause, but not everything was read.",
        "Fix the path to the device, or its credentials, as the message says. Run it again.",
        OPERATOR,
    ),
    Exit.VERIFY_FAILED: Meaning(
        "An existing tunnel is not verified; or a change was kept and only small packets pass (degraded). `verify`: a service is not "
        "healthy, or unverified. `parse`: a line "
        "was not understood. `audit-vpn-phone`: a cause was found. `verify-reconnect`, `explain-dart`, `explain-phone`: it did not "
        "work, or that is not verified.",
        "Traffic may be down. Read the probable cause; see [causes](causes.md).",
        ON_CALL,
    ),
    Exit.PRECHECK_FAILED: Meaning(
        "A pre-check failed: the wrong device, an unsaved configuration, somebody's pending timer, a change since the plan, or an "
        "unfinished run. Nothing was changed. `--plan` reports it too. `doctor`: a device is not ready for a change.",
        "Do what the finding says. Run it again.",
        OPERATOR,
    ),
    Exit.ROLLED_BACK: Meaning(
        "The change was rolled back on every end that is ours, and each touched end was read back and compared. What somebody else "
        "changed meanwhile is retained and named.",
        "Nothing on the devices. Fix the cause that the recap names ([recover](../how-to/recover.md#exit-20)).",
        OPERATOR,
    ),
    Exit.ROLLBACK_INCOMPLETE: Meaning(
        "Something could not be rolled back, or a tunnel that was up does not come up again. Other runs refuse these devices until "
        "`nr-run resume RUN --close`.",
        "Follow the manual steps of the recap, then [recover](../how-to/recover.md#exit-21).",
        ON_CALL,
    ),
    Exit.USAGE: Meaning("The command line is wrong.", "Correct it.", OPERATOR),
    Exit.INTENT: Meaning(
        "The inventory or the intent is wrong.", "Correct it: the message names file, line and field.", OPERATOR
    ),
    Exit.NOTHING_MATCHED: Meaning(
        "No such tunnel, host or lab; or in a log, no such client or phone, or several that could be meant.",
        "Correct the name; the message suggests the nearest one.",
        OPERATOR,
    ),
    Exit.LOCKED: Meaning(
        "Another run is working on a device; a run with `--plan` counts. The message names it.",
        "Wait for it, then run it again.",
        NOBODY,
    ),
    Exit.INTERRUPTED: Meaning("You stopped the run before anything was changed.", "Nothing.", NOBODY),
}
HEAD = """\
# Exit codes

Each run has one exit code, and one word for it. The word is the same in the recap, in `--json`, in the journal and in `nr-run runs`.
The last column suggests whom to notify from a timer or a pipeline. A run that was killed (137, or no code at all) is for whoever is
on call, like 21: see [recover](../how-to/recover.md#a-run-was-killed).

"""


def page() -> str:
    """The page; a code without a row, or a row without a code, is an error here."""
    if list(MEANINGS) != list(Exit):
        raise SystemExit("exit codes and their meanings differ")
    rows = ((str(int(code)), code.word, it.means, it.do, it.tell) for code, it in MEANINGS.items())
    return HEAD + table(("code", "word", "what it means", "what to do", "who has to know"), rows)
