"""A finding as a document has all that the record has."""

from __future__ import annotations

import pytest
from msgspec.structs import asdict

from nr_run.checks.finding import Cause, Evidence, Finding, Status


@pytest.mark.parametrize("cause", [None, Cause("psk", "the keys differ", "likely", "look at both", "set one key")])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_finding_as_plain_values(count: int, cause: Cause | None) -> None:
    """Every field of a finding, of its evidence and of its cause is in its document."""
    evidence = tuple(Evidence("hq", "show crypto map", f"field {number}", "value", "now") for number in range(count))
    finding = Finding("pair", "hq", Status.FAILED, "they do not agree", evidence, cause)
    assert finding.as_dict() == {
        **asdict(finding),
        "status": "failed",
        "evidence": tuple(asdict(one) for one in evidence),
        "cause": asdict(cause) if cause else None,
    }
