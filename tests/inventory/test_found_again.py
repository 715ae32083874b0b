"""A line with a secret is looked at once in a process, and the places are the same the second time."""

from __future__ import annotations

import pytest

from nr_run.inventory.hiding import secret_forms
from nr_run.inventory.hiding.secret_forms import secret_spans

from .secret_syntaxes import CANARY, LINES


@pytest.mark.parametrize("line", LINES)
def test_the_same_places_again(line: str) -> None:
    """What was found in a line is what would be found in it anew; the line itself is not kept."""
    text = line.strip().replace("S", CANARY)
    secret_forms._FOUND.clear()
    first = secret_spans(text)
    again = secret_spans(text)
    assert first == again
    assert not any(CANARY.encode() in mark for mark in secret_forms._FOUND)
    again.clear()
    assert secret_spans(text) == first
