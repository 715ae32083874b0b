"""Dynamic access policies: which records there are by the configuration, and for whom each is by the file `dap.xml`.

The configuration has names and actions alone; the criteria stand in a file of the flash that ASDM writes (command reference,
dynamic-access-policy-record). Its form is from memory: a `dapRecord` each, with a name and `attr` elements of name, value and
operation, and in the advanced view an expression in Lua, which is told as not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from msgspec import Struct

from .finding import Line
from .shown import DAP_FILE, RUNNING, HeadEnd

DEFAULT = "DfltAccessPolicy"


class Criterion(Struct, frozen=True):
    """One line of a record's selection: `aaa.cisco.tunnelgroup EQ VPNPhone`."""

    name: str
    operation: str
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.operation} {self.value}"


class Record(Struct, frozen=True):
    """One record. ``criteria`` None: the file does not have it. ``advanced``: an expression that nobody here can judge."""

    name: str
    action: str
    line: Line
    criteria: tuple[Criterion, ...] | None
    advanced: bool = False
    #: Whether all criteria have to hold, or one of them.
    every: bool = True

    def selects(self, facts: Mapping[str, str]) -> bool | None:
        """Whether it is taken for a session of which these attributes are known; None where that cannot be told."""
        if self.criteria is None or self.advanced:
            return None
        verdicts = [_holds(criterion, facts) for criterion in self.criteria]
        if not verdicts:
            return None
        if self.every:
            return False if False in verdicts else None if None in verdicts else True
        return True if True in verdicts else None if None in verdicts else False


def _holds(criterion: Criterion, facts: Mapping[str, str]) -> bool | None:
    if criterion.name.startswith("endpoint.anyconnect."):
        # That is told by the client itself, without a posture module; what a phone tells there is not known.
        return None
    if criterion.name.startswith("endpoint."):
        # A phone has no posture module, and tells nothing of the endpoint.
        return None if criterion.operation not in ("EQ", "NE") else criterion.operation == "NE"
    known = facts.get(criterion.name)
    if known is None or criterion.operation not in ("EQ", "NE"):
        return None
    return (known.lower() == criterion.value.lower()) == (criterion.operation == "EQ")


def records_of(device: HeadEnd) -> tuple[tuple[Record, ...], str]:
    """All records but the default one, and a sentence where their criteria could not be read."""
    headers = [header for header in device.sections if header.startswith("dynamic-access-policy-record ")]
    names = [header.split(None, 1)[1].strip('"') for header in headers]
    others = [name for name in names if name != DEFAULT]
    criteria, advanced, any_of, why = _file(device) if others else ({}, set(), set(), "")
    made = tuple(
        Record(name, *action_of(device, name), criteria.get(name), name in advanced, name not in any_of) for name in others
    )
    return made, why


def action_of(device: HeadEnd, name: str) -> tuple[str, Line]:
    """What becomes of a session that a record is taken for; continue, unless it says otherwise."""
    section = device.section(f"dynamic-access-policy-record {name}") or device.section(f'dynamic-access-policy-record "{name}"')
    line = section.first("action") if section else ""
    return (line.split()[1] if line else "continue"), Line(f"{RUNNING}, dynamic-access-policy-record {name}", line)


def _file(device: HeadEnd) -> tuple[dict[str, tuple[Criterion, ...]], set[str], set[str], str]:
    text = device.output(DAP_FILE)
    if text is None:
        return {}, set(), set(), f"for whom the records of dynamic access are is not known: {device.why_not(DAP_FILE)}"
    begin = text.find("<")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return {}, set(), set(), f"{DAP_FILE!r} shows a file with a declaration, which is not read"
    try:
        root = ElementTree.fromstring(text[begin:].strip() if begin >= 0 else "")  # noqa: S314 - it has no declaration
    except ElementTree.ParseError as error:
        return {}, set(), set(), f"for whom the records of dynamic access are is not known: {DAP_FILE!r} shows no XML: {error}"
    criteria: dict[str, tuple[Criterion, ...]] = {}
    advanced: set[str] = set()
    any_of: set[str] = set()
    for record in root.iter("dapRecord"):
        name = (record.findtext("dapName/value") or record.findtext("dapName") or "").strip()
        criteria[name] = tuple(_criterion(element) for element in record.iter("attr"))
        expressions = [e for e in record.iter() if re.search("advancedview", e.tag, re.IGNORECASE)]
        if any((part.text or "").strip() for e in expressions for part in e.iter()):
            advanced.add(name)
        if (record.findtext("dapBasicView/dapSelection/dapPolicy/value") or "").strip() == "match-any":
            any_of.add(name)
    return criteria, advanced, any_of, ""


def _criterion(element: ElementTree.Element) -> Criterion:
    def text(name: str) -> str:
        return (element.findtext(name) or "").strip()

    return Criterion(text("name"), text("operation") or "EQ", text("value"))
