"""What is looked up by prefix is what a search through all of it finds, in the same order."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as some

from nr_run.checks.routing.ways import Path, Ways
from nr_run.inventory.prefix_index import PrefixIndex

#: Few addresses and lengths, so that prefixes meet.
PREFIXES = some.builds(
    lambda number, length: IPv4Network((number << 24 | number << 8, length), strict=False),
    some.integers(0, 3),
    some.sampled_from([0, 7, 8, 16, 23, 24, 32]),
)
LISTS = some.lists(PREFIXES, max_size=12)


@given(LISTS, PREFIXES)
def test_a_look_up_finds_what_a_search_finds(prefixes: list[IPv4Network], wanted: IPv4Network) -> None:
    """Around, within and at a prefix."""
    there = list(enumerate(prefixes))
    index = PrefixIndex((prefix, item) for item in there for prefix in [item[1]])
    around = sorted((item for item in there if wanted.subnet_of(item[1])), key=lambda item: (-item[1].prefixlen, item[0]))
    assert [item for group in index.around(wanted) for item in group] == around
    assert all(len({prefix for _, prefix in group}) == 1 for group in index.around(wanted))
    assert list(index.within(wanted)) == [item for item in there if item[1].subnet_of(wanted)]
    assert list(index.at(wanted)) == [item for item in there if item[1] == wanted]


@given(LISTS, LISTS, LISTS, PREFIXES)
def test_a_table_on_a_table_is_both_in_one(
    below: list[IPv4Network], above: list[IPv4Network], gone: list[IPv4Network], wanted: IPv4Network
) -> None:
    """A table that takes routes from another one and adds some answers as one that was made of what is left."""
    under, over = ([Path(prefix, (), connected) for prefix in those] for those, connected in ((below, True), (above, False)))
    taken = [Path(prefix, (), True) for prefix in gone]
    both = Ways(over, Ways(under), taken)
    one = Ways([*(path for path in under if path not in taken), *over])
    assert both.covering(wanted) == one.covering(wanted)
    assert both.longest(IPv4Address(wanted[0])) == one.longest(IPv4Address(wanted[0]))
    assert list(both.around(wanted)) == list(one.around(wanted))
    assert both.within(wanted) == one.within(wanted)
    assert both.at(wanted) == one.at(wanted)
