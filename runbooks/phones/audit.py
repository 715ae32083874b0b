"""Audit the AnyConnect head-ends of IP phones, all at once. Read-only: configuration mode is never entered.

A finding counts only if a second reading over a new login shows it too, because noise on a line does not repeat itself exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from ...changes.configurations.configuration import Configuration
from ...checks.phones.audit import Audit, audit, borne_out
from ...checks.phones.case import AuditAsked
from ...checks.phones.pools import commands_of
from ...checks.phones.shown import HeadEnd, commands_for
from ...inventory.errors import Exit, IntentError, NothingMatched, NrRunError
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ...tasks.head_end import head_end
from ..engine.context import Progress
from ..engine.doctor import Ready
from ..engine.nornir_run import run_on

#: Folder of the runs folder, and file, in which a record is kept.
FOLDER, FILE = "audit-vpn-phone", "audit.json"
SCHEMA_VERSION = 1


class Audited(Struct, frozen=True):
    """The audits of all head-ends. ``unreached``: host to a sentence, for each that could not be read."""

    audits: tuple[Audit, ...]
    unreached: Mapping[str, str]
    #: Those that nobody named, and that take no clients at all.
    left_out: tuple[str, ...] = ()

    @property
    def code(self) -> Exit:
        """Exit code: 12 if a cause was found, else 11 if anything could not be read, else 0."""
        if any(made.causes for made in self.audits):
            return Exit.VERIFY_FAILED
        unread = self.unreached or any(made.unread for made in self.audits)
        return Exit.UNREACHABLE if unread else Exit.OK

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "schema_version": SCHEMA_VERSION,
            "devices": [made.as_dict() for made in self.audits],
            "unreached": dict(self.unreached),
            "left_out": list(self.left_out),
        }


def firewalls(platforms: Mapping[str, Platform], hosts: Sequence[str], *, named: bool) -> tuple[str, ...]:
    """The hosts that are ASAs. Raises IntentError if a ``named`` host is not an ASA, NothingMatched if no host is one."""
    others = [host for host in hosts if not system_of(platforms[host]).takes_phones]
    if named and others:
        raise IntentError(
            f"{others[0]} is a {platforms[others[0]].model}: phones connect to an ASA, and no other device is audited"
        )
    left = tuple(host for host in hosts if host not in others)
    if not left:
        raise NothingMatched("the inventory has no ASA: name the head-end that phones connect to in hosts.yaml")
    return left


def audit_all(ready: Ready, hosts: Sequence[str], asked: AuditAsked, progress: Progress, *, named: bool = True) -> Audited:
    """Audit every head-end, those with findings twice. Unless it was ``named``, an ASA that takes no clients is left out."""
    for host in hosts:
        progress.phase(host, "log in and look")
    first, errors = read(ready, hosts, asked)
    left_out = tuple(host for host, device in first.items() if not named and not device.takes_clients)
    first = {host: device for host, device in first.items() if host not in left_out}
    made = {host: audit(device, asked) for host, device in first.items()}
    doubted = [host for host, one in made.items() if one.findings]
    for host in doubted:
        progress.phase(host, "look again")
    second, lost = read(ready, doubted, asked, again=True) if doubted else ({}, {})
    for host in doubted:
        made[host] = borne_out(made[host], audit(second[host], asked) if host in second else None, str(lost.get(host, "")))
    words = {host: str(error) for host, error in errors.items()}
    return Audited(tuple(made[host] for host in hosts if host in made), words, left_out)


class _Pools(Struct, frozen=True):
    """Which address pools to query, once the configuration is known. Plain data: it can be sent to another process."""

    host: str
    platform: Platform
    asked: AuditAsked

    def __call__(self, running: Configuration, outputs: Mapping[str, str]) -> tuple[str, ...]:
        return commands_of(HeadEnd(self.host, self.platform, running, outputs), self.asked)


def read(
    ready: Ready, hosts: Sequence[str], asked: AuditAsked, *, again: bool = False
) -> tuple[dict[str, HeadEnd], dict[str, NrRunError]]:
    """(host to its outputs, host to the reason why it could not be read)."""
    arguments = {
        host: {
            "platform": ready.platforms[host],
            "commands": commands_for(ready.platforms[host].release),
            "further": _Pools(host, ready.platforms[host], asked),
            "again": again,
        }
        for host in hosts
    }
    shown, errors = run_on(ready.nornir, head_end, arguments, at_all_costs=True)
    return {host: HeadEnd(host, ready.platforms[host], one.running, one.outputs) for host, one in shown.items()}, errors
