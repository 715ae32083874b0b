"""The verdict on a LAN-to-LAN tunnel: what it is configured as, whether it works, and what that rests on. Pure.

Each of our ends is judged by what it showed itself; an end that was not reached makes nothing down, and an end that is not ours
is told as not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ....checks.finding import Cause, Finding, Status
from ....checks.ike_agreed import printed, weaker
from ....checks.observations.looks import Shown
from ....checks.verdict import UNSENT, Configured, EndState, KnownBy, Operating, Verdict
from ...common.configured_axis import configured_of, of_members, stated, unseen, unshown
from ...common.configured_axis import findings as configured_findings
from ...common.verifying import Seeing
from ...service import Deployment, Member
from ..diagnosis.case import Case
from ..diagnosis.explained import Explained
from ..diagnosis.signatures import case_of, fitting
from ..endpoint import Endpoint, Pair, Watched, ike_rows, live, with_other_ike
from .latent_faults import risks
from .verdict_flow import Aimed, FlowSeen, Judged, read_of, state_of
from .verdict_pair import between, together
from .verdict_path import path_of
from .verdict_traffic import endpoint_of, traffics

#: What is left of a try, or is on its way out: nobody negotiates.
_OVER = frozenset({"MM_NO_STATE", "AG_NO_STATE", "DELETED", "DELETE", "QM_IDLE"})
#: A cause is looked for.
_WRONG = (Operating.DOWN, Operating.DEGRADED, Operating.UNENCRYPTED)


class EndSeen(Struct, frozen=True):
    """One of our ends, with all that was read of it; no flows where its flows were not read."""

    member: Member
    end: Endpoint
    shown: Shown
    aims: dict[Pair, Aimed]
    flows: tuple[FlowSeen, ...]

    @property
    def read(self) -> bool:
        """True if what it has of the tunnel was read."""
        return bool(self.flows)


def verdict_of(deployment: Deployment, seeing: Seeing, title: str) -> Verdict:
    """The verdict on one tunnel."""
    ends = tuple(_seen(deployment, member, seeing) for member in deployment.members)
    words = of_members(deployment, seeing)
    configured = configured_of(words.values())
    pairs = tuple(_as_asked(_pairs(ends), seeing, ends, configured))
    paths = tuple(
        finding
        for one in ends
        for finding in path_of(one.member.wants, one.shown, seeing.standing.get(one.member.host), seeing.time, one.end.tunnel)
    )
    answer = operating, known_by, sentence = _with_path(paths, *_operating(seeing, ends, pairs, configured))
    case = _case(ends)
    # A run that changes a key has two of them for a moment.
    at_risk = risks(case) if case and operating is Operating.UP and not seeing.changing else ()
    if at_risk:
        operating = Operating.DEGRADED
        answer = operating, known_by, "; ".join((*(risk.sentence for risk in at_risk), sentence))
    if operating is Operating.UP and not seeing.changing and (weak := _weak_ike(ends)):
        operating = Operating.DEGRADED
        answer = operating, known_by, f"{weak}; {sentence}"
    # Of what nobody has no signature tells more than that.
    wrong = operating in _WRONG and configured is not Configured.ABSENT and not at_risk
    explained = _explained(deployment, seeing, case, wrong=wrong)
    mine = (*_misconfigured(deployment, seeing), *(risk.cause for risk in at_risk))
    causes = (*mine, *explained.causes) if operating in _WRONG else ()
    return replace(
        stated(deployment, seeing, title, configured, answer),
        findings=(
            *_findings(deployment, seeing, ends, [_beside(pair, operating, answer[2]) for pair in pairs], causes),
            *paths,
            *(risk.finding(deployment.name) for risk in at_risk),
            *explained.findings,
        ),
        causes=causes,
        ends=tuple(_state(one, words[one.member.host]) for one in ends),
        untested=tuple(_untested(deployment, seeing, ends)),
        reach=_reach(deployment, ends),
        sites=(*(member.host for member in deployment.members), *(foreign.name for foreign in deployment.foreign)),
    )


def _seen(deployment: Deployment, member: Member, seeing: Seeing) -> EndSeen:
    shown = seeing.of(member.host)
    end = endpoint_of(deployment, member, shown.running)
    aims = traffics(end, shown.running, shown.platform.os)
    standing = seeing.standing.get(member.host)
    # A router lists what it has configured; where that is not known, or is as intended, no row is no answer.
    listed = (standing is None or standing.configured is Configured.AS_INTENDED) and end.tunnel is None
    return EndSeen(member, end, shown, aims, read_of(end, shown, aims, listed=listed))


def _pairs(ends: Sequence[EndSeen]) -> Iterator[Judged]:
    """Each pair of selectors, as the ends that were read tell it together; the second end has it the other way round."""
    read = [one for one in ends if one.read]
    if not read:
        return
    for flow in read[0].flows:
        others = [
            other for one in read[1:] for other in one.flows if other.pair == (flow.pair if flow.end.tunnel else flow.pair[::-1])
        ]
        yield between([flow, *others], looked_at_all=len(read) == len(ends))


def _operating(
    seeing: Seeing, ends: Sequence[EndSeen], pairs: Sequence[Judged], configured: Configured
) -> tuple[Operating, KnownBy, str]:
    """Whether it works, what that rests on, and one line for people."""
    problems = "; ".join(dict.fromkeys(seeing.problems))
    operating, known_by, sentence = (
        together(pairs) if pairs else (Operating.UNKNOWN, KnownBy.NOTHING, problems or "nothing was read")
    )
    differs = "; ".join(one.sentence for one in seeing.standing.values() if one.configured is not Configured.AS_INTENDED)
    if seeing.changing and operating is not Operating.UP:
        return Operating.UNKNOWN, KnownBy.NOTHING, "; ".join(seeing.changing)
    if configured is Configured.ABSENT and operating is not Operating.UNENCRYPTED:
        return Operating.DOWN, KnownBy.TABLES, differs
    if operating is Operating.IDLE and configured is Configured.DIFFERS:
        if not all(one.works_without for one in seeing.standing.values()):
            return Operating.DOWN, KnownBy.TABLES, f"{differs}: without it nothing is encrypted"
        return Operating.UNKNOWN, KnownBy.NOTHING, f"{differs}; it has no SAs, and nothing was sent to see whether it works"
    if operating is Operating.IDLE and (trying := _trying(ends)):
        return Operating.UNKNOWN, KnownBy.NOTHING, f"{trying}; it did not come up while it was watched"
    said = [words for words in (sentence, differs, problems if pairs else "", *seeing.changing) if words]
    return operating, known_by, "; ".join(dict.fromkeys(said))


def _with_path(
    paths: Sequence[Finding], operating: Operating, known_by: KnownBy, sentence: str
) -> tuple[Operating, KnownBy, str]:
    """The same, with what stands in the way of traffic and was met by none: what passes from the device does not pass for all,
    and what only tables show as up or idle is not known."""
    stops = [finding for finding in paths if finding.status is Status.FAILED]
    if not stops or operating not in (Operating.UP, Operating.IDLE):
        return operating, known_by, sentence
    words = "; ".join(dict.fromkeys(f"{finding.subject}: {_in_one_line(finding)}" for finding in stops))
    if operating is Operating.UP and known_by is not KnownBy.TABLES:
        return Operating.DEGRADED, known_by, f"{words}; though {sentence}"
    return Operating.UNKNOWN, KnownBy.NOTHING, f"{words}; {sentence}"


def _in_one_line(finding: Finding) -> str:
    """What is wrong, without the lines to type: those stand in the finding."""
    return finding.sentence.partition("\n")[0].removesuffix("; type:")


def _as_asked(pairs: Iterable[Judged], seeing: Seeing, ends: Sequence[EndSeen], configured: Configured) -> Iterator[Judged]:
    """The pairs; one without SAs is not known where the ping that was to ask for it was not sent: nothing asks for it, and that
    it would come up is not seen. What differs from the intent is judged by that."""
    for pair in pairs:
        why = _unsent(ends, pair.pair) if pair.operating is Operating.IDLE and seeing.probing else ""
        if why and configured is not Configured.DIFFERS:
            words = f"{why}; it has no SAs, and whether it comes up was not seen"
            yield replace(pair, operating=Operating.UNKNOWN, known_by=KnownBy.NOTHING, sentence=words)
        else:
            yield pair


def _beside(pair: Judged, operating: Operating, sentence: str) -> Judged:
    """A pair that nobody asks for, beside a tunnel that does not work or is not known: it is in order no more than the tunnel."""
    if pair.operating is Operating.IDLE and operating in (Operating.UNKNOWN, Operating.DOWN):
        return replace(pair, operating=Operating.UNKNOWN, sentence=sentence)
    return pair


def _unsent(ends: Sequence[EndSeen], pair: Pair) -> str:
    """Why pings for a pair were not sent that were wanted: there was no time for them, or nothing to send them from."""
    aims = ((one, one.aims.get(own)) for one in ends for own in dict.fromkeys((pair, pair[::-1])))
    found = (one.shown.unsent.get(aim.traffic) for one, aim in aims if aim)
    return "; ".join(dict.fromkeys(why for why in found if why))


def _trying(ends: Sequence[EndSeen]) -> str:
    """An end that was negotiating at every look, so that something asks for the tunnel and does not get it."""
    for one in ends:
        states = [
            {row.state for row in ike_rows(one.end, look.seen) if not row.up} - _OVER
            for look in one.shown.looks
            if look.seen.answer(one.end.ike)
        ]
        if len(states) > 1 and all(states):
            return f"{one.member.host} negotiates with {one.end.peer} ({', '.join(sorted(states[-1]))})"
    return ""


def _misconfigured(deployment: Deployment, seeing: Seeing) -> tuple[Cause, ...]:
    """A configuration that is not what it has to be comes first: whatever else shows may follow from it."""
    found = [one for one in seeing.standing.values() if one.configured in (Configured.DIFFERS, Configured.ABSENT)]
    if not found:
        return ()
    certain = any(one.configured is Configured.ABSENT or not one.works_without for one in found)
    return (
        Cause(
            "configuration",
            "; ".join(one.sentence for one in found),
            "certain" if certain else "high",
            f"show running-config on {' and '.join(one.host for one in found)}, and nr-run deploy-l2l {deployment.name} --plan",
            f"nr-run deploy-l2l {deployment.name}, which brings what the intent has and verifies it",
        ),
    )


def _case(ends: Sequence[EndSeen]) -> Case | None:
    """The case for the diagnosis; None if a question that it needs was not answered."""
    watched = []
    for one in ends:
        if not one.read or one.flows[-1].last.answer(one.end.ike) is None:
            return None
        looks = one.flows[0].looks
        before, after, probe = one.flows[0].ping or (looks[0].seen, looks[-1].seen, None)
        watched.append(Watched(one.end, before, after, probe))
    if not watched:
        return None
    during = [look.seen for one in ends for look in one.shown.looks[1:] if look.seen.answer(one.end.ike) is not None]
    running = {one.member.host: one.shown.running for one in ends if one.shown.running is not None}
    large = {one.member.host: flow.large for one in ends for flow in one.flows if flow.large is not None}
    replayed = {one.member.host: sum(flow.replayed for flow in one.flows) for one in ends}
    return replace(case_of(watched, during, running, large), replayed=replayed)


def _explained(deployment: Deployment, seeing: Seeing, case: Case | None, *, wrong: bool) -> Explained:
    """What fits what the ends that were read show and are configured with, joined with the log of the far side."""
    if case is None:
        return Explained(())
    ours = fitting(case) if wrong else ()
    if seeing.provider is None:
        return Explained(tuple(match.cause for match in ours))
    # Nobody gives a deploy such a log, and it need not wait for what reads one.
    from ..diagnosis.provider_side import explain

    return explain(deployment.name, case, ours, seeing.provider)


def _findings(
    deployment: Deployment, seeing: Seeing, ends: Sequence[EndSeen], pairs: Sequence[Judged], causes: tuple[Cause, ...]
) -> Iterator[Finding]:
    yield from configured_findings(deployment, seeing)
    for pair in pairs:
        made = pair.finding(deployment.name)
        yield made.because(causes[0]) if causes and made.status is Status.FAILED else made
    for one in ends:
        if one.read:
            yield _ike(one)
        else:
            yield Finding("read", one.member.host, Status.UNVERIFIED, unshown(one.shown, "flows"))


def _ike(one: EndSeen) -> Finding:
    """Told, and judged by nothing but what it was agreed with: IKE may be over while its SAs live on, and be negotiated again."""
    seen = one.shown.looks[-1].seen
    rows = ike_rows(one.end, seen)
    evidence = tuple(seen.evidence(one.end.ike, f"state of {row.title}", row.state) for row in rows)
    up = live(one.end, seen)
    states = up[0].state if up else ", ".join(row.state for row in rows) or "none"
    words = f"IKEv{one.end.ike_version} SA with {one.end.peer}: {states}"
    if other := with_other_ike(one.end, seen):
        words += f" with {printed(other[0])}, and the intent is {one.end.suite}"
        return Finding("ike", one.member.host, Status.FAILED if _weak_ike((one,)) else Status.WARNING, words, evidence)
    return Finding("ike", one.member.host, Status.OK if up else Status.SKIPPED, words, evidence)


def _weak_ike(ends: Sequence[EndSeen]) -> str:
    """The ends whose IKE SA has a weak algorithm that is not intended: a proposal of others won, or the SA is of before."""
    found = []
    for one in ends:
        if one.end.suite is None or not one.read or not one.shown.looks:
            continue
        weak = [word for row in with_other_ike(one.end, one.shown.looks[-1].seen) for word in weaker(row, one.end.suite)]
        found += (
            [f"{one.member.host}: the IKE SA with {one.end.peer} has {', '.join(weak)}, which the intent has not"] if weak else []
        )
    return "; ".join(found)


def _state(one: EndSeen, configured: Configured) -> EndState:
    looked = [look.seen for look in one.shown.looks if look.seen.answer(one.end.ike) is not None]
    rows = ike_rows(one.end, looked[-1]) if looked else ()
    up = live(one.end, looked[-1]) if looked else ()
    first = next(iter((*up, *rows)), None)
    return EndState(
        host=one.member.host,
        role=one.member.role,
        peer=str(one.end.peer),
        configured=configured,
        ike=first.state if first else "",
        ike_up=bool(up) if looked else None,
        ike_id=str(first.number) if first and first.number is not None else "",
        ike_age_seconds=first.age_seconds if first else None,
        flows=tuple(state_of(flow) for flow in one.flows),
        ike_lifetime_seconds=one.end.ike_seconds,
    )


def _untested(deployment: Deployment, seeing: Seeing, ends: Sequence[EndSeen]) -> Iterator[str]:
    """What no traffic met, and what could not be compared."""
    yield from unseen(deployment, seeing)
    if not seeing.probing:
        yield UNSENT
        return
    for one in ends:
        for pair in one.end.selectors if not one.end.tunnel else ():
            aim = one.aims.get(pair)
            if one.read and aim is None:
                yield f"{pair[0]} to {pair[1]}: {one.member.host} has no address there to ping from"
            elif aim and (why := one.shown.unsent.get(aim.traffic)):
                yield why


def _reach(deployment: Deployment, ends: Sequence[EndSeen]) -> str:
    """A sentence for each thing that the verdict does not cover."""
    words = [f"{foreign.name} is not ours: it was checked from this side only" for foreign in deployment.foreign]
    words += [f"{one.member.host} could not be read, so its end is not known" for one in ends if not one.read]
    return "; ".join(words)
