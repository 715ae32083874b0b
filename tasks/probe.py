"""Send sourced pings: only traffic between the protected prefixes brings a crypto map tunnel up and verifies it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv4Address

from msgspec import Struct
from nornir.core.task import Result, Task

from ..changes.configurations import tree
from ..changes.configurations.nameif import interfaces
from ..checks.observations.listing import INTERFACES, Listing
from ..checks.observations.observation import Probe
from ..inventory.errors import DeviceRefused, DriftError, NotKnown, ParseError
from ..inventory.models.platforms import Platform
from ..parsers import parse
from .device import session
from .sessions.session import Reply, Session

TIMEOUT_SECONDS = 2
#: Bytes of an echo with its IP header, by default: the default of a router.
SMALL_BYTES = 100
#: Packets of full size; the loss of a single one may be chance.
LARGE = 3
QUESTION = r"Protocol \[ip\]: ?"
_PINGED = "Type escape sequence"
#: What each burst is told in, from the first line of its answer to the last; behind it comes the next dialogue.
_BURST = re.compile(rf"{_PINGED}.*?^Success rate is [^\n]*", re.DOTALL | re.MULTILINE)


class Ping(Struct, frozen=True):
    """``count`` packets of 100 bytes from ``source``, an address of the device, to ``target``.

    ``full_bytes``: some of this size as well, which may not be cut in pieces; 0 for none.
    """

    platform: Platform
    source: IPv4Address
    target: IPv4Address
    count: int
    full_bytes: int = 0

    @property
    def patience_seconds(self) -> float:
        """How long the device may say nothing, if none of them comes back."""
        return (TIMEOUT_SECONDS + 1) * (self.count + (LARGE if self.full_bytes else 0)) + 10.0

    @property
    def forms(self) -> tuple[tuple[int, int, bool], ...]:
        """Of each burst how many, of how many bytes, and whether they may not be cut; the small ones first."""
        return ((self.count, SMALL_BYTES, False), *(((LARGE, self.full_bytes, True),) if self.full_bytes else ()))


def probe(task: Task, platform: Platform, source: IPv4Address, target: IPv4Address, count: int) -> Result:
    """Nornir task. ``result`` is a Probe: ``count`` packets of 100 bytes from ``source`` to ``target``."""
    return ping_only(task, Ping(platform, source, target, count))


def ping_only(task: Task, ping: Ping) -> Result:
    """Nornir task. ``result`` is the Probe."""
    return Result(host=task.host, result=sent(session(task), ping)[0])


def sent(device: Session, ping: Ping, then: Sequence[str] = ()) -> tuple[Probe, tuple[Reply, ...]]:
    """What became of a ping; and the replies to ``then``, which are typed along with it and only read."""
    texts, replies = _FORMS[ping.platform.ping](device, ping, then)
    state = parse(ping.platform.os, "ping", texts[0]).state
    return Probe(state.sent, state.received, texts[0], _large(ping, texts[1:])), replies


def _large(ping: Ping, texts: Sequence[str]) -> Probe | None:
    """What became of those of full size; None where none were sent, as far as anybody can tell: nothing rests on them alone."""
    for text in texts:
        with suppress(ParseError, DeviceRefused):
            state = parse(ping.platform.os, "ping", text).state
            return Probe(state.sent, state.received, text)
    return None


def answers_to(
    source: IPv4Address, target: IPv4Address, count: int, size: int = SMALL_BYTES, *, whole: bool = False
) -> list[str]:
    """What is typed in an extended ping; ``whole`` with the DF bit.

    The questions are: protocol, target, repeat count, datagram size, timeout, extended commands, source, type of service,
    DF bit, validate reply, data pattern, record options, sweep.
    """
    return ["", str(target), str(count), str(size), str(TIMEOUT_SECONDS), "y", str(source), "", "y" if whole else "", *[""] * 4]


def line_of(
    platform: Platform,
    source: IPv4Address,
    target: IPv4Address,
    count: int,
    nameif: str,
    size: int = SMALL_BYTES,
    *,
    whole: bool = False,
) -> str:
    """A ping in one line; ``nameif`` is the name of the interface with that source, where a platform goes by it.

    ``whole`` sets the DF bit, which an ASA has no word for (Cisco ASA Series Command Reference, ping).
    """
    if platform.ping == "nameif":
        return f"ping {nameif} {target} repeat {count} size {size} timeout {TIMEOUT_SECONDS}"
    sized = f" size {size}" if size != SMALL_BYTES else ""
    return f"ping {target} source {source} repeat {count} timeout {TIMEOUT_SECONDS}{sized}{' df-bit' if whole else ''}"


def _dialogue(device: Session, ping: Ping, then: Sequence[str]) -> tuple[tuple[str, ...], tuple[Reply, ...]]:
    """Extended ping of releases that take no source on the command line (Cisco IOS 12.2).

    Two of them are typed at once, and what is asked besides goes behind them in an exchange of its own.
    """
    if ping.full_bytes:
        each = [answers_to(ping.source, ping.target, count, size, whole=whole) for count, size, whole in ping.forms]
        patience = ping.patience_seconds
        text = device.answer_same_prompts("ping", QUESTION, each, seen_before=False, patience_seconds=patience)
        return tuple(bursts(text)) or (text,), device.send_batch(then) if then else ()
    answers = answers_to(ping.source, ping.target, ping.count)
    text, replies = device.answer_prompt_and("ping", QUESTION, answers, then, patience_seconds=ping.patience_seconds)
    return (text[max(0, text.find(_PINGED)) :],), replies


def bursts(text: str) -> list[str]:
    """The answers in the text of several dialogues, without the questions of the next one; less than asked where one is cut."""
    return [f"{found}\n" for found in _BURST.findall(text)]


def _in_one_write(device: Session, ping: Ping, nameif: str, then: Sequence[str]) -> tuple[tuple[str, ...], tuple[Reply, ...]]:
    """Those of full size behind what is asked: what it counts is counted of the small ones."""
    at = (ping.platform, ping.source, ping.target)
    small, *large = (line_of(*at, count, nameif, size, whole=whole) for count, size, whole in ping.forms)
    first, *replies = device.send_batch((small, *then, *large), patience_seconds=ping.patience_seconds)
    return (first.text, *(reply.text for reply in replies[len(then) :])), tuple(replies[: len(then)])


def _one_line(device: Session, ping: Ping, then: Sequence[str]) -> tuple[tuple[str, ...], tuple[Reply, ...]]:
    return _in_one_write(device, ping, "", then)


def _by_nameif(device: Session, ping: Ping, then: Sequence[str]) -> tuple[tuple[str, ...], tuple[Reply, ...]]:
    """An ASA takes its address of the interface that is named (8.2 to 9.19), and sends through a tunnel only from the one in
    ``management-access``. Raises DriftError where no interface has the address."""
    nameif = _nameif(device.shown_running, ping.source)
    if nameif is None:
        try:
            nameif = _nameif(Listing(INTERFACES, device.ask(INTERFACES)).text, ping.source)
        except NotKnown as error:
            raise NotKnown(f"{device.name}: {error}, so it is not known where a ping can start") from None
    if nameif is None:
        raise DriftError(
            f"{device.name}: no interface that is up and has a nameif has address {ping.source}, so nothing can ping"
        )
    return _in_one_write(device, ping, nameif, then)


def _nameif(text: str, source: IPv4Address) -> str | None:
    """The name of the interface that is up and has an address, in the text of a configuration."""
    nodes = tree.parse(text)
    has = (item.nameif for item in interfaces(nodes) if item.address and item.address.ip == source and not item.shutdown)
    return next(has, None)


_FORMS: Mapping[str, Callable[[Session, Ping, Sequence[str]], tuple[tuple[str, ...], tuple[Reply, ...]]]] = {
    "dialogue": _dialogue,
    "one-line": _one_line,
    "nameif": _by_nameif,
}
