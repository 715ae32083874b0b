"""Which unit of a failover pair answers: told from what `show failover` prints, in the words of published outputs."""

from __future__ import annotations

import pytest

from nr_run.checks.finding import Status
from nr_run.checks.readiness.failover_pair import one_unit, standby

from .test_asa_precheck import box

PAIR = """\
Failover On
Failover unit {ours}
Failover LAN Interface: HA-Control-Failover GigabitEthernet0/7 (up)
Version: Ours 9.12(4)37, Mate 9.12(4)37
Last Failover at: 19:05:55 GMT/BST Jan 26 2022
        This host: {this}
                Active time: 29083269 (sec)
        Other host: {other}
                Active time: 258 (sec)
"""
ACTIVE = PAIR.format(ours="Primary", this="Primary - Active", other="Secondary - Standby Ready")
STANDBY = PAIR.format(ours="Secondary", this="Secondary - Standby Ready ", other="Primary - Active")


@pytest.mark.parametrize(
    ("shown", "unit"),
    [
        ("Failover Off \nFailover unit Secondary\nFailover LAN Interface: not Configured\n", ""),
        ("Failover Off (pseudo-Standby)\nFailover unit Primary\n", "pseudo-Standby"),
        (ACTIVE, ""),
        (STANDBY, "Secondary - Standby Ready"),
        (PAIR.format(ours="Secondary", this="Secondary - Negotiation", other="Primary - Active"), "Secondary - Negotiation"),
        (PAIR.format(ours="Primary", this="Primary - Failed", other="Secondary - Active"), "Primary - Failed"),
        (PAIR.format(ours="Primary", this="Primary - Just Active", other="Secondary - Failed"), ""),
        ("", ""),
        ("ERROR: no licence\n", ""),
    ],
)
def test_the_unit_that_carries_no_traffic(shown: str, unit: str) -> None:
    """Each state but an active one is that of a unit that passes no packet; what was not said is not concluded."""
    assert standby(shown) == unit


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (ACTIVE, "(Primary - Active): a failover pair is not changed"),
        (STANDBY, "not the active unit of its failover pair (Secondary - Standby Ready): what is configured here does not reach"),
        ("Failover Off (pseudo-Standby)\nFailover unit Primary\n", "the standby of a pair whose failover is off"),
        ("", "show failover says '': a failover pair is not changed"),
    ],
)
def test_no_unit_of_a_pair_is_changed(shown: str, says: str) -> None:
    """Only what says that it has no failover, and no role of a pair either, may be changed."""
    (finding,) = [one for one in one_unit(box(failover=shown)) if one.check == "no-failover"]
    assert finding.status is Status.FAILED
    assert says in finding.sentence
