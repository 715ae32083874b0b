"""The telnet line of a box: option negotiation, echo, line editing, the login, and the count of round trips.

A round trip is counted each time input arrives after the box had answered everything that it had received before: a block
of lines sent at once is one, a line sent after each prompt is one each. Option bytes do not count.
"""

from __future__ import annotations

import asyncio
from typing import cast

from .box import Box
from .session import Session
from .terminal import HELP, Half, Hangup

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SGA = 1, 3
TRIES = 3
LONGEST = 254  # characters of a line that the router reads; it rings the bell at the next one


class TelnetLine(asyncio.Protocol):
    """One connection; a `terminal.Terminal` for the session that runs on it."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._input = bytearray()
        self._options = bytearray()
        self._arrived = asyncio.Event()
        self._waiting = True
        self._gone = False
        self._after_cr = False
        self._shown = ""
        self._late: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._transport: asyncio.Transport | None = None
        self.vty = -1

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a vty line, or refuse when all five are busy."""
        self._transport = cast(asyncio.Transport, transport)
        free = [number for number in range(5) if number not in self.box.vtys]
        if not free:
            self._transport.abort()
            return
        self.vty = free[0]
        self.box.vtys[self.vty] = ""
        self.box.terminals[self.vty] = self
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._serve()), loop.create_task(self._deliver())]

    def data_received(self, data: bytes) -> None:
        """Input from the client, at once or late."""
        late = self.box.faults.number("latency") / 1000
        if late or not self._late.empty():
            self._late.put_nowait((asyncio.get_running_loop().time() + late, data))
        else:
            self._accept(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Free the vty."""
        self._gone = True
        self._arrived.set()
        if self.box.terminals.get(self.vty) is self:
            del self.box.vtys[self.vty], self.box.terminals[self.vty]
        for task in self._tasks[1:]:
            task.cancel()

    async def _deliver(self) -> None:
        while True:
            when, data = await self._late.get()
            await asyncio.sleep(max(0.0, when - asyncio.get_running_loop().time()))
            self._accept(data)

    def _accept(self, data: bytes) -> None:
        text = self._strip_options(data)
        if not text:
            return
        if self._waiting and not self._input:
            self._waiting = False
            self.box.counters.round_trips += 1
        self._input += text
        self._arrived.set()

    def _strip_options(self, data: bytes) -> bytes:
        """Take the telnet commands out; what we do not do is answered with a refusal."""
        text = bytearray()
        for byte in data:
            pending = self._options
            if not pending:
                if byte == IAC:
                    pending.append(byte)
                else:
                    text.append(byte)
                continue
            pending.append(byte)
            if len(pending) == 2 and byte == IAC:
                text.append(byte)
                pending.clear()
            elif len(pending) == 2 and byte not in (DO, DONT, WILL, WONT, SB):
                pending.clear()
            elif len(pending) == 3 and pending[1] != SB:
                self._answer_option(pending[1], byte)
                pending.clear()
            elif pending[1] == SB and pending[-2:] == bytes((IAC, SE)):
                pending.clear()
        return bytes(text)

    def _answer_option(self, command: int, option: int) -> None:
        if command == DO and option not in (ECHO, SGA):
            self.raw(bytes((IAC, WONT, option)))
        elif command == WILL and option != SGA:
            self.raw(bytes((IAC, DONT, option)))

    # terminal.Terminal

    def write(self, text: str) -> None:
        """Send text with telnet line ends."""
        self.raw(text.replace("\n", "\r\n").encode("latin-1", "replace"))

    def raw(self, data: bytes) -> None:
        """Send bytes."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    async def read_key(self) -> str:
        """Read one character without echo."""
        while not self._input:
            if self._gone:
                raise Hangup
            self._waiting = True
            self._arrived.clear()
            await self._arrived.wait()
        key = chr(self._input.pop(0))
        if self._after_cr and key in "\n\0":
            self._after_cr = False
            return await self.read_key()
        self._after_cr = key == "\r"
        return key

    async def read_line(self, *, echo: bool = True, half: Half | None = None, room: int = 0, begun: str = "") -> str:
        """Read a line: backspace, Ctrl-U, Ctrl-W; Ctrl-C and Ctrl-Z end it, `?` asks for help; a long one scrolls."""
        line = self._shown = begun
        self.raw(begun.encode("latin-1"))
        while True:
            if half is not None and self._half_echoed(line):
                self.write(half())
                half = None
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
            line = self._edited(line, key, echo=echo)
            if echo and room and len(self._shown) >= room - 1:
                self._scroll()

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

    def interrupted(self) -> bool:
        """Ctrl-^ was typed."""
        if 0x1E in self._input:
            self._input.clear()
            return True
        return self._gone

    def close(self) -> None:
        """Cut the line: what was written goes out, nothing more is read."""
        if self._transport is not None:
            self._transport.close()
        self._gone = True

    def hang_up(self) -> None:
        """Cut the line at once."""
        if self._transport is not None:
            self._transport.abort()

    # The session

    async def _serve(self) -> None:
        try:
            if "no-answer" in self.box.faults:
                while True:
                    await self.read_key()
            self.raw(bytes((IAC, WILL, ECHO, IAC, WILL, SGA, IAC, DONT, 39, IAC, DO, 31)))
            session = await self._login()
            if session is not None:
                await session.run()
        except Hangup:
            pass  # the client went away, or a fault cut the line: nothing is left to do but to close
        finally:
            self.close()

    async def _login(self) -> Session | None:
        """Let somebody in as `line vty 0 4` says; None after three failures."""
        vty = self.box.store.get("line", "line vty 0 4")
        login = vty.child("login") if vty is not None else None
        words = login.text if login is not None else ""
        aaa = self.box.store.get("aaa new-model") is not None
        if words == "no login" and not aaa:
            return Session(self.box, self, line=self.vty)
        if words != "login local" and not aaa:
            return await self._line_password(vty.child("password") is not None if vty is not None else False)
        self.write("\n\nUser Access Verification\n\n")
        for _ in range(TRIES):
            self.write("Username: ")
            user = (await self.read_line()).strip()
            self.write("Password: ")
            password = await self.read_line(echo=False)
            self.box.counters.logins += 1
            level = self.box.credentials_match(user, password)
            if level is not None:
                self.write("\n")
                self.box.vtys[self.vty] = user
                return Session(self.box, self, user, 1 if aaa else level, self.vty)
            self.write("% Authentication failed.\n\n" if aaa else "% Login invalid\n\n")
        return None

    async def _line_password(self, known: bool) -> Session | None:
        if not known:
            self.write("\n\nPassword required, but none set\n")
            return None
        vty = self.box.store.get("line", "line vty 0 4")
        wanted = vty.child("password") if vty is not None else None
        self.write("\n\nUser Access Verification\n\n")
        for _ in range(TRIES):
            self.write("Password: ")
            password = await self.read_line(echo=False)
            self.box.counters.logins += 1
            if wanted is not None and password == wanted.values["password"]:
                return Session(self.box, self, line=self.vty)
        self.write("% Bad passwords\n")
        return None
