"""What is beside a change that is no tunnel: a tunnel that has lost its SAs is an objection, a client that hung up is none."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from nr_run.checks.finding import Status
from nr_run.checks.observation import Observation
from nr_run.checks.other_tunnels import beside

from .pair import NEAR_FLOW, Flow, seen

NEWER = replace(NEAR_FLOW, inbound=(0x11111111,), outbound=(0x22222222,))
CLIENT = replace(NEAR_FLOW, flags="", peer="203.0.113.9", idents=(NEAR_FLOW.idents[0], "192.168.77.10/255.255.255.255/0/0"))


def shows(*flows: Flow, minute: int = 0) -> Observation:
    """What the router shows of these flows, so many minutes after the hour."""
    head = "dst             src             state           conn-id    slot\n"
    shown = seen("vpn2611", "ios", head, "".join(flow.text for flow in flows) or "\nNo SAs found\n")
    return replace(shown, time=f"2026-11-30T12:{minute:02}:00+00:00")


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ((), (), Status.OK),
        ((NEAR_FLOW,), (NEAR_FLOW,), Status.OK),
        ((NEAR_FLOW,), (NEWER,), Status.OK),
        ((NEAR_FLOW, CLIENT), (NEAR_FLOW,), Status.OK),
        ((NEAR_FLOW,), (NEAR_FLOW, CLIENT), Status.OK),
        ((NEAR_FLOW,), (), Status.FAILED),
        ((NEAR_FLOW, CLIENT), (CLIENT,), Status.FAILED),
        ((NEAR_FLOW,), (replace(NEAR_FLOW, peer="203.0.113.5"),), Status.FAILED),
    ],
    ids=["none", "same", "rekeyed", "client gone", "client come", "lost", "lost, client stays", "another peer"],
)
def test_beside(before: tuple[Flow, ...], after: tuple[Flow, ...], status: Status) -> None:
    """Newer SAs are as good, another peer's are not, and clients do not count."""
    assert beside("vpn2611", shows(*before), shows(*after)).status is status


@pytest.mark.parametrize(("left", "status"), [(240, Status.WARNING), (350, Status.WARNING), (600, Status.FAILED)])
def test_a_lifetime_that_has_ended_meanwhile_is_told(left: int, status: Status) -> None:
    """Five minutes later an idle tunnel whose SAs had less than that to live is idle; one that had more has lost them."""
    before = shows(replace(NEAR_FLOW, seconds=left))
    assert beside("vpn2611", before, shows(minute=5)).status is status


def test_the_far_ends_of_what_is_changed_are_no_others() -> None:
    """SAs with a far end of what is removed have to go, and only those."""
    own, other = IPv4Address(NEAR_FLOW.peer), IPv4Address("203.0.113.5")
    assert beside("vpn2611", shows(NEAR_FLOW), shows(), {own}).status is Status.OK
    assert beside("vpn2611", shows(NEAR_FLOW), shows(), {other}).status is Status.FAILED
