"""The proposals that an end offers in IKE, read from its running configuration, and whether two of them meet."""

from __future__ import annotations

from msgspec import Struct

from ....changes.config_object import ConfigObject
from ....parsers import algorithms
from .configured_end import ConfiguredEnd
from .configured_systems import reading_of


class Suite(Struct, frozen=True):
    """One proposal: what it allows of each kind, and its lifetime. ``prf`` is empty where the release derives it."""

    title: str
    encryption: frozenset[str]
    integrity: frozenset[str]
    group: frozenset[str]
    authentication: str = ""
    seconds: int = 86400
    prf: frozenset[str] = frozenset()

    def meets(self, other: Suite) -> bool:
        """True if the two have one of each kind in common; a combined cipher needs no integrity."""
        ciphers = self.encryption & other.encryption
        combined = any(cipher.endswith("-gcm") for cipher in ciphers)
        checks = combined or bool(self.integrity & other.integrity)
        prf = not (self.prf and other.prf) or bool(self.prf & other.prf)
        return bool(ciphers and checks and prf and self.group & other.group) and self.authentication == other.authentication


def suites(there: ConfiguredEnd) -> tuple[Suite, ...] | None:
    """What the end offers in IKE, best first; None where the release's own defaults count, or a word is not known."""
    made: list[Suite] = []
    try:
        for item in _proposals(there):
            made.append(_suite(item, there.end.ike_version))
    except ValueError:
        return None
    return tuple(made) or None


def _proposals(there: ConfiguredEnd) -> tuple[ConfigObject, ...]:
    if there.end.ike_version == 1:
        return tuple(sorted(there.config.of("isakmp-policy"), key=lambda item: int(item.groups["number"])))
    return reading_of(there).ikev2_offers(there)


def _suite(item: ConfigObject, version: int) -> Suite:
    """Raises ValueError for a word that no table knows."""
    lines = {line.split()[0]: line.split()[1:] for line in item.meaning[1]}
    ciphers = lines.get("encr") or lines.get("encryption") or []
    seconds = (lines.get("lifetime") or ["86400"])[-1]
    if version == 1:
        return Suite(
            item.title,
            frozenset({algorithms.encryption(" ".join(ciphers))}),
            frozenset({algorithms.integrity(" ".join(lines.get("hash", [])))}),
            frozenset(lines.get("group", [])),
            (lines.get("authentication") or [""])[0],
            int(seconds) if seconds.isdigit() else 86400,
        )
    checks = frozenset(algorithms.integrity(word) for word in lines.get("integrity", []) if word != "null")
    prf = frozenset(algorithms.integrity(word) for word in lines.get("prf", [])) or checks
    return Suite(item.title, frozenset(map(algorithms.encryption, ciphers)), checks, frozenset(lines.get("group", [])), prf=prf)
