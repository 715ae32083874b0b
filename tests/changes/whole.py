"""Configurations of texts that tests have at hand: what of a whole one a text lacks is put around it, on every text alike."""

from __future__ import annotations

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.plans import rollback_steps as restoring
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.steps import Step
from nr_run.checks import read_back as reading
from nr_run.checks.finding import Finding

COMMANDS = {"ios": "show running-config", "asa": "more system:running-config"}


def whole(text: str, os: str = "ios", host: str = "box", command: str = "") -> Configuration:
    """The text as a configuration that a device shows."""
    version, end = ("version 12.2", "end") if os == "ios" else ("ASA Version 9.1(7)32 ", ": end")
    head = "".join(f"{line}\n" for line in (version, f"hostname {host}") if f"\n{line.split()[0]} " not in f"\n{text}")
    tail = "line vty 0 4\n" if os == "ios" and "\nline " not in text else ""
    # A test that puts lines behind the end means them to stand above it.
    body = text.rstrip()
    if not body.endswith(f"\n{end}"):
        above, _, below = body.rpartition(f"\n{end}\n")
        body = f"{above}\n{below}"
    body = body.removesuffix(end).rstrip()
    lead, _, rest = body.partition("!\n") if body.startswith("Building") else ("", "", body)
    return Configuration(host, os, command or COMMANDS[os], f"{lead}{head}{rest}\n{tail}{end}\n")


def restore(change: Change, before: str, now: str) -> tuple[Step, ...]:
    """restore() of two texts."""
    return restoring.restore(change, whole(before, change.os), whole(now, change.os))


def read_back(change: Change, before: str, after: str, time: str) -> tuple[Finding, ...]:
    """read_back() of two texts."""
    return reading.read_back(change, whole(before, change.os), whole(after, change.os), time)
