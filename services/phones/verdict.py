"""The verdict on the access of phones: could one come in, and are those in that are expected. Pure.

Phones connect by themselves, so none of those that are expected is down, and some of them is degraded. A cause of the audit keeps
the next phone out: degraded while others are in, down where nobody is. What was found at one look alone is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from ...checks.finding import Cause, Evidence, Finding, Status
from ...checks.observations.looks import Look, Shown
from ...checks.phones.audit import Audit, audit, borne_out
from ...checks.phones.case import AuditAsked, Case
from ...checks.phones.certificate import certificate_of, clock_of
from ...checks.phones.finding import Line, PhoneFinding, Severity
from ...checks.phones.models import model_named
from ...checks.phones.offers import trustpoints_of
from ...checks.phones.on_box import premium_use
from ...checks.phones.phone_file import PhoneFile
from ...checks.phones.pools import command_for, pools_named, use_of
from ...checks.phones.sessions import Session, connected, sessions_of, why_unknown
from ...checks.phones.shown import CLOCK, RUNNING, SESSIONS, VERSION, HeadEnd
from ...checks.verdict import Configured, EndState, Figure, FlowState, KnownBy, Operating, Verdict
from ..common.configured_axis import findings, of_members, stated, status_of, unseen, unshown
from ..common.verifying import Seeing
from ..service import Deployment
from .intent import Phones

#: So many phones are named in a sentence.
_NAMED = 6
#: What is found where a configuration, a licence or a certificate is read is certain; what follows from it may have company.
_SURENESS = "high"


class View(Struct, frozen=True):
    """What the ASA showed last, and what the audit says of all looks. ``sessions`` None: they were not shown."""

    wanted: Phones
    device: HeadEnd
    case: Case
    found: tuple[PhoneFinding, ...]
    unread: tuple[str, ...]
    sessions: tuple[Session, ...] | None
    time: str
    #: Sessions without a tunnel for packets.
    waiting: tuple[Session, ...] = ()

    @property
    def causes(self) -> tuple[PhoneFinding, ...]:
        """What keeps phones out."""
        return tuple(one for one in self.found if one.severity is Severity.CAUSE)

    @property
    def missing(self) -> tuple[str, ...]:
        """Expected phones that have no session."""
        there = {one.phone for one in self.sessions or ()}
        return tuple(name for name in self.wanted.expected_sessions.phones if name not in there)

    @property
    def expected(self) -> int:
        """How many phones are expected, by count or by name."""
        return max(self.wanted.expected_sessions.at_least, len(self.wanted.expected_sessions.phones))

    @property
    def are_all_in(self) -> bool:
        """True where phones are expected, and all of them are in."""
        return bool(self.expected) and len(self.sessions or ()) >= self.expected and not self.missing


def verdict_of(deployment: Deployment, seeing: Seeing, title: str, files: Sequence[PhoneFile]) -> Verdict:
    """The verdict on phones of one tunnel group, which is on one ASA."""
    wanted: Phones = deployment.wanted
    shown = seeing.of(wanted.host)
    (configured,) = of_members(deployment, seeing).values()
    view = _view(wanted, shown, files)
    if view is None:
        answer = Operating.UNKNOWN, KnownBy.NOTHING, unshown(shown, "configuration and sessions")
    else:
        answer = _operating(view, configured, seeing)
    own = tuple(_own(view)) if view else ()
    return replace(
        stated(deployment, seeing, title, configured, answer),
        findings=(*findings(deployment, seeing), *own, Finding("phone-access", wanted.host, status_of(answer[0]), answer[2])),
        causes=tuple(_cause(one) for one in view.causes) if view else (),
        ends=(EndState(wanted.host, "head-end", "IP phones", configured, flows=tuple(_flows(view))),),
        untested=(*unseen(deployment, seeing), *_untested(view)),
        reach="the call manager, the network path and the phones themselves were not checked",
        sites=(wanted.host,),
        figures=tuple(_figures(view)) if view else (),
    )


def _untested(view: View | None) -> Iterator[str]:
    if view is None:
        return
    yield from view.unread
    if view.case.asked.phone is None:
        yield "no file of a phone is kept in the intent, so the digest that phones trust was not compared with the certificate"


def _view(wanted: Phones, shown: Shown, files: Sequence[PhoneFile]) -> View | None:
    looks = [look for look in shown.looks if VERSION in look.outputs]
    if shown.running is None or not looks:
        return None
    first, last = (HeadEnd(shown.host, shown.platform, shown.running, look.outputs) for look in (looks[0], looks[-1]))
    model = model_named(wanted.phone_model) if wanted.phone_model else None
    asks = [AuditAsked(phone, model, wanted.tunnel_group, wanted.interface) for phone in files or (None,)]
    made = [_audited(first, last if len(looks) > 1 else None, asked) for asked in asks]
    found = {(one.id, one.sentence): one for each in made for one in each.findings}
    unread = dict.fromkeys(words for each in made for words in each.unread)
    # Somebody who comes or goes between the two commands of one look makes it unknown, and hardly that of both.
    every = sessions_of(last)
    every = sessions_of(first) if every is None else every
    mine = None if every is None else tuple(one for one in every if one.group == wanted.tunnel_group)
    waiting = tuple(one for one in mine or () if not one.tunnel)
    case = Case(last, asks[0])
    return View(wanted, last, case, tuple(found.values()), tuple(unread), connected(mine), _time(looks[-1]), waiting)


def _audited(first: HeadEnd, last: HeadEnd | None, asked: AuditAsked) -> Audit:
    one = audit(first, asked)
    if last is not None:
        return borne_out(one, audit(last, asked), "")
    once = tuple(f"{found.id} was found at one look, and the deadline came before another" for found in one.findings)
    return replace(one, findings=(), unread=(*one.unread, *once))


def _time(look: Look) -> str:
    return look.seen.time


def _operating(view: View, configured: Configured, seeing: Seeing) -> tuple[Operating, KnownBy, str]:
    wanted, sessions = view.wanted, view.sessions
    said = _said(view)
    if seeing.changing and (view.causes or not view.are_all_in):
        return Operating.UNKNOWN, KnownBy.NOTHING, "; ".join((*seeing.changing, said))
    if configured is Configured.ABSENT:
        return Operating.DOWN, KnownBy.TABLES, f"{wanted.host} has no tunnel group {wanted.tunnel_group} for phones"
    if view.causes:
        works = Operating.DEGRADED if sessions else Operating.DOWN
        words = "; ".join(f"{one.id}: {one.sentence}" for one in view.causes)
        return works, KnownBy.TABLES, f"{said}; {words}"
    if sessions is None:
        return Operating.UNKNOWN, KnownBy.NOTHING, f"{said}: {why_unknown(view.device)}"
    if view.expected and not view.are_all_in:
        works = Operating.DEGRADED if sessions else Operating.DOWN
        why = "; not all could be read" if view.unread else "; no cause of it was found on the ASA"
        return works, KnownBy.TABLES, f"{_lacking(view)}{why}"
    if view.unread and not view.are_all_in:
        return Operating.UNKNOWN, KnownBy.NOTHING, f"{said}; {view.unread[0]}"
    return (Operating.UP if sessions else Operating.IDLE), KnownBy.TABLES, said


def _said(view: View) -> str:
    if view.sessions is None:
        return f"{view.wanted.host}: which phones are connected is not known"
    count = len(view.sessions)
    expected = f" of {view.expected} expected" if view.expected else ""
    said = f"{view.wanted.host}: {count} phone{'' if count == 1 else 's'}{expected} connected to {view.wanted.tunnel_group}"
    more = len(view.waiting)
    return f"{said}, and {more} session{'' if more == 1 else 's'} without a tunnel for packets" if more else said


def _lacking(view: View) -> str:
    """Who is not in, by name as far as the intent has names."""
    more = f" and {len(view.missing) - _NAMED} more" if len(view.missing) > _NAMED else ""
    named = f"; {', '.join(view.missing[:_NAMED])}{more} not connected" if view.missing else ""
    return f"{_said(view)}{named}"


def _cause(one: PhoneFinding) -> Cause:
    lines = " / ".join(line.strip() for line in one.remedy.lines)
    remedy = f"{one.remedy.sentence}{f': {lines}' if lines else ''}"
    confirm = f"nr-run audit-vpn-phone {one.host}" + (f", then --fix {one.id}" if one.remedy.is_ours else "")
    return Cause(one.id, one.sentence, _SURENESS, confirm, remedy)


def _own(view: View) -> Iterator[Finding]:
    """All that the audit found, what it could not read, and the numbers: sessions, pools, licences, days."""
    host = view.wanted.host
    status = {Severity.CAUSE: Status.FAILED, Severity.RISK: Status.WARNING, Severity.NOTE: Status.OK}
    for one in view.found:
        cause = _cause(one) if one.severity is Severity.CAUSE else None
        evidence = tuple(_evidence(view, line) for line in one.evidence)
        yield Finding(f"phones-{one.id}", host, status[one.severity], one.sentence, evidence, cause)
    yield from (Finding("phones-not-known", host, Status.UNVERIFIED, words) for words in view.unread)
    yield from _expected(view)
    yield from _waiting(view)
    yield from _pools(view)
    yield from _licences(view)
    yield from _certificate(view)


def _evidence(view: View, line: Line) -> Evidence:
    return Evidence(view.wanted.host, line.command, "line", line.text or "(no such line)", view.time)


def _expected(view: View) -> Iterator[Finding]:
    if view.sessions is None:
        words = f"the sessions of {view.wanted.tunnel_group} are not known: {why_unknown(view.device)}"
        yield Finding("expected-sessions", view.wanted.host, Status.UNVERIFIED, words)
    elif view.expected:
        names = ", ".join(one.phone or one.user for one in view.sessions[: 4 * _NAMED]) or "none"
        status = Status.OK if view.are_all_in else Status.FAILED
        words = _said(view) if view.are_all_in else _lacking(view)
        yield Finding(
            "expected-sessions",
            view.wanted.host,
            status,
            words,
            (Evidence(view.wanted.host, SESSIONS, "users", names, view.time),),
        )


def _waiting(view: View) -> Iterator[Finding]:
    """Sessions of which nothing but the parent is left: the phone is away, and was not logged off."""
    if view.waiting:
        names = ", ".join(one.phone or one.user for one in view.waiting[: 4 * _NAMED])
        words = f"{names}: a session without a tunnel for packets, whose phone is lost or sleeps"
        evidence = (Evidence(view.wanted.host, SESSIONS, "without a tunnel", names, view.time),)
        yield Finding("phones-waiting", view.wanted.host, Status.WARNING, words, evidence)


def _pools(view: View) -> Iterator[Finding]:
    host, intended = view.wanted.host, view.wanted.address_pools
    named = tuple(dict.fromkeys(name for name, _ in pools_named(view.case)))
    others = [name for name in named if name not in intended]
    if others:
        words = f"{view.wanted.tunnel_group} takes addresses of {', '.join(others)}, and the intent has {', '.join(intended)}"
        lines = tuple(_evidence(view, Line(RUNNING, line)) for name, line in pools_named(view.case) if name in others)
        yield Finding("phones-pools", host, Status.WARNING, words, lines)
    for name in (name for name in intended if name in named):
        use = use_of(view.device, name)
        if use is None:
            words = f"the use of pool {name} is not known: {view.device.why_not(command_for(name))}"
            yield Finding("phones-pools", host, Status.UNVERIFIED, words)
        else:
            status = Status.OK if use.free else Status.WARNING
            words = f"{use.free} of {use.size} addresses of pool {name} are free"
            yield Finding("phones-pools", host, status, words, (_evidence(view, use.line),))


def _licences(view: View) -> Iterator[Finding]:
    use = premium_use(view.device)
    if use is not None:
        words = f"{use.used} of {use.limit} Premium sessions are in use"
        status = Status.OK if use.used < use.limit else Status.WARNING
        yield Finding("phones-licences", view.wanted.host, status, words, (_evidence(view, use.line),))


def _days_left(view: View) -> tuple[int, str, Line] | None:
    """Days that the certificate of the interface is valid, its trustpoint, and the line that begins it; of several the least."""
    clock = clock_of(view.device)
    found = []
    for name, _ in trustpoints_of(view.device, view.wanted.interface):
        certificate, line = certificate_of(view.device, name)
        if certificate is not None and clock is not None:
            found.append(((certificate.ends - clock.now) // timedelta(days=1), name, line))
    return min(found, key=lambda one: one[0], default=None)


def _certificate(view: View) -> Iterator[Finding]:
    found = _days_left(view)
    if found is None:
        return
    left, name, line = found
    soon = left < view.wanted.certificate_days
    words = f"the certificate of trustpoint {name} is valid for {left} days more" if left >= 0 else f"that of {name} has expired"
    clock = Line(CLOCK, (view.device.output(CLOCK) or "").strip())
    evidence = (_evidence(view, line), _evidence(view, clock))
    renew = f"; renew it: nr-run renew-phone-certificate {view.wanted.host}" if soon else ""
    status = Status.WARNING if soon else Status.OK
    yield Finding("phones-certificate", view.wanted.host, status, f"{words}{renew}", evidence)


def _flows(view: View | None) -> Iterator[FlowState]:
    for one in view.sessions or () if view else ():
        yield FlowState(one.phone or one.user, one.address or "no address", up=True)


def _figures(view: View) -> Iterator[Figure]:
    """Sessions against those expected, free addresses, sessions by licence, days that the certificate is valid."""
    if view.sessions is not None:
        yield Figure("sessions", len(view.sessions))
        yield Figure("sessions-expected", view.expected)
    uses = [use_of(view.device, name) for name in view.wanted.address_pools]
    if all(uses):
        yield Figure("pool-free", sum(use.free for use in uses if use))
    licence = premium_use(view.device)
    if licence is not None:
        yield Figure("licences-in-use", licence.used)
        yield Figure("licences", licence.limit)
    found = _days_left(view)
    if found is not None:
        yield Figure("certificate-days-left", found[0])
