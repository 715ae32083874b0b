"""Rules looked up by the networks that they are for, so that not all of them are asked of each tunnel."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from ...inventory.prefix_index import PrefixIndex


class ByTarget:
    """Places of rules by their networks, of which a rule may have several sets; of None nobody knows what is in it."""

    def __init__(self, rules: Sequence[Sequence[tuple[IPv4Network, ...] | None]]) -> None:
        self._unknown = tuple(place for place, sets in enumerate(rules) if None in sets)
        self._known = PrefixIndex((net, place) for place, sets in enumerate(rules) for nets in sets for net in nets or ())

    def meeting(self, side: IPv4Network) -> list[int]:
        """The rules that may be for some address of the side, in their order."""
        around = (place for group in self._known.around(side) for place in group)
        return sorted({*self._unknown, *around, *self._known.within(side)})
