"""Report the state of a certificate renewal of a head-end. Read-only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from ...checks.phones.case import AuditAsked, Case
from ...checks.phones.phone_file import PhoneFile
from ...checks.phones.renewal import Renewal, renewal
from ...inventory.errors import Exit, NothingMatched, NrRunError
from ..engine.context import Progress
from ..engine.doctor import Ready
from .audit import read


class Renewed(Struct, frozen=True):
    """The state of a renewal, as read."""

    renewal: Renewal

    @property
    def code(self) -> Exit:
        """Exit code: 12 if phones are cut off, 11 if that is not known, 2 if stages are left to do, else 0."""
        if self.renewal.too_early:
            return Exit.VERIFY_FAILED
        if self.renewal.unread:
            return Exit.UNREACHABLE
        return Exit.PENDING if self.renewal.next_stage else Exit.OK

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"renewal": self.renewal.as_dict()}


def renew(ready: Ready, trustpoint: str, phones: Sequence[PhoneFile], asked: AuditAsked, progress: Progress) -> Renewed:
    """Read one head-end and judge its renewal. Raises NothingMatched for more than one, else the error of the reading."""
    if len(ready.hosts) != 1:
        raise NothingMatched(f"a renewal is of one device: name it ({', '.join(ready.hosts)})")
    (host,) = ready.hosts
    progress.phase(host, "log in and look")
    shown, errors = read(ready, [host], asked)
    if host in errors:
        raise errors[host]
    interface = Case(shown[host], asked).interface
    if not interface:
        raise NrRunError(f"{host}: the interface that phones connect to is not known: give --interface NAME")
    return Renewed(renewal(shown[host], interface, trustpoint, phones))
