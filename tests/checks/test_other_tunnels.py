"""What is beside a change that is no tunnel: a tunnel that has lost its SAs is an objection, a client that hung up is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nr_run.checks.finding import Status
from nr_run.checks.observation import Observation
from nr_run.checks.other_tunnels import beside

from .pair import NEAR_FLOW, Flow, seen

NEWER = replace(NEAR_FLOW, inbound=(0x11111111,), outbound=(0x22222222,))
CLIENT = replace(NEAR_FLOW, flags="", peer="203.0.113.9", idents=(NEAR_FLOW.idents[0], "192.168.77.10/255.255.255.255/0/0"))


def shows(*flows: Flow) -> Observation:
    """What the router shows of these flows."""
    head = "dst             src             state           conn-id    slot\n"
    return seen("vpn2611", "ios", head, "".join(flow.text for flow in flows) or "\nNo SAs found\n")


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
