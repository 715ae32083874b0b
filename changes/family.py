"""What the table of families is made of: one frozen record for each kind of configuration object.

What a family has to say has no default: to leave it out is an error at import, and "nobody" and "nothing" are said in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from .objects import Config, ConfigObject, Key


#: In front of a key: how it is encrypted.
_TYPE = re.compile(r"(?<= )[0-9] $")


class Phase(Enum):
    """Phases in which lines are pushed: objects that nothing refers to yet, the references to them, and removals."""

    BUILD = "build"
    ACTIVATE = "activate"
    CLEAN = "clean"


class Nobody(Enum):
    """The answer "nobody" or "nothing", which a family has to give explicitly."""

    NOBODY = "nobody"


#: Nobody uses it without naming it, it touches nothing else, it holds nobody's key: said, and never assumed.
NOBODY: Final = Nobody.NOBODY

#: Who uses an object without naming it, out of other objects and of lines that no family knows: titles, or such lines.
Users = Callable[["Config", "ConfigObject", "Mapping[Key, ConfigObject]"], Iterator[str]]
#: What an object means for the rest of the device: a sentence with the header's groups and ``title`` in it, or what makes some.
Sentences = str | Callable[["ConfigObject", "Config"], Iterable[str]]


class Shared(Struct, frozen=True):
    """Users without a name, and why the object stays when there are some: a sentence with ``use`` in it."""

    users: Users
    stays: str


class Touches(Struct, frozen=True):
    """The blast radius of an object of the family: when it comes, is changed in place, and goes."""

    created: Sentences | Nobody
    edited: Sentences | Nobody
    removed: Sentences | Nobody


class Reference(Struct, frozen=True):
    """A line of an object that names other objects; group ``names`` are their identities, with blanks between them."""

    pattern: re.Pattern[str]
    family: str
    #: The name is that of a set, of which each object is one member: it holds the set as long as one member is left.
    of_set: bool = False
    #: Another family whose objects are members of the same set.
    or_family: str = ""
    #: What the device has of itself and no configuration shows.
    built_in: tuple[str, ...] = ()
    #: True if the line may name several, wherever the pattern is found in it.
    every: bool = False
    #: True if the line that names it is an object of its own as well, which counts for it.
    by_line: bool = False
    #: What stands in every such line, so that most lines are passed over at a glance.
    mark: str = ""

    def names_in(self, line: str) -> tuple[str, ...]:
        """Identities that a line of the object names; none for a line of another kind."""
        if self.mark not in line:
            return ()
        if self.every:
            return tuple(name for match in self.pattern.finditer(line) for name in match["names"].split())
        match = self.pattern.fullmatch(line)
        return tuple(match["names"].split()) if match else ()


class Editing(Struct, frozen=True):
    """How an object is changed while it is in use."""

    #: Beginnings of settings that there is one of: typing another value replaces it, so there is no moment without one.
    single: tuple[str, ...] = ()
    #: True if the object is one line that has to be taken away before it can be given again, as a key has.
    whole: bool = False
    #: The same where the setting has a name of its own in it: what an expression finds is the setting (``group-url URL``).
    keyed: tuple[re.Pattern[str], ...] = ()
    #: Settings that are taken away before the new value is given, because it is not certain that the new one replaces it.
    first_off: tuple[str, ...] = ()
    #: True if ``no`` takes the name of a setting without its value.
    bare_no: bool = False
    #: True if the object is one line below a header, and another value of it takes the place of the first.
    typed_again: bool = False


class Family(Struct, frozen=True, kw_only=True):
    """How one kind of configuration object is written on one operating system."""

    name: str
    #: What it is, for a person who reads the plan.
    sentence: str
    #: The line that opens it; named groups are available to ``remove``. A group ``key`` is a secret, which a device may alter.
    header: re.Pattern[str]
    #: Groups of the header, or of the child line that is the object, that tell two objects of the family apart.
    identity: tuple[str, ...]
    #: True if the header opens a sub-mode, which ``exit`` has to leave before a global line is typed: a global word may be one of
    #: the sub-mode as well (``no crypto map NAME`` below an interface).
    opens: bool
    #: Who uses an object of the family without naming it.
    shared: Shared | Nobody
    #: What an object of the family means for the rest of the device.
    touches: Touches | Nobody
    #: The peers whose pre-shared key an object holds: addresses or names.
    key_of: Callable[[ConfigObject], tuple[str, ...]] | Nobody
    #: The peers that an object negotiates with itself, the one to begin with first. With an answer the object is the tunnel: it
    #: is what a change replaces, and whose peers have their SAs cleared.
    peers_of: Callable[[ConfigObject], tuple[str, ...]] | Nobody
    #: The versions of IKE that are negotiated for an object: none where its lines do not say which, None where nothing is.
    ike: Callable[[ConfigObject, Config], frozenset[int] | None] | Nobody
    #: Does a line of any kind name an object of this name, besides the references that the families know?
    named_in: Callable[[str, str], bool] | Nobody
    #: Lines that may stand below the header; one in a sub-mode of the object stands as ``opener: line``. None: the header is all.
    children: tuple[re.Pattern[str], ...] = ()
    #: Lines below the header that a run types only to take them away again itself: no desired configuration has them, and where
    #: somebody else has typed one it is that person's.
    for_a_while: tuple[re.Pattern[str], ...] = ()
    #: Lines that the device does not show because they are its defaults, written out in the family's one spelling.
    defaults: tuple[str, ...] = ()
    #: What other releases begin with, and show until the line for it has arrived, and what a device adds unasked.
    shown_first: tuple[str, ...] = ()
    #: One spelling for what is typed and shown in several, in this order. A line break in the replacement makes two lines of one.
    spellings: tuple[tuple[re.Pattern[str], str], ...] = ()
    references: tuple[Reference, ...] = ()
    #: The line that takes it away, formatted with the header's groups and ``line``, the header as the device shows it.
    remove: str = "no {line}"
    #: Child lines that put the object to use: pushed one at a time, after everything else has been built.
    switches: re.Pattern[str] | None = None
    #: True if several objects stand below one header and only the child line is ours (a binding on an interface).
    child_is_object: bool = False
    #: For such lines: a line elsewhere that makes those of the object of group ``name`` ours to handle; without it none are.
    only_of: re.Pattern[str] | None = None
    #: What a desired text has below the header where it means an object of its own, and not lines for one that is there.
    marked: re.Pattern[str] | None = None
    #: True if the lines below are an order of their own: two lists with the same lines in another order differ.
    ordered: bool = False
    #: True if it is a list of traffic, whose lines permit and deny and name nothing by a rule.
    traffic: bool = False
    #: True if the device has no sub-mode for it: each line below is typed behind the header (``crypto map M 10 set peer ...``).
    flat: bool = False
    #: Parts of a flat object that do have a sub-mode; a line in one stands as ``part: line``.
    parts: tuple[str, ...] = ()
    #: Lines below the header that open a sub-mode of their own, to any depth; a line in one stands as ``opener: line``.
    openers: tuple[re.Pattern[str], ...] = ()
    #: What the device shows behind a sub-mode that has ended, and is no line of the object.
    closing: tuple[str, ...] = ()
    #: How a tunnel that is there may be changed in place, None if an object of this family is never edited.
    editing: Editing | None = None
    #: Answers that are normal when it is created; every other answer stops the change.
    replies: tuple[re.Pattern[str], ...] = ()
    #: Questions that a device may put before it takes an object of the family away: pattern to answer.
    asks: tuple[tuple[str, str], ...] = ()
    #: A line at the margin that says more of the object of group ``name``, and that no rule knows: then it is left alone.
    more: re.Pattern[str] | None = None
    #: True for what stands on a whole crypto map, or in one beside the entries for peers.
    of_map: bool = False
    #: Lines at the margin that the device adds with the object, and takes away with it: expressions with the header's groups.
    adds: Callable[[ConfigObject], tuple[str, ...]] | None = None
    #: How the object is typed so that it comes back to where it stands in this configuration; None where order does not matter.
    #: The lines, with their headers, are those that will stand there when it is typed.
    placed: Callable[[ConfigObject, Config, frozenset[tuple[str, str]]], ConfigObject] | None = None
    #: What is typed in front of a line that puts the object to use, on a device that runs this.
    leads: Callable[[ConfigObject, Config], tuple[str, ...]] | None = None

    @property
    def holds_key(self) -> bool:
        """True if an object of the family holds pre-shared keys."""
        return self.key_of is not NOBODY

    @property
    def is_tunnel(self) -> bool:
        """True if an object of the family is a tunnel itself: what negotiates with its peers and protects traffic."""
        return self.peers_of is not NOBODY

    def knows(self, line: str) -> bool:
        """True if a rule knows the line below the header. A sub-mode's opener alone is known where its lines are."""
        return line in self.parts or any(pattern.fullmatch(line) for pattern in self.children)

    def may_be_typed(self, line: str) -> bool:
        """True if a run may type the line below the header, be it for a while."""
        return self.knows(line) or any(pattern.fullmatch(line) for pattern in self.for_a_while)

    def split(self, line: str) -> tuple[tuple[str, ...], str]:
        """The openers of the sub-modes in which a line stands, and the line itself."""
        above: list[str] = []
        while ": " in line and (opener := self._opener_of(line)):
            above.append(opener)
            line = line[len(opener) + 2 :]
        return tuple(above), line

    def _opener_of(self, line: str) -> str:
        place = line.find(": ")
        while place > 0:
            opener = line[:place]
            if opener in self.parts or any(pattern.fullmatch(opener) for pattern in self.openers):
                return opener
            place = line.find(": ", place + 2)
        return ""

    def spell(self, line: str) -> tuple[str, ...]:
        """A line of the object in one spelling; an empty replacement takes a line away that says nothing."""
        if "\n" in line:
            # A text that is taken as it is: its lines are told apart, and where each begins says nothing.
            return ("\n".join(part.strip() for part in line.split("\n")),)
        words = " ".join(line.split())
        for pattern, replacement in self.spellings:
            words = pattern.sub(replacement, words)
        return tuple(words.split("\n")) if words else ()

    def without_secret(self, line: str) -> str:
        """The line with a mark in the place of the key in it: a device may show another form of it than it was given."""
        for pattern in (self.header, *self.children):
            match = pattern.fullmatch(line) if "key" in pattern.groupindex else None
            if match and match["key"]:
                return f"{_TYPE.sub('', line[: match.start('key')])}<key>{line[match.end('key') :]}"
        return line

    def setting_of(self, line: str) -> str:
        """What a line below the header sets, a line in one spelling: another value of the same setting replaces it.

        Beginnings of such settings stand in ``editing``; a line with a default is known by its first word. Of any other line
        there may be many. A line in a sub-mode sets something of that sub-mode.
        """
        single = self.editing.single if self.editing else ()
        longest = next((words for words in single if f"{line} ".startswith(f"{words} ")), "")
        if longest:
            return longest
        named = (form.match(line) for form in (self.editing.keyed if self.editing else ()))
        if found := next((match[0] for match in named if match), ""):
            return found
        above, leaf = self.split(line) if self.openers else ((), line)
        if above:
            inner = next((words for words in single if f"{leaf} ".startswith(f"{words} ")), leaf)
            return ": ".join((*above, inner))
        first = line.split()[0]
        others = (default for default in self.defaults if not default.startswith(single))
        return first if any(default.startswith(f"{first} ") for default in others) else line


def patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    """Each text as an expression, for the fields of a family."""
    return tuple(re.compile(text) for text in texts)


def spellings(*rows: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Pairs of an expression for a line and the one spelling that it is compared in."""
    return tuple((re.compile(pattern), replacement) for pattern, replacement in rows)


def says(answer: Sentences | Nobody, item: ConfigObject, running: Config) -> Iterable[str]:
    """The sentences of an answer about one object."""
    if isinstance(answer, Nobody):
        return ()
    return (answer.format(title=item.title, **item.groups),) if isinstance(answer, str) else answer(item, running)
