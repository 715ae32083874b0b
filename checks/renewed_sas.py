"""Tell SAs from before a change from new ones: old ones prove nothing of the change. Pure.

An SA keeps the key and the algorithms with which it was agreed until its lifetime ends, and a rekey of IKEv2 authenticates nobody
(RFC 7296 1.3.2 and 2.8.3). So that a peer was cleared is seen in new SPIs, and in an IKE SA that is younger than the one before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from ipaddress import IPv4Address

from .finding import Finding, Status
from .observations.observation import Observation, hexadecimal, spis
from .observations.questions import IKE, IKEV2, IPSEC


def renewed(host: str, before: Observation, now: Observation, peers: Collection[IPv4Address]) -> tuple[Finding, ...]:
    """A finding on each of these peers that the device had SAs with; what was not shown before is compared with nothing."""
    return tuple(finding for peer in peers for finding in _of(host, before, now, peer))


def _of(host: str, before: Observation, now: Observation, peer: IPv4Address) -> Iterator[Finding]:
    if before.answer(IPSEC) is None or now.answer(IPSEC) is None:
        return
    old = {spi for flow in before.flows if flow.peer == peer for spi in spis(flow, "outbound")}
    if not old:
        return
    kept = tuple(sorted({spi for flow in now.flows if flow.peer == peer for spi in spis(flow, "outbound")} & old))
    evidence = (now.evidence(IPSEC, f"SPIs to {peer} that are as before", hexadecimal(kept)),)
    if kept or _same_ike(before, now, peer):
        words = f"the SAs with {peer} are from before the change, so they prove nothing about it"
        yield Finding("renewed", host, Status.FAILED, words, evidence)
    else:
        yield Finding("renewed", host, Status.OK, f"the SAs with {peer} were negotiated after the change", evidence)


def _same_ike(before: Observation, now: Observation, peer: IPv4Address) -> bool:
    """True for an IKE SA of the same number that is as old as it was, or older: a new one begins at nothing."""
    for version, question in ((1, IKE), (2, IKEV2)):
        if before.answer(question) is None or now.answer(question) is None:
            continue
        ages = {row.number: row.age_seconds for row in before.rows(peer, version) if row.up and row.age_seconds is not None}
        for row in now.rows(peer, version):
            then = ages.get(row.number)
            if row.up and row.age_seconds is not None and then is not None and row.age_seconds >= then:
                return True
    return False
