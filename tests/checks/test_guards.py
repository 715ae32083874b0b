"""Guards that only refuse, each where it alone refuses: without it a device could be stranded, or another's timer cancelled."""

from __future__ import annotations

import pytest

from nr_run.checks.finding import against
from nr_run.checks.readiness.rollback_methods import RELOAD_IN, SelectedMethod, timer_findings
from nr_run.checks.readiness.timers import RELOAD, ReloadTimer
from nr_run.inventory.errors import DeviceRefused
from nr_run.tasks.push import _is_normal
from nr_run.tasks.rollback_timers.timer import State, refuse_unless_whole

from .test_precheck import VERSION, box

TAG = "nr-20261129T000000Z-abcd"


def objections(register: str) -> list[str]:
    """What is said against a reload as the way back, on the device of the example with this configuration register."""
    made = box(version=VERSION.replace("Configuration register is 0x2102", f"Configuration register is {register}"))
    made.outputs[RELOAD] = "No reload is scheduled.\n"  # type: ignore[index]
    return [finding.check for finding in against(timer_findings(made, SelectedMethod(RELOAD_IN, 15)))]


@pytest.mark.parametrize(("register", "refused"), [("0x2102", []), ("0x102", []), ("0x2142", ["boots"]), ("0x2100", ["boots"])])
def test_a_register_that_ignores_the_startup_is_no_way_back(register: str, refused: list[str]) -> None:
    """0x2142 boots the system without its startup configuration: a reload would bring the device up empty, and is refused."""
    assert objections(register) == refused


@pytest.mark.parametrize("reason", [f"keep-{TAG}", f"{TAG}-later", f"{TAG}x", TAG.upper()])
def test_a_reason_that_holds_the_tag_is_not_this_runs(reason: str) -> None:
    """Whose reload it is says a whole word of its reason: what only contains the tag is somebody else's."""
    assert not ReloadTimer(600, "ops", reason).is_of(TAG)
    assert ReloadTimer(600, "ops", f"reason {TAG}").is_of(TAG)


@pytest.mark.parametrize(
    ("seconds", "fine", "is_new"),
    [
        (900, True, True),
        (870, True, True),
        (869, True, False),
        (300, True, False),
        (None, True, False),
        (840, False, True),
        (839, False, False),
    ],
)
def test_an_old_timer_is_not_taken_for_a_new_one(seconds: int | None, fine: bool, is_new: bool) -> None:
    """What was armed just now has nearly all of its fifteen minutes; with less it was not wound up, or that is not known."""
    state = State(armed=True, remains=True, seconds_left=seconds)
    if is_new:
        refuse_unless_whole("hub", state, 15, fine=fine)
        return
    with pytest.raises(DeviceRefused, match="hub: its rollback timer counts"):
        refuse_unless_whole("hub", state, 15, fine=fine)


def test_a_warning_does_not_excuse_a_refusal_beside_it() -> None:
    """An answer of several lines is allowed only if each of them is."""
    from nr_run.changes.families import IOS

    (normal,) = (family.replies for family in IOS if family.name == "transform-set")
    warning = "% Warning: weaker encryption algorithm is deprecated"
    assert _is_normal(warning, normal)
    assert _is_normal(f"{warning}\n{warning}", normal)
    assert not _is_normal(f"{warning}\n% Invalid input detected at '^' marker.", normal)
    assert not _is_normal(f"% Incomplete command.\n{warning}", normal)
