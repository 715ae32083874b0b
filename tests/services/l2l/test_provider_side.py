"""A provider's log beside what our end shows: both agree, they differ, or one alone knows; and none of it is a guess."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Status
from nr_run.checks.observations.observation import Probe
from nr_run.parsers.logs.provider_log import Entry, ProviderLog
from nr_run.parsers.logs.provider_log_words import MEANINGS
from nr_run.services.l2l.diagnosis.causes import CAUSES
from nr_run.services.l2l.diagnosis.provider_side import _CAUSES, Explained, explain
from nr_run.services.l2l.diagnosis.signatures import case_of, found
from nr_run.services.l2l.endpoint import Watched

from ...checks.wires import PINGS, End, healthy, watched

PEER = "198.51.100.1"


def log(*means: str, problems: tuple[str, ...] = ()) -> ProviderLog:
    """A log that says so, one after the other."""
    entries = tuple(Entry(n, f"2026-03-01T10:0{n}:00Z", PEER, word, MEANINGS[word]) for n, word in enumerate(means, 1))
    return ProviderLog("aws.json", "AWS", entries, problems)


def joined(end: End, provider: ProviderLog, *, sas: bool = False, up: bool = False) -> Explained:
    """Our end alone, whose far side wrote this log."""
    if up:
        ours: Watched = watched(end, end.later(PINGS), far_host="")
    else:
        idle = replace(end, sas=sas, encaps=5, decaps=0)
        reading = idle.seen()
        ours = Watched(replace(end.endpoint, far_host=""), reading, reading, Probe(PINGS, 0), reading)
    return explain("cloud", case_of((ours,)), found((ours,)), provider)


def ids(explained: Explained) -> list[str]:
    """The causes in their order."""
    return [cause.id for cause in explained.causes]


def test_agreement_makes_it_surer_and_narrower() -> None:
    """Of several causes that our end leaves open, the one that the log names is left, and is surer."""
    near, _ = healthy("ios")
    end = replace(near, ike=("IN-NEG",))
    alone = joined(end, ProviderLog("aws.json", "AWS", ()))
    assert ids(alone) == ["ikev2-authentication", "ikev2-identity"]
    both = joined(end, log("key"))
    (cause,) = both.causes
    assert (cause.id, cause.confidence) == ("ikev2-authentication", "certain")
    assert cause.sentence.endswith("; the log of AWS says the same")
    (finding,) = both.findings
    assert (finding.status, finding.sentence) == (Status.OK, "AWS and our end agree: the pre-shared keys differ")
    assert str(finding.evidence[0]) == f"{PEER}: aws.json: line 1 = the pre-shared keys differ"


def test_a_disagreement_is_a_finding_and_both_are_named() -> None:
    """The log says that selectors differ, our end shows that IKE is not up: neither is dropped."""
    near, _ = healthy("ios")
    told = joined(replace(near, ike=("IN-NEG",)), log("selectors"))
    assert ids(told) == ["ikev2-authentication", "ikev2-identity", "ikev2-selectors"]
    (finding,) = told.findings
    assert finding.status is Status.WARNING
    assert "shows something else" in finding.sentence
    assert told.cause is not None
    assert told.cause.confidence == "medium"


def test_up_there_and_down_here_is_a_disagreement() -> None:
    """An SA that only the far side has is a stale one."""
    near, _ = healthy("ios")
    told = joined(replace(near, ike=()), log("key", "up"))
    assert told.findings[-1].status is Status.WARNING
    assert "our end has no SAs of it" in told.findings[-1].sentence


def test_up_at_both_ends_names_nothing() -> None:
    """A healthy tunnel whose log says so, or whose log is old, has no cause; an old log is told."""
    near, _ = healthy("ios")
    agreed = joined(near, log("key", "up"), up=True)
    assert (agreed.causes, [f.status for f in agreed.findings]) == ((), [Status.OK])
    old = joined(near, log("key"), up=True)
    assert (old.causes, [f.status for f in old.findings]) == ((), [Status.WARNING])


def test_a_log_of_another_tunnel_says_nothing() -> None:
    """A log that names other gateways only is told to be one, and changes nothing."""
    near, _ = healthy("ios")
    other = replace(log("key"), entries=(Entry(1, "", "203.0.113.9", "key", "x"),))
    told = joined(replace(near, ike=("IN-NEG",)), other)
    assert ids(told) == ["ikev2-authentication", "ikev2-identity"]
    assert told.findings[0].sentence == f"aws.json: AWS says nothing of a tunnel that ends at {PEER}"


def test_what_could_not_be_read_is_told() -> None:
    """A problem of the file is a finding that is not verified, whatever the rest says."""
    near, _ = healthy("ios")
    told = joined(replace(near, ike=("IN-NEG",)), log("key", problems=("aws.json, line 7: cut",)))
    first = told.findings[0]
    assert (first.status, first.sentence) == (Status.UNVERIFIED, "aws.json, line 7: cut")


@pytest.mark.parametrize("means", [word for word in MEANINGS if word != "up"])
def test_every_meaning_is_a_cause_that_is_known(means: str) -> None:
    """What a log may mean has its causes in both versions of IKE, each of the table."""
    first, second = _CAUSES[means]
    assert {*first, *second} <= {*CAUSES}
