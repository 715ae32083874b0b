"""docs/reference/run-folder.md: the files of a run, the states of its journal, and the JSON document that --json prints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import fields

from nr_run.inventory.errors import Exit
from nr_run.runbooks.engine.device_files import PLACING_FILES
from nr_run.runbooks.engine.outcome import DeviceRow, Result, TunnelOutcome
from nr_run.runbooks.engine.rollback.cancel_page import PAGE
from nr_run.runbooks.run.json_names import KEYS
from tables import table

ROOT = Path(__file__).resolve().parents[2]
FILES: Mapping[str, str] = {
    "journal.jsonl": "every step, written to disk before it is taken; each line ends in a code over itself and the line before",
    "run.json": "what `--json` prints: outcome, findings and evidence",
    "recap.txt": "the last recap, as it was shown",
    "debug.log": "with `--debug`: the full session log, secrets masked",
    "secrets.enc": "the keys of the run, encrypted, for `resume` and `rollback`; the run key is kept elsewhere",
    "TUNNEL/record.json": "the plan as it is applied, for `resume` and `rollback`",
    "TUNNEL/findings.json": "the result of every check",
    "TUNNEL/DEVICE/rendered.cfg": "the configuration that the device should have",
    "TUNNEL/DEVICE/change.cfg": "the lines of the change, to paste by hand if necessary",
    "TUNNEL/DEVICE/rollback.cfg": "the lines that undo it; written before the first line is sent",
    f"TUNNEL/DEVICE/{PAGE}": "the rollback timer of the device: when it fires, how to see and cancel it by hand; begins with CANCELLED once it is",
    "TUNNEL/DEVICE/blast-radius.txt": "everything else on the device that the change affects",
    "TUNNEL/DEVICE/running-before.cfg, running-after.cfg": "the running configuration",
    "TUNNEL/DEVICE/before/, trigger/, proof/": "what the show commands printed",
    "TUNNEL/DEVICE/state.json": "what was parsed from them",
}
STATES: Mapping[str, str] = {
    "begun": "the run folder exists",
    "planning": "devices are read for `--plan`",
    "locked": "no other run works on these devices",
    "lock-taken-over": "the lock of a dead run was taken over",
    "snapshot": "the devices were read",
    "planned": "a tunnel has its plan",
    "confirmed": "a person has confirmed what no device shows",
    "approved": "a person, or `--yes`, has approved the plan",
    "outside-window": "a failover test was asked for outside the maintenance windows",
    "recorded": "the plan is in the folder; from here on `resume` can finish the tunnel",
    "arming": "a device is about to get its rollback timer",
    "armed": "every device shows its timer",
    "applying": "the lines of a stage are sent to a device",
    "building": "new objects are built, which nothing uses yet",
    "switching": "the lines that activate them are sent",
    "applied": "the device runs the stage, read back",
    "waiting": "the new certificate is bound; the run waits for a phone that connects with it",
    "turn": "the SAs with these peers were cleared and negotiated again; other peers are next",
    "triggering": "pings bring the tunnel up",
    "gate": "the gate of a stage is checked",
    "held": "the gate holds",
    "watching": "a failover test counts pings",
    "moved": "traffic has moved to the backup, with the times",
    "back": "traffic has come back to the primary path, with the times",
    "sending-away": "clients of what is removed are disconnected",
    "judged": "the service was tested, with the result",
    "commit-decided": "the change is kept; from here on `resume` finishes it",
    "disarmed": "the devices show that the timers are gone",
    "saving": "a device saves its configuration",
    "saved": "startup equals running",
    "done": "the tunnel is finished",
    "rolling-back": "something failed; the reason is in the line",
    "firing": "a device is made to roll back now",
    "rolled-back": "every device is as it was, read back and compared",
    "rollback-incomplete": "something could not be rolled back; the line has the manual steps",
    "closed": "a person has confirmed that the devices are repaired",
    "resuming": "`resume` continues this run",
    "undoing-run": "`rollback` undoes another run",
    "soaking": "the wait after the canaries",
    PLACING_FILES: "a file is written to a device, or removed again",
    "undoing": "a safe change of the library is undone",
    "undone": "it is undone",
    "finished": "a safe change of the library has ended",
    "told": "a message that is also in the recap",
    "ended": "the run is over, with its word and exit code",
}
REPORT: Mapping[str, str] = {
    "run, runbook, folder": "id of the run, the command, where its folder is",
    "outcome, exit_code": "one word and one code for all ([exit codes](exit-codes.md))",
    "changed": "true if any device is left changed",
    "warnings": "messages that a person should read",
    "tunnels": "one object for each tunnel, below",
    "error": "the message, if the whole run was refused",
}
TUNNEL: Mapping[str, str] = {
    "tunnel": "its name",
    "result": "its outcome, one of the words below",
    "exit_code": "the exit code of this tunnel",
    "changed": "true if a device is left changed",
    "verified": "true only for the result verified",
    "message": "the outcome in words",
    "devices": "one object for each end that is ours, below",
    "cause": "the probable cause with its confidence, how to confirm it and the remedy, or null",
    "findings": "each with name, status, message and evidence (device, command, field, value)",
    "manual_steps": "what a person has to type, in order",
    "untested": "pairs of networks that no ping matched: the verification says nothing about them",
    "retained": "objects that were to be removed and are kept, because something else uses them",
    "reach": "how far the verification reaches, if one end is not ours",
}
DEVICE: Mapping[str, str] = {
    "host": "its name in the inventory",
    "touched": "true if lines were sent to it; after a roll-back they are gone again",
    "changed": "true if it is left changed",
    "phase_1": "state of the IKE SA as the device names it",
    "phase_2": "how many pairs of IPsec SAs",
    "encaps": "packets encrypted during the test",
    "decaps": "packets decrypted during the test",
    "saved": "true if startup equals running",
}
RESULTS: Mapping[Result, str] = {
    Result.VERIFIED: "up, with traffic counted on every end that is ours",
    Result.SAS_UP: "everything that our side shows is as it should be, but traffic could not be tested",
    Result.PENDING: "`--plan`: there is something to do",
    Result.UNCHANGED: "`--plan`: there is nothing to do",
    Result.DEGRADED: "up, and kept, but packets of full size are lost on the way where small ones pass: a person has to see to it",
    Result.NOT_VERIFIED: "it existed already and is not verified",
    Result.ROLLED_BACK: "rolled back on every end, read back and compared",
    Result.ROLLBACK_INCOMPLETE: "could not be rolled back everywhere; the manual steps are named",
    Result.REFUSED: "nothing was touched; the message says why",
}
HEAD = """\
# Run folder and report

