"""The forms in which a client's log is written: what begins an entry, by program and system. Tables; `client` reads by them."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Fields of an entry, as DART and the event viewer of Windows print them, in the languages of Windows.
#: Source: a DART bundle of Secure Client 5.1; exports of the event viewer (English seen, the others from memory).
LABELS: Mapping[str, str] = {
    "date": "date|datum|fecha|data|日付|날짜|日期",
    "time": "time|uhrzeit|zeit|heure|hora|時刻|시간|时间",
    "level": "type|level|ebene|niveau|nivel|livello|レベル|수준|级别",
    "source": "source|quelle|origen|origine|ソース|원본|来源",
    "description": "description|beschreibung|descripción|descrizione|説明|설명|描述",
    "log": "log name|protokollname|nom du journal|nombre de registro|nome registro|ログの名前|로그 이름|日志名称",
    "skip": "event id|task category|keywords|user|computer|opcode|ereignis-id|aufgabenkategorie|schlüsselwörter|benutzer"
    "|id de l.événement|catégorie de la tâche|mots clés|utilisateur|ordinateur|id\\. del evento|palabras clave|usuario|equipo"
    "|イベント id|タスクのカテゴリ|キーワード|ユーザー|コンピューター|이벤트 id|작업 범주|키워드|사용자|컴퓨터",
}
FIELD = re.compile(
    rf"^\s{{0,8}}(?:{'|'.join(f'(?P<{name}>{words})' for name, words in LABELS.items())})(?P<gap>\s*)[:\uff1a]\s*(?P<value>.*)$",
    re.IGNORECASE,
)
#: What stands between entries and says nothing.
RULE = re.compile(r"^\s*(?:[*=_-]{3,}|\.{1,3}|!!.*|<snip>|Event\[\d+\]:?)?\s*$")
#: Behind the description of an exported entry the same stands once more as XML.
XML_AGAIN = re.compile(r"^\s*Event Xml:\s*$", re.IGNORECASE)

PROGRAM = r"(?:acvpn\w*|csc_\w+|vpnagent\w*|vpnui|vpncli|vpndownloader\w*|ciscod|aciseposture\w*)"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
_SYSLOG = r"[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?"
#: Lines that are an entry of their own: syslog of Linux and macOS; the history that the window keeps; OpenConnect's window.
LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "syslog",
        re.compile(
            rf"^(?:<\d+>)?(?P<stamp>{_ISO}|{_SYSLOG})\s[^\n]{{0,80}}?\b(?P<source>{PROGRAM})(?:\[\d+\])?"
            r"(?:: \([^)\n]{1,60}\))?: ?(?P<text>.*)$"
        ),
    ),
    (
        "openconnect",
        re.compile(r"^(?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \| (?P<source>[0-9a-f]{1,16}) \| (?P<text>.*)$"),
    ),
    (
        "history",
        re.compile(
            r"^\[?(?P<stamp>\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? +(?:午前|午後|오전|오후)? ?\d{1,2}[:.]\d\d[:.]\d\d"
            r"(?: ?[AaPp]\.?[Mm]\.?)?)\]?"
            r"[ \t]+(?P<source>)(?P<text>\S.*)$"
        ),
    ),
)
#: What the program for the command line prints: no time, no number.
CLI = re.compile(r"^\s*(?:VPN>\s*)?>> (?P<text>(?:state|notice|note|error|warning|contacting|registered|Please)\b.*)$")
#: A line of a device that ends what was pasted before it.
DEVICE = re.compile(r"^[A-Za-z][\w./-]{0,62}(?:\([\w-]+\))?#|^\s*%(?:ASA|FTD|PIX)-\d-\d{6}")

#: Columns of a table that the event viewer exports, by how they are called.
COLUMNS: Mapping[str, str] = {
    "stamp": r"date and time|datum und uhrzeit|date et heure|fecha y hora|日付と時刻|날짜 및 시간|date",
    "source": LABELS["source"],
    "level": LABELS["level"],
}

#: Logs of something else, by what only they have, and what a person does with them.
FOREIGN: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"^\d+\s+\d\d:\d\d:\d\d\.\d+\s+\d\d/\d\d/\d{4}\s+Sev=|Cisco Systems,? VPN Client Version", re.MULTILINE),
        "that of the Cisco VPN Client (IPsec, up to 5.0), which does not reconnect after a suspend",
    ),
    (
        re.compile(r"^\s*\d+: (?:NOT|ERR|WRN|INF|DEB) \d\d:\d\d:\d\d|\bVPNC: ", re.MULTILINE),
        "that of an IP phone: nr-run explain-phone --log reads it",
    ),
    (re.compile(r"%(?:ASA|FTD|PIX)-\d-\d{6}"), "a syslog of a firewall: nr-run explain-phone --syslog reads it"),
    (re.compile(r"^ocserv\[\d+\]|\bocserv\[", re.MULTILINE), "that of ocserv, a server"),
    (re.compile(r"Crypto session current status|IPv4 Crypto IKEv2"), "output of a head-end: nr-run verify-reconnect reads it"),
    (re.compile(r"^\s*[\[{]"), "JSON, which no client of Cisco writes"),
)
