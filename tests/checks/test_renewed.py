"""SAs from before a change prove nothing about it; they are known by the SPIs that the far side has chosen."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Status
from nr_run.services.l2l.proof import renewed

from .pair import HEALTHY_NEAR, NEAR_FLOW

NEW_IN, NEW_OUT = (0x11111111,), (0x22222222,)


@pytest.mark.parametrize(
    ("inbound", "outbound", "status"),
    [
        (NEW_IN, NEW_OUT, Status.OK),
        (NEAR_FLOW.inbound, NEW_OUT, Status.OK),
        (NEW_IN, NEAR_FLOW.outbound, Status.FAILED),
        (NEAR_FLOW.inbound, NEAR_FLOW.outbound, Status.FAILED),
        (NEW_IN, (*NEW_OUT, *NEAR_FLOW.outbound), Status.FAILED),
    ],
)
def test_what_is_as_before(inbound: tuple[int, ...], outbound: tuple[int, ...], status: Status) -> None:
    """One outbound SA that is still there fails it: what we send may go on with what was configured before."""
    before = replace(NEAR_FLOW, inbound=inbound, outbound=outbound)
    finding = renewed(replace(HEALTHY_NEAR, baseline=(before,)).watched())
    assert finding.status is status
    assert ("from before the change" in finding.sentence) is (status is Status.FAILED)
