"""The axes of a verdict, and the word that follows from them."""

from __future__ import annotations

import json

import pytest

from nr_run.checks.verdict import (
    Configured,
    DeviceState,
    EndState,
    FlowState,
    KnownBy,
    Operating,
    Verdict,
    Verification,
    Word,
    word_of,
)


def verdict(name: str, configured: Configured, operating: Operating, known_by: KnownBy = KnownBy.PROBE) -> Verdict:
    """A verdict on three axes."""
    flow = FlowState("10.1.0.0/24", "10.2.0.0/24", up=True, encaps=5, decaps=5, spis=(0x1234,))
    end = EndState("hq", "hub", "192.0.2.2", configured, "QM_IDLE", True, flows=(flow,))
    return Verdict(
        "l2l", name, f"hq <-> {name}", "2026-11-30T03:00:00Z", configured, operating, known_by, "a sentence", ends=(end,)
    )


@pytest.mark.parametrize("configured", Configured)
@pytest.mark.parametrize("operating", Operating)
@pytest.mark.parametrize("known_by", KnownBy)
def test_healthy_is_only_what_is_known(configured: Configured, operating: Operating, known_by: KnownBy) -> None:
    """Only what is built as intended, and known to be up or idle from something, is healthy."""
    made = verdict("a", configured, operating, known_by)
    good = (
        configured is Configured.AS_INTENDED and operating in (Operating.UP, Operating.IDLE) and known_by is not KnownBy.NOTHING
    )
    assert made.healthy is good
    assert (made.word is Word.UNENCRYPTED) is (operating is Operating.UNENCRYPTED)


def test_what_nobody_has_is_missing() -> None:
    """What no device of ours has is missing, whatever tables seem to show."""
    assert word_of(Configured.ABSENT, Operating.IDLE, KnownBy.TABLES) is Word.MISSING


def test_nothing_to_verify_is_no_pass() -> None:
    """A verification of nothing is not healthy."""
    assert not Verification("r", "1", "a", "b", probed=True, verdicts=(), devices=()).healthy


def test_failures_come_first_and_it_is_json() -> None:
    """The worst word is told first, and the document is plain JSON with every axis as a word."""
    verdicts = (
        verdict("b", Configured.AS_INTENDED, Operating.UP),
        verdict("a", Configured.DIFFERS, Operating.UP),
        verdict("z", Configured.AS_INTENDED, Operating.UNENCRYPTED),
    )
    device = DeviceState("hq", "Cisco 2611, IOS 12.2(8)T", "")
    whole = Verification("r", "1", "a", "b", probed=True, verdicts=verdicts, devices=(device,))
    assert [item.name for item in whole.worst_first()] == ["z", "a", "b"]
    document = json.loads(json.dumps(whole.as_dict()))
    assert [item["word"] for item in document["verdicts"]] == ["unencrypted", "up", "up"]
    assert document["verdicts"][1]["configured"] == "differs"
    assert document["healthy"] is False
    assert document["verdicts"][0]["ends"][0]["flows"][0]["spis"] == [0x1234]
