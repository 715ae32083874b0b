"""Drift of one device from text: what is missing, changed, surplus; what a release adds; keys that cannot be read."""

from __future__ import annotations

import pytest

from nr_run.changes.plans.plan import plan
from nr_run.changes.plans.replacing import Replacing
from nr_run.checks.verdict import Configured
from nr_run.inventory.models.platforms import platform_for
from nr_run.inventory.models.release_lines import RELEASE_LINES, of_release
from nr_run.services.common.drift import DriftLine, Kind, drift_lines, worst

HEAD = "crypto map M 10 ipsec-isakmp"
SET = "crypto ipsec transform-set NR-a esp-aes esp-sha-hmac\n mode tunnel\n"
ENTRY = f"{HEAD}\n set peer 192.0.2.1\n set transform-set NR-a\n set pfs group14\n match address NR-a\n"
LIST = "ip access-list extended NR-a\n permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
INTENT = SET + LIST + ENTRY


def lines(intent: str, running: str, *, editable: bool = True) -> tuple[DriftLine, ...]:
    """What a deploy of an intent would do on a device that runs this."""
    key = ("crypto-map-entry", ("M", "10"))
    return drift_lines(plan("hq", "ios", intent, running, Replacing(frozenset({key} if editable else ()), (), ())))


def test_nothing_where_it_is_as_intended() -> None:
    """No line."""
    assert lines(INTENT, INTENT) == ()


def test_each_kind_alone() -> None:
    """A setting that is gone is missing, another value is changed, one too many is surplus; each with its header."""
    assert lines(INTENT, INTENT.replace(" set pfs group14\n", "")) == (DriftLine(Kind.MISSING, HEAD, "set pfs group14"),)
    assert lines(INTENT, INTENT.replace("group14", "group5")) == (
        DriftLine(Kind.CHANGED, HEAD, "set pfs group14", "set pfs group5"),
    )
    more = INTENT.replace(" set pfs", " set security-association lifetime seconds 900\n set pfs")
    assert lines(INTENT, more) == (DriftLine(Kind.SURPLUS, HEAD, "set security-association lifetime seconds 900"),)


def test_what_is_not_there_is_missing_with_its_header() -> None:
    """An object that the device lacks is told whole, its header first."""
    found = lines(INTENT, SET + LIST, editable=False)
    assert found[0] == DriftLine(Kind.MISSING, "", HEAD)
    assert {line.under for line in found[1:]} == {HEAD}
    assert {line.kind for line in found} == {Kind.MISSING}


@pytest.mark.parametrize("row", RELEASE_LINES, ids=lambda row: row.line.pattern[:24])
def test_lines_of_a_release_are_known_from_it_on(row: object) -> None:
    """Each row: its line is named at its release and not at an older one, with a sentence and a source."""
    model, old, new, line = {
        "system mode": ("C8000V", "17.11.1", "26.1.1", "system mode insecure"),
        "crypto pki": ("C8000V", "", "17.9.4", "crypto pki trustpoint SLA-TrustPoint"),
        "license": ("C8000V", "", "17.9.4", "license udi pid C8000V sn 9ABCDEFGHIJ"),
        "crypto ipsec": ("ASA", "8.4(1)", "9.19(1)", "crypto ipsec security-association pmtu-aging infinite"),
    }[next(words for words in ("system mode", "crypto pki", "license", "crypto ipsec") if row.line.pattern.startswith(words))]  # type: ignore[attr-defined]
    found = list(of_release(platform_for(model, new), ["hostname hq", line]))
    assert found == [(line, row)]
    assert found[0][1].sentence
    assert found[0][1].source
    assert not old or list(of_release(platform_for(model, old), [line])) == []


def test_what_was_not_read_is_never_as_intended() -> None:
    """Of several members the worst counts."""
    assert worst([Configured.AS_INTENDED, Configured.UNKNOWN]) is Configured.UNKNOWN
    assert worst([Configured.AS_INTENDED, Configured.DIFFERS]) is Configured.DIFFERS
    assert worst([Configured.AS_INTENDED, Configured.ABSENT]) is Configured.ABSENT
    assert worst([]) is Configured.UNKNOWN
