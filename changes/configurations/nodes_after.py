"""A configuration as it will be with new objects, at the places that matter to its readers.

Lines of a list that is somebody else's stand in front of its others, and a rule of twice NAT in front of the other rules; where
all else stands does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from ..config_object import ConfigObject
from ..families.nat import place_of
from .tree import Node

_NUMBER = re.compile(r"(?P<number>\d+) (?P<rest>.+)")
_RULE = "nat ("


def nodes_after(nodes: Sequence[Node], items: Iterable[ConfigObject]) -> tuple[Node, ...]:
    """The lines of a device with these objects."""
    items = tuple(items)
    if not items and isinstance(nodes, tuple):
        return nodes
    after = list(nodes)
    for item in items:
        if item.family.placed and item.family.opens:
            _into(after, item)
        elif item.family.placed:
            place = next((index for index, node in enumerate(after) if node.line.startswith(_RULE)), len(after))
            after[place:place] = [
                Node(next(iter(item.family.spell(item.header)), item.header), node.children) for node in item.nodes
            ]
        else:
            after += item.nodes
    return tuple(after)


def _into(nodes: list[Node], item: ConfigObject) -> None:
    """The line of an object into the section that is there, by its number."""
    place = next((index for index, node in enumerate(nodes) if node.line == item.header), None)
    if place is None:
        nodes += item.nodes
        return
    nodes[place] = replace(nodes[place], children=_with(nodes[place].children, item.children[0]))


def _with(lines: Sequence[str], line: str) -> tuple[str, ...]:
    """The lines of a list with one more. Where none shows its number the list is numbered anew before each line."""
    match = _NUMBER.fullmatch(line)
    if match is None:
        return (*lines, line)
    numbers = [int(found["number"]) if (found := _NUMBER.fullmatch(other)) else None for other in lines]
    if any(number is not None for number in numbers):
        place = next(
            (index for index, number in enumerate(numbers) if number is not None and number > int(match["number"])), None
        )
        return (*lines[:place], line, *(lines[place:] if place is not None else ()))
    place = min(place_of(int(match["number"])), len(lines))
    return (*lines[:place], match["rest"], *lines[place:])
