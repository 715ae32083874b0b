"""The telnet line of a box: option negotiation and the login dialogue."""

from __future__ import annotations

import asyncio
from typing import cast

from ..box import Box
from . import banners
from .session import Session
from .terminal import Hangup
from .vty import Vty

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
ECHO, SGA = 1, 3
TRIES = 3


class TelnetLine(Vty, asyncio.Protocol):
    """One connection; a `terminal.Terminal` for the session that runs on it."""

    def __init__(self, box: Box) -> None:
        super().__init__(box)
        self._options = bytearray()
        self._transport: asyncio.Transport | None = None
        self._served: asyncio.Task[None] | None = None

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a vty line, or refuse when there is none."""
        self._transport = cast(asyncio.Transport, transport)
        if not self.take_line("telnet"):
            self._transport.abort()
            return
        self._served = asyncio.get_running_loop().create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        """Input from the client."""
        self.feed(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Free the vty."""
        self.free_line()

    def strip(self, data: bytes) -> bytes:
        """Take the telnet commands out; what we do not do is answered with a refusal."""
        if not self._options and IAC not in data:
            return data
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
            self._command(IAC, WONT, option)
        elif command == WILL and option != SGA:
            self._command(IAC, DONT, option)

    def _command(self, *words: int) -> None:
        """Say something in the protocol itself."""
        self.flush_all()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(bytes(words))

    # terminal.Terminal

    def send(self, data: bytes) -> None:
        """Give bytes to the transport."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data.replace(b"\xff", b"\xff\xff"))  # RFC 854: a byte 255 of the text is doubled

    def close(self) -> None:
        """Cut the line: what was written goes out, nothing more is read."""
        self.flush_all()
        if self._transport is not None:
            self._transport.close()
        self._gone = True

    def hang_up(self) -> None:
        """Cut the line at once."""
        self.flush_all()
        if self._transport is not None:
            self._transport.abort()

    # The session

    async def _serve(self) -> None:
        try:
            if "no-answer" in self.box.faults:
                while True:
                    await self.read_key()
            self._command(IAC, WILL, ECHO, IAC, WILL, SGA, IAC, DONT, 39, IAC, DO, 31)
            self.write("\n" + banners.shown(self.box.store, "motd", "login"))
            session = await self._login()
            if session is not None:
                self.write(banners.shown(self.box.store, "exec"))
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
        aaa = self.box.aaa or self.box.access is not None
        if words == "no login" and not aaa:
            return Session(self.box, self, line=self.vty)
        if words != "login local" and not aaa:
            return await self._line_password(vty.child("password") is not None if vty is not None else False)
        self.write("\nUser Access Verification\n\n")
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
            self.write("\nPassword required, but none set\n")
            return None
        vty = self.box.store.get("line", "line vty 0 4")
        wanted = vty.child("password") if vty is not None else None
        self.write("\nUser Access Verification\n\n")
        for _ in range(TRIES):
            self.write("Password: ")
            password = await self.read_line(echo=False)
            self.box.counters.logins += 1
            if wanted is not None and password == wanted.values["password"]:
                return Session(self.box, self, line=self.vty)
        self.write("% Bad passwords\n")
        return None
