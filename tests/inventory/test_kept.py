"""What was made of a text is kept, within bounds."""

from __future__ import annotations

import pytest

from nr_run.inventory.kept import Kept, kept_by_text


def test_one_text_is_worked_on_once() -> None:
    """The same text for the same purpose gives what was made the first time; another purpose is another thing."""
    kept: Kept[list[str]] = Kept(100)
    first = kept.get("show version", "ios", lambda: ["made"])
    assert kept.get("show version", "ios", lambda: ["again"]) is first
    assert kept.get("show version", "asa", lambda: ["other"]) == ["other"]


def test_no_more_text_is_held_than_was_said() -> None:
    """The text that was asked for longest ago goes first, and one that is larger than all is not kept."""
    kept: Kept[int] = Kept(10)
    kept.get("aaaaa", None, lambda: 1)
    kept.get("bbbbb", None, lambda: 2)
    kept.get("aaaaa", None, lambda: 0)
    kept.get("ccccc", None, lambda: 3)
    assert kept.get("aaaaa", None, lambda: 0) == 1
    assert kept.get("bbbbb", None, lambda: 4) == 4
    kept.get("d" * 11, None, lambda: 5)
    assert kept.get("d" * 11, None, lambda: 6) == 6


def test_a_failure_is_not_kept() -> None:
    """Where the making raised it is tried again."""
    kept: Kept[int] = Kept(10)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", None, lambda: 1 // 0)
    assert kept.get("a", None, lambda: 1) == 1


def test_the_results_of_a_fleet_are_all_kept_and_those_of_a_hub_by_their_count() -> None:
    """Short texts are kept up to their characters, however many; of long ones some are kept, however long; the latest stay."""

    @kept_by_text(characters=100, least=2)
    def length(os: str, text: str) -> int:
        return len(os + text)

    fleet = [f"{number:02}" for number in range(50)]
    assert [length("ios", text) for text in fleet * 2] == [5] * 100
    assert length.cache_info() == (50, 50)
    hub = ["a" * 1000, "b" * 1000, "c" * 1000]
    for text in hub:
        length("ios", text)
    length("ios", hub[1])
    assert length.cache_info() == (51, 53), "the last two are kept, and nothing beside them"
    length("ios", hub[0])
    assert length.cache_info() == (51, 54)
    length("asa", hub[0])
    assert length.cache_info() == (51, 55), "another argument is another result"
    length.cache_clear()
    length("asa", hub[0])
    assert length.cache_info() == (0, 1)


def test_a_text_that_carries_its_reading_is_not_taken_for_one_that_does_not() -> None:
    """A text put together of what had been read keeps what was made of it, though another text equals it."""

    class Carrying(str):
        """A text with something beside it."""

        __slots__ = ()

    @kept_by_text()
    def kind(text: str) -> str:
        return type(text).__name__

    assert (kind("a"), kind(Carrying("a")), kind("a")) == ("str", "Carrying", "str")
