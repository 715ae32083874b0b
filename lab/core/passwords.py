"""Whether a password is the one that is stored, whatever its form."""

from __future__ import annotations

from . import md5crypt, scrypt9


def matches(password: str, stored: str) -> bool:
    """Of the types 5 and 9."""
    return scrypt9.matches(password, stored) if stored.startswith("$9$") else md5crypt.matches(password, stored)
