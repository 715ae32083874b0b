"""Whose messages are they? The syslog of a firewall speaks of many clients; one of them is the phone that is asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from ...inventory.errors import NothingMatched
from ...parsers.logs.asa_syslog import whose
from ...parsers.logs.entry import Entry

#: How a phone names itself to a firewall, or is named: the user of its certificate, its MAC address.
PHONE = re.compile(r"\bSEP[0-9A-F]{12}\b|\bCP-\d{4}\w*|IP ?Phone", re.IGNORECASE)
_HANDSHAKE = re.compile(r"^725\d{3}:")
#: Messages of a handshake without the client stand behind one that names it, or, of one that failed, before it.
_BEFORE = re.compile(r"^725(?:010|014):")


class Client(Struct, frozen=True):
    """One client: its entries in the order of the log, the addresses that it comes from, its user ("": not known)."""

    user: str
    addresses: tuple[str, ...]
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """How it is called in a sentence."""
        where = ", ".join(self.addresses[:3])
        return f"{self.user} ({where})" if self.user and where else self.user or where

    @property
    def is_phone(self) -> bool:
        """Whether it names itself as a phone."""
        return any(PHONE.search(entry.text) for entry in self.entries)


def clients(entries: Sequence[Entry]) -> list[Client]:
    """The clients of a syslog, a user each; what names an address alone belongs to every user who comes from there.

    An address without a user is a client of its own: one whose handshake fails is never asked who it is.
    """
    named = [whose(entry) for entry in entries]
    users_of: dict[str, list[str]] = {}
    for one in named:
        if one.user and one.address and one.user not in users_of.setdefault(one.address, []):
            users_of[one.address].append(one.user)
    seen = {one.address for one in named if one.address}
    if len(seen) == 1:
        # Where all comes from one address, a user without one comes from there.
        users_of[next(iter(seen))] = list(dict.fromkeys(one.user for one in named if one.user))
        users_of = {address: users for address, users in users_of.items() if users}
    addresses = _of_handshakes(entries, [one.address for one in named])
    found: dict[str, list[int]] = {}
    for place, one in enumerate(named):
        keys = [one.user] if one.user else users_of.get(addresses[place], [addresses[place]])
        for key in keys:
            if key:
                found.setdefault(key, []).append(place)
    made = []
    for key, places in found.items():
        where = tuple(dict.fromkeys(addresses[place] for place in places if addresses[place]))
        made.append(Client("" if key in where else key, where, tuple(entries[place] for place in places)))
    return made


def _of_handshakes(entries: Sequence[Entry], keys: list[str]) -> list[str]:
    """A message of a handshake that names no client belongs to the handshake around it."""
    found = list(keys)
    last = ""
    for place, entry in enumerate(entries):
        if not _HANDSHAKE.match(entry.text):
            continue
        if keys[place]:
            last = keys[place]
            continue
        found[place] = last
        if _BEFORE.match(entry.text) and (following := _following(entries, keys, place)):
            found[place] = following if not last or entry.text.startswith("725010") else last
        if not found[place]:
            found[place] = _following(entries, keys, place)
    return found


def _following(entries: Sequence[Entry], keys: Sequence[str], place: int) -> str:
    for later in range(place + 1, min(place + 40, len(entries))):
        if _HANDSHAKE.match(entries[later].text) and keys[later]:
            return keys[later]
    return ""


def asked_about(
    found: Sequence[Client],
    named: str,
    about: Mapping[str, Iterable[str]],
    matched: frozenset[str],
    agrees: Callable[[Client], bool],
) -> Client:
    """The client that is meant: the one that is named; else that of the phone's log, or the only phone, or the only one.

    ``about`` is what the phone's log says of itself (``own`` addresses, ``device`` names), ``matched`` the places of entries that
    are an event of the phone's log, ``agrees`` whether a client fails by what the phone says. Raises NothingMatched where none
    fits, or several.
    """
    if named:
        fits = [one for one in found if _has(one, named)]
        return _one(fits, found, f"is {named}")
    for words in (*about.get("device", ()), *about.get("own", ())):
        fits = [one for one in found if _has(one, words)]
        if len(fits) == 1:
            return fits[0]
    if matched:
        fits = [one for one in found if any(entry.place in matched for entry in one.entries)]
        if len(fits) == 1:
            return fits[0]
    phones = [one for one in found if one.is_phone] or list(found)
    agreeing = [one for one in phones if agrees(one)] if len(phones) > 1 else []
    return _one(agreeing if len(agreeing) == 1 else phones, found, "is a phone")


def _has(client: Client, words: str) -> bool:
    plain = (
        words.lower().replace(":", "").replace("-", "").replace(".", "") if re.fullmatch(r"[0-9A-Fa-f:.-]{12,17}", words) else ""
    )
    names = [*(address.lower() for address in client.addresses), client.user.lower()]
    return (
        any(words.lower() == name for name in names)
        or words.lower() in client.user.lower()
        or bool(plain and len(plain) == 12 and any(plain in name for name in names))
    )


def _one(fits: Sequence[Client], found: Sequence[Client], what: str) -> Client:
    if len(fits) == 1:
        return fits[0]
    names = ", ".join(one.name for one in (fits or found)[:8]) + (" and more" if len(fits or found) > 8 else "")
    if not fits:
        raise NothingMatched(f"no client of the syslog {what}: it has {names or 'none'}")
    raise NothingMatched(
        f"{len(fits)} clients of the syslog may be meant: name one with --phone ADDRESS or --phone SEP... ({names})"
    )
