"""Objects that removals of one run leave because something else uses them; removed with their last user.

It is decided again each time that a removal is planned, by what the device has then: where a user did not go after all, or a new
one has come, it stays. What goes is a part of the removal that takes it, which restores it should that be rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from ....changes.objects import Config, ConfigObject, Key
from ....changes.plans.removal import freed
from ..outcome import TunnelOutcome

if TYPE_CHECKING:
    from ....services.service import Removal
    from ..plans.planning import DeploymentPlan


class LeftBehind(Struct):
    """Host to the objects that the removals planned so far leave there."""

    _by_host: dict[str, dict[Key, ConfigObject]] = field(default_factory=dict)

    def taken_along(self, host: str, running: Config, going: Removal) -> Removal:
        """The removal, extended by what earlier ones left on the device and nothing uses after this one."""
        kept = self._by_host.setdefault(host, {})
        known = {item.key for item in (*going.items, *going.left)}
        there = [item for item in kept.values() if item.key not in known and _is_there(item, running)]
        kept.update((item.key, item) for item in going.left)
        if not going.items:
            return going
        items, stays = freed(running, there, {item.key for item in going.items})
        return replace(going, items=(*going.items, *items), stays=(*going.stays, *stays))

    def on(self, hosts: Iterable[str]) -> LeftBehind:
        """What is left on these devices alone."""
        return LeftBehind({host: dict(self._by_host[host]) for host in hosts if host in self._by_host})


def _is_there(item: ConfigObject, running: Config) -> bool:
    present = running.objects.get(item.key)
    return present is not None and present.meaning == item.meaning


def without_gone(outcomes: Iterable[TunnelOutcome], plans: Sequence[DeploymentPlan]) -> list[TunnelOutcome]:
    """The outcomes, without "stays" sentences about objects that a later removal took."""
    found = list(outcomes)
    by_name = {outcome.tunnel: outcome for outcome in found}
    gone = tuple(words for plan in plans for words in _taken(plan, by_name[plan.name]))
    return [replace(item, stays=tuple(words for words in item.stays if not words.startswith(gone))) for item in found]


def _taken(plan: DeploymentPlan, outcome: TunnelOutcome) -> Iterator[str]:
    """How a sentence begins that says of something that it stays, which this removal took."""
    if not plan.removal or not outcome.has_changed:
        return
    for end in plan.members:
        for words in (f"{end.host}: {item.title} stays: " for item in end.change.removed):
            # What was to go, and has another user since it was approved, stays.
            if not any(sentence.startswith(words) for sentence in outcome.stays):
                yield words
