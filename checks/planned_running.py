"""A running configuration as it will be after a change, for planning the next one; the order of lines is not a device's."""

from __future__ import annotations

import re

from ..changes.config_object import ConfigObject
from ..changes.configurations import tree
from ..changes.configurations.grown import grown
from ..changes.configurations.nodes_after import nodes_after
from ..changes.objects import read, read_more
from ..changes.plans.change import Change
from .read_back import without


def running_with(change: Change, running: str) -> str:
    """The configuration with the change applied; the same text if it changes nothing."""
    if not change:
        return running
    made = _with_more(change, running)
    if made is not None:
        return made
    left = without(change, running)
    items = (*change.created, *(edit.after for edit in change.edited))
    return "".join(f"{node.text}\n" for node in nodes_after(left, items))


def _with_more(change: Change, running: str) -> tree.ReadText | None:
    """The text with all that a change creates behind the rest, and read already; None where that is not all that it does."""
    if change.removed or change.edited or any(_has_a_place(item, running) for item in change.created):
        return None
    nodes = tree.Nodes(node for item in change.created for node in item.nodes)
    text = "".join(f"{node.text}\n" for node in nodes)
    there = running if isinstance(running, tree.ReadText) else _spelt(change.os, running)
    more = read_more(change.os, there.objects, nodes) if tree.parse(text) == nodes else None
    if more is None:
        return None
    made = tree.ReadText(there + text)
    made.nodes = there.nodes.with_more(nodes)
    made.objects = grown(there.objects, more)
    return made


def _has_a_place(item: ConfigObject, running: str) -> bool:
    """True for what stands in front of others or in a section that is there, and where lines that the device adds are there."""
    family = item.family
    added = family.adds(item) if family.adds else ()
    return bool(family.placed or family.child_is_object or family.only_of) or any(
        re.search(f"^{line}$", running, re.MULTILINE) for line in added
    )


def _spelt(os: str, running: str) -> tree.ReadText:
    """The configuration alone, one line each."""
    nodes = tree.parse(running)
    made = tree.ReadText("".join(f"{node.text}\n" for node in nodes))
    made.nodes, made.objects = nodes, read(os, running)
    return made
