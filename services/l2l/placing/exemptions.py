"""What a device has that keeps the traffic of one tunnel from being translated, whichever of its networks it was built for.

A line of somebody's list has no name: it is known by the pair of networks alone, and stays when the tunnel lets go of that pair.
A list, a rule and groups of networks that nr-run has named go with what they are for.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....changes.objects import Config, ConfigObject
from ....templates.words import FILTERS
from ..features import Member
from .versions import is_version

_OURS = "NR-"


def group_bases(tunnel: str) -> tuple[str, str]:
    """What the groups of a rule of twice NAT are called, of the near and of the far networks; versions of both may be there."""
    return f"{_OURS}{tunnel}-L", f"{_OURS}{tunnel}-R"


def rules_of(access_list: ConfigObject | None) -> frozenset[str]:
    """The pairs of a list of selectors, as its lines have them."""
    return frozenset(line.partition(" ip ")[2] for line in access_list.children) if access_list is not None else frozenset()


def exempted(config: Config, tunnel: str, access_list: ConfigObject | None) -> Iterator[ConfigObject]:
    """What keeps the traffic of a tunnel with these selectors from being translated."""
    rules = rules_of(access_list)
    lines = [item for item in config.of("nat-exemption") if item.groups["rule"] in rules]
    yield from lines
    lists = {item.groups["list"] for item in lines}
    yield from (item for item in config.of("nat-0") if item.groups["list"].startswith(_OURS) and item.groups["list"] in lists)
    yield from _by_groups(config, tunnel)


def _by_groups(config: Config, tunnel: str) -> Iterator[ConfigObject]:
    bases = group_bases(tunnel)

    def is_ours(name: str) -> bool:
        return any(is_version(name, base) for base in bases)

    yield from (item for item in config.of("twice-nat") if any(is_ours(name) for _, name in item.named))
    yield from (item for item in config.of("network-object") if is_ours(item.key[1][0]))


def of_before(
    member: Member, access_list: ConfigObject | None, running: Config
) -> tuple[tuple[ConfigObject, ...], tuple[str, ...]]:
    """What may go of the exemption that a tunnel had before a change in place, and a sentence for each line that stays.

    ``access_list`` is the list of selectors of before. What is wanted still is among the first as well: a plan keeps it.
    """
    if access_list is None or not member.nat_exemption:
        return (), ()
    rules = rules_of(access_list) - _wanted_rules(member)
    lines = [item for item in running.of("nat-exemption") if item.groups["rule"] in rules and not _is_of(item, access_list)]
    going = [item for item in lines if item.groups["list"].startswith(_OURS)]
    stays = tuple(
        f"{item.title} stays: it is of networks that the tunnel had before; where nobody needs it, remove it by hand"
        for item in lines
        if item not in going
    )
    return (*going, *_by_groups(running, member.name)), stays


def _is_of(line: ConfigObject, access_list: ConfigObject) -> bool:
    return line.groups["list"] == access_list.groups["name"]


def _wanted_rules(member: Member) -> frozenset[str]:
    address = FILTERS["asa_address" if member.nameif else "ios_address"]
    return frozenset(f"{address(near)} {address(far)}" for near, far in member.selectors)
