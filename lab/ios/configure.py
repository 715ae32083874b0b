"""Applying typed configuration lines: reading, errors with the caret, sections, defaults, the rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ..core.access.banners import OpenBanner, typed
from ..core.configuration.edit import Edit, Misread, Refused, Surroundings
from ..core.configuration.forms import ConfigLeaf, Form, Release
from ..core.configuration.store import Entry
from ..core.configuration.syntax import Reading, Verdict
from ..features import flexvpn_forms, ikev2_forms, tunnel_forms, watch_forms
from .effects import rules17

if TYPE_CHECKING:
    from ..core.box import Box

HOOKS = {**rules17.HOOKS, **ikev2_forms.HOOKS, **tunnel_forms.HOOKS, **watch_forms.HOOKS, **flexvpn_forms.HOOKS}
UNSURE = "What a device does then is not known to the lab, so nothing was changed."
INVALID = "% Invalid input detected at '^' marker."


class Place(Struct, frozen=True):
    """Where the person types: the mode and the section that is open, or the banner, whose lines are no commands.

    `above` is the section that this one lies in, None when that is the global mode.
    """

    mode: str = "config"
    section: Entry | None = None
    banner: OpenBanner | None = None
    above: Place | None = None

    @property
    def outer(self) -> Place:
        """Where `exit` leads: the section around this one, or the global mode."""
        return self.above if self.above is not None else Place()


def complaint(reading: Reading[ConfigLeaf], line: str, prompt: str) -> list[str]:
    """The router's words for a line that it does not take; the caret counts from the left edge, prompt included."""
    if reading.verdict is Verdict.AMBIGUOUS:
        return [f'% Ambiguous command:  "{line.strip()}"']
    if reading.verdict is Verdict.INCOMPLETE:
        return ["% Incomplete command.", ""]
    return [" " * (len(prompt) + reading.column) + "^", INVALID, ""]


def read(release: Release, place: Place, line: str) -> tuple[Reading[ConfigLeaf], Place]:
    """Read a line in its mode; what the mode does not know is tried in the one around it, and at last as a global command."""
    best, at = release.config[place.mode].read(line), place
    while best.verdict is not Verdict.DONE and at.mode != "config":
        at = at.outer
        reading = release.config[at.mode].read(line)
        if reading.verdict is Verdict.DONE:
            return reading, at
        best = reading if reading.depth > best.depth else best
    return (best, at) if best.verdict is Verdict.DONE else (best, place)


def depth_of(release: Release, place: Place, line: str) -> int:
    """In how many sub-modes a line stands, wherever the person is."""
    reading, at = read(release, place, line)
    if reading.leaf is None or reading.leaf.form.mode == "config":
        return 0
    found = 0
    while at.mode != "config":
        found, at = found + 1, at.outer
    return found


def swallowed(box: Box, place: Place, line: str) -> str:
    """The line as the fault `swallow-submode` has it read: of one that the sub-mode does not know, what it does know."""
    if "swallow-submode" not in box.faults or place.mode == "config":
        return line
    grammar, words = box.release.config[place.mode], line.split()
    if grammar.read(line).verdict is Verdict.DONE:
        return line
    begins = [" ".join(words[:count]) for count in range(len(words) - 1, 1, -1)]
    return next((begin for begin in begins if grammar.read(begin).verdict is Verdict.DONE), line)


#: Modes that take every line as it is but the one that leaves them, which stands in a configuration for that.
_TAKES_ALL = frozenset({"ip-sla-http-rr"})


def apply(box: Surroundings, release: Release, place: Place, line: str, prompt: str = "") -> tuple[list[str], Place]:
    """Apply one line: return what the router answers, and where the person is after it."""
    if place.banner is not None:
        with box.store.changing():
            return [], replace(place, banner=typed(box.store, place.banner, line))
    if not line.strip() or line.lstrip().startswith("!"):
        return [], place
    if place.mode in _TAKES_ALL and line.strip() == "exit":
        return [], place.outer
    reading, at = read(release, place, line)
    if reading.verdict is not Verdict.DONE or reading.leaf is None:
        return complaint(reading, line, prompt), place
    form, negated = reading.leaf.form, reading.leaf.negated
    values = dict(reading.values)
    if negated:
        values["line"] = values["line"].removeprefix("no ")
    section = at.section if form.mode != "config" else None
    edit = Edit(box, form, negated, values, section)
    try:
        if negated and disagrees(edit):
            raise Refused(f"% nr-run lab: {line.strip()} names another value than the one here. {UNSURE}")
        with box.store.changing():
            perform(edit, HOOKS)
    except Refused as refusal:
        return refusal.lines, at
    except Misread as error:
        column = line.rstrip().rfind(" ") + 1
        return complaint(Reading(Verdict.INVALID, column=column, values={"word": error.word}), line, prompt), place
    if edit.banner is not None:
        return edit.says, Place(banner=edit.banner)
    if edit.entered is not None and form.enters:
        above = at.above if form.instead else at
        return edit.says, Place(form.enters, edit.entered, above=above if form.mode != "config" else None)
    return edit.says, at if form.mode != "config" else Place()


#: Rules that compare by themselves what a `no` form says with what stands there.
_COMPARE = frozenset({
    "ace", "banner", "isakmp_key", "kept", "v2_match", "member", "map_flag", "map_interface", "map_lifetime", "map_match",
    "bgp_network", "map_peer", "map_pfs",
    "map_sets", "named_acl", "numbered_acl", "not_played", "plain", "remark", "resequence", "route_map", "sequenced_ace",
    "twice_nat",
})  # fmt: skip


def disagrees(edit: Edit) -> bool:
    """Whether a `no` form names another value than the one that stands there: `no set pfs group5` where group 2 is set.

    What devices do with such a line was found in no session. The lab takes nothing away then, and says that it does not know.
    """
    stored = edit.existing
    if stored is None or edit.form.hook in _COMPARE:
        return False
    said = dict(stored.values)
    given = {name: value for name, value in edit.values.items() if name != "line" and name not in edit.form.key}
    if given.get("value") == "aes" and "bits" in given:
        bits = given.pop("bits")
        given["value"] += "" if bits == "128" else f" {bits}"
    if given:
        return any(said.get(name) != value for name, value in given.items())
    typed, text = edit.values["line"].replace("esp-aes 128", "esp-aes").split(), stored.text.removeprefix("no ").split()
    fixed = next((n for n, word in enumerate(edit.form.syntax.split()) if word[0] in "<[{~@"), len(typed))
    return len(typed) > fixed and typed != text[: len(typed)]


def perform(edit: Edit, hooks: Mapping[str, Callable[[Edit], None]]) -> None:
    """Do what the form says, or what its rule does."""
    form = edit.form
    if form.hook:
        hooks[form.hook](edit)
        return
    if edit.negated:
        _store_off(edit) if form.off == "store" else edit.clear()
        return
    text = form.text.format(**edit.values)
    if form.on == "clear" or (text == form.hides and not form.enters):
        edit.clear()
        return
    entry = edit.put()
    if form.enters:
        edit.entered = entry


def _store_off(edit: Edit) -> None:
    """Commands whose `no` form is written in the configuration, such as `no keepalive`."""
    edit.values = {}
    edit.put(f"no {fixed_words(edit.form)}")


def fixed_words(form: Form) -> str:
    """The keywords with which a form begins."""
    match = re.match(r"[a-z][a-z0-9 -]*", form.syntax)
    return match[0].strip() if match else form.syntax
