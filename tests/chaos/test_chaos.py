"""Random faults at random moments of random operations on random pairs; the devices say how each trial ended."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from .driver import carried_out
from .trial import trial

#: Where the folders stay of trials that were wrong, or asked for a person.
KEPT = Path(__file__).parent.parent.parent / "build" / "chaos"
#: Always tried: together they strike in each form, at a partner's far end and at VPN clients, with each way of ending a process,
#: with people, and with faults of the devices.
SAMPLE = (2, 9, 16, 27, 31, 54, 64)


def _seeds() -> list[int]:
    if named := os.environ.get("NR_RUN_CHAOS_SEED"):
        return [int(word) for word in named.split(",")]
    if many := int(os.environ.get("NR_RUN_CHAOS", "0")):
        first = int(os.environ["NR_RUN_CHAOS_FIRST"])
        return list(range(first, first + many))
    return list(SAMPLE)


def _kept(seed: int, folder: Path) -> Path:
    """The folder of a trial where it stays, for whoever looks into it; without the keys of the lab."""
    kept = KEPT / str(seed)
    shutil.rmtree(kept, ignore_errors=True)
    with suppress(shutil.Error):  # a socket, or what is being deleted at this moment
        shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("credentials", "config*", "lab", "run"))
    return kept


@pytest.mark.parametrize("seed", _seeds())
def test_chaos(tmp_path: Path, record_property: Callable[[str, object], None], seed: int) -> None:
    """After any faults exit code, page and devices agree: proved and saved, as before, or a person is told the truth."""
    ending = carried_out(trial(seed), tmp_path)
    verdict = ending.verdict
    kinds = [item.kind if item.kind != "lab" else f"lab: {item.words[0]}" for item in ending.trial.strikes]
    told = {"seed": seed, "ending": verdict.ending, "late": ending.late, "needless": verdict.needless, "kinds": kinds}
    record_property("chaos", json.dumps(told))
    kept = _kept(seed, tmp_path) if verdict.ending in ("wrong", "rollback-incomplete") else tmp_path
    again = f"NR_RUN_CHAOS_SEED={seed} pytest -n 0 tests/chaos/test_chaos.py"
    assert verdict.ending != "wrong", f"{ending.trial}\n{verdict.why}\nall of it: {kept}\nagain: {again}"
