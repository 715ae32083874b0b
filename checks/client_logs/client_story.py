"""What a client's log explains of its reconnects: what it did, when, and why it did not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ...parsers.logs.bundle import Bundle
from ...parsers.logs.client import ClientLog
from ...parsers.logs.client_settings import Profile, Setting, in_use, policies, profiles
from ...parsers.logs.client_words import CLIENT, DEFAULTS, TOLD, WHY
from ...parsers.logs.entry import Entry, Sign, signs_of
from ...parsers.logs.stamps import seconds
from ..finding import Cause, Evidence, Finding, Status
from . import client_causes as causes
from .absence import TIMEOUT_RANGE, Absence
from .episodes import Away, Episode, episodes, in_order
from .explanation import Explanation, Moment, holds

#: A session is resumed by its id (IKEv2) or by its cookie (TLS); without a sign of either, a connection may be a new one.
_BY_SESSION = frozenset({"token", "reconnecting", "reason"})
#: Why a client was away: without one of them, entries are missing.
_REASONS = frozenset({"resume", "reason", "dead-peer", "network-down"})
#: What says that a connection did not last.
_LOST = frozenset({"disconnected", "terminated", "authentication", "session-gone", "gave-up", "dead-peer", "asked"})


class Story(Struct, frozen=True):
    """A log in order, what its entries mean, the settings that were found, and its episodes."""

    entries: tuple[Entry, ...]
    signs: tuple[Sign, ...]
    episodes: tuple[Episode, ...]
    profiles: tuple[Profile, ...]
    settings: tuple[Setting, ...]
    in_use: tuple[tuple[Sign, Setting], ...]
    steps: tuple[str, ...]
    log: ClientLog

    def used(self, name: str) -> Setting | None:
        """A setting as it was in use last, or as the only profile has it."""
        used = [setting for _, setting in self.in_use if setting.name == name]
        if used:
            return used[-1]
        values = [setting for profile in self.profiles for setting in profile.settings if setting.name == name]
        return values[0] if len({value.value for value in values}) == 1 and len(self.profiles) == 1 else None


def story_of(bundle: Bundle, log: ClientLog) -> Story:
    """All that follows from the texts of a file, before it is judged."""
    order = in_order(log.entries)
    signs = tuple(signs_of(order.entries, CLIENT))
    found = tuple(episodes(order.entries, signs))
    return Story(
        order.entries,
        signs,
        found,
        tuple(profiles(bundle.parts)),
        tuple(policies(bundle.parts)),
        tuple(in_use(signs)),
        order.steps,
        log,
    )


def explain_client(name: str, story: Story, timeout: int | None = None) -> Explanation:
    """The explanation of a client's log. ``timeout`` is what the head-end has as ``reconnect timeout``, in seconds."""
    findings = [*_of_the_log(name, story), *_of_settings(story)]
    for number, episode in enumerate(story.episodes, 1):
        findings += _of_episode(number, episode, story, timeout)
    if not story.episodes:
        findings += _without_episode(name, story)
    good = holds(findings, ("reconnect",))
    found = tuple(dict.fromkeys(causes.of(story, findings)))
    return Explanation(
        name,
        good,
        _conclusion(story, good, findings, found),
        tuple(findings),
        found,
        tuple(_timeline(story)),
        tuple(_facts(story)),
        story.log.notices,
    )


def absence_of(story: Story) -> Absence | None:
    """How long the client was away at its last waking; None where that did not end connected, or the log is not whole."""
    episode = next((one for one in reversed(story.episodes) if one.outcome != "idle"), None)
    if episode is None or episode.ended is None or story.steps or story.log.problems:
        return None
    away = episode.away
    if away is None:
        return None
    token = episode.first("token")
    evidence = (_evidence(away.start, "last entry"), _evidence(episode.began.entry, "resume"))
    session = token.said.get("id", "") if token else ""
    return Absence(away.seconds if away.sure else None, away.seconds, _asleep_words(episode, away), evidence, session)


def _asleep_words(episode: Episode, away: Away) -> str:
    start, woke = away.start.shown, episode.began.entry.shown
    if episode.suspend:
        return f"it slept from {start} to {woke}, {seconds(away.seconds)}"
    if away.sure:
        return f"its log is silent from {start} until it woke up at {woke}, {seconds(away.seconds)}"
    return f"its log was silent from {start} for {seconds(away.seconds)}, and does not say when it fell asleep"


def _evidence(entry: Entry, field: str) -> Evidence:
    return Evidence(entry.file, f"line {entry.line}", field, entry.quote, entry.shown)


def _of_the_log(name: str, story: Story) -> Iterator[Finding]:
    for sentence in story.log.problems:
        yield Finding("complete", name, Status.UNVERIFIED, sentence)
    for sentence in story.steps[:10]:
        yield Finding("clock", name, Status.UNVERIFIED, sentence)
    if not any(entry.when for entry in story.entries):
        yield Finding(
            "clock", name, Status.UNVERIFIED, f"{name} has no times: what happened first, and how long it took, is not known"
        )


