"""Cisco configuration text as a tree as deep as the device's: a line, the lines of its sub-mode, and of the sub-modes in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct

from ...inventory.kept import kept_by_text
from .literals import Literal, is_asa, literal_at, may_begin, places

T = TypeVar("T")
#: Lines that a device prints about the configuration, or that change by themselves; they are no configuration.
VOLATILE = re.compile(
    r"Building configuration\.\.\.|Current configuration\s*:.*|Using \d+ (?:out of \d+ )?bytes.*"
    # Above a configuration that is kept compressed, and above every output with "terminal exec prompt timestamp".
    r"|Uncompressed configuration from .*|Load for five secs: .*|Time source is .*"
    # A colon begins a remark of an ASA (": Saved", ": Call-home enabled from prompt by ..."), and no line of IOS.
    r"|ntp clock-period \d+|:(?: .*)?|(?:ASA|PIX) Version .*|Cryptochecksum:.*"
)
#: What a line begins with that VOLATILE may match, so that most lines need not be tried.
_VOLATILE_FIRST = tuple("BCULT!n:AP")


class Node(Struct, frozen=True):
    """One line and, where it opens a sub-mode, the lines in it. Neither has leading or trailing blanks.

    ``children`` are all lines below, whatever their depth, in the order of the text; ``depths`` says how deep each one is, 1 for
    the sub-mode of ``line``, and is empty where all of them are. Of a text that is no configuration (a banner) ``line`` is the
    command alone and ``literal`` all that follows, raw, so that nobody who looks for configuration meets it. Below a header such
    a text is a child with line breaks in it.
    """

    line: str
    children: tuple[str, ...] = ()
    literal: str = ""
    depths: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """As a device prints it: the lines of a sub-mode one blank to the right of its opener."""
        if not self.children:
            return self.line + self.literal
        depths = self.depths or (1,) * len(self.children)
        below = (f"{' ' * depth}{child}" for child, depth in zip(self.children, depths, strict=True))
        return "\n".join((self.line + self.literal, *below))

    @property
    def paths(self) -> tuple[str, ...]:
        """The lines below, each behind the openers of the sub-modes that it stands in: ``peer A: address 192.0.2.1``."""
        if not self.depths:
            return self.children
        above: list[str] = []
        found: list[str] = []
        for child, depth in zip(self.children, self.depths, strict=True):
            del above[depth - 1 :]
            found.append(": ".join((*above, child)))
            above.append(child)
        return tuple(found)

    @property
    def lines(self) -> tuple[str, ...]:
        """All its lines for a comparison, each below the lines that it belongs to."""
        if not self.children and not self.literal:
            return (self.line,)
        first, *more = (self.line + self.literal).split("\n")
        below = (f"{self.line}: {part}" for child in self.paths for part in child.split("\n"))
        return (first, *(f"{self.line}: {part}" for part in more), *below)

    def without(self, places: Collection[int]) -> Node:
        """The node without the lines below it that stand at these places, and without what stands in their sub-modes."""
        depths = self.depths or (1,) * len(self.children)
        kept: list[int] = []
        gone = 0
        for place, depth in enumerate(depths):
            if gone and depth > gone:
                continue
            gone = depth if place in places else 0
            if not gone:
                kept.append(place)
        return nested(self.line, [(self.children[place], depths[place]) for place in kept], self.literal)


class Nodes(tuple[Node, ...]):
    """The nodes of a whole text, of which those that begin with some words are looked up and not searched for."""

    def kept(self, make: Callable[[Nodes], T]) -> T:
        """What ``make`` finds in them, made once: a look-up of whoever reads them."""
        if make not in self._kept:
            self._kept[make] = make(self)
        found: T = self._kept[make]
        return found

    @cached_property
    def _kept(self) -> dict[Callable[[Nodes], Any], Any]:
        return {}

    @cached_property
    def by_words(self) -> Mapping[str, Nodes]:
        """The first word of a line, the first two and the first three, to all nodes that begin with them."""
        found: dict[str, list[Node]] = {}
        for node in self:
            words = node.line.split(" ", _WORDS)[:_WORDS]
            for count in range(1, len(words) + 1):
                found.setdefault(" ".join(words[:count]), []).append(node)
        return {words: Nodes(those) for words, those in found.items()}

    def with_more(self, more: Nodes) -> Nodes:
        """The same with some behind; what was looked up by words is not looked for again."""
        made = Nodes((*self, *more))
        if "by_words" in self.__dict__:
            made.__dict__["by_words"] = {**self.by_words, **self._with(more.by_words)}
        return made

    def _with(self, more: Mapping[str, Nodes]) -> dict[str, Nodes]:
        return {words: Nodes((*self.by_words.get(words, ()), *those)) for words, those in more.items()}


class ReadText(str):
    """A text that was put together of what had been read, with that: nobody has to read it again."""

    nodes: Nodes
    #: The objects in it (`objects.Config`).
    objects: Any


#: So many words at the beginning of a line are looked up: ``crypto ikev2 profile``.
_WORDS = 3
_NONE = Nodes()


def starting(nodes: Iterable[Node], words: str) -> Nodes:
    """The nodes whose line begins with these words (up to three, whole ones), in their order."""
    if isinstance(nodes, Nodes):
        return nodes.by_words.get(words, _NONE)
    return Nodes(node for node in nodes if node.line == words or node.line.startswith(f"{words} "))


def kept(nodes: Sequence[Node], make: Callable[[Nodes], T]) -> T:
    """What ``make`` finds in the nodes: of those of a whole text it is made once."""
    return nodes.kept(make) if isinstance(nodes, Nodes) else make(Nodes(nodes))


def nested(line: str, below: Sequence[tuple[str, int]], literal: str = "") -> Node:
    """A node of its line and the lines below, each with its depth."""
    depths = tuple(depth for _, depth in below)
    return Node(line, tuple(child for child, _ in below), literal, depths if any(depth > 1 for depth in depths) else ())


@kept_by_text()
def parse(text: str) -> Nodes:
    """Tree of a configuration; comments, blank lines and VOLATILE lines are left out, but not in a banner or the like.

    A line that stands further right than the one above it is in a sub-mode of that one: how far is the release's own affair.
    """
    if isinstance(text, ReadText):
        return text.nodes
    nodes: list[Node] = []
    line, below, rest = "", [], ""
    indents: list[int] = []
    begun = False
    for raw, literal in _meaningful(text):
        stripped = literal.head if literal else raw.strip()
        if raw[0] in " \t" and begun:
            indent = len(raw) - len(raw.lstrip())
            while indents and indent <= indents[-1]:
                indents.pop()
            indents.append(indent)
            below.append((stripped + (literal.rest if literal else ""), len(indents)))
            continue
        if begun:
            nodes.append(nested(line, below, rest) if below else Node(line, (), rest))
        line, below, rest, begun = stripped, [], literal.rest if literal else "", True
        indents = []
    if begun:
        nodes.append(nested(line, below, rest) if below else Node(line, (), rest))
    return Nodes(nodes)


def normalise(text: str) -> str:
    """The configuration alone, one line each: two texts are the same configuration if and only if these are equal.

    Comments and VOLATILE lines go, trailing blanks go, indentation becomes one blank a level; order and everything else stay.
    """
    return "".join(f"{node.text}\n" for node in parse(text))


def _meaningful(text: str) -> Iterator[tuple[str, Literal | None]]:
    """Lines of configuration, each with the text that begins in it."""
    lines = [raw.rstrip() for raw in text.split("\n")]
    asa = is_asa(text)
    behind = 0
    for number in places(lines):
        literal = literal_at(lines, number, asa=asa) if number >= behind and may_begin(lines[number].strip()) else None
        if literal:
            yield from ((line, None) for line in lines[behind:number] if line and not _is_no_configuration(line.lstrip()))
            yield lines[number], literal
            behind = number + literal.lines
    yield from ((line, None) for line in lines[behind:] if line and not _is_no_configuration(line.lstrip()))


def _is_no_configuration(stripped: str) -> bool:
    if stripped[0] not in _VOLATILE_FIRST:
        return stripped == "end"
    return stripped[0] == "!" or VOLATILE.fullmatch(stripped) is not None
