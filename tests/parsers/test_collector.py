"""The collector looks less often while long outputs are read, and as often as before afterwards, whoever reads beside."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from nr_run.inventory.errors import ParseError
from nr_run.parsers import parse
from nr_run.parsers.line_rules.collector import seldom

LONG, SHORT = 1_000_000, 100


@pytest.fixture(autouse=True)
def _thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_it_looks_less_often_and_then_as_before() -> None:
    """A long text changes the first threshold for as long as it is read, a short one never."""
    with seldom(LONG):
        assert gc.get_threshold()[0] > 700
        with seldom(LONG):
            pass
        assert gc.get_threshold()[0] > 700
    assert gc.get_threshold() == (700, 10, 10)
    with seldom(SHORT):
        assert gc.get_threshold() == (700, 10, 10)


def test_the_last_of_readings_that_overlap_puts_it_back() -> None:
    """The thread that began first may end first."""
    begun, leave = threading.Event(), threading.Event()

    def other() -> None:
        with seldom(LONG):
            begun.set()
            leave.wait()

    with seldom(LONG):
        thread = threading.Thread(target=other)
        thread.start()
        begun.wait()
    assert gc.get_threshold()[0] > 700
    leave.set()
    thread.join()
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("own", [(0, 10, 10), (900_000, 5, 5)])
def test_a_collector_that_is_off_or_rarer_is_left_alone(own: tuple[int, int, int]) -> None:
    """Whoever set it so has a reason."""
    gc.set_threshold(*own)
    with seldom(LONG):
        assert gc.get_threshold() == own
    assert gc.get_threshold() == own


def test_what_somebody_sets_meanwhile_stays() -> None:
    """Only what was set here is put back."""
    with seldom(LONG):
        gc.set_threshold(1234, 10, 10)
    assert gc.get_threshold() == (1234, 10, 10)


def test_a_text_that_is_refused_puts_it_back() -> None:
    """An error ends the reading like a result."""
    with pytest.raises(ParseError):
        parse("ios", "show ip route", "no line of this is a route\n" * 2_000)
    assert gc.get_threshold() == (700, 10, 10)
