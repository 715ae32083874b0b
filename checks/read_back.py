"""Read-back: did the device take exactly what was pushed? Compared by meaning, as devices rewrite lines."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from ..changes.configurations import tree
from ..changes.configurations.configuration import Configuration
from ..changes.families import stem_of
from ..changes.objects import ConfigObject, objects_in
from ..changes.plans.change import Change
from .finding import Cause, Evidence, Finding, Status

RUNNING = "show running-config"
NOT_TAKEN = Cause(
    "line-not-taken",
    "the device did not keep a line that it did not refuse",
    "certain",
    "show running-config",
    "enter the line by hand and read the device's answer; the release may not know it",
)
KEY_NOT_STORED = Cause(
    "key-not-stored",
    "the device keeps another pre-shared key than the one that it was given",
    "certain",
    "show running-config, at the key of the peer (on an ASA more system:running-config)",
    "enter the key by hand and compare what the device shows; the device or its line editor alters it",
)


def read_back(change: Change, before: Configuration, after: Configuration, time: str) -> tuple[Finding, ...]:
    """Findings on the running configuration after the push: what is absent in a whole configuration is absent on the device."""
    now = after.objects.with_lines_of((*change.created, *change.removed))
    wanted = (*change.created, *(edit.after for edit in change.edited))
    findings = [_kept(change.host, item, now.objects.get(item.key), time) for item in wanted]
    findings += [_gone(change.host, item, now.objects.get(item.key), time) for item in change.removed]
    strange = _strangers(without(change, before.text), without(change, after.text))
    if strange:
        sentence = (
            f"something else changed at the same time: {', '.join(strange[:5])}; somebody else may be at work on the device"
        )
        status = Status.FAILED
    else:
        sentence, status = "nothing else changed on the device", Status.OK
    evidence = (Evidence(change.host, RUNNING, "lines that differ besides the change", str(len(strange)), time),)
    findings.append(Finding("nothing-else", change.host, status, sentence, evidence))
    return tuple(findings)


def without(change: Change, text: str) -> tuple[tree.Node, ...]:
    """The configuration with the objects of the change taken out of the text; what is left must be what was there before.

    What a device adds with an object, and takes away with it, goes with the object.
    """
    ours = change.keys
    items = (*change.created, *change.removed, *(item for edit in change.edited for item in (edit.before, edit.after)))
    added = [re.compile(form) for item in items if item.family.adds for form in item.family.adds(item)]
    stems = tuple({stem_of(item.family) for item in items})
    left: list[tree.Node] = []
    for node in tree.parse(text):
        may_be = node.line.startswith(stems)
        found = [item for key, item in objects_in(change.os, node) if key in ours] if may_be else []
        if any(not item.family.child_is_object or item.family.flat for item in found):
            continue
        if added and any(form.fullmatch(node.line) for form in added):
            continue
        taken = {child for item in found for child in item.children}
        # A line in a sub-mode of the section is known by the whole way to it.
        below = enumerate(zip(node.children, node.paths, strict=True)) if taken else ()
        places = {place for place, (child, path) in below if child in taken or path in taken}
        left.append(node.without(places) if places else node)
    return tuple(left)


def _strangers(before: tuple[tree.Node, ...], after: tuple[tree.Node, ...]) -> list[str]:
    """Lines that came, went or moved, each with the header it stands below; the order of lines counts."""
    old, new = ([line for node in nodes for line in node.lines] for nodes in (before, after))
    # What is the same at both ends is most of a configuration, and need not be compared with everything else.
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    changed = []
    for kind, first, last, other_first, other_last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            changed += [f"- {line}" for line in old[first:last]] + [f"+ {line}" for line in new[other_first:other_last]]
    return changed


def _alike(one: list[str], other: list[str]) -> int:
    """Number of lines that are the same at the beginning of both."""
    return next(
        (number for number, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other))
    )


def _gone(host: str, item: ConfigObject, present: ConfigObject | None, time: str) -> Finding:
    shown = "; ".join((present.header, *present.children)) if present else "absent"
    evidence = (Evidence(host, RUNNING, item.title, shown, time),)
    if present is None:
        return Finding("read-back", host, Status.OK, f"{item.title} is gone", evidence)
    return Finding("read-back", host, Status.FAILED, f"{item.title} is still in the configuration", evidence, NOT_TAKEN)


def _but_for_keys(item: ConfigObject) -> tuple[str, ...]:
    """All its lines in one spelling, without the keys in them."""
    lines = (item.meaning[0], *item.meaning[1]) if item.family.ordered else (item.meaning[0], *sorted(item.meaning[1]))
    return tuple(item.family.without_secret(line) for line in lines)


def _kept(host: str, wanted: ConfigObject, present: ConfigObject | None, time: str) -> Finding:
    shown = "; ".join((present.header, *present.children)) if present else "absent"
    evidence = (Evidence(host, RUNNING, wanted.title, shown, time),)
    if present is None:
        return Finding("read-back", host, Status.FAILED, f"{wanted.title} is not in the configuration", evidence, NOT_TAKEN)
    if present.meaning == wanted.meaning:
        return Finding("read-back", host, Status.OK, f"{wanted.title} is as it was sent", evidence)
    if _but_for_keys(wanted) == _but_for_keys(present):
        sentence = f"the key for {' and '.join(wanted.key_peers)} is not the one that was sent"
        return Finding("read-back", host, Status.FAILED, sentence, evidence, KEY_NOT_STORED)
    return Finding("read-back", host, Status.FAILED, f"{wanted.title} is not as it was sent", evidence, NOT_TAKEN)
