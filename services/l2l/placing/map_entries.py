"""The entries of all crypto maps of a device, looked up by peer and by what they protect; made once a configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....changes.objects import Config, ConfigObject
from ....changes.selectors import Selector, selectors_of
from ....inventory.prefix_index import PrefixIndex


class MapEntries:
    """The entries with their selectors, none where these cannot be parsed reliably, in the order of the configuration."""

    def __init__(self, config: Config) -> None:
        self._entries = [(item, selectors_of(config, item) or ()) for item in config.of("crypto-map-entry")]
        self._by_peer: dict[str, list[int]] = {}
        for place, (item, _) in enumerate(self._entries):
            for peer in dict.fromkeys(item.peers):
                self._by_peer.setdefault(peer, []).append(place)
        self._by_far = PrefixIndex((far, place) for place, (_, pairs) in enumerate(self._entries) for _, far in pairs)

    def near(self, peer: str, wanted: Sequence[Selector]) -> Iterator[tuple[ConfigObject, tuple[Selector, ...]]]:
        """Those that go to this peer, or protect a part of these far networks, in their order."""
        places = set(self._by_peer.get(peer, ()))
        for _, far in wanted:
            places.update(place for found in self._by_far.around(far) for place in found)
            places.update(self._by_far.within(far))
        for place in sorted(places):
            yield self._entries[place]
