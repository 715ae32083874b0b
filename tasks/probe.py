"""Send sourced pings: only traffic between the protected prefixes brings a crypto map tunnel up, and verifies it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from nornir.core.task import Result, Task

from ..changes import tree
from ..changes.nameif import interfaces
from ..checks.observations.listing import INTERFACES, Listing
from ..checks.observations.observation import Probe
from ..inventory.errors import DriftError, NotKnown
from ..inventory.models.platforms import Platform
from ..parsers import parse
from .device import session
from .sessions.session import Reply, Session

TIMEOUT_SECONDS = 2
#: Bytes of an echo where nothing else is wanted, with its IP header: what a router sends by itself.
SMALL_BYTES = 100
QUESTION = r"Protocol \[ip\]: ?"


@dataclass(frozen=True, slots=True)
class Ping:
    """``count`` packets of 100 bytes from ``source``, an address of the device, to ``target``."""

    platform: Platform
    source: IPv4Address
    target: IPv4Address
    count: int

    @property
    def patience_seconds(self) -> float:
        """How long the device may say nothing, if none of them comes back."""
        return (TIMEOUT_SECONDS + 1) * self.count + 10.0


def probe(task: Task, platform: Platform, source: IPv4Address, target: IPv4Address, count: int) -> Result:
    """Nornir task. ``result`` is a Probe: ``count`` packets of 100 bytes from ``source`` to ``target``."""
    return ping_only(task, Ping(platform, source, target, count))


def ping_only(task: Task, ping: Ping) -> Result:
    """Nornir task. ``result`` is the Probe."""
    return Result(host=task.host, result=sent(session(task), ping)[0])


def sent(device: Session, ping: Ping, then: Sequence[str] = ()) -> tuple[Probe, tuple[Reply, ...]]:
    """What became of a ping; and the replies to ``then``, which are typed along with it and only read."""
    text, replies = _FORMS[ping.platform.ping](device, ping, then)
    state = parse(ping.platform.os, "ping", text).state
    return Probe(state.sent, state.received, text), replies


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


def _dialogue(device: Session, ping: Ping, then: Sequence[str]) -> tuple[str, tuple[Reply, ...]]:
    """Extended ping of releases that take no source on the command line (Cisco IOS 12.2)."""
    answers = answers_to(ping.source, ping.target, ping.count)
    text, replies = device.answer_prompt_and("ping", QUESTION, answers, then, patience_seconds=ping.patience_seconds)
    return text[max(0, text.find("Type escape sequence")) :], replies


def _in_one_write(device: Session, line: str, ping: Ping, then: Sequence[str]) -> tuple[str, tuple[Reply, ...]]:
    first, *replies = device.send_batch((line, *then), patience_seconds=ping.patience_seconds)
    return first.text, tuple(replies)


def _one_line(device: Session, ping: Ping, then: Sequence[str]) -> tuple[str, tuple[Reply, ...]]:
    return _in_one_write(device, line_of(ping.platform, ping.source, ping.target, ping.count, ""), ping, then)


def _by_nameif(device: Session, ping: Ping, then: Sequence[str]) -> tuple[str, tuple[Reply, ...]]:
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
    return _in_one_write(device, line_of(ping.platform, ping.source, ping.target, ping.count, nameif), ping, then)


def _nameif(text: str, source: IPv4Address) -> str | None:
    """The name of the interface that is up and has an address, in the text of a configuration."""
    nodes = tree.parse(text)
    has = (item.nameif for item in interfaces(nodes) if item.address and item.address.ip == source and not item.shutdown)
    return next(has, None)


_FORMS: Mapping[str, Callable[[Session, Ping, Sequence[str]], tuple[str, tuple[Reply, ...]]]] = {
    "dialogue": _dialogue,
    "one-line": _one_line,
    "nameif": _by_nameif,
}
