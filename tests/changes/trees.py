"""Two configurations compared whatever the order of unrelated objects."""

from __future__ import annotations

from nr_run.changes.configurations.tree import parse


def same(one: str, other: str) -> bool:
    """True if two texts are the same configuration.

    What is rolled back may stand in another place than before: named objects of one kind are shown in the order of their making.
    """
    return sorted(node.text for node in parse(one)) == sorted(node.text for node in parse(other))
