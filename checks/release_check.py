"""What another release would do to the lines of objects that a device has; and what a far end has to change with it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from ..changes.config_object import ConfigObject
from ..changes.objects import Config
from ..inventory.intents.auto_proposals import IKE_PREFERENCE, IPSEC_PREFERENCE, PFS_LADDER
from ..inventory.intents.strength import algorithms, lacking
from ..inventory.models.platforms import Platform, Suite
from ..inventory.models.release_rules import EFFECTS, Effect, ReleaseRule, between
from .algorithms_used import Use, uses

#: An algorithm in its phase.
Word = tuple[str, str]


class Hit(Struct, frozen=True):
    """One line and what the release does to it. ``under`` is the header that it stands below, empty for a header itself.

    ``implied``: the line is not there, the release of now assumes it. ``word`` is the algorithm, empty where it is not about one.
    """

    host: str
    effect: Effect
    under: str
    line: str
    sentence: str
    source: str
    phase: str = ""
    word: str = ""
    implied: bool = False

    @property
    def about(self) -> Word | None:
        """The algorithm, where it is about one."""
        return (self.phase, self.word) if self.word else None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


class FarLine(Struct, frozen=True):
    """A line of the other end that asks for the same algorithm, and has to change with it."""

    host: str
    under: str
    line: str
    word: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


class Instead(Struct, frozen=True):
    """The strongest that all can do, each part as words of the table of platforms; ``pfs`` is None where they have no group."""

    version: int
    ike: tuple[str, ...]
    esp: tuple[str, ...]
    pfs: int | None

    def __str__(self) -> str:
        pfs = f"PFS group {self.pfs}" if self.pfs else "no PFS"
        return f"IKEv{self.version}: {', '.join(self.ike)}; ESP: {', '.join(self.esp)}; {pfs}"


def versions_of(items: Iterable[ConfigObject], config: Config) -> frozenset[int]:
    """Versions of IKE by which the tunnels among these are negotiated."""
    return frozenset(one for item in items if item.family.is_tunnel for one in item.ike_versions(config)) or frozenset({1})


def hits(
    host: str, items: Iterable[ConfigObject], present: Platform, target: Platform, versions: frozenset[int]
) -> tuple[Hit, ...]:
    """What the target release does to the lines of these objects; of several things at one line the gravest."""
    rules = between(present, target)
    found: list[Hit] = []
    for item in items:
        for use in uses(item, present.bare_pfs_group):
            hit = _by_word(host, item, use, rules, present, target, versions)
            if hit:
                found.append(hit)
        found += _by_line(host, item, rules)
    return tuple(dict.fromkeys(found))


def _by_word(
    host: str,
    item: ConfigObject,
    use: Use,
    rules: Sequence[ReleaseRule],
    present: Platform,
    target: Platform,
    versions: frozenset[int],
) -> Hit | None:
    of = frozenset({use.version}) if use.version else versions
    fitting = [rule for rule in rules if rule.is_of(use.phase, of, use.word)]
    if fitting:
        rule = max(fitting, key=lambda one: EFFECTS.index(one.effect))
        effect, sentence, source = rule.effect, rule.sentence, rule.source
    elif any(_taken_away(use, present.suites.get(version), target.suites.get(version)) for version in of):
        effect, sentence, source = "refuses", f"{use.word} is not among what {target} can do", target.source
    else:
        return None
    under = "" if use.line == item.header else item.header
    return Hit(host, effect, under, use.line, sentence, source, use.phase, use.word, use.implied)


def _taken_away(use: Use, now: Suite | None, then: Suite | None) -> bool:
    return (
        now is not None and use.word in _offered(now, use.phase) and (then is None or use.word not in _offered(then, use.phase))
    )


def _offered(suite: Suite, phase: str) -> Collection[str]:
    """What a suite has for a phase, as words."""
    return {
        "ike": suite.ike_encryption | suite.ike_integrity | {f"group {group}" for group in suite.ike_groups},
        "esp": suite.esp_encryption | suite.esp_integrity,
        "pfs": frozenset(f"group {group}" for group in suite.pfs_groups),
    }[phase]


def _by_line(host: str, item: ConfigObject, rules: Sequence[ReleaseRule]) -> Iterator[Hit]:
    for line in (item.header, *item.children):
        for rule in rules:
            # A rule ends with the line, but for one that ends at the beginning of a key.
            match = rule.line.match(line) if rule.line else None
            if match and (match.end() == len(line) or line[: match.end()].endswith(("<key:", "<secret:"))):
                yield Hit(host, rule.effect, "" if line == item.header else item.header, line, rule.sentence, rule.source)


def far_lines(host: str, platform: Platform, items: Iterable[ConfigObject], about: Collection[Word]) -> tuple[FarLine, ...]:
    """Lines of another end that ask for any of these."""
    found = [
        FarLine(host, "" if use.line == item.header else item.header, use.line, use.word)
        for item in items
        for use in uses(item, platform.bare_pfs_group)
        if (use.phase, use.word) in about
    ]
    return tuple(dict.fromkeys(found))


def instead(version: int, platforms: Sequence[Platform]) -> Instead | None:
    """The strongest that all of these can do by this version of IKE, None where a part has none."""
    ike = next((one for one in IKE_PREFERENCE if not any(lacking(at, version, one) for at in platforms)), None)
    esp = next((one for one in IPSEC_PREFERENCE if not any(lacking(at, version, one) for at in platforms)), None)
    if ike is None or esp is None:
        return None
    pfs = next((group for group in PFS_LADDER if all(group in at.suites[version].pfs_groups for at in platforms)), None)
    return Instead(version, algorithms(ike), algorithms(esp), pfs)
