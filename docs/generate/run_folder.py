"""docs/reference/run-folder.md: the files of a run, the states of its journal, and the JSON document that --json prints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from nr_run.inventory.errors import Exit
from nr_run.runbooks.engine.device_files import PLACING_FILES
from nr_run.runbooks.engine.outcome import DeviceRow, Result, TunnelOutcome
from nr_run.runbooks.engine.rollback.cancel_page import PAGE
from tables import table

ROOT = Path(__file__).resolve().parents[2]
FILES: Mapping[str, str] = {
    "journal.jsonl": "every step, on the disk before it is taken; each line carries a code over itself and the one before",
    "run.json": "what `--json` prints: outcome, findings and evidence",
    "recap.txt": "the recap, as you saw it last",
    "debug.log": "with `--debug`: all that passed between nr-run and the devices, secrets masked",
    "secrets.enc": "the keys of the run, encrypted, for `resume` and `rollback`; what opens it lies elsewhere",
    "TUNNEL/record.json": "the plan as it is applied, for the same",
    "TUNNEL/findings.json": "the judgement, finding by finding",
    "TUNNEL/DEVICE/rendered.cfg": "the configuration that the device should have",
    "TUNNEL/DEVICE/change.cfg": "the lines of the change, to paste by hand if you have to",
    "TUNNEL/DEVICE/rollback.cfg": "the lines that undo it, likewise; written before the first line is sent",
    f"TUNNEL/DEVICE/{PAGE}": "what is armed on the device, when it fires, and how to see and cancel it by hand; says so once cancelled",
    "TUNNEL/DEVICE/blast-radius.txt": "what else on the device shares what the change touches, all of it",
    "TUNNEL/DEVICE/running-before.cfg, running-after.cfg": "the running configuration",
    "TUNNEL/DEVICE/before/, trigger/, proof/": "what the show commands printed",
    "TUNNEL/DEVICE/state.json": "what was read out of it",
}
STATES: Mapping[str, str] = {
    "begun": "the folder is there",
    "planning": "devices are read for `--plan`",
    "locked": "no other run works on these devices",
    "lock-taken-over": "the lock of a run that is dead was taken over",
    "snapshot": "the devices were read",
    "planned": "a tunnel has its plan",
    "confirmed": "a person has confirmed what only a person can know",
    "approved": "a person, or `--yes`, has said yes",
    "outside-window": "a failover test was asked for outside the maintenance windows",
    "recorded": "the plan is in the folder; from here on `resume` can finish the tunnel",
    "arming": "a device is about to get its rollback timer",
    "armed": "every device shows its timer",
    "applying": "lines of a stage go to a device",
    "building": "objects that nothing uses yet are built",
    "switching": "the lines that put them to use are sent",
    "applied": "the device runs the stage, read back",
    "waiting": "another certificate is bound, and a phone has to come in by it",
    "turn": "the SAs with these peers were cleared and negotiated again; other peers are next",
    "triggering": "pings bring the tunnel up",
    "gate": "what a stage has to reach is looked at",
    "held": "it is reached",
    "watching": "a failover test counts pings",
    "moved": "traffic has moved to the backup, with the times",
    "back": "traffic has come back to the primary path, with the times",
    "sending-away": "clients of what is removed are disconnected",
    "judged": "the service was tested, with the result",
    "commit-decided": "the change stays; resume goes forward from here",
    "disarmed": "the timers are gone, as the devices show",
    "saving": "a device saves",
    "saved": "startup equals running",
    "done": "the tunnel is finished",
    "rolling-back": "something failed, and why",
    "firing": "a device is made to roll back at once",
    "rolled-back": "every device is as it was, read back and compared",
    "rollback-incomplete": "something could not be rolled back: the steps for a person stand beside it",
    "closed": "a person has said that the devices are in order",
    "resuming": "`resume` goes on with this run",
    "undoing-run": "`rollback` undoes another run",
    "soaking": "the canaries are waited for",
    PLACING_FILES: "a file is written to a device, or taken away again",
    "undoing": "a safe change of the library is undone",
    "undone": "it is undone",
    "finished": "a safe change of the library has ended",
    "told": "a sentence that the recap has too",
    "ended": "the run is over, with its word and exit code",
}
REPORT: Mapping[str, str] = {
    "run, runbook, folder": "id of the run, the command, where its folder is",
    "outcome, exit_code": "one word and one code for all ([exit codes](exit-codes.md))",
    "changed": "true if any device is otherwise than before",
    "warnings": "sentences that a person should read",
    "tunnels": "one object a tunnel, below",
    "error": "the sentence, where the run was refused as a whole",
}
TUNNEL: Mapping[str, str] = {
    "tunnel": "its name",
    "result": "what became of it, one of the words below",
    "exit_code": "its own",
    "changed": "true if a device is otherwise than before",
    "verified": "true only for the result verified",
    "sentence": "what became of it, for people",
    "devices": "one object an end of ours, below",
    "cause": "the probable cause with how sure it is, how to confirm it and the remedy, or null",
    "findings": "each with name, status, sentence and evidence (device, command, field, value)",
    "by_hand": "what a person has to type, in order",
    "untested": "pairs of networks that no ping matched: the verification says nothing about them",
    "stays": "what was to go and stays, because something else uses it",
    "reach": "how far the verification reaches, where one end is not ours",
}
DEVICE: Mapping[str, str] = {
    "host": "its name in the inventory",
    "touched": "true if lines were sent to it; after a roll-back they are gone again",
    "changed": "true if it is otherwise than before",
    "phase_1": "state of the IKE SA as the device names it",
    "phase_2": "how many pairs of IPsec SAs",
    "encaps": "packets encrypted during the test",
    "decaps": "packets decrypted during the test",
    "saved": "true if startup equals running",
}
RESULTS: Mapping[Result, str] = {
    Result.VERIFIED: "up, with traffic counted on every end that is ours",
    Result.SAS_UP: "all that can be seen from our side is as it has to be, and traffic could not be tested",
    Result.PENDING: "`--plan`: there is something to do",
    Result.UNCHANGED: "`--plan`: there is nothing to do",
    Result.NOT_VERIFIED: "it was there already and is not verified",
    Result.ROLLED_BACK: "rolled back on every end, read back and compared",
    Result.ROLLBACK_INCOMPLETE: "could not be rolled back everywhere: manual steps are named",
    Result.REFUSED: "nothing was touched, because of the sentence",
}
HEAD = """\
# Run folder and report

