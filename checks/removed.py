"""Is a LAN-to-LAN tunnel gone from both ends, and is every other tunnel as it was?"""

from __future__ import annotations

from collections.abc import Sequence

from .finding import Finding, Status
from .l2l import Watched, neighbours, understood
from .observation import PHASE_2


def prove_removed(ends: Sequence[Watched]) -> tuple[Finding, ...]:
    """Findings: no SA is left for the tunnel's selectors, and other flows have theirs as before.

    What was not understood leaves it open: an SA may stand in the lines that nobody could read.
    """
    findings: list[Finding] = []
    for watched in ends:
        findings += understood(watched)
        for local, remote in watched.end.selectors:
            flow = watched.after.flow(local, remote)
            left = len(flow.sas) if flow else 0
            evidence = (watched.after.evidence(PHASE_2, f"SAs of {local} to {remote}", left),)
            if left:
                sentence = f"{left} SAs of {local} to {remote} are still there"
                findings.append(Finding("gone", watched.host, Status.FAILED, sentence, evidence))
            else:
                findings.append(Finding("gone", watched.host, Status.OK, f"no SA of {local} to {remote} is left", evidence))
        findings.append(neighbours(watched))
    return tuple(findings)
