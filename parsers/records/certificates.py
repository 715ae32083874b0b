"""Certificates of a device: whose they are, until when, and what for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from ..fields.columns import Column
from ..fields.vocabulary import CERTIFICATE_STATUS, one_of


def _moment(text: str) -> str:
    """A time as a device prints it, in its own zone (`08:15:42 UTC Feb 6 2023`), in ISO 8601 without a zone."""
    clock, _zone, month, day, year = text.split()
    moment = datetime.strptime(f"{clock} {month} {day} {year}", "%H:%M:%S %b %d %Y")
    return moment.isoformat()


class Usage(Struct, frozen=True, kw_only=True):
    """One purpose of the extended key usage, in the device's words."""

    usage: str


class AlternativeName(Struct, frozen=True, kw_only=True):
    """One name of the subject alternative name."""

    host: str


class Certificate(Struct, frozen=True, kw_only=True):
    """One certificate of `show crypto pki certificates`. begins and ends (ISO 8601) are in the zone of the
    device's clock.

    kind as printed ("Certificate" is the device's own, "CA Certificate" that of its authority). status is Available, or
    Pending where it is asked for and not there yet. usages and
    alternatives are printed by `verbose` alone: empty otherwise, and where the certificate has none.
    """

    kind: str
    status: Annotated[str, Column(one_of(CERTIFICATE_STATUS))]
    name: str | None = None
    begins: Annotated[str | None, Column(_moment)] = None
    ends: Annotated[str | None, Column(_moment)] = None
    key_bits: int | None = None
    usages: Annotated[tuple[Usage, ...], Column(source="usage")] = ()
    alternatives: Annotated[tuple[AlternativeName, ...], Column(source="alternative")] = ()
    trustpoints: Annotated[tuple[str, ...], Column(lambda text: tuple(text.split()))] = ()
