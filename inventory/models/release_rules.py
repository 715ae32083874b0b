"""What a release does to lines that older releases accept: it warns about, refuses, drops or replaces them.

A table: one row a kind of line and the release that began with it, with a sentence and a source. A row is known by algorithms (in
NetBox's words, by phase and version of IKE) or by a line. ``refuses``: the line is not taken any more. ``drops``: it is gone, or
has become the default, when the release has booted. Words that the table of platforms takes away and no row names are refused as
well: see checks/release_check.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from .platforms import Platform
from .release import Release

Effect = Literal["warns", "replaces", "drops", "refuses"]
Phase = Literal["ike", "esp", "pfs"]
#: From what needs the least to what needs the most.
EFFECTS: tuple[Effect, ...] = ("warns", "replaces", "drops", "refuses")


class ReleaseRule(Struct, frozen=True):
    """One row. ``words`` of these phases and IKE versions, or lines that ``line`` finds from their first character on."""

    name: str
    os: str
    since: Release
    effect: Effect
    sentence: str
    source: str
    phases: frozenset[Phase] = frozenset()
    versions: frozenset[int] = frozenset({1, 2})
    words: frozenset[str] = frozenset()
    line: re.Pattern[str] | None = None

    def is_of(self, phase: Phase, versions: frozenset[int], word: str) -> bool:
        """True if the rule is about this algorithm, used with any of these versions of IKE."""
        return word in self.words and phase in self.phases and bool(versions & self.versions)


class ReleaseNote(Struct, frozen=True):
    """What is to be known of a release before an upgrade to it, whatever the lines are."""

    os: str
    since: Release
    sentence: str
    source: str


_FN = "Field notice FN72510; IOS-XE 17.11.1a command reference, crypto engine compliance shield"
_ASA_915 = "ASA 9.15(1) and 9.16(1) release notes"
_ASA_913 = "ASA 9.13(1) release notes"
_ASA_84 = "ASA 8.4 CLI configuration guide, migrating remote access and LAN-to-LAN users to IKEv2"
_SHIELD = "while the compliance shield is on, and the tunnel does not come up"
_GONE = "it is dropped, or becomes the default, when the release boots"
_NO_GMAC = frozenset({"null", "aes-128-gmac", "aes-192-gmac", "aes-256-gmac"})
_OLD_CIPHERS = frozenset({"des-cbc", "3des-cbc"})
_PHASES: frozenset[Phase] = frozenset({"ike", "esp"})
_GROUPS: frozenset[Phase] = frozenset({"ike", "pfs"})


def _groups(*numbers: int) -> frozenset[str]:
    return frozenset(f"group {number}" for number in numbers)


def _release(text: str) -> Release:
    return Release.parse(text)


_V1, _V2 = frozenset({1}), frozenset({2})
RULES: tuple[ReleaseRule, ...] = (
    ReleaseRule(
        "xe-ciphers",
        "ios",
        _release("17.11.1"),
        "refuses",
        f"DES and triple DES are refused {_SHIELD}",
        _FN,
        _PHASES,
        words=_OLD_CIPHERS,
    ),
    ReleaseRule(
        "xe-md5", "ios", _release("17.11.1"), "refuses", f"MD5 is refused {_SHIELD}", _FN, _PHASES, words=frozenset({"hmac-md5"})
    ),
    ReleaseRule(
        "xe-groups",
        "ios",
        _release("17.11.1"),
        "refuses",
        f"groups 1, 2 and 5 are refused {_SHIELD}",
        _FN,
        _GROUPS,
        words=_groups(1, 2, 5),
    ),
    ReleaseRule(
        "xe-group-24",
        "ios",
        _release("17.11.1"),
        "refuses",
        f"group 24 is refused with IKEv2 {_SHIELD}",
        _FN,
        frozenset({"ike"}),
        _V2,
        _groups(24),
    ),
    ReleaseRule(
        "xe-pfs-24",
        "ios",
        _release("17.11.1"),
        "refuses",
        f"group 24 is refused for PFS {_SHIELD}",
        _FN,
        frozenset({"pfs"}),
        words=_groups(24),
    ),
    ReleaseRule(
        "xe-without-cipher",
        "ios",
        _release("17.11.1"),
        "refuses",
        f"ESP that encrypts nothing (esp-null, esp-gmac) is refused {_SHIELD}",
        _FN,
        frozenset({"esp"}),
        words=_NO_GMAC,
    ),
    ReleaseRule(
        "xe-clear-keys",
        "ios",
        _release("26.1.1"),
        "warns",
        "a pre-shared key in clear or of type 7 is among what Cisco removes step by step (that each such line warns is not"
        " established): have keys of type 6 before, by key config-key password-encrypt and password encryption aes",
        "Cisco, Resilient Infrastructure: Feature Removal and Suggested Alternatives; Insecure Feature Restrictions on IOS XE",
        line=re.compile(
            r"(?:crypto isakmp key|(?:peer \S+: )?pre-shared-key(?: local| remote)?"
            r"|authentication (?:local|remote) pre-share key) (?:[07] )?<(?:key|secret):"
        ),
    ),
    ReleaseRule(
        "asa-8.3-exemption",
        "asa",
        _release("8.3(1)"),
        "replaces",
        "the exemption from translation is rewritten as nat (inside,any) source static, and access lists name real addresses",
        "Cisco ASA 5500 migration guide to 8.3",
        line=re.compile(r"nat \(\S+\) 0 access-list \S+"),
    ),
    ReleaseRule(
        "asa-8.4-words",
        "asa",
        _release("8.4(1)"),
        "replaces",
        "the same line is written with ikev1 in it",
        _ASA_84,
        line=re.compile(
            r"crypto isakmp (?:policy|enable) .+|crypto ipsec transform-set .+|set transform-set .+"
            r"|(?:ipsec-attributes: )?pre-shared-key .+|(?:attributes: )?vpn-tunnel-protocol (?:.+ )?IPSec.*"
        ),
    ),
    ReleaseRule(
        "asa-9.13-ciphers",
        "asa",
        _release("9.13(1)"),
        "warns",
        "DES, triple DES and MD5 are deprecated, and go with 9.15(1)",
        _ASA_913,
        _PHASES,
        words=_OLD_CIPHERS | {"hmac-md5"},
    ),
    ReleaseRule(
        "asa-9.13-group-2",
        "asa",
        _release("9.13(1)"),
        "warns",
        "group 2 is deprecated, and goes with 9.15(1)",
        _ASA_913,
        _GROUPS,
        words=_groups(2),
    ),
    ReleaseRule(
        "asa-9.13-pfs",
        "asa",
        _release("9.13(1)"),
        "replaces",
        "set pfs alone meant group 2 before, and means group 14 from this release on: the far end has to ask for the same group",
        _ASA_913,
        line=re.compile(r"set pfs"),
    ),
    ReleaseRule(
        "asa-9.15-ciphers",
        "asa",
        _release("9.15(1)"),
        "drops",
        f"DES, triple DES and MD5 are gone: {_GONE}",
        _ASA_915,
        _PHASES,
        words=_OLD_CIPHERS | {"hmac-md5"},
    ),
    ReleaseRule(
        "asa-9.15-groups",
        "asa",
        _release("9.15(1)"),
        "drops",
        f"groups 1, 2 and 24 are gone: {_GONE}",
        _ASA_915,
        _GROUPS,
        words=_groups(1, 2, 24),
    ),
    ReleaseRule(
        "asa-9.15-group-5",
        "asa",
        _release("9.15(1)"),
        "drops",
        f"group 5 is gone with IKEv2: {_GONE}",
        _ASA_915,
        _GROUPS,
        _V2,
        _groups(5),
    ),
    ReleaseRule(
        "asa-9.15-without-cipher",
        "asa",
        _release("9.15(1)"),
        "drops",
        f"ESP that encrypts nothing (null, GMAC) is gone: {_GONE}",
        _ASA_915,
        frozenset({"esp"}),
        words=_NO_GMAC,
    ),
)
NOTES: tuple[ReleaseNote, ...] = (
    ReleaseNote(
        "ios",
        _release("26.1.1"),
        "insecure lines of all kinds are blocked; an upgrade of a device that has some writes system mode insecure, which is not"
        " to be removed before they are gone (show system insecure profile lists what the device itself will refuse)",
        "Insecure Feature Restrictions on IOS XE; Catalyst 8200 and 8300, release notes of IOS XE 26.1.x",
    ),
    ReleaseNote("asa", _release("9.24(1)"), "there is no return to an earlier release", "ASA upgrade guide, 9.24 guidelines"),
)


def between(present: Platform, target: Platform) -> tuple[ReleaseRule, ...]:
    """Rules that begin after the present release and not after the target."""
    return tuple(rule for rule in RULES if rule.os == target.os and present.release < rule.since <= target.release)


def notes_between(present: Platform, target: Platform) -> Iterator[ReleaseNote]:
    """What is to be known of the releases on the way."""
    yield from (note for note in NOTES if note.os == target.os and present.release < note.since <= target.release)
