"""A tunnel is verified gone only where nothing of it is left, everything else is as it was, and every line was understood."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Finding, Status, proved
from nr_run.services.l2l.proof import prove_removed

from .pair import CLIENT_FLOW, FAR, FAR_FLOW, NEAR, NEAR_FLOW, Flow, Side, only

CLIENT = Flow(**CLIENT_FLOW)  # type: ignore[arg-type]
#: Another tunnel between the same two devices.
SECOND = replace(NEAR_FLOW, idents=("10.10.10.0/255.255.255.0/0/0", "10.10.40.0/255.255.255.0/0/0"))
GONE_NEAR = Side(NEAR, (CLIENT, SECOND), (CLIENT, SECOND), rows=(), probe=None, baseline=(NEAR_FLOW, CLIENT, SECOND))
GONE_FAR = Side(FAR, (), (), rows=(), probe=None, baseline=(FAR_FLOW,))


def judge(near: Side = GONE_NEAR, far: Side = GONE_FAR) -> tuple[Finding, ...]:
    """All findings on the pair after a removal."""
    return prove_removed((near.watched(), far.watched()))


def test_gone_from_both_ends() -> None:
    """No SA of the tunnel, all SAs of the others, every line understood: it is verified gone."""
    findings = judge()
    assert proved(findings)
    assert {finding.check for finding in findings} == {"gone", "other-tunnels"}
    assert {finding.status for finding in findings} == {Status.OK}


def test_sa_that_is_left() -> None:
    """An SA that is still there is a failure with its number."""
    findings = judge(replace(GONE_NEAR, after=(NEAR_FLOW, CLIENT, SECOND)))
    finding = only(findings, "gone", "vpn2611")
    assert finding.status is Status.FAILED
    assert "2 SAs of 10.10.10.0/24 to 10.10.20.0/24 are still there" in finding.sentence
    assert not proved(findings)


def test_second_tunnel_to_the_same_peer_is_watched() -> None:
    """A removal that took another tunnel to the same peer along is no success."""
    findings = judge(replace(GONE_NEAR, after=(CLIENT,)))
    finding = only(findings, "other-tunnels", "vpn2611")
    assert finding.status is Status.FAILED
    assert "10.10.10.0/24 to 10.10.40.0/24 with 172.18.124.199 had SAs and has lost them" in finding.sentence
    assert not proved(findings)


@pytest.mark.parametrize("moment", ["", "before", "after"])
def test_damaged_output_proves_nothing(moment: str) -> None:
    """An SA may stand in the line that was not understood, before the removal or after it: it is left open."""
    findings = judge(replace(GONE_NEAR, extra={moment: "     quantum entanglement: lost\n"}))
    finding = only(findings, "output-understood", "vpn2611")
    assert finding.status is Status.UNVERIFIED
    assert "quantum entanglement: lost" in str(finding.evidence[0])
    assert not proved(findings)
