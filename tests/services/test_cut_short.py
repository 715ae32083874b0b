"""A device that was lost while it was looked at: nothing that its first tables alone say is healthy, of whatever service."""

from __future__ import annotations

import pytest

from nr_run.checks.observations.looks import Shown
from nr_run.checks.verdict import Configured, KnownBy, Operating, Verdict
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.common.cut_short import not_to_the_end
from nr_run.services.common.verifying import Seeing

HOSTS = ("hq", "branch")


def judged(operating: Operating, known_by: KnownBy, *lost: str, hosts: tuple[str, ...] = HOSTS) -> Verdict:
    """What is left of a verdict where these devices stopped answering."""
    box = platform_for("3640", "12.2(8)T")
    shown = {host: Shown(host, box, problem=f"{host}: it said nothing more" if host in lost else "") for host in hosts}
    verdict = Verdict("any", "one", "one", "", Configured.AS_INTENDED, operating, known_by, "all works")
    return not_to_the_end(verdict, hosts, Seeing(shown, {}, "", probing=True))


@pytest.mark.parametrize("operating", [Operating.UP, Operating.IDLE])
@pytest.mark.parametrize("known_by", [KnownBy.PROBE, KnownBy.COUNTERS, KnownBy.TABLES])
def test_the_only_device_was_lost(operating: Operating, known_by: KnownBy) -> None:
    """A service of one device is unverified, says which device said nothing more, and what was seen before."""
    verdict = judged(operating, known_by, "hq", hosts=("hq",))
    assert (verdict.word.value, verdict.healthy) == ("unverified", False)
    assert verdict.sentence == "hq: it said nothing more; before that: all works"
    assert judged(operating, known_by, hosts=("hq",)).operating is operating


def test_another_device_saw_it_pass() -> None:
    """Where one of two was lost, what the other saw pass stands, and what only tables say does not; nor where both were lost."""
    assert judged(Operating.UP, KnownBy.PROBE, "branch").operating is Operating.UP
    assert judged(Operating.UP, KnownBy.COUNTERS, "branch").operating is Operating.UP
    assert judged(Operating.UP, KnownBy.TABLES, "branch").operating is Operating.UNKNOWN
    assert judged(Operating.IDLE, KnownBy.TABLES, "branch").operating is Operating.UNKNOWN
    assert judged(Operating.UP, KnownBy.PROBE, *HOSTS).operating is Operating.UNKNOWN


@pytest.mark.parametrize("operating", [Operating.DOWN, Operating.DEGRADED, Operating.UNENCRYPTED, Operating.UNKNOWN])
def test_what_is_wrong_stays(operating: Operating) -> None:
    """A word that is no pass is not softened."""
    assert judged(operating, KnownBy.TABLES, *HOSTS).operating is operating
