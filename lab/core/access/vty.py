"""A vty line of a box, whatever transport it came by: echo, line editing, lateness, and the count of round trips.

A round trip is counted each time input arrives after the box had answered everything that it had received before: a block
of lines sent at once is one, a line sent after each prompt is one each. What the transport itself says does not count.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from typing import ClassVar

from ..box import Box
from .terminal import COMPLETE, HELP, Half, Hangup, Terminal

VTYS = 5
PIECE_SECONDS = 0.001
MINUTES = 120
PACE_SECONDS = 120.0
#: Characters that stand in a line as they are typed: neither an end, nor a key that edits, nor the question mark.
PLAIN = re.compile(rb"[ ->@-~]*")
LONGEST = 254  # characters of a line that the router reads; it rings the bell at the next one


class Late:
    """Hands bytes on, `latency` later if that fault is on, in their order."""

    def __init__(self, box: Box, accept: Callable[[bytes], None]) -> None:
        self.box = box
        self.accept = accept
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def take(self, data: bytes) -> None:
        """Bytes have arrived."""
        late = self.box.faults.number("latency") / 1000
        if not late and not self._waiting:
            self.accept(data)
            return
        self._waiting.append((asyncio.get_running_loop().time() + late, data))
        if self._timer is None:
            self._wait()

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(max(self._waiting[0][0], loop.time()), self._deliver)

    def _deliver(self) -> None:
        self._timer = None
        _, data = self._waiting.popleft()
        self.accept(data)
        if self._waiting and self._timer is None:
            self._wait()

    def stop(self) -> None:
        """Nothing that has not been handed on will be."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()


def pieces(data: bytes) -> list[bytes]:
    """Cut bytes into pieces of 1 to 40; inside a character of several bytes wherever there is one."""
    found = []
    while data:
        size = 1 + secrets.randbelow(40)
        inside = next((at for at in range(1, min(size, len(data))) if data[at] & 0xC0 == 0x80), size)
        found.append(data[:inside])
        data = data[inside:]
    return found


