"""Import a provider's sample: read it, judge it for a device, have a service make its intent, keep the keys, write the file.

No device is asked: what stands on it is read from a running configuration that is given, and by the plan of the deploy anyway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ...changes.configurations.configuration import Configuration
from ...checks.samples.sample_judgement import judge
from ...checks.samples.sample_line import WORDS, LineVerdict
from ...inventory.errors import Exit, IntentError, NotKnown, ParseError, UsageError
from ...inventory.files.hosts import load_nornir, platforms_of
from ...inventory.files.unknown_host import refuse_unknown
from ...inventory.hiding import secret_store
from ...inventory.hiding.secrets import Secrets, credential_folders
from ...inventory.models.platforms import Platform
from ...parsers.provider_samples import Sample, read_sample
from ...parsers.provider_samples.line_form import AREAS
from ...services.common.sample_draft import Draft, Missing, TakesSamples, Wishes
from ...services.registry import FIRST_SERVICE, declared, find

SCHEMA_VERSION = 1
_MARK = re.compile(r"<key:[0-9a-f]{8}>")


class Asked(Struct, frozen=True):
    """What the command line asks for. ``fill`` are blanks of the sample with what stands there instead."""

    file: Path
    inventory: Path
    wishes: Wishes
    config: Path | None = None
    fill: Mapping[str, str] | None = None
    out: Path | None = None
    store: str = "credential"


class Imported(Struct, frozen=True):
    """What was found and made. ``written`` is the file, None where none was asked for or could be written."""

    name: str
    sample: Sample
    host: str
    platform: Platform
    compared: bool
    lines: tuple[LineVerdict, ...]
    draft: Draft
    kept: tuple[str, ...] = ()
    written: Path | None = None

    @property
    def code(self) -> Exit:
        """0 the intent is whole; 2 a person has to fill something in; 65 the file is not whole."""
        if any(one.field == "sample" for one in self.draft.missing):
            return Exit.INTENT
        return Exit.PENDING if self.draft.missing else Exit.OK

    @property
    def left_out(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Why lines are not in the intent, with their numbers: by what they are about, in the order of the table."""
        found: dict[str, list[int]] = {}
        for one in self.sample.statements:
            area = self.sample.area_of(one)
            why = AREAS[area] if area else "no rule of nr-run knows them"
            if why and area not in self.draft.carries:
                found.setdefault(why, []).append(one.number)
        return tuple((why, tuple(numbers)) for why, numbers in found.items())

    def count(self, word: str) -> int:
        """How many lines have this word."""
        return len({one.line for one in self.lines if one.word == word})

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON. No key is among them."""
        return {
            "schema_version": SCHEMA_VERSION,
            "file": self.name,
            "provider": self.sample.provider.name,
            "form": self.sample.shape,
            "os": self.sample.os,
            "host": self.host,
            "model": self.platform.model,
            "release": str(self.platform.release),
            "compared": self.compared,
            "counts": {word: self.count(word) for word in WORDS},
            "lines": [{**one.as_dict(), "text": shown(one.text)} for one in self.lines],
            "left_out": [{"why": why, "lines": list(numbers)} for why, numbers in self.left_out],
            "service": self.draft.service,
            "names": list(self.draft.names),
            "peers": list(self.draft.peers),
            "missing": [one.as_dict() for one in self.draft.missing],
            "told": list(self.draft.told),
            "intent": self.draft.text,
            "keys": sorted(self.draft.keep),
            "kept": list(self.kept),
            "written": str(self.written) if self.written else "",
        }


def shown(text: str) -> str:
    """A line for a person: the mark of a key as a word."""
    return _MARK.sub("<key>", text)


def import_sample(asked: Asked) -> Imported:
    """All of it. Raises ParseError for a file that is no sample, and what the inventory and the store raise."""
    if asked.out is not None and asked.out.exists():
        raise UsageError(f"{asked.out} is there already; nothing was written: name another file")
    if asked.out is not None and not asked.out.parent.is_dir():
        raise UsageError(f"{asked.out.parent} is no folder; nothing was written: name another file")
    platforms = platforms_of(load_nornir(asked.inventory))
    wishes = asked.wishes
    refuse_unknown((wishes.host,), platforms)
    platform = platforms[wishes.host]
    sample = _sample(asked)
    wishes = replace(wishes, name=wishes.name or f"{wishes.host}-{sample.provider.name}")
    running = _running(asked.config, wishes.host, platform) if asked.config is not None else None
    objects = running.objects if running is not None else None
    lines = judge(sample, platform, objects)
    service, draft = _draft(sample, wishes, platform, objects)
    draft = _objected(service, draft, asked.inventory, platforms)
    made = Imported(asked.file.name, sample, wishes.host, platform, running is not None, lines, draft)
    if asked.out is None or draft.missing:
        return made
    return _written(made, asked.out, asked.store)


def _sample(asked: Asked) -> Sample:
    try:
        data = asked.file.read_bytes()
    except OSError as error:
        raise ParseError(f"{asked.file} cannot be read: {error.strerror}") from None
    sample = read_sample(data, asked.file.name)
    if not asked.fill:
        return sample
    blanks = {word for one in sample.statements for word in one.blanks}
    if not asked.fill.keys() <= blanks:
        known = ", ".join(sorted(blanks)) or "it has none"
        raise UsageError(f"--fill: the sample has no such word to fill in ({known})")
    return read_sample(data, asked.file.name, asked.fill)


def _running(path: Path, host: str, platform: Platform) -> Configuration:
    try:
        text = path.read_text(encoding="utf8", errors="replace")
    except OSError as error:
        raise IntentError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return Configuration(host, platform.os, f"file {path.name}", Secrets(()).hide(text))
    except NotKnown as error:
        raise IntentError(f"{path} is no running configuration of {host}: {error}") from None


def _draft(sample: Sample, wishes: Wishes, platform: Platform, running: Any) -> tuple[TakesSamples, Draft]:
    """Of the service whose shape the sample has; the first service takes what no other one does."""
    for name in (one for one in declared().services if one != FIRST_SERVICE):
        service = find(name)
        draft = service.from_sample(sample, wishes, platform, running) if isinstance(service, TakesSamples) else None
        if isinstance(service, TakesSamples) and draft is not None:
            return service, draft
    first = find(FIRST_SERVICE)
    made = first.from_sample(sample, wishes, platform, running) if isinstance(first, TakesSamples) else None
    assert isinstance(first, TakesSamples)
    assert made is not None
    return first, made


def _objected(service: TakesSamples, draft: Draft, inventory: Path, platforms: Mapping[str, Platform]) -> Draft:
    """The draft, and without its text where the validation objects to it: then it says what a person has to change."""
    if not draft.text:
        return draft
    today = datetime.now(UTC).date()
    found = tuple(Missing("intent", sentence, "") for sentence in service.objections(draft, inventory, platforms, today))
    return replace(draft, text="" if found else draft.text, missing=found)


def _written(made: Imported, out: Path, store: str) -> Imported:
    """Keys first: a crash leaves a key that is of no use to anybody, and never an intent whose key is lost."""
    values = {key.mark: key.value for key in made.sample.keys}
    folders = credential_folders()
    if made.draft.keep:
        secret_store.ready(store, folders)
    kept = tuple(reference for reference, mark in made.draft.keep.items() if secret_store.keep(reference, values[mark], folders))
    try:
        # A file that came in the meantime is somebody's, and is not written over.
        with out.open("x", encoding="utf8") as file:
            file.write(made.draft.text)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}; name another file") from None
    return replace(made, kept=kept, written=out)
