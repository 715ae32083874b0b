"""What a phone's console log and a firewall's syslog explain together: why the phone does not come in, with a timeline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ...inventory.errors import NothingMatched
from ...inventory.hiding.log_secrets import hidden_in_log
from ...parsers.logs import asa_words, phone_words
from ...parsers.logs.asa_syslog import AsaSyslog
from ...parsers.logs.entry import Entry, Sign, signs_of
from ...parsers.logs.phone import PhoneConfig, PhoneLog, as_base64
from ..finding import Evidence, Finding, Status
from .clocks import Offset, aligned
from .explanation import Explanation, Moment, holds
from .firewall_clients import Client, asked_about, clients
from .phone_causes import ASA_SIGNS, PHONE_SIGNS, causes_of, in_words, narrowed

#: What a firewall says of the phone counts where it is so close to what the phone says of the same attempt.
CLOSE = timedelta(seconds=120)
#: A silence that parts two attempts of a phone.
APART = timedelta(seconds=300)
_WORKS = frozenset({"logged-in", "up"})


class Logs(Struct, frozen=True):
    """What was brought: either may be missing, not both. ``configs`` are configuration files of phones."""

    name: str
    phone: PhoneLog | None
    firewall: AsaSyslog | None
    configs: tuple[PhoneConfig, ...] = ()


class Case(Struct, frozen=True):
    """The signs of the attempt that is explained, of each side (None: that log was not brought)."""

    phone: tuple[Sign, ...] | None
    earlier: tuple[tuple[Sign, ...], ...]
    firewall: tuple[Sign, ...] | None
    client: Client | None
    clocks: Offset | None
    #: Why it is not clear which messages of the firewall are the phone's.
    unclear: str = ""


def explain_phone(logs: Logs, named: str = "") -> Explanation:
    """The explanation. ``named`` is the phone, by address, device name or MAC address.

    Raises NothingMatched where it cannot be told which client of the syslog is meant.
    """
    case = _case(logs, named)
    findings = [*_whole(logs), *_of_phone(case), *_of_firewall(case), *_hashes(logs, case), *_of_clocks(case)]
    groups = _causes(case, findings)
    causes = causes_of(groups)
    good = not causes and holds(findings, ("phone", "firewall"))
    about = case.client.name if case.client else next(iter(_about(logs).get("device", ())), logs.name)
    conclusion = _conclusion(case, groups, findings, good=good)
    notices = logs.firewall.notices if logs.firewall else ()
    return Explanation(
        about, good, conclusion, tuple(findings), causes, tuple(_timeline(case)), tuple(_hidden(_facts(logs, case))), notices
    )


def _case(logs: Logs, named: str) -> Case:
    attempts = list(_attempts(logs.phone)) if logs.phone else []
    phone = (attempts[-1] if attempts else ()) if logs.phone else None
    earlier = tuple(attempts[:-1])
    if logs.firewall is None:
        return Case(phone, earlier, None, None, None)
    try:
        client = _client_in(logs, logs.firewall, phone or (), named)
    except NothingMatched as unclear:
        if phone is None or named:
            raise
        # The phone's own log says what it can; whose messages are its own is asked for.
        return Case(phone, earlier, (), None, None, str(unclear))
    firewall = tuple(signs_of(client.entries, asa_words.ASA))
    if phone is None:
        return Case(None, (), firewall, client, None)
    clocks = aligned(phone, firewall)
    return Case(phone, earlier, tuple(_near(phone, firewall, clocks)), client, clocks)


def _client_in(logs: Logs, firewall: AsaSyslog, phone: Sequence[Sign], named: str) -> Client:
    clocks = aligned(phone, list(signs_of(firewall.entries, asa_words.ASA))) if phone else None
    matched = clocks.matched if clocks and clocks.known else frozenset()
    return asked_about(clients(firewall.entries), named, _about(logs), matched, _agrees(phone))


def _agrees(phone: Sequence[Sign]) -> Callable[[Client], bool]:
    """Whether a client of the firewall fails by a cause that the phone has."""
    causes = {cause for sign in phone for cause in PHONE_SIGNS.get(sign.means, ())}
    return lambda client: any(
        causes & set(ASA_SIGNS.get(sign.means, ())) for sign in signs_of(client.entries, asa_words.ASA) if causes
    )


def _attempts(log: PhoneLog) -> Iterator[tuple[Sign, ...]]:
    """The signs of each attempt: one ends where the phone is silent for long, or a new handshake follows a failed login."""
    current: list[Sign] = []
    for sign in signs_of(log.entries, phone_words.PHONE):
        last = current[-1] if current else None
        apart = last and sign.when and last.when and not timedelta(0) <= sign.when - last.when + timedelta(seconds=1) <= APART
        jumped = last and sign.entry.number and last.entry.number and sign.entry.number < last.entry.number
        over = sign.means == "begins" and any(one.means == "login-failed" for one in current)
        if current and (apart or jumped or over):
            yield tuple(current)
            current = []
        current.append(sign)
    if current:
        yield tuple(current)


def _near(phone: Sequence[Sign], firewall: Sequence[Sign], clocks: Offset) -> Iterator[Sign]:
    """What the firewall says close to the attempt; all of it where the clocks cannot be compared."""
    times = [sign.when for sign in phone if sign.when]
    for sign in firewall:
        if (
            not clocks.known
            or clocks.offset is None
            or not times
            or sign.when is None
            or _close(sign.when - clocks.offset, times[0], times[-1])
        ):
            yield sign


def _close(when: datetime, first: datetime, last: datetime) -> bool:
    """Whether a moment by the phone's clock, of any day, is within an attempt or close to it."""
    return _days_off(when - first) >= -CLOSE and _days_off(when - last) <= CLOSE


