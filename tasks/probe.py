"""Send sourced pings: only traffic between the protected prefixes brings a crypto map tunnel up, and proves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

from nornir.core.task import Result, Task

from ..changes import tree
from ..changes.nameif import interfaces
from ..checks.listing import INTERFACES, Listing
from ..checks.observation import Probe
from ..inventory.errors import DriftError, NotKnown
from ..inventory.platforms import Platform
from ..parsers import parse
from .device import session
from .session import Session

TIMEOUT_SECONDS = 2
QUESTION = r"Protocol \[ip\]: ?"


def probe(task: Task, platform: Platform, source: IPv4Address, target: IPv4Address, count: int) -> Result:
    """Nornir task. ``result`` is a Probe: ``count`` packets of 100 bytes from ``source`` to ``target``."""
    device = session(task)
    patience = (TIMEOUT_SECONDS + 1) * count + 10
    text = _FORMS[platform.ping](device, source, target, count, patience)
    state = parse(platform.os, "ping", text).state
    return Result(host=task.host, result=Probe(state.sent, state.received, text))


def answers_to(source: IPv4Address, target: IPv4Address, count: int) -> list[str]:
    """What is typed in an extended ping.

    The questions are: protocol, target, repeat count, datagram size, timeout, extended commands, source, type of service,
    DF bit, validate reply, data pattern, record options, sweep.
    """
    return ["", str(target), str(count), "100", str(TIMEOUT_SECONDS), "y", str(source), "", "", "", "", "", ""]


def line_of(platform: Platform, source: IPv4Address, target: IPv4Address, count: int, nameif: str) -> str:
    """A ping in one line; ``nameif`` is the name of the interface with that source, where a platform goes by it."""
    return _by_name(nameif, target, count) if platform.ping == "nameif" else _sourced(source, target, count)


def _sourced(source: IPv4Address, target: IPv4Address, count: int) -> str:
    return f"ping {target} source {source} repeat {count} timeout {TIMEOUT_SECONDS}"


def _by_name(nameif: str, target: IPv4Address, count: int) -> str:
    return f"ping {nameif} {target} repeat {count} size 100 timeout {TIMEOUT_SECONDS}"


def _dialogue(device: Session, source: IPv4Address, target: IPv4Address, count: int, patience: float) -> str:
    """Extended ping of releases that take no source on the command line (Cisco IOS 12.2)."""
    text = device.dialogue("ping", QUESTION, answers_to(source, target, count), patience_seconds=patience)
    return text[max(0, text.find("Type escape sequence")) :]


def _one_line(device: Session, source: IPv4Address, target: IPv4Address, count: int, patience: float) -> str:
    return device.ask(_sourced(source, target, count), patience_seconds=patience)


def _by_nameif(device: Session, source: IPv4Address, target: IPv4Address, count: int, patience: float) -> str:
    """An ASA takes its address of the interface that is named (8.2 to 9.19), and sends through a tunnel only from the one in
    ``management-access``. Raises DriftError where no interface has the address."""
    wanted = str(source)
    if wanted not in device.remembered:
        try:
            nodes = tree.parse(Listing(INTERFACES, device.ask(INTERFACES)).text)
        except NotKnown as error:
            raise NotKnown(f"{device.name}: {error}, so it is not known where a ping can start") from None
        has = (item.nameif for item in interfaces(nodes) if item.address and item.address.ip == source and not item.shutdown)
        nameif = next(has, None)
        if nameif is None:
            raise DriftError(f"{device.name}: no interface that is up and has a nameif has address {source}, so nothing can ping")
        device.remembered[wanted] = nameif
    return device.ask(_by_name(device.remembered[wanted], target, count), patience_seconds=patience)


_FORMS: Mapping[str, Callable[[Session, IPv4Address, IPv4Address, int, float], str]] = {
    "dialogue": _dialogue,
    "one-line": _one_line,
    "nameif": _by_nameif,
}
