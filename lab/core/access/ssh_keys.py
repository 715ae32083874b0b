"""Host keys of the boxes, and the key exchange of old releases, without what asyncssh would do anew at each login.

A host key is what `crypto key generate rsa` made on the box before the rehearsal began, so it may be made before it is wanted.
Finding primes is what costs: a lab of a thousand boxes would look for them for minutes. From the tenth key on, a key is made of
two primes that other keys of this lab have too, each pair of primes once. Whoever has two such keys can compute both, which no
real box may allow; these name boxes on loopback for some hours, and behind them is nothing but the lab.
The prime of group 1 (RFC 2409, 6.2) is none that OpenSSL knows by name: it would test it at each login, which takes longer than
everything else that a box of such a release does for a run.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator
from functools import cache

import asyncssh
import asyncssh.kex_dh
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

#: Keys that were made ahead, by their size in bits; each goes to one box.
_READY: dict[int, list[asyncssh.SSHKey]] = {}
#: Bits of a secret exponent: twice the strength of the largest group that old releases have (RFC 7919, 5.2).
_EXPONENT_BITS = 256


def make_ahead(bits: int, count: int) -> None:
    """Have so many host keys of this size ready, for a process that is forked into many labs."""
    _READY.setdefault(bits, []).extend(_made(bits) for _ in range(count))


def new_host_key(bits: int, algorithms: tuple[str, ...]) -> asyncssh.SSHKeyPair:
    """A key that no other box of this lab has; it signs with these algorithms only."""
    ready = _READY.get(bits)
    (pair,) = asyncssh.load_keypairs([ready.pop() if ready else _made(bits)])
    pair.host_key_algorithms = tuple(algorithm.encode() for algorithm in algorithms)
    return pair


#: Keys of one size that have primes of their own.
OWN_PRIMES = 10
_EXPONENT = 65537


def _made(bits: int) -> asyncssh.SSHKey:
    return next(_keys(bits))


@cache
def _keys(bits: int) -> Iterator[asyncssh.SSHKey]:
    """Keys without end: the first ones each of two new primes, the others of each pair that has not been one key already."""
    primes: list[int] = []
    for _ in range(OWN_PRIMES):
        key = rsa.generate_private_key(_EXPONENT, bits)
        numbers = key.private_numbers()
        primes += [numbers.p, numbers.q]
        yield _read(key)
    for later in range(2, 1 << 30):
        if later == len(primes):
            numbers = rsa.generate_private_key(_EXPONENT, bits).private_numbers()
            primes += [numbers.p, numbers.q]
        # An even one is the first of its key: its partner there is the one behind it, not one before it.
        yield from (_of(primes[earlier], primes[later]) for earlier in range(later - later % 2))


def _of(one: int, other: int) -> asyncssh.SSHKey:
    """The key of two primes that are known to be primes."""
    p, q = max(one, other), min(one, other)
    secret = pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, secret, secret % (p - 1), secret % (q - 1), rsa.rsa_crt_iqmp(p, q), public)
    return _read(numbers.private_key(unsafe_skip_rsa_key_validation=True))


def _read(key: rsa.RSAPrivateKey) -> asyncssh.SSHKey:
    text = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return asyncssh.import_private_key(text, unsafe_skip_rsa_key_validation=True)


class KnownGroup:
    """Diffie-Hellman over a prime that is known to be one; in the place of what asyncssh takes from OpenSSL."""

    def __init__(self, generator: int, prime: int) -> None:
        self._generator, self._prime = generator, prime
        self._secret = secrets.randbits(_EXPONENT_BITS) | 1 << (_EXPONENT_BITS - 1)

    def get_public(self) -> int:
        """What the other side is sent."""
        return pow(self._generator, self._secret, self._prime)

    def get_shared(self, peer_public: int) -> int:
        """What both have then. Raises ValueError for what is no element of the group: asyncssh ends the connection."""
        if not 1 < peer_public < self._prime - 1:
            raise ValueError("no public value of this group")
        return pow(peer_public, self._secret, self._prime)


def know_groups() -> None:
    """Let asyncssh use it from now on, in this process: all its groups are those of RFCs."""
    asyncssh.kex_dh.DH = KnownGroup  # type: ignore[attr-defined,assignment]