def _of_settings(story: Story) -> Iterator[Finding]:
    """What the settings allow, and where no profile has what is in use."""
    for profile in story.profiles:
        for wrong in profile.wrong:
            words = f"{profile.file}, line {profile.line}: the profile is wrong: {wrong}"
            evidence = (Evidence(profile.file, f"line {profile.line}", "AnyConnectProfile", wrong),)
            yield Finding("profile", profile.file, Status.WARNING, words, evidence)
    for sign, setting in story.in_use:
        said = [(profile, profile.value(setting.name) or DEFAULTS.get(setting.name, "")) for profile in story.profiles]
        differ = [(profile, value) for profile, value in said if value and value != setting.value]
        if differ and len(differ) == len([value for _, value in said if value]):
            profile, value = differ[0]
            words = (
                f"{setting.name} is {value} by the profile ({profile.file}, line {profile.line}) and {setting.value} in use "
                f"({setting.file}:{setting.line}): the client does not use this profile, or used another one then"
            )
            yield Finding("profile", profile.file, Status.WARNING, words, (_evidence(sign.entry, setting.name),))
    for name, wanted in (("AutoReconnect", "true"), ("AutoReconnectBehavior", "ReconnectAfterResume")):
        used = story.used(name)
        if used and used.value != wanted:
            words = f"{name} is {used.value} ({used.file}:{used.line}), so the client does not reconnect after a suspend"
            yield Finding("setting", name, Status.WARNING, words, (Evidence(used.file, f"line {used.line}", name, used.value),))


def _of_episode(number: int, episode: Episode, story: Story, timeout: int | None) -> Iterator[Finding]:
    subject = f"reconnect {number}"
    began = episode.began.entry
    said = {sign.entry: sign.means for sign in reversed((episode.began, *episode.signs[:12]))}
    evidence = tuple(_evidence(entry, means) for entry, means in reversed(said.items()))
    slept = f"; {_asleep_words(episode, episode.away)}" if episode.away else ""
    if episode.outcome == "reconnected" and episode.ended:
        yield _connected(subject, episode, slept, evidence)
    elif episode.outcome == "full" and episode.ended:
        words = f"the client was connected again at {episode.ended.entry.shown} by a new connection, not by its session{slept}"
        yield Finding("reconnect", subject, Status.FAILED, words, evidence)
    elif episode.outcome == "failed":
        why = WHY[episode.why.means] if episode.why else "it was disconnected"
        yield Finding(
            "reconnect",
            subject,
            Status.FAILED,
            f"the client was not connected again after {began.shown or began.place}: {why}{slept}",
            evidence,
        )
    elif episode.outcome == "idle":
        yield Finding(
            "reconnect",
            subject,
            Status.SKIPPED,
            f"the client was not connected when it woke up at {began.shown}: nothing was to reconnect",
            evidence,
        )
    else:
        last = next((entry for entry in reversed(story.entries) if entry.when), began)
        where = last.shown or last.place
        if tunnel := episode.first("tunnel"):
            slept = f"; a tunnel was there at {tunnel.entry.shown or tunnel.entry.place}{slept}"
        words = f"the log ends at {where} before it says how the reconnect of {began.shown or began.place} ended{slept}"
        yield Finding("reconnect", subject, Status.UNVERIFIED, words, evidence)
    yield from _late(subject, episode, timeout)


def _connected(subject: str, episode: Episode, slept: str, evidence: tuple[Evidence, ...]) -> Finding:
    """Connected again: verified only where a time stands at both ends, and a sign that its session was used."""
    assert episode.ended is not None
    took, seen = episode.took, {sign.means for sign in (episode.began, *episode.signs)}
    if took is None or took < 0:
        words = "the client was connected again, and without times it cannot be determined whether this came after the reconnect"
        return Finding("reconnect", subject, Status.UNVERIFIED, words, evidence)
    against = episode.why
    if not seen & _REASONS or episode.connected_before is not True or (episode.woke and episode.away is None):
        at = episode.ended.entry.shown
        words = f"the client was connected at {at}, and the log does not show since when, or why, it was away"
        return Finding("reconnect", subject, Status.UNVERIFIED, words, evidence)
    if not seen & _BY_SESSION:
        words = (
            f"the client was connected at {episode.ended.entry.shown}, and the log does not show that it used its session{slept}"
        )
        return Finding("reconnect", subject, Status.UNVERIFIED, words, evidence)
    if against and against.means in ("authentication", "session-gone"):
        words = (
            f"the client was connected at {episode.ended.entry.shown}, although {WHY[against.means]}: that cannot be its session"
        )
        return Finding("reconnect", subject, Status.FAILED, words, evidence)
    lost = next((sign for sign in episode.later if sign.means in _LOST), None)
    if lost:
        words = (
            f"the client was connected at {episode.ended.entry.shown} and lost it again at {lost.entry.shown}: {TOLD[lost.means]}"
        )
        return Finding("reconnect", subject, Status.FAILED, words, (*evidence, _evidence(lost.entry, lost.means)))
    token = episode.first("token")
    by = f" by its session id {token.said['id']}" if token and "id" in token.said else ""
    words = f"the client was connected again{by} at {episode.ended.entry.shown}, {seconds(took)} after it began{slept}"
    return Finding("reconnect", subject, Status.OK, words, evidence)


