"""SSH without what Paramiko computes in Python: Diffie-Hellman, 25 milliseconds a login in which no other thread runs, and the
code of each packet and its comparison with another.

Releases before IOS-XE have no elliptic curves, so a fleet of them pays that for each login of each device. The groups of RFC 3526
are computed by OpenSSL; other ones, as the 1024-bit group or one that a device chose itself, by Python with an exponent that is
as long as it has to be (RFC 3526, section 8, the larger estimate; Paramiko's is as long as the modulus). OpenSSL also refuses
a number of the device that is not of the group.
"""

from __future__ import annotations

import hmac
import secrets
import socket
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, ClassVar

from cryptography.exceptions import UnsupportedAlgorithm
from paramiko import Message, SSHException, Transport, packet, util  # type: ignore[import-untyped]
from paramiko.common import MSG_CHANNEL_SUCCESS  # type: ignore[import-untyped]
from paramiko.kex_gex import KexGex, KexGexSHA256  # type: ignore[import-untyped]
from paramiko.kex_group1 import KexGroup1  # type: ignore[import-untyped]
from paramiko.kex_group14 import KexGroup14, KexGroup14SHA256  # type: ignore[import-untyped]
from paramiko.kex_group16 import KexGroup16SHA512  # type: ignore[import-untyped]

from .read_ahead import Arrived, ReadAhead, kept_back
from .ssh_flights import log_in_at_once, request_taken

try:
    with warnings.catch_warnings():
        # They are to go some day; without them Python computes again.
        warnings.simplefilter("ignore")
        from cryptography.hazmat.primitives.asymmetric.dh import DHParameterNumbers, DHPublicNumbers
except ImportError:  # pragma: no cover - of a release to come
    DHParameterNumbers = DHPublicNumbers = None  # type: ignore[assignment]

# Two texts of bytes in a time that does not say where they differ, as Paramiko's own does character by character.
util.constant_time_bytes_eq = hmac.compare_digest


@cache
def _name_of(made: Callable[[], Any]) -> str:
    return str(made().name)


def _code(key: bytes, message: bytes, made: Callable[[], Any]) -> bytes:
    return hmac.digest(key, message, _name_of(made))


# OpenSSL's own in one call; Paramiko makes an object of Python's for each packet.
packet.compute_hmac = _code
#: Moduli of RFC 3526, whose generator is 2.
_KNOWN = (KexGroup14.P, KexGroup16SHA512.P)
#: Bits of a modulus, and of an exponent that is as hard to find as the modulus is to break.
_EXPONENTS = ((2048, 320), (3072, 420), (4096, 480), (6144, 540), (8192, 620))


class _Exponent(int):
    """Our secret number, and OpenSSL's key that it is of."""

    key: Any

    def of(self, base: int, modulus: int) -> int:
        """``base`` to the power of it. Raises SSHException where a device's number is not of the group."""
        if base == 2:
            return int(self.key.public_key().public_numbers().y)
        try:
            theirs = DHPublicNumbers(base, DHParameterNumbers(modulus, 2)).public_key()
            return int.from_bytes(self.key.exchange(theirs), "big")
        except ValueError:
            raise SSHException("the device's number of the key exchange is not of the group") from None


class _Base(int):
    """A number that Paramiko raises to our secret one."""

    def __pow__(self, exponent: int, modulus: int | None = None) -> Any:
        if modulus is not None and isinstance(exponent, _Exponent):
            return exponent.of(int(self), modulus)
        return pow(int(self), exponent, modulus)


def exponent_for(modulus: int, generator: int) -> int:
    """A new secret number for a group."""
    if DHParameterNumbers is not None and generator == 2 and modulus in _KNOWN:
        # An OpenSSL that was built or set up without these groups leaves them to Python.
        with suppress(UnsupportedAlgorithm, ValueError):
            key = DHParameterNumbers(modulus, 2).parameters().generate_private_key()
            made = _Exponent(key.private_numbers().x)
            made.key = key
            return made
    bits = next((bits for size, bits in _EXPONENTS if modulus.bit_length() <= size), modulus.bit_length() - 2)
    # The first bit is set: a number that happens to be short is none of the smaller ones that are tried first.
    return secrets.randbits(bits - 1) | 1 << bits - 1


