"""What the page is made of: a sentence, a map, a matrix, a strip of the past, colours that can be told apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.checks.verdict import Configured, DeviceState, Operating, Verdict, Verification, Word
from nr_run.runbooks.history.read import Look
from nr_run.runbooks.reports.estate_map import MOST_SITES, estate_map
from nr_run.runbooks.reports.links import links, places
from nr_run.runbooks.reports.matrix import COLUMNS, ROWS, SQUARE, matrix
from nr_run.runbooks.reports.page import WORDS, headline, page
from nr_run.runbooks.reports.sparkline import WIDTH, sparkline

from ..verifications import PATIENT, at, verdict, verification, verifications
from .estates import large

STYLE = (Path(__file__).parents[2] / "templates" / "reports" / "verification.css").read_text()
sites = st.integers(0, 90).map("site{}".format)
estates = st.lists(
    st.tuples(st.lists(sites, max_size=3).map(tuple), st.sampled_from(Operating)).map(
        lambda made: verdict("-".join(made[0]) or "alone", made[1], sites=made[0], ends=())
    ),
    max_size=120,
)


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ((), "There was nothing to verify, so nothing is known."),
        ((verdict("a"),), "The one service works as intended."),
        ((verdict("a"), verdict("b", Operating.IDLE)), "All 2 services work as intended."),
        ((verdict("a", Operating.DOWN),), "Of 1 service, 1 does not work as it has to."),
        ((verdict("a"), verdict("b", Operating.UNKNOWN)), "Of 2 services, 1 could not be verified."),
        ((verdict("a"), verdict("b", configured=Configured.DIFFERS)), "Of 2 services, 1 works and differs from the intent."),
        (
            (verdict("a", Operating.DOWN), verdict("b", Operating.UNENCRYPTED), verdict("c", Operating.UNKNOWN)),
            "Of 3 services, 2 do not work as they have to, 1 could not be verified.",
        ),
    ],
)
def test_the_headline_says_how_it_is(verdicts: tuple[Verdict, ...], sentence: str) -> None:
    """One sentence: good only if all is good, and what could not be verified is its own number."""
    assert headline(verification(*verdicts)) == sentence


def test_a_device_that_was_not_read_is_in_the_headline() -> None:
    """Though every service works, a device that could not be read leaves something unknown."""
    devices = (DeviceState("hq", "IOS", ""), DeviceState("far", "IOS", "no login"))
    words = "1 service works, and 1 device could not be read, so not all is known."
    assert headline(verification(verdict("a"), devices=devices)) == words


@PATIENT
@given(verifications)
def test_every_verification_has_a_page(found: Verification) -> None:
    """Any text of a device makes a page with a card a service, whose headline is good only if all is healthy."""
    made = page(found)
    assert made.count("<details ") == len(found.verdicts)
    assert ("work as intended" in headline(found) or "works as intended" in headline(found)) is found.healthy
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\ud800-\udfff]", made)
    made.encode("utf8")


@PATIENT
@given(estates)
def test_every_link_is_drawn_or_counted(verdicts: list[Verdict]) -> None:
    """The map has each link once or says how many it leaves out, the worst is never left out, and all lies inside it."""
    drawn, every = estate_map(verdicts), links(verdicts)
    assert len(drawn.lines) + drawn.left_out == len(every)
    assert len(drawn.places) <= MOST_SITES
    if every:
        assert every[0] in [line.link for line in drawn.lines]
        # What is drawn last lies above the others.
        assert drawn.lines[-1].link == every[0]
    names = {place.name for place in drawn.places}
    assert {name for line in drawn.lines for name in (line.link.a, line.link.b)} == names
    assert all(0 <= place.x <= drawn.width and 0 <= place.y <= drawn.height for place in drawn.places)
    assert len({(round(place.x), round(place.y)) for place in drawn.places}) == len(drawn.places)


@PATIENT
@given(estates)
def test_every_link_has_a_cell_or_is_counted(verdicts: list[Verdict]) -> None:
    """The matrix has each link, on both sides of its diagonal where it is a square, or says how many it leaves out."""
    made, every = matrix(verdicts), links(verdicts)
    cells = {(cell.a, cell.b) for row in made.rows for cell in row.cells if cell is not None}
    assert len(cells) + made.left_out == len(every)
    assert all(len(row.cells) == len(made.columns) for row in made.rows)
    for row in made.rows:
        for column, cell in zip(made.columns, row.cells, strict=True):
            assert cell is None or {cell.a, cell.b} == {row.site, column}
    if len({name for item in verdicts for name in places(item)}) <= SQUARE:
        assert made.left_out == 0


def test_a_matrix_of_hundreds_is_not_a_square() -> None:
    """500 sites on two hubs are two columns, and the rows that are shown begin with what is worst."""
    made = matrix(large().verdicts)
    assert made.columns[:2] == ("hub0", "hub1")
    assert len(made.columns) <= COLUMNS
    assert len(made.rows) == ROWS
    worst = next(cell for cell in made.rows[1].cells if cell).worst
    assert worst.word is Word.DOWN


def test_a_link_shows_its_worst() -> None:
    """Of several services between two sites the worst stands for them, and how many they are is said."""
    (link,) = links([verdict("a", sites=("x", "y")), verdict("b", Operating.DOWN, sites=("y", "x"))])
    assert (link.worst.name, link.words) == ("b", "x, y: down (2 services)")


@PATIENT
@given(st.lists(st.sampled_from(Word), min_size=2, max_size=80))
def test_a_strip_is_as_wide_as_its_time(words: list[Word]) -> None:
    """The bars fill the strip without a gap, and its words count each verification."""
    made = sparkline([Look(at(n), word.value, True, "probe") for n, word in enumerate(words)])
    assert made is not None
    assert abs(sum(bar.width for bar in made.bars) - WIDTH) < 0.01
    assert all(abs(one.x + one.width - two.x) < 0.01 for one, two in zip(made.bars, made.bars[1:], strict=False))
    assert sum(map(int, re.findall(r"(\d+) [a-z]+(?:,|$)", made.words.partition(": ")[2]))) == len(words)


def _schemes() -> dict[str, dict[str, str]]:
    found = {}
    for name, block in zip(("light", "dark", "print"), re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL), strict=True):
        found[name] = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    return found


def _light(colour: str) -> float:
    parts = [int(colour[at_ : at_ + 2], 16) / 255 for at_ in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, two: str) -> float:
    dark, light = sorted((_light(one), _light(two)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_colours_can_be_told_from_their_ground(scheme: str) -> None:
    """Text has a contrast of 4.5 to what it stands on, lines and bars of 3 (WCAG 2.2, 1.4.3 and 1.4.11), in each scheme."""
    colours = _schemes()[scheme]
    for ground in ("ground", "card"):
        for text in ("ink", "soft", "link"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        for word in Word:
            assert _contrast(colours[word.value], colours[ground]) >= 3, (word, ground)
    for word in (*(word.value for word in Word), "differs"):
        assert _contrast(colours["on-pill"], colours[word]) >= 4.5, word


def test_each_word_has_a_mark_of_its_own() -> None:
    """No word is told by its colour alone."""
    assert set(WORDS) == set(Word)
    assert len({shown.mark for shown in WORDS.values()}) == len(Word)
