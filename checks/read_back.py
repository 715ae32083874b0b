"""Did the device take exactly what was pushed? Compared by meaning, since a device shows lines in its own way."""

from __future__ import annotations

from ..changes import tree
from ..changes.objects import ConfigObject, read
from ..changes.plan import Change
from .cause import CAUSES
from .finding import Cause, Evidence, Finding, Status

RUNNING = "show running-config"
NOT_TAKEN = Cause(
    "line-not-taken",
    "the device did not keep a line that it did not refuse",
    "certain",
    "show running-config",
    "enter the line by hand and read the device's answer; the release may not know it",
)


def read_back(change: Change, before: str, after: str, time: str) -> tuple[Finding, ...]:
    """Findings on the running configuration after the push; both texts hold tokens instead of secrets."""
    was, now = read(change.os, before), read(change.os, after)
    findings = [_kept(change.host, item, now.objects.get(item.key), time) for item in change.created]
    ours = {item.key for item in change.created}
    gone = [item.title for key, item in was.objects.items() if key not in ours and now.objects.get(key) != item]
    new = [item.title for key, item in now.objects.items() if key not in ours and key not in was.objects]
    lines = _lines(was.others) ^ _lines(now.others)
    strange = [
        *gone,
        *new,
        *sorted(line for line in lines if not any(item.children and line in item.children for item in change.created)),
    ]
    if strange:
        sentence = f"something else changed at the same time: {', '.join(strange[:5])}; somebody else may be at work on the box"
        findings.append(Finding("nothing-else", change.host, Status.FAILED, sentence))
    else:
        findings.append(Finding("nothing-else", change.host, Status.OK, "nothing else changed on the box"))
    return tuple(findings)


def _lines(nodes: tuple[tree.Node, ...]) -> set[str]:
    return {line for node in nodes for line in (node.line, *node.children)}


def _kept(host: str, wanted: ConfigObject, present: ConfigObject | None, time: str) -> Finding:
    shown = "; ".join((present.header, *present.children)) if present else "absent"
    evidence = (Evidence(host, RUNNING, wanted.title, shown, time),)
    if present is None:
        return Finding("read-back", host, Status.FAILED, f"{wanted.title} is not in the configuration", evidence, NOT_TAKEN)
    if present.meaning == wanted.meaning:
        return Finding("read-back", host, Status.OK, f"{wanted.title} is as it was sent", evidence)
    if wanted.family.name == "isakmp-key" and present.groups["key"] != wanted.groups["key"]:
        sentence = f"the key for {wanted.groups['peer']} is not the one that was sent"
        return Finding("read-back", host, Status.FAILED, sentence, evidence, CAUSES["key-not-stored"])
    return Finding("read-back", host, Status.FAILED, f"{wanted.title} is not as it was sent", evidence, NOT_TAKEN)
