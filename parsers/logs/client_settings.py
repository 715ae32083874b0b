"""The settings of a VPN client: what its profile and its local policy ask for (XML), and what the log says that it uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ..printed.line_numbers import breaks_before
from .bundle import Part
from .client_words import SETTINGS
from .entry import Sign

_PROFILE = re.compile(r"<AnyConnectProfile\b")
_END = "</AnyConnectProfile>"
_POLICY = re.compile(r"<AnyConnectLocalPolicy\b")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BEHAVIOURS = ("ReconnectAfterResume", "DisconnectOnSuspend")
_IN_USE = re.compile(rf"^\s*(?P<name>{'|'.join(SETTINGS)})\s*:\s*(?P<value>[\w.,-]{{1,60}})\s*$", re.MULTILINE)
_VALUE = r"<{name}(?:\s[^<>]{{0,200}})?>\s*(?P<value>[\w.-]{{0,60}})"


class Setting(Struct, frozen=True):
    """One setting. ``kind`` is profile, policy or in-use; ``line`` where it stands (of the profile, where it has none)."""

    kind: str
    file: str
    line: int
    name: str
    value: str


class Profile(Struct, frozen=True):
    """One profile: what it sets, by name, and what is wrong with its form, a sentence each."""

    file: str
    line: int
    settings: tuple[Setting, ...]
    wrong: tuple[str, ...]

    def value(self, name: str) -> str:
        """What it sets; "" where it does not."""
        return next((setting.value for setting in self.settings if setting.name == name), "")


def profiles(parts: Iterable[Part]) -> Iterator[Profile]:
    """Every profile in the texts, those that were pasted among other things as well."""
    for part in parts:
        breaks = breaks_before(part.text)
        for match in _PROFILE.finditer(part.text):
            stop = part.text.find(_END, match.start())
            body = part.text[match.start() : stop if stop >= 0 else match.start() + (1 << 18)]
            yield _profile(part.name, breaks(match.start()) + 1, body, whole=stop >= 0)


def policies(parts: Iterable[Part]) -> Iterator[Setting]:
    """What local policies set: BypassDownloader decides whether the head-end is asked for a profile."""
    for part in parts:
        if match := _POLICY.search(part.text):
            line = breaks_before(part.text)(match.start()) + 1
            yield from _settings("policy", part.name, line, part.text[match.start() : match.start() + (1 << 18)])


def in_use(signs: Iterable[Sign]) -> Iterator[tuple[Sign, Setting]]:
    """What the log says that the client uses."""
    for sign in signs:
        if sign.means == "settings":
            breaks = breaks_before(sign.entry.text)
            for match in _IN_USE.finditer(sign.entry.text):
                line = sign.entry.line + breaks(match.start("name"))
                yield sign, Setting("in-use", sign.entry.file, line, match["name"], match["value"])


def _profile(file: str, line: int, body: str, *, whole: bool) -> Profile:
    plain = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), body)
    found = tuple(_settings("profile", file, line, plain))
    return Profile(file, line, found, tuple(_wrong(plain, found, whole=whole)))


def _settings(kind: str, file: str, line: int, body: str) -> Iterator[Setting]:
    breaks = breaks_before(body)
    for name in SETTINGS:
        if match := re.search(_VALUE.format(name=name), body):
            yield Setting(kind, file, line + breaks(match.start()), name, match["value"])


def _wrong(body: str, found: Iterable[Setting], *, whole: bool) -> Iterator[str]:
    """What an editor of XML overlooks: words that lost their element, a behaviour beside AutoReconnect instead of in it."""
    names = {setting.name for setting in found}
    if not whole:
        yield "it is cut short"
    if any(word in body for word in _BEHAVIOURS) and "AutoReconnectBehavior" not in names:
        word = next(word for word in _BEHAVIOURS if word in body)
        yield f"{word} stands in it without its element AutoReconnectBehavior, so it sets nothing"
    match = re.search(r"<AutoReconnect(?:\s[^<>]{0,200})?>(?P<inside>[^<]{0,400})(?P<following><[^>]{0,60})", body)
    if match and "AutoReconnectBehavior" in names and not match["following"].startswith("<AutoReconnectBehavior"):
        yield "AutoReconnectBehavior stands beside AutoReconnect and not in it, which the client does not accept"
