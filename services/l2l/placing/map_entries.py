"""An index of all crypto map entries of a device, by peer and by protected network. Built once for each configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....changes.objects import Config, ConfigObject
from ....changes.selectors import Selector, selectors_of
from ....inventory.prefix_index import PrefixIndex


class MapEntries:
    """Entries with their selectors, in configuration order. An entry whose access list cannot be parsed has no selectors."""

    def __init__(self, config: Config) -> None:
        self._entries = [(item, selectors_of(config, item) or ()) for item in config.of("crypto-map-entry")]
        self._by_peer: dict[str, list[int]] = {}
        for place, (item, _) in enumerate(self._entries):
            for peer in dict.fromkeys(item.peers):
                self._by_peer.setdefault(peer, []).append(place)
        self._by_far = PrefixIndex((far, place) for place, (_, pairs) in enumerate(self._entries) for _, far in pairs)

    def near(self, peer: str, wanted: Sequence[Selector]) -> Iterator[tuple[ConfigObject, tuple[Selector, ...]]]:
        """(entry, its selectors) of those with this peer or an overlapping far network, in configuration order."""
        places = set(self._by_peer.get(peer, ()))
        for _, far in wanted:
            places.update(place for found in self._by_far.around(far) for place in found)
            places.update(self._by_far.within(far))
        for place in sorted(places):
            yield self._entries[place]