A run leaves a folder `runs/<time>-<id>/` (`--runs`, `$NR_RUN_RUNS`), readable by you only. Only `secrets.enc`
holds secrets, and it is encrypted. In all other files a secret is a placeholder, `<secret:REFERENCE>` or `<key:FINGERPRINT>`. The
folder is needed by `resume`, by `rollback` and by a person at 3 a.m. ([recover](../how-to/recover.md)). Keep it where it survives
the loss of the machine.

"""


def page() -> str:
    """Files, journal, report."""
    _check()
    results = [(f"`{result.value}`", RESULTS[result]) for result in Result]
    return "\n".join(
        (
            HEAD + table(("file", "holds"), _coded(FILES)),
            "## The journal\n",
            "One JSON object for each line, with `state` and `time`, and `tunnel`, `host` or `stage` where it concerns one. The states:\n",
            table(("state", "means"), _coded(STATES)),
            "## The report\n",
            "`run.json`, and standard output with `--json`:\n",
            table(("key", "is"), _coded(REPORT)),
            "Each of `tunnels`; the old keys `sentence`, `by_hand` and `stays` stand beside `message`, `manual_steps` and `retained` in this release:\n",
            table(("key", "is"), _coded(TUNNEL)),
            "The words of `result`:\n",
            table(("result", "means"), results),
            "Each of `devices`:\n",
            table(("key", "is"), _coded(DEVICE)),
            "What `nr-run verify --json` prints is [another document](outputs.md#the-document), with a schema.",
            "",
        )
    )


def _coded(rows: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(", ".join(f"`{name}`" for name in names.split(", ")), says) for names, says in rows.items()]


def _check() -> None:
    """Each state that the code notes, and each key of the report, has a row, and no row is of another one."""
    texts = [path.read_text() for room in ("runbooks", "tasks") for path in (ROOT / room).rglob("*.py")]
    noted = {state for text in texts for state in re.findall(r"note(?:_if_possible)?\(\s*\"([a-z-]+)\"", text)} | {
        PLACING_FILES,
        "planning",
    }
    outcome = TunnelOutcome("", Result.VERIFIED, Exit.OK, False, "").as_dict()
    for what, are, told in (
        ("states", noted, {*STATES}),
        ("keys of a tunnel", {KEYS.get(key, key) for key in outcome}, {*TUNNEL}),
        ("keys of a device", {item.name for item in fields(DeviceRow)}, {*DEVICE}),
        ("results", {*Result}, {*RESULTS}),
    ):
        if are != told:
            raise SystemExit(f"docs/generate/run_folder.py: {what} differ: {sorted(map(str, are ^ told))}")
