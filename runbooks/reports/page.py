"""The page of a verification: one file that needs nothing else, for people who decide and people who repair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ...checks.finding import Finding, Status
from ...checks.verdict import Verdict, Verification, Word
from ...templates.pages import fill_page
from ..commands.views.printable import printable
from ..history.condition import DIFFERS, condition_of
from ..history.moments import age, moment, written
from ..history.read import ServicePast
from .estate_map import estate_map
from .hiding import without_secrets
from .matrix import matrix
from .sparkline import Sparkline, sparkline

TEMPLATE = "reports/verification.html.j2"
#: So many of the services that need manual steps are shown with their evidence open.
OPEN = 5


class WordShown(Struct, frozen=True):
    """How a word is shown: a mark beside it, so that no colour has to be seen, and what it means for people."""

    mark: str
    means: str


WORDS: Mapping[Word, WordShown] = {
    Word.UP: WordShown("✓", "works, and carries traffic"),
    Word.IDLE: WordShown("○", "waits for traffic; nothing is wrong"),
    Word.UNVERIFIED: WordShown("?", "could not be determined: neither good nor bad is known"),
    Word.DEGRADED: WordShown("◐", "a part of it works"),
    Word.MISSING: WordShown("∅", "no device has it, and the intent says it has to be there"),
    Word.DOWN: WordShown("✕", "does not work"),
    Word.UNENCRYPTED: WordShown("!", "passes traffic in the clear that has to be encrypted"),
}


class Card(Struct, frozen=True):
    """One service on the page."""

    id: str
    verdict: Verdict
    differs: bool
    open: bool
    findings: tuple[Finding, ...]
    past: ServicePast | None
    spark: Sparkline | None
    since: str
    last_proof: str


class Group(Struct, frozen=True):
    """Cards below one heading."""

    title: str
    cards: tuple[Card, ...]


def page(verification: Verification, pasts: Sequence[ServicePast] = ()) -> str:
    """The page as HTML; ``pasts`` are what the history knows of the services, if anything."""
    # Text of devices must not turn the direction of what stands around it, nor be half a character.
    shown = without_secrets(verification, printable)
    known = {(past.service, past.name): past for past in pasts}
    cards = _cards(shown, known)
    ids = {(card.verdict.service, card.verdict.name): card.id for card in cards}
    return fill_page(
        TEMPLATE,
        verification=shown,
        headline=headline(shown),
        took=age(moment(shown.finished) - moment(shown.started)),
        counts=[(word, WORDS[word], shown.count(word)) for word in Word if shown.count(word)],
        words=WORDS,
        all_words=tuple(Word),
        groups=_groups(cards),
        map=estate_map(shown.verdicts),
        matrix=matrix(shown.verdicts),
        utc=_utc,
        id_of=lambda verdict: ids[(verdict.service, verdict.name)],
    )


def headline(verification: Verification) -> str:
    """One sentence for people who read no more."""
    total = len(verification.verdicts)
    if not total:
        return "There was nothing to verify, so nothing is known."
    if verification.healthy:
        return f"All {total} services work as intended." if total > 1 else "The one service works as intended."
    unread = sum(bool(device.problem) for device in verification.devices)
    if all(verdict.healthy for verdict in verification.verdicts):
        one = total == 1
        rest = f"{unread} {'device' if unread == 1 else 'devices'} could not be read"
        return f"{total} {'service works' if one else 'services work'}, and {rest}, so not all is known."
    conditions = [condition_of(verdict) for verdict in verification.verdicts]
    unverified, differ = conditions.count(Word.UNVERIFIED.value), conditions.count(DIFFERS)
    broken = sum(not verdict.healthy for verdict in verification.verdicts) - unverified - differ
    told = (
        (broken, "does not work as it has to", "do not work as they have to"),
        (unverified, "could not be verified", "could not be verified"),
        (differ, "works and differs from the intent", "work and differ from the intent"),
    )
    parts = [f"{many} {one if many == 1 else several}" for many, one, several in told if many]
    return f"Of {total} {'service' if total == 1 else 'services'}, {', '.join(parts)}."


def _cards(verification: Verification, known: Mapping[tuple[str, str], ServicePast]) -> tuple[Card, ...]:
    made = []
    for number, verdict in enumerate(verification.worst_first(), 1):
        past = known.get((verdict.service, verdict.name))
        now = moment(verdict.time)
        made.append(
            Card(
                id=f"service-{number}",
                verdict=verdict,
                differs=condition_of(verdict) == DIFFERS,
                open=not verdict.healthy and number <= OPEN,
                findings=tuple(sorted(verdict.findings, key=lambda finding: _FIRST.index(finding.status))),
                past=past,
                spark=sparkline(past.looks) if past else None,
                since=_since(now, past) if past else "",
                last_proof=_ago(now, past.last_proof) if past else "",
            )
        )
    return tuple(made)


_FIRST = (Status.FAILED, Status.UNVERIFIED, Status.WARNING, Status.OK, Status.SKIPPED)


def _since(now: int, past: ServicePast) -> str:
    held = now - moment(past.since)
    return f"{past.word} for {age(held)}" if held > 0 else f"{past.word} since this verification"


def _utc(time: str) -> str:
    """A time for people; what is no time stays as it is."""
    try:
        return (written(moment(time)) or "").replace("T", " ").replace("Z", " UTC")
    except ValueError:
        return time


def _ago(now: int, time: str | None) -> str:
    return "never" if time is None else f"{age(now - moment(time))} before" if moment(time) < now else "now"


def _groups(cards: Sequence[Card]) -> tuple[Group, ...]:
    broken = tuple(card for card in cards if not card.verdict.healthy and not card.differs)
    differ = tuple(card for card in cards if card.differs)
    good = tuple(card for card in cards if card.verdict.healthy)
    groups = (
        Group("Needs manual steps", broken),
        Group("Works, and differs from the intent", differ),
        Group("As it has to be", good),
    )
    return tuple(group for group in groups if group.cards)
