"""The hash of `enable secret 9` and `username ... secret 9`: scrypt as `$9$salt$hash`, which IOS-XE 17 makes of a plain secret.

Source: the parameters are public (16384 iterations, block size 1, parallelization 1, 32 bytes, base64 in the order of crypt).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import lru_cache

_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_CISCO = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TO_CISCO = str.maketrans(_STANDARD, _CISCO)
SALT = 14


@lru_cache(maxsize=4096)  # a box is logged in to again and again
def scrypt9(password: str, salt: str) -> str:
    """Hash a password with a salt of 14 characters."""
    digest = hashlib.scrypt(password.encode(), salt=salt.encode(), n=16384, r=1, p=1, dklen=32)
    return f"$9${salt}${base64.b64encode(digest).decode().rstrip('=').translate(_TO_CISCO)}"


def new_hash(password: str) -> str:
    """Hash a password with a fresh salt."""
    return scrypt9(password, "".join(secrets.choice(_CISCO) for _ in range(SALT)))


def matches(password: str, stored: str) -> bool:
    """Whether a password is the one behind a stored `$9$salt$hash`."""
    parts = stored.split("$")
    return len(parts) == 4 and secrets.compare_digest(scrypt9(password, parts[2]), stored)
