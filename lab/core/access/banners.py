"""Banners: how a router reads one over several lines, when it is shown, and one that imitates what a program looks for.

A router writes its delimiter as `^C`, which is one character in the box and two on the screen. An ASA has a line of its own for
each line of a banner. Sources: Cisco's "Connection Management" (banner commands), the ASA command reference (banner).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ..configuration.forms import Form
from ..configuration.store import Entry, Store

if TYPE_CHECKING:
    from ..box import Box
    from ..configuration.edit import Edit

DELIMITER = "^C"
IOS = Form("config", "banner {exec|incoming|login|motd}:kind ~ <line:rest>", "banner", ("kind",), hook="banner")
ASA = Form("config", "banner {asdm|exec|login|motd}:kind ~ [<line:text>]", "banner", ("kind", "number"), hook="banner")

#: What a client could take for a prompt, a question, the pager, a refusal, a part of the configuration or its end.
MARKS = (
    "UNAUTHORIZED ACCESS IS PROHIBITED",
    "{host}#",
    "{host}(config)#",
    "Router>",
    "interface Ethernet0/0",
    " no crypto map",
    "!nr-7",
    "!",
    "% Invalid input detected at '^' marker.",
    "ERROR: % Invalid input detected at '^' marker.",
    "Command authorization failed",
    "Username: ",
    "Password: ",
    "Proceed with reload? [confirm]",
    "Destination filename [startup-config]? ",
    " --More-- ",
    "<--- More --->",
    "[OK]",
    "end",
    "Cryptochecksum:0123456789abcdef0123456789abcdef",
    ": end",
)


class OpenBanner(Struct, frozen=True):
    """A banner that is being typed: its kind, the character that ends it, the lines so far."""

    kind: str
    delimiter: str
    lines: tuple[str, ...]


def begin(edit: Edit) -> None:
    """`banner motd #`: up to the next `#`, on this line or on a later one. Without text the `no` form is what there is."""
    if edit.negated:
        edit.clear()
        return
    rest = edit.values["rest"]
    delimiter = DELIMITER if rest.startswith(DELIMITER) else rest[0]
    text, found, _ = rest[len(delimiter) :].partition(delimiter)
    if found:
        _store(edit.box.store, edit.values["kind"], [text])
        return
    edit.banner = OpenBanner(edit.values["kind"], delimiter, (text,))
    shown_delimiter = delimiter.replace(DELIMITER, "\x03")
    edit.says.append(f"Enter TEXT message.  End with the character '{shown_delimiter}'.")


def typed(store: Store, banner: OpenBanner, line: str) -> OpenBanner | None:
    """Take a line of an open banner; None when it ended there."""
    text, found, _ = line.partition(banner.delimiter)
    lines = (*banner.lines, text)
    if not found:
        return OpenBanner(banner.kind, banner.delimiter, lines)
    _store(store, banner.kind, list(lines))
    return None


def _store(store: Store, kind: str, lines: list[str]) -> None:
    text = "\n".join(lines)
    store.root[("banner", (kind,))] = Entry(IOS, (kind,), f"banner {kind} {DELIMITER}{text}{DELIMITER}", {"text": text})


def asa_banner(edit: Edit) -> None:
    """On an ASA each line adds one to the banner; `no banner motd` takes all of it away, with a text the lines that have it."""
    kind, text = edit.values["kind"], edit.values.get("text")
    mine = [entry for entry in edit.box.store.all("banner") if entry.key[0] == kind]
    if not edit.negated:
        number = 1 + max((int(entry.key[1]) for entry in mine), default=0)
        key = (kind, str(number))
        edit.box.store.root[("banner", key)] = Entry(ASA, key, f"banner {kind} {text or ''}".rstrip(), {"text": text or ""})
        return
    for entry in mine:
        if text in (None, entry.values["text"]):
            del edit.box.store.root[("banner", entry.key)]


def shown(store: Store, *kinds: str) -> str:
    """The banners of some kinds as a terminal shows them, one after the other; empty without any."""
    found = [entry.values["text"] for kind in kinds for entry in store.all("banner") if entry.key[0] == kind]
    return "".join(f"{text}\n" for text in found)


def set_marks(box: Box, *, on: bool) -> None:
    """Configure and save the banner of the fault `banner-marks`, or take it away; nothing else of the startup changes."""
    marks = [line.format(host=box.hostname) for line in MARKS]
    before = box.config_lines()
    with box.store.changing():
        for identity in [i for i in box.store.root if i[0] == "banner" and i[1][0] == "motd"]:
            del box.store.root[identity]
        if on and box.profile.asa:
            for number, line in enumerate(marks, start=1):
                key = ("motd", str(number))
                box.store.root[("banner", key)] = Entry(ASA, key, f"banner motd {line.strip()}", {"text": line.strip()})
        elif on:
            _store(box.store, "motd", ["", *marks, ""])
    box.resave(_spliced(box.saved.lines, before, box.config_lines()))


def _spliced(saved: list[str], before: list[str], after: list[str]) -> list[str]:
    """The startup with what went into the running configuration, or out of it, in one place."""
    at = next((i for i, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), min(len(before), len(after)))
    size = len(after) - len(before)
    if size > 0:
        anchor = before[at:]
        place = next((i for i in range(len(saved)) if saved[i : i + 3] == anchor[:3]), len(saved) - 1)
        return [*saved[:place], *after[at : at + size], *saved[place:]]
    gone = before[at : at - size]
    there = [i for i in range(len(saved)) if gone and saved[i : i + len(gone)] == gone]
    return [*saved[: there[0]], *saved[there[0] + len(gone) :]] if there else saved