def _late(subject: str, episode: Episode, timeout: int | None) -> Iterator[Finding]:
    """A reconnect that came after its time cannot have worked by the session: the log, or the timeout, is of something else.

    No head-end keeps a session for less than the shortest timeout that can be set; for more, its timeout has to be known.
    """
    away = episode.away
    if away is None:
        return
    slept = _asleep_words(episode, away)
    evidence = (_evidence(away.start, "last entry"), _evidence(episode.began.entry, "resume"))
    shortest, longest = TIMEOUT_RANGE
    if away.seconds <= (timeout or shortest):
        return
    if not away.sure or (timeout is None and away.seconds <= longest):
        if episode.outcome == "reconnected":
            asks = "" if timeout else ": give its timeout with --timeout"
            words = f"{slept}, and whether the head-end keeps a session for so long is not known{asks}"
            yield Finding("timeout", subject, Status.UNVERIFIED, words, evidence)
        return
    words = f"the client woke up too late: {slept}, and the head-end keeps a session for {seconds(timeout or longest)}"
    if episode.outcome == "reconnected":
        words += "; that its session was taken up all the same does not fit, so this is no example of a reconnect that works"
    yield Finding("timeout", subject, Status.FAILED, words, evidence)


def _without_episode(name: str, story: Story) -> Iterator[Finding]:
    failed = next((sign for means in WHY for sign in story.signs if sign.means == means), None)
    if failed:
        words = f"{name} has no reconnect in it; a connection came to nothing: {WHY[failed.means]}"
        yield Finding("connection", name, Status.FAILED, words, (_evidence(failed.entry, failed.means),))
        return
    words = (
        f"{name} has no suspend, resume or reconnect in it, so there is none to explain ({len(story.entries)} entries were read)"
    )
    yield Finding("reconnect", name, Status.UNVERIFIED, words)


def _conclusion(story: Story, good: bool, findings: Sequence[Finding], found: Sequence[Cause]) -> str:
    if good:
        count = sum(1 for episode in story.episodes if episode.outcome == "reconnected")
        return f"the client reconnected by its session ({count} of {count})"
    failed = [finding for finding in findings if finding.status is Status.FAILED]
    count = sum(1 for finding in failed if finding.check == "reconnect")
    several = f"{count} of {len(story.episodes)} reconnects came to nothing: " if len(story.episodes) > 1 and count else ""
    if found:
        return several + "; or ".join(cause.sentence for cause in found)
    if failed:
        return several + failed[-1].sentence
    open_ones = [finding for finding in findings if finding.status in (Status.UNVERIFIED, Status.SKIPPED)]
    back = any(finding.check == "reconnect" and finding.status is Status.OK for finding in findings)
    what = "the client reconnected by its session, as its log has it, and that is not verified: " if back else ""
    return what + (open_ones[0].sentence if open_ones else "nothing can be concluded")


def _timeline(story: Story) -> Iterator[Moment]:
    told: Entry | None = None
    for sign in story.signs:
        if sign.means not in ("settings", "version") and sign.entry is not told:
            told = sign.entry
            yield Moment(told.shown, told.place, sign.means, TOLD[sign.means], sign.quote)


def _facts(story: Story) -> Iterator[tuple[str, str, str]]:
    versions = {
        (sign.said.get("version") or sign.said.get("version2", "")): sign.entry for sign in story.signs if sign.means == "version"
    }
    for version, entry in versions.items():
        yield "version", version, entry.place
    for sign in story.signs:
        if sign.means == "token" and "id" in sign.said:
            yield "session id", f"{sign.said['id']} (on the head-end: {sign.said['id'].encode().hex().upper()})", sign.entry.place
    for profile in story.profiles:
        for setting in profile.settings:
            yield f"profile: {setting.name}", setting.value, f"{setting.file}:{setting.line}"
    for setting in story.settings:
        yield f"local policy: {setting.name}", setting.value, f"{setting.file}:{setting.line}"
    last = {setting.name: setting for _, setting in story.in_use}
    for setting in last.values():
        yield f"in use: {setting.name}", setting.value, f"{setting.file}:{setting.line}"
