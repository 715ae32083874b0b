"""The certificate that a head-end shows: its bytes as the configuration holds them, what it is for, how long, and its digests.

An ASA keeps certificates in hexadecimal in its running configuration (`crypto ca certificate chain`), so the digest that a phone
compares is computed of the bytes themselves and of no text about them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec import Struct

from .finding import Line
from .shown import CLOCK, RUNNING, HeadEnd


class Certificate(Struct, frozen=True, dict=True):
    """One certificate, in DER."""

    trustpoint: str
    der: bytes

    @cached_property
    def read(self) -> x509.Certificate:
        """What stands in it."""
        return x509.load_der_x509_certificate(self.der)

    @property
    def kind(self) -> str:
        """RSA or EC, by its key; "" for another one."""
        key = self.read.public_key()
        return "RSA" if isinstance(key, rsa.RSAPublicKey) else "EC" if isinstance(key, ec.EllipticCurvePublicKey) else ""

    @property
    def begins(self) -> datetime:
        """From when it is valid, in UTC."""
        return self.read.not_valid_before_utc

    @property
    def ends(self) -> datetime:
        """Until when, in UTC."""
        return self.read.not_valid_after_utc

    @property
    def common_names(self) -> tuple[str, ...]:
        """Of its subject."""
        return tuple(str(item.value) for item in self.read.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME))

    @property
    def other_names(self) -> tuple[str, ...]:
        """Its subject alternative names: names and addresses."""
        try:
            found = self.read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            return ()
        return (
            *found.get_values_for_type(x509.DNSName),
            *(str(address) for address in found.get_values_for_type(x509.IPAddress)),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is for, each once."""
        return tuple(dict.fromkeys((*self.other_names, *self.common_names)))

    def digest(self, algorithm: str) -> bytes:
        """`SHA-1` or `SHA-256` of its bytes."""
        return hashlib.new(algorithm.replace("-", "").lower(), self.der, usedforsecurity=False).digest()

    def digest_words(self, algorithm: str) -> str:
        """The digest as a browser shows it and as a phone's file has it."""
        digest = self.digest(algorithm)
        return f"{digest.hex(':').upper()} = {base64.b64encode(digest).decode()}"

    def is_for(self, host: str) -> bool:
        """Whether a phone that looks at the name takes it: a name that is this one, never one with an asterisk."""
        return host.lower() in (name.lower() for name in self.names)


def chain_of(device: HeadEnd, trustpoint: str) -> tuple[bytes | None, Line]:
    """The bytes of the identity certificate of a trustpoint, and the line that begins it; None where there is none."""
    header = f"crypto ca certificate chain {trustpoint}"
    for node in device.running.nodes:
        if node.line != header:
            continue
        for child in node.children:
            first, *body = child.split("\n")
            if re.fullmatch(r"certificate [0-9A-Fa-f]+", first):
                digits = re.sub(r"\s", "", "".join(line for line in body if line.strip() != "quit"))
                shown = Line(f"{RUNNING}, {header}", first)
                return (bytes.fromhex(digits), shown) if re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", digits) else (None, shown)
    return None, Line(RUNNING, "")


def certificate_of(device: HeadEnd, trustpoint: str) -> tuple[Certificate | None, Line]:
    """The identity certificate of a trustpoint; None where there is none, or its bytes are none."""
    der, line = chain_of(device, trustpoint)
    if der is None:
        return None, line
    made = Certificate(trustpoint, der)
    try:
        _ = made.read
    except ValueError:
        return None, line
    return made, line


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


#: As far as a zone can be from UTC (Baker Island to Kiribati).
_FARTHEST = timedelta(hours=14)


class Clock(Struct, frozen=True):
    """What time it is on the device, in UTC, and by how much that may be wrong where nothing places its zone."""

    now: datetime
    unsure: timedelta = timedelta(0)

    def near(self, moment: datetime) -> bool:
        """True where it cannot be told on which side of ``moment`` the device is."""
        return bool(self.unsure) and abs(moment - self.now) <= self.unsure


def clock_of(device: HeadEnd) -> Clock | None:
    """The clock of the device; None where it does not show a time that can be.

    It shows local time, and the dates of a certificate are in UTC: ``clock timezone`` and ``clock summer-time`` say how far that
    is. In a context they stand in the system's configuration, so a zone may be known by its name alone.
    """
    found = re.search(
        r"(\d{2}):(\d{2}):(\d{2})(?:\.\d+)? (\S+) (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) (\d{1,2}) (\d{4})",
        device.output(CLOCK) or "",
    )
    if found is None or found[5] not in _MONTHS:
        return None
    hour, minute, second = (int(found[number]) for number in (1, 2, 3))
    try:
        local = datetime(int(found[7]), _MONTHS.index(found[5]) + 1, int(found[6]), hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    offset = _offset_of(device, found[4])
    return Clock(local, _FARTHEST) if offset is None else Clock(local - offset)


def _offset_of(device: HeadEnd, zone: str) -> timedelta | None:
    """How far a zone is from UTC by the configuration (ASA command reference, clock timezone and clock summer-time)."""
    base: timedelta | None = None
    for line in device.lines("clock timezone"):
        match = re.fullmatch(r"clock timezone (\S+) (-?)(\d{1,2})(?: (\d{1,2}))?", line.strip())
        if match:
            base = timedelta(hours=int(match[3]), minutes=int(match[4] or 0)) * (-1 if match[2] else 1)
            if match[1] == zone:
                return base
    for line in device.lines("clock summer-time"):
        words = line.split()
        if words[2:3] == [zone]:
            # An hour, or what stands behind the last time of day, in minutes.
            more = int(words[-1]) if len(words) > 4 and ":" in words[-2] and words[-1].isdigit() else 60
            return (base or timedelta(0)) + timedelta(minutes=more)
    return timedelta(0) if zone in ("UTC", "GMT") else None


def issuers_of(device: HeadEnd, shown: Certificate) -> tuple[Certificate, ...]:
    """The certificates of authorities that stand in the chain of its trustpoint."""
    return tuple(found for found in _authorities(device) if found.trustpoint == shown.trustpoint)


def authorities_of(device: HeadEnd) -> tuple[str, ...]:
    """Names of all authorities whose certificates the device has; by its trustpoint where one cannot be read."""
    found = []
    for one in _authorities(device):
        try:
            found.append(", ".join(one.common_names) or one.trustpoint)
        except ValueError:
            found.append(one.trustpoint)
    return tuple(dict.fromkeys(found))


def _authorities(device: HeadEnd) -> Iterator[Certificate]:
    begin = "crypto ca certificate chain "
    for node in device.running.nodes:
        for child in node.children if node.line.startswith(begin) else ():
            first, *body = child.split("\n")
            digits = re.sub(r"\s", "", "".join(line for line in body if line.strip() != "quit"))
            if re.fullmatch(r"certificate ca [0-9A-Fa-f]+", first) and re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", digits):
                yield Certificate(node.line.removeprefix(begin), bytes.fromhex(digits))
