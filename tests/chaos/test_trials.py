"""A number makes a trial, the same one each time, and every fault of the lab gets its turn."""

from __future__ import annotations

import random

from nr_run.lab.core.faults import FAULTS, Faults

from . import lab_faults
from .trial import KINDS, OPERATIONS, PAIRS, trial

MANY = 3000


def test_a_number_makes_the_same_trial_again() -> None:
    """What is printed for a trial that failed is enough to carry the same one out again."""
    assert [trial(seed) for seed in range(50)] == [trial(seed) for seed in range(50)]


def test_every_fault_of_the_lab_has_arguments_that_the_lab_takes() -> None:
    """A fault that is added to the lab is tried from then on; one with an argument of a new kind fails here."""
    draw = random.Random(1)  # noqa: S311 - a die, not a secret
    for name, fault in FAULTS.items():
        for _ in range(40):
            Faults().set(name, lab_faults.arguments(fault, draw), on=True)


def test_every_kind_pair_operation_and_fault_is_drawn() -> None:
    """Nothing that stands in a table is left out by the dice."""
    trials = [trial(seed) for seed in range(MANY)]
    strikes = [strike for item in trials for strike in item.strikes]
    assert {strike.kind for strike in strikes} == set(KINDS)
    assert {strike.words[0] for strike in strikes if strike.kind == "lab"} == set(FAULTS)
    assert {item.operation for item in trials} == set(OPERATIONS)
    assert {item.pair for item in trials} == set(range(len(PAIRS)))
