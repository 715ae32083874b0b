"""Bind the new certificate of a head-end for IP phones, and keep it only if phones reconnect with it.

Binding is the last stage of a renewal. People do the other stages over days, and each run reads which are done. The binding is
protected like every change: plan, lock, journal, rollback timer, a second audit, and a rollback if anything fails.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from ...changes.plans.change import Change
from ...changes.plans.settings import plan_line
from ...checks.phones.audit import Audit, audit
from ...checks.phones.case import AuditAsked, Case
from ...checks.phones.certificate import certificate_of
from ...checks.phones.offers import trustpoints_of
from ...checks.phones.phone_file import PhoneFile
from ...checks.phones.reconnected import Reconnected, reconnected
from ...checks.phones.renewal import Renewal, renewal
from ...checks.phones.sessions import Session, connected, sessions_of, why_unknown
from ...checks.phones.shown import HeadEnd
from ...inventory.errors import ChangeError, DriftError, Exit, NothingMatched, NrRunError
from ...tasks.device import Stop
from ...tasks.gather import Snapshot, gather
from ..engine.context import Progress
from ..engine.doctor import Ready
from ..engine.nornir_run import run_on_one
from ..engine.signals import heard
from ..safe_change import SafeChange, stoppable_change
from .audit import read
from .confirmed import Confirmed, refuse_contradicted, remembered
from .fix import NotFixed, what_became
from .ready import refuse_not_ready

#: Minutes that the device waits longer than this run does, before it rolls itself back.
SPARE_MINUTES = 8


class Wanted(Struct, frozen=True):
    """The options of the command. ``wait`` and ``poll`` are in seconds."""

    trustpoint: str
    phones: tuple[PhoneFile, ...]
    asked: AuditAsked
    confirmed: tuple[Confirmed, ...]
    wait: float
    poll: float = 5.0


class Stands(Struct, frozen=True):
    """The state of a renewal: its stages with confirmations and, if all before it are done, the change that binds."""

    renewal: Renewal
    confirmed: tuple[Confirmed, ...]
    former: tuple[str, ...]
    group: str = ""
    change: Change | None = None
    before: Audit | None = None
    sessions: tuple[Session, ...] = ()

    @property
    def host(self) -> str:
        """The device."""
        return self.renewal.host

    @property
    def code(self) -> Exit:
        """Exit code: 12 if phones are cut off, 11 if that is not known, 2 if stages are left to do, else 0."""
        if self.renewal.too_early:
            return Exit.VERIFY_FAILED
        if self.renewal.unread:
            return Exit.UNREACHABLE
        return Exit.PENDING if self.renewal.next_stage else Exit.OK


class Bound(Struct, frozen=True):
    """The result: the state before, the exit code, the phones that reconnected, and the run folder."""

    stands: Stands
    code: Exit
    back: Reconnected | None = None
    folder: Path | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        change = self.stands.change
        return {
            "renewal": self.stands.renewal.as_dict(),
            "confirmed": [one.as_dict() for one in self.stands.confirmed],
            "former": list(self.stands.former),
            "forward": change.forward_text if change else "",
            "inverse": change.inverse_text if change else "",
            "run": self.folder.name if self.folder else "",
            "phones": {"fresh": list(self.back.fresh), "missing": list(self.back.missing)} if self.back else None,
        }


def look(ready: Ready, wanted: Wanted, runs: Path, progress: Progress) -> Stands:
    """Read the head-end, judge the stages, and plan the binding if all stages before it are done.

    Raises NothingMatched for more than one device. Raises DriftError if a phone's file contradicts a confirmation, or if a person
    has to do the binding.
    """
    if len(ready.hosts) != 1:
        raise NothingMatched(f"a renewal is of one device: name it ({', '.join(ready.hosts)})")
    (host,) = ready.hosts
    progress.phase(host, "log in and look")
    shown, errors = read(ready, [host], wanted.asked)
    if host in errors:
        raise errors[host]
    device, case = shown[host], Case(shown[host], wanted.asked)
    if not case.interface:
        raise NrRunError(f"{host}: the interface that phones connect to is not known: give --interface NAME")
    made = renewal(device, case.interface, wanted.trustpoint, wanted.phones)
    refuse_contradicted(made, wanted.confirmed)
    said = {one.name: one for one in (*remembered(runs, made), *wanted.confirmed)}
    made = made.confirmed({name: str(one) for name, one in said.items()})
    former = tuple(name for name, _ in trustpoints_of(device, case.interface) if name != wanted.trustpoint)
    if not made.may_bind:
        return Stands(made, tuple(said.values()), former)
    return _planned(ready, wanted, device, case, Stands(made, tuple(said.values()), former, case.group))


def _planned(ready: Ready, wanted: Wanted, device: HeadEnd, case: Case, stands: Stands) -> Stands:
    host = device.host
    _refuse_other_kind(device, stands.former)
    sessions = sessions_of(device)
    if sessions is None or not case.group:
        why = why_unknown(device) if sessions is None else "; ".join(case.unread)
        raise DriftError(f"{host}: whether phones come back could not be seen: {why}")
    snapshot: Snapshot = run_on_one(ready.nornir, gather, host, platform=ready.platforms[host])
    line = f"ssl trust-point {wanted.trustpoint} {case.interface}"
    change = plan_line(host, snapshot.running.os, line, snapshot.running.text)
    if not change:
        raise ChangeError(f"{host}: {line!r} is there already")
    refuse_not_ready(ready.platforms[host], snapshot, change)
    before = audit(device, wanted.asked)
    return Stands(stands.renewal, stands.confirmed, stands.former, case.group, change, before, sessions)


def _refuse_other_kind(device: HeadEnd, former: Sequence[str]) -> None:
    """Raises DriftError unless the bound certificate, if any, is the only one and RSA.

    An ASA binds one certificate per key type, so a new RSA certificate replaces an RSA one and no other.
    """
    kinds = {name: certificate_of(device, name)[0] for name in former}
    others = [name for name, made in kinds.items() if made is None or made.kind != "RSA"]
    if len(former) > 1 or others:
        words = f"{', '.join(former)} is bound" + (f", and {', '.join(others)} has no RSA certificate" if others else "")
        raise DriftError(f"{device.host}: {words}: what takes the place of what is for a person to type")


class _Watch(Struct):
    """Watches which phones reconnect after the certificate was changed."""

    ready: Ready
    wanted: Wanted
    stands: Stands
    at_switch: tuple[Session, ...] = field(default_factory=tuple)

    def _read(self, *, again: bool) -> HeadEnd:
        shown, errors = read(self.ready, [self.stands.host], self.wanted.asked, again=again)
        if self.stands.host in errors:
            raise errors[self.stands.host]
        return shown[self.stands.host]

    def audited(self) -> None:
        """The first audit after the change, over a new login: the certificate is bound and no new cause is found.

        A cause that only one of two readings shows is noise.
        """
        device = self._read(again=True)
        made, before = audit(device, self.wanted.asked), self.stands.before
        known = {one.id for one in before.findings} if before else set()
        new = [one.id for one in made.causes if one.id not in known]
        if new:
            device = self._read(again=True)
            new = [one.id for one in audit(device, self.wanted.asked).causes if one.id in new]
        bound = [name for name, _ in trustpoints_of(device, made.interface)]
        if bound != [self.wanted.trustpoint]:
            raise NotFixed(f"{self.stands.host}: {', '.join(bound) or 'no certificate'} is bound, not {self.wanted.trustpoint}")
        if new:
            raise NotFixed(f"{self.stands.host}: {', '.join(new)} came with it")
        here = sessions_of(device)
        if here is None:
            here = sessions_of(device := self._read(again=True))
        if here is None:
            # A session that began before the switch would count as one that came by the new certificate.
            raise NotFixed(f"{self.stands.host}: which phones were in at the switch is not known: {why_unknown(device)}")
        self.at_switch = here

    def now(self) -> Reconnected:
        """The phones that have reconnected."""
        device = self._read(again=False)
        return reconnected(self.stands.sessions, self.at_switch, connected(sessions_of(device)), self.stands.group)


def apply_with_rollback(ready: Ready, wanted: Wanted, stands: Stands, runs: Path, progress: Progress) -> Bound:
    """Bind the certificate and wait for phones; else roll back. Raises NotFixed after a rollback, Stranded if it failed."""
    assert stands.change is not None
    held: SafeChange | None = None
    try:
        minutes = SPARE_MINUTES + int(wanted.wait // 60)
        with (
            heard(Stop(), progress) as stop,
            stoppable_change(stop, ready.nornir, [stands.host], runs=runs, minutes=minutes) as held,
        ):
            back = _bind(ready, wanted, stands, held, progress)
            progress.phase(stands.host, "keep")
    except NrRunError as error:
        raise what_became(held, error) from error
    return Bound(stands, Exit.OK, back, held.folder)


def _bind(ready: Ready, wanted: Wanted, stands: Stands, held: SafeChange, progress: Progress) -> Reconnected:
    host, change = stands.host, stands.change
    assert change is not None
    (line,) = (item.header for item in (*change.created, *(edit.after for edit in change.edited)))
    now = plan_line(host, change.os, line, held.before[host].running.text)
    if (now.forward_text, now.inverse_text) != (change.forward_text, change.inverse_text):
        raise DriftError(f"{host} has changed since the plan was shown, and the plan would now be another one")
    refuse_not_ready(ready.platforms[host], held.before[host], change)
    for one in stands.confirmed:
        held.context.folder.note("confirmed", host=host, digest=stands.renewal.digest, **one.as_dict())
    progress.phase(host, "push")
    held.apply_with_rollback({host: change}, {host: f"{line}\n"})
    watch = _Watch(ready, wanted, stands)
    progress.phase(host, "audit again")
    watch.audited()
    held.context.folder.note("waiting", hosts=[host], seconds=wanted.wait)
    progress.phase(host, f"wait for a phone that connects again, {wanted.wait:.0f} seconds at most: restart one that is outside")
    until = time.monotonic() + wanted.wait
    while not (back := watch.now()).proved:
        held.context.stop.check()
        if time.monotonic() >= until:
            raise NotFixed(f"{host}: within {wanted.wait:.0f} seconds {back.sentence}")
        time.sleep(min(wanted.poll, max(0.1, until - time.monotonic())))
    return back
