"""How an ASA stores passwords: sixteen characters of MD5 with the user's name before 9.13, PBKDF2 with SHA-512 since.

The old form is the algorithm that password tools document for PIX and ASA; the new one has the shape that running
configurations show, `$sha512$rounds$salt$hash`.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import lru_cache

_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ROUNDS = 5000


def old_hash(user: str, plain: str) -> str:
    """The `encrypted` form of a password."""
    secret = plain.encode()
    if user and len(secret) < 28:
        secret += (user.encode() * 4)[:4]
    secret = secret[:32].ljust(16 if len(secret) <= 16 else 32, b"\0")
    digest = hashlib.md5(secret, usedforsecurity=False).digest()
    return "".join(_letters(digest[at] | digest[at + 1] << 8 | digest[at + 2] << 16) for at in range(0, 16, 4))


def _letters(value: int) -> str:
    return "".join(_ALPHABET[value >> 6 * index & 63] for index in range(4))


def new_hash(plain: str) -> str:
    """The `pbkdf2` form of a password, with a fresh salt."""
    return _pbkdf2(plain, secrets.token_bytes(16))


@lru_cache(maxsize=4096)  # a box is logged in to again and again
def _pbkdf2(plain: str, salt: bytes) -> str:
    made = hashlib.pbkdf2_hmac("sha512", plain.encode(), salt, ROUNDS)[:16]
    return f"$sha512${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def matches(user: str, plain: str, stored: str) -> bool:
    """Whether a password is the one behind a stored form."""
    if stored.startswith("$sha512$"):
        salt = base64.b64decode(stored.split("$")[3])
        return secrets.compare_digest(_pbkdf2(plain, salt), stored)
    return secrets.compare_digest(old_hash(user, plain), stored)
