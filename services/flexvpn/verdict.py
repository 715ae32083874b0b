"""The verdict on a head-end: could a client come in, and are those in who are expected. Nobody is idle, and not broken. Pure.

Broken is what keeps clients out: a configuration that differs where it matters, a certificate that no client takes, a pool
without a free address. Fewer sessions than expected, or users who are missing, are a part of the service that does not work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...checks.finding import Evidence, Finding, Status
from ...checks.observations.looks import Look, Shown
from ...checks.observations.questions import CERTIFICATES, CLOCK, IKEV2_SESSION, INTERFACES, RECONNECT, SESSION, Question
from ...checks.verdict import Configured, EndState, Figure, FlowState, KnownBy, Operating, Verdict
from ..common.configured_axis import findings, of_members, stated, status_of, unseen, unshown
from ..common.outside import outside
from ..common.verifying import Seeing
from ..service import Deployment
from .certificates import Showing, days_left, judged, moment_of, of_trustpoint
from .files import judged_files
from .intent import FlexVpn
from .names import own_name
from .reading import IKEV2_SESSIONS, RECONNECTS, SESSIONS, Answer
from .sessions import Client, Range, joined, pools_before
from .way_in import asked_servers, way_in

ASKED: tuple[Question, ...] = (SESSION, IKEV2_SESSION, RECONNECT, CERTIFICATES, CLOCK, INTERFACES)
#: So many clients are named.
_NAMED = 3
#: What a client has to trust before it comes in.
_OF_TRUST = ("certificate", "clock")
#: What is wrong with one client or with its profile, or who is missing, is no way that is closed.
_OF_SOME = ("expected-sessions", "client-cipher", "client-traffic", "client-profile")


class View(Struct, frozen=True):
    """What the router of a head-end shows, at the first look and at the last; looks that were not whole are none."""

    wanted: FlexVpn
    first: Look
    last: Look
    #: Pools of the head-end that gave way to another one, and of which clients may have addresses still.
    earlier: tuple[Range, ...] = ()

    def clients(self, look: Look) -> tuple[Client, ...]:
        """The clients at a look."""
        sessions, ikes = (look.seen.answers[question.name].state for question in (SESSION, IKEV2_SESSION))
        return joined(self.wanted, sessions, ikes, self.earlier)


def verdict_of(deployment: Deployment, seeing: Seeing, title: str) -> Verdict:
    """The verdict on one head-end, which is on one router."""
    wanted: FlexVpn = deployment.wanted
    shown = seeing.of(wanted.host)
    configured = _configured(deployment, seeing)
    whole = [look for look in shown.looks if _is_whole(look)]
    earlier = pools_before(wanted, shown.running.objects) if shown.running else ()
    view = View(wanted, whole[0], whole[-1], earlier) if whole else None
    own = _findings(view, wanted, shown) if view else ()
    if view is None:
        answer = Operating.UNKNOWN, KnownBy.NOTHING, unshown(shown, "sessions")
    else:
        answer = _operating(view, own, configured, seeing)
    return replace(
        stated(deployment, seeing, title, configured, answer),
        findings=(*_stated(deployment, seeing), *own, Finding("client-session", wanted.host, status_of(answer[0]), answer[2])),
        ends=(EndState(wanted.host, "head-end", "Secure Clients", configured, flows=tuple(_states(view))),),
        untested=(*unseen(deployment, seeing), *(_untested(wanted, shown) if answer[0] is Operating.IDLE else ())),
        reach="" if view else f"{wanted.host} could not be read",
        sites=(wanted.host,),
        figures=tuple(_figures(view)) if view else (),
    )


def _findings(view: View, wanted: FlexVpn, shown: Shown) -> tuple[Finding, ...]:
    own = _own(view, wanted, asleep_here=_asleep_here(wanted, shown))
    ways = way_in(wanted, shown.running, view.last.seen.time) if shown.running else ()
    return (*own, outside(wanted.host, wanted.interface, view.last.seen), *ways, *_file(wanted, shown))


def _untested(wanted: FlexVpn, shown: Shown) -> Iterator[str]:
    yield "no client was asked to connect"
    asked = asked_servers(wanted, shown.running) if shown.running else ()
    if asked:
        yield f"whether the servers of {', '.join(asked)} answer, which are asked for each client, was not seen"


def _configured(deployment: Deployment, seeing: Seeing) -> Configured:
    """The profile itself tells whether the head-end is there: what it shares with others may be there without it."""
    (word,) = of_members(deployment, seeing).values()
    standing = seeing.standing.get(deployment.wanted.host)
    made = standing.change.created if standing and standing.change else ()
    return Configured.ABSENT if any(item.family.name == "ikev2-profile" for item in made) else word


def _stated(deployment: Deployment, seeing: Seeing) -> Iterator[Finding]:
    yield from (replace(finding, check="head-end") for finding in findings(deployment, seeing))


def _is_whole(look: Look) -> bool:
    return all((answer := look.seen.answer(question)) is not None and answer.complete for question in ASKED)


def _operating(view: View, own: Sequence[Finding], configured: Configured, seeing: Seeing) -> tuple[Operating, KnownBy, str]:
    wanted = view.wanted
    clients = [client for client in view.clients(view.last) if not client.wrong]
    if not clients and seeing.changing:
        return Operating.UNKNOWN, KnownBy.NOTHING, "; ".join(seeing.changing)
    if configured is Configured.ABSENT:
        return Operating.DOWN, KnownBy.TABLES, f"{wanted.host} has no head-end {wanted.name}"
    standing = seeing.standing.get(wanted.host)
    if not clients and standing is not None and not standing.works_without:
        return Operating.DOWN, KnownBy.TABLES, f"{standing.sentence}: without it no client is let in"
    bad = [finding.sentence for finding in own if finding.status is Status.FAILED]
    closed = any(finding.status is Status.FAILED and finding.check not in _OF_SOME for finding in own)
    said = _said(wanted, clients)
    short = _cut_short(view, asleep_here=_asleep_here(wanted, seeing.of(wanted.host)))
    if short and all(finding.check == "expected-sessions" for finding in own if finding.status is Status.FAILED):
        # Who is missing may be among those who were not shown.
        return Operating.UNKNOWN, KnownBy.NOTHING, f"{said}; {short}"
    if bad:
        # Who is missing may come: that is no way that is closed.
        works = Operating.DOWN if closed and not clients else Operating.DEGRADED
        return works, KnownBy.TABLES, f"{said}; {'; '.join(bad)}"
    doubts = [finding.sentence for finding in own if finding.status is Status.UNVERIFIED and finding.check in _OF_TRUST]
    if not clients and doubts:
        return Operating.UNKNOWN, KnownBy.NOTHING, f"{said}; {'; '.join(doubts)}"
    if not clients and (odd := _there_and_odd(view)):
        return Operating.UNKNOWN, KnownBy.NOTHING, f"{said} of which all that is shown agrees: {odd}"
    if not clients:
        return Operating.IDLE, KnownBy.TABLES, said
    if not any(client.sends for client in clients):
        return Operating.UNKNOWN, KnownBy.NOTHING, f"{said}; no packets have gone both ways of any"
    before = {(client.peer, client.port): client for client in view.clients(view.first)}
    one_way = [client for client in clients if _unheard(client, before.get((client.peer, client.port)))]
    if not any(client.sends and client not in one_way for client in clients):
        return Operating.UNKNOWN, KnownBy.NOTHING, f"{said}; {one_way[0].title} sends, and nothing goes back to it meanwhile"
    rises = [
        client.packets_in > old.packets_in and client.packets_out > old.packets_out
        for client in clients
        if (old := before.get((client.peer, client.port)))
    ]
    return Operating.UP, KnownBy.COUNTERS if any(rises) else KnownBy.TABLES, said


def _there_and_odd(view: View) -> str:
    """What a session contradicts itself in at the first look and at the last; empty without one.

    Somebody is connected there, so it is not idle; and not as it has to be, so it is no client that works. Who comes, or goes, is
    so at one look alone.
    """
    before = {(client.peer, client.port) for client in view.clients(view.first) if client.wrong}
    odd = (
        client for client in view.clients(view.last) if client.wrong and (client.packets_in + client.packets_out or client.bare)
    )
    return next((client.wrong for client in odd if (client.peer, client.port) in before), "")


def _cut_short(view: View, *, asleep_here: bool) -> str:
    """Why the list of sessions is not all of them, at the first look and at the last; empty where nothing says so.

    Two witnesses: addresses that IKEv2 has assigned, and sessions that may come again, which the router counts.
    """
    looks = (view.first, view.last)
    missing = [next((one.wrong for one in view.clients(look) if one.unlisted), "") for look in looks]
    if all(missing):
        return missing[-1]
    able = [look.seen.answers[RECONNECT.name].state.active_capable_sessions for look in looks]
    if asleep_here and all(count > len(view.clients(look)) for count, look in zip(able, looks, strict=True)):
        return f"{able[-1]} sessions that may come again are active, and {len(view.clients(view.last))} are listed"
    return ""


#: So many packets of a client without one back are no answer that is still on its way.
_MANY_PACKETS = 5


def _unheard(client: Client, before: Client | None) -> bool:
    """True if a client has sent while it was watched, and nothing went back to it."""
    if before is None:
        return False
    came, went = client.packets_in - before.packets_in, client.packets_out - before.packets_out
    return came >= _MANY_PACKETS and went == 0


def _said(wanted: FlexVpn, clients: Sequence[Client]) -> str:
    if not clients:
        return f"{wanted.host}: no client of {wanted.name} is connected"
    names = [str(client.address) for client in clients]
    few = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return f"{wanted.host}: {len(clients)} client{'' if len(clients) == 1 else 's'} of {wanted.name} connected ({few})"


def _asleep_here(wanted: FlexVpn, shown: Shown) -> bool:
    """True where every session that sleeps is of this head-end: no other profile of the router lets one come back."""
    profiles = shown.running.objects.of("ikev2-profile") if shown.running else ()
    able = [one for one in profiles if any(line.split()[:1] == ["reconnect"] for line in one.children)]
    return [one.groups["name"] for one in able] == [own_name(wanted)]


def _own(view: View, wanted: FlexVpn, *, asleep_here: bool) -> Iterator[Finding]:
    """Findings of the head-end's own: certificate, clock, pool, expected sessions, contradictions, reconnects that failed."""
    look = view.last
    certificates, clock = (Answer(look.seen.answers[question.name].state) for question in (CERTIFICATES, CLOCK))
    yield from judged(Showing(wanted.host, wanted, certificates, clock, look.seen.time))
    clients = view.clients(look)
    yield _pool(view, clients, asleep_here=asleep_here)
    yield from _expected(view, [client for client in clients if not client.wrong])
    for client in clients:
        if client.wrong:
            yield _finding(view, "client-session", Status.UNVERIFIED, client.wrong, SESSIONS, str(client.peer), "contradiction")
        else:
            yield from _tunnel(view, client)
    failed = look.seen.answers[RECONNECT.name].state.failed - view.first.seen.answers[RECONNECT.name].state.failed
    if failed > 0:
        words = f"{failed} reconnects have failed during the verification, of whatever profile"
        yield _finding(view, "reconnect", Status.WARNING, words, RECONNECTS, "failed", failed)


