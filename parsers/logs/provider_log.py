"""The log of a cloud provider's gateway about one of our tunnels, read from a file of theirs: what it says, and since when.

Alibaba Cloud: the answer of DiagnoseVpnConnections, or lines of its log. AWS: tunnel logs, one JSON record after the other, as
CloudWatch shows, exports or streams them. Tencent Cloud: lines of its log. A pure function of the text; nothing is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ...inventory.errors import ParseError
from ...inventory.files.did_you_mean import hint, nearest
from ..printed.line_numbers import breaks_before
from .provider_log_words import ALIBABA, ALIBABA_CODES, AWS, TENCENT, TENCENT_MARKS, Words

_STATES = frozenset({"established", "rekeying", "negotiating", "down"})
#: Of an AWS record, each field in the two spellings of its releases.
_TIME = ("VpnLogCreationTimestamp", "event_timestamp")
_DETAIL = ("VpnLogDetail", "details")
_PHASE_1 = ("TunnelIKEPhase1State", "ike_phase1_state")
_PHASE_2 = ("TunnelIKEPhase2State", "ike_phase2_state")
_PEER = ("TunnelOutsideIPAddress",)
_RESOURCE = re.compile(r"vpn-[0-9a-f]+_(?P<address>\d+\.\d+\.\d+\.\d+)")
_STAMP = re.compile(r"^\[?(?P<time>\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d\S*?)\]?(?=[\s,]|$)")
#: A line that is nothing but a code, perhaps as a field of JSON.
_CODE = re.compile(r"(?:\"?FailedReasonCode\W+)?\"?(?P<code>[A-Z][a-z\d]+[A-Z][A-Za-z\d]+)\"?,?")
#: Where JSON may begin: anywhere, and behind a record that is broken at the start of a line.
_BRACE, _FIRST_BRACE = re.compile(r"[{\[]"), re.compile(r"^[{\[]", re.MULTILINE)
_MY_IP = re.compile(r"my ip: ?(?P<address>\d+\.\d+\.\d+\.\d+)")


class Entry(Struct, frozen=True):
    """One thing that a log says.

    ``means`` is a word of `MEANINGS`; ``text`` are the provider's own words, ``line`` is where they begin, counted from 1.
    ``address`` is the outside address of the provider's end, and ``time`` as it is written there; both empty where it says none.
    """

    line: int
    time: str
    address: str
    means: str
    text: str


class ProviderLog(Struct, frozen=True):
    """What a provider says, in order of time. ``problems`` are what could not be read, a sentence each; nothing was guessed."""

    name: str
    provider: str
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()

    def about(self, address: str) -> tuple[Entry, ...]:
        """What it says of the tunnel that ends at this address; of a log without addresses, all of it."""
        named = {entry.address for entry in self.entries if entry.address}
        return tuple(entry for entry in self.entries if not named or entry.address in ("", address))

    def now(self, address: str) -> tuple[Entry, ...]:
        """What it says of that tunnel since it was last established: an older failure is history and no state."""
        entries = self.about(address)
        up = max((place for place, entry in enumerate(entries) if entry.means == "up"), default=-1)
        return entries[up:] if up == len(entries) - 1 and entries else entries[up + 1 :]


def read_provider_log(name: str, text: str) -> ProviderLog:
    """The log in a file ``name``. Raises ParseError, in one sentence, where it is the log of none of the known providers."""
    body = text.lstrip("\ufeff")
    if not body.strip():
        raise ParseError(f"{name} is empty: it has nothing of a provider's log")
    records, problems = _json(name, body)
    if any(_is_aws(record) for _, record in records):
        return _aws(name, records, problems)
    if any(_codes(record) for _, record in records):
        return _diagnosis(name, records, problems)
    if records and not problems:
        raise ParseError(f"{name} is JSON and neither a tunnel log of AWS nor an answer of Alibaba's DiagnoseVpnConnections")
    return _lines(name, body)


# JSON


def _json(name: str, text: str) -> tuple[list[tuple[int, Any]], list[str]]:
    """The JSON objects of a text, each with its line; one that a line of a stream holds behind a time is one of them."""
    found: list[tuple[int, Any]] = []
    problems: list[str] = []
    decoder, place, breaks = json.JSONDecoder(), 0, breaks_before(text)
    while (start := _next(text, place)) >= 0:
        line = breaks(start) + 1
        try:
            value, place = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            problems.append(f"{name}, line {line}: what begins with a brace here is not whole JSON, and is left out")
            place = _after(text, start)
            continue
        found += [(line, record) for record in _unpacked(value)]
    return found, problems


def _next(text: str, place: int) -> int:
    found = _BRACE.search(text, place)
    return found.start() if found else -1


def _after(text: str, start: int) -> int:
    """The next line that begins with a brace, or the end: a broken record may reach over several lines."""
    match = _FIRST_BRACE.search(text, start + 1)
    return match.start() if match else len(text)


def _unpacked(value: Any) -> Iterator[Mapping[str, Any]]:
    """Records out of lists, out of ``events`` with a ``message`` of text, and out of the answer of an API."""
    if isinstance(value, list):
        for item in value:
            yield from _unpacked(item)
    elif isinstance(value, dict):
        inner = value.get("events") or value.get("VpnConnections") or value.get("data")
        message = value.get("message") or value.get("@message")
        if isinstance(inner, list | dict):
            yield from _unpacked(inner)
        elif isinstance(message, str) and message.lstrip().startswith("{"):
            try:
                yield from _unpacked(json.loads(message))
            except ValueError:
                yield value
        else:
            yield value


def _field(record: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(record[name]) for name in names if record.get(name) not in (None, "")), "")


# AWS


def _is_aws(record: Mapping[str, Any]) -> bool:
    return bool(_field(record, _PHASE_1) or _field(record, _PHASE_2) or record.get("type") in ("BGPStatus", "RouteStatus"))


def _aws(name: str, records: Sequence[tuple[int, Mapping[str, Any]]], problems: list[str]) -> ProviderLog:
    """In order of time: CloudWatch shows the newest first as readily as the oldest. Logs of BGP say nothing of the tunnel."""
    found: list[tuple[tuple[str, int], Entry]] = []
    for number, (line, record) in enumerate(records):
        states = [_field(record, names) for names in (_PHASE_1, _PHASE_2)]
        if not any(states):
            if not _is_aws(record):
                problems.append(f"{name}, line {line}: this is no record of a tunnel log of AWS, and is left out")
            continue
        strange = next((state for state in states if state and state.lower() not in _STATES), "")
        if strange:
            problems.append(f"{name}, line {line}: {strange} is no state of a tunnel of AWS{hint(strange, sorted(_STATES))}")
        time, detail = _field(record, _TIME), _field(record, _DETAIL)
        address = _field(record, _PEER) or _address_in(record)
        means = _meaning(AWS, detail)
        if not means and [state.lower() for state in states] == ["established", "established"]:
            means = "up"
        if means:
            found.append(((time, number), Entry(line, time, address, means, detail or " and ".join(states))))
    ordered = tuple(entry for _, entry in sorted(found, key=lambda pair: pair[0]))
    return ProviderLog(name, "AWS", ordered, tuple(problems))


def _address_in(record: Mapping[str, Any]) -> str:
    match = _RESOURCE.search(str(record.get("resource_id") or record.get("logStream") or record.get("@logStream") or ""))
    return match["address"] if match else ""


def _meaning(rows: Sequence[Words], text: str) -> str:
    return next((row.means for row in rows if row.form.search(text)), "")


# Alibaba


def _codes(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The parts of an answer that have a code, at any depth."""
    if "FailedReasonCode" in record:
        return [record]
    nested = (item for value in record.values() for item in (value if isinstance(value, list) else [value]))
    return [found for item in nested if isinstance(item, dict) for found in _codes(item)]


