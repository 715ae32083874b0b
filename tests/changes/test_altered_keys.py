"""A device may keep another key than it was given: its object is still that of this run, and goes with the rest."""

from __future__ import annotations

import pytest

from nr_run.changes.families import FAMILIES
from nr_run.changes.family import Family
from nr_run.changes.plans.plan import plan

from . import cases
from .rendering import TOKEN
from .test_plan import CASES
from .whole import restore

OTHER = "<key:0a1b2c3d>"
_GROUP = (
    "tunnel-group 192.0.2.1 type ipsec-l2l\ntunnel-group 192.0.2.1 ipsec-attributes\n"
    f" ikev1 pre-shared-key {TOKEN}\n ikev2 remote-authentication pre-shared-key {TOKEN}\n"
    f" ikev2 local-authentication pre-shared-key {TOKEN}\n"
)
TEXTS = {
    "ios": {name: case[0] for name, case in CASES.items()},
    "asa": {"tunnel-group": _GROUP, **{name: case[0] for name, case in cases.ASA.items()}},
}
#: Every family that holds keys, on either system.
KEYED = [(os, family) for os, families in FAMILIES.items() for family in families if family.holds_key]


@pytest.mark.parametrize(("os", "family"), KEYED, ids=lambda value: value.name if isinstance(value, Family) else value)
def test_an_object_with_an_altered_key_goes(os: str, family: Family) -> None:
    """Whether the key stands in the header or in a line below it, another one in its place keeps nobody from the way back."""
    text = TEXTS[os][family.name]
    assert TOKEN in text
    change = plan("box", os, text, "")
    same = [step.lines for step in restore(change, "", text)]
    altered = [step.lines for step in restore(change, "", text.replace(TOKEN, OTHER))]
    assert same
    assert [[line.replace(OTHER, TOKEN) for line in lines] for lines in altered] == [[*lines] for lines in same]
