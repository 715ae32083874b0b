"""Did a client come back by IKEv2 auto-reconnect? Judged on outputs of the head-end from before its suspend and from after it.

What a reconnect shows (Cisco, "IKEv2 auto reconnect for Secure Client", C8000V): the capability R, PSK as the authentication that
was verified (the key is the session token), the session id as the identity of the client, the address that it had, and counters.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ..finding import Cause, Evidence, Finding, Status
from . import reconnect_causes as causes
from .absence import Absence, by_clocks, judged, of_session
from .explanation import Explanation, holds
from .head_end import ANYCONNECT_ID, ASKED, IKEV2, SESSION, STATS, Client, Shown, clients, counterpart, the_client
from .one_moment import mixed, one_device, session_id_of

#: Each of these has to be there and hold: a pair of files without one of them is no proof.
NEEDED = ("back", "capability", "authentication", "session-id", "address", "one-moment", "counters", "inactive", "timeout")


class Pair(Struct, frozen=True):
    """Both files, the client that is judged, and how it stands in each (None: it is not there)."""

    before: Shown
    after: Shown
    name: str
    old: Client | None
    new: Client | None


def judge(
    before: Shown, after: Shown, *, client: str = "", timeout: int | None = None, absence: Absence | None = None
) -> Explanation:
    """The verdict on a pair. ``timeout`` in seconds; ``absence`` is what the client's own log tells.

    Raises NothingMatched where no client can be meant, or several could.
    """
    name = the_client(before, after, client)
    pair = Pair(before, after, name, clients(before).get(name), counterpart(before, after, name))
    findings = [*_missing(pair), *_of_the_session(pair), *one_device(before, after)]
    findings += [_counters(pair), _inactive(pair)]
    seconds, where, unclear = _timeout_of(pair, timeout)
    stranger = of_session(absence, session_id_of(pair.new) if pair.new else "")
    known = by_clocks(before, after, pair.new) if absence is None or stranger else absence
    findings.append(
        Finding("timeout", "client", Status.UNVERIFIED, unclear) if unclear else judged(known, seconds, where, _dpd(pair))
    )
    if stranger:
        findings.append(Finding("client-log", name, Status.WARNING, stranger))
    good = holds(findings, NEEDED)
    found = tuple(dict.fromkeys(causes.of(findings)))
    return Explanation(
        f"client {name}", good, _conclusion(pair, good, findings, found), tuple(findings), found, facts=tuple(_facts(pair))
    )


def _missing(pair: Pair) -> Iterator[Finding]:
    for sentence in (*pair.before.missing, *pair.after.missing):
        yield Finding("complete", "files", Status.UNVERIFIED, sentence)


def _of_the_session(pair: Pair) -> Iterator[Finding]:
    if pair.old is not None:
        yield mixed("before", pair.before, pair.old)
    else:
        words = f"{pair.name} is not connected in {pair.before.name}"
        yield Finding("one-moment", "before", Status.UNVERIFIED, words)
    if pair.new is None:
        yield Finding("back", pair.name, Status.FAILED, f"the client is not in {pair.after.name}: it did not come back")
        return
    yield mixed("after", pair.after, pair.new)
    yield _back(pair, pair.new)
    yield _capability(pair, pair.new)
    yield _authentication(pair, pair.new)
    yield _identity(pair, pair.new)
    yield _address(pair, pair.new)
    yield _traffic(pair, pair.new)


def _of(one: Shown, command: str, field: str, value: object) -> tuple[Evidence, ...]:
    line = f" (line {one.shows[command].line})" if command in one.shows else ""
    return (Evidence(one.name, f"{ASKED[command]}{line}", field, str(value)),)


def _back(pair: Pair, new: Client) -> Finding:
    """Up, and by another IKE SA than before."""
    after = pair.after
    if new.ike is None or new.session is None or new.crypto is None:
        return Finding("back", pair.name, Status.UNVERIFIED, f"{after.name} does not show the client in both outputs")
    states = (new.session.status, new.ike.status, new.crypto.status)
    evidence = (*_of(after, IKEV2, "status", f"{states[0]}, {states[1]}"), *_of(after, SESSION, "status", states[2]))
    if states != ("UP-ACTIVE", "READY", "UP-ACTIVE"):
        return Finding(
            "back", pair.name, Status.FAILED, f"the client's session is not up afterwards: {', '.join(states)}", evidence
        )
    old = (pair.old.ike.local_spi, pair.old.ike.remote_spi) if pair.old and pair.old.ike else (None, None)
    now = (new.ike.local_spi, new.ike.remote_spi)
    if None in old or None in now:
        return Finding("back", pair.name, Status.UNVERIFIED, "the SPIs of the IKE SA are not shown in both files: type detailed")
    if old == now:
        words = "the IKE SA is the same before and after: the client never left, so nothing was tried"
        return Finding("back", pair.name, Status.FAILED, words, evidence)
    return Finding("back", pair.name, Status.OK, "the client's session is up, by an IKE SA that was not there before", evidence)


def _capability(pair: Pair, new: Client) -> Finding:
    ike = new.crypto_ike
    if ike is None or SESSION not in pair.after.shows or not ike.capabilities:
        words = f"the capabilities of the session are not shown in {pair.after.name}: type {ASKED[SESSION]}"
        return Finding("capability", pair.name, Status.UNVERIFIED, words)
    letters = "".join(sorted(ike.capabilities))
    evidence = _of(pair.after, SESSION, "Capabilities", letters)
    if "R" in ike.capabilities:
        return Finding(
            "capability", pair.name, Status.OK, f"the session has the capability R ({letters}): it came by a reconnect", evidence
        )
    words = f"the session has the capabilities {letters} and no R: it did not come by a reconnect"
    return Finding("capability", pair.name, Status.FAILED, words, evidence)


def _authentication(pair: Pair, new: Client) -> Finding:
    verified = new.ike.auth_verify if new.ike else None
    if verified is None:
        words = f"how the client was authenticated is not shown in {pair.after.name}: type {ASKED[IKEV2]}"
        return Finding("authentication", pair.name, Status.UNVERIFIED, words)
    evidence = _of(pair.after, IKEV2, "Auth verify", verified)
    if verified == "PSK":
        words = "the client was verified by PSK, which is the session token"
        return Finding("authentication", pair.name, Status.OK, words, evidence)
    words = f"the client was verified by {verified}, so it was authenticated in full; a reconnect is verified by PSK"
    return Finding("authentication", pair.name, Status.FAILED, words, evidence)


def _identity(pair: Pair, new: Client) -> Finding:
    identity = new.ike.remote_id if new.ike else None
    read = session_id_of(new)
    if identity is None:
        words = f"the identity of the client is not shown in {pair.after.name}: type {ASKED[IKEV2]}"
        return Finding("session-id", pair.name, Status.UNVERIFIED, words)
    evidence = _of(pair.after, IKEV2, "Remote id", identity)
    if read:
        return Finding("session-id", pair.name, Status.OK, f"the client's identity is its session id, {read} in ASCII", evidence)
    anew = "that of a client that connects again" if identity == ANYCONNECT_ID else "no session id"
    words = f"the client's identity is {identity}, {anew}; a reconnect has the session id in its place"
    return Finding("session-id", pair.name, Status.FAILED, words, evidence)


def _address(pair: Pair, new: Client) -> Finding:
    old = pair.old.ike.assigned_address if pair.old and pair.old.ike else None
    now = new.ike.assigned_address if new.ike else None
    if old is None or now is None:
        words = f"the assigned address is not shown in both files: type {ASKED[IKEV2]}"
        return Finding("address", pair.name, Status.UNVERIFIED, words)
    evidence = (*_of(pair.before, IKEV2, "Assigned host addr", old), *_of(pair.after, IKEV2, "Assigned host addr", now))
    if old == now:
        return Finding("address", pair.name, Status.OK, f"the client has the address {now}, as before", evidence)
    return Finding(
        "address", pair.name, Status.FAILED, f"the client had {old} and has {now}: its session was not taken up", evidence
    )


def _traffic(pair: Pair, new: Client) -> Finding:
    """Counters of packets begin again with the session; that none passed yet is told, and is no failure of the reconnect."""
    flows = new.crypto.flows if new.crypto else ()
    seen = [(flow.decrypted_packets, flow.encrypted_packets) for flow in flows]
    if any(inward and outward for inward, outward in seen):
        words = ", ".join(f"{inward} in, {outward} out" for inward, outward in seen)
        return Finding(
            "traffic", pair.name, Status.OK, f"packets pass since the reconnect: {words}", _of(pair.after, SESSION, "pkts", words)
        )
    return Finding(
        "traffic", pair.name, Status.WARNING, f"no packets in both directions since the reconnect are shown in {pair.after.name}"
    )


def _counters(pair: Pair) -> Finding:
    old, new = pair.before.stats, pair.after.stats
    if old is None or new is None:
        return Finding(
            "counters", "head-end", Status.UNVERIFIED, f"{STATS} is not in both files, and its counters count by their rise only"
        )
    rise = (new.total - old.total, new.success - old.success, new.failed - old.failed)
    words = f"{rise[0]} came in, {rise[1]} succeeded, {rise[2]} failed between the two files"
    evidence = (
        *_of(pair.before, STATS, "total, success, failed", (old.total, old.success, old.failed)),
        *_of(pair.after, STATS, "total, success, failed", (new.total, new.success, new.failed)),
    )
    if min(rise) < 0:
        why = "the counters are lower afterwards: the head-end was reloaded, they were cleared, or the files are swapped"
        return Finding("counters", "head-end", Status.UNVERIFIED, why, evidence)
    if rise[0] != rise[1] + rise[2]:
        return Finding("counters", "head-end", Status.UNVERIFIED, f"the counters do not add up: {words}", evidence)
    if rise[1] == 0:
        return Finding("counters", "head-end", Status.FAILED, f"no reconnect succeeded: {words}", evidence)
    if rise[2]:
        more = (
            "they count for the whole head-end, so it cannot be determined whose failed: try again while nobody else reconnects"
        )
        return Finding("counters", "head-end", Status.UNVERIFIED, f"{words}; {more}", evidence)
    return Finding("counters", "head-end", Status.OK, words, evidence)


def _inactive(pair: Pair) -> Finding:
    old, new = pair.before.stats, pair.after.stats
    if old is None or new is None:
        return Finding("inactive", "head-end", Status.UNVERIFIED, f"the inactive sessions are not in both files: type {STATS}")
    evidence = _of(pair.after, STATS, "inactive", new.inactive_capable_sessions)
    if new.inactive_capable_sessions > old.inactive_capable_sessions:
        words = (
            f"{new.inactive_capable_sessions} sessions are inactive, {old.inactive_capable_sessions} were before: an entry waits "
            "that a reconnect would have taken"
        )
        return Finding("inactive", "head-end", Status.FAILED, words, evidence)
    if new.active_capable_sessions < 1:
        return Finding(
            "inactive", "head-end", Status.FAILED, "no session that is capable of a reconnect is active afterwards", evidence
        )
    return Finding("inactive", "head-end", Status.OK, "no inactive entry has stayed behind", evidence)


def _timeout_of(pair: Pair, given: int | None) -> tuple[int | None, str, str]:
    """The timeout, where that is from, and why it is not known where the files and the command line say several."""
    client = pair.new or pair.old
    profile = (client.crypto.profile or "") if client and client.crypto else ""
    found = [(name, *one) for name in (pair.after, pair.before) for one in name.timeouts]
    found = [one for one in found if one[1] in ("", profile)] or found
    values = {one[2] for one in found} | ({given} if given is not None else set())
    if len(values) > 1:
        said = [f"{value} ({name.name}, line {line})" for name, _, value, line in found]
        return (
            None,
            "",
            f"which reconnect timeout holds is not clear: {', '.join([*said, *([f'--timeout {given}'] if given else [])])}",
        )
    if given is not None:
        return given, "--timeout", ""
    return next(((value, f"{name.name}, line {line}", "") for name, _, value, line in found), (None, "", ""))


def _dpd(pair: Pair) -> int:
    """How long the head-end takes to see that a client is gone: its DPD, with every retry."""
    ike = pair.old.ike if pair.old else None
    return (ike.dpd_seconds or 0) * (1 + (ike.dpd_retry or 0)) if ike else 0


def _conclusion(pair: Pair, good: bool, findings: list[Finding], found: tuple[Cause, ...]) -> str:
    if good:
        return "it came back by a reconnect, with its session, its address and within the timeout"
    failed = [finding for finding in findings if finding.status is Status.FAILED]
    if failed:
        why = f": {'; '.join(cause.sentence for cause in found)}" if found else ""
        return f"this is no reconnect that works ({len(failed)} of {len(findings)} checks failed){why}"
    return f"not verified: what {pair.before.name} and {pair.after.name} show speaks against nothing, and does not verify it"


def _facts(pair: Pair) -> Iterator[tuple[str, str, str]]:
    new, after = pair.new, pair.after
    read = session_id_of(new) if new else ""
    if new and read:
        identity = new.ike.remote_id if new.ike else new.crypto.phase1_id if new.crypto else ""
        yield "session id", f"{read} ({identity})", after.name
    for word, one, client in (("before", pair.before, pair.old), ("after", after, new)):
        if client and client.ike:
            ike = client.ike
            yield f"peer {word}", f"{ike.remote_address} port {ike.remote_port}", one.name
