"""What arrives for a telnet session is read all at once, and its commands are left to telnetlib.

Telnetlib reads fifty bytes at a time, asks the system before each time whether there are more, and passes each byte on by itself:
for a large configuration that costs more than everything that is done with it afterwards. Only the bytes of a command (RFC 854:
from IAC to its end) need it.
"""

from __future__ import annotations

from typing import Any

#: The most that is read at once.
BUFFER = 65536
_IAC = b"\xff"
#: Telnetlib leaves these out of what it reads: NUL, which follows a carriage return, and XON.
_LEFT_OUT = b"\x00\x11"


def read_arrived(line: Any) -> bytes:
    """All that has arrived on a connection of telnetlib, without commands; EOFError when it has ended and nothing is left."""
    while not line.eof and line.sock_avail():
        data = line.sock.recv(BUFFER)
        line.eof = not data
        _take_in(line, data)
    text: bytes = line.read_very_lazy()
    return text


def _take_in(line: Any, data: bytes) -> None:
    parts, line.cookedq = [line.cookedq], b""
    at = 0
    while at < len(data):
        stop = at if line.iacseq or line.sb else data.find(_IAC, at)
        stop = len(data) if stop < 0 else stop
        parts.append(data[at:stop].translate(None, _LEFT_OUT))
        line.rawq = data[stop : stop + 1]
        line.process_rawq()
        parts.append(line.cookedq)
        line.cookedq = b""
        at = stop + 1
    line.cookedq = b"".join(parts)
