"""The clock of the lab: real time multiplied by a factor, so that a lifetime of an hour fits into a test."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta


class LabClock:
    """Seconds of lab time since the lab started; `speed` lab seconds pass in one real second."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed has to be above zero")
        self.speed = speed
        self._started = time.monotonic()

    def now(self) -> float:
        """Lab seconds since the start."""
        return (time.monotonic() - self._started) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait for so many lab seconds."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)

    def wall(self, start: datetime) -> datetime:
        """The time of day on a box whose clock showed `start` when the lab started."""
        return start + timedelta(seconds=self.now())
