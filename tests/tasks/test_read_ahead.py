"""What arrives for an SSH session is read at once, in order and whole, and its reader is woken once for all of it."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paramiko import packet

from nr_run.tasks.access.key_exchange import LeanTransport
from nr_run.tasks.access.read_ahead import AHEAD, Arrived, ReadAhead


@given(st.lists(st.integers(1, 70_000), min_size=1, max_size=30), st.binary(min_size=1, max_size=50))
def test_all_that_is_there_is_read_at_once(sizes: list[int], pattern: bytes) -> None:
    """In pieces of whatever size, the bytes come as they were sent; the system is asked once for all that it holds."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        asked: list[None] = []
        ahead = ReadAhead(ours, lambda: asked.append(None))
        sent = (pattern * (AHEAD // len(pattern)))[: min(sum(sizes), 20_000)]
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        got = b""
        for size in sizes:
            piece = ahead.recv(size)
            assert len(piece) <= size
            got += piece
            if not piece:
                break
        assert sent.startswith(got)
        assert len(got) == len(sent) or len(got) == sum(sizes)
        assert len(asked) <= 2


def test_a_reader_is_woken_once_for_many_messages() -> None:
    """Three hundred small messages reach the channel as one, each channel its own."""
    one, other = paramiko.Channel(1), paramiko.Channel(2)
    arrived = Arrived()
    for number in range(300):
        arrived.keep(one, b"%d\n" % number)
    arrived.keep(other, b"other")
    assert not one.recv_ready()
    arrived.hand_over()
    assert one.in_buffer.read(10_000).splitlines() == [b"%d" % number for number in range(300)]
    assert other.in_buffer.read(100) == b"other"


class Server(paramiko.ServerInterface):
    """Lets anybody in, and says what it has to say in small messages."""

    def __init__(self, ending: str) -> None:
        self.ending = ending
        self.transport: paramiko.Transport

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        threading.Thread(target=self._speak, args=(channel,), daemon=True).start()
        return True

    def _speak(self, channel: paramiko.Channel) -> None:
        for number in range(500):
            channel.sendall(b"%d\n" % number)
        if self.ending == "eof":
            channel.shutdown_write()
        elif self.ending == "close":
            channel.close()
        elif self.ending == "disconnect":
            message = paramiko.Message()
            message.add_byte(bytes([paramiko.common.MSG_DISCONNECT]))
            message.add_int(11)
            message.add_string("idle")
            message.add_string("")
            self.transport._send_message(message)


@contextmanager
def opened(ending: str) -> Iterator[paramiko.Channel]:
    """A channel to such a server."""
    ours, theirs = socket.socketpair()
    server, client = paramiko.Transport(theirs), LeanTransport(ours)
    answers = Server(ending)
    answers.transport = server
    server.add_server_key(paramiko.ECDSAKey.generate())
    server.start_server(event=threading.Event(), server=answers)
    try:
        client.start_client(timeout=60)
        client.auth_password("netops", "Any.Word.1")
        channel = client.open_session(timeout=60)
        channel.settimeout(60)
        channel.invoke_shell()
        yield channel
    finally:
        client.close()
        server.close()


@pytest.mark.parametrize("ending", ["eof", "close", "disconnect"])
def test_all_is_read_before_the_end(ending: str) -> None:
    """Whatever ends the channel or the connection, all that was sent before it is read before it."""
    with opened(ending) as channel:
        got = b""
        while piece := channel.recv(100):
            got += piece
    assert got.split() == [b"%d" % number for number in range(500)]


@given(
    st.binary(max_size=80), st.binary(max_size=200), st.sampled_from([hashlib.sha1, hashlib.sha256, hashlib.sha512, hashlib.md5])
)
def test_the_code_of_a_packet_is_paramikos(key: bytes, message: bytes, made: object) -> None:
    """In one call of OpenSSL it is the code that Python's own object computes."""
    assert packet.compute_hmac(key, message, made) == hmac.new(key, message, made).digest()  # type: ignore[arg-type]
