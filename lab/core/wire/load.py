"""How large a packet is, and how large it becomes in ESP: what a path that takes no more than so many bytes lets pass.

Sizes after RFC 4303 (SPI and sequence number 8 bytes, trailer 2, padding to the block), RFC 4106 for GCM (IV 8, ICV 16), RFC 2404
and RFC 4868 for the ICV of the HMACs; the outer header has 20 bytes, UDP for NAT traversal 8.
"""

from __future__ import annotations

from msgspec import Struct

#: What an interface of the segment carries.
MEDIA_BYTES = 1500
_OUTER, _ESP, _TRAILER, _UDP = 20, 8, 2, 8
#: Bytes of the IV and of the block, by a part of the transform's name; the first that fits.
_CIPHERS = (("gcm", 8, 4), ("gmac", 8, 4), ("null", 0, 4), ("aes", 16, 16), ("des", 8, 8))
_ICVS = (("gcm", 16), ("gmac", 16), ("sha512", 32), ("sha384", 24), ("sha256", 16), ("sha", 12), ("md5", 12))


class Load(Struct, frozen=True):
    """An echo: its bytes with the IP header, and whether it may not be cut in pieces."""

    size: int = 100
    whole: bool = False

    def lost_in(self, most: int) -> bool:
        """Whether a path that takes this many bytes loses it; 0 is a path without a limit of its own."""
        return self.whole and 0 < most < self.size

    def in_esp(self, transform: tuple[str, ...], port: int) -> Load:
        """The same inside an SA in tunnel mode; the DF bit is copied outside, as both systems do by default."""
        iv, block = next(((iv, block) for word, iv, block in _CIPHERS if any(word in part for part in transform)), (8, 8))
        icv = _icv(transform)
        padded = -(-(self.size + _TRAILER) // block) * block
        return Load(_OUTER + (_UDP if port == 4500 else 0) + _ESP + iv + padded + icv, self.whole)


def _icv(transform: tuple[str, ...]) -> int:
    words = [part.replace("-", "") for part in transform]
    return next((size for word, size in _ICVS if any(word in part for part in words)), 0)


SMALL = Load()
