"""The page on services shows the files of the example as they are."""

from __future__ import annotations

import pytest

from .documents import ROOT, blocks

PAGE = ROOT / "docs" / "how-to" / "own-service.md"
FILES = tuple(sorted((ROOT / "tests" / "example_service" / "watchlist").glob("*.py")))


@pytest.mark.parametrize("block", list(blocks(PAGE, "python")), ids=lambda block: block.strip().splitlines()[0])
def test_a_block_stands_in_a_file(block: str) -> None:
    """Each piece of Python on the page is one of a file that the tests run, character by character."""
    assert any(block in path.read_text(encoding="utf8") for path in FILES)


def test_the_page_says_what_the_example_is() -> None:
    """It counts the files, and names the entry point as the test installs it."""
    text = PAGE.read_text(encoding="utf8")
    assert len(FILES) == 3
    assert "three files" in text
    assert '[project.entry-points."nr_run.services"]\nwatchlist = "watchlist:SERVICE"' in text
