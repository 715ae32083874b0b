"""How long a client was away before it came back, and whether its head-end still knew it."""

from __future__ import annotations

from msgspec import Struct

from ...parsers.logs.stamps import seconds
from ..finding import Evidence, Finding, Status
from .head_end import IKEV2, Client, Shown

#: What ``reconnect timeout`` of an IKEv2 profile takes, in seconds. Source: Cisco-IOS-XE-crypto YANG model, 17.6.1.
TIMEOUT_RANGE = (600, 86400)


class Absence(Struct, frozen=True):
    """Seconds that a client was away: no less than ``at_least`` (None: not known) and no more than ``at_most``.

    ``told`` is how that is known, ``evidence`` where it stands.
    """

    at_least: float | None
    at_most: float
    told: str
    evidence: tuple[Evidence, ...] = ()
    #: The session id that the client's log names; None: it is known by the head-end's clock, which is of this session.
    session: str | None = None


def of_session(absence: Absence | None, session: str) -> str:
    """Why what a client's log tells is not of this session; "" where it is. A log of another reconnect proves nothing here."""
    if absence is None or absence.session is None or (absence.session and absence.session == session):
        return ""
    if not absence.session:
        return "the client's log does not name the session id of its reconnect, so it may be of another one"
    return f"the client's log is of the session {absence.session}, and the head-end shows {session or 'none'}"


def by_clocks(before: Shown, after: Shown, client: Client | None) -> Absence | None:
    """What the clock of the head-end tells: no more than the time between them.

    Of the first file counts what stands above the session, of the second what stands below: what lies between can only be less.
    """
    active = client.ike.active_seconds if client and client.ike else None
    start = before.shows[IKEV2].above if IKEV2 in before.shows else None
    stop = after.shows[IKEV2].below if IKEV2 in after.shows else None
    if start is None or stop is None or active is None or start.zone != stop.zone:
        return None
    between = (stop.when - start.when).total_seconds()
    told = f"the outputs are {seconds(between)} apart by the head-end's clock, and the new IKE SA is {seconds(active)} old"
    evidence = (
        Evidence(before.name, "show clock", "time", f"{start.when} {start.zone}"),
        Evidence(after.name, "show clock", "time", f"{stop.when} {stop.zone}"),
    )
    return Absence(None, between - active, told, evidence)


def judged(absence: Absence | None, timeout: int | None, where: str, dpd: int) -> Finding:
    """Whether the client came back while its entry was kept. ``dpd`` is how long the head-end takes to see that it is gone."""
    shortest = TIMEOUT_RANGE[0]
    if timeout is None and not (absence and 0 <= absence.at_most <= shortest):
        return _finding(
            Status.UNVERIFIED, "the reconnect timeout is not known: give --timeout, or paste the IKEv2 profile as well"
        )
    if timeout is None:
        timeout, where = shortest, "the shortest that can be set"
    if absence is None:
        missing = "put show clock first and last into both files, or give the client's log with --client-log"
        return _finding(Status.UNVERIFIED, f"how long the client was away is not known: {missing}")
    evidence = (*absence.evidence, Evidence(where, "reconnect timeout", "seconds", str(timeout)))
    if absence.at_most < 0:
        return _finding(
            Status.UNVERIFIED, f"{absence.told}: the times do not fit together, so nothing follows from them", evidence
        )
    if absence.at_most <= timeout:
        words = f"the client was away for {seconds(absence.at_most)} at most, within the timeout of {seconds(timeout)}"
        return _finding(Status.OK, f"{words}: {absence.told}", evidence)
    if absence.at_least is not None and absence.at_least > timeout + dpd:
        return _finding(
            Status.FAILED,
            f"the client came back too late: {absence.told}, and the head-end keeps a session for {seconds(timeout)}; a client "
            "that is so late has to authenticate in full, so this is no example of a reconnect that works",
            evidence,
        )
    return _finding(
        Status.UNVERIFIED,
        f"whether the client came back within {seconds(timeout)} cannot be determined: {absence.told}",
        evidence,
    )


def _finding(status: Status, sentence: str, evidence: tuple[Evidence, ...] = ()) -> Finding:
    return Finding("timeout", "client", status, sentence, evidence)
