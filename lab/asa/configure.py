"""Applying typed configuration lines on an ASA: errors in its words, and what a change does to tunnels that are up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.edit import Edit, Misread, Refused
from ..core.store import Store
from ..core.syntax import Reading, Verdict
from ..ios.configure import UNSURE, Place, disagrees, perform, read
from ..ios.model import MapEntry
from .model import AsaMeaning
from .rules import HOOKS

if TYPE_CHECKING:
    from .box import AsaBox

INVALID = "ERROR: % Invalid input detected at '^' marker."
INCOMPLETE = "ERROR: % Incomplete command"


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
    if edit.entered is not None and form.enters:
        return edit.says, Place(form.enters, edit.entered), whole
    return edit.says, at if form.mode != "config" else Place(), whole


class Tunnels:
    """What crypto maps meant before a change; entries that mean something else after it lose their SAs.

    Another list, peer or transform set tears a tunnel down, and so does a selector that is gone; a further selector, PFS and
    lifetimes show at the next negotiation.
    """

    def __init__(self, box: AsaBox) -> None:
        self.bound = _bound(box.store)
        self.up = {(flow.map, flow.seq) for flow in box.crypto.flows}
        self.entries = _entries(box.store, self.up)

    def settle(self, box: AsaBox) -> None:
        """Tear down what a change took the ground from."""
        bound = _bound(box.store)
        if bound != self.bound:
            box.binding_changed()
            return
        after = _entries(box.store, self.up)
        for key, entry in self.entries.items():
            if not _goes_on(entry, after.get(key)):
                box.entry_changed(*key)


def _bound(store: Store) -> dict[str, str]:
    return {entry.key[1]: entry.key[0] for entry in store.all("map interface")}


def _entries(store: Store, wanted: set[tuple[str, int]]) -> dict[tuple[str, str], MapEntry]:
    """The entries that something was negotiated for; no others can lose anything."""
    meaning, names = AsaMeaning(store), {name for name, _ in wanted}
    return {(name, str(e.seq)): e for name in names for e in meaning.entries(name) if (name, e.seq) in wanted}


def _goes_on(before: MapEntry, after: MapEntry | None) -> bool:
    if after is None or after.acl != before.acl or after.transforms != before.transforms:
        return False
    return set(before.peers) <= set(after.peers) and set(before.lines) <= set(after.lines)
