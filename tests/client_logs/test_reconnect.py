"""A pair of outputs from before and after a suspend: what is a reconnect, what is none, and what is not known."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nr_run.checks.client_logs.absence import Absence
from nr_run.checks.client_logs.explanation import Explanation
from nr_run.checks.client_logs.head_end import Shown, is_reconnected, shown
from nr_run.checks.client_logs.reconnect import NEEDED, judge
from nr_run.checks.finding import Status
from nr_run.inventory.errors import NothingMatched, NrRunError, ParseError
from nr_run.parsers.printed.pasted import read_pasted

from .head_end import AFTER, ANEW, BEFORE, IDENTITY, SESSION_ID, Taken


def judged(before: str, after: str, **more: object) -> Explanation:
    """The verdict on two texts."""
    return judge(read("before", before), read("after", after), **more)  # type: ignore[arg-type]


@cache
def read(name: str, text: str) -> Shown:
    """What one text shows; each is read once."""
    return shown(read_pasted(name, "ios", text), text)


@cache
def of(before: Taken, after: Taken) -> Explanation:
    """The verdict on two moments, with a timeout of 900 s."""
    return judged(before.text(), after.text(), timeout=900)


def test_a_reconnect_is_one() -> None:
    """A client that came back with its session is judged good, and its session id is told in ASCII."""
    made = of(BEFORE, AFTER)
    assert made.good, made.conclusion
    assert {finding.check for finding in made.findings if finding.status is Status.OK} >= set(NEEDED)
    assert ("session id", f"{SESSION_ID} ({IDENTITY})", "after") in made.facts


@pytest.mark.parametrize(
    ("old", "new", "good"), [("*", "", False), ("", "*", False), ("*", "*", True), (".", "", True), ("", ".", True)]
)
def test_a_clock_that_was_set_in_between_measures_nothing(old: str, new: str, good: bool) -> None:
    """From a clock that was never set to one that is, no time can be told: how long the client was away is not known."""
    made = of(replace(BEFORE, clock=f"{old}{BEFORE.clock}"), replace(AFTER, clock=f"{new}{AFTER.clock}"))
    (finding,) = [one for one in made.findings if one.check == "timeout"]
    assert (made.good, finding.status is Status.OK) == (good, good), finding.sentence


@pytest.mark.parametrize(
    ("wrong", "check", "cause"),
    [
        ({"capabilities": "DN"}, "capability", "full-authentication"),
        ({"verified": "AnyConnect-EAP"}, "authentication", "full-authentication"),
        ({"identity": ANEW}, "session-id", "full-authentication"),
        ({"address": "198.18.7.22"}, "address", "other-address"),
        ({"counters": (4, 4, 0, 1, 0)}, "counters", "no-reconnect-counted"),
        ({"counters": (5, 4, 1, 1, 0)}, "counters", "no-reconnect-counted"),
        ({"counters": (5, 5, 0, 1, 1)}, "inactive", ""),
        ({"spis": BEFORE.spis}, "back", "never-left"),
        ({"header": 40}, "one-moment", "mixed-captures"),
        ({"flow": "10.9.8.7"}, "one-moment", "mixed-captures"),
        ({"host": "other-gw"}, "one-moment", "mixed-captures"),
    ],
)
def test_each_fault_is_found_alone(wrong: dict[str, object], check: str, cause: str) -> None:
    """One thing that is not as after a reconnect fails exactly its own check, and has its cause."""
    made = of(BEFORE, replace(AFTER, **wrong))  # type: ignore[arg-type]
    assert {finding.check for finding in made.findings if finding.status is Status.FAILED} == {check}
    assert not made.good
    assert [one.id for one in made.causes] == ([cause] if cause else [])


@pytest.mark.parametrize(
    ("before", "after", "check"),
    [
        ({"counters": (9, 9, 0, 1, 0)}, {}, "counters"),
        ({}, {"counters": (6, 5, 1, 1, 0)}, "counters"),
        ({"clock": ""}, {}, "timeout"),
        ({"clock": "09:30:00.000 UTC Wed May 6 2026"}, {}, "timeout"),
        ({"clock": "11:30:00.000 UTC Wed May 6 2026"}, {}, "timeout"),
    ],
)
def test_what_is_not_known_is_not_good(before: dict[str, object], after: dict[str, object], check: str) -> None:
    """Counters that were cleared or are of several clients, and a time that is not known, leave the verdict open."""
    made = of(replace(BEFORE, **before), replace(AFTER, **after))  # type: ignore[arg-type]
    assert [finding.check for finding in made.findings if finding.status is Status.UNVERIFIED] == [check]
    assert not made.good


def test_the_timeout_may_stand_in_the_file() -> None:
    """The reconnect timeout of a pasted profile counts where none is given; without any, only a short absence is good."""
    late = replace(AFTER, clock="10:16:00.000 UTC Wed May 6 2026")
    assert not judged(BEFORE.text(), late.text()).good
    assert judged(replace(BEFORE, timeout=1200).text(), late.text()).good
    unclear = judged(replace(BEFORE, timeout=1200).text(), late.text(), timeout=1800)
    assert not unclear.good
    assert any("1200 (before, line 5), --timeout 1800" in one.sentence for one in unclear.findings)
    assert judged(BEFORE.text(), AFTER.text()).good


def test_only_a_clock_on_the_far_side_bounds_the_absence() -> None:
    """A clock above the first output and one below the second are further apart than the two; no other two say as much."""
    first, clock = BEFORE.text(), "edge-gw#show clock\n10:08:00.404 UTC Wed May 6 2026\n"
    assert AFTER.text().count(clock) == 2
    above_only = AFTER.text()[: AFTER.text().rindex(clock)] + "edge-gw#\n"
    assert judged(first, AFTER.text(), timeout=900).good
    assert not judged(first, above_only, timeout=900).good
    stamped = above_only.replace(
        "edge-gw#show crypto ikev2 session detailed\n",
        "edge-gw#show crypto ikev2 session detailed\nLoad for five secs: 1%/0%; one minute: 1%; five minutes: 1%\n"
        "Time source is NTP, 10:08:01.100 UTC Wed May 6 2026\n\n",
    )
    assert judged(first, stamped, timeout=900).good
    assert not judged(first, AFTER.text().replace(" UTC ", " CEST "), timeout=900).good


def test_a_client_that_slept_too_long_is_late() -> None:
    """By its own log the client was away for longer than the timeout and the dead peer detection: that fails, and just so."""
    late = Absence(1200, 1200, "it slept for 1200 s")
    made = judged(BEFORE.text(), AFTER.text(), timeout=900, absence=late)
    assert [finding.check for finding in made.findings if finding.status is Status.FAILED] == ["timeout"]
    assert [cause.id for cause in made.causes] == ["reconnect-late"]
    in_doubt = Absence(950, 950, "it slept for 950 s")
    open_one = judged(BEFORE.text(), AFTER.text(), timeout=900, absence=in_doubt)
    assert not open_one.causes
    assert not open_one.good


def test_a_log_of_another_reconnect_proves_nothing() -> None:
    """How long the client was away by its log counts only where the log names the session id that the head-end shows."""
    for session, told_of in ((SESSION_ID, ""), ("anotherSession", "of the session anotherSession"), ("", "does not name")):
        absence = Absence(120, 120, "it slept for 120 s", session=session)
        made = judged(replace(BEFORE, clock="").text(), AFTER.text(), timeout=900, absence=absence)
        assert made.good is (not told_of)
        assert any(told_of in one.sentence for one in made.findings if one.check == "client-log") is bool(told_of)


def test_a_client_that_did_not_come_back() -> None:
    """Where the client is gone afterwards, that is the verdict."""
    gone = "edge-gw#show crypto session detail\nCrypto session current status\n\n"
    made = judged(BEFORE.text(), f"{gone}{replace(AFTER, counters=(4, 4, 0, 0, 1))._stats()}edge-gw#\n", timeout=900)
    assert [cause.id for cause in made.causes] == ["not-back"]


def test_which_client_is_meant() -> None:
    """Of several clients the one with another IKE SA is judged; where that is none or several, it has to be named."""
    other = replace(BEFORE, address="198.18.7.30", port=40000, session=60, spis=("AAAABBBBCCCCDDDD", "1111222233334444"))

    def with_other(one: Taken, second: Taken) -> str:
        first, again = one.text(), second
        first = first.replace(
            "edge-gw#show crypto ikev2 session", again._crypto().split("\n\n", 2)[2] + "edge-gw#show crypto ikev2 session", 1
        )
        more = again._ikev2().split("\n\n", 1)[1]
        return first.replace("edge-gw#show crypto ikev2 stats", more + "edge-gw#show crypto ikev2 stats", 1)

    made = judged(with_other(BEFORE, other), with_other(AFTER, other), timeout=900)
    assert made.good, [finding.sentence for finding in made.findings]
    assert made.about == "client 198.18.7.21"
    with pytest.raises(NothingMatched, match="none of them has another IKE SA"):
        judged(with_other(BEFORE, other), with_other(BEFORE, other), timeout=900)
    named = judged(with_other(BEFORE, other), with_other(BEFORE, other), timeout=900, client="198.18.7.30")
    assert [cause.id for cause in named.causes] == ["never-left"]
    with pytest.raises(NothingMatched, match=r"no client 198\.18\.7\.99 .*there is 198\.18\.7\.21"):
        judged(BEFORE.text(), AFTER.text(), client="198.18.7.99")


def test_a_wrong_file_is_one_sentence() -> None:
    """A text without an output, and one with two that differ, are refused with what is wanted."""
    with pytest.raises(ParseError, match=r"after has no output of the head-end, .*wanted are show crypto session detail"):
        judged(BEFORE.text(), "nothing of the kind\n")
    with pytest.raises(ParseError, match=r"more than once \(lines 58, 67\), and not alike"):
        judged(BEFORE.text(), AFTER.text() + replace(AFTER, counters=(7, 6, 1, 1, 0))._stats() + "edge-gw#\n")
    with pytest.raises(NothingMatched, match="no client is connected in before"):
        judged(BEFORE._stats() + "edge-gw#\n", AFTER.text())


def test_notes_among_the_outputs_do_no_harm() -> None:
    """What a person writes between the outputs, and lines that lost their indentation, change nothing."""
    noted = AFTER.text().replace("edge-gw#show", "-- after the resume --\nedge-gw#show")
    bare = "\n".join(line.strip() for line in noted.split("\n"))
    assert judged(BEFORE.text(), noted, timeout=900).good
    assert judged(BEFORE.text(), bare, timeout=900).good
    paged = AFTER.text().replace("      CE id", " --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b      CE id")
    assert judged(BEFORE.text().replace("\n", "\r\n"), paged, timeout=900).good
    assert judged(BEFORE.text().replace("\n", "\r"), AFTER.text().replace("show crypto", "sh cry"), timeout=900).good


@pytest.mark.parametrize("identity", [ANEW, "203.0.113.5", "DEADBEEF00112233", "", None, "72495"])
def test_what_is_no_session_id(identity: str | None) -> None:
    """An identity that is no hexadecimal of ASCII is no session id."""
    assert is_reconnected(identity) == ""


FAULTY = tuple(
    replace(AFTER, **wrong)  # type: ignore[arg-type]
    for wrong in (
        {"capabilities": "DN"},
        {"verified": "AnyConnect-EAP"},
        {"identity": ANEW},
        {"address": "198.18.7.22"},
        {"header": 40},
        {"flow": "10.9.8.7"},
        {"counters": (5, 5, 0, 1, 1)},
        {"counters": (4, 4, 0, 1, 0)},
        {"spis": BEFORE.spis},
        {"host": "other-gw"},
        {"clock": "13:00:00.000 UTC Wed May 6 2026"},
    )
)


@given(st.data())
@settings(
    max_examples=200 if os.environ.get("NR_RUN_ALL_LOSSES") else 40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
def test_no_loss_of_lines_makes_a_faulty_pair_good(data: st.DataObject) -> None:
    """However many lines are lost or moved in either file: nothing crashes, and what was faulty is never good."""
    texts = []
    for taken in (BEFORE, data.draw(st.sampled_from(FAULTY))):
        lines = taken.text().split("\n")
        if data.draw(st.booleans()):
            lost = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=6))
            lines = [line for number, line in enumerate(lines) if number not in lost]
        if data.draw(st.booleans()):
            start, stop = sorted(data.draw(st.tuples(st.integers(0, len(lines)), st.integers(0, len(lines)))))
            lines = lines[:start] + lines[stop:]
        if texts and data.draw(st.booleans()):
            place, first = data.draw(st.tuples(st.integers(0, len(lines)), st.integers(0, 60)))
            lines[place:place] = BEFORE.text().split("\n")[first : first + data.draw(st.integers(1, 20))]
        if data.draw(st.integers(0, 4)) == 0:
            a, b = data.draw(st.tuples(st.integers(0, len(lines)), st.integers(0, len(lines))))
            lines = lines[min(a, b) :] + lines[: min(a, b)]
        texts.append("\n".join(lines))
    try:
        made = judged(*texts, timeout=900)
    except NrRunError:
        return
    assert not made.good


#: The others are tried with NR_RUN_ALL_LOSSES: a second each.
TRIED = FAULTY if os.environ.get("NR_RUN_ALL_LOSSES") else FAULTY[4:7]


@pytest.mark.parametrize("fault", TRIED, ids=lambda fault: str(FAULTY.index(fault)))
def test_no_single_line_makes_a_faulty_pair_good(fault: Taken) -> None:
    """Every line of the second file may be the one that is lost: what was faulty is never good without it."""
    lines = fault.text().split("\n")
    for number in range(len(lines)):
        try:
            made = judged(BEFORE.text(), "\n".join(lines[:number] + lines[number + 1 :]), timeout=900)
        except NrRunError:
            continue
        assert not made.good, lines[number]


SEEDS = os.environ.get("NR_RUN_SEEDS", "")


@pytest.mark.skipif(not SEEDS, reason="NR_RUN_SEEDS names no folder of published examples")
def test_a_published_sample_is_faulty() -> None:
    """A published example of a reconnect was put together of several captures, and its client slept past the timeout."""
    (path,) = Path(SEEDS).rglob("002_*.txt")
    lines = path.read_text().split("\n")
    middle = [number for number, line in enumerate(lines) if line.startswith("sal_c8kv#show crypto session detail")][1]
    made = judged("\n".join(lines[:middle]), "\n".join(lines[middle:]))
    assert "mixed-captures" in [cause.id for cause in made.causes]
