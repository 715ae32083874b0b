"""What a device runs of a deployment against its intent, line by line, and who changed it. Pure, and the same for every service.

A line is *missing* where a deploy would add it, *changed* where it would set another value, and *surplus* where it would take it
away. What cannot be compared, as a key that the device shows encrypted, is said and is no drift.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from ...changes.config_object import ConfigObject
from ...changes.plans.change import Change
from ...changes.plans.steps import Edit
from ...checks.verdict import Configured
from ...checks.who_changed import Kept
from .intended_state import ComparedMember

#: Versions of one name: an object that is in use is not edited but built again beside itself.
_VERSION = re.compile(r"(?P<name>NR-\S+?)\.v\d+(?=\s|$)")


class Kind(Enum):
    """What a deploy would do with a line."""

    MISSING = "missing"
    CHANGED = "changed"
    SURPLUS = "surplus"


class DriftLine(Struct, frozen=True):
    """One line. ``under`` is the header that it stands below, empty for a header or a global line.

    ``was`` is what the device has, ``line`` what the intent has; of a surplus line ``line`` is what the device has. Keys are
    tokens. ``by`` says who typed it last, as far as the device kept that.
    """

    kind: Kind
    under: str
    line: str
    was: str = ""
    by: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "kind": self.kind.value}


class DeviceDrift(Struct, frozen=True):
    """One member. ``configured`` is unknown where it was not read, and ``sentence`` says why then.

    ``last_change`` is the note above its configuration; ``without_log`` says why nobody can be named.
    """

    host: str
    platform: str
    configured: Configured
    sentence: str
    lines: tuple[DriftLine, ...] = ()
    unseen: tuple[str, ...] = ()
    last_change: str = ""
    without_log: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "configured": self.configured.value, "lines": [line.as_dict() for line in self.lines]}


def of_standing(standing: ComparedMember, kept: Kept) -> DeviceDrift:
    """One member whose configuration was read."""
    differ = (*_settings(standing), *(drift_lines(standing.change) if standing.change else ()))
    lines = tuple(_named(line, kept) for line in differ)
    last = f"{kept.last.time}, by {kept.last.user or 'nobody that it names'}" if kept.last else ""
    differs = standing.configured is not Configured.AS_INTENDED
    return DeviceDrift(
        standing.host,
        str(standing.platform),
        standing.configured,
        standing.sentence,
        lines,
        standing.unseen,
        last,
        kept.without_log if differs else "",
    )


def _settings(standing: ComparedMember) -> Iterator[DriftLine]:
    for one in standing.differing:
        kind = Kind.CHANGED if one.was else Kind.MISSING
        yield DriftLine(kind, one.setting.under, one.setting.line, one.was)


def unread(host: str, platform: str, why: str) -> DeviceDrift:
    """One member that was not read."""
    return DeviceDrift(host, platform, Configured.UNKNOWN, why)


def _named(line: DriftLine, kept: Kept) -> DriftLine:
    found: dict[int, str] = {}
    for text in filter(None, (line.line, line.was)):
        header, below = (line.under, text) if line.under else (text, "")
        found.update({item.number: str(item) for item in kept.of(header, below)})
    newest = found[max(found)] if found else ""
    return DriftLine(line.kind, line.under, line.line, line.was, (newest,) if newest else ())


def drift_lines(change: Change) -> tuple[DriftLine, ...]:
    """The lines of a change that a deploy would make."""
    edits, created, removed = _paired(change)
    lines = [
        *(line for item in created for line in _whole(Kind.MISSING, item)),
        *(line for edit in edits for line in _edited(edit)),
        *(line for item in removed for line in _whole(Kind.SURPLUS, item)),
    ]
    return tuple(dict.fromkeys(lines))


def _paired(change: Change) -> tuple[list[Edit], list[ConfigObject], list[ConfigObject]]:
    """What is built beside what it replaces is one object that differs, and no other name of it is a difference."""
    old = {
        (item.family.name, *map(_unversioned, item.key[1])): item for item in change.removed if not item.family.child_is_object
    }
    edits, created = list(change.edited), []
    for item in change.created:
        before = old.pop((item.family.name, *map(_unversioned, item.key[1])), None)
        if before is not None:
            edits.append(Edit(before, item))
        else:
            created.append(item)
    paired = {edit.before.key for edit in edits}
    return edits, created, [item for item in change.removed if item.key not in paired]


def _unversioned(text: str) -> str:
    return _VERSION.sub(r"\g<name>", text)


def _whole(kind: Kind, item: ConfigObject) -> Iterator[DriftLine]:
    if item.family.child_is_object and item.children:
        # The header is somebody else's, and stays.
        yield from (DriftLine(kind, item.header, child) for child in item.children)
    else:
        yield DriftLine(kind, "", item.header)
        yield from (DriftLine(kind, item.header, child) for child in item.children)


def _edited(edit: Edit) -> Iterator[DriftLine]:
    before, after = edit.before, edit.after
    if _unversioned(before.header) != _unversioned(after.header):
        yield DriftLine(Kind.CHANGED, "", after.header, before.header)
    has, wants = _by_setting(before), _by_setting(after)
    for setting, line in wants.items():
        there = has.get(setting)
        if there is None:
            yield DriftLine(Kind.MISSING, before.header, line.text)
        elif _unversioned(there.meaning) != _unversioned(line.meaning):
            yield DriftLine(Kind.CHANGED, before.header, line.text, there.text)
    assumed = {after.family.setting_of(line) for line in after.family.defaults}
    for setting, line in has.items():
        if setting not in wants and not (setting in assumed and line.meaning in after.shown_unasked):
            yield DriftLine(Kind.SURPLUS, before.header, line.text)


class _Line(Struct, frozen=True):
    """A line below a header: in one spelling, and as it stands there."""

    meaning: str
    text: str


def _by_setting(item: ConfigObject) -> Mapping[str, _Line]:
    """Its lines by what each sets."""
    found: dict[str, _Line] = {}
    for child in item.children:
        spelt = () if child in item.family.parts else item.family.spell(child)
        found.update({item.family.setting_of(one): _Line(one, child if len(spelt) == 1 else one) for one in spelt})
    return found


def worst(words: Iterable[Configured]) -> Configured:
    """The word that counts for all members: what was not read leaves it open, then what differs, then what is absent."""
    order: Sequence[Configured] = (Configured.UNKNOWN, Configured.DIFFERS, Configured.ABSENT, Configured.AS_INTENDED)
    found = set(words)
    return next((word for word in order if word in found), Configured.UNKNOWN)
