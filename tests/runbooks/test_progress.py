"""What a run tells while it is at work: how many are done, of how many, and since when."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from nr_run.runbooks.commands.views.live_progress import LiveProgress
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.history.moments import age


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (83, "1 min 23 s"), (3600, "1 h"), (7505, "2 h 5 min"), (-9, "0 s")],
)
def test_a_time_for_a_person(seconds: float, told: str) -> None:
    """Seconds, then minutes, then hours; of an age in the past no seconds are told beside minutes."""
    assert age(seconds, fine=True) == told
    assert age(seconds) == (told.partition(" min ")[0] + " min" if " s" in told and "min" in told else told)


def test_one_of_several_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """Each that ends is told with its number and the time; one alone is not."""
    progress = PlainProgress()
    progress.ended("a", "verified", 1, 1)
    assert capsys.readouterr().err == ""
    progress.ended("b", "verified", 2, 3)
    told = capsys.readouterr().err
    assert told.startswith("b: verified (2 of 3, ")
    assert told.endswith(" s)\n")


def test_a_phase_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Who asks a device over and over tells it once, and again when it is entered anew."""
    progress = PlainProgress()
    for host, words in (("hq", "look"), ("hq", "look"), ("branch", "look"), ("hq", "save"), ("hq", "look")):
        progress.phase(host, words)
    assert capsys.readouterr().err.splitlines() == ["hq: look", "branch: look", "hq: save", "hq: look"]


def test_live_lines_count_along() -> None:
    """On a terminal the count and the time stand above the devices."""
    screen = io.StringIO()
    progress = LiveProgress(Console(file=screen, force_terminal=True, width=80))
    progress.ended("b", "verified", 2, 3)
    progress.phase("hq", "log in and read")
    progress.pause()
    shown = screen.getvalue()
    assert "b: verified (2 of 3, " in shown
    assert "2 of 3" in shown.split("(2 of 3")[1]
    assert "log in and read" in shown
