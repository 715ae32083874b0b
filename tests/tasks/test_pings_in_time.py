"""A verification sends the pings for which there is time, and finds out while it sends how much time there is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from ipaddress import IPv4Address
from types import SimpleNamespace
from typing import Any, cast

import pytest

from nr_run.checks.observations.looks import Shown, Stimulus
from nr_run.checks.observations.questions import IPSEC
from nr_run.checks.proof import Probe, Traffic
from nr_run.inventory.models.platforms import platform_for
from nr_run.tasks.look import LOOK_SECONDS, PINGS_OF_MANY, SLOW_SECONDS, Limits, _Visit
from nr_run.tasks.reader import Ping
from nr_run.tasks.sessions.session import Reply

HUB = Traffic(IPv4Address("10.0.0.1"), IPv4Address("10.0.1.1"))
WANTED = tuple(Stimulus(Traffic(HUB.source, IPv4Address(f"10.0.{number}.1")), likely=False) for number in range(1, 31))


class Device:
    """A hub whose far ends answer at once, but for those that are `silent`."""

    trips = 0

    def __init__(self, silent: Sequence[Traffic] = ()) -> None:
        self.silent = silent
        self.bursts: list[list[Traffic]] = []

    def look(self, _commands: Sequence[str]) -> list[Reply]:
        """Nothing to show."""
        return []

    def ping_and_look(
        self, pings: Sequence[Ping], _shows: object, _before: object
    ) -> tuple[dict[Ping, Probe], list[Reply], list[Reply]]:
        """All of the pings, in no time."""
        self.bursts.append([ping.traffic for ping in pings])
        return {ping: Probe(ping.count, 0 if ping.traffic in self.silent else ping.count) for ping in pings}, [], []


class Visit(_Visit):
    """A visit to it."""

    device: Device

    def _open(self) -> Any:
        return self.device


def visited(device: Device, seconds: float) -> Shown:
    """What is known of the hub after pings for which there are so many seconds."""
    limits = Limits(time.monotonic() + seconds, may_ping=True, pause=0)
    task = cast(Any, SimpleNamespace(host=SimpleNamespace(name="hub")))
    visit = Visit(task, platform_for("C8000V", "17.9.4a"), (IPSEC,), limits, time.monotonic(), lambda _shown: None, (), ())
    visit.device = device
    visit.again(lambda _shown: WANTED)
    return visit.so_far


def time_for(number: int) -> float:
    """Seconds for so many bursts, each packet of which is lost."""
    return LOOK_SECONDS + (number + 0.9) * SLOW_SECONDS * PINGS_OF_MANY


def test_what_had_no_time_is_sent_where_the_rest_was_answered_sooner() -> None:
    """There is time for twenty bursts that are lost: these are answered at once, so the other ten are sent too."""
    device = Device()
    shown = visited(device, time_for(20))
    assert [*map(len, device.bursts)] == [20, 10]
    assert {traffic for burst in device.bursts for traffic in burst} == {item.traffic for item in WANTED}
    assert not shown.unsent


def test_what_was_never_sent_comes_before_what_is_sent_again() -> None:
    """Where there is time for a part in the second round as well, it goes to those that had none in the first."""
    device = Device(silent=[item.traffic for item in WANTED])
    shown = visited(device, time_for(12))
    assert [*map(len, device.bursts)] == [12, 12]
    assert len({traffic for burst in device.bursts for traffic in burst}) == 24
    assert [*shown.unsent] == [item.traffic for item in WANTED[24:]]


@pytest.mark.parametrize("affordable", [1, 5, 12, 14])
def test_what_is_missing_is_enough(affordable: int) -> None:
    """With the seconds that were missing, and no more, there is time for each ping, also where none is answered."""
    silent = [item.traffic for item in WANTED]
    shown = visited(Device(silent), time_for(affordable))
    assert shown.unsent
    assert shown.short > 0
    enough = visited(device := Device(silent), time_for(affordable) + shown.short + 1)
    assert not enough.unsent
    assert enough.short == 0
    assert {traffic for burst in device.bursts for traffic in burst} == set(silent)


def test_nothing_is_missing_where_all_was_sent_in_the_end() -> None:
    """What had no time in the first round and was sent in the second needs no longer deadline."""
    assert visited(Device(), time_for(20)).short == 0
