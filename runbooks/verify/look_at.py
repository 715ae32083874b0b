"""The look at one device as a record: with it another process can look as well as this one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct
from nornir.core.task import Result, Task

from ...checks.observations.looks import Shown, Stimulus
from ...checks.observations.questions import Question
from ...inventory.models.platforms import Platform
from ...tasks.look import Limits, look


class Asked(Protocol):
    """What one device is asked, and wanted to send; see look()."""

    @property
    def questions(self) -> tuple[Question, ...]:
        """Each once; none where the configuration is all that is wanted."""

    @property
    def also(self) -> tuple[str, ...]:
        """Commands besides, which the device may refuse."""

    @property
    def own(self) -> tuple[str, ...]:
        """For the checks of the user's own, each once."""

    def wishes(self, shown: Shown) -> Sequence[Stimulus]:
        """Traffic, each once."""


class LookAt(Struct, frozen=True):
    """What look() needs. ``left`` and ``pause`` are seconds: two machines do not share a clock."""

    platform: Platform
    asks: Asked
    hand: Callable[[Shown], None]
    left: float
    may_ping: bool
    pause: float

    def __call__(self, task: Task) -> Result:
        """Look."""
        limits = Limits(time.monotonic() + self.left, self.may_ping, self.pause)
        asks = self.asks
        return look(task, self.platform, asks.questions, asks.wishes, self.hand, limits, asks.also, asks.own)
