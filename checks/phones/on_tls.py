"""Causes in TLS, DTLS and the certificate: versions, ciphers, trustpoint, dates, choice, digest and name."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import timedelta

from msgspec import Struct

from .case import EVERYBODY, RENEWAL, Case
from .certificate import Certificate, certificate_of, clock_of, issuers_of
from .finding import Line, PhoneFinding, Remedy, Severity
from .models import RSA_AES, PhoneModel
from .offers import OLD_WORDS, Choice, Offer, chosen, trustpoints_of
from .shown import CERTIFICATES, CIPHERS_SINCE, CLOCK, RUNNING

#: Days before the end of a certificate from which on its renewal, which takes its time, is urged.
SOON_DAYS = 30


class Met(Struct, frozen=True):
    """What one series of phones meets: the version, and the suites that both have, in the order of the device."""

    model: PhoneModel
    offer: Offer | None
    suites: tuple[str, ...]
    datagrams: tuple[str, ...]

    @property
    def plain(self) -> tuple[str, ...]:
        """Suites for an RSA certificate."""
        return tuple(suite for suite in self.suites if "ECDSA" not in suite)


def meetings(case: Case) -> tuple[Met, ...]:
    """Of every series that is meant."""
    found = []
    for model in case.models:
        offer = next(iter(case.offers.common(model.versions)), None)
        suites = tuple(suite for suite in offer.suites if suite in model.tls) if offer else ()
        datagrams = tuple(suite for each in case.offers.dtls or () if each.version == "dtlsv1" for suite in each.suites)
        found.append(Met(model, offer, suites, datagrams))
    return tuple(found)


Wrong = Callable[[Met], bool]


def _judged(met: tuple[Met, ...], wrong: Wrong) -> tuple[Severity, tuple[Met, ...]] | None:
    """A cause where it is so for all phones that are meant, a risk where for some; None where for none."""
    those = tuple(one for one in met if wrong(one))
    if not those:
        return None
    return (Severity.CAUSE if len(those) == len(met) else Severity.RISK), those


def _names(those: tuple[Met, ...]) -> str:
    return " and ".join(one.model.name for one in those)


def transport(case: Case) -> Iterator[PhoneFinding]:
    """Versions and ciphers, TLS first and DTLS apart."""
    if case.offers.tls is None:
        case.unread.append("the versions and ciphers of TLS are not known: neither the configuration nor the device shows them")
        return
    met = meetings(case)
    versions = _judged(met, lambda one: one.offer is None)
    if versions:
        yield _version(case, *versions)
    ciphers = _judged(met, lambda one: one.offer is not None and not one.suites)
    if ciphers:
        yield _cipher(case, *ciphers)
    # Without any TLS there is no DTLS either, for the same reason.
    if case.offers.tls and _has_datagrams(case):
        yield from _datagrams(case, met)


def _has_datagrams(case: Case) -> bool:
    return not any(line.split()[1:] == [case.interface, "tls-only"] for line in case.webvpn.all("enable"))


def _version(case: Case, severity: Severity, those: tuple[Met, ...]) -> PhoneFinding:
    words = "tlsv1"
    datagrams = [word for word in case.offers.least.text.split()[3:] if word.startswith("dtls")]
    return case.found(
        "tls-version",
        severity,
        f"phones of the series {_names(those)} speak {', '.join(those[0].model.versions)} and the device takes none of them",
        (case.offers.least,),
        Remedy(
            "take the version that phones speak",
            (f"ssl server-version {' '.join((words, *datagrams))}",),
            f"{EVERYBODY}: an older version of TLS is taken of all of them",
        ),
    )


def _cipher(case: Case, severity: Severity, those: tuple[Met, ...]) -> PhoneFinding:
    offer = next(one.offer for one in those if one.offer is not None)
    return case.found(
        "cipher-tls",
        severity,
        f"phones of the series {_names(those)} have {', '.join(those[0].model.tls)}; in {offer.version} the device takes"
        f" {', '.join(offer.suites) or 'nothing'}: no shared cipher",
        (offer.line,),
        _with_suites(case, offer),
    )


def _with_suites(case: Case, offer: Offer) -> Remedy:
    """The suites of phones behind those that are there."""
    if case.device.release < CIPHERS_SINCE:
        there = [word for word, suite in OLD_WORDS.items() if suite in offer.suites]
        kept = sorted(there, key=lambda word: offer.suites.index(OLD_WORDS[word]))
        words = " ".join(dict.fromkeys((*kept, "aes256-sha1", "aes128-sha1")))
        return Remedy("take AES with SHA-1 as well", (f"ssl encryption {words}",), EVERYBODY)
    suites = ":".join(dict.fromkeys((*offer.suites, *RSA_AES)))
    line = f'ssl cipher {offer.version} custom "{suites}"'
    return Remedy(f"take AES with SHA-1 in {offer.version} as well", (line,), EVERYBODY)


def _datagrams(case: Case, met: tuple[Met, ...]) -> Iterator[PhoneFinding]:
    offers = case.offers.dtls
    if offers is None:
        case.unread.append("the ciphers of DTLS are not known: neither the configuration nor the device shows them")
        return
    offer = next((one for one in offers if one.version == "dtlsv1"), None)
    none = _judged(met, lambda one: not set(one.datagrams) & set(one.model.dtls))
    if none:
        severity, those = none
        later = {suite for one in offers if one.version == "dtlsv1.2" for suite in one.suites}
        if all(not one.model.one_cipher and later & set(one.model.dtls) for one in those):
            # Which firmware of newer phones speaks DTLS 1.2 is not known.
            severity = Severity.RISK
        yield case.found(
            "cipher-dtls",
            severity,
            f"phones of the series {_names(those)} have {', '.join(those[0].model.dtls)} in DTLS 1.0; the device takes"
            f" {', '.join(offer.suites) if offer and offer.suites else 'nothing'}: TLS comes up and DTLS fails",
            (offer.line if offer else case.offers.least,),
            _with_suites(case, offer) if offer else _with_version(case),
        )
        return
    differs = _judged(met, lambda one: one.model.one_cipher and bool(one.suites) and one.suites[0] not in one.datagrams)
    if differs and offer:
        severity, those = differs
        yield case.found(
            "cipher-differs",
            severity,
            f"phones of the series {_names(those)} get {those[0].suites[0]} in TLS, which DTLS does not take: their firmware"
            " wants the same in both",
            (*((those[0].offer.line,) if those[0].offer else ()), offer.line),
            _with_suites(case, offer),
        )


def _with_version(case: Case) -> Remedy:
    """DTLS 1.0 as well, and the least version of TLS as it is."""
    words = [word for word in case.offers.least.text.split() if not word.startswith("dtls")]
    return Remedy(
        "take DTLS 1.0 too", (" ".join((*words, "dtlsv1")),), f"{EVERYBODY}: an older version of DTLS is taken of all of them"
    )


def certificate(case: Case) -> Iterator[PhoneFinding]:
    """What is shown on the interface of phones, and what they make of it."""
    if not case.interface:
        return
    bound = trustpoints_of(case.device, case.interface)
    shown: list[Bound] = []
    for trustpoint, line in bound:
        found, begins = certificate_of(case.device, trustpoint)
        if found is None and begins.text:
            case.unread.append(f"the certificate of trustpoint {trustpoint} is not known: its bytes are no certificate")
            return
        if found is not None:
            shown.append(Bound(found, begins, line))
    if not shown:
        yield _unbound(case, *(bound[0] if bound else ("", Line(RUNNING, ""))))
        return
    kinds = yield from _choice(case, shown)
    for one in shown:
        yield from _dates(case, one.certificate, one.begins)
        if one.certificate.kind in kinds:
            yield from _digest(case, one.certificate, one.begins)
            yield from _host(case, one.certificate, one.begins)


class Bound(Struct, frozen=True):
    """A certificate that is bound: the line that begins its bytes, and the one that binds it."""

    certificate: Certificate
    begins: Line
    line: Line


def _unbound(case: Case, trustpoint: str, line: Line) -> PhoneFinding:
    words = (
        f"trustpoint {trustpoint} has no identity certificate" if trustpoint else f"no trustpoint is bound to {case.interface}"
    )
    return case.found(
        "trustpoint",
        Severity.CAUSE,
        f"{words}: the device shows a certificate of its own making, another one after each reload, which no phone can trust",
        (line, *(Line(RUNNING, found) for found in case.device.lines("crypto ca trustpoint"))),
        Remedy(
            "enrol a trustpoint, upload its certificate to the call manager, then bind it",
            (f"ssl trust-point {trustpoint or 'NAME'} {case.interface}",),
            EVERYBODY,
            may_fix=False,
        ),
    )


def _dates(case: Case, shown: Certificate, begins: Line) -> Iterator[PhoneFinding]:
    clock = clock_of(case.device)
    if clock is None:
        case.unread.append(f"whether the certificate is in date is not known: {case.device.why_not(CLOCK)}")
        return
    if clock.near(shown.begins) or clock.near(shown.ends):
        words = f"it is valid from {shown.begins:%Y-%m-%d %H:%M} to {shown.ends:%Y-%m-%d %H:%M} UTC"
        words += ", and how far the zone of the device's clock is from UTC is not known"
        case.unread.append(f"whether the certificate of trustpoint {shown.trustpoint} is in date is not known: {words}")
        return
    now = clock.now
    left = shown.ends - now
    if now < shown.begins:
        severity, words = (
            Severity.CAUSE,
            f"is valid from {shown.begins:%Y-%m-%d} on, and the clock of the device says {now:%Y-%m-%d}",
        )
    elif left < timedelta(0):
        severity, words = Severity.CAUSE, f"has expired on {shown.ends:%Y-%m-%d}"
    elif left < timedelta(days=SOON_DAYS):
        severity, words = Severity.RISK, f"expires on {shown.ends:%Y-%m-%d}, in {left.days} days"
    else:
        return
    yield case.found(
        "certificate-dates",
        severity,
        f"the certificate of trustpoint {shown.trustpoint} {words}",
        (begins, Line(CERTIFICATES, _end_line(case)), Line(CLOCK, (case.device.output(CLOCK) or "").strip())),
        Remedy("set the clock, by NTP" if now < shown.begins else f"renew it in order: {RENEWAL}"),
    )


def _end_line(case: Case) -> str:
    lines = (case.device.output(CERTIFICATES) or "").splitlines()
    return next((line.strip() for line in lines if line.strip().startswith("end ")), "")


def _choice(case: Case, bound: Sequence[Bound]) -> Generator[PhoneFinding, None, set[str]]:
    """Which certificate each series is shown. Returns the kinds of those configured ones that any of them is shown."""
    every = {one.certificate.kind for one in bound}
    if case.offers.tls is None:
        return every
    met = tuple(one for one in meetings(case) if one.suites)
    configured = "both" if {"RSA", "EC"} <= every else next(iter(every))
    choices = {one.model.name: chosen(case.device.release, one.suites, configured) for one in met}

    def other(one: Met) -> bool:
        found = choices[one.model.name]
        return found is None or found.certificate != "configured"

    judged = _judged(met, other)
    if judged:
        yield _other_certificate(case, bound[0], *judged, choices[judged[1][0].model.name])
    shown = {found.kind for found in choices.values() if found and found.certificate == "configured"}
    return shown if met else every


def _other_certificate(
    case: Case, bound: Bound, severity: Severity, those: tuple[Met, ...], found: Choice | None
) -> PhoneFinding:
    offer, shown = those[0].offer, bound.certificate
    words = f"a self-signed one with an {found.kind} key" if found else "none, since no cipher fits it"
    remedy = Remedy("bind a certificate with an RSA key; upload it to the call manager first")
    if shown.kind == "RSA" and offer is not None and case.device.release >= CIPHERS_SINCE:
        plain = tuple(suite for suite in offer.suites if "ECDSA" not in suite) or RSA_AES
        line = f'ssl cipher {offer.version} custom "{":".join(plain)}"'
        remedy = Remedy("leave out the ciphers for an elliptic certificate", (line,), EVERYBODY)
    return case.found(
        "certificate-choice",
        severity,
        f"phones of the series {_names(those)} are shown {words} instead of the one of trustpoint {shown.trustpoint}"
        f" ({shown.kind or 'no RSA and no EC key'}), on {case.device.release}",
        (bound.line, *((offer.line,) if offer else ())),
        remedy,
    )


def _digest(case: Case, shown: Certificate, begins: Line) -> Iterator[PhoneFinding]:
    phone = case.asked.phone
    if phone is None:
        case.notes.append(
            f"no phone's file was given (--phone-config), so nothing was compared with the certificate: {shown.trustpoint} has "
            f"SHA-1 {shown.digest_words('SHA-1')}, SHA-256 {shown.digest_words('SHA-256')}"
        )
        return
    if any(shown.digest(item.algorithm) == item.digest for item in phone.hashes):
        return
    for issuer in issuers_of(case.device, shown):
        if any(issuer.digest(item.algorithm) == item.digest for item in phone.hashes):
            case.notes.append(f"the phones trust the certificate that has signed the one of {shown.trustpoint}, not itself")
            return
    algorithms = dict.fromkeys(item.algorithm for item in phone.hashes) or {"SHA-1": None}
    evidence = [
        begins,
        *(Line(f"{algorithm} of its bytes", shown.digest_words(algorithm)) for algorithm in algorithms),
        *(
            Line(f"{phone.name}, credentials", f"{item.text} = {item.digest.hex(':').upper()} ({item.algorithm})")
            for item in phone.hashes
        ),
    ]
    yield case.found(
        "certificate-hash",
        Severity.CAUSE,
        f"{phone.name} has {'another digest' if phone.hashes else 'no digest'} than that of the certificate of trustpoint"
        f" {shown.trustpoint}, so a phone ends the handshake with unknown CA",
        evidence,
        Remedy(
            "upload the certificate that is shown to the call manager as phone-VPN-trust, assign it to the VPN gateway, and have"
            " the phones take their configuration again where they reach the TFTP server"
        ),
    )


def _host(case: Case, shown: Certificate, begins: Line) -> Iterator[PhoneFinding]:
    phone = case.asked.phone
    if phone is None or phone.checks_host is False:
        return
    wrong = [url for url in case.urls if not shown.is_for(url.host)]
    if not wrong or len(wrong) < len(case.urls):
        return
    wild = [name for name in shown.names if "*" in name]
    names = ", ".join(shown.names) or "no name"
    yield case.found(
        "host-id",
        Severity.CAUSE if phone.checks_host else Severity.RISK,
        f"phones look at the name{'' if phone.checks_host else ' unless configured not to'}: their URL says {wrong[0].host},"
        f" the certificate is for {names}{'; a phone takes no wildcard' if wild else ''}",
        (begins, Line(f"{phone.name}, enableHostIDCheck", "1" if phone.checks_host else ""), Line(phone.name, wrong[0].text)),
        Remedy(f"switch the host ID check off in the VPN profile at the call manager, or use a certificate for {wrong[0].host}"),
    )
