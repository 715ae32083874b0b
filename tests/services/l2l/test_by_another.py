"""Traffic that is routed past its tunnel: into another tunnel interface it is encrypted, beside the flows of a map it is not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.observations.questions import IPSEC
from nr_run.checks.proof import Traffic
from nr_run.checks.verdict import Operating
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.l2l.verdicts.verdict_flow import Aimed, Judged, judge, read_of

from ...checks.wires import EVERYTHING, PINGS, End, healthy

#: Selectors of a crypto map that have nothing to do with what is pinged, and those of a map that takes everything.
OTHERS = ("10.10.10.0/255.255.255.0/0/0", "10.99.0.0/255.255.0.0/0/0")


def judged(os: str, other: tuple[str, tuple[str, str], str], by: str) -> Judged:
    """All pings are answered, the tunnel counts none of them, the other flow counts them all, and ``by`` is the way."""
    near, _ = healthy(os, vti=True)
    outside = ("0.0.0.0/0", "GigabitEthernet1" if os == "ios" else "outside")
    near = replace(near, others=(other,), routes=(outside, (near.lans[1], by)))
    ended = near.endpoint
    busy = replace(near.later(), others=near.others)
    first, last = near.seen(), _with_own_still(near, busy)
    assert ended.probed
    traffic = Traffic(ended.source, ended.aim)
    looks = (Look(first), replace(Look(last), pings={traffic: Probe(PINGS, PINGS)}))
    platform = platform_for("C8000V", "17.15.3a") if os == "ios" else platform_for("ASA", "9.19(1)")
    (seen,) = read_of(ended, Shown(near.host, platform, looks), {ended.probed: Aimed(traffic, answers=True)}, listed=False)
    return judge(seen)


def _with_own_still(near: End, busy: End) -> Observation:
    """The later reading, in which the counters of the tunnel itself stand."""
    then, now = near.seen(), busy.seen()
    own = {flow.interface: flow for flow in then.flows if flow.interface == near.place}
    parsed = now.answer(IPSEC)
    assert parsed is not None
    flows = tuple(own.get(flow.interface, flow) for flow in parsed.state)
    return now.answering(IPSEC, replace(parsed, state=flows))


@pytest.mark.parametrize(
    ("os", "outside"),
    [("ios", "GigabitEthernet1"), ("asa", "outside")],
)
@pytest.mark.parametrize("idents", [OTHERS, EVERYTHING], ids=["a-network", "everything"])
def test_what_leaves_beside_the_flows_of_a_map_is_in_clear(os: str, outside: str, idents: tuple[str, str]) -> None:
    """That a map on the outside interface encrypts other traffic meanwhile says nothing of what is routed out there."""
    found = judged(os, (outside, idents, "203.0.113.7"), outside)
    assert found.operating is Operating.UNENCRYPTED, found.sentence


@pytest.mark.parametrize(("os", "other"), [("ios", "Tunnel11"), ("asa", "vti2")])
def test_what_goes_by_another_tunnel_is_encrypted(os: str, other: str) -> None:
    """It is routed into a tunnel interface alone, and that counts it: no traffic in clear, and not as it has to be."""
    found = judged(os, (other, EVERYTHING, "203.0.113.7"), other)
    assert (found.operating, f"went by tunnel interface {other}" in found.sentence) == (Operating.DEGRADED, True), found.sentence
