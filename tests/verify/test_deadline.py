"""Where the deadline is too short for a device, a notice says which one would be enough; where that would not help, none does."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from msgspec.structs import replace

from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.observation import Observation
from nr_run.checks.proof import Traffic
from nr_run.inventory.models.platforms import platform_for
from nr_run.runbooks.verify.deadline import too_short

DEADLINE = 300.0
HUB = Shown("hub", platform_for("C8000V", "17.9.4a"), (Look(Observation("hub", "", "ios", {})),), seconds=80, over=True)
LATE = "hub: the deadline of 300 seconds came before it had shown all that was asked"
NO_TIME = {
    Traffic(IPv4Address("10.0.0.1"), IPv4Address(f"10.1.0.{number}")): "hub: there was no time for it before the deadline"
    for number in range(3)
}


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (HUB, []),
        (
            replace(HUB, unsent=NO_TIME, short=60.0),
            ["hub: there is no time for 3 of its pings in 300 seconds: give --deadline 400"],
        ),
        (replace(HUB, unsent={}, short=0.0, problem="hub: connection refused"), []),
        (replace(HUB, problem=LATE, over=False, seconds=2.0), []),
        (
            replace(HUB, problem=LATE, over=False, seconds=280.0),
            ["hub: it cannot show all that is asked in 300 seconds: give --deadline 620"],
        ),
        (replace(HUB, problem=LATE, over=False, seconds=280.0, looks=()), []),
    ],
    ids=["in time", "pings", "refused", "hangs", "slow", "never answered"],
)
def test_what_would_be_enough_is_told(shown: Shown, said: list[str]) -> None:
    """From the seconds that were missing for pings, or twice what a slow device took; nothing of one that hangs or is away."""
    assert list(too_short(DEADLINE, [shown])) == said
