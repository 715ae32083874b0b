"""How a router reads a typed line: forms written as short text, matched word by word with abbreviations.

A form is written like the usage line of a command reference:

    crypto isakmp key <word:key> address <ip:peer> [<mask:mask>] [{no-xauth}:noxauth]

    word             a keyword; any unambiguous beginning of it is accepted, upper or lower case
    <type:name>      an argument: word, line (the rest), ip, mask, if (interface), hex, or a range such as 1-10000
    {a|b}:name       one of several, remembered under the name
    [ ... ]          may be left out
    ~                the `no` form may stop here
    @macro           the text of a macro

The router's answers follow from the position where reading stops: see `Verdict`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Generic, TypeVar

from msgspec import Struct, field

R = TypeVar("R")

_MACRO = re.compile(r"@(\w+)")
_PIECE = re.compile(r"\}(?::\w+)?|[\[\]{|~]|<[^>]+>|[^\s\[\]{}|<>~]+")
_OCTETS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_INTERFACE = re.compile(r"([a-z]+(?:-[a-z]+)?)\s*(\d+(?:/\d+)*)", re.IGNORECASE)
_SHOWN = {"word": "WORD", "line": "LINE", "ip": "A.B.C.D", "mask": "A.B.C.D", "if": "INTERFACE", "hex": "Hex-data"}
_TYPES = (
    "Ethernet", "FastEthernet", "GigabitEthernet", "Serial", "Loopback", "Null", "Tunnel", "Vlan", "Management",
    "Virtual-Template",
)  # fmt: skip


class Verdict(Enum):
    """What the router makes of a line."""

    DONE = "done"
    INVALID = "invalid"
    INCOMPLETE = "incomplete"
    AMBIGUOUS = "ambiguous"


class Keyword(Struct, frozen=True):
    """A literal word; `bind` is the name under which it is remembered."""

    word: str
    bind: str = ""


class Argument(Struct, frozen=True):
    """A typed argument, remembered under `name`."""

    kind: str
    name: str


class Stop(Struct, frozen=True):
    """The `no` form may end here."""


class Choice(Struct, frozen=True):
    """One of several sequences."""

    options: tuple[Sequence_, ...]


Element = Keyword | Argument
Part = Keyword | Argument | Stop | Choice
Sequence_ = tuple[Part, ...]


def valid_ip(word: str) -> bool:
    """Whether a word is an IPv4 address."""
    return bool(_OCTETS.fullmatch(word)) and all(int(part) < 256 for part in word.split("."))


def interface_name(word: str) -> str | None:
    """Return the full name of an interface (`e0/0` is `Ethernet0/0`), or None."""
    match = _INTERFACE.fullmatch(word)
    if match is None:
        return None
    kinds = [kind for kind in _TYPES if kind.lower().startswith(match[1].lower())]
    return f"{kinds[0]}{match[2]}" if len(kinds) == 1 else None


def accepts(kind: str, word: str) -> bool:
    """Whether an argument of this kind takes the word."""
    if kind in ("word", "line"):
        return True
    if kind in ("ip", "mask"):
        return valid_ip(word)
    if kind == "if":
        return interface_name(word) is not None
    if kind == "hex":
        return re.fullmatch(r"(0x)?[0-9a-fA-F]+", word) is not None
    low, _, high = kind.partition("-")
    return word.isdigit() and int(low) <= int(word) <= int(high)


def parse(form: str, macros: Mapping[str, str]) -> Sequence_:
    """Read the text of a form."""
    for _ in range(4):
        if "@" in form:
            form = _MACRO.sub(lambda match: macros[match[1]], form)
    return _parsed(form)


@cache
def _parsed(form: str) -> Sequence_:
    """Read a form without macros, which most releases have in common: a lab with a dozen of them reads each once."""
    found, rest = _sequence(_PIECE.findall(form))
    if rest:
        raise ValueError(f"unbalanced form: {form}")
    return found


def _sequence(pieces: Sequence[str]) -> tuple[Sequence_, Sequence[str]]:
    parts: list[Part] = []
    while pieces and pieces[0] not in ("|", "]") and not pieces[0].startswith("}"):
        piece, pieces = pieces[0], pieces[1:]
        if piece in ("[", "{"):
            options, pieces, bind = _group(pieces)
            options = [tuple(_bound(part, bind) for part in option) for option in options]
            parts.append(Choice(((), *options) if piece == "[" else tuple(options)))
        else:
            parts.append(_element(piece))
    return tuple(parts), pieces


def _group(pieces: Sequence[str]) -> tuple[list[Sequence_], Sequence[str], str]:
    options: list[Sequence_] = []
    while True:
        found, pieces = _sequence(pieces)
        options.append(found)
        if not pieces:
            raise ValueError("a group has no end")
        end, pieces = pieces[0], pieces[1:]
        if end != "|":
            return options, pieces, end.partition(":")[2]


def _bound(part: Part, bind: str) -> Part:
    return Keyword(part.word, bind) if bind and isinstance(part, Keyword) and not part.bind else part


def _element(piece: str) -> Part:
    if piece == "~":
        return Stop()
    if piece.startswith("<"):
        kind, _, name = piece[1:-1].partition(":")
        return Argument(kind, name or kind)
    return Keyword(piece)


class Node(Struct, Generic[R], eq=False):
    """One place in the graph of all forms of a mode; `single` if only one way leads to it, so that forms may share it."""

    single: bool = True
    next: dict[Element, list[Node[R]]] = field(default_factory=dict)
    leaf: R | None = None
    _words: dict[str, list[Keyword]] | None = None

    def lead(self, element: Element, node: Node[R]) -> None:
        """Have an element lead to a place."""
        self.next.setdefault(element, []).append(node)
        self._words = None

    @property
    def words(self) -> dict[str, list[Keyword]]:
        """The keywords that may follow, by their small letters."""
        if self._words is None:
            self._words = {}
            for element in self.next:
                if isinstance(element, Keyword):
                    self._words.setdefault(element.word.lower(), []).append(element)
        return self._words


class Reading(Struct, Generic[R], frozen=True):
    """What reading a line gave: `column` is where it went wrong, `values` the arguments by name."""

    verdict: Verdict
    column: int = 0
    leaf: R | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0


Places = list[tuple[Node[R], dict[str, str]]]


def words_of(line: str) -> list[tuple[int, str]]:
    """The words of a line with their columns; `Ethernet 0/0` counts as one word."""
    found: list[tuple[int, str]] = []
    for match in re.finditer(r"\S+", line):
        if found and match[0][0].isdigit():
            column, before = found[-1]
            if len(before) > 1 and before.isalpha() and interface_name(before + match[0]):
                found[-1] = (column, before + match[0])
                continue
        found.append((match.start(), match[0]))
    return found


class Grammar(Generic[R]):
    """All forms of one mode."""

    #: So many lines are kept with their readings: the same ones are typed again and again, and some read twice each time.
    KEPT = 2048

    def __init__(self) -> None:
        self.root: Node[R] = Node()
        self._readings: dict[str, Reading[R]] = {}

    def add(self, form: Sequence_, leaf: R, *, stops: bool = False) -> None:
        """Add a form; with `stops`, the line may also end at each place from the first Stop on."""
        self._readings.clear()
        for place in self._attach([self.root], form, leaf, stops=stops):
            place.leaf = place.leaf if place.leaf is not None else leaf

    def _attach(self, places: list[Node[R]], form: Sequence_, leaf: R, *, stops: bool) -> list[Node[R]]:
        stopping = False
        for part in form:
            if isinstance(part, Stop):
                stopping = stops
            elif isinstance(part, Choice):
                ends = [node for option in part.options for node in self._attach(places, option, leaf, stops=stops)]
                places = list(dict.fromkeys(ends))
            else:
                places = [self._follow(places, part)]
            for place in places if stopping else []:
                place.leaf = place.leaf if place.leaf is not None else leaf
        return places

    def _follow(self, places: list[Node[R]], element: Element) -> Node[R]:
        """The place after an element; only a place with one way to it is shared with other forms."""
        shared = len(places) == 1 and places[0].single
        if shared:
            for known in places[0].next.get(element, []):
                if known.single:
                    return known
        node: Node[R] = Node(single=shared)
        for place in places:
            place.lead(element, node)
        return node

    def help(self, line: str) -> list[str] | None:
        """What may stand at the end of a line: keywords that the last word begins, or all that may follow; None if the
        line is wrong before that."""
        words = words_of(line)
        begun = words.pop()[1].lower() if words and not line.endswith(" ") else ""
        places: Places[R] = [(self.root, {})]
        for column, word in words:
            step = _step(places, word, line[column:].rstrip())
            if isinstance(step, Verdict):
                return None
            places = step[0]
        follows = [element for node, _ in places for element in node.next]
        keywords = {item.word for item in follows if isinstance(item, Keyword) and item.word.lower().startswith(begun)}
        if begun:
            return sorted(keywords) or None
        arguments = {_SHOWN.get(item.kind, f"<{item.kind}>") for item in follows if isinstance(item, Argument)}
        end = ["<cr>"] if any(node.leaf is not None for node, _ in places) else []
        return [*sorted(keywords), *sorted(arguments), *end]

    def read(self, line: str) -> Reading[R]:
        """Read a typed line. The same line has the same reading each time."""
        if line not in self._readings:
            if len(self._readings) >= self.KEPT:
                self._readings.clear()
            self._readings[line] = self._read(line)
        return self._readings[line]

    def _read(self, line: str) -> Reading[R]:
        places: Places[R] = [(self.root, {})]
        words = words_of(line)
        for index, (column, word) in enumerate(words):
            step = _step(places, word, line[column:].rstrip())
            if isinstance(step, Verdict):
                return Reading(step, column=column, depth=index)
            places, rest_taken = step
            if rest_taken:
                break
        for node, values in places:
            if node.leaf is not None:
                return Reading(Verdict.DONE, leaf=node.leaf, values=MappingProxyType(values), depth=len(words))
        return Reading(Verdict.INCOMPLETE, column=len(line.rstrip()), depth=len(words))


def _step(places: Places[R], word: str, rest: str) -> Verdict | tuple[Places[R], bool]:
    """Move over one word: keywords before arguments, a whole keyword before the beginning of one."""
    low = word.lower()
    matching = {element.word for node, _ in places for element in node.words.get(low, ())} or {
        element.word for node, _ in places for key, found in node.words.items() if key.startswith(low) for element in found
    }
    if len(matching) == 1:
        (whole,) = matching
        return [
            (after, _with(values, element.word, element.bind))
            for node, values in places
            for element in node.words.get(whole.lower(), ())
            if element.word == whole
            for after in node.next[element]
        ], False
    taken = [
        (after, _with(values, _value(element.kind, word, rest), element.name), element.kind == "line")
        for node, values in places
        for element, nodes in node.next.items()
        if isinstance(element, Argument) and accepts(element.kind, word)
        for after in nodes
    ]
    if taken:
        return [(node, values) for node, values, _ in taken], any(line for _, _, line in taken)
    return Verdict.AMBIGUOUS if matching else Verdict.INVALID


def _with(values: dict[str, str], text: str, name: str) -> dict[str, str]:
    """Remember a word under its name, and at the end of the line as the router writes it out in full."""
    line = f"{values['line']} {text}" if values.get("line") else text
    return {**values, "line": line, **({name: text} if name else {})}


def _value(kind: str, word: str, rest: str) -> str:
    if kind == "line":
        return rest
    if kind == "if":
        return interface_name(word) or word
    return str(int(word)) if kind[0].isdigit() else word
