"""Canonical names of algorithms: NetBox's VPN choices, whatever the device prints or is configured with.

IOS prints `esp-256-aes`, is configured with `esp-aes 256`, and an ASA prints `esp-aes-256`: one cipher, three spellings.
"""

from __future__ import annotations

from functools import lru_cache

ENCRYPTION: dict[str, str] = {
    "des": "des-cbc",
    "3des": "3des-cbc",
    "aes": "aes-128-cbc",
    "128-aes": "aes-128-cbc",
    "192-aes": "aes-192-cbc",
    "256-aes": "aes-256-cbc",
    "aes 128": "aes-128-cbc",
    "aes 192": "aes-192-cbc",
    "aes 256": "aes-256-cbc",
    "aes-128": "aes-128-cbc",
    "aes-192": "aes-192-cbc",
    "aes-256": "aes-256-cbc",
    "aes128": "aes-128-cbc",
    "aes192": "aes-192-cbc",
    "aes256": "aes-256-cbc",
    "aes-cbc": "aes-128-cbc",
    "aes-cbc-128": "aes-128-cbc",
    "aes-cbc-192": "aes-192-cbc",
    "aes-cbc-256": "aes-256-cbc",
    "gcm": "aes-128-gcm",
    "gcm 128": "aes-128-gcm",
    "gcm 192": "aes-192-gcm",
    "gcm 256": "aes-256-gcm",
    "128-gcm": "aes-128-gcm",
    "192-gcm": "aes-192-gcm",
    "256-gcm": "aes-256-gcm",
    "aes-gcm": "aes-128-gcm",
    "aes-gcm-128": "aes-128-gcm",
    "aes-gcm-192": "aes-192-gcm",
    "aes-gcm-256": "aes-256-gcm",
    "gmac": "aes-128-gmac",
    "gmac 128": "aes-128-gmac",
    "gmac 192": "aes-192-gmac",
    "gmac 256": "aes-256-gmac",
    "128-gmac": "aes-128-gmac",
    "192-gmac": "aes-192-gmac",
    "256-gmac": "aes-256-gmac",
    "aes-gmac": "aes-128-gmac",
    "aes-gmac-128": "aes-128-gmac",
    "aes-gmac-192": "aes-192-gmac",
    "aes-gmac-256": "aes-256-gmac",
    "seal": "seal",
    "null": "null",
}
"""What follows `esp-` (or stands alone in IKE output), in lower case -> canonical cipher with its key size in bits."""

INTEGRITY: dict[str, str] = {
    "md5": "hmac-md5",
    "md5-hmac": "hmac-md5",
    "md596": "hmac-md5",
    "sha": "hmac-sha1",
    "sha1": "hmac-sha1",
    "sha-1": "hmac-sha1",
    "sha96": "hmac-sha1",
    "sha-hmac": "hmac-sha1",
    "sha-1-hmac": "hmac-sha1",
    "sha1-hmac": "hmac-sha1",
    "sha256": "hmac-sha256",
    "sha-256": "hmac-sha256",
    "sha256-hmac": "hmac-sha256",
    "sha-256-hmac": "hmac-sha256",
    "sha384": "hmac-sha384",
    "sha-384": "hmac-sha384",
    "sha384-hmac": "hmac-sha384",
    "sha-384-hmac": "hmac-sha384",
    "sha512": "hmac-sha512",
    "sha-512": "hmac-sha512",
    "sha512-hmac": "hmac-sha512",
    "sha-512-hmac": "hmac-sha512",
}
"""What follows `esp-` or `ah-` (or stands alone in IKE output), in lower case -> canonical integrity algorithm."""

_BARE = ("aes", "gcm", "gmac")


