"""The order of methods, and the timers that it is chosen by: each has its needs, and what cannot be read is never a timer."""

from __future__ import annotations

import pytest

from nr_run.checks.readiness.rollback_methods import choose, shows_of
from nr_run.checks.readiness.timers import flash_files, flash_free, kron_rows, moment, revert_timer
from nr_run.inventory.errors import NotKnown
from nr_run.inventory.models.platforms import platform_for

OLD, MIDDLE, YOUNG = platform_for("2611", "12.2(8)T"), platform_for("3640", "12.4(25d)"), platform_for("881", "15.4(3)M3")
DIR = """\
Directory of flash:/

    1  -rw-    20000000  Nov 10 2015 02:29:07 +00:00  c3640.bin

33554432 bytes total ({free} bytes free)
"""
ARMED = """
Time configured(or reconfigured): 02:29:07 UTC Tue Nov 10 2015
 Timer type: absolute timer
 Timer value: 15 min
 User: nr
"""


def outputs(archive: str = "", clock: str = "02:29:07.123 UTC Tue Nov 10 2015", free: int = 13000000) -> dict[str, str]:
    """What a device shows of what its timers need."""
    return {
        "show running-config": f"hostname r1\n!\n{archive}!\nend\n",
        "show clock": clock,
        "dir flash:": DIR.format(free=free),
    }


@pytest.mark.parametrize(
    ("platform", "shown", "minutes", "timer"),
    [
        (YOUNG, outputs("archive\n path flash:kept\n"), 15, "revert-timer"),
        (YOUNG, outputs("archive\n path flash:kept\n"), 121, "configure-replace"),
        (YOUNG, outputs("archive\n path tftp://192.0.2.9/kept\n"), 15, "configure-replace"),
        (YOUNG, outputs("archive\n maximum 5\n"), 15, "configure-replace"),
        (YOUNG, outputs(), 15, "configure-replace"),
        (YOUNG, outputs(clock="*02:29:07.123 UTC Tue Nov 10 2015"), 15, "reload-in"),
        (MIDDLE, outputs("archive\n path flash:kept\n"), 15, "configure-replace"),
        (MIDDLE, outputs(free=10), 15, "reload-in"),
        (OLD, outputs("archive\n path flash:kept\n"), 15, "reload-in"),
    ],
)
def test_the_gentlest_timer_that_the_box_can_use(platform, shown, minutes: int, timer: str) -> None:
    """Release, archive, clock and flash decide; an earlier method that was passed over is named with its reason."""
    chosen = choose(platform, shown, minutes)
    assert chosen is not None
    assert (chosen.name, chosen.minutes) == (timer, minutes)
    order = [name for name in ("revert-timer", "configure-replace", "reload-in") if name in platform.undo]
    assert len(chosen.because) == order.index(timer)


def test_no_dead_man_is_no_timer() -> None:
    """Zero minutes ask for none."""
    assert choose(YOUNG, outputs(), 0) is None


def test_only_what_a_release_has_is_asked() -> None:
    """A 12.2 device is asked for its reload alone, a 12.4 one for no revert timer."""
    assert shows_of(OLD) == ("show reload",)
    assert "show archive config rollback timer" not in shows_of(MIDDLE)
    assert set(shows_of(MIDDLE)) < set(shows_of(YOUNG))


def test_a_revert_timer_is_read_or_refused() -> None:
    """A timer with all its fields, or the words that there is none; anything else is an error."""
    timer = revert_timer(ARMED)
    assert timer is not None
    assert timer.mark == "nr, 15 min, 02:29:07 UTC Tue Nov 10 2015"
    assert timer.seconds_left("02:34:08.900 UTC Tue Nov 10 2015") == 599
    assert timer.seconds_left("no clock") is None
    assert revert_timer("%No Rollback Confirmed Change pending\n") is None
    for text in ("", "% Invalid input detected at '^' marker.", ARMED.replace("User", "Who"), ARMED.replace("15 min", "soon")):
        with pytest.raises(NotKnown):
            revert_timer(text)


def test_kron_rows_are_read_or_refused() -> None:
    """Each occurrence by its name with its seconds; a line that is no row is an error."""
    assert kron_rows("Kron Occurrence Schedule\nNR-1 inactive, will run once in 0 days 00:14:58\n") == {"NR-1": 898}
    dated = "Kron Occurrence Schedule\nmay inactive, will run once in 32 days 20:43:31 at 9:00 on Jun 20\n"
    assert kron_rows(dated) == {"may": 32 * 86400 + 20 * 3600 + 43 * 60 + 31}
    assert kron_rows("Kron Occurrence Schedule\n") == {}
    with pytest.raises(NotKnown):
        kron_rows("% Invalid input detected at '^' marker.")


def test_a_directory_is_read() -> None:
    """Files and free bytes, of a whole listing."""
    assert flash_files(DIR.format(free=5)) == {"c3640.bin"}
    assert flash_free(DIR.format(free=5)) == 5


def test_times_of_the_device() -> None:
    """The form of show clock and that of the timer are the same time."""
    assert moment("*02:29:07.123 UTC Tue Nov 10 2015") == moment("02:29:07 UTC Tue Nov 10 2015")
    assert moment("never") is None
