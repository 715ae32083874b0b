"""A number makes a trial, the same one each time, and every fault of the lab gets its turn."""

from __future__ import annotations

import random
from itertools import product

from nr_run.inventory.intents.built import CARRIED
from nr_run.inventory.models.platforms import platform_for
from nr_run.lab.core.faults import FAULTS, Faults

from ..matrix.devices import PLAYED
from ..matrix.table import Built, what
from . import lab_faults
from .forms import CLIENT_PLACES, FORMS, PLACES
from .trial import GROUNDS, KINDS, OPERATIONS, WITH_CLIENTS, WITH_PARTNER, trial

MANY = 3000


def test_a_number_makes_the_same_trial_again() -> None:
    """What is printed for a trial that failed is enough to run the same one again."""
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
    for ground, known in (("ours", OPERATIONS), ("partner", WITH_PARTNER), ("clients", WITH_CLIENTS)):
        assert {item.operation for item in trials if item.ground == ground} == set(known)
    assert {item.ground for item in trials} == set(GROUNDS)
    drawn = {item.place for item in trials}
    assert drawn >= {*CLIENT_PLACES}
    assert all({place for place in drawn if place.form == form} == {*places} for form, places in PLACES.items())


def test_a_form_is_drawn_on_each_pair_that_the_matrix_has() -> None:
    """What a trial may draw is exactly what the table of pairs says is built."""
    for form in FORMS:
        drawn = {(place.hq, place.branch) for place in PLACES[form]}
        table = {
            (PLAYED[near][0], PLAYED[far][0])
            for near, far in product(PLAYED, PLAYED)
            if isinstance(what(platform_for(*near), platform_for(*far), form.version, form.style, CARRIED), Built)
        }
        assert drawn == table, form