@lru_cache(maxsize=512)
def transform(text: str) -> tuple[str | None, str | None]:
    """(encryption, integrity) of a transform as printed or configured.

    `esp-256-aes esp-sha-hmac ,`, `esp-aes 256 esp-sha256-hmac`, `esp-aes-256 esp-sha-256-hmac no compression`.
    Raises ValueError for a word that no table knows: an unknown algorithm must not pass for none.
    """
    encryption: str | None = None
    integrity: str | None = None
    tokens = text.lower().replace(",", " ").replace("no compression", " ").split()
    while tokens:
        token = tokens.pop(0)
        name = token.removeprefix("esp-").removeprefix("ah-")
        if name in _BARE and tokens and tokens[0] in {"128", "192", "256"}:
            name = f"{name} {tokens.pop(0)}"
        if name in ENCRYPTION and not token.startswith("ah-"):
            encryption = ENCRYPTION[name]
        elif name in INTEGRITY:
            integrity = INTEGRITY[name]
        elif name not in {"comp-lzs", "none", "null-hmac"}:
            raise ValueError(f"{token!r} is not a transform that is known here")
    return encryption, integrity


def encryption_of(text: str) -> str | None:
    """The cipher of a transform, None for AH alone."""
    return transform(text)[0]


def integrity_of(text: str) -> str | None:
    """The integrity algorithm of a transform, None for AEAD ciphers (GCM) and where none is set."""
    return transform(text)[1]


def encryption(text: str) -> str:
    """Canonical name of an IKE cipher; an unknown word raises ValueError."""
    key = text.strip().lower()
    if key not in ENCRYPTION:
        raise ValueError(f"{text!r} is not a cipher that is known here")
    return ENCRYPTION[key]


def integrity(text: str) -> str:
    """Canonical name of an IKE hash; an unknown word raises ValueError."""
    key = text.strip().lower()
    if key not in INTEGRITY:
        raise ValueError(f"{text!r} is not a hash that is known here")
    return INTEGRITY[key]


_PHRASES: tuple[tuple[str, str], ...] = (
    ("three key triple des", "3des-cbc"),
    ("triple des", "3des-cbc"),
    ("des - ", "des-cbc"),
    ("seal", "seal"),
)
"""How `show crypto isakmp policy` begins its description of a cipher other than AES."""


def ike_encryption_phrase(text: str) -> str:
    """`AES - Advanced Encryption Standard (256 bit keys).` or `Three key triple DES` as a canonical cipher."""
    plain = text.strip().lower()
    if plain.startswith("aes"):
        bits = next((bits for bits in ("128", "192", "256") if f"({bits} bit" in plain), None)
        if bits is None:
            raise ValueError(f"{text!r} names no key size")
        return f"aes-{bits}-cbc"
    for phrase, name in _PHRASES:
        if plain.startswith(phrase):
            return name
    return encryption(plain)


def ike_hash_phrase(text: str) -> str:
    """`Secure Hash Standard`, `Secure Hash Standard 2 (256 bit)` or `Message Digest 5` as a canonical algorithm."""
    plain = text.strip().lower()
    if plain.startswith("message digest 5"):
        return "hmac-md5"
    if plain.startswith("secure hash standard"):
        return next((f"hmac-sha{bits}" for bits in ("256", "384", "512") if f"{bits}" in plain), "hmac-sha1")
    return integrity(plain)


@lru_cache(maxsize=256)
def mode_of(text: str) -> str | None:
    """`tunnel` or `transport` out of the settings in braces, None where neither is named."""
    plain = text.lower()
    return next((mode for mode in ("tunnel", "transport") if mode in plain), None)


@lru_cache(maxsize=256)
def ikev2_encryption(text: str) -> str | None:
    """`AES-CBC, keysize: 256` or `3DES` as a canonical cipher; None while the peers negotiate (`Unknown - 0`)."""
    name, _, bits = text.strip().lower().partition(", keysize: ")
    if name.startswith("unknown") or name in {"none", "n/a"}:
        return None
    return encryption(f"{name}-{bits}" if bits and bits != "0" else name)


@lru_cache(maxsize=256)
def ikev2_integrity(text: str) -> str | None:
    """`SHA256` as a canonical algorithm; None for AEAD ciphers (`None`, `N/A`) and while the peers negotiate."""
    name = text.strip().lower()
    return None if name.startswith("unknown") or name in {"none", "n/a", ""} else integrity(name)
