"""The AnyConnect sessions that a head-end has, as `show vpn-sessiondb anyconnect` lists them (before 8.4: `svc`).

The list has no end and no count of its own, so that one that is cut between two sessions reads as whole: the summary of the
session database says how many there have to be (Cisco ASA command reference, show vpn-sessiondb), active and inactive ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from ...inventory.errors import DeviceRefused, ParseError
from ...parsers import parse
from ...parsers.records.asa_vpn import SessionSummary
from .shown import SESSION_COUNT, SESSIONS, SESSIONS_OLD, HeadEnd

_NONE = "There are presently no active sessions"
#: The row of these sessions; releases before 8.4 have the other one.
_ROWS = frozenset({"anyconnect client", "with client"})
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
    """All of them; None where they were not shown, where one is not whole, or where more are counted than are listed."""
    text = device.output(SESSIONS) or device.output(SESSIONS_OLD)
    counted = session_count(device)
    if text is None or counted is None:
        return None
    if _NONE in text:
        return () if not counted else None
    blocks = re.split(r"^(?=Username +:)", text, flags=re.MULTILINE)
    if len(blocks) < 2 or "Session Type:" not in blocks[0]:
        return None
    made = [_session(block) for block in blocks[1:]]
    whole = tuple(one for one in made if one is not None)
    return whole if len(whole) == len(made) and len(made) >= counted else None


def session_count(device: HeadEnd) -> int | None:
    """How many of these sessions the device counts; None where its summary was not shown to its end."""
    text = device.output(SESSION_COUNT)
    if text is None:
        return None
    try:
        parsed = parse("asa", SESSION_COUNT, f"{text}\n")
    except (ParseError, DeviceRefused):
        return None
    summary: SessionSummary = parsed.state
    if not parsed.complete:
        return None
    rows = (row for row in summary.rows if row.name.lower() in _ROWS and "session" in row.table.lower())
    return sum((row.active or 0) + (row.inactive or 0) for row in rows)


def why_unknown(device: HeadEnd) -> str:
    """Why `sessions_of` knows none."""
    for command in (SESSION_COUNT, SESSIONS_OLD if device.output(SESSIONS_OLD) else SESSIONS):
        if device.output(command) is None:
            return device.why_not(command)
    counted = session_count(device)
    return f"{SESSION_COUNT!r} was not read whole" if counted is None else f"{counted} are counted, and not all were listed whole"


def _session(block: str) -> Session | None:
    found = {word: re.search(rf"(?:^| ){word} *: (\S+)", block, re.MULTILINE) for word in ("Username", "Index", "Tunnel Group")}
    address = re.search(r"^Assigned IP *: (\S+)", block, re.MULTILINE)
    # Up to two blanks: behind them old releases have a second column.
    protocol = re.search(r"^Protocol *: (\S+(?: \S+)*)", block, re.MULTILINE)
    if protocol is None or not all(found.values()):
        return None
    user, index, group = (match[1] for match in found.values() if match)
    return Session(user, index, address[1] if address else "", group, not _NO_TUNNEL.issuperset(protocol[1].split()))
