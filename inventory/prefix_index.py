"""An index of things by IPv4 prefix: what is around a prefix and what is within it, at a cost that does not grow with all."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from functools import cached_property
from ipaddress import IPv4Network
from typing import Generic, TypeVar

T = TypeVar("T")
_BITS = 32


class PrefixIndex(Generic[T]):
    """Built once of (prefix, thing); a look-up costs a step for each length of prefix, and one for each thing that is found."""

    def __init__(self, items: Iterable[tuple[IPv4Network, T]]) -> None:
        self._things: list[T] = []
        #: Length to network (an integer) to the places in the order in which they were given.
        self._by_length: dict[int, dict[int, list[int]]] = {}
        for place, (prefix, thing) in enumerate(items):
            self._things.append(thing)
            self._by_length.setdefault(prefix.prefixlen, {}).setdefault(int(prefix.network_address), []).append(place)

    def __eq__(self, other: object) -> bool:
        """True if both have the same things by the same prefixes, in the same order."""
        return isinstance(other, PrefixIndex) and (self._things, self._sorted) == (other._things, other._sorted)

    def __hash__(self) -> int:
        """By how much is in it."""
        return hash(len(self._things))

    def with_more(self, items: Iterable[tuple[IPv4Network, T]]) -> PrefixIndex[T]:
        """The same with some behind; this one stays as it is."""
        made: PrefixIndex[T] = PrefixIndex(())
        made._things, made._by_length = [*self._things], dict(self._by_length)
        touched: set[int] = set()
        added: list[tuple[int, int, int]] = []
        for prefix, thing in items:
            length, number = prefix.prefixlen, int(prefix.network_address)
            if length not in touched:
                made._by_length[length] = dict(made._by_length.get(length, {}))
                touched.add(length)
            added.append((number, length, len(made._things)))
            made._by_length[length][number] = [*made._by_length[length].get(number, ()), len(made._things)]
            made._things.append(thing)
        if "_sorted" in self.__dict__:
            made._sorted = [*self._sorted]
            for place in added:
                insort(made._sorted, place)
        return made

    def at(self, prefix: IPv4Network) -> tuple[T, ...]:
        """The things with exactly this prefix."""
        places = self._by_length.get(prefix.prefixlen, {}).get(int(prefix.network_address), ())
        return tuple(self._things[place] for place in places)

    def around(self, prefix: IPv4Network) -> Iterator[tuple[T, ...]]:
        """The things whose prefix contains this one, the longest first; those of one prefix together, in their order."""
        address = int(prefix.network_address)
        for length in self._lengths:
            if length <= prefix.prefixlen:
                places = self._by_length[length].get(_network(address, length))
                if places:
                    yield tuple(self._things[place] for place in places)

    def within(self, prefix: IPv4Network) -> tuple[T, ...]:
        """The things whose prefix is within this one, in the order in which they were given."""
        numbers = self._sorted
        first, last = int(prefix.network_address), int(prefix.broadcast_address)
        found = []
        # What begins in a prefix, and not before it or wider at its beginning, ends in it.
        for number in range(bisect_left(numbers, (first, prefix.prefixlen, -1)), len(numbers)):
            network, _, place = numbers[number]
            if network > last:
                break
            found.append(place)
        return tuple(self._things[place] for place in sorted(found))

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return tuple(sorted(self._by_length, reverse=True))

    @cached_property
    def _sorted(self) -> list[tuple[int, int, int]]:
        """Network, length and place of each."""
        return sorted(
            (number, length, place)
            for length, networks in self._by_length.items()
            for number, places in networks.items()
            for place in places
        )


def _network(address: int, length: int) -> int:
    return address >> (_BITS - length) << (_BITS - length)