class Vty(Terminal):
    """One line; a transport feeds it and sends what it writes."""

    transport: ClassVar[str] = "telnet"

    def __init__(self, box: Box) -> None:
        self.box = box
        self.vty = -1
        self._input = bytearray()
        self._arrived = asyncio.Event()
        self._waiting = True
        self._gone = False
        self._after_cr = False
        self._shown = ""
        self._late = Late(box, self._accept)
        self._output = bytearray()
        self._pieces: list[bytes] = []
        self._trickle: asyncio.Task[None] | None = None

    def take_line(self, transport: str) -> bool:
        """Occupy a line and serve it; False when all are busy or `transport input` does not admit the transport."""
        free = [number for number in range(VTYS) if number not in self.box.vtys]
        if not free or not self._admits(transport):
            return False
        self.vty = free[0]
        self.box.vtys[self.vty] = ""
        self.box.terminals[self.vty] = self
        return True

    def _admits(self, transport: str) -> bool:
        entry = self.box.store.get("line", "line vty 0 4")
        allowed = entry.child("transport input") if entry is not None else None
        return allowed is None or bool({"all", transport} & set(allowed.text.split()))

    def free_line(self) -> None:
        """The transport is gone: free the line; a session that waits for input ends."""
        self._gone = True
        self._arrived.set()
        if self.box.terminals.get(self.vty) is self:
            del self.box.vtys[self.vty], self.box.terminals[self.vty]
        self._late.stop()

    def feed(self, data: bytes) -> None:
        """Input from the client, at once or late."""
        self._late.take(data)

    def _accept(self, data: bytes) -> None:
        text = self.strip(data)
        if not text:
            return
        if self._waiting and not self._input:
            self._waiting = False
            self.box.counters.round_trips += 1
        self._input += text
        self._arrived.set()

    def strip(self, data: bytes) -> bytes:
        """Take out of the input what the transport says."""
        return data

    # terminal.Terminal

    def write(self, text: str) -> None:
        """Send text with the line ends of a terminal."""
        self.raw(text.replace("\n", "\r\n").encode("latin-1", "replace"))

    def raw(self, data: bytes) -> None:
        """Send bytes, together with what else is written at this moment: a packet for each character would cost the client."""
        if not self._output:
            asyncio.get_running_loop().call_soon(self.flush)
        self._output += data

    def flush(self) -> None:
        """Send what was written."""
        data, self._output = bytes(self._output), bytearray()
        if "split-reads" in self.box.faults or self._pieces:
            self._pieces += pieces(data)
            if self._pieces and self._trickle is None:
                self._trickle = asyncio.get_running_loop().create_task(self._send_pieces())
        elif data:
            self.send(data)

    async def _send_pieces(self) -> None:
        """Send one piece after the other, far enough apart that each arrives alone."""
        while self._pieces:
            self.send(self._pieces.pop(0))
            await asyncio.sleep(PIECE_SECONDS)
        self._trickle = None

    def flush_all(self) -> None:
        """Send what was written, at once and whole: the line ends."""
        self.flush()
        rest, self._pieces = b"".join(self._pieces), []
        if rest:
            self.send(rest)

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Give bytes to the transport."""

    async def read_key(self) -> str:
        """Read one character without echo."""
        while not self._input:
            if self._gone:
                raise Hangup
            self._waiting = True
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), self.patience())
            except TimeoutError:
                self.close()
                raise Hangup from None
        key = chr(self._input.pop(0))
        if self._after_cr and key in "\n\0":
            self._after_cr = False
            return await self.read_key()
        self._after_cr = key == "\r"
        return key

    async def read_line(self, *, echo: bool = True, half: Half | None = None, room: int = 0, begun: str = "") -> str:
        """Read a line: backspace, Ctrl-U, Ctrl-W; Ctrl-C and Ctrl-Z end it, `?` asks for help, Tab for a word."""
        line = self._shown = begun
        self.raw(begun.encode("latin-1"))
        while True:
            if half is not None and self._half_echoed(line):
                self.write(half())
                half = None
            if echo and room and (run := self._run(line, room, until_half=half is not None)):
                line += run
                continue
            key = await self.read_key()
            if key in "\r\n":
                self.write("\n")
                return line
            if key in "\x03\x1a":
                self.write("^Z\n" if key == "\x1a" else "^C\n")
                return line + key
            if key == "?" and echo and room:
                self.write("?\n")
                return line + HELP
            if key == "\t" and echo and room:
                return line + COMPLETE
            line = self._edited(line, key, echo=echo)
            if echo and room and len(self._shown) >= room - 1:
                self._scroll()

    def _run(self, line: str, room: int, *, until_half: bool) -> str:
        """Take the plain characters that have arrived, all at once, and echo them; no more than fit before something happens:
        the line is full, it scrolls, or half of it has been echoed and that is waited for. Nothing where there are none."""
        most = min(LONGEST - len(line), room - 2 - len(self._shown))
        if until_half:
            rest = re.match(rb"[^\r\n]*", self._input)
            whole = len(line) + (rest.end() if rest is not None else 0)
            most = min(most, max(3, (whole + 1) // 2) - len(line))
        found = PLAIN.match(self._input, 0, max(0, most))
        if found is None or not found[0]:
            return ""
        run = found[0].decode("ascii")
        del self._input[: len(run)]
        self._after_cr = False
        self.raw(run.encode("ascii"))
        self._shown += run
        return run

    def _half_echoed(self, line: str) -> bool:
        """Half of the line has been echoed."""
        rest = bytes(self._input).split(b"\r")[0].split(b"\n")[0]
        return len(line) >= 3 and len(line) >= len(rest)

    def _edited(self, line: str, key: str, *, echo: bool) -> str:
        after = line
        if key in "\x08\x7f":
            after = line[:-1]
        elif key == "\x15":
            after = ""
        elif key == "\x17":
            after = line.rstrip().rpartition(" ")[0] + (" " if " " in line.rstrip() else "")
        elif key >= " ":
            if len(line) == LONGEST:
                self.raw(b"\x07")
                return line
            if echo:
                self.raw(key.encode("latin-1"))
                self._shown += key
            return line + key
        if echo:
            gone = min(len(line) - len(after), len(self._shown))
            self.raw(b"\b \b" * gone)
            self._shown = self._shown[: len(self._shown) - gone]
        return after

    def _scroll(self) -> None:
        """At the right edge the line moves ten columns to the left and begins with a dollar."""
        width = len(self._shown)
        self._shown = f"${self._shown[11:]}"
        self.raw(b"\b" * width + self._shown.encode("latin-1") + b" " * 10 + b"\b" * 10)

    def patience(self) -> float | None:
        """Real seconds that the line may be idle; None for ever.

        The box counts by its own clock. A time of minutes stays long enough for a client, which cannot hurry as that clock does.
        """
        seconds = self.box.idle_seconds(self.transport)
        if seconds is None:
            return None
        real = seconds / self.box.clock.speed
        return real if seconds < MINUTES else max(real, PACE_SECONDS)

    def interrupted(self) -> bool:
        """Ctrl-^ was typed."""
        if 0x1E in self._input:
            self._input.clear()
            return True
        return self._gone

    @abstractmethod
    def close(self) -> None:
        """Cut the line: what was written goes out, nothing more is read."""

    @abstractmethod
    def hang_up(self) -> None:
        """Cut the line at once."""
