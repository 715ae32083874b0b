"""A device as it will be after one tunnel, on which the next is planned: it grows, and is not read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.changes.configurations import tree

from ..calls import counted
from ..changes.deep_boxes import ASA_BASE, ASA_CROWD, ASA_ENABLED, ASA_TUNNEL, IOS_BASE, IOS_CROWD
from .grown import forget, planned, refute, tunnels
from .test_crowded_laws import LAW, NEAR, PLACES

#: An exemption has a place of its own in a list that is there, so that the list is read again.
TRANSLATED = "ip nat inside source list NAT interface FastEthernet4 overload\n"
FORMS = [(name, form) for name, (_, _, forms) in PLACES.items() for form in forms]


@LAW
@given(st.sampled_from(FORMS), st.data())
def test_what_has_grown_is_what_is_read_anew(form: tuple[str, tuple[int, str]], data: st.DataObject) -> None:
    """Nodes, objects and every look-up of a device behind each of three tunnels, beside neighbours of every family."""
    place, (version, style) = form
    kind, interface, _ = PLACES[place]
    base, crowd = (ASA_BASE, ASA_CROWD) if place == "asa" else (IOS_BASE, IOS_CROWD)
    chosen = data.draw(st.sets(st.sampled_from(range(len(crowd)))))
    chosen |= {0} if base is IOS_BASE and 1 in chosen else set()
    chosen |= {ASA_TUNNEL} if base is ASA_BASE and ASA_ENABLED in chosen else set()
    running = base + "".join(crowd[number] for number in sorted(chosen))
    for deployment in tunnels(kind, version, style, {**NEAR, "interface": interface}, 3):
        _, running = planned(kind, deployment, running)
        assert refute("asa" if place == "asa" else "ios", running) == ""


def cost(place: str, version: int, style: str, count: int) -> int:
    """Calls that it takes to plan so many tunnels, one on the other."""
    kind, interface, _ = PLACES[place]
    deployments = list(tunnels(kind, version, style, {**NEAR, "interface": interface}, count))
    running = (ASA_BASE if place == "asa" else IOS_BASE).replace(TRANSLATED, "")
    forget()
    with counted() as calls:
        for deployment in deployments:
            _, running = planned(kind, deployment, running)
    assert isinstance(running, tree.ReadText)
    assert refute("asa" if place == "asa" else "ios", running) == ""
    return calls[0]


@pytest.mark.parametrize(("place", "form"), FORMS, ids=[f"{name}-ikev{form[0]}-{form[1]}" for name, form in FORMS])
def test_planning_is_linear(place: str, form: tuple[int, str]) -> None:
    """Four times the tunnels on one device cost four times the calls; a look at the whole for each would cost sixteen times."""
    few, many = cost(place, *form, 15), cost(place, *form, 60)
    assert many < 1.2 * 4 * few, (few, many)
