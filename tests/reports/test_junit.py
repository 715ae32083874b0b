"""The JUnit report says of each service what a pipeline has to know."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given

from nr_run.checks.verdict import Configured, DeviceState, Operating, Verification, Word
from nr_run.runbooks.reports.junit import junit

from ..verifications import CAUSE, FINDING, NASTY, PATIENT, verdict, verification, verifications


def tree(found: Verification) -> Xml.Element:
    """The report as XML."""
    return Xml.fromstring(junit(found).encode())  # noqa: S314 - our own text, read to see that it is XML


def cases(found: Verification) -> dict[str, Xml.Element]:
    """Test cases by name."""
    return {str(case.get("name")): case for case in tree(found).iter("testcase")}


def kinds(case: Xml.Element) -> set[str]:
    """What a case is besides passed."""
    return {child.tag for child in case if child.tag in ("failure", "error", "skipped")}


@pytest.mark.parametrize(
    ("operating", "kind"),
    [
        (Operating.UP, set()),
        (Operating.IDLE, set()),
        (Operating.DEGRADED, {"failure"}),
        (Operating.DOWN, {"failure"}),
        (Operating.UNENCRYPTED, {"failure"}),
        (Operating.UNKNOWN, {"error"}),
    ],
)
def test_what_each_verdict_is(operating: Operating, kind: set[str]) -> None:
    """Up and idle pass, what does not work fails, and what could not be told is an error, never skipped."""
    assert kinds(cases(verification(verdict("a", operating)))["a"]) == kind


def test_what_differs_fails() -> None:
    """A tunnel that works and is not as intended is a failure of the type differs."""
    (failure,) = cases(verification(verdict("a", configured=Configured.DIFFERS)))["a"].iter("failure")
    assert failure.get("type") == "differs"


def test_a_failure_says_why() -> None:
    """The text of a failure has cause, remedy, and evidence with its command."""
    (failure,) = cases(verification(verdict("a", Operating.DOWN, findings=(FINDING,), causes=(CAUSE,))))["a"].iter("failure")
    for words in (CAUSE.sentence, CAUSE.remedy, CAUSE.confirm, FINDING.sentence, "show crypto isakmp sa"):
        assert words in (failure.text or "")


def test_a_device_that_was_not_reached_is_an_error() -> None:
    """Each device is a case of its own."""
    found = cases(verification(verdict(), devices=(DeviceState("hq", "IOS", ""), DeviceState("far", "IOS", "no login"))))
    assert kinds(found["hq"]) == set()
    assert kinds(found["far"]) == {"error"}


def test_nothing_to_verify_does_not_pass() -> None:
    """A report without services is an error: zero cases would be green."""
    (case,) = cases(verification(devices=())).values()
    assert kinds(case) == {"error"}


@PATIENT
@given(verifications)
def test_it_is_xml_whatever_devices_print(found: Verification) -> None:
    """Any text of a device makes a report that a parser of XML reads, whose counts are those of its cases."""
    root = tree(found)
    for suite in (root, *root):
        inside = list(suite.iter("testcase"))
        assert int(suite.get("tests", "")) == len(inside)
        assert int(suite.get("failures", "")) == sum(kinds(case) == {"failure"} for case in inside)
        assert int(suite.get("errors", "")) == sum(kinds(case) == {"error"} for case in inside)
    bad = sum(not verdict_.healthy for verdict_ in found.verdicts) + sum(bool(device.problem) for device in found.devices)
    assert sum(bool(kinds(case)) for case in root.iter("testcase")) == bad + (not found.verdicts)
    unverified = sum(verdict_.word is Word.UNVERIFIED for verdict_ in found.verdicts)
    assert len(list(root.iter("error"))) >= unverified


def test_control_characters_are_written_out() -> None:
    """What steers a terminal, or is no XML, stands there in letters."""
    assert "\\x1b[31m" in junit(verification(verdict(sentence=NASTY + "\uffff", operating=Operating.DOWN)))
