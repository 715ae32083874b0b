"""Certificates of a device: whose they are, until when, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..fields.columns import column
from ..fields.vocabulary import CERTIFICATE_STATUS, one_of


def _moment(text: str) -> str:
    """A time as a device prints it, in its own zone (`08:15:42 UTC Feb 6 2023`), in ISO 8601 without a zone."""
    clock, _zone, month, day, year = text.split()
    moment = datetime.strptime(f"{clock} {month} {day} {year}", "%H:%M:%S %b %d %Y")
    return moment.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One purpose of the extended key usage, in the device's words."""

    usage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeName:
    """One name of the subject alternative name."""

    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One certificate of `show crypto pki certificates`. begins and ends (ISO 8601) are in the zone of the
    device's clock.

    kind as printed ("Certificate" is the device's own, "CA Certificate" that of its authority). status is Available, or
    Pending where it is asked for and not there yet. usages and
    alternatives are printed by `verbose` alone: empty otherwise, and where the certificate has none.
    """

    kind: str
    status: str = column(one_of(CERTIFICATE_STATUS))
    name: str | None = None
    begins: str | None = column(_moment, default=None)
    ends: str | None = column(_moment, default=None)
    key_bits: int | None = None
    usages: tuple[Usage, ...] = column(source="usage", default=())
    alternatives: tuple[AlternativeName, ...] = column(source="alternative", default=())
    trustpoints: tuple[str, ...] = column(lambda text: tuple(text.split()), default=())
