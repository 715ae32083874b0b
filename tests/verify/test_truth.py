"""No alarm without a fault, and no fault that is called up: a sample here, as many as are asked for by make truth."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .estates import apply_with_rollback, keep

ROOT = Path(__file__).parents[2]
TRIALS = int(os.environ.get("NR_RUN_TRUTH") or 2)


@pytest.mark.parametrize("number", range(1, TRIALS + 1))
def test_no_false_word(tmp_path: Path, number: int) -> None:
    """Each healthy, idle, rekeying or half idle estate is called up or idle, and each with one fault is not called up."""
    seen = apply_with_rollback(number, tmp_path)
    if os.environ.get("NR_RUN_TRUTH"):
        keep(seen, ROOT / "build" / "truth", number)
    assert [one for one in seen if one.false] == []
    assert {one.planted for one in seen} == {True, False}
