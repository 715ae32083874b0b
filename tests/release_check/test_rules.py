"""Rules of releases: each row provoked alone by one line, and the table held against that of platforms."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from nr_run.changes.objects import read
from nr_run.checks.release_check import Hit, far_lines, hits, instead, versions_of
from nr_run.inventory.models.platforms import MODELS, Platform, Suite, platform_for, rows
from nr_run.inventory.models.release_rules import NOTES, RULES, ReleaseRule, between, notes_between
from nr_run.parsers import algorithms

XE, XE_NEW, XE_26 = (platform_for("C8000V", release) for release in ("17.9.4a", "17.12.4", "26.1.1"))
ASA_80, ASA_83, ASA_84, ASA_912, ASA_913, ASA_919 = (
    platform_for("ASA", release) for release in ("8.2(5)", "8.3(1)", "8.4(1)", "9.12(4)", "9.13(1)", "9.19(1)")
)
GCM = "crypto ipsec ikev2 ipsec-proposal P"
#: Row: the configuration that it alone speaks of, the release of now, and the line that is told.
PROVOKED: dict[str, tuple[str, Platform, str]] = {
    "xe-ciphers": ("crypto ipsec transform-set T esp-3des esp-sha-hmac\n mode tunnel\n", XE, "crypto ipsec transform-set T"),
    "xe-md5": ("crypto isakmp policy 10\n encr aes\n hash md5\n authentication pre-share\n group 14\n", XE, "hash md5"),
    "xe-groups": ("crypto isakmp policy 10\n encr aes\n authentication pre-share\n group 5\n", XE, "group 5"),
    "xe-group-24": ("crypto ikev2 proposal P\n encryption aes-cbc-256\n integrity sha256\n group 24\n", XE, "group 24"),
    "xe-pfs-24": ("crypto ipsec profile P\n set transform-set T\n set pfs group24\n", XE, "set pfs group24"),
    "xe-without-cipher": (
        "crypto ipsec transform-set T esp-null esp-sha-hmac\n mode tunnel\n",
        XE,
        "crypto ipsec transform-set T",
    ),
    "xe-clear-keys": ("crypto isakmp key <secret:credential:k> address 192.0.2.1\n", XE_NEW, "crypto isakmp key"),
    "asa-8.3-exemption": ("nat (inside) 0 access-list NONAT\n", ASA_80, "nat (inside) 0 access-list NONAT"),
    "asa-8.4-words": ("crypto ipsec transform-set T esp-aes esp-sha-hmac\n", ASA_83, "crypto ipsec transform-set T"),
    "asa-9.13-ciphers": ("crypto ipsec ikev1 transform-set T esp-3des esp-sha-hmac\n", ASA_912, "crypto ipsec ikev1"),
    "asa-9.13-group-2": ("crypto map M 10 set pfs group2\n", ASA_912, "set pfs group2"),
    "asa-9.13-pfs": ("crypto map M 10 set pfs\n", ASA_912, "set pfs"),
    "asa-9.15-ciphers": ("crypto ipsec ikev1 transform-set T esp-aes esp-md5-hmac\n", ASA_913, "crypto ipsec ikev1"),
    "asa-9.15-groups": ("crypto map M 10 set pfs group24\n", ASA_913, "set pfs group24"),
    "asa-9.15-group-5": (
        "crypto ikev2 policy 10\n encryption aes-256\n integrity sha256\n group 14 5\n prf sha256\n lifetime seconds 86400\n",
        ASA_913,
        "group 14 5",
    ),
    "asa-9.15-without-cipher": (
        "crypto ipsec ikev2 ipsec-proposal P\n protocol esp encryption null\n protocol esp integrity sha-256\n",
        ASA_913,
        "protocol esp encryption null",
    ),
}


def of(text: str, present: Platform, target: Platform) -> tuple[Hit, ...]:
    """What the target does to the lines of a configuration."""
    config = read(present.os, text)
    items = tuple(config.objects.values())
    assert items, text
    return hits("hq", items, present, target, versions_of(items, config))


def at(rule: ReleaseRule, present: Platform) -> Platform:
    """The release with which a row begins."""
    return platform_for(present.model, str(rule.since))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_row_alone(rule: ReleaseRule) -> None:
    """Its line is told at its release, by it and once; a device that has the release already hears nothing of it."""
    text, present, line = PROVOKED[rule.name]
    target = at(rule, present)
    told = [hit for hit in of(text, present, target) if hit.sentence == rule.sentence]
    assert len(told) == 1, told
    assert told[0].line.startswith(line)
    assert (told[0].effect, told[0].source) == (rule.effect, rule.source)
    assert of(text, target, target) == ()
    assert rule not in between(target, target)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_row_has_a_sentence_and_a_source(rule: ReleaseRule) -> None:
    """Of algorithms or of lines, one of the two, and no row without where it is from."""
    assert rule.sentence
    assert rule.source
    assert bool(rule.words) != bool(rule.line)
    assert bool(rule.words) == bool(rule.phases)


def test_every_row_is_provoked() -> None:
    """A new row comes with the line that it speaks of."""
    assert set(PROVOKED) == {rule.name for rule in RULES}


def _lost(old: Suite, new: Suite) -> set[tuple[str, str]]:
    def words(suite: Suite) -> set[tuple[str, str]]:
        return {
            *(("ike", word) for word in suite.ike_encryption | suite.ike_integrity),
            *(("ike", f"group {group}") for group in suite.ike_groups),
            *(("esp", word) for word in suite.esp_encryption | suite.esp_integrity),
            *(("pfs", f"group {group}") for group in suite.pfs_groups),
        }

    return words(old) - words(new)


@pytest.mark.parametrize("model", MODELS)
def test_what_the_table_of_platforms_takes_away_has_a_row(model: str) -> None:
    """Each algorithm that a release has no more is refused or dropped by a row that begins with that release."""
    for old, new in zip(rows(model), rows(model)[1:], strict=False):
        for version in old.ike_versions & new.ike_versions:
            for phase, word in _lost(old.suites[version], new.suites[version]):
                rules = [rule for rule in between(old, new) if rule.is_of(phase, frozenset({version}), word)]  # type: ignore[arg-type]
                assert any(rule.effect in ("refuses", "drops") for rule in rules), (str(new), version, phase, word)


@pytest.mark.parametrize(
    ("text", "present", "target"),
    [
        ("crypto isakmp policy 10\n encr aes 256\n hash sha256\n authentication pre-share\n group 14\n", XE, XE_26),
        ("crypto ikev2 proposal P\n encryption aes-cbc-256\n integrity sha256\n group 14\n", XE, XE_26),
        ("crypto isakmp key 6 <key:0123456789abcdef> address 192.0.2.1\n", XE, XE_26),
        ("crypto map M 10 set pfs group14\n", ASA_912, ASA_919),
        ("crypto map M 10 set pfs\n", ASA_913, ASA_919),
        (f"{GCM}\n protocol esp encryption aes-gcm-256\n protocol esp integrity null\n", ASA_912, ASA_919),
    ],
)
def test_what_stays_is_not_told(text: str, present: Platform, target: Platform) -> None:
    """Strong algorithms, keys of type 6 and a group that is the default already: nothing to do."""
    assert of(text, present, target) == ()


def test_of_two_releases_on_the_way_the_graver_counts() -> None:
    """A cipher that one release warns at and the next drops is told once, as dropped."""
    (hit,) = of("crypto ipsec ikev1 transform-set T esp-3des esp-sha-hmac\n", ASA_912, ASA_919)
    assert (hit.effect, hit.word) == ("drops", "3des-cbc")


def test_what_a_policy_does_not_say_counts_as_well() -> None:
    """A policy without a cipher and a group has those that its release assumes, and they are told as such."""
    found = of("crypto isakmp policy 10\n authentication pre-share\n", XE, XE_NEW)
    assert {(hit.word, hit.implied) for hit in found} == {("des-cbc", True), ("group 1", True)}


def test_a_model_of_ones_own_is_covered_without_a_row() -> None:
    """What another table of suites takes away is refused, with the source of its row."""
    weak = platform_for("881", "15.4(3)M3")
    suite = weak.suites[1]
    less = replace(suite, ike_groups=frozenset({19}), pfs_groups=frozenset({19}))
    strong = replace(weak, suites={1: less}, source="my own")
    (hit,) = of("crypto isakmp policy 10\n encr aes\n authentication pre-share\n group 14\n", weak, strong)
    assert (hit.effect, hit.word, hit.source) == ("refuses", "group 14", "my own")


def test_the_far_end_changes_the_same_algorithm() -> None:
    """Of the other end those lines are told that ask for what is refused here, in its own spelling; no others."""
    config = read("asa", "crypto ipsec ikev1 transform-set T esp-3des esp-sha-hmac\ncrypto map M 10 set pfs group14\n")
    found = far_lines("branch", ASA_912, config.objects.values(), {("esp", "3des-cbc")})
    assert [(line.host, line.line, line.word) for line in found] == [
        ("branch", "crypto ipsec ikev1 transform-set T esp-3des esp-sha-hmac", "3des-cbc")
    ]


def test_instead_is_the_strongest_that_all_can_do() -> None:
    """It is within the suites of every end, before the upgrade and after it; where a part is lacking there is none."""
    best = instead(2, [XE, XE_NEW, ASA_919])
    assert best is not None
    assert best.ike == ("aes-256-cbc", "hmac-sha384", "group 20")
    assert best.pfs == 20
    assert instead(1, [XE_NEW, ASA_80]) is None
    assert instead(2, [XE_NEW, ASA_80]) is None


def test_notes_are_told_on_the_way_only() -> None:
    """A release from which there is no way back is told to who comes to it, not to who has it."""
    new = platform_for("ASA", "9.24(1)")
    assert [note.since for note in notes_between(ASA_919, new)] == [new.release]
    assert list(notes_between(new, new)) == []
    assert all(note.source for note in NOTES)


def test_every_word_of_a_row_is_one_that_lines_can_have() -> None:
    """A row that is misspelt would never be told."""
    known = {*algorithms.ENCRYPTION.values(), *algorithms.INTEGRITY.values()}
    for rule in RULES:
        assert all(word in known or re.fullmatch(r"group \d+", word) for word in rule.words)
