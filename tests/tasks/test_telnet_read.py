"""Bytes of a telnet session, read all at once: the same text and the same answers as telnetlib gives that reads each byte."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netmiko._telnetlib.telnetlib import Telnet

from nr_run.tasks.access.telnet_read import BUFFER, read_arrived

IAC, DONT, DO, WILL, SB, SE = b"\xff", b"\xfe", b"\xfd", b"\xfb", b"\xfa", b"\xf0"
PIECES = st.sampled_from(
    [b"r1#", b"\r\n", b"\r\x00", b"\x11", b"\xe9", IAC, IAC + IAC, IAC + DO + b"\x01", IAC + WILL + b"\x03",
     IAC + SB + b"\x18\x01" + IAC + SE, IAC + DONT, b"\x18"]
)  # fmt: skip


def by_telnetlib(line: Telnet) -> bytes:
    """Each byte by itself, until nothing is left."""
    parts = []
    while part := line.read_eager():
        parts.append(part)
    return b"".join(parts)


def heard(read: Callable[[Telnet], bytes], packets: Sequence[bytes]) -> tuple[bytes, bytes]:
    """(text, what the device was answered) of a session in which these packets arrive one after the other."""
    device, ours = socket.socketpair()
    with device, ours:
        line = Telnet()  # type: ignore[no-untyped-call]
        line.sock = ours
        text = b""
        for packet in packets:
            device.sendall(packet)
            text += read(line)
        ours.shutdown(socket.SHUT_WR)
        answers = b""
        while part := device.recv(4096):
            answers += part
        return text, answers


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(PIECES, min_size=1).map(b"".join), max_size=6))
def test_the_same_as_telnetlib(packets: Sequence[bytes]) -> None:
    """Commands may be cut anywhere between two packets."""
    assert heard(read_arrived, packets) == heard(by_telnetlib, packets)


def test_what_came_before_the_end_is_given_first() -> None:
    """Then the end is told, and told again."""
    device, ours = socket.socketpair()
    with ours:
        line = Telnet()  # type: ignore[no-untyped-call]
        line.sock = ours
        with device:
            device.sendall(b"r1#")
        assert read_arrived(line) == b"r1#"
        for _ in range(2):
            with pytest.raises(EOFError):
                read_arrived(line)


def test_a_large_text_is_read_whole() -> None:
    """Larger than what is read at once, with a command in it."""
    text = b"crypto map NR 10 ipsec-isakmp\r\n" * (BUFFER // 16)
    device, ours = socket.socketpair()
    with device, ours:
        device.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * len(text))
        line = Telnet()  # type: ignore[no-untyped-call]
        line.sock = ours
        device.setblocking(False)
        seen, waiting = b"", text + IAC + DO + b"\x01" + b"r1#"
        while waiting:
            waiting = waiting[device.send(waiting) :]
            seen += read_arrived(line)
        assert seen + read_arrived(line) == text + b"r1#"
