"""Logs of a VPN client in several forms, made of one list of what happened; every value is invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta

from nr_run.checks.client_logs.client_story import explain_client, story_of
from nr_run.checks.client_logs.explanation import Explanation
from nr_run.parsers.logs.bundle import LIMITS, Limits, read_bundle
from nr_run.parsers.logs.client import read_client_log

#: Seconds since the beginning, program, words.
Happened = tuple[int, str, str]
START = datetime(2026, 5, 26, 22, 58, 0)
SECRET = "Zq8vR2mLx91TtK"

CONNECTED: tuple[Happened, ...] = (
    (0, "acvpnui", "VPN connection to gw.example.net has been requested by the user."),
    (4, "acvpnui", "Message type prompt sent to the user:\nPlease enter your username and password."),
    (9, "acvpnagent", "The IPsec connection to the secure gateway has been established."),
    (
        10,
        "acvpnagent",
        "Current Preference Settings:\nServiceDisable: false\nAutoReconnect: true\nAutoReconnectBehavior: ReconnectAfterResume\n"
        "UseStartBeforeLogon: false",
    ),
    (11, "acvpnui", "Message type information sent to the user:\nConnected to gw.example.net."),
)
SLEPT: tuple[Happened, ...] = ((300, "acvpnagent", "Client Agent preparing for system suspend."),)
WOKE: tuple[Happened, ...] = (
    (700, "acvpnagent", "..Client Agent continuing from system suspend."),
    (
        700,
        "acvpnagent",
        "Session level reconnect reason code 9:\nSystem resume from suspend mode (Sleep, Stand-by, Hibernate, etc).\n"
        "Originates from session level",
    ),
    (701, "acvpnui", "Message type information sent to the user:\nReconnecting to gw.example.net..."),
)
BACK: tuple[Happened, ...] = (
    (
        710,
        "acvpnagent",
        "Function: CIPsecProtocol::initiateTunnel\nFile: IPsecProtocol.cpp\nLine: 613\nUsing IKE ID 'kWqTzBnvLm24' for reconnect",
    ),
    (720, "acvpnui", "Message type information sent to the user:\nConnected to gw.example.net."),
)
SILENT: tuple[Happened, ...] = (
    (760, "acvpnagent", "Function: SendRequest\nReturn Code: -29949906 (0xFE37002E)\nDescription: CTRANSPORT_ERROR_TIMEOUT"),
    (800, "acvpnui", "Message type warning sent to the user:\nVPN reconnect attempt has failed."),
)
GOOD = (*CONNECTED, *SLEPT, *WOKE, *BACK)
FAILED = (*CONNECTED, *SLEPT, *WOKE, *SILENT)


def dart(happened: Sequence[Happened], form: str = "%m/%d/%Y", clock: str = "%H:%M:%S") -> str:
    """DART's text."""
    blocks = []
    for after, source, words in happened:
        when = START + timedelta(seconds=after)
        blocks.append(
            f"Date        : {when.strftime(form)}\nTime        : {when.strftime(clock)}\nType        : Information\n"
            f"Source      : {source}\n\nDescription : {words}\n"
        )
    return "\n******************************************\n\n".join(["", *blocks])


def clock_at(after: int) -> str:
    """Day and time as Germans write them."""
    return (START + timedelta(seconds=after)).strftime("%d.%m.%Y %H:%M:%S")


ENGLISH = ("Log Name", "Source", "Date", "Level", "Description")


def exported(happened: Sequence[Happened], labels: Sequence[str] = ENGLISH) -> str:
    """The event viewer's text, as of any language."""
    log, source, date, level, description = labels
    return "\n".join(
        f"{log}: Cisco Secure Client\n{source}: {program}\n{date}: {clock_at(after)}\n"
        f"{level}: Information\n{description}:\n{words}\n"
        for after, program, words in happened
    )


def as_xml(happened: Sequence[Happened]) -> str:
    """The event viewer's XML."""
    return (
        "<?xml version='1.0'?><Events>"
        + "".join(
            f"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{program}'/>"
            f"<TimeCreated SystemTime='{(START + timedelta(seconds=after)).isoformat()}.0000000Z'/></System>"
            f"<EventData><Data>{words.replace(chr(39), '&apos;')}</Data></EventData></Event>\n"
            for after, program, words in happened
        )
        + "</Events>"
    )


def as_table(happened: Sequence[Happened]) -> str:
    """The event viewer's table."""
    rows = ["Level,Date and Time,Source,Event ID,Task Category,"]
    for after, program, words in happened:
        when = (START + timedelta(seconds=after)).strftime("%m/%d/%Y %I:%M:%S %p")
        rows.append(f'Information,{when},{program},2039,None,"{words}"')
    return "\r\n".join(rows) + "\r\n"


def syslog(happened: Sequence[Happened], form: str = "%b %d %H:%M:%S") -> str:
    """The syslog of Linux."""
    return "".join(
        f"{(START + timedelta(seconds=after)).strftime(form)} host7 csc_vpn{program[5:]}[812]: {' '.join(words.split())}\n"
        for after, program, words in happened
    )


def zipped(members: dict[str, bytes | str]) -> bytes:
    """A ZIP of these members."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def told(data: bytes | str, timeout: int | None = None, limits: Limits = LIMITS) -> Explanation:
    """What is explained of a file."""
    bundle = read_bundle("brought", data.encode() if isinstance(data, str) else data, limits)
    return explain_client("brought", story_of(bundle, read_client_log(bundle)), timeout)
