"""The NAT exemption of one tunnel as a device has it: lines of an access list, nat 0 on an ASA up to 8.2, or twice NAT from 8.3.

A line in an access list that nr-run did not create is matched by its pair of networks, and is not removed when the tunnel no
longer has that pair. Access lists, NAT rules and object groups whose names begin with `NR-` are nr-run's own and are removed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....changes.objects import Config, ConfigObject
from ....templates.words import FILTERS
from ..features import Member
from .versions import is_version

_OURS = "NR-"


def group_bases(tunnel: str) -> tuple[str, str]:
    """Base names of the two object groups of a twice NAT rule: (near networks, far networks). Versions of both may exist."""
    return f"{_OURS}{tunnel}-L", f"{_OURS}{tunnel}-R"


def rules_of(access_list: ConfigObject | None) -> frozenset[str]:
    """The network pairs of a crypto access list, as text ("10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255"); empty for None."""
    return frozenset(line.partition(" ip ")[2] for line in access_list.children) if access_list is not None else frozenset()


def exempted(config: Config, tunnel: str, access_list: ConfigObject | None) -> Iterator[ConfigObject]:
    """All objects of ``config`` that exempt the traffic of a tunnel from NAT. ``access_list`` is its crypto access list."""
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
    """The exemption from before a change in place: (objects that may be removed, a sentence for each line that stays).

    ``access_list`` is the crypto access list from before the change. The first part may include objects that the tunnel still
    needs; the planner keeps those.
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
