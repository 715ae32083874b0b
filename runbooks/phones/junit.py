"""A JUnit report of an audit: one test case per head-end. A cause is a failure, anything unverified an error; none is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from ...checks.phones.audit import Audit
from ..commands.views.printable import printable
from .audit import Audited


def junit(made: Audited) -> str:
    """The report as XML text."""
    cases = [*(_case(one) for one in made.audits), *(_unreached(host, why) for host, why in made.unreached.items())]
    cases = cases or [_unreached("nothing", "there is no head-end to audit")]
    failures, errors = (sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error"))
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": str(errors), "skipped": "0"}
    root = Xml.Element("testsuites", {"name": "nr-run audit-vpn-phone", **counts})
    Xml.SubElement(root, "testsuite", {"name": "head-ends", **counts}).extend(cases)
    Xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _case(made: Audit) -> Xml.Element:
    case = Xml.Element("testcase", {"classname": "nr-run.phones", "name": printable(made.host)})
    if made.causes:
        what = {"type": ",".join(found.id for found in made.causes), "message": printable(made.verdict)}
        Xml.SubElement(case, "failure", what).text = printable("\n".join(_details(made)))
    elif made.unread:
        Xml.SubElement(case, "error", {"type": "unread", "message": printable(made.verdict)}).text = printable(
            "\n".join(made.unread)
        )
    Xml.SubElement(case, "system-out").text = printable(made.verdict)
    return case


def _details(made: Audit) -> Iterator[str]:
    for found in made.findings:
        yield f"{found.severity.value} {found.id}: {found.sentence}"
        yield from (f"  {line}" for line in found.evidence)
        yield f"  remedy: {found.remedy.sentence}"
    yield from (f"not known: {words}" for words in made.unread)


def _unreached(host: str, why: str) -> Xml.Element:
    case = Xml.Element("testcase", {"classname": "nr-run.phones", "name": printable(host)})
    Xml.SubElement(case, "error", {"type": "unreachable", "message": printable(why)})
    return case
