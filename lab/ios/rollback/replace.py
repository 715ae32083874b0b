"""Replacing the running configuration by another one, with nothing but the difference taking effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.configuration.store import Entry, Store
from .. import model
from ..configure import Place, apply

if TYPE_CHECKING:
    from ...core.box import Box


class Draft:
    """The surroundings of a configuration that is read and does not run yet."""

    def __init__(self, box: Box) -> None:
        self.store = Store()
        self.physical = box.physical
        self.switched = box.switched
        self.disks = box.disks
        self.weak_crypto = "refused" if box.shielded else ""

    def hash_secret(self, plain: str) -> str:
        """A file holds hashes; a plain one in it is stored as it is."""
        return plain

    def stored_key(self, typed: str) -> tuple[str, str]:
        """The key as the file has it."""
        return typed, typed

    def entry_changed(self, name: str, seq: str) -> None:
        """Nothing runs."""

    def binding_changed(self) -> None:
        """Nothing runs."""


def read(box: Box, lines: list[str]) -> Store | None:
    """The configuration that the lines say; None if the release does not take one of them."""
    draft, place = Draft(box), Place()
    for line in lines:
        if line.strip() == "end" and place.banner is None:
            break
        answer, place = apply(draft, box.release, place, line)
        if any((text.startswith("%") and "NOTE" not in text) or "^" in text for text in answer):
            return None
    for identity, entry in draft.store.root.items():
        old = box.store.root.get(identity)
        if old is not None:
            _same_keys(old, entry)
    return draft.store


def _same_keys(old: Entry, new: Entry) -> None:
    """The same line is the same key, also where a fault planted another; a keyring has its keys two sections deep."""
    if "used" in old.values and old.text == new.text:
        new.values = dict(old.values)
    for identity, child in new.children.items():
        if identity in old.children:
            _same_keys(old.children[identity], child)


def replace(box: Box, lines: list[str], *, listed: bool) -> list[str]:
    """Make the lines the running configuration; return what the box prints."""
    new = read(box, lines)
    if new is None:
        return ["Rollback aborted after 5 passes", ""]
    commands = difference(_blocks(box.store, box), _blocks(new, box))
    changed = _changed_entries(box.store, new)
    rebound = _bindings(box.store) != _bindings(new)
    if commands:
        for entry in changed:
            box.entry_changed(*entry)
        box.store = new
        box.edition += 1
        if rebound:
            box.binding_changed()
        box.kron.refresh()
        box.mark_changed("")
    box.reload.begin(box.regain_management)  # whatever had cut the way in is undone
    told = ["!Pass 1", "!List of Rollback Commands:", *commands, "end", ""] if listed and commands else []
    return [*told, f"Total number of passes: {1 if commands else 0}", "Rollback Done", ""]


Blocks = dict[str, list[str]]


def _blocks(store: Store, box: Box) -> Blocks:
    return {lines[0]: lines[1:] for lines in (list(entry.lines(box.release.order)) for entry in store.root.values())}


def difference(old: Blocks, new: Blocks) -> list[str]:
    """The commands that lead from one to the other, as `list` prints them."""
    commands: list[str] = []
    for head, children in old.items():
        if head not in new:
            commands.append(_off(head))
            continue
        gone = [line for line in children if line not in new[head]]
        commands += [head, *(f" {_off(line.strip())}" for line in gone)] if gone else []
    for head, children in new.items():
        added = [line for line in children if line not in old.get(head, [])]
        if head not in old or added:
            commands += [head, *added]
    return commands


def _off(line: str) -> str:
    return line.removeprefix("no ") if line.startswith("no ") else f"no {line}"


def _bindings(store: Store) -> dict[str, str]:
    return {interface.name: interface.crypto_map for interface in model.interfaces(store)}


def _meaning(store: Store, entry: Entry) -> model.MapEntry | None:
    return next((e for e in model.entries(store, entry.key[0]) if str(e.seq) == entry.key[1]), None)


def _changed_entries(old: Store, new: Store) -> list[tuple[str, str]]:
    """Entries of crypto maps that mean something else afterwards, or nothing any more."""
    found = []
    for entry in old.all("map entry"):
        other = new.get("map entry", *entry.key)
        if other is None or _meaning(old, entry) != _meaning(new, other):
            found.append((entry.key[0], entry.key[1]))
    return found
