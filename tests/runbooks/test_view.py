"""What the plan shows of what a change affects: all of it on a small device, the beginning and a place to read on a hub."""

from __future__ import annotations

import pytest
from rich.console import Console

from nr_run.changes.plans.plan import plan
from nr_run.runbooks.commands.views.plan_view import FEW, TOUCHES, plan_view
from nr_run.runbooks.engine.plans.planning import DeploymentPlan

from ..changes.rendering import desired
from ..changes.test_hub_laws import hub, tunnel_to
from .plans import plan_of


@pytest.mark.parametrize("neighbours", [0, 1, TOUCHES - 1, TOUCHES, TOUCHES + 5])
def test_neighbours_are_folded(neighbours: int) -> None:
    """No more than TOUCHES sentences are shown, in their order; a last one counts the others and names the file that has all."""
    running = hub(neighbours)
    change = plan("vpn2611", "ios", desired(tunnel_to(7), running, name="new")[0], running)
    shown = [
        line.removeprefix("   affects: ")
        for line in _lines(plan_of("new", tunnel_to(7), running, change))
        if line.startswith("   affects: ")
    ]
    all_of_them = list(change.blast_radius)
    left = len(all_of_them) - TOUCHES
    if left <= 0:
        assert shown == all_of_them
    else:
        assert shown == [*all_of_them[:TOUCHES], f"and {left} more, in new/vpn2611/blast-radius.txt of the run folder"]


def _lines(planned: DeploymentPlan, *, detail: bool = True, width: int = 300) -> list[str]:
    console = Console(width=width, no_color=True)
    with console.capture() as captured:
        console.print(plan_view([planned], detail=detail), soft_wrap=width == 300)
    return captured.get().splitlines()


@pytest.mark.parametrize("neighbours", [0, 40])
def test_a_summary_fits_a_screen(neighbours: int) -> None:
    """On a screen of 80 by 24 stands what comes, what else is touched and how it is undone; every object and no line is named."""
    running = hub(neighbours)
    change = plan("vpn2611", "ios", desired(tunnel_to(7), running, name="new")[0], running)
    planned = plan_of("new", tunnel_to(7), running, change)
    shown = _lines(planned, detail=False, width=80)
    assert len(shown) <= 23
    text = " ".join(" ".join(shown).split())
    assert all(item.title in text for item in (*change.created, *change.reused))
    assert "undone by:" in text
    assert "--detail" in text
    assert all(len(line) <= 80 for line in shown)
    assert sum("touches:" in line for line in shown) <= FEW + 1
    assert len(_lines(planned)) > len(shown)


def test_what_is_refused_is_not_called_unchanged(rehearsal) -> None:
    """On a device that nobody may touch now there is something to do: the plan does not say that there is nothing."""
    rehearsal.lab.exec("vpn3640", "reload in 60\n\n")
    done = rehearsal.deploy("--plan")
    assert done.code == 13, done.out + done.err
    assert "Plan: none; no plan for 1 tunnel, refused." in done.out
    assert "nothing to change" not in done.out


def test_where_a_tunnel_was_looked_for(rehearsal) -> None:
    """Of several devices none has it, and of one that it has none."""
    words = ("gone", "--host", "vpn2611", "--host", "vpn3640", "--plan")
    assert "none of vpn2611, vpn3640 has a tunnel gone: " in rehearsal.deploy_other("remove-l2l", *words).err
    assert "vpn3640 has no tunnel gone: " in rehearsal.deploy_other("remove-l2l", *words[:1], *words[3:]).err
