"""The client side of the control channel: who only talks to a lab that runs imports nothing of what plays it."""

from __future__ import annotations

import json
import socket
from typing import Any

from .core import errors

LIMIT = 1 << 24
TIMEOUT = 600.0


def request(address: str, token: str, what: str, **more: Any) -> Any:
    """Put one request to a running lab and return its answer; LabError as the lab raised it, NoLab if none answers."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
            channel.settimeout(TIMEOUT)
            channel.connect(address)
            channel.sendall(json.dumps({"token": token, "do": what, **more}).encode() + b"\n")
            with channel.makefile("rb") as answers:
                line = answers.readline(LIMIT)
    except OSError as error:
        raise errors.NoLab("No lab answers: it has ended. Start one with: nr-run lab up") from error
    if not line:
        raise errors.NoLab("The lab ended while it was asked.")
    answer = json.loads(line)
    if "error" in answer:
        raise getattr(errors, answer["kind"], errors.LabError)(answer["error"])
    return answer["ok"]
