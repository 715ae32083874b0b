"""Host keys of the boxes, and the key exchange of old releases, without what asyncssh would do anew at each login.

A host key is what `crypto key generate rsa` made on the box before the rehearsal began, so it may be made before it is wanted.
The prime of group 1 (RFC 2409, 6.2) is none that OpenSSL knows by name: it would test it at each login, which takes longer than
everything else that a box of such a release does for a run.
"""

from __future__ import annotations

import secrets

import asyncssh
import asyncssh.kex_dh

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


def _made(bits: int) -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-rsa", key_size=bits)


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
