"""Algorithms in the lines of a provider's sample: which of them a release has, and which are too weak. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from ...inventory.intents.strength import FORBIDDEN, WEAK
from ...inventory.models.platforms import Platform, Suite
from ...inventory.models.release_rules import RULES, Phase, ReleaseRule
from ...parsers import algorithms
from ...parsers.provider_samples import Sample, Statement
from ...parsers.provider_samples.records import Offer
from .sample_line import LineVerdict


class Asked(Struct, frozen=True):
    """One algorithm that a line asks for, in NetBox's word; ``versions`` of IKE that it is asked for."""

    phase: Phase
    word: str
    versions: frozenset[int]


_ONE, _TWO = frozenset({1}), frozenset({2})


def by_algorithms(statement: Statement, sample: Sample, platform: Platform) -> Iterator[LineVerdict]:
    """What is to be said of the algorithms of one line."""
    for asked in _asked(statement, sample):
        yield from _judged(statement.number, statement.text, asked, platform)


def by_offers(sample: Sample, platform: Platform) -> Iterator[LineVerdict]:
    """The same of parameters, which stand in no line of a device."""
    for tunnel in sample.tunnels:
        versions = frozenset({tunnel.version})
        for phase, offers in (("ike", tunnel.ike), ("esp", tunnel.ipsec)):
            for offer in offers:
                words = _words(offer)
                for word in words:
                    yield from _judged(offer.line, f"{phase}: {', '.join(words)}", Asked(_phase(phase), word, versions), platform)
        if tunnel.pfs is not None and tunnel.ipsec:
            asked = Asked("pfs", f"group {tunnel.pfs}", versions)
            yield from _judged(tunnel.ipsec[0].line, f"pfs: group {tunnel.pfs}", asked, platform)


def _phase(name: str) -> Phase:
    return "ike" if name == "ike" else "esp"


def _words(offer: Offer) -> tuple[str, ...]:
    group = f"group {offer.group}" if offer.group is not None else None
    return tuple(word for word in (offer.encryption, offer.integrity, group) if word)


def _judged(line: int, text: str, asked: Asked, platform: Platform) -> Iterator[LineVerdict]:
    lacking = sorted(version for version in asked.versions if not _has(platform, version, asked))
    if lacking:
        rule = _rule(asked, platform, frozenset(lacking))
        reason = rule.sentence if rule else f"{platform} has no {asked.word} with IKEv{lacking[0]}"
        yield LineVerdict(line, "refused", reason, text, rule.source if rule else platform.source)
    elif asked.word in FORBIDDEN:
        yield LineVerdict(line, "weak", f"{asked.word} is never built: {FORBIDDEN[asked.word]}", text)
    elif asked.word in WEAK:
        yield LineVerdict(line, "weak", f"{asked.word} needs a waiver: {WEAK[asked.word]}", text)


def _has(platform: Platform, version: int, asked: Asked) -> bool:
    suite = platform.suites.get(version)
    return suite is not None and asked.word in _offered(suite, asked.phase)


def _offered(suite: Suite, phase: Phase) -> frozenset[str]:
    if phase == "ike":
        return suite.ike_encryption | suite.ike_integrity | {f"group {group}" for group in suite.ike_groups}
    if phase == "esp":
        return suite.esp_encryption | suite.esp_integrity
    return frozenset(f"group {group}" for group in suite.pfs_groups)


def _rule(asked: Asked, platform: Platform, versions: frozenset[int]) -> ReleaseRule | None:
    """The row that says why; none where the release is older than the word."""
    return next(
        (
            rule
            for rule in RULES
            if rule.os == platform.os
            and rule.since <= platform.release
            and rule.effect in ("refuses", "drops")
            and rule.is_of(asked.phase, versions, asked.word)
        ),
        None,
    )


def _asked(statement: Statement, sample: Sample) -> Iterator[Asked]:
    row = _FORMS.get(statement.form.name) if statement.form is not None else None
    if row is None:
        return
    part, phase, versions, reader = row
    of = versions or frozenset(tunnel.version for tunnel in sample.tunnels) or _ONE
    for word in reader(statement.parts.get(part, "")):
        yield Asked(phase, word, of)


def _each(read: Callable[[str], str]) -> Callable[[str], Sequence[str]]:
    def words(text: str) -> Sequence[str]:
        found = []
        for one in text.split():
            try:
                found.append(read(one))
            except ValueError:
                continue
        return found

    return words


def _whole(read: Callable[[str], str]) -> Callable[[str], Sequence[str]]:
    def words(text: str) -> Sequence[str]:
        try:
            return (read(text),)
        except ValueError:
            return ()

    return words


def _transform(text: str) -> Sequence[str]:
    try:
        return [word for word in algorithms.transform(text) if word]
    except ValueError:
        return ()


def _groups(text: str) -> Sequence[str]:
    return [f"group {word.removeprefix('group')}" for word in text.split() if word.removeprefix("group").isdigit()]


_Row = tuple[str, Phase, frozenset[int], Callable[[str], Sequence[str]]]
_ANY: frozenset[int] = frozenset()
#: Form of a line -> its part with the algorithms, the phase, versions of IKE (empty: those of the sample), how it is read.
_FORMS: Mapping[str, _Row] = {
    "isakmp-encryption": ("cipher", "ike", _ONE, _whole(algorithms.encryption)),
    "isakmp-hash": ("integrity", "ike", _ONE, _whole(algorithms.integrity)),
    "isakmp-group": ("n_group", "ike", _ONE, _groups),
    "ikev2-encryption": ("ciphers", "ike", _TWO, _each(algorithms.encryption)),
    "ikev2-integrity": ("integrities", "ike", _TWO, _each(algorithms.integrity)),
    "ikev2-prf": ("prfs", "ike", _TWO, _each(algorithms.integrity)),
    "ikev2-group": ("groups", "ike", _TWO, _groups),
    "transform-set": ("transforms", "esp", _ANY, _transform),
    "ikev1-transform-set": ("transforms", "esp", _ONE, _transform),
    "proposal-encryption": ("ciphers", "esp", _TWO, _each(algorithms.encryption)),
    "proposal-integrity": ("integrities", "esp", _TWO, _each(algorithms.integrity)),
    "set-pfs": ("n_group", "pfs", _ANY, _groups),
    "map-pfs": ("n_group", "pfs", _ANY, _groups),
}
