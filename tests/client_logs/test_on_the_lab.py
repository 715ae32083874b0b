"""A Secure Client of the lab sleeps for less and for more than the timeout: the verdicts on what its head-end shows differ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nr_run.checks.client_logs.explanation import Explanation
from nr_run.checks.client_logs.head_end import shown
from nr_run.checks.client_logs.reconnect import judge
from nr_run.checks.finding import Status
from nr_run.lab.entry import LabHandle
from nr_run.parsers.printed.pasted import read_pasted

from ..lab.test_secure_client import LINES, LOGIN, ROUTER, configure, until
from ..warm import start_lab

COMMANDS = (
    "show clock",
    "show crypto session detail",
    "show crypto ikev2 session detail",
    "show crypto ikev2 stats reconnect",
    "show clock",
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """A head-end that keeps sessions for a day."""
    with start_lab(tmp_path_factory.mktemp("logs") / "lab", devices={ROUTER: ROUTER}, speed=100) as made:
        answer = configure(made, *LINES, "crypto ikev2 profile P", "reconnect timeout 86400")
        assert "%" not in answer, answer
        yield made


def taken(lab: LabHandle) -> str:
    """What a person pastes of the head-end."""
    return "".join(f"gw17#{command}\n{lab.exec(ROUTER, command)}\n" for command in COMMANDS) + "gw17#\n"


def judged(before: str, after: str, timeout: int) -> Explanation:
    """The verdict on two pastes."""
    old, new = (shown(read_pasted(name, "ios", text), text) for name, text in (("before", before), ("after", after)))
    return judge(old, new, timeout=timeout)


def test_asleep_for_less_and_for_more(lab: LabHandle) -> None:
    """A client that is back in time came by a reconnect; one that is late has to log in, and that is told apart."""
    lab.client("laptop", "connect-secure", **LOGIN)
    before = taken(lab)
    same = judged(before, taken(lab), 86400)
    assert [cause.id for cause in same.causes] == ["never-left"]
    lab.client("laptop", "suspend")
    until(lab, [0, 1])
    away = judged(before, taken(lab), 86400)
    assert [cause.id for cause in away.causes] == ["not-back"]
    assert lab.client("laptop", "resume")["connected"]
    back = judged(before, taken(lab), 86400)
    assert back.good, [(one.check, one.sentence) for one in back.findings if one.status is not Status.OK]

    configure(lab, "crypto ikev2 profile P", "reconnect timeout 600")
    lab.client("laptop", "disconnect")
    lab.client("laptop", "connect-secure", **LOGIN)
    before = taken(lab)
    lab.client("laptop", "suspend")
    until(lab, [0, 1])
    lab.client("laptop", "idle", seconds=700)
    assert lab.client("laptop", "resume")["failed"] == "reconnect"
    lab.client("laptop", "connect-secure", **LOGIN)
    late = judged(before, taken(lab), 600)
    assert not late.good
    assert [cause.id for cause in late.causes] == ["full-authentication"]
    assert {one.check for one in late.findings if one.status is Status.FAILED} >= {"capability", "authentication", "session-id"}
