"""One entry of a log, and one that means something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from ...inventory.hiding.log_secrets import hidden_in_log


@dataclass(frozen=True, slots=True)
class Entry:
    """What a log says at one moment. ``when`` is its clock (no zone; None: no time), ``shown`` the time as it is written.

    ``line`` is where it begins, from 1; ``text`` may have several lines and holds what the log holds: it is matched, and quoted
    with `quote` only.
    """

    file: str
    line: int
    when: datetime | None
    shown: str
    source: str
    text: str = field(repr=False)
    #: Its number in the log, where the log numbers its entries.
    number: int | None = None

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.file}:{self.line}"

    @property
    def quote(self) -> str:
        """Its words as they may be shown: no secret, one line."""
        return hidden_in_log(self.text)


class Words(Struct, frozen=True):
    """A form of a message, what it means (a word of the table that it stands in), and where that is from."""

    means: str
    form: re.Pattern[str]
    source: str


class Sign(Struct, frozen=True):
    """An entry that means something. ``said`` are parts of its words by name, as the form took them."""

    entry: Entry
    means: str
    said: Mapping[str, str]
    #: Where in its text the line ends that says it: what stands behind may belong to something else.
    stop: int = -1

    @property
    def quote(self) -> str:
        """Its words as they may be shown, up to the line that means it."""
        return hidden_in_log(self.entry.text[: self.stop] if self.stop >= 0 else self.entry.text)

    @property
    def when(self) -> datetime | None:
        """The time of its entry."""
        return self.entry.when


def rows(source: str, *forms: tuple[str, str]) -> tuple[Words, ...]:
    """Rows of one source: meaning and form each; case does not count."""
    return tuple(Words(means, re.compile(form, re.IGNORECASE | re.DOTALL), source) for means, form in forms)


def signs_of(entries: Iterable[Entry], table: Sequence[Words]) -> Iterator[Sign]:
    """What each entry means; one that means several things is told for each of them, and once for each meaning."""
    for entry in entries:
        found: set[str] = set()
        for row in table:
            match = row.form.search(entry.text) if row.means not in found else None
            if match is not None:
                found.add(row.means)
                said = {name: value for name, value in match.groupdict().items() if value}
                yield Sign(entry, row.means, said, entry.text.find("\n", max(match.end() - 1, 0)))
