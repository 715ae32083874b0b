"""A tunnel without SAs whose ping had no time is unverified, and nothing beside that verdict says that it is in order."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nr_run.checks.finding import Status
from nr_run.checks.observations.looks import Look
from nr_run.checks.observations.observation import Probe
from nr_run.checks.observations.questions import IPSEC
from nr_run.checks.proof import Traffic
from nr_run.checks.verdict import Configured, Operating, Verdict, Word
from nr_run.parsers import parse

from .recorded_hub import FLOW, Partner, ipsec
from .test_linear import Hub, hub

KEY = "<secret:credential:{name}>"
TUNNELS = 3


def traffic(number: int) -> Traffic:
    """What is sent through one of the tunnels."""
    return Traffic(IPv4Address("10.0.0.1"), IPv4Address(f"{Partner(number).inside}.1"))


def seen(folder: Path, *, idle: Collection[int], unsent: Collection[int]) -> Hub:
    """A hub some of whose tunnels have no SAs, and some of whose pings had no time; the others were answered."""
    made = hub(folder, TUNNELS, KEY)
    looks = []
    for look, packets in zip(made.shown.looks, (4, 4, 14), strict=True):
        text = ipsec([Partner(number) for number in range(TUNNELS) if number not in idle], packets)
        text += "".join(FLOW.format(one=Partner(number), n=0, outbound=0, in_sa="", out_sa="") for number in sorted(idle))
        parsed = parse("ios", "show crypto ipsec sa", text)
        assert parsed.complete, parsed.problems
        sent = {traffic(number): Probe(5, 0 if number in idle else 5) for number in range(TUNNELS) if number not in unsent}
        looks.append(Look(look.seen.answering(IPSEC, parsed), sent if packets == 14 else {}, outputs=look.outputs))
    why = {traffic(number): f"hub: there was no time for {traffic(number)} before the deadline" for number in unsent}
    return replace(made, shown=replace(made.shown, looks=tuple(looks), unsent=why))


def consistent(verdict: Verdict) -> None:
    """No finding on the traffic of a tunnel that is not known says that it is in order."""
    if verdict.word in (Word.UNVERIFIED, Word.DOWN, Word.MISSING):
        said = [finding for finding in verdict.findings if finding.check == "traffic" and finding.status is Status.OK]
        assert not said, (verdict.sentence, said)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sets(st.integers(0, TUNNELS - 1)), st.sets(st.integers(0, TUNNELS - 1)))
def test_what_was_not_asked_is_not_in_order(tmp_path_factory: pytest.TempPathFactory, idle: set[int], unsent: set[int]) -> None:
    """Whichever tunnels are idle and whichever pings had no time: idle and unsent is unverified, with the reason, and not ok."""
    folder = tmp_path_factory.mktemp("hub")
    for number, verdict in enumerate(seen(folder, idle=idle, unsent=unsent).judge()):
        consistent(verdict)
        if number in idle:
            assert verdict.word is (Word.UNVERIFIED if number in unsent else Word.DOWN), verdict.sentence
            assert ("no time" in verdict.sentence) is (number in unsent)
        else:
            assert verdict.word is Word.UP
            assert [one.status for one in verdict.findings if one.check == "traffic"] == [Status.OK]


def test_the_other_tunnels_of_the_hub_are_up(tmp_path: Path) -> None:
    """One that was not asked has an unverified finding that says why, and is as intended; the others are up beside it."""
    idle, *others = seen(tmp_path, idle=[0], unsent=[0]).judge()
    assert [one.operating for one in others] == [Operating.UP] * (TUNNELS - 1)
    (waits,) = (one for one in idle.findings if one.check == "traffic")
    assert (waits.status, idle.configured) == (Status.UNVERIFIED, Configured.AS_INTENDED)
    assert waits.sentence.endswith("it has no SAs, and whether it comes up was not seen")
