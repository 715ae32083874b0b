"""A device that stopped answering while it was looked at: what its first tables show is of before, and not healthy. Pure.

A hub that reloads between two looks, or hangs in the middle of an answer, had all its SAs at the first look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...checks.verdict import KnownBy, Operating, Verdict
from .verifying import Seeing

#: What another device of ours has seen pass, which needs no table of the one that was lost.
_SEEN_TO_PASS = (KnownBy.PROBE, KnownBy.COUNTERS)


def not_to_the_end(verdict: Verdict, hosts: Sequence[str], seeing: Seeing) -> Verdict:
    """The verdict of a service on these devices; unverified where it is healthy by what was shown before a device was lost."""
    lost = [shown.problem for host in hosts if (shown := seeing.of(host)).problem]
    if not lost or verdict.operating not in (Operating.UP, Operating.IDLE):
        return verdict
    if len(lost) < len(hosts) and verdict.operating is Operating.UP and verdict.known_by in _SEEN_TO_PASS:
        return verdict
    why = "; ".join(dict.fromkeys(lost))
    before = verdict.sentence.removesuffix(f"; {why}")
    words = f"{why}; before that: {before}"
    return replace(verdict, operating=Operating.UNKNOWN, known_by=KnownBy.NOTHING, sentence=words)
