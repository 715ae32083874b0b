"""Algorithms as an order names them, which is as NetBox does, in the words by which the boxes of the lab are compared.

Key lengths stand in the names: ``aes-256-cbc`` is ``aes 256`` in IKEv1, ``aes-cbc-256`` in IKEv2 and ``esp-256-aes`` in ESP (see
core/records.py). IKEv1 of these boxes has no combined-mode cipher.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from ..core.errors import LabError, nearest
from ..core.records import Transform


class Cipher(Struct, frozen=True):
    """One cipher in each place; empty where there is none."""

    ikev1: str
    ikev2: str
    esp: str

    @property
    def combined(self) -> bool:
        """Whether it brings its own integrity."""
        return not self.ikev1


CIPHERS: Mapping[str, Cipher] = {
    "des-cbc": Cipher("des", "des", "esp-des"),
    "3des-cbc": Cipher("3des", "3des", "esp-3des"),
    "aes-128-cbc": Cipher("aes", "aes-cbc-128", "esp-aes"),
    "aes-192-cbc": Cipher("aes 192", "aes-cbc-192", "esp-192-aes"),
    "aes-256-cbc": Cipher("aes 256", "aes-cbc-256", "esp-256-aes"),
    "aes-128-gcm": Cipher("", "aes-gcm-128", "esp-gcm"),
    "aes-192-gcm": Cipher("", "aes-gcm-192", "esp-gcm 192"),
    "aes-256-gcm": Cipher("", "aes-gcm-256", "esp-gcm 256"),
}
#: In IKEv1, in IKEv2, and in ESP.
HASHES: Mapping[str, tuple[str, str, str]] = {
    "hmac-md5": ("md5", "md5", "esp-md5-hmac"),
    "hmac-sha1": ("sha", "sha1", "esp-sha-hmac"),
    "hmac-sha256": ("sha256", "sha256", "esp-sha256-hmac"),
    "hmac-sha384": ("sha384", "sha384", "esp-sha384-hmac"),
    "hmac-sha512": ("sha512", "sha512", "esp-sha512-hmac"),
}


def cipher(word: str) -> Cipher:
    """A cipher by its name; LabError for one that nobody has."""
    if word not in CIPHERS:
        raise LabError(f"A far end of the lab knows no cipher {word}.{nearest(word, CIPHERS)}")
    return CIPHERS[word]


def hashes(word: str) -> tuple[str, str, str]:
    """An integrity algorithm by its name; LabError for one that nobody has."""
    if word not in HASHES:
        raise LabError(f"A far end of the lab knows no integrity algorithm {word}.{nearest(word, HASHES)}")
    return HASHES[word]


def transform(encryption: str, integrity: str) -> Transform:
    """What ESP SAs are made with; no integrity beside a combined-mode cipher."""
    found = cipher(encryption)
    return (found.esp,) if found.combined else (found.esp, hashes(integrity)[2])
