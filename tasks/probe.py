"""Send sourced pings: only traffic between the protected prefixes brings a crypto map tunnel up, and proves it."""

from __future__ import annotations

from ipaddress import IPv4Address

from nornir.core.task import Result, Task

from ..checks.observation import Probe
from ..inventory.platforms import Platform
from ..parsers import parse
from .device import session
from .session import Session

TIMEOUT_SECONDS = 2
_QUESTION = r"Protocol \[ip\]: ?"


def probe(task: Task, platform: Platform, source: IPv4Address, target: IPv4Address, count: int) -> Result:
    """Nornir task. ``result`` is a Probe: ``count`` packets of 100 bytes from ``source`` to ``target``."""
    device = session(task)
    patience = (TIMEOUT_SECONDS + 1) * count + 10
    text = (_dialogue if platform.ping == "dialogue" else _one_line)(device, source, target, count, patience)
    state = parse(platform.os, "ping", text).state
    return Result(host=task.host, result=Probe(state.sent, state.received, text))


def _dialogue(device: Session, source: IPv4Address, target: IPv4Address, count: int, patience: float) -> str:
    """Extended ping of releases that take no source on the command line (Cisco IOS 12.2).

    The questions are: protocol, target, repeat count, datagram size, timeout, extended commands, source, type of service,
    DF bit, validate reply, data pattern, record options, sweep.
    """
    answers = ["", str(target), str(count), "100", str(TIMEOUT_SECONDS), "y", str(source), "", "", "", "", "", ""]
    text = device.dialogue("ping", _QUESTION, answers, patience_seconds=patience)
    return text[max(0, text.find("Type escape sequence")) :]


def _one_line(device: Session, source: IPv4Address, target: IPv4Address, count: int, patience: float) -> str:
    line = f"ping {target} source {source} repeat {count} timeout {TIMEOUT_SECONDS}"
    return device.ask(line, patience_seconds=patience)
