"""Were the SAs of a changed tunnel negotiated after the change? Older ones go on with what was configured before."""

from __future__ import annotations

from .finding import Finding, Status
from .l2l import Watched
from .observation import PHASE_2, hexadecimal, spis


def renewed(watched: Watched) -> Finding:
    """The probed flow has no SA that it had before the change. Source: an SA keeps the transform set, the group and the key with
    which it was negotiated until its lifetime ends (Cisco IOS Security Command Reference, crypto ipsec transform-set)."""
    now = watched.after.flow(*watched.probed)
    before = watched.baseline.flow(*watched.probed) if watched.baseline else None
    kept = tuple(sorted({*spis(now, "outbound")} & {*spis(before, "outbound")})) if now and before else ()
    evidence = (watched.after.evidence(PHASE_2, "outbound SPIs that are as before", hexadecimal(kept)),)
    if kept:
        sentence = "the SAs are from before the change, so they prove nothing about it"
        return Finding("renewed", watched.host, Status.FAILED, sentence, evidence)
    return Finding("renewed", watched.host, Status.OK, "the SAs were negotiated after the change", evidence)
