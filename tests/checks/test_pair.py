"""The healthy pair is verified, and every way to be sick is a failure with its sentence, its evidence and its cause."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Evidence, Finding, Status, against, proved
from nr_run.inventory.intents.intent import End, TunnelTermination
from nr_run.services.l2l.diagnosis.causes import CAUSES
from nr_run.services.l2l.proof import prove, untested

from .pair import (
    FAR,
    HEALTHY_FAR,
    HEALTHY_NEAR,
    TIME,
    Side,
    cause_of,
    judge,
    only,
)
from .sick_pairs import HEALTHY_TOO, NOT_UP, SICK, far, near, rows


def test_healthy_pair_is_proved() -> None:
    """Phase 1, phase 2, pings, counters and crossing SPIs are all ok on both ends, and there is nothing to explain."""
    findings = judge()
    assert proved(findings)
    assert against(findings) == ()
    assert {finding.check for finding in findings} == {"phase-1", "phase-2", "ping", "counters", "other-tunnels", "spi-cross"}
    assert {finding.status for finding in findings} == {Status.OK}
    assert all(finding.evidence for finding in findings)
    assert all(item.time == TIME and item.device for finding in findings for item in finding.evidence)
    assert cause_of() is None


@pytest.mark.parametrize("name", SICK)
def test_sick_pair(name: str) -> None:
    """Each sickness keeps the tunnel from being verified, and is named with where it was read and why it probably is."""
    sick = SICK[name]
    findings = judge(sick.near, sick.far)
    assert not proved(findings)
    finding = only(findings, sick.check, sick.subject)
    assert finding.status is sick.status
    assert sick.sentence in finding.sentence
    assert any(sick.evidence in str(item) for item in finding.evidence) or not (sick.evidence or finding.evidence)
    assert finding in against(findings)
    cause = cause_of(sick.near, sick.far)
    assert (cause.id if cause else None) == sick.cause


@pytest.mark.parametrize("cause", CAUSES.values(), ids=lambda cause: cause.id)
def test_cause_says_what_to_do(cause: object) -> None:
    """Every cause has a sentence, a confidence, a command that confirms it, and a remedy."""
    words = [getattr(cause, name) for name in ("sentence", "confirm", "remedy")]
    assert all(len(text) > 15 for text in words)
    assert getattr(cause, "confidence") in {"certain", "high", "medium"}  # noqa: B009 - the parameter is an object here


@pytest.mark.parametrize("name", HEALTHY_TOO)
def test_healthy_all_the_same(name: str) -> None:
    """What looks odd and is normal does not take a good tunnel down."""
    findings = judge(*HEALTHY_TOO[name])
    assert against(findings) == ()
    assert proved(findings)


def test_client_that_hung_up_is_a_warning() -> None:
    """One of several clients gone is said, and does not count against the tunnel."""
    findings = judge(*HEALTHY_TOO["a client that hung up while another stays"])
    finding = only(findings, "other-tunnels", "vpn2611")
    assert finding.status is Status.WARNING
    assert "64.102.55.143" in finding.sentence


def test_prefix_without_probe_is_not_claimed() -> None:
    """A pair of prefixes that no ping went through is skipped in words, never ok."""
    side = with_prefixes(HEALTHY_NEAR, near=("10.10.10.0/24", "10.10.11.0/24"), far=("10.10.20.0/24",))
    found = [finding for finding in judge(side) if finding.check == "phase-2" and finding.subject == "vpn2611"]
    assert [finding.status for finding in found] == [Status.OK, Status.SKIPPED]
    assert "10.10.11.0/24 to 10.10.20.0/24 was not tested" in found[1].sentence


def with_prefixes(side: Side, *, near: tuple[str, ...], far: tuple[str, ...]) -> Side:
    """The same side with other protected prefixes at its own end and at the far one."""

    def more(termination: TunnelTermination, prefixes: tuple[str, ...]) -> TunnelTermination:
        return termination.model_copy(update={"protected_prefixes": tuple(IPv4Network(prefix) for prefix in prefixes)})

    return replace(side, end=End(more(side.end.local, near), more(side.end.remote, far)))


def test_untested_selectors_are_named_once() -> None:
    """A verified tunnel with several prefixes says which pairs no ping went through: each pair once, seen from the first end."""
    hq, branch = ("10.10.10.0/24", "10.10.11.0/24"), ("10.10.20.0/24", "10.10.40.0/24")
    ends = (
        with_prefixes(HEALTHY_NEAR, near=hq, far=branch).watched(),
        with_prefixes(HEALTHY_FAR, near=branch, far=hq).watched(),
    )
    assert untested(ends) == (
        "10.10.10.0/24 to 10.10.40.0/24 was not tested",
        "10.10.11.0/24 to 10.10.20.0/24 was not tested",
        "10.10.11.0/24 to 10.10.40.0/24 was not tested",
    )
    findings = prove("hq-branch", ends)
    assert proved(findings)
    skipped = [finding.sentence for finding in findings if finding.status is Status.SKIPPED and finding.subject == "vpn2611"]
    assert [sentence.partition(":")[0] for sentence in skipped] == list(untested(ends))


def test_one_selector_is_tested_whole() -> None:
    """With one prefix at each end nothing is left untested."""
    assert untested((HEALTHY_NEAR.watched(), HEALTHY_FAR.watched())) == ()


def test_states_seen_on_the_way_explain_the_end() -> None:
    """MM_KEY_EXCH is gone a minute later; the readings in between still name the key."""
    during = HEALTHY_NEAR.observation((), rows("MM_KEY_EXCH"))
    near_, far_ = near(rows=(), **NOT_UP), far(rows=(), **NOT_UP)
    cause = cause_of(near_, far_, (during,))
    assert cause is CAUSES["preshared-key"]
    other_box = replace(during, host="another")
    assert cause_of(near_, far_, (other_box,)) is CAUSES["no-attempt"]


@pytest.mark.parametrize(
    ("statuses", "good"),
    [
        ((), False),
        ((Status.OK,), True),
        ((Status.OK, Status.WARNING, Status.SKIPPED), True),
        ((Status.SKIPPED,), False),
        ((Status.WARNING,), False),
        ((Status.OK, Status.UNVERIFIED), False),
        ((Status.OK, Status.FAILED), False),
    ],
)
def test_proved_needs_a_proof(statuses: tuple[Status, ...], good: bool) -> None:
    """Nothing judged, or only skipped, is no proof; unverified is never a pass."""
    assert proved(Finding("check", "box", status, "") for status in statuses) is good


def test_worst_first() -> None:
    """Of what stands against a tunnel, failures come before what could not be told."""
    findings = [Finding("a", "box", status, "") for status in (Status.UNVERIFIED, Status.OK, Status.FAILED)]
    assert [finding.status for finding in against(findings)] == [Status.FAILED, Status.UNVERIFIED]


def test_finding_as_plain_values() -> None:
    """A finding becomes JSON with its evidence, and its status as the word."""
    finding = Finding("phase-1", "vpn2611", Status.FAILED, "x", (Evidence("vpn2611", "show", "f", "v"),)).because(CAUSES["xauth"])
    values = finding.as_dict()
    assert values["status"] == "failed"
    assert values["evidence"][0]["value"] == "v"
    assert values["cause"]["id"] == "xauth"


def test_swapped_readings_are_no_proof() -> None:
    """What one device said does not verify the other."""
    swapped = replace(HEALTHY_NEAR, before=HEALTHY_FAR.before, after=HEALTHY_FAR.after)
    assert not proved(judge(swapped, HEALTHY_FAR))
    assert FAR.local.host == "vpn3640"
