"""What tells whether every refusal is provoked: it finds the places, notes those that are reached, and can fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .sites import Site, error_names, sites
from .unprovoked import KNOWN, anew, complaints, known, reached, unprovoked

HERE = Path(__file__).parent
PROVOKES = """\
import runpy, sys
runpy.run_path(sys.argv[1])["install"]()
from nr_run.checks.readiness.health import unreached
from nr_run.inventory.errors import NrRunError
from nr_run.inventory.models.release import Release
from nr_run.runbooks.commands.console import CommandConsole
for wrong in (lambda: Release.parse("no release"), lambda: CommandConsole("x", plan_only=True, yes=True, as_json=False)):
    try:
        wrong()
    except NrRunError:
        continue
assert unreached("r1", "no answer", "now") == unreached("r1", "no answer", "now")
"""


def site(function: str = "f", kind: str = "ChangeError", lines: tuple[int, int] = (10, 12)) -> Site:
    """A place that is nowhere."""
    return Site("changes/x.py", function, kind, "no free number", lines)


def test_the_places_are_found() -> None:
    """Errors by their tree, those that are derived elsewhere too, and findings by their check, made by say() or not."""
    assert {"ChangeError", "DeviceRefused", "NotVerified"} <= error_names()
    keys = {place.key for place in sites()}
    assert any("Release.parse | IntentError" in key for key in keys)
    checks = {place.kind for place in sites() if place.is_check}
    assert {"check route", "check ping", "check read-back", "check nvram"} <= checks


def test_two_places_have_two_names() -> None:
    """A place in a list of exceptions is one place, or some that say the same in one function."""
    keys = [place.key for place in sites()]
    assert len(keys) - len(set(keys)) <= 6


def test_a_process_notes_what_it_refuses(tmp_path: Path) -> None:
    """The place that raised stands in the notes, that of a finding too, and only those count as provoked."""
    environment = {**os.environ, "NR_RUN_META": str(tmp_path)}
    subprocess.run([sys.executable, "-c", PROVOKES, str(HERE / "recording.py")], env=environment, check=True, timeout=120)
    missed = unprovoked(reached(tmp_path), sites())
    done = sorted({place.key for place in sites()} - {place.key for place in missed})
    assert len(done) == 3
    assert "unreached | check " in done[0]
    assert "Release.parse | IntentError" in done[1]
    assert "CommandConsole.__init__ | UsageError | --plan and --yes exclude" in done[2]


def test_a_place_that_is_not_reached_is_told() -> None:
    """A line inside the call counts, the line behind it does not."""
    assert unprovoked({("changes/x.py", 11)}, (site(),)) == []
    assert unprovoked({("changes/x.py", 13), ("changes/y.py", 11)}, (site(),)) == [site()]


@pytest.mark.parametrize(
    ("missed", "excused", "says"),
    [
        ([site()], {}, "no test provokes it"),
        ([], {site().key: "cannot happen"}, "is provoked now"),
        ([], {site("g").key: "cannot happen"}, "is not in the source any more"),
        ([site()], {site().key: "cannot happen"}, ""),
        ([], {site().key: "at times: a race"}, ""),
    ],
)
def test_the_list_of_exceptions_can_only_shrink(missed: list[Site], excused: dict[str, str], says: str) -> None:
    """What is new, what is gone and what is provoked now fails; what is known does not, nor what is reached at times."""
    said = complaints(missed, (site(),), excused)
    assert (len(said) == 1 and says in said[0]) if says else said == []


def test_each_exception_has_a_reason() -> None:
    """The list that is kept can be read; an entry with no reason above it cannot."""
    known(KNOWN.read_text())
    with pytest.raises(ValueError, match="no reason"):
        known("changes/x.py | f | ChangeError | no free number\n")


def test_the_list_that_is_made_anew_has_no_complaint() -> None:
    """What was excused keeps its reason, what is new gets the one that is given, and what is provoked or gone is dropped."""
    old, new, gone = site("f"), site("g"), site("h")
    text = anew([old, new], (old, new), {old.key: "cannot happen", gone.key: "cannot happen"}, "to be looked at")
    assert known(text) == {old.key: "cannot happen", new.key: "to be looked at"}
    assert complaints([old, new], (old, new), known(text)) == []
