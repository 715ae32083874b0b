"""What a router answers, read whole or not at all: a sentence says why where it is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from ...changes.objects import Config
from ...changes.objects import read as read_objects
from ...inventory.errors import DeviceRefused, ParseError
from ...parsers import parse

RUNNING = "show running-config"
CLOCK = "show clock"
SESSIONS = "show crypto session detail"
IKEV2_SESSIONS = "show crypto ikev2 session detail"
RECONNECTS = "show crypto ikev2 stats reconnect"
CERTIFICATES = "show crypto pki certificates verbose"
DIRECTORY = "dir bootflash:"


class Answer(Struct, frozen=True):
    """The state that an answer shows; ``unread`` is why it is not known, empty where it is."""

    state: Any
    unread: str = ""


def read(host: str, command: str, outputs: Mapping[str, str]) -> Answer:
    """The answer of a router to a command."""
    if command not in outputs:
        return Answer(None, f"{host} was not asked for {command!r}")
    text = outputs[command]
    try:
        # An empty answer stands between echo and prompt, where silence is an answer.
        parsed = parse("ios", command, f"{text}\n" if text.strip() else f"{host}#{command}\n{host}#")
    except (ParseError, DeviceRefused) as error:
        return Answer(None, f"{command}: {error}")
    if not parsed.complete:
        problem = parsed.problems[0]
        return Answer(None, f"{command}: line {problem.line} was not understood: {problem.why}")
    return Answer(parsed.state)


def configured(text: str) -> Config:
    """The objects of a running configuration of a head-end's router."""
    return read_objects("ios", text)