def _diagnosis(name: str, records: Sequence[tuple[int, Mapping[str, Any]]], problems: list[str]) -> ProviderLog:
    entries: list[Entry] = []
    for line, part in ((line, part) for line, record in records for part in _codes(record)):
        code, log = str(part["FailedReasonCode"]), str(part.get("SourceLog") or "")
        if code not in ALIBABA_CODES:
            problems.append(f"{name}, line {line}: {code} is no code that is known here{hint(code, ALIBABA_CODES)}")
            continue
        address = str(part.get("InternetIp") or part.get("LocalIp") or "")
        means = _sharper(ALIBABA_CODES[code], _meaning(ALIBABA, log))
        if means:
            entries.append(Entry(line, str(part.get("FailedTime") or ""), address, means, f"{code} {log}".strip()))
    return ProviderLog(name, "Alibaba Cloud", tuple(entries), tuple(problems))


def _sharper(code: str, log: str) -> str:
    """The meaning of a code; where that leaves the phase open, the one of its log."""
    return log if code == "any-proposal" and log.endswith("-proposal") else code


# Lines


def _lines(name: str, text: str) -> ProviderLog:
    tencent = TENCENT_MARKS.search(text) is not None
    rows = TENCENT if tencent else ALIBABA
    entries: list[Entry] = []
    problems: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        code = "" if tencent else next((word for word in ALIBABA_CODES if re.search(rf"\b{word}\b", words)), "")
        strange = None if tencent or code else _CODE.fullmatch(words)
        if strange and nearest(strange["code"], ALIBABA_CODES):
            said = hint(strange["code"], ALIBABA_CODES)
            problems.append(f"{name}, line {number}: {strange['code']} is no code that is known here{said}")
            continue
        means = _sharper(ALIBABA_CODES[code], _meaning(rows, words)) if code else _meaning(rows, words)
        if means:
            stamp, own = _STAMP.match(words), _MY_IP.search(words)
            entries.append(Entry(number, stamp["time"] if stamp else "", own["address"] if own else "", means, words))
    if not entries and not tencent and not problems:
        raise ParseError(
            f"{name} has no line that a log of AWS, Alibaba Cloud or Tencent Cloud has, so nothing could be read from it"
        )
    return ProviderLog(name, "Tencent Cloud" if tencent else "Alibaba Cloud", tuple(entries), tuple(problems))