def _tunnel(view: View, client: Client) -> Iterator[Finding]:
    """By the cipher of the intent, and with packets in both directions: who sends and hears nothing has no service."""
    esp, has = view.wanted.esp, (client.encryption, client.integrity)
    if has != (esp.encryption, esp.integrity):
        words = f"{client.title} is encrypted by {' '.join(filter(None, has)) or 'nothing'}, and the intent says {esp.encryption}"
        words += f" {esp.integrity}" if esp.integrity else ""
        yield _finding(view, "client-cipher", Status.FAILED, words, IKEV2_SESSIONS, str(client.peer), has)
    old = next((one for one in view.clients(view.first) if (one.peer, one.port) == (client.peer, client.port)), client)
    came, went = client.packets_in, client.packets_out
    if came > old.packets_in and not went:
        words = f"{client.title} sends, and nothing goes back to it: {came} packets in, none out"
        yield _finding(view, "client-traffic", Status.FAILED, words, SESSIONS, str(client.peer), (came, went))
    elif _unheard(client, old):
        words = f"{client.title} sends, and nothing goes back to it meanwhile: {came} packets in, {went} out"
        yield _finding(view, "client-traffic", Status.UNVERIFIED, words, SESSIONS, str(client.peer), (came, went))
    elif not client.sends:
        words = f"no packets have gone both ways of {client.title}: {came} in, {went} out"
        yield _finding(view, "client-traffic", Status.UNVERIFIED, words, SESSIONS, str(client.peer), (came, went))


