"""The AnyConnect sessions that a head-end has, as `show vpn-sessiondb anyconnect` lists them (before 8.4: `svc`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from .shown import SESSIONS, SESSIONS_OLD, HeadEnd

_NONE = "There are presently no active sessions"
#: What stands beside the word for a tunnel, and is none: a client that was lost, or sleeps, has nothing but its parent session.
_NO_TUNNEL = frozenset({"AnyConnect-Parent", "Clientless"})
_PHONE = re.compile(r"CP-\S*-?(?P<name>SEP[0-9A-F]{12})", re.IGNORECASE)


class Session(Struct, frozen=True):
    """One session. ``index`` is the number by which the device knows it: one that begins again has another.

    ``tunnel`` is False where it has no tunnel for packets: it waits for its client, who may come back or not.
    """

    user: str
    index: str
    address: str
    group: str
    tunnel: bool = True

    @property
    def phone(self) -> str:
        """The name of a phone (`SEP` and its MAC address) that came by its certificate; "" for anybody else."""
        found = _PHONE.fullmatch(self.user)
        return found["name"].upper() if found else ""


def connected(sessions: Sequence[Session] | None) -> tuple[Session, ...] | None:
    """Those that have a tunnel for packets; None where none is known."""
    return None if sessions is None else tuple(one for one in sessions if one.tunnel)


def sessions_of(device: HeadEnd) -> tuple[Session, ...] | None:
    """All of them; None where they were not shown, or where one is not whole."""
    text = device.output(SESSIONS) or device.output(SESSIONS_OLD)
    if text is None:
        return None
    if _NONE in text:
        return ()
    blocks = re.split(r"^(?=Username +:)", text, flags=re.MULTILINE)
    if len(blocks) < 2 or "Session Type:" not in blocks[0]:
        return None
    made = [_session(block) for block in blocks[1:]]
    whole = tuple(one for one in made if one is not None)
    return whole if len(whole) == len(made) else None


def _session(block: str) -> Session | None:
    found = {word: re.search(rf"(?:^| ){word} *: (\S+)", block, re.MULTILINE) for word in ("Username", "Index", "Tunnel Group")}
    address = re.search(r"^Assigned IP *: (\S+)", block, re.MULTILINE)
    # Up to two blanks: behind them old releases have a second column.
    protocol = re.search(r"^Protocol *: (\S+(?: \S+)*)", block, re.MULTILINE)
    if protocol is None or not all(found.values()):
        return None
    user, index, group = (match[1] for match in found.values() if match)
    return Session(user, index, address[1] if address else "", group, not _NO_TUNNEL.issuperset(protocol[1].split()))
