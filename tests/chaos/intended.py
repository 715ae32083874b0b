"""What a tunnel needs in a configuration of IOS or ASA, and what of it is not there: the judge's own reading of the intent."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

Block = tuple[str, list[str]]
Networks = tuple[ipaddress.IPv4Network, ipaddress.IPv4Network]

#: Cipher -> phase 1 and phase 2 of IOS, of an ASA with IKEv1, and of an ASA with IKEv2; phase 1 of IOS with IKEv2 stands last.
CIPHERS = {
    "aes-256-cbc": ("aes 256", "esp-aes 256", "aes-256", "esp-aes-256", "aes-256", "aes-cbc-256"),
    "aes-128-cbc": ("aes", "esp-aes", "aes", "esp-aes", "aes", "aes-cbc-128"),
    "3des-cbc": ("3des", "esp-3des", "3des", "esp-3des", "3des", "3des"),
}
#: Integrity -> in a policy of IKEv1, in a transform set, in a policy of IKEv2, and in an ipsec-proposal of an ASA.
HASHES = {
    "hmac-sha1": ("sha", "esp-sha-hmac", "sha1", "sha-1"),
    "hmac-sha256": ("sha256", "esp-sha256-hmac", "sha256", "sha-256"),
}
_BANNER = re.compile(r"^banner \w+ \^C.*?\^C *$", re.M | re.S)


class Wanted(Struct, frozen=True):
    """One end of the tunnel as it is meant to be: addresses, networks in CIDR, the form, the suite, the key, perhaps a lifetime.

    ``address`` is that of the tunnel interface with its mask, and ``gate`` the one at its other end, both for a VTI only.
    """

    peer: str
    interface: str
    local: tuple[str, ...]
    remote: tuple[str, ...]
    key: str
    ike_cipher: str
    cipher: str
    integrity: str
    group: int
    ipsec_seconds: int | None = None
    version: int = 1
    style: str = "crypto-map"
    address: str = ""
    gate: str = ""

    @property
    def networks(self) -> list[Networks]:
        """Every pair of networks that is protected."""
        return [(ipaddress.IPv4Network(one), ipaddress.IPv4Network(other)) for one in self.local for other in self.remote]

    @property
    def far(self) -> list[ipaddress.IPv4Network]:
        """The networks behind the other end."""
        return [ipaddress.IPv4Network(other) for other in self.remote]


class Text:
    """A configuration, without what stands in a banner, to look for lines in."""

    def __init__(self, text: str) -> None:
        self.whole = _BANNER.sub("banner", text)
        self.flat = [line.rstrip() for line in self.whole.splitlines()]
        self.blocks = list(_blocks(self.flat))

    def bodies(self, pattern: str) -> list[list[str]]:
        """The lines below each header that this expression matches from its beginning to its end."""
        return [body for header, body in self.blocks if re.fullmatch(pattern, header)]

    def body(self, pattern: str) -> list[str]:
        """The lines below the first such header, or none."""
        return next(iter(self.bodies(pattern)), [])

    def has(self, pattern: str) -> bool:
        """Whether a line at the left is this."""
        return any(re.fullmatch(pattern, header) for header, _ in self.blocks)


def _blocks(flat: Iterable[str]) -> Iterator[Block]:
    """Each line that begins at the left, with the lines that are indented below it."""
    found: Block | None = None
    for line in flat:
        if line.startswith(" ") and found is not None:
            found[1].append(line.strip())
        elif line.strip():
            if found is not None:
                yield found
            found = (line.strip(), [])
    if found is not None:
        yield found


def word(lines: Iterable[str], pattern: str) -> str:
    """The first group of the first line that matches, or nothing."""
    return next((match[1].strip() for line in lines if (match := re.match(pattern, line))), "")


def unmet(wishes: Iterable[tuple[str, bool]]) -> list[str]:
    """The names of what is not so."""
    return [name for name, met in wishes if not met]