def _finding(view: View, check: str, status: Status, sentence: str, command: str, field: str, value: object) -> Finding:
    host = view.wanted.host
    return Finding(check, host, status, sentence, (Evidence(host, command, field, str(value), view.last.seen.time),))


def _file(wanted: FlexVpn, shown: Shown) -> Iterator[Finding]:
    """The profile that the head-end gives its clients, by its hash: who has written over the file is in no configuration."""
    profile = shown.running.objects.get("client-profile", own_name(wanted)) if shown.running else None
    if profile is not None:
        answers = {command: text for look in shown.looks for command, text in look.outputs.items()}
        yield from judged_files(wanted, answers, shown.looks[-1].seen.time, profile.groups["url"])


def _taken(view: View, clients: Sequence[Client]) -> int:
    """How many addresses of the pool clients have; a session of which the address is not shown has one."""
    known = {client.address for client in clients if client.address is not None}
    return sum(view.wanted.pool.has(address) for address in known) + sum(client.address is None for client in clients)


def _pool(view: View, clients: Sequence[Client], *, asleep_here: bool) -> Finding:
    """A session that may come again keeps its address; where others have such sessions too, the counter is of all of them."""
    size, used = view.wanted.pool.size, _taken(view, clients)
    asleep = view.last.seen.answers[RECONNECT.name].state.inactive_capable_sessions
    free = size - used
    words = f"{free} of {size} addresses of the pool are free" + (
        f", and {asleep} sessions may come back for one" if asleep else ""
    )
    left = free - asleep if asleep_here else free
    status = Status.FAILED if left <= 0 else Status.WARNING if free <= asleep else Status.OK
    words = f"the pool has no address left for another client: {words}" if left <= 0 else words
    return _finding(view, "pool", status, words, SESSIONS, f"sessions of {own_name(view.wanted)}", used)


