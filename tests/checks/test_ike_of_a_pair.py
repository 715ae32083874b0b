"""What the IKE SA of a tunnel was agreed with, against what the intent wants of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Finding, Status, proved
from nr_run.checks.ike_agreed import Suite
from nr_run.checks.observations.questions import IKEV2

from .test_ikev2_pair import judge, only
from .wires import healthy, watched


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize(
    ("wanted", "status", "words"),
    [
        (Suite("aes-256-gcm", "hmac-sha256", 19), Status.OK, "is up (READY)"),
        (Suite("aes-256-gcm", "hmac-sha256", 20), Status.WARNING, "has aes-256-gcm group 19, and the intent "),
        (Suite("aes-256-cbc", "hmac-sha256", 19), Status.WARNING, "and the intent aes-256-cbc hmac-sha256 group 19"),
    ],
)
def test_what_ike_was_agreed_with(os: str, wanted: Suite, status: Status, words: str) -> None:
    """An IKE SA of other algorithms than are intended is told at that end."""
    found = _with_suite(os, wanted, "")
    finding = only(found, "phase-1", healthy(os)[0].host)
    assert (finding.status, words in finding.sentence) == (status, True), finding.sentence


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_a_weak_ike_sa_is_no_proof(os: str) -> None:
    """A group that is weak and not intended takes the proof away: another proposal of a device won, or the SA is of before."""
    found = _with_suite(os, Suite("aes-256-gcm", "hmac-sha256", 19), "2")
    assert not proved(found)
    assert "has aes-256-gcm group 2, and the intent" in only(found, "phase-1", healthy(os)[0].host).sentence


def _with_suite(os: str, wanted: Suite, group: str) -> tuple[Finding, ...]:
    """Findings on a healthy pair whose near end is to have this suite; ``group`` is what its SA shows instead of its own."""
    near, far = healthy(os)
    one = watched(near)
    if group:
        rows = tuple(replace(sa, group=int(group)) for sa in one.after.ike(2))
        one.after._views[IKEV2.name] = rows
    return judge(replace(one, end=replace(one.end, suite=wanted)), watched(far))
