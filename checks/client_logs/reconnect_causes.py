"""Why a reconnect on a head-end is none: causes by the checks that failed, with what confirms and what fixes each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..finding import Cause, Finding, Status

LATE = Cause(
    "reconnect-late",
    "the client was away for longer than the head-end keeps its session",
    "certain",
    "compare the time between suspend and resume in the client's log with reconnect timeout in the IKEv2 profile",
    "suspend for less than the timeout when testing; raise reconnect timeout (600 to 86400 s) where people are away for longer",
)
FULL = Cause(
    "full-authentication",
    "the client was authenticated in full instead of by its session token",
    "high",
    "look for R among the capabilities, and for Auth verify: PSK",
    "set reconnect in the IKEv2 profile, AutoReconnect with ReconnectAfterResume in the client's profile, and connect once again",
)
REFUSED = Cause(
    "no-reconnect-counted",
    "the head-end counted no reconnect that succeeded",
    "high",
    "take show crypto ikev2 stats reconnect before and after, while nobody else reconnects",
    "read the client's log with nr-run explain-dart: it says whether the client tried, and why not",
)
MIXED = Cause(
    "mixed-captures",
    "the outputs are not of one session at one moment: they were mixed or edited",
    "certain",
    "session id, port and address have to be the same in every output of one file",
    "take all outputs again, one directly after the other, on the head-end of this client",
)
AWAY = Cause(
    "not-back",
    "the client did not come back",
    "certain",
    "look for its address in show crypto ikev2 session",
    "read the client's log with nr-run explain-dart",
)
SAME = Cause(
    "never-left",
    "the IKE SA is the same before and after: the client was not away",
    "certain",
    "compare the SPIs of the IKE SA in both files",
    "suspend the client for longer than DPD takes (interval and retries) before the second look",
)
OTHER_ADDRESS = Cause(
    "other-address",
    "the client was given another address, so its session was not taken up",
    "certain",
    "compare Assigned host addr in both files",
    "look whether its address was given to somebody else: the pool has to hold the inactive sessions as well",
)


def of(findings: Iterable[Finding]) -> Iterator[Cause]:
    """The causes of what failed, in the order of the checks; of what is not known, none."""
    failed = [finding for finding in findings if finding.status is Status.FAILED]
    checks = {finding.check for finding in failed}
    if "one-moment" in checks:
        yield MIXED
    if "timeout" in checks:
        yield LATE
    for finding in failed:
        if finding.check == "back":
            yield SAME if "is the same" in finding.sentence else AWAY
    if checks & {"capability", "authentication", "session-id"} and "back" not in checks:
        yield FULL
    if "address" in checks:
        yield OTHER_ADDRESS
    if "counters" in checks and not checks & {"back", "capability", "authentication", "session-id"}:
        yield REFUSED
