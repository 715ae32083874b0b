"""Log messages as a terminal shows them: the stamps that boxes put before them, and what else comes unasked.

A stamp is what `service timestamps log`, `service sequence-numbers`, `logging timestamp`, `logging emblem` and their like make
of it. Sources: Cisco's "System Message Logging" (the elements `seq no:timestamp: %facility-severity-MNEMONIC:description`), the
command references of these commands, and logs in public repositories.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct


class Moment(Struct, frozen=True):
    """When and where a message is written: the clock, its uptime in seconds, the number of the message, the host's name."""

    wall: datetime
    uptime: int
    number: int
    host: str
    asa: bool

    @property
    def day(self) -> str:
        """Month and day as routers write them, the day in two columns."""
        return f"{self.wall:%b} {self.wall.day:>2}"

    @property
    def time(self) -> str:
        """The time of day with milliseconds."""
        return f"{self.wall:%H:%M:%S}.{self.wall.microsecond // 1000:03}"

    @property
    def priority(self) -> int:
        """A syslog priority of facility local4."""
        return 160 + self.number % 8

    @property
    def up(self) -> str:
        """The uptime: hours, then days and hours, then weeks and days."""
        days, hours = self.uptime // 86400, self.uptime // 3600
        if days >= 7:
            return f"{days // 7}w{days % 7}d"
        return f"{days}d{hours % 24:02}h" if days else f"{hours:02}:{self.uptime // 60 % 60:02}:{self.uptime % 60:02}"


IOS_EVENTS = (
    "%LINEPROTO-5-UPDOWN: Line protocol on Interface Serial0/0, changed state to down",
    "%LINK-3-UPDOWN: Interface Serial0/0, changed state to up",
    "%SYS-5-CONFIG_I: Configured from console by noc on vty3 (192.0.2.7)",
    "%SEC-6-IPACCESSLOGP: list 199 denied tcp 192.0.2.9(4711) -> 198.51.100.3(22), 1 packet",
    "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr=192.0.2.1, prot=50, spi=0x1(1)",
)
#: An ASA's message without the per cent sign, the class in the EMBLEM form, severity and number.
ASA_EVENTS = (
    ("session", "6-302013", "Built inbound TCP connection 4711 for outside:192.0.2.9/4711 to inside:198.51.100.3/22"),
    ("vpn", "5-713041", "IP = 192.0.2.9, IKE Initiator: New Phase 1, Intf inside, IKE Peer 192.0.2.9"),
    ("sys", "5-111008", "User 'noc' executed the 'show version' command."),
    ("ids", "4-411002", "Line protocol on Interface Management0/0, changed state to down"),
)
TRACE = "-Traceback= 0x60A5B4D0 0x60A5B9E4 0x6182FDD4 0x6182FDB8"
SENT = ("", "***", "***", "*** Message from tty66 to all terminals:", "***", "maintenance at 22:00, log out please", "")
PROCESS = '-Process= "IP Input", ipl= 0, pid= 80'


def _event(at: Moment, *, emblem: bool = False) -> str:
    if not at.asa:
        return secrets.choice(IOS_EVENTS)
    name, number, text = secrets.choice(ASA_EVENTS)
    return f"%ASA-{f'{name}-' if emblem else ''}{number}: {text}"


Form = Callable[[Moment], list[str]]

FORMS: dict[str, Form] = {
    # A stamp before the message, from none to two counters.
    "none": lambda at: [_event(at)],
    "uptime": lambda at: [f"{at.up}: {_event(at)}"],
    "uptime-long": lambda at: [f"{at.uptime // 3600 + 1000}:{at.uptime // 60 % 60:02}:{at.uptime % 60:02}: {_event(at)}"],
    "uptime-weeks": lambda at: [f"1w2d: {_event(at)}"],
    "date": lambda at: [f"{at.day} {at.time[:8]}: {_event(at)}"],
    "unset": lambda at: [f"*{at.day} {at.time}: {_event(at)}"],
    "unsynchronized": lambda at: [f".{at.day} {at.time}: {_event(at)}"],
    "year": lambda at: [f"*{at.day} {at.wall.year} {at.time}: {_event(at)}"],
    "zone": lambda at: [f"{at.day} {at.wall.year} {at.time} CEST: {_event(at)}"],
    "zone-offset": lambda at: [f"{at.day} {at.time} UTC+5:30: {_event(at)}"],
    "sequence": lambda at: [f"{at.number:06}: *{at.day} {at.time}: {_event(at)}"],
    "sequence-only": lambda at: [f"{at.number:06}: {_event(at)}"],
    "counters": lambda at: [f"{at.number + 40}: {at.number:06}: {at.day} {at.time} CET: {_event(at)}"],
    "host": lambda at: [f"{at.day} {at.time[:8]} {at.host} : {_event(at)}"],
    "emblem": lambda at: [f"<{at.priority}>{at.day} {at.wall.year} {at.time[:8]} {at.host} : {_event(at, emblem=True)}"],
    "class": lambda at: [_event(at, emblem=True)],
    "rfc5424": lambda at: [f"<{at.priority}>1 {at.wall:%Y-%m-%dT%H:%M:%S}.{at.time[-3:]}Z {at.host} - - - - {_event(at)}"],
    "rfc5424-short": lambda at: [f"<{at.priority}>{at.wall:%Y-%m-%dT%H:%M:%S}Z: {_event(at)}"],
    "slot": lambda at: [f"SLOT 1:{at.day} {at.time}: {_event(at)}"],
    "standby": lambda at: [f"%STDBY-{_event(at)[1:]}" if not at.asa else _event(at)],
    # More than one line, and what is no log message.
    "traceback": lambda at: [f"*{at.day} {at.time}: {_event(at)}", PROCESS, TRACE],
    "traceback-only": lambda _: [f"{TRACE} "],
    "wrapped": lambda at: [f"*{at.day} {at.time}: %CRYPTO-4-RECVD_PKT_NOT_IPSEC: Rec'd packet not an IPSEC packet.",
                           "        (ip) dest_addr= 192.0.2.1, src_addr= 192.0.2.9, prot= 1"] if not at.asa else [_event(at)],
    "send": lambda _: list(SENT),
    "shutdown": lambda _: ["", "", "\x07***", "*** --- SHUTDOWN in 0:05:00 ---", "***"],
}  # fmt: skip


def message(form: str, at: Moment) -> list[str]:
    """The lines of one message in a form; `mixed` takes any of them."""
    if form == "mixed":
        form = secrets.choice([name for name in FORMS if name != "mixed"])
    return FORMS[form](at)


FORMS["mixed"] = lambda at: message("mixed", at)