class _Client:
    """What is otherwise in Paramiko's classes, at the side that logs in."""

    _theirs = 0

    @property
    def f(self) -> int:
        """The device's number."""
        return self._theirs

    @f.setter
    def f(self, value: int | None) -> None:
        self._theirs = _Base(value or 0)


class _OfGroup(_Client):
    G: int = _Base(2)
    P: int
    x: int

    def _generate_x(self) -> None:
        self.x = exponent_for(self.P, int(self.G))


class _OfAny(_Client):
    """The device chooses the group."""

    p: int
    x: int
    _generator = 0

    @property
    def g(self) -> int:
        """The device's generator."""
        return self._generator

    @g.setter
    def g(self, value: int | None) -> None:
        self._generator = _Base(value or 0)

    def _generate_x(self) -> None:
        self.x = exponent_for(self.p, int(self.g))


_CLASSES: tuple[Any, ...] = tuple(
    type(f"Lean{theirs.__name__}", (ours, theirs), {})
    for ours, several in (
        (_OfGroup, (KexGroup1, KexGroup14, KexGroup14SHA256, KexGroup16SHA512)),
        (_OfAny, (KexGex, KexGexSHA256)),
    )
    for theirs in several
)


class LeanTransport(Transport):  # type: ignore[misc]
    """Paramiko's transport, with these ways of exchanging keys in place of its own, and a thread that sleeps while nothing comes.

    Paramiko's wakes ten times a second to see whether it was closed: two hundred sessions that wait for their devices keep a core
    busy with that. This one is woken by the closing, which then need not wait for it either.
    """

    _active_check_timeout = 1.0

    _kex_info: ClassVar[dict[str, type]] = {**Transport._kex_info, **{each.name: each for each in _CLASSES}}
    _channel_handler_table: ClassVar[dict[int, Any]] = kept_back(
        {**Transport._channel_handler_table, MSG_CHANNEL_SUCCESS: request_taken}
    )
    #: May the login go along with the request for it (see ssh_flights.py)? Not before keys were exchanged as younger servers do.
    at_once = False
    _patient = False

    def __init__(self, sock: Any, *arguments: Any, patient: bool = False, **more: Any) -> None:
        """``patient``: this server is not to be sent a login before it has answered the request for one."""
        with suppress(OSError, AttributeError):
            # What goes in one flight must not wait for what went before it to be acknowledged.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.arrived = Arrived()
        super().__init__(ReadAhead(sock, self.arrived.hand_over), *arguments, **more)
        self._patient = patient

    def _parse_disconnect(self, m: Message) -> None:
        self.arrived.hand_over()
        super()._parse_disconnect(m)

    def _parse_kex_init(self, m: Message) -> None:
        super()._parse_kex_init(m)
        hashed = getattr(self.kex_engine, "hash_algo", None)
        self.at_once = not self._patient and hashed is not None and hashed().name != "sha1"

    def auth_password(self, username: str, password: str, event: Any = None, fallback: bool = True) -> list[str]:
        """As Paramiko's, in one flight where the server is one that can be trusted to take that."""
        if not self.at_once or event is not None or not fallback or not self.active or not self.initial_kex_done:
            taken: list[str] = super().auth_password(username, password, event, fallback)
            return taken
        return log_in_at_once(self, username, password)

    def stop_thread(self) -> None:
        """End the thread; what was sent is on its way, and nothing more is read."""
        self.active = False
        # Before it is closed: the thread sleeps on it, and until it wakes the system keeps a closed one, and the device its line.
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.packetizer.close()
        super().stop_thread()
