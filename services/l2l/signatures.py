"""How each cause shows on our ends: the failure signatures of IKEv1, IKEv2 and IPsec on IOS and ASA, as rows.

The order is that of a person who looks for the cause: does anything leave, is IKE up, is there an SA, do packets pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...checks.finding import Cause, Evidence
from ...checks.observation import Flow, Observation, spis
from ...checks.questions import INTERFACES, IPSEC, ROUTE, UP, IkeRow, Question
from ...checks.signatures import Match, Signature, matches, one_of
from ...inventory.systems import any_of
from .causes import CAUSES
from .endpoint import EVERYTHING, Watched, flow_of, phase_1_up, phase_2_up, rise

_BEFORE_KEYS = {"MM_NO_STATE", "MM_SA_SETUP", "AG_NO_STATE", "MM_WAIT_MSG2", "MM_WAIT_MSG3"}
#: Keys are made, and what is encrypted with them cannot be read: an ASA as responder waits for message 5, as initiator for 6.
_AT_KEYS = {"MM_KEY_EXCH", "MM_KEY_AUTH", "AG_INIT_EXCH", "AG_AUTH", "MM_WAIT_MSG5", "MM_WAIT_MSG6"}
#: Message 4 would bring the keys of a responder that knows this peer.
_UNKNOWN_THERE = {"MM_WAIT_MSG4"}
#: A responder that waits for message 3 was heard and is not answered: something on the way eats the answers.
_ONE_WAY = {"MM_WAIT_MSG3"}
_XAUTH = {"CONF_XAUTH", "CONF_ADDR"}
_UP = frozenset(state for states in UP.values() for state in states)
#: Seconds that an IPsec SA lives where nobody configured it: 3600 on IOS, 28800 on an ASA.
_LONGEST_DEFAULT = 28800


@dataclass(frozen=True, slots=True)
class Case:
    """Our ends, the near one first, and readings from while IKE was tried: states such as MM_KEY_EXCH are gone a minute later."""

    ends: tuple[Watched, ...]
    during: Sequence[Observation] = ()

    @property
    def near(self) -> Watched:
        """The end from which the tunnel is brought up."""
        return self.ends[0]

    @property
    def foreign(self) -> bool:
        """True if the far end is not ours, so that nothing was seen of it."""
        return len(self.ends) == 1

    @property
    def version(self) -> int:
        """Version of IKE."""
        return self.near.end.ike_version

    def readings(self, watched: Watched) -> tuple[Observation, ...]:
        """Readings of one end from the first try on."""
        return (*(seen for seen in self.during if seen.host == watched.host), watched.after)

    def rows(self, watched: Watched) -> tuple[IkeRow, ...]:
        """IKE SAs of one end with the peer, in all of its readings."""
        end = watched.end
        return tuple(
            row
            for seen in self.readings(watched)
            if seen.answer(end.ike)
            for row in seen.rows(end.peer, end.ike_version)
        )  # fmt: skip

    def states(self, watched: Watched) -> set[str]:
        """States of its IKE SAs with the peer."""
        return {row.state for row in self.rows(watched)}

    @property
    def all_states(self) -> set[str]:
        """States of both ends."""
        return {state for watched in self.ends for state in self.states(watched)}

    @property
    def silent(self) -> tuple[Watched, ...]:
        """Ends that have no IKE SA with the peer in any reading."""
        return tuple(watched for watched in self.ends if not self.rows(watched))

    @property
    def ike_is_up(self) -> bool:
        """True if every end of ours has a live IKE SA."""
        return all(phase_1_up(watched.end, watched.after) for watched in self.ends)

    @property
    def ipsec_is_up(self) -> bool:
        """True if every end of ours has an SA pair."""
        return all(phase_2_up(watched.end, watched.after) for watched in self.ends)

    @property
    def nothing_sent(self) -> bool:
        """True if nothing of the near end ever met the tunnel. An interface negotiates by itself, so there it says nothing."""
        if self.near.end.tunnel:
            return False
        flow = self.near.flow(self.near.after)
        return flow is None or not (flow.encapsulated_packets or flow.send_errors)

    @property
    def flows(self) -> tuple[Flow | None, ...]:
        """The probed flow of each end."""
        return tuple(watched.flow(watched.after) for watched in self.ends)

    def evidence(self, question: Question | None = None) -> tuple[Evidence, ...]:
        """What was read of the IKE SAs, or of the flows, of each end."""
        made: list[Evidence] = []
        for watched in self.ends:
            if question is None:
                words = ", ".join(sorted(self.states(watched))) or "none"
                made.append(watched.after.evidence(watched.end.ike, f"states of IKE with {watched.end.peer}", words))
            else:
                flow = watched.flow(watched.after)
                words = (
                    f"{len(flow.sas)} SAs, {flow.encapsulated_packets} encaps, {flow.decapsulated_packets} decaps"
                    if flow
                    else "none"
                )
                made.append(watched.after.evidence(question, "flow", words))
        return tuple(made)


Test = Callable[[Case], bool]


def _ike(test: Test, version: int | None = None) -> Callable[[Case], tuple[Evidence, ...]]:
    """A signature of the time before IKE is up."""
    return lambda case: (
        case.evidence() if not case.ike_is_up and version in (None, case.version) and test(case) else ()
    )  # fmt: skip


def _ipsec(test: Test, version: int) -> Callable[[Case], tuple[Evidence, ...]]:
    """A signature of IKE that is up without SAs."""
    return lambda case: (
        (*case.evidence(), *case.evidence(IPSEC))
        if case.ike_is_up and not case.ipsec_is_up and version == case.version and test(case)
        else ()
    )


def _traffic(test: Test) -> Callable[[Case], tuple[Evidence, ...]]:
    """A signature of SAs through which not everything passes."""
    return lambda case: case.evidence(IPSEC) if case.ike_is_up and case.ipsec_is_up and test(case) else ()


# IKE


def _no_rows(case: Case) -> bool:
    return len(case.silent) == len(case.ends)


def _no_attempt(case: Case) -> bool:
    """Nobody tried. An IKEv1 SA of a try stays to be seen; one of IKEv2 that was refused does not, so there the counters of the
    flow have to say it, and an ASA prints no flow without SAs."""
    return _no_rows(case) and case.nothing_sent and (case.version == 1 or case.flows[0] is not None)


def _one_silent(case: Case) -> bool:
    return bool(case.silent) and not _no_rows(case)


def _up_at_one_end(case: Case) -> bool:
    """An IKE SA that is up at one end only is what a reload of the other end leaves behind."""
    return _one_silent(case) and bool(case.all_states & _UP)


def _keeps_refused(watched: Watched) -> bool:
    """Whether the silence of a device means that nothing reached it: some keep an SA of a try that they refuse."""
    return any_of(watched.after.os).shows_refused_ike


def _unheard(case: Case) -> bool:
    return _one_silent(case) and not case.all_states & _UP and _keeps_refused(case.silent[0])


def _says_nothing(case: Case) -> bool:
    return _one_silent(case) and not case.all_states & _UP and not _keeps_refused(case.silent[0])


def _lasts(case: Case) -> bool:
    """Whether a try stands for most of the time, as one does that is not answered; one that is refused is gone at once, and a
    reading may meet the beginning of the next."""
    tried = [[bool(seen.rows(w.end.peer, 2)) for seen in case.readings(w) if seen.answer(w.end.ike)] for w in case.ends]
    return any(2 * sum(rows) > len(rows) for rows in tried if rows)


def _agreed(case: Case) -> bool:
    """IKE_SA_INIT was answered, so ciphers are known, and IKE_AUTH did not end well."""
    return any(row.agreed and not row.up for watched in case.ends for row in case.rows(watched))


def _natted(case: Case) -> bool:
    return any(row.natted for watched in case.ends for row in case.rows(watched))


def _came_and_went(case: Case) -> bool:
    """READY in an earlier reading, and not in the last one."""
    return all(any(row.up for row in case.rows(watched)) for watched in case.ends)


# IPsec


def _had_sas(case: Case) -> bool:
    """There was a child SA, or IKE is older than the first one can be: so it was lost later, when PFS counts."""
    for watched in case.ends:
        readings = (watched.before, *(seen for seen in case.during if seen.host == watched.host))
        if any(spis(flow, "outbound") for seen in readings if (flow := watched.flow(seen))):
            return True
        lifetime = watched.end.child_seconds or _LONGEST_DEFAULT
        if any(row.up and (row.age_seconds or 0) > lifetime for row in case.rows(watched)):
            return True
    return False


def _other_selectors(case: Case) -> bool:
    """The peer has an SA with us, and not for these selectors."""
    for watched in case.ends:
        own = [flow_of(watched.end, watched.after, pair) for pair in watched.end.flow_pairs]
        others = (flow for flow in watched.after.flows if flow.sas and flow.peer == watched.end.peer and flow not in own)
        if any(watched.end.tunnel or (f.local_ident.network, f.remote_ident.network) != EVERYTHING for f in others):
            return True
    return False


# Traffic


def _not_crossing(case: Case) -> bool:
    if case.foreign:
        return False
    here, there = case.flows
    if here is None or there is None:
        return False
    return here.current_outbound_spi not in spis(there, "inbound") or there.current_outbound_spi not in spis(here, "inbound")


def _encrypts_nothing(case: Case) -> bool:
    """Every end has sent pings: who encrypted nothing sends its packets elsewhere."""
    rises = [rise(watched) for watched in case.ends]
    return all(rises) and not all(risen and risen.encaps for risen in rises)


def _receives_nothing(case: Case) -> bool:
    rises = [rise(watched) for watched in case.ends]
    return all(rises) and not all(risen and risen.decaps for risen in rises)


def _routed_past(case: Case) -> tuple[Evidence, ...]:
    """A route out of an interface that is down is none, whatever keeps it down: so only where the interface is up."""
    for watched in case.ends:
        end, seen = watched.end, watched.after
        up = end.tunnel and any(row.up for row in seen.interfaces if row.name == end.tunnel.name)
        if end.tunnel and up and end.target and seen.answer(ROUTE):
            way = seen.ways.to(end.target)
            if way != {end.tunnel.known_as}:
                return (seen.evidence(ROUTE, f"egress of {end.target}", " and ".join(sorted(way)) or "none"),)
    return ()


def _recursive(case: Case) -> tuple[Evidence, ...]:
    for watched in case.ends:
        end, seen = watched.end, watched.after
        if end.tunnel and seen.answer(ROUTE) and end.tunnel.known_as in seen.ways.to(end.peer):
            return (seen.evidence(ROUTE, f"egress of {end.peer}", end.tunnel.known_as),)
    return ()


def _row(
    cause: str, stage: int, fits: Callable[[Case], tuple[Evidence, ...]], needs: tuple[Question, ...] = ()
) -> Signature[Case]:
    return Signature(CAUSES[cause], stage, needs, fits)


SIGNATURES: tuple[Signature[Case], ...] = (
    # Does it leave by the tunnel at all.
    _row("recursive-route", 10, _recursive, (ROUTE,)),
    _row("tunnel-route", 20, _routed_past, (ROUTE, INTERFACES)),
    # IKE is not up.
    _row("xauth", 30, _ike(lambda case: bool(case.all_states & _XAUTH), 1)),
    _row("no-attempt", 40, _ike(_no_attempt)),
    _row("udp-500", 50, _ike(_no_rows, 1)),
    _row("ike-policy", 50, _ike(lambda case: _no_rows(case) and case.foreign, 1)),
    _row("no-attempt", 50, _ike(lambda case: _no_rows(case) and case.nothing_sent, 2)),
    _row("ikev2-proposal", 50, _ike(_no_rows, 2)),
    _row("ikev2-authentication", 50, _ike(_no_rows, 2)),
    _row("ikev2-identity", 50, _ike(_no_rows, 2)),
    _row("preshared-key", 60, _ike(lambda case: bool(case.all_states & _AT_KEYS), 1)),
    _row("peer-unknown", 70, _ike(lambda case: bool(case.all_states & _UNKNOWN_THERE), 1)),
    _row("ikev2-child-proposal", 70, _ike(_came_and_went, 2)),
    _row("stale-sa", 80, _ike(_up_at_one_end)),
    _row("ikev2-authentication", 90, _ike(_agreed, 2)),
    _row("ikev2-identity", 90, _ike(_agreed, 2)),
    _row("nat-in-path", 90, _ike(lambda case: _agreed(case) and _natted(case), 2)),
    _row("no-answer", 100, _ike(_says_nothing, 1)),
    _row("udp-500", 100, _ike(_unheard, 1)),
    _row("udp-500", 100, _ike(lambda case: _one_silent(case) and _lasts(case), 2)),
    _row("udp-500", 110, _ike(lambda case: bool(case.all_states & _ONE_WAY) and not case.foreign, 1)),
    _row("udp-500", 120, _ike(lambda case: case.foreign and bool(case.all_states & _BEFORE_KEYS), 1)),
    _row("ike-policy", 120, _ike(lambda case: bool(case.all_states & _BEFORE_KEYS), 1)),
    _row("udp-500", 130, _ike(lambda case: bool(case.all_states), 2)),
    _row("ikev2-proposal", 130, _ike(lambda case: bool(case.all_states) and (case.foreign or not _lasts(case)), 2)),
    _row("ikev2-authentication", 130, _ike(lambda case: bool(case.all_states) and not _lasts(case), 2)),
    _row("ikev2-identity", 130, _ike(lambda case: bool(case.all_states) and not _lasts(case), 2)),
    # IKE is up and there is no SA.
    _row("phase-2", 140, _ipsec(lambda case: True, 1)),  # noqa: ARG005 - whatever is seen of it
    _row("pfs-at-rekey", 140, _ipsec(_had_sas, 2)),
    _row("ikev2-selectors", 150, _ipsec(_other_selectors, 2)),
    _row("ikev2-selectors", 160, _ipsec(lambda case: True, 2)),  # noqa: ARG005
    _row("ikev2-child-proposal", 160, _ipsec(lambda case: True, 2)),  # noqa: ARG005
    # There are SAs.
    _row("phase-2", 170, _traffic(lambda case: None in case.flows)),
    _row("stale-sa", 180, _traffic(_not_crossing)),
    _row("return-path", 190, _traffic(_encrypts_nothing)),
    _row("nat-in-path", 200, _traffic(lambda case: _receives_nothing(case) and _natted(case))),
    _row("esp-blocked", 200, _traffic(lambda case: _receives_nothing(case) and not _natted(case))),
    _row("far-return-path", 200, _traffic(lambda case: _receives_nothing(case) and case.foreign)),
)


def found(ends: Sequence[Watched], during: Sequence[Observation] = ()) -> tuple[Match, ...]:
    """The causes that fit what our ends show, with the evidence; none when nothing is wrong or nothing fits."""
    case = Case(tuple(ends), tuple(during))

    def answered(question: Question) -> bool:
        return any(watched.after.answer(question) is not None for watched in case.ends)

    return matches(SIGNATURES, case, answered)


def probable_cause(ends: Sequence[Watched], during: Sequence[Observation] = ()) -> Cause | None:
    """The cause that fits; where several do and nothing tells them apart, all of them in one."""
    return one_of(match.cause for match in found(ends, during))
