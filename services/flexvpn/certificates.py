"""Would a client take the certificate of a head-end now? By the clock of the router, which is the one that the router goes by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from ...checks.finding import Evidence, Finding, Status
from ...parsers.records.certificates import Certificate
from .intent import FlexVpn
from .reading import CERTIFICATES, CLOCK, Answer

#: The device's own; an authority's is another kind.
OWN_KINDS = ("Certificate", "Router Self-Signed Certificate")
#: Cisco's clients refuse less (Secure Client release notes).
LEAST_BITS = 2048
SERVER = "Server Auth"


class Showing(Struct, frozen=True):
    """What one router shows of its certificates and its clock."""

    host: str
    wanted: FlexVpn
    certificates: Answer
    clock: Answer
    time: str

    def finding(self, check: str, status: Status, sentence: str, command: str, field: str, value: object) -> Finding:
        """One finding on this router."""
        return Finding(check, self.host, status, sentence, (Evidence(self.host, command, field, str(value), self.time),))


def moment_of(text: str) -> datetime | None:
    """The time that a router's clock shows (``08:15:42.123 UTC Tue Feb 6 2024``, a star or a dot before it); None for no time."""
    clock, _zone, _weekday, month, day, year = text.lstrip("*.").split()
    # A minute may have a sixty-first second, which no datetime has.
    clock = re.sub(r":60$", ":59", clock.partition(".")[0])
    try:
        return datetime.strptime(f"{clock} {month} {day} {year}", "%H:%M:%S %b %d %Y")
    except ValueError:
        return None


def of_trustpoint(certificates: Sequence[Certificate], name: str) -> Certificate | None:
    """The router's own certificate of a trustpoint: the one that it has, before one that is asked for."""
    own = [one for one in certificates if one.kind in OWN_KINDS and name in one.trustpoints]
    return next((one for one in own if one.status == "Available"), own[0] if own else None)


def days_left(certificate: Certificate, now: datetime) -> int:
    """Whole days until it ends; negative when it has."""
    assert certificate.ends is not None
    return (datetime.fromisoformat(certificate.ends) - now).days


def judged(shown: Showing) -> Iterator[Finding]:
    """Findings on the clock and on the certificate."""
    for answer, command in ((shown.clock, CLOCK), (shown.certificates, CERTIFICATES)):
        if answer.unread:
            yield shown.finding("certificate", Status.UNVERIFIED, answer.unread, command, "answer", "not read")
            return
    clock, now = shown.clock.state, moment_of(shown.clock.state.text)
    if now is None:
        words = f"whether a certificate is valid is not known: the clock shows no time that can be, {clock.text}"
        yield shown.finding("clock", Status.UNVERIFIED, words, CLOCK, "time", clock.text)
        return
    if not clock.authoritative:
        words = "the clock was never set: whether a certificate is valid is not known to the router, nor to a client"
        yield shown.finding("clock", Status.FAILED, words, CLOCK, "time", clock.text)
    elif not clock.synchronised:
        yield shown.finding("clock", Status.WARNING, "the clock is not synchronised any more", CLOCK, "time", clock.text)
    else:
        yield shown.finding("clock", Status.OK, f"the clock is set: {clock.text}", CLOCK, "time", clock.text)
    name = shown.wanted.trustpoint
    found = of_trustpoint(shown.certificates.state, name)
    if found is None or found.status != "Available":
        words = f"trustpoint {name} has no certificate of this router: enrol it first"
        yield shown.finding("certificate", Status.FAILED, words, CERTIFICATES, f"trustpoint {name}", "none")
        return
    yield _validity(shown, found, now)
    yield from _use(shown, found)


def _validity(shown: Showing, found: Certificate, now: datetime) -> Finding:
    name = shown.wanted.trustpoint
    if found.begins is None or found.ends is None:
        words = f"until when the certificate of {name} is valid is not shown"
        return shown.finding("certificate", Status.UNVERIFIED, words, CERTIFICATES, "end date", "none")
    begins, ends, left = datetime.fromisoformat(found.begins), datetime.fromisoformat(found.ends), days_left(found, now)
    if now < begins:
        status, words = Status.FAILED, f"the certificate of {name} is valid from {found.begins} on, and it is {now}"
    elif now >= ends:
        status, words = Status.FAILED, f"the certificate of {name} has ended on {found.ends}, and it is {now}"
    elif left < shown.wanted.certificate_days:
        status, words = Status.WARNING, f"the certificate of {name} ends in {left} days, on {found.ends}"
    else:
        status, words = Status.OK, f"the certificate of {name} is valid for {left} days more"
    return shown.finding("certificate", status, words, CERTIFICATES, "days left", left)


def _use(shown: Showing, found: Certificate) -> Iterator[Finding]:
    """For a server, with a key that is long enough, and for the name that clients connect to."""
    name, server = shown.wanted.trustpoint, shown.wanted.server_name
    usages = [one.usage for one in found.usages]
    good = SERVER in usages
    words = (
        f"the certificate of {name} is {'' if good else 'not '}for a server (extended key usage: {', '.join(usages) or 'none'})"
    )
    yield shown.finding("certificate-use", Status.OK if good else Status.FAILED, words, CERTIFICATES, "usage", usages)
    if found.key_bits is not None and found.key_bits < LEAST_BITS and found.key_bits > 521:
        words = f"the key of {name} has {found.key_bits} bits, and clients want {LEAST_BITS}"
        yield shown.finding("certificate-key", Status.FAILED, words, CERTIFICATES, "bits", found.key_bits)
    names = [one.host for one in found.alternatives] or [found.name or ""]
    fits = any(_matches(server, pattern) for pattern in names)
    words = f"the certificate of {name} is for {', '.join(filter(None, names)) or 'nobody'}" + (
        "" if fits else f", not for {server}"
    )
    yield shown.finding("certificate-name", Status.OK if fits else Status.FAILED, words, CERTIFICATES, "names", names)


def _matches(name: str, pattern: str) -> bool:
    """A star stands for one label, the first one (RFC 6125)."""
    name, pattern = name.lower(), pattern.lower()
    if pattern.startswith("*."):
        return name.partition(".")[2] == pattern[2:]
    return name == pattern
