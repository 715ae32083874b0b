"""One configuration line while it is applied, and what the rules of a release may read and change."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct, field

from ..access.banners import OpenBanner
from .forms import Form
from .store import Entry, Identity, Store


class Surroundings(Protocol):
    """What a rule needs of the box besides its configuration."""

    physical: tuple[str, ...]
    switched: tuple[str, ...]
    #: File systems that a path may name, beside nvram.
    disks: tuple[str, ...]

    @property
    def store(self) -> Store:
        """The configuration."""

    @property
    def weak_crypto(self) -> str:
        """What becomes of weak cryptography: nothing special, `warned`, `refused`, or `lost` while the box boots."""

    def hash_secret(self, plain: str) -> str:
        """The `secret 5` form of a password."""

    def stored_key(self, typed: str) -> tuple[str, str]:
        """The pre-shared key as it is shown and as it is used (they differ when a fault is planted)."""

    def entry_changed(self, name: str, seq: str) -> None:
        """An entry of a crypto map went away or protects other traffic now."""

    def binding_changed(self) -> None:
        """An interface got another crypto map, or none."""


class Refused(Exception):
    """The release refuses the line; `lines` are its words."""

    def __init__(self, *lines: str) -> None:
        super().__init__(" / ".join(lines))
        self.lines = list(lines)


class Misread(Exception):
    """The release does not take this argument: the caret goes under the word."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Edit(Struct):
    """A parsed line. `section` is the section that it belongs to, None for global configuration."""

    box: Surroundings
    form: Form
    negated: bool
    values: dict[str, str]
    section: Entry | None
    says: list[str] = field(default_factory=list)
    entered: Entry | None = None
    banner: OpenBanner | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """The identity of what the line configures."""
        return tuple(self.values.get(name, "") for name in self.form.key)

    @property
    def home(self) -> dict[Identity, Entry]:
        """The lines among which this one lives."""
        return self.box.store.root if self.section is None else self.section.children

    @property
    def existing(self) -> Entry | None:
        """What is stored under the same identity."""
        return self.home.get((self.form.family, self.key))

    def put(self, text: str | None = None) -> Entry:
        """Store the line; what was there under the same identity is replaced, its children stay."""
        entry = self.existing
        text = self.form.text.format(**self.values) if text is None else text
        if entry is None:
            entry = Entry(self.form, self.key, text, dict(self.values))
            self.home[(self.form.family, self.key)] = entry
        elif not (self.form.enters and len(self.values) < len(entry.values)):
            entry.text, entry.values = text, dict(self.values)
        return entry

    def clear(self) -> Entry | None:
        """Remove the stored line and return it; None if there was none."""
        return self.home.pop((self.form.family, self.key), None)
