"""Both services on one router, in any order: neither disturbs the other, and nothing is left when all have gone."""

from __future__ import annotations

from itertools import permutations

import pytest

from nr_run.changes.objects import read

from ...changes.configs import VPN2611
from .groups import BARE, PARTS, deployed, planned, removed

ORDERS = list(permutations(PARTS))


def same(running: str) -> dict[object, object]:
    """What a configuration means, without the lines that nobody takes for an object."""
    return {key: item.meaning for key, item in read("ios", running).objects.items()}


def undisturbed(there: set[str], running: str) -> None:
    """Each part that is there needs nothing."""
    for name in there:
        change = planned(name, running).change
        assert (change.created, change.edited, change.removed) == ((), (), ()), f"{name}: {change.forward_text}"


@pytest.mark.parametrize("start", [BARE, VPN2611], ids=["bare", "documented"])
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_any_order(order: tuple[str, ...], start: str) -> None:
    """After each deploy and each removal all that is there is as it was deployed; in the end the router is as it was before."""
    for going in ORDERS:
        running, there = start, set[str]()
        for name in order:
            running = deployed(name, running)
            there.add(name)
            undisturbed(there, running)
        for name in going:
            running = removed(name, running)
            there.remove(name)
            undisturbed(there, running)
        assert same(running) == same(start)


def test_no_router_is_asked_for_a_user() -> None:
    """A tunnel that was there before the clients gets no-xauth on its key, in the same change, and keeps it afterwards."""
    before = deployed("tunnel", BARE)
    assert "address 172.18.124.199\n" in before
    change = planned("staff", before).change
    assert [edit.after.header.split(" address ")[1] for edit in change.edited] == ["172.18.124.199 no-xauth"]
    lines = change.forward_text.splitlines()
    asks = next(number for number, line in enumerate(lines) if "client authentication list" in line)
    exempt = next(number for number, line in enumerate(lines) if line.endswith("no-xauth") and not line.startswith("no "))
    assert exempt < asks
    assert "address 172.18.124.199 no-xauth" in removed("staff", deployed("staff", before))
