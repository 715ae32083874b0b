"""What the ground does for a service with deep sections and a route that comes back: written, read, and put in order."""

from __future__ import annotations

import pytest

from nr_run.changes.configurations.refusals import is_refused
from nr_run.changes.objects import read
from nr_run.changes.plans.plan import plan, plan_removal
from nr_run.changes.plans.steps import in_writes
from nr_run.inventory.errors import ChangeError
from nr_run.services.l2l.existing.found import names_on

from .planned import deployed, removal, staged
from .sites import BARE, HOST, site

CLEAR = "route VBR 172.16.0.0 255.255.0.0 10.0.0.1 1"


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("% BGP not active\n", False),
        ("\n% No such neighbor or address family\n", False),
        ("% BGP not active\n% Invalid input detected at '^' marker.\n", True),
        ("ERROR: % Invalid input detected at '^' marker.\n", True),
    ],
)
def test_that_there_is_nothing_is_an_answer(text: str, refused: bool) -> None:
    """A firewall says that it speaks no BGP in words that begin as a refusal does; beside a real one it hides nothing."""
    assert bool(is_refused(text)) is refused


def test_a_second_way_out_is_a_write_of_its_own() -> None:
    """Where the header of a section in a section was refused, two ways out in one write would end the session."""
    (deep,) = [step for step in staged(site())[2][1].forward if step.family == "bgp"]
    *first, last = [list(write) for write in in_writes(deep.lines)]
    assert last == ["exit"]
    assert all(write.count("exit") == 1 for write in first)


def test_what_comes_back_is_a_part_of_a_removal_and_of_its_inverse() -> None:
    """The clear route comes with the removal and goes with its inverse; one that stands with another distance is changed."""
    there = deployed(site())
    going = removal(site(), there)
    change = plan_removal(HOST, "asa", going.items, there, back=going.back)
    assert change.forward[0].lines == (CLEAR,)
    assert (f"no {CLEAR}",) in [step.lines for step in change.inverse]
    behind = {"encryption_mandatory": False, "on_total_loss": "open"}
    there = deployed(site(**behind))
    going = removal(site(**behind), there)
    change = plan_removal(HOST, "asa", going.items, there, back=going.back)
    assert [edit.after.header for edit in change.edited] == [CLEAR]
    assert not change.created


def test_what_is_there_already_does_not_come_back_twice() -> None:
    """A removal that finds the clear route as it was leaves it alone."""
    going = removal(site(), deployed(site()))
    change = plan_removal(HOST, "asa", (), BARE, back=going.back)
    assert not change


def test_a_route_is_edited_only_where_a_service_says_so() -> None:
    """Another distance of somebody's route is somebody's decision: the plan refuses it without leave."""
    with pytest.raises(ChangeError, match="exists with other content"):
        plan(HOST, "asa", f"{CLEAR}0\n", BARE)


def test_its_tunnels_are_no_strays_of_another_service() -> None:
    """Who deploys LAN-to-LAN tunnels on the same firewall is not told to remove one of two tunnels to the cloud as forgotten."""
    assert list(names_on(read("asa", deployed(site())))) == []
