"""The blast radius of a change: how its objects affect the rest of the device, as their families say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from .family import Nobody, says
from .objects import Config, ConfigObject
from .plans.steps import Edit


def blast_radius(created: Iterable[ConfigObject], running: Config) -> tuple[str, ...]:
    """A sentence for each effect of new objects on the rest of the device."""
    told = ((item, item.family.touches) for item in created)
    return tuple(chain.from_iterable(says(what.created, item, running) for item, what in told if not isinstance(what, Nobody)))


def edit_radius(edited: Iterable[Edit], running: Config) -> Iterator[str]:
    """A sentence for each effect of edits in place, on the tunnel itself and on the rest of the device."""
    for edit in edited:
        touches = edit.before.family.touches
        yield from () if isinstance(touches, Nobody) else says(touches.edited, edit.before, running)


def removal_radius(items: Iterable[ConfigObject], edited: Iterable[Edit], running: Config) -> Iterator[str]:
    """A sentence for each effect of a removal on the rest of the device. A tunnel that is only given another form stays."""
    replaced = any(edit.before.family.is_tunnel for edit in edited)
    for item in items:
        touches = item.family.touches
        if not isinstance(touches, Nobody) and not (replaced and item.family.is_tunnel):
            yield from says(touches.removed, item, running)
