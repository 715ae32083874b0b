"""The configuration of a box: lines with an identity, in sections, written in the order of its release."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from msgspec import Struct, field

from .forms import Form

Identity = tuple[str, tuple[str, ...]]
Layout = Sequence[str | tuple[str, ...]]


class Entry(Struct):
    """One stored line. `values` are its arguments; a section has children."""

    form: Form
    key: tuple[str, ...]
    text: str
    values: dict[str, str]
    children: dict[Identity, Entry] = field(default_factory=dict)

    def child(self, family: str) -> Entry | None:
        """The child line of a family that there is only one of, or None."""
        return next((child for child in self.children.values() if child.form.family == family), None)

    def all(self, family: str) -> list[Entry]:
        """All child lines of a family, in the order in which they were typed."""
        return [child for child in self.children.values() if child.form.family == family]

    def lines(self, order: Mapping[str, int]) -> Iterator[str]:
        """The line and its children, each child with one leading space."""
        yield from self.text.split("\n")
        for child in sorted(self.children.values(), key=lambda entry: order[entry.form.family]):
            for line in child.lines(order):
                yield f" {line}"
        if self.form.closes:
            yield self.form.closes


T = TypeVar("T")


class Store:
    """The configuration of one box. Whoever changes it does so inside `changing`, so that what it means is read once."""

    def __init__(self) -> None:
        self.root: dict[Identity, Entry] = {}
        #: Told each time when a change begins and when it ends.
        self.on_change: Callable[[], None] = lambda: None
        self._memo: dict[Hashable, Any] = {}
        self._open = 0

    def _changed(self) -> None:
        self._memo.clear()
        self.on_change()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Context for changes of lines. Nothing computed meanwhile is cached."""
        self._open += 1
        self._changed()
        try:
            yield
        finally:
            self._open -= 1
            self._changed()

    @property
    def steady(self) -> bool:
        """True outside `changing`."""
        return not self._open

    def remembered(self, what: Hashable, make: Callable[[], T]) -> T:
        """A value computed from the configuration and cached until the next change. It must not be modified."""
        if self._open:
            return make()
        if what not in self._memo:
            self._memo[what] = make()
        found: T = self._memo[what]
        return found

    def get(self, family: str, *key: str) -> Entry | None:
        """The line with this identity, or None."""
        return self.root.get((family, key))

    def all(self, family: str) -> list[Entry]:
        """All lines of a family, numbered ones by number."""
        return list(self.remembered(("all", family), lambda: self._all(family)))

    def _all(self, family: str) -> list[Entry]:
        families = self.remembered("families", self._families)
        return sorted((entry for entry in families.get(family, []) if not _empty(entry)), key=_by_number)

    def _families(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.root.values():
            found.setdefault(entry.form.family, []).append(entry)
        return found

    def text(self, layout: Layout, order: Mapping[str, int]) -> list[str]:
        """Every line, in the order of the layout: `!` is a line, `x!` puts one after each block, `x/` one between blocks.

        `x.` puts one after the last block, if there is any. They are made once for as long as nothing changes.
        """
        return list(self.remembered(("text", tuple(layout), id(order)), lambda: self._text(layout, order)))

    def _text(self, layout: Layout, order: Mapping[str, int]) -> list[str]:
        lines: list[str] = []
        for item in layout:
            if item == "!":
                lines.append("!")
            elif isinstance(item, tuple):
                lines += [line for entry in self.grouped(item) for line in entry.lines(order)]
            elif item.endswith("."):
                found = self.all(item[:-1])
                lines += [line for entry in found for line in entry.lines(order)] + ["!"] * bool(found)
            elif item.endswith("!"):
                for entry in self.all(item[:-1]):
                    lines += [*entry.lines(order), "!"]
            elif item.endswith("/"):
                blocks = [list(entry.lines(order)) for entry in self.all(item[:-1])]
                lines += [line for index, block in enumerate(blocks) for line in (["!"] if index else []) + block]
            else:
                lines += [line for entry in self.all(item) for line in entry.lines(order)]
        return lines

    def grouped(self, families: tuple[str, ...]) -> list[Entry]:
        """Families that are written together under one name, as the lines of one crypto map are."""
        names = list(dict.fromkeys(key[0] for (family, key) in self.root if family in families))
        found = [entry for entry in self.root.values() if entry.form.family in families]
        return sorted(found, key=lambda e: (names.index(e.key[0]), families.index(e.form.family), _by_number(e)))


def _empty(entry: Entry) -> bool:
    """True for an empty section that the device does not show."""
    return bool(entry.form.enters) and entry.text == entry.form.hides and not entry.children


def _by_number(entry: Entry) -> int:
    """Sorting key: the last number in the identity, else 0 (the order of typing stays); virtual interfaces come first."""
    if entry.form.family == "interface" and entry.key[0].startswith(("Loopback", "Tunnel")):
        rank = -2_000_000 if entry.key[0].startswith("Loopback") else -1_000_000
        return rank + int("".join(filter(str.isdigit, entry.key[0])))
    return next((int(part) for part in reversed(entry.key) if part.isdigit()), 0)