def _days_off(span: timedelta) -> timedelta:
    day = timedelta(days=1)
    rest = span % day
    return rest - day if rest > day / 2 else rest


def _about(logs: Logs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sign in signs_of(logs.phone.entries, phone_words.ABOUT) if logs.phone else ():
        values = found.setdefault(sign.means, [])
        if sign.said["value"] not in values:
            values.append(sign.said["value"])
    return found


def _whole(logs: Logs) -> Iterator[Finding]:
    """What is missing in the logs, told and no proof."""
    if logs.phone is not None:
        for sentence in (*logs.phone.gaps[:5], *logs.phone.steps[:5]):
            yield Finding("complete", "phone", Status.UNVERIFIED, sentence)
    for sentence in logs.firewall.left_out if logs.firewall else ():
        yield Finding("complete", "firewall", Status.UNVERIFIED, sentence)


def _evidence(sign: Sign) -> Evidence:
    return Evidence(sign.entry.file, f"line {sign.entry.line}", sign.means, sign.quote, sign.entry.shown)


def _told_once(signs: Sequence[Sign]) -> tuple[Evidence, ...]:
    return tuple(_evidence(sign) for sign in {sign.entry: sign for sign in reversed(signs)}.values())[::-1][:6]


def _against(signs: Sequence[Sign], table: object) -> list[Sign]:
    """Signs of a failure since the last sign that it works."""
    assert isinstance(table, dict)
    last = max((place for place, sign in enumerate(signs) if sign.means in _WORKS | {"assigned", "dtls-up"}), default=-1)
    return [sign for place, sign in enumerate(signs) if sign.means in table and (place > last or sign.means.startswith("dtls"))]


def _of_phone(case: Case) -> Iterator[Finding]:
    if case.phone is None:
        yield Finding("phone", "phone", Status.SKIPPED, "no log of the phone was given")
        return
    wrong = _against(case.phone, PHONE_SIGNS)
    if wrong:
        words = "; ".join(dict.fromkeys(phone_words.TOLD[sign.means] for sign in wrong))
        yield Finding("phone", "phone", Status.FAILED, f"the phone says: {words}", _told_once(wrong))
    elif any(sign.means in ("login-failed", "stopped") for sign in case.phone):
        sign = next(sign for sign in case.phone if sign.means in ("login-failed", "stopped"))
        yield Finding(
            "phone",
            "phone",
            Status.FAILED,
            f"the phone says that {phone_words.TOLD[sign.means]}, and not why",
            (_evidence(sign),),
        )
    elif any(sign.means in _WORKS for sign in case.phone):
        sign = next(sign for sign in reversed(case.phone) if sign.means in _WORKS)
        yield Finding("phone", "phone", Status.OK, f"{phone_words.TOLD[sign.means]} since {sign.entry.shown}", (_evidence(sign),))
    else:
        words = "nothing in the phone's log says why it does not connect, or that it does: take it while the phone tries"
        yield Finding("phone", "phone", Status.UNVERIFIED, words)
    for attempt in case.earlier:
        causes = narrowed(PHONE_SIGNS[sign.means] for sign in attempt if sign.means in PHONE_SIGNS)
        if causes:
            when = attempt[0].entry.shown or attempt[0].entry.place
            words = f"an earlier attempt ({when}) failed: {in_words(causes)}"
            yield Finding("earlier", "phone", Status.WARNING, words, (_evidence(attempt[-1]),))


def _of_firewall(case: Case) -> Iterator[Finding]:
    if case.firewall is None:
        yield Finding("firewall", "firewall", Status.SKIPPED, "no syslog of the firewall was given")
        return
    wrong = _against(case.firewall, ASA_SIGNS)
    up = [sign for sign in case.firewall if sign.means in ("assigned", "tls-up", "dtls-up", "session")]
    if wrong:
        words = "; ".join(dict.fromkeys(asa_words.TOLD[sign.means] for sign in wrong))
        yield Finding("firewall", "firewall", Status.FAILED, f"the firewall says: {words}", _told_once(wrong))
    elif case.unclear:
        yield Finding("firewall", "firewall", Status.UNVERIFIED, case.unclear)
    elif not case.firewall:
        yield Finding("firewall", "firewall", Status.UNVERIFIED, "the firewall says nothing of the phone at that time")
    elif any(sign.means in ("disconnected", "handshake-failed") for sign in case.firewall):
        sign = [one for one in case.firewall if one.means in ("disconnected", "handshake-failed")][-1]
        reason = f" ({sign.said['reason'].strip()})" if "reason" in sign.said else ""
        words = f"the firewall says that {asa_words.TOLD[sign.means]}{reason}, and not why"
        yield Finding("firewall", "firewall", Status.FAILED, words, (_evidence(sign),))
    elif {"assigned", "dtls-up"} <= {sign.means for sign in up}:
        yield Finding("firewall", "firewall", Status.OK, "the phone has an address and a DTLS tunnel", tuple(map(_evidence, up)))
    elif any(sign.means == "assigned" for sign in up):
        words = (
            "the phone is given an address, and no DTLS tunnel is in the syslog: voice would go by TLS, or that line is missing"
        )
        yield Finding("firewall", "firewall", Status.UNVERIFIED, words, tuple(map(_evidence, up)))
    else:
        words = (
            "nothing in the syslog says why the phone is not let in: log severity 7 (logging buffered debugging) while it tries"
        )
        yield Finding("firewall", "firewall", Status.UNVERIFIED, words)


def _hashes(logs: Logs, case: Case) -> Iterator[Finding]:
    """The hash of the certificate that the phone was shown, against those that its configuration has."""
    shown = next((sign for sign in reversed(case.phone or ()) if sign.means == "leaf-hash"), None)
    trusted = {value: config for config in logs.configs for value in config.hashes}
    if shown is None or not trusted:
        return
    digits = shown.said["hash"].upper()
    config = next(iter(trusted.values()))
    known = ", ".join(f"{value} ({as_base64(value)})" for value in trusted)
    has = Evidence(config.file, f"line {config.line}", "certHash", known)
    evidence = (_evidence(shown), has)
    told = f"{digits} ({as_base64(digits)} in base64)"
    if digits in trusted:
        refused = any(sign.means == "leaf-untrusted" for sign in case.phone or ())
        words = f"the configuration has the hash of the certificate that the phone was shown, {told}"
        words += ", and the phone refused it: it has not fetched this configuration yet" if refused else ""
        yield Finding("hash", "phone", Status.WARNING if refused else Status.OK, words, evidence)
        return
    words = f"the phone was shown a certificate with the hash {told}, and its configuration has {known}"
    yield Finding("hash", "phone", Status.FAILED, words, evidence)


def _of_clocks(case: Case) -> Iterator[Finding]:
    if case.clocks is not None:
        # Where nothing fails, both logs have to be of one moment; a cause that is named does not need it.
        fails = _against(case.phone or (), PHONE_SIGNS) or _against(case.firewall or (), ASA_SIGNS)
        status = Status.OK if case.clocks.known else Status.WARNING if fails else Status.UNVERIFIED
        yield Finding("clocks", "both", status, case.clocks.sentence)


def _causes(case: Case, findings: Sequence[Finding]) -> tuple[tuple[str, ...], ...]:
    """The causes that are left. Where clocks do not tell what belongs to one attempt, what both logs say counts alone."""
    phone: list[Sequence[str]] = [PHONE_SIGNS[sign.means] for sign in _against(case.phone or (), PHONE_SIGNS)]
    firewall: list[Sequence[str]] = [ASA_SIGNS[sign.means] for sign in _against(case.firewall or (), ASA_SIGNS)]
    if any(finding.check == "hash" and finding.status is Status.FAILED for finding in findings):
        phone.append(("certificate-hash",))
    groups = narrowed([*phone, *firewall])
    if phone and firewall and not (case.clocks and case.clocks.known):
        both = {cause for one in phone for cause in one} & {cause for one in firewall for cause in one}
        return tuple(group for group in groups if set(group) & both) or groups
    return groups


def _conclusion(case: Case, groups: Sequence[Sequence[str]], findings: Sequence[Finding], *, good: bool) -> str:
    if good:
        return "the phone is connected: it is logged in, and has an address and a DTLS tunnel on the firewall"
    if groups:
        both = bool(_against(case.phone or (), PHONE_SIGNS)) and bool(_against(case.firewall or (), ASA_SIGNS))
        one = len(groups) == 1
        several = " (these logs do not tell them apart)" if any(len(group) > 1 for group in groups) else ""
        return in_words(groups) + several + (": both logs say so" if both and one and not several else "")
    wrong = [finding for finding in findings if finding.status in (Status.FAILED, Status.UNVERIFIED)]
    if wrong:
        return f"no cause is recognised: {wrong[0].sentence}"
    return "not verified: one of the two logs alone does not prove that the phone is connected"


def _timeline(case: Case) -> Iterator[Moment]:
    """Both logs in one order by the firewall's clock; where the clocks cannot be compared, one after the other."""
    phone = [(sign, phone_words.TOLD.get(sign.means, "")) for sign in case.phone or ()]
    firewall = [(sign, asa_words.TOLD[sign.means]) for sign in case.firewall or ()]
    both = [*phone, *firewall]
    if case.clocks and case.clocks.known and case.clocks.offset is not None:
        both = _merged(phone, firewall, case.clocks.offset)
    told: set[Entry] = set()
    for sign, words in both:
        if words and sign.entry not in told:
            told.add(sign.entry)
            yield Moment(_time(sign, case), sign.entry.place, sign.means, words, sign.quote)


def _time(sign: Sign, case: Case) -> str:
    """The firewall's time of what the phone says, with the phone's own; else as it is written."""
    own = sign.entry.shown
    if sign.entry.source == "ASA" or sign.when is None or case.clocks is None or not case.clocks.known:
        return own
    assert case.clocks.offset is not None
    return f"{sign.when + case.clocks.offset:%H:%M:%S} (phone {own})"


def _merged(phone: Sequence[tuple[Sign, str]], firewall: Sequence[tuple[Sign, str]], offset: timedelta) -> list[tuple[Sign, str]]:
    start = next((sign.when for sign, _ in firewall if sign.when), None)
    if start is None:
        return [*phone, *firewall]
    keyed: list[tuple[timedelta, int, tuple[Sign, str]]] = []
    for side, of in enumerate((phone, firewall)):
        last = timedelta(0)
        for one in of:
            when = one[0].when
            if when is not None:
                last = _days_off(when + offset - start) if side == 0 else when - start
            keyed.append((last, side, one))
    return [one for _, _, one in sorted(keyed, key=lambda item: item[:2])]


def _hidden(facts: Iterator[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """What a log names may hold a secret: a URL its query."""
    return ((what, hidden_in_log(value), where) for what, value, where in facts)


def _facts(logs: Logs, case: Case) -> Iterator[tuple[str, str, str]]:
    for sign in case.phone or ():
        if sign.means == "leaf-hash":
            yield "hash of the certificate", f"{sign.said['hash'].upper()} ({as_base64(sign.said['hash'])})", sign.entry.place
        if sign.means in ("location", "wildcard"):
            yield sign.means, " ".join(sign.said.values()), sign.entry.place
    for means, values in _about(logs).items():
        yield means, ", ".join(values[:4]), logs.phone.entries[0].file if logs.phone else ""
    for sign in case.firewall or ():
        for what in ("cipher", "trustpoint", "record", "group", "address"):
            if what in sign.said:
                yield f"firewall: {what}", sign.said[what], sign.entry.place
    yield from _offers(case)
    for config in logs.configs:
        yield "URL of the phone", ", ".join(config.urls) or "-", f"{config.file}:{config.line}"
        if config.host_id_check is not None:
            yield "host ID check", "on" if config.host_id_check else "off", f"{config.file}:{config.line}"


def _offers(case: Case) -> Iterator[tuple[str, str, str]]:
    """The ciphers that the firewall supports and the phone proposes, from the last handshake that lists them."""
    lists: dict[str, tuple[str, list[str]]] = {}
    of = ""
    for sign in signs_of(case.client.entries if case.client else (), asa_words.OFFERS):
        if sign.means == "cipher" and of:
            lists[of][1].append(sign.said["cipher"])
        elif sign.means != "cipher":
            of = sign.means
            lists[of] = (sign.entry.place, [])
    words = {"client": "ciphers of the phone", "device": "ciphers of the firewall"}
    yield from ((words[who], ", ".join(ciphers), place) for who, (place, ciphers) in lists.items() if ciphers)