A run leaves a folder `runs/<time>-<id>/` (`--runs`, `$NR_RUN_RUNS`), readable by you only. No file in it holds a secret but
`secrets.enc`, which is encrypted: in all others a secret is a placeholder, `<secret:REFERENCE>` or `<key:FINGERPRINT>`. The
folder is needed by `resume`, `rollback` and a person at 3 a.m. ([recover](../how-to/recover.md)): keep it where the machine's
loss does not take it.

"""


def page() -> str:
    """Files, journal, report."""
    _check()
    results = [(f"`{result.value}`", RESULTS[result]) for result in Result]
    return "\n".join(
        (
            HEAD + table(("file", "holds"), _coded(FILES)),
            "## The journal\n",
            "One JSON object a line, with `state` and `time`, and `tunnel`, `host` or `stage` where it concerns one. The states:\n",
            table(("state", "means"), _coded(STATES)),
            "## The report\n",
            "`run.json`, and standard output with `--json`:\n",
            table(("key", "is"), _coded(REPORT)),
            "One of `tunnels`:\n",
            table(("key", "is"), _coded(TUNNEL)),
            "The words of `result`:\n",
            table(("result", "means"), results),
            "One of `devices`:\n",
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
        ("keys of a tunnel", {*outcome}, {*TUNNEL}),
        ("keys of a device", {item.name for item in fields(DeviceRow)}, {*DEVICE}),
        ("results", {*Result}, {*RESULTS}),
    ):
        if are != told:
            raise SystemExit(f"docs/generate/run_folder.py: {what} differ: {sorted(map(str, are ^ told))}")
