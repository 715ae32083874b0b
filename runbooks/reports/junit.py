"""A JUnit report: one test case a service and one a device, for a pipeline that shows such reports.

A service that does not work, or differs from the intent, is a failure; what could not be told is an error; nothing is ever
counted as skipped, since a service that nobody could judge must not pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from ...checks.finding import Finding
from ...checks.verdict import DeviceState, Verdict, Verification, Word
from ..commands.views.printable import printable
from ..history.moments import moment

#: These are no characters of XML 1.0, however they are written.
_NO_XML = re.compile("[\ufffe\uffff]")


def junit(verification: Verification) -> str:
    """The report as text."""
    services = [_service(verdict) for verdict in verification.worst_first()] or [_nothing()]
    devices = [_device(device) for device in verification.devices]
    suites = [_suite("services", services, verification), _suite("devices", devices, verification)]
    root = Xml.Element("testsuites", {"name": "nr-run verify", **_counts([*services, *devices]), "time": _seconds(verification)})
    root.extend(suites)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _suite(name: str, cases: list[Xml.Element], verification: Verification) -> Xml.Element:
    attributes = {"name": name, **_counts(cases), "time": _seconds(verification), "timestamp": _text(verification.started)}
    made = Xml.Element("testsuite", attributes)
    made.extend(cases)
    return made


def _counts(cases: list[Xml.Element]) -> dict[str, str]:
    failures, errors = (sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error"))
    return {"tests": str(len(cases)), "failures": str(failures), "errors": str(errors), "skipped": "0"}


def _seconds(verification: Verification) -> str:
    return str(max(0, moment(verification.finished) - moment(verification.started)))


def _case(kind: str, name: str, seconds: float = 0) -> Xml.Element:
    return Xml.Element("testcase", {"classname": f"nr-run.{_text(kind)}", "name": _text(name), "time": f"{seconds:g}"})


def _service(verdict: Verdict) -> Xml.Element:
    made = _case(verdict.service, verdict.name)
    if not verdict.healthy:
        works = verdict.word in (Word.UP, Word.IDLE)
        kind = "error" if verdict.word is Word.UNVERIFIED else "failure"
        what = {"type": "differs" if works else verdict.word.value, "message": _text(verdict.sentence)}
        Xml.SubElement(made, kind, what).text = _text("\n".join(_details(verdict)))
    known = [f"{verdict.word.value}, known by {verdict.known_by.value}, configured {verdict.configured.value}", verdict.reach]
    not_met = [f"not met by traffic: {item}" for item in verdict.untested]
    Xml.SubElement(made, "system-out").text = _text("\n".join(line for line in [*known, *not_met] if line))
    return made


def _details(verdict: Verdict) -> Iterator[str]:
    for cause in verdict.causes:
        yield f"cause {cause.id} ({cause.confidence}): {cause.sentence}"
        yield f"  confirm: {cause.confirm}"
        yield f"  remedy: {cause.remedy}"
    for finding in verdict.findings:
        yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.status.value}: {finding.subject}: {finding.check}: {finding.sentence}"
    yield from (f"  {evidence}" for evidence in finding.evidence)


def _device(device: DeviceState) -> Xml.Element:
    made = _case("device", device.host, device.seconds or 0)
    if device.problem:
        Xml.SubElement(made, "error", {"type": "unreachable", "message": _text(device.problem)}).text = _text(device.platform)
    return made


def _nothing() -> Xml.Element:
    made = _case("services", "anything")
    Xml.SubElement(made, "error", {"type": "nothing", "message": "there is no service to verify"})
    return made


def _text(text: str) -> str:
    return _NO_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", printable(text))
