"""A configuration that a box was given whole: lines that the lab does not play are kept, and shown again in their place.

What runs is the lab's own; what is shown is that text in the order of the file, with what the file had beside it. A line that is
kept means nothing to the box: nothing negotiates by it, and nothing is refused for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, field

#: What a device prints around its configuration, and writes anew each time.
_AROUND = re.compile(
    r"Building configuration\.\.\.|Current configuration\s*:.*|Using \d+ .*|! (?:Last configuration change|NVRAM config last) .*"
    r"|:.*|ASA Version .*|Cryptochecksum:.*|: end|end|\s*"
)
_BANNER = re.compile(r"banner \S+ (?P<mark>\^C|\S)(?P<rest>.*)")


class Block(Struct):
    """One line with the lines below it. ``kept``: the lab does not play it; ``silent``: it plays it and does not write it."""

    text: str
    children: list[Block] = field(default_factory=list)
    kept: bool = False
    silent: bool = False

    def lines(self) -> Iterator[str]:
        """As they are shown."""
        yield self.text
        for child in self.children:
            yield from child.lines()

    @property
    def played(self) -> bool:
        """True if the box writes this line itself."""
        return not self.kept and not self.silent


def said(lines: Sequence[str]) -> list[str]:
    """Lines without the comments of the device."""
    return [line for line in lines if not line.startswith("!")]


def blocks(lines: Sequence[str]) -> list[Block]:
    """Lines as a tree by their indentation; a banner and a certificate are one block each, whatever stands in them."""
    roots: list[Block] = []
    stack: list[tuple[int, Block]] = []
    literal = ""
    for line in lines:
        if literal:
            stack[-1][1].children.append(Block(line))
            literal = "" if _ends(line, literal) else literal
            continue
        depth = len(line) - len(line.lstrip())
        while stack and stack[-1][0] >= depth:
            stack.pop()
        made = Block(line)
        (stack[-1][1].children if stack else roots).append(made)
        stack.append((depth, made))
        literal = _literal(line)
    return roots


def _literal(line: str) -> str:
    """By what the text ends that this line opens, or nothing."""
    banner = _BANNER.fullmatch(line)
    if banner is not None:
        return "" if banner["mark"] in banner["rest"] or not banner["mark"].startswith("^") else banner["mark"]
    return "quit" if re.match(r"\s*certificate (?:\S+ )*[0-9A-Fa-f]+\s*$", line) else ""


def _ends(line: str, literal: str) -> bool:
    return line.strip() == "quit" if literal == "quit" else literal in line


#: Types a line in a place: whether it was taken as it should be, and the place after it.
Type = Callable[[object, str], tuple[bool, object]]


class Loaded(Struct):
    """The file as it was loaded."""

    roots: list[Block]

    @classmethod
    def of(cls, lines: Sequence[str], start: object, take: Type, shown: Callable[[], list[str]]) -> Loaded:
        """Type every line; ``start`` is the place of global configuration mode, ``shown`` what the box shows afterwards."""
        roots = blocks([line.rstrip() for line in lines if not _AROUND.fullmatch(line.rstrip())])
        for block in roots:
            _load(block, start, take)
        made = cls(roots)
        _claim(made.roots, blocks(shown()))
        return made

    @property
    def not_played(self) -> list[str]:
        """The lines that are kept and not played, without what is below a header that is none either."""
        return list(_not_played(self.roots))

    @property
    def count(self) -> int:
        """How many lines they are in all."""
        return sum(len(list(block.lines())) for block in _kept(self.roots))

    def shown(self, own: Sequence[str]) -> list[str]:
        """What the box writes, in the order of the file and with what it had beside it."""
        return [line for block in _merged(self.roots, blocks(own)) for line in block.lines()]


def _load(block: Block, place: object, take: Type) -> None:
    if block.text.startswith("!"):
        return
    if _literal(block.text) or _BANNER.fullmatch(block.text):
        block.kept = True
        return
    taken, inside = take(place, block.text)
    block.kept = not taken
    for child in block.children if taken else ():
        _load(child, inside, take)


def _claim(file: list[Block], own: list[Block]) -> None:
    """See which lines the box writes itself, and in which words; what it writes nowhere is shown as it stood."""
    free = [block for block in own if block.text != "!"]
    texts = {block.text for block in file}
    for block in file:
        if block.kept or block.text.startswith("!"):
            continue
        found = next((item for item in free if item.text == block.text), None)
        if found is None:
            head = block.text.split()[:2]
            alike = [item for item in free if item.text not in texts and item.text.split()[:2] == head]
            found = alike[0] if len(alike) == 1 else None
        if found is None:
            block.silent = True
            continue
        free.remove(found)
        block.text = found.text
        _claim(block.children, found.children)


def _merged(file: list[Block], own: list[Block]) -> list[Block]:
    left = [block for block in own if block.text != "!"]
    shown: list[Block] = []
    dropped = False
    for block in file:
        if block.text.startswith("!"):
            if not dropped:
                shown.append(block)
            dropped = False
            continue
        dropped = False
        if not block.played:
            shown.append(block)
            continue
        found = next((item for item in left if item.text == block.text), None)
        if found is None:
            dropped = True
            continue
        left.remove(found)
        shown.append(Block(found.text, _merged(block.children, found.children)))
    return _with_new(shown, own, left)


def _with_new(shown: list[Block], own: list[Block], new: list[Block]) -> list[Block]:
    """What has come since stands behind what the box writes before it."""
    before: Block | None = None
    for block in own:
        if any(item is block for item in new):
            at = next((n + 1 for n, item in enumerate(shown) if before is not None and item.text == before.text), None)
            shown.insert(len(shown) if at is None and before is not None else at or 0, block)
        if block.text != "!":
            before = block
    return shown


def _kept(roots: Sequence[Block]) -> Iterator[Block]:
    for block in roots:
        if block.kept:
            yield block
        else:
            yield from _kept(block.children)


def called(line: str) -> str:
    """No more of a line than says what it is: the rest may be a secret."""
    words = line.split()
    return " ".join(words[: 2 if len(words) > 2 else 1])


def _not_played(roots: Sequence[Block], above: str = "") -> Iterator[str]:
    for block in roots:
        if block.kept:
            yield f"{above}{called(block.text)}"
        else:
            head = " ".join(block.text.split()[:2])
            yield from _not_played(block.children, f"{head} > ")
