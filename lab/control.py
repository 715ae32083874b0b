"""The server side of the control channel: one JSON line in, one JSON line out, on a unix socket in the lab's private folder, with
a token. The client side is request.py.

Requests: {"token": ..., "do": "status" | "far ends" | "exec" | "fault" | "client" | "memory" | "keep" | "rewind" | "counters" |
"reset" | "stop", ...}. Answers: {"ok": ...} or {"error": sentence, "kind": name of the exception}.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import Any

from msgspec.structs import asdict

from .core import errors
from .memory import resident_kb
from .rehearsal import Rehearsal


class Control:
    """The server side."""

    def __init__(self, lab: Rehearsal, token: str, before: int) -> None:
        self.lab = lab
        self.before = before
        self.token = token
        self.stopped = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while line := await reader.readline():
                answer = await self._answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
        except ValueError:
            return {"error": "The request is not JSON.", "kind": "LabError"}
        if not isinstance(request, dict) or not hmac.compare_digest(str(request.get("token", "")), self.token):
            return {"error": "The token is wrong.", "kind": "LabError"}
        try:
            return {"ok": await self._do(request)}
        except errors.LabError as error:
            return {"error": str(error), "kind": type(error).__name__}
        except (KeyError, TypeError, ValueError) as error:
            return {"error": f"The lab could not do that: {type(error).__name__}: {error}", "kind": "LabError"}

    async def _do(self, request: dict[str, Any]) -> Any:
        what, device = request.get("do"), str(request.get("device", ""))
        if what == "status":
            return {
                name: {"faults": {k: list(v) for k, v in box.faults.active.items()}, "sessions": len(box.vtys)}
                for name, box in self.lab.boxes.items()
            }
        if what == "far ends":
            return {
                name: {"faults": {k: list(v) for k, v in end.faults.active.items()}, "noted": list(end.noted)}
                for name, end in self.lab.far_ends.items()
            }
        if what == "exec":
            return await self.lab.execute(device, str(request["command"]))
        if what == "fault":
            arguments = tuple(str(item) for item in request.get("arguments", ()))
            return await self.lab.fault(device, str(request["fault"]), arguments, on=bool(request.get("on", True)))
        if what == "client":
            words = {key: str(value) for key, value in dict(request.get("words", {})).items()}
            return await self.lab.client(str(request["client"]), str(request["action"]), words)
        if what == "keep":
            return self.lab.keep()
        if what == "rewind":
            return await self.lab.rewind()
        if what == "memory":
            now = resident_kb()
            return {"resident_kb": now, "per_device_kb": max(0, now - self.before) // max(1, len(self.lab.boxes))}
        if what == "counters":
            return asdict(self.lab.box(device).counters)
        if what == "reset":
            for box in self.lab.boxes.values():
                box.counters = type(box.counters)()
            return None
        if what == "stop":
            self.stopped.set()
            return None
        raise errors.LabError(f"The lab does not know the request {what}.")
