"""A device that was lost while it was looked at: nothing that its first tables alone say is healthy, of whatever service."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from msgspec.structs import replace

from nr_run.checks.observations.looks import Look, Shown, Stimulus
from nr_run.checks.observations.observation import Observation
from nr_run.checks.proof import Traffic
from nr_run.checks.verdict import Configured, KnownBy, Operating, Verdict
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.common.cut_short import is_answered, not_to_the_end
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


@pytest.mark.parametrize("operating", [Operating.UP, Operating.IDLE])
@pytest.mark.parametrize("known_by", [KnownBy.PROBE, KnownBy.COUNTERS, KnownBy.TABLES])
def test_what_was_not_understood_is_not_healthy(operating: Operating, known_by: KnownBy) -> None:
    """One of two devices gave an answer that was not understood: the run is no pass for it, and no verdict says otherwise."""
    box = platform_for("3640", "12.2(8)T")
    words = "branch: show crypto isakmp sa was not understood"
    shown = {"hq": Shown("hq", box), "branch": Shown("branch", box, unread=words)}
    verdict = Verdict("any", "one", "one", "", Configured.AS_INTENDED, operating, known_by, f"all works; {words}")
    told = not_to_the_end(verdict, HOSTS, Seeing(shown, {}, "", probing=True))
    assert (told.word.value, told.healthy) == ("unverified", False)
    assert told.sentence == f"{words}; besides: all works"


@pytest.mark.parametrize("operating", [Operating.DOWN, Operating.DEGRADED, Operating.UNENCRYPTED, Operating.UNKNOWN])
def test_what_is_wrong_stays(operating: Operating) -> None:
    """A word that is no pass is not softened."""
    assert judged(operating, KnownBy.TABLES, *HOSTS).operating is operating


MINE, OTHERS = (Traffic(IPv4Address("10.0.0.1"), IPv4Address(f"10.1.{number}.1")) for number in range(2))
LATE = Shown(
    "hub",
    platform_for("3640", "12.2(8)T"),
    looks=(Look(Observation("hub", "", "ios", {})),) * 2,
    problem="hub: the deadline came before it had shown all",
    late=True,
    sending=frozenset({OTHERS}),
)


@pytest.mark.parametrize(
    ("shown", "answered"),
    [
        (LATE, True),
        (replace(LATE, sending=frozenset({MINE, OTHERS})), False),
        (replace(LATE, sending=None), False),
        (replace(LATE, looks=LATE.looks[:1]), False),
        (replace(LATE, unsent={MINE: "no time"}), False),
        (replace(LATE, late=False, problem="hub: the session ended"), False),
    ],
    ids=["others are asked", "it is asked itself", "all are looked at", "looked at once", "not sent", "lost"],
)
def test_the_deadline_came_while_others_were_asked(shown: Shown, answered: bool) -> None:
    """What was seen to pass stands where our deadline came in a round for others alone; what only tables show does not."""
    assert is_answered(shown, [Stimulus(MINE, likely=True)]) is answered
    seeing = Seeing({"hub": shown}, {}, "", probing=True)
    for known_by in (KnownBy.PROBE, KnownBy.COUNTERS, KnownBy.TABLES):
        verdict = Verdict("any", "one", "one", "", Configured.AS_INTENDED, Operating.UP, known_by, "all works")
        told = not_to_the_end(verdict, ["hub"], seeing, ["hub"] if answered else ())
        assert told.healthy is (answered and known_by is not KnownBy.TABLES)
