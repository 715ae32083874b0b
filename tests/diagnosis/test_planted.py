"""Every cause, planted in the lab by configuring the mistake or by a fault on the path, is named by the product first or second.

`make diagnosis` tries all mistakes on all forms and prints the confusion table; a sample stands for it otherwise.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ..matrix.table import PLATFORMS
from .ground import Cell, Ground, Side, ground, healthy, verified
from .mistakes import Mistake, Planted
from .table import MISTAKES

EVERY = os.environ.get("NR_RUN_DIAGNOSIS") == "all"
R2611, R3640, R3640_124, R881, XE, XE1712, XE26, ASA82, ASA91, ASA919, ASA924 = PLATFORMS
CELLS: tuple[Cell, ...] = (
    (R2611, R3640, 1, "crypto-map"),
    (R881, ASA91, 1, "crypto-map"),
    (ASA82, R881, 1, "crypto-map"),
    (R3640_124, R881, 1, "vti"),
    (R881, XE, 2, "crypto-map"),
    (ASA919, XE, 2, "crypto-map"),
    (XE, ASA91, 2, "crypto-map"),
    (R881, XE26, 2, "vti"),
    (XE, ASA924, 2, "vti"),
)
#: Forms that are tried for one mistake alone.
MORE: tuple[tuple[Cell, tuple[str, ...]], ...] = (
    ((R881, ASA919, 1, "vti"), ("answers by another tunnel",)),
    ((ASA924, XE, 2, "vti"), ("answers by another tunnel",)),
)
#: Of the first form of each version, what differs most in how it is found.
SAMPLE: tuple[tuple[Cell, tuple[str, ...]], ...] = (
    (CELLS[1], ("another key", "UDP 500 is lost", "lists do not mirror", "ESP is lost", "in clear since translated")),
    (
        CELLS[4],
        (
            "another cipher",
            "another key",
            "map not bound there",
            "translation there",
            "another key under standing SAs",
            "in clear for want of a line",
        ),
    ),
    (CELLS[2], ("in clear for want of a line",)),
    (CELLS[7], ("in clear by a longer route", "in clear past the tunnel", "in clear one way")),
    (CELLS[8], ("large packets are lost", "packets come too late", "answers by another tunnel")),
)
#: How long the judge may go on while a tunnel is still coming back to health: devices boot, and old tries end.
PATIENCE = 90.0


def _name(cell: Cell) -> str:
    near, far, version, style = cell
    return f"{' '.join(near)} and {' '.join(far)} IKEv{version} {style}".replace("(", "-").replace(")", "")


def _until_healthy(there: Ground) -> None:
    deadline = time.monotonic() + PATIENCE
    while not healthy(made := there.judge()):
        assert time.monotonic() < deadline, (made.cause, [str(f.sentence) for f in made.findings])


def _plant(there: Ground, planted: Planted) -> None:
    for side, lines, _ in planted.typed:
        side.type(lines)
    for host, name, words in planted.faults:
        there.pair.lab.fault(host, name, *words)
    for side, command in planted.after:
        there.pair.lab.exec(side.host, command)
    if planted.after:
        there.reach_again()
    if planted.fresh:
        there.fresh()
    for side, command, pattern in planted.until:
        _until_shown(there, side, command, pattern)


def _until_shown(there: Ground, side: Side, command: str, pattern: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not re.search(pattern, shown := there.pair.lab.exec(side.host, command)):
        assert time.monotonic() < deadline, (side.host, shown)
        time.sleep(0.1)


def _undo(there: Ground, planted: Planted) -> None:
    for host, name, _ in planted.faults:
        there.pair.lab.fault(host, name, on=False)
    for side, _, lines in planted.typed:
        side.type(lines)
    there.fresh()


def _try(there: Ground, mistake: Mistake, *, by_verify_too: bool) -> tuple[str, ...]:
    """What a proof names of a mistake; and a verification, where that is asked, which never calls it up."""
    planted = mistake.plant(there)
    _plant(there, planted)
    named = there.named() if planted.proved else ()
    word, by_verify = verified(there.pair) if by_verify_too or mistake.word or not planted.proved else ("", named)
    if not planted.proved:
        # That the configuration is another one comes first, and is no news.
        named = tuple(cause for cause in by_verify if cause != "configuration")
    _undo(there, planted)
    assert mistake.word in ("", word), (mistake.name, word)
    assert word in ("", "down", "degraded", "unencrypted", "missing"), (mistake.name, word)
    assert not by_verify or set(by_verify[:2]) & {*mistake.causes}, (mistake.name, by_verify)
    return named


def _wanted(mistake: Mistake, cell: Cell) -> str:
    return mistake.causes[cell[2] - 1] if len(mistake.causes) > 1 else mistake.causes[0]


def _plant_and_judge(folder: Path, cell: Cell, mistakes: tuple[Mistake, ...], record: Callable[[str, object], None]) -> None:
    wrong: dict[str, tuple[str, tuple[str, ...]]] = {}
    with ground(folder, cell) as there:
        _until_healthy(there)
        for mistake in mistakes:
            if not mistake.applies(*there.sides):
                continue
            wanted, named = _wanted(mistake, cell), _try(there, mistake, by_verify_too=not EVERY)
            record("named", (wanted, named[:2]))
            print(f"{mistake.name}: {wanted} is named {' or '.join(named) or 'nothing'}")
            if wanted not in named[:2]:
                wrong[mistake.name] = (wanted, named)
            _until_healthy(there)
    assert not wrong


def _by_name(*names: str) -> tuple[Mistake, ...]:
    return tuple(mistake for mistake in MISTAKES if mistake.name in names)


if EVERY:

    @pytest.mark.parametrize("cell", CELLS, ids=_name)
    def test_every_planted_cause_is_named(tmp_path: Path, cell: Cell, record_property: Callable[[str, object], None]) -> None:
        """Each mistake that this form can have is named first or second, and nothing is named once it is undone."""
        _plant_and_judge(tmp_path, cell, MISTAKES, record_property)

    @pytest.mark.parametrize(("cell", "names"), MORE, ids=[_name(cell) for cell, _ in MORE])
    def test_a_mistake_of_few_forms(
        tmp_path: Path, cell: Cell, names: tuple[str, ...], record_property: Callable[[str, object], None]
    ) -> None:
        """What takes more than the forms above have is named first or second as well."""
        _plant_and_judge(tmp_path, cell, _by_name(*names), record_property)

else:

    @pytest.mark.parametrize(("cell", "names"), SAMPLE, ids=[_name(cell) for cell, _ in SAMPLE])
    def test_a_planted_cause_is_named(
        tmp_path: Path, cell: Cell, names: tuple[str, ...], record_property: Callable[[str, object], None]
    ) -> None:
        """A sample of the mistakes is named first or second, and nothing is named once they are undone."""
        _plant_and_judge(tmp_path, cell, _by_name(*names), record_property)
