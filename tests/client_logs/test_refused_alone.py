"""Each refusal in which nothing else refuses: without it, that input would be taken for good, or for something else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from nr_run.checks.client_logs.explanation import Explanation
from nr_run.checks.finding import Status
from nr_run.inventory.errors import ParseError
from nr_run.parsers.logs.bundle import LIMITS, read_bundle
from nr_run.runbooks.commands.offline import input_files

from .client_texts import BACK, CONNECTED, SLEPT, WOKE, dart
from .client_texts import told as told_of_client
from .head_end import AFTER, BEFORE
from .phone_texts import FIREWALL, LET_IN, START, WORKS, console, syslog
from .phone_texts import told as told_of_phone
from .test_reconnect import judged


def open_checks(made: Explanation) -> list[tuple[str, Status]]:
    """What keeps it from being good."""
    return [(one.check, one.status) for one in made.findings if one.status in (Status.FAILED, Status.UNVERIFIED)]


def test_a_session_that_is_not_up() -> None:
    """An IKE SA that is being deleted is no client that came back."""
    going = AFTER.text().replace("none/none            READY", "none/none            DELETE")
    assert open_checks(judged(BEFORE.text(), going, timeout=900)) == [("back", Status.FAILED)]


def test_counters_that_do_not_add_up() -> None:
    """A reconnect that came in and neither succeeded nor failed leaves it open."""
    odd = replace(AFTER, counters=(6, 5, 0, 1, 0)).text()
    assert ("counters", Status.UNVERIFIED) in open_checks(judged(BEFORE.text(), odd, timeout=900))


def test_no_session_that_may_come_again() -> None:
    """Counters that show no active session capable of a reconnect speak against the one that is shown."""
    none = replace(AFTER, counters=(5, 5, 0, 0, 0))
    assert open_checks(judged(BEFORE.text(), none.text(), timeout=900)) == [("inactive", Status.FAILED)]


def test_no_prompt_is_told_and_a_strange_one_too() -> None:
    """Outputs without prompts may be of any device, and a prompt of another one among them is named."""
    bare = [text.replace("edge-gw#show", "show").replace("edge-gw#", "") for text in (BEFORE.text(), AFTER.text())]
    made = judged(*bare, timeout=900)
    assert any("no prompt above an output" in one.sentence for one in made.findings)
    mixed = judged(BEFORE.text(), AFTER.text() + "other-gw#\n", timeout=900)
    assert any("the prompt other-gw stands among outputs of edge-gw" in one.sentence for one in mixed.findings)


def test_a_client_that_is_named_and_was_not_there() -> None:
    """A client that is only in the second file has nothing to be compared with."""
    other = replace(BEFORE, address="198.18.7.40", peer="203.0.113.80", spis=("ABCDABCDABCDABCD", "1234123412341234"))
    made = judged(other.text(), AFTER.text(), timeout=900, client="198.18.7.21")
    assert ("one-moment", Status.UNVERIFIED) in open_checks(made)


def test_a_connection_without_a_sign_of_the_session() -> None:
    """A client that wakes up and is connected, with nothing that says how, is not told as a reconnect."""
    made = told_of_client(dart((*CONNECTED, *SLEPT, WOKE[0], BACK[1])))
    assert open_checks(made) == [("reconnect", Status.UNVERIFIED)]


def test_a_connection_after_a_refusal() -> None:
    """Connected by the session although the head-end did not know it: that does not fit."""
    refused = (705, "acvpnagent", "The session is no longer valid")
    made = told_of_client(dart((*CONNECTED, *SLEPT, *WOKE, refused, *BACK)))
    assert open_checks(made) == [("reconnect", Status.FAILED)]


def test_a_firewall_that_says_nothing_at_that_time() -> None:
    """Messages of another hour say nothing of this attempt."""
    early = syslog(LET_IN[:2], START) + syslog(LET_IN[2:], START - timedelta(hours=2))
    made = told_of_phone(console(WORKS), early)
    assert not made.good
    silent = told_of_phone(console(WORKS[1:2]), syslog(FIREWALL["limit"], START - timedelta(hours=2)) + syslog(LET_IN[:1]))
    assert not silent.good


def test_a_part_of_a_syslog_that_was_left_out() -> None:
    """Where a member of the syslog's ZIP could not be read, nothing is good."""
    from nr_run.checks.client_logs.phone_story import Logs, explain_phone
    from nr_run.parsers.logs.asa_syslog import read_asa_syslog
    from nr_run.parsers.logs.phone import read_phone_log

    from .client_texts import zipped

    limits = replace(LIMITS, member=20_000)
    for more, good in (({}, True), ({"asa.log": "x" * 30_000}, False)):
        messages = read_asa_syslog(read_bundle("asa.zip", zipped({"now.log": syslog(LET_IN), **more}), limits))
        log = read_phone_log(read_bundle("console", console(WORKS).encode()))
        assert explain_phone(Logs("console", log, messages)).good is good


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of outputs that is larger than such outputs are is refused before it is read in whole."""
    monkeypatch.setattr(input_files, "OUTPUTS_AT_MOST", 1 << 20)
    (tmp_path / "huge").write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(ParseError, match="huge is larger than 1 MB"):
        input_files.text_of(tmp_path / "huge")
