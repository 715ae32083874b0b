"""What of an SSH login goes in one flight, so that it does not cost a round trip each.

The request for a service and the one that logs in: after a key exchange in which the server has proved its host key, as it does
in all of ours, a client need not wait for the answer (RFC 4253, section 10); Dropbear's client does not. The host key has been
judged by then. Old servers are given time all the same: those that still exchange keys with SHA-1. A server that ends the
connection over it, or says nothing, is asked once more in single steps, and so from then on. Where it had accepted the request
for the service before it ended, it may have refused the password so: that is not sent again.

The request for a terminal and the one for a shell: what follows a request may go before its answer (RFC 4254, section 5.4).
This is how OpenSSH's client has always asked, old devices too. A terminal that is refused ends the login.

A channel is opened only when the login has been accepted (RFC 4252, section 6: earlier it is an error), and the number that the
server gives it is not guessed.
"""

from __future__ import annotations

import threading
from typing import Any

from paramiko import Channel, Message, SSHException  # type: ignore[import-untyped]
from paramiko.auth_handler import AuthHandler  # type: ignore[import-untyped]
from paramiko.common import cMSG_CHANNEL_REQUEST  # type: ignore[import-untyped]
from paramiko.ssh_exception import BadAuthenticationType  # type: ignore[import-untyped]

_SERVICE = "ssh-userauth"


class AtOnce(AuthHandler):  # type: ignore[misc]
    """A login whose request goes along with the one for the service."""

    #: The server has said yes or no.
    answered = False
    #: It has taken the request for the service, so it has come to the login behind it.
    accepted = False
    #: It has ended the connection.
    ended = False

    def _request_auth(self) -> None:
        super()._request_auth()
        accepted = Message()
        accepted.add_string(_SERVICE)
        accepted.rewind()
        super()._parse_service_accept(accepted)

    def _parse_service_accept(self, m: Message) -> None:
        """What was asked for with it is on its way."""
        self.accepted = m.get_text() == _SERVICE
        if not self.accepted:
            self._disconnect_service_not_available()

    def _parse_userauth_success(self, m: Message) -> None:
        self.answered = True
        super()._parse_userauth_success(m)

    def _parse_userauth_failure(self, m: Message) -> None:
        self.answered = True
        super()._parse_userauth_failure(m)


def unanswered(transport: Any) -> bool:
    """Whether a login went along with the request for it, and the server has neither taken nor refused it."""
    handler = transport.auth_handler
    return isinstance(handler, AtOnce) and not handler.answered


def refused_by_ending(transport: Any) -> bool:
    """Whether the server has ended the connection when it had come to the login: the password that it saw may be a wrong one.

    So refuse those that allow one try, as OpenSSH's with MaxAuthTries 1 (auth.c, auth_maxtries_exceeded): no failure is sent.
    """
    handler = transport.auth_handler
    return isinstance(handler, AtOnce) and handler.accepted and handler.ended and not handler.answered


def log_in_at_once(transport: Any, username: str, password: str) -> list[str]:
    """As ``Transport.auth_password``; raises what that raises."""
    handler, done = AtOnce(transport), threading.Event()
    transport.auth_handler = handler
    handler.auth_password(username, password, done)
    try:
        found: list[str] = handler.wait_for_response(done)
    except BadAuthenticationType as refused:
        # As Paramiko does: a server that takes no password may ask for one.
        if "keyboard-interactive" not in refused.allowed_types:
            raise
        try:
            asked: list[str] = transport.auth_interactive(username, lambda _title, _words, fields: _answers(fields, password))
        except SSHException:
            raise refused from None
        return asked
    except (SSHException, EOFError, OSError):
        handler.ended = not transport.is_active()
        raise
    return found


def _answers(fields: list[Any], password: str) -> list[str]:
    if len(fields) > 1:
        raise SSHException("the server asks for more than a password")
    return [password] if fields else []


def open_shell(transport: Any, term: str, width: int, height: int) -> Channel:
    """A channel with a terminal and a shell. Raises SSHException where one of them is refused."""
    channel = transport.open_session()
    # Both are answered, and the event is that of the last answer.
    channel.awaited = 2
    terminal = _request(channel, "pty-req")
    terminal.add_string(term)
    for size in (width, height, 0, 0):
        terminal.add_int(size)
    terminal.add_string(b"")
    channel._event_pending()
    for message in (terminal, _request(channel, "shell")):
        transport._send_user_message(message)
    channel._wait_for_event()
    return channel


def _request(channel: Channel, what: str) -> Message:
    message = Message()
    message.add_byte(cMSG_CHANNEL_REQUEST)
    message.add_int(channel.remote_chanid)
    message.add_string(what)
    message.add_boolean(True)
    return message


def request_taken(channel: Channel, message: Message) -> None:
    """In the place of Paramiko's: a request was taken; others that went along with it are still to be answered."""
    channel.awaited = getattr(channel, "awaited", 1) - 1
    if channel.awaited <= 0:
        Channel._request_success(channel, message)
