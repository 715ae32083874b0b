"""What two ends hold as keys for each other, as far as it can be compared, and the addresses that a line of a key is for.

A key that is masked, encrypted or held where no rule looks is not known: it speaks neither for nor against the other end's.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network

from msgspec import Struct

#: Key that is there and cannot be compared.
HIDDEN = ""
_TYPED = re.compile(r"(?:key|pre-shared-key)(?: local| remote)? [678] ")


class Keys(Struct, frozen=True):
    """The keys for one peer: what this end proves itself with, and what it expects. `HIDDEN` is not known."""

    local: str
    remote: str

    @property
    def known(self) -> bool:
        """True if both can be compared."""
        return self.local != HIDDEN and self.remote != HIDDEN


#: Keys are there, and cannot be compared.
UNKNOWN = Keys(HIDDEN, HIDDEN)


def comparable(value: str, line: str = "") -> str:
    """The key as far as it can be compared: not where it is masked, or encrypted (type 6, 7 or 8)."""
    return HIDDEN if set(value) <= {"*"} or _TYPED.search(line) else value


def network(address: str, mask: str | None) -> IPv4Network | None:
    """The addresses that a line means, one where it has no mask, and all for 0.0.0.0; None where it has no address."""
    try:
        return IPv4Network(f"{address}/{mask or ('0.0.0.0' if address == '0.0.0.0' else '255.255.255.255')}", strict=False)  # noqa: S104
    except ValueError:
        return None
