"""What was made of a text is kept, within bounds."""

from __future__ import annotations

import pytest

from nr_run.inventory.kept import Kept


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