def _expected(view: View, clients: Sequence[Client]) -> Iterator[Finding]:
    expected = view.wanted.expected_sessions
    if expected.at_least:
        good = len(clients) >= expected.at_least
        words = f"{len(clients)} of at least {expected.at_least} expected sessions are there"
        status = Status.OK if good else Status.FAILED
        yield _finding(view, "expected-sessions", status, words, SESSIONS, "sessions", len(clients))
    names = {client.user for client in clients}
    missing = [user for user in expected.users if user not in names]
    # Who has come back by the session is not named any more: some of the missing may be among them.
    unnamed = sum(not client.user for client in clients)
    if expected.users:
        words = f"{', '.join(missing)} not connected" if missing else "all expected users are connected"
        words += f"; {unnamed} connected by a reconnect, which names nobody" if missing and unnamed else ""
        status = Status.OK if not missing else Status.UNVERIFIED if unnamed >= len(missing) else Status.FAILED
        yield _finding(
            view, "expected-sessions", status, words, SESSIONS, "users", ", ".join(sorted(filter(None, names))) or "none"
        )


def _states(view: View | None) -> Iterator[FlowState]:
    for client in view.clients(view.last) if view else ():
        yield FlowState("0.0.0.0/0", f"{client.address}/32", up=not client.wrong)


def _figures(view: View) -> Iterator[Figure]:
    """Sessions, those that may come back, addresses that are left, days that the certificate is valid."""
    clients = view.clients(view.last)
    used = sum(not client.wrong for client in clients)
    asleep = view.last.seen.answers[RECONNECT.name].state.inactive_capable_sessions
    yield from (
        Figure("sessions", used),
        Figure("sessions-asleep", asleep),
        Figure("pool-free", view.wanted.pool.size - _taken(view, clients)),
    )
    found = of_trustpoint(view.last.seen.answers[CERTIFICATES.name].state, view.wanted.trustpoint)
    now = moment_of(view.last.seen.answers[CLOCK.name].state.text)
    if found is not None and found.ends is not None and now is not None:
        yield Figure("certificate-days-left", days_left(found, now))
