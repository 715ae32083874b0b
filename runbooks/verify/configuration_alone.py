"""What a device is asked where its configuration alone is looked at: for drift, and for another release."""

from __future__ import annotations

from collections.abc import Sequence

from ...checks.observations.looks import Shown, Stimulus
from ...checks.observations.questions import Question
from ...inventory.systems import system_of
from .opening import Opened


class ConfigurationAlone:
    """What a device is asked: its configuration, its routing table, from which it follows what routes have to stand beside a
    crypto map, and who typed what. Nothing is sent through it."""

    questions: tuple[Question, ...] = ()

    def __init__(self, opened: Opened, host: str) -> None:
        """Of one device."""
        system = system_of(opened.platforms[host])
        self.also: tuple[str, ...] = tuple(filter(None, (system.route, system.log_of_changes)))
        self.own: tuple[str, ...] = ()

    def wishes(self, shown: Shown) -> Sequence[Stimulus]:  # noqa: ARG002 - what was shown changes nothing
        """None."""
        return ()
