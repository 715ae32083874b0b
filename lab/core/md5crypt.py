"""The hash of `enable secret 5` and `username ... secret 5`: MD5-crypt with 1000 rounds, as `$1$salt$hash`."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_GROUPS = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5))


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _spread(digest: bytes, length: int) -> bytes:
    return (digest * (length // 16 + 1))[:length]


@lru_cache(maxsize=4096)  # a box is logged in to again and again
def md5crypt(password: str, salt: str) -> str:
    """Hash a password with a salt of up to 8 characters."""
    word, grain = password.encode(), salt.encode()
    start = word + b"$1$" + grain + _spread(_md5(word + grain + word), len(word))
    length = len(word)
    while length:
        start += b"\0" if length & 1 else word[:1]
        length >>= 1
    digest = _md5(start)
    for turn in range(1000):
        block = (word if turn & 1 else digest) + (grain if turn % 3 else b"") + (word if turn % 7 else b"")
        digest = _md5(block + (digest if turn & 1 else word))
    return f"$1${salt}${_encode(digest)}"


def _encode(digest: bytes) -> str:
    text = ""
    for a, b, c in _GROUPS:
        text += _letters(digest[a] << 16 | digest[b] << 8 | digest[c], 4)
    return text + _letters(digest[11], 2)


def _letters(value: int, count: int) -> str:
    return "".join(_ALPHABET[value >> 6 * index & 63] for index in range(count))


def new_hash(password: str) -> str:
    """Hash a password with a fresh salt of four characters, as the router does."""
    return md5crypt(password, "".join(secrets.choice(_ALPHABET) for _ in range(4)))


def matches(password: str, stored: str) -> bool:
    """Whether a password is the one behind a stored `$1$salt$hash`."""
    parts = stored.split("$")
    return len(parts) == 4 and secrets.compare_digest(md5crypt(password, parts[2]), stored)
