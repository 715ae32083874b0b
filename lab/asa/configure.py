"""Applying typed configuration lines on an ASA: errors in its words, and what a change does to tunnels that are up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.configuration.edit import Edit, Misread, Refused
from ..core.configuration.forms import Form
from ..core.configuration.store import Entry, Store
from ..core.configuration.syntax import Reading, Verdict
from ..core.negotiation.protector import Protector
from ..ios.configure import UNSURE, Place, disagrees, perform, read
from .effects.edit import INCOMPLETE
from .effects.rules import HOOKS

if TYPE_CHECKING:
    from .box import AsaBox

INVALID = "ERROR: % Invalid input detected at '^' marker."


def caret(prompt: str, column: int) -> list[str]:
    """The caret under a column of the typed line, and the words."""
    return [" " * (len(prompt) + column) + "^", INVALID]


def complaint(reading: Reading[object], line: str, prompt: str) -> list[str]:
    """The words for a line that is not taken."""
    if reading.verdict is Verdict.AMBIGUOUS:
        return [f'ERROR: % Ambiguous command:  "{line.strip()}"']
    if reading.verdict is Verdict.INCOMPLETE:
        return [INCOMPLETE]
    return caret(prompt, reading.column)


def apply(box: AsaBox, place: Place, line: str, prompt: str = "") -> tuple[list[str], Place, Reading[object]]:
    """Apply one line: what the box answers, where the person is after it, and how the line was read."""
    if not line.strip() or line.lstrip().startswith("!"):
        return [], place, Reading(Verdict.DONE)
    reading, at = read(box.release, place, line)
    whole: Reading[object] = Reading(reading.verdict, reading.column, reading.leaf, reading.values, reading.depth)
    if reading.verdict is not Verdict.DONE or reading.leaf is None:
        return complaint(whole, line, prompt), place, whole
    form, values = reading.leaf.form, dict(reading.values)
    if reading.leaf.negated:
        values["line"] = values["line"].removeprefix("no ")
    edit = Edit(box, form, reading.leaf.negated, values, at.section if form.mode != "config" else None)
    before = Tunnels(box)
    try:
        if reading.leaf.negated and disagrees(edit):
            raise Refused(f"ERROR: nr-run lab: {line.strip()} names another value than the one here. {UNSURE}")
        with box.store.changing():
            perform(edit, HOOKS)
    except Refused as refusal:
        return refusal.lines, at if form.mode != "config" else Place(), whole
    except Misread:
        return caret(prompt, line.rstrip().rfind(" ") + 1), place, whole
    before.settle(box)
    if form.leaves:
        return edit.says, at.outer, whole
    if edit.entered is not None and form.enters:
        above = at if form.mode != "config" else None
        return edit.says, Place(_mode_of(form, edit.entered), edit.entered, above=above), whole
    return edit.says, at if form.mode != "config" else Place(), whole


def _mode_of(form: Form, entered: Entry) -> str:
    """The mode that a section opens; that of a tunnel interface is one of its own, with the same prompt."""
    return "tunnel" if form.enters == "interface" and entered.key[0].startswith("Tunnel") else form.enters


class Tunnels:
    """What protected traffic before a change; what means something else after it loses its SAs.

    Another list, peer or proposal tears a tunnel down, and so does a selector that is gone; a further selector, PFS and
    lifetimes show at the next negotiation. A tunnel interface that goes, or begins or ends elsewhere, loses its SAs as well.
    """

    def __init__(self, box: AsaBox) -> None:
        self.bound = _bound(box.store)
        self.up = {(flow.map, flow.seq) for flow in box.crypto.flows}
        self.before = _protectors(box, self.up)

    def settle(self, box: AsaBox) -> None:
        """Tear down what a change took the ground from."""
        bound = _bound(box.store)
        moved = {name for _, name in bound.items() ^ self.bound.items()}
        if moved:
            box.unbound(moved)
        after = _protectors(box, self.up)
        for key, protector in self.before.items():
            if key[0] not in moved and not _goes_on(protector, after.get(key)):
                box.entry_changed(key[0], str(key[1]))


def _bound(store: Store) -> dict[str, str]:
    return {entry.key[1]: entry.key[0] for entry in store.all("map interface")}


def _protectors(box: AsaBox, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], Protector]:
    """The protectors that something was negotiated for; no others can lose anything."""
    if not wanted:
        return {}
    found = (item for each in box.meaning.protectors().on.values() for item in each)
    return {(item.name, item.seq): item for item in found if (item.name, item.seq) in wanted}


def _goes_on(before: Protector, after: Protector | None) -> bool:
    if after is None or (after.acl, after.offers, after.local) != (before.acl, before.offers, before.local):
        return False
    return set(before.peers) <= set(after.peers) and set(before.lines) <= set(after.lines)
