"""A device that was not looked at to the end, or not understood: what else its tables show is not healthy. Pure.

A hub that reloads between two looks, or hangs in the middle of an answer, had all its SAs at the first look. One that was still
sending pings for some services when our deadline came has shown what became of those of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from ...checks.observations.looks import Shown, Stimulus
from ...checks.verdict import KnownBy, Operating, Verdict
from .verifying import Seeing

#: What was seen to pass while it was watched, which needs no table of the device that was lost.
_SEEN_TO_PASS = (KnownBy.PROBE, KnownBy.COUNTERS)


def not_to_the_end(verdict: Verdict, hosts: Sequence[str], seeing: Seeing, answered: Collection[str] = ()) -> Verdict:
    """The verdict of a service on these devices; unverified where it is healthy by what was shown before a device was lost.

    So it is where an answer of a device was not understood: nobody knows what else stood in it, whatever passes.
    ``answered`` are devices whose own part in this service was answered to the end; see `is_answered`.
    """
    lost = [shown.problem for host in hosts if (shown := seeing.of(host)).problem]
    unread = [shown.unread for host in hosts if (shown := seeing.of(host)).unread and not shown.problem]
    if not (lost or unread) or verdict.operating not in (Operating.UP, Operating.IDLE):
        return verdict
    if unread:
        return _unverified(verdict, unread, "besides")
    silent = [host for host in hosts if seeing.of(host).problem and host not in answered]
    if len(silent) < len(hosts) and verdict.operating is Operating.UP and verdict.known_by in _SEEN_TO_PASS:
        return verdict
    return _unverified(verdict, lost, "before that")


def _unverified(verdict: Verdict, problems: Sequence[str], when: str) -> Verdict:
    why = "; ".join(dict.fromkeys(problems))
    words = f"{why}; {when}: {verdict.sentence.removesuffix(f'; {why}')}"
    return replace(verdict, operating=Operating.UNKNOWN, known_by=KnownBy.NOTHING, sentence=words)


def at_first(shown: Shown) -> Shown:
    """A device as far as its first look, by which it is known what a service wanted of it in all."""
    return replace(shown, looks=shown.looks[:1])


def is_answered(shown: Shown, wanted: Iterable[Stimulus]) -> bool:
    """True if our deadline came while a device was asked for the flows of other services alone: this one wanted ``wanted``.

    A session that ended, or fell silent for longer than a device may, is not that.
    """
    return (
        shown.late
        and len(shown.looks) > 1
        and shown.sending is not None
        and not any(item.traffic in shown.sending or item.traffic in shown.unsent for item in wanted)
    )
