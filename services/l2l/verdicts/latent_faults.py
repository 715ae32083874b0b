"""What is wrong with a tunnel that works: SAs of before live on while its ends no longer agree, or a part leaves in clear. Pure.

An SA keeps the keys and proposals with which it was made until its lifetime ends, so a tunnel over it is up, and nothing but the
configurations tells that it will not come back. Nor does any ping tell of hosts that a list leaves out, beside which it passes.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from ....checks.finding import Cause, Evidence, Finding, Status
from ....checks.observations.questions import IPSEC
from ..diagnosis import differences as differ
from ..diagnosis import on_the_way as way
from ..diagnosis.case import Case
from ..diagnosis.causes import CAUSES
from ..diagnosis.differences import Asked
from ..endpoint import IKE_SECONDS, live


class _Apart(Struct, frozen=True):
    """In what two ends may differ: the question, the cause for each version of IKE, the words, and what of it is renewed first.

    ``of_ike``: it counts when IKE is negotiated again; else at the first rekey of the IPsec SAs.
    """

    asked: Asked
    causes: tuple[str, str]
    words: str
    of_ike: bool


_ROWS: tuple[_Apart, ...] = (
    _Apart(differ.key_for_peer, ("peer-unknown", "peer-unknown"), "an end no longer has a key for the other one", of_ike=True),
    _Apart(
        differ.same_key, ("preshared-key", "ikev2-authentication"), "the two ends now hold different pre-shared keys", of_ike=True
    ),
    _Apart(
        differ.ike_suite, ("ike-policy", "ikev2-proposal"), "the two ends no longer have an IKE proposal in common", of_ike=True
    ),
    _Apart(differ.esp, ("transforms", "ikev2-child-proposal"), "the two ends no longer have a transform in common", of_ike=False),
    _Apart(differ.pfs, ("pfs", "pfs-at-rekey"), "the two ends now differ in PFS", of_ike=False),
)


class Risk(Struct, frozen=True):
    """One thing in which the ends differ: what it is called, when it will be felt, and what shows it."""

    cause: Cause
    sentence: str
    evidence: tuple[Evidence, ...]

    def finding(self, name: str) -> Finding:
        """The same as a finding on the tunnel."""
        return Finding("at-risk", name, Status.FAILED, self.sentence, self.evidence).because(self.cause)


def risks(case: Case) -> tuple[Risk, ...]:
    """All latent faults of a tunnel that works; empty if the configurations agree or cannot be compared."""
    return tuple(_risks(case))


def _risks(case: Case) -> Iterator[Risk]:
    if left_out := way.taken_out(case):
        lines = "; ".join(dict.fromkeys(f"{item.device}: {item.value}" for item in left_out))
        words = f"a list denies a part of what the tunnel has to protect, which leaves in clear or elsewhere: {lines}"
        yield Risk(CAUSES["list-denies"], words, left_out)
    if taken := way.taken_before(case):
        lines = "; ".join(dict.fromkeys(f"{item.device}: {item.value}" for item in taken))
        words = f"an earlier entry of the crypto map takes packets of the tunnel to another peer: {lines}"
        yield Risk(CAUSES["map-order"], words, taken)
    for apart in _ROWS:
        evidence = apart.asked(case)
        if not evidence:
            continue
        when = _of_ike(case) if apart.of_ike else _of_child(case)
        sentence = f"{apart.words}, and the tunnel lives on SAs from before: {when}"
        cause = replace(CAUSES[apart.causes[case.version - 1]], sentence=apart.words, confidence="certain")
        yield Risk(cause, sentence, (*evidence, *_lifetimes(case)))


def _child_seconds(case: Case) -> int | None:
    """Seconds until the first end loses its SAs, where the devices tell."""
    left = [
        max(seconds)
        for flow in case.flows
        if flow is not None and (seconds := [sa.remaining_seconds for sa in flow.sas if sa.remaining_seconds is not None])
    ]
    return min(left, default=None)


def _ike_seconds(case: Case) -> int | None:
    """Seconds until IKE is over at the first end; None where no device tells the age of its SA."""
    ages = [
        (watched.end.ike_seconds or IKE_SECONDS) - row.age_seconds
        for watched in case.ends
        for row in live(watched.end, watched.after)
        if row.age_seconds is not None
    ]
    return max(0, min(ages)) if ages else None


def _of_child(case: Case) -> str:
    left = _child_seconds(case)
    return "the next rekey will fail" + (f", within {left} seconds" if left is not None else "")


def _of_ike(case: Case) -> str:
    """When IKE is negotiated again.

    An IPsec SA is renewed under the IKE SA, without a key, as long as that one lives; an IKEv2 SA even renews itself so (RFC 7296
    1.3.2 and 2.8.3: a rekey does not authenticate).
    """
    child, ike = _child_seconds(case), _ike_seconds(case)
    lasts = f"the IPsec SAs have {child} seconds left" if child is not None else "the IPsec SAs end with their lifetime"
    if not case.ike_is_up:
        return f"the next negotiation will fail: {lasts}, and there is no IKE SA to renew them"
    lifetime = min(watched.end.ike_seconds or IKE_SECONDS for watched in case.ends)
    ends = f"ends in {ike} seconds" if ike is not None else f"ends at most {lifetime} seconds from now"
    if case.version == 1:
        return (
            f"the next negotiation of IKE will fail, when its SA {ends}, or is lost sooner; {lasts}, and are renewed until then"
        )
    return (
        f"the next authentication will fail: after a reload, a clear or a loss of the peer, and where an end authenticates again "
        f"when its IKE SA {ends}; {lasts}"
    )


def _lifetimes(case: Case) -> tuple[Evidence, ...]:
    """What is left of the SAs, as each end shows it."""
    return tuple(
        watched.after.evidence(IPSEC, "seconds left of its SAs", max(seconds))
        for watched, flow in zip(case.ends, case.flows, strict=True)
        if flow is not None and (seconds := [sa.remaining_seconds for sa in flow.sas if sa.remaining_seconds is not None])
    )
