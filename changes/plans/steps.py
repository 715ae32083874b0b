"""Steps: lines that belong together, in the order in which a device may be given them.

Build what is new and complete while nothing uses it, switch one reference at a time, then clean away what nothing uses any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from ..cli_syntax import EXIT, no_form, typed
from ..families import RANKS
from ..family import Phase
from ..objects import Config, ConfigObject, Key


class Step(Struct, frozen=True):
    """Lines that belong together. They start and end in global configuration mode; below a header they are in its sub-mode."""

    phase: Phase
    family: str
    title: str
    purpose: str
    lines: tuple[str, ...]
    #: True if no line opens a sub-mode for the next one.
    flat: bool = False
    #: So many of the lines come before the header, and are typed in the mode in which it is.
    lead: int = 0

    @property
    def text(self) -> str:
        """As a person pastes it."""
        head, *below = self.lines[self.lead :]
        return "\n".join((*self.lines[: self.lead], head, *(line if self.flat or line == EXIT else f" {line}" for line in below)))

    @property
    def words(self) -> str:
        """The line that says what it does, for a sentence: the last one that is not the way out of a sub-mode."""
        return next(line for line in reversed(self.lines) if line != EXIT)

    @property
    def writes(self) -> tuple[tuple[str, ...], ...]:
        """The lines in portions that may be typed at once: each ends where a sub-mode has been left.

        Where a device refuses a header, ``exit`` leaves configuration mode, and a second one would end the session: the answers
        to a portion are looked at before the next one.
        """
        return tuple(tuple(write) for write in in_writes(self.lines))


def in_writes(lines: Iterable[str]) -> Iterator[list[str]]:
    """Portions of lines, each up to the way out of the first sub-mode that is entered."""
    write: list[str] = []
    for line in lines:
        write.append(line)
        if line == EXIT:
            yield write
            write = []
    if write:
        yield write


class Edit(Struct, frozen=True):
    """One object that stays in use while some of its lines change; both have the same identity."""

    before: ConfigObject
    after: ConfigObject

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return self.before.key

    @property
    def reversed(self) -> Edit:
        """The same edit in the other direction."""
        return Edit(self.after, self.before)


def in_order(os: str, items: Iterable[ConfigObject]) -> list[ConfigObject]:
    """Objects in the order of the family table, which is the order of dependence."""
    return sorted(items, key=lambda item: RANKS[os][item.family.name])


def placed(items: Iterable[ConfigObject], before: Config, now: Config) -> tuple[ConfigObject, ...]:
    """Objects as they are typed to come back to where they stand in ``before``, in the order in which they stand there.

    ``now`` is what the device runs when they are typed: what stood beside them may have gone since.
    """
    items = tuple(items)
    if not any(item.family.placed for item in items):
        return items
    order = {key: number for number, key in enumerate(before.objects)}
    items = tuple(sorted(items, key=lambda item: order.get(item.key, len(order))))
    beside = frozenset((item.header, line) for item in items for line in _beside(item, now))
    return tuple(item.family.placed(item, before, beside) if item.family.placed else item for item in items)


def _beside(item: ConfigObject, now: Config) -> tuple[str, ...]:
    """The lines that stand below its header, and its own."""
    node = now.named_nodes.get(item.header) if item.family.child_is_object else None
    return (*item.children, *(node.children if node else ()))


def create(os: str, items: Iterable[ConfigObject], running: Config) -> tuple[Step, ...]:
    """Steps that create ``items``: first all that nothing refers to yet, then the lines that activate them.

    ``running`` is what the device runs before the first of them.
    """
    builds: list[Step] = []
    switches: list[Step] = []
    for item in in_order(os, items):
        if not item.children and item.family.switches and item.family.switches.fullmatch(item.header):
            switches.append(_step(Phase.ACTIVATE, item, f"activate: {item.title}", (item.header,)))
            continue
        switching = [line for line in item.children if item.family.switches and item.family.switches.fullmatch(line)]
        building = [line for line in item.children if line not in switching]
        if building or not switching:
            lines = typed(item.family, item.header, building)
            builds.append(_step(Phase.BUILD, item, item.family.sentence, lines))
        lead = item.family.leads(item, running) if switching and item.family.leads else ()
        for line in switching:
            lines = (*lead, *typed(item.family, item.header, [line]))
            switches.append(_step(Phase.ACTIVATE, item, f"activate: {item.title}", lines, len(lead)))
    return (*builds, *switches)


def remove(os: str, items: Iterable[ConfigObject]) -> tuple[Step, ...]:
    """Steps that remove ``items``: first what refers, then what it refers to."""
    return tuple(_step(Phase.CLEAN, item, f"remove {item.title}", item.removal) for item in reversed(in_order(os, items)))


def _step(phase: Phase, item: ConfigObject, purpose: str, lines: tuple[str, ...], lead: int = 0) -> Step:
    return Step(phase, item.family.name, item.title, purpose, lines, flat=item.family.flat, lead=lead)


def change(os: str, edits: Iterable[Edit]) -> tuple[Step, ...]:
    """Steps that change objects in place, one line at a time."""
    by_key = {edit.key: edit for edit in edits}
    return tuple(step for item in in_order(os, (edit.before for edit in by_key.values())) for step in _edit(by_key[item.key]))


def _edit(edit: Edit) -> Iterator[Step]:
    before, after = edit.before, edit.after
    name, title = before.family.name, before.title
    editing = before.family.editing
    if editing is None:
        raise TypeError(f"an object of family {name} is never edited")
    if editing.whole:
        # Together, so that a session which is cut leaves the object without a value for as short as can be.
        lines = (*before.removal, after.header)
        yield Step(Phase.ACTIVATE, name, title, f"another value: {title}", lines, flat=True)
        return
    if editing.typed_again:
        yield _step(Phase.ACTIVATE, after, f"another value: {title}", typed(after.family, after.header, after.children))
        return
    family, header = after.family, after.header
    here, there = before.canonical_children, after.canonical_children
    given = {family.setting_of(line) for line in there}
    for line in sorted((line for line in there if line not in here), key=lambda line: _is_switch(after, line)):
        setting = family.setting_of(line)
        old = [found for found in here if setting in editing.first_off and family.setting_of(found) == setting]
        off = (part for found in old for part in no_form(family, header, found))
        yield _step(Phase.ACTIVATE, after, f"activate: {title}", (*off, *typed(family, header, [line])))
    # A default that the device writes out cannot be dropped, only replaced.
    going = [line for line in here if line not in (*there, *family.defaults) and family.setting_of(line) not in given]
    for line in going:
        # What stands in a sub-mode goes with its opener.
        if not any(line.startswith(f"{other}: ") for other in going):
            lost = family.setting_of(line) if editing.bare_no else line
            yield _step(Phase.ACTIVATE, after, f"drop from {title}", no_form(family, header, lost))


def _is_switch(item: ConfigObject, line: str) -> bool:
    """The selectors come last: they decide what traffic the other settings apply to."""
    return bool(item.family.switches and item.family.switches.fullmatch(line))


def paste(steps: Iterable[Step]) -> str:
    """Steps as a person pastes them at the privileged prompt; empty for none."""
    body = "".join(f"! {step.purpose}\n{step.text}\n" for step in steps)
    return f"configure terminal\n{body}end\n" if body else ""
