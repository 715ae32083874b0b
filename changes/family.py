"""What the table of families is made of: one frozen record for each kind of configuration object."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """When a line is pushed: what nothing refers to yet, the references that put it to use, then what is out of use."""

    BUILD = "build"
    SWITCH = "switch"
    CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Reference:
    """A line of an object that names other objects; group ``names`` are their identities, with blanks between them."""

    pattern: re.Pattern[str]
    family: str
    #: The name is that of a set, of which each object is one member: it holds the set as long as one member is left.
    of_set: bool = False

    def names_in(self, line: str) -> tuple[str, ...]:
        """Identities that a line of the object names; none for a line of another kind."""
        match = self.pattern.fullmatch(line)
        return tuple(match["names"].split()) if match else ()


@dataclass(frozen=True, slots=True)
class Editing:
    """How an object is changed while it is in use."""

    #: Beginnings of settings that there is one of: typing another value replaces it, so there is no moment without one.
    single: tuple[str, ...] = ()
    #: True if the object is one line that has to be taken away before it can be given again, as a key has.
    whole: bool = False
    #: Settings that are taken away before the new value is given, because it is not certain that the new one replaces it.
    first_off: tuple[str, ...] = ()
    #: True if ``no`` takes the name of a setting without its value.
    bare_no: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """How one kind of configuration object is written on one operating system."""

    name: str
    #: What it is, for a person who reads the plan.
    sentence: str
    #: The line that opens it; named groups are available to ``remove``.
    header: re.Pattern[str]
    #: Groups of the header that tell two objects of the family apart.
    identity: tuple[str, ...]
    #: True if the header opens a sub-mode, which ``exit`` has to leave before a global line is typed: a global word may be one of
    #: the sub-mode as well (``no crypto map NAME`` below an interface).
    opens: bool
    #: Lines that may stand below the header. Empty: the header is all there is.
    children: tuple[re.Pattern[str], ...] = ()
    #: Lines that the device does not show because they are its defaults, written out in the spelling of ``canonical_children``.
    defaults: tuple[str, ...] = ()
    #: What other releases begin with, and show until the line for it has arrived.
    shown_first: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    #: The line that takes it away, formatted with the header's groups and ``line``, the header as the device shows it.
    remove: str = "no {line}"
    #: Child lines that put the object to use: pushed one at a time, after everything else has been built.
    switches: re.Pattern[str] | None = None
    #: True if several objects stand below one header and only the child line is ours (a binding on an interface).
    child_is_object: bool = False
    #: True if the lines below are an order of their own: two lists with the same lines in another order differ.
    ordered: bool = False
    #: True if the device has no sub-mode for it: each line below is typed behind the header (``crypto map M 10 set peer ...``).
    flat: bool = False
    #: Parts of a flat object that do have a sub-mode; a line in one stands as ``part: line``.
    parts: tuple[str, ...] = ()
    #: True if it holds the pre-shared key of the peer that is its identity.
    holds_key: bool = False
    #: How a tunnel that is there may be changed in place, None if an object of this family is never edited.
    editing: Editing | None = None
    #: Answers that are normal when it is created; every other answer stops the change.
    replies: tuple[re.Pattern[str], ...] = ()

    def setting_of(self, line: str) -> str:
        """What a line below the header sets, a line in one spelling: another value of the same setting replaces it.

        Beginnings of such settings stand in ``editing``; a line with a default is known by its first word. Of any other line
        there may be many.
        """
        single = self.editing.single if self.editing else ()
        longest = next((words for words in single if f"{line} ".startswith(f"{words} ")), "")
        first = line.split()[0]
        others = (default for default in self.defaults if not default.startswith(single))
        return longest or (first if any(default.startswith(f"{first} ") for default in others) else line)


def patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in texts)
