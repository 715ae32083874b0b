"""What a record of a runbook's own change is good for, and what it is not: it can be rolled back, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nr_run.checks.finding import Status
from nr_run.inventory.errors import ChangeError, NothingMatched, NrRunError, SecretError
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.registry import declared, find
from nr_run.services.safe_change import NAME, Hosts
from nr_run.services.service import Seen

SERVICE = find(NAME)
MADE = SERVICE.deployment(Hosts(("hq", "branch")))


def test_it_is_found_by_records_and_has_no_command() -> None:
    """A record names it, and no command of nr-run is its."""
    assert NAME not in declared().services
    assert MADE.hosts == MADE.pushing == ("hq", "branch")


@pytest.mark.parametrize(
    ("ask", "kind", "words"),
    [
        (lambda: SERVICE.intended(Path(), {}), NothingMatched, "is in no intent"),
        (lambda: SERVICE.removal(MADE, None, ""), ChangeError, "is undone by nr-run rollback"),
        (lambda: SERVICE.traffic(MADE, ()), ChangeError, "is verified by that runbook"),
        (lambda: SERVICE.verdict(MADE, None), ChangeError, "is verified by that runbook"),
    ],
    ids=["intended", "removal", "traffic", "verdict"],
)
def test_what_only_its_runbook_knows_is_refused(ask: Callable[[], object], kind: type[NrRunError], words: str) -> None:
    """Nobody else wants it, removes it by its name, verifies it by traffic, or says whether it works."""
    with pytest.raises(kind, match=words):
        ask()


@pytest.mark.parametrize(("shown", "status"), [("Cisco IOS\n", Status.OK), (" \n", Status.UNVERIFIED)])
def test_its_gate_says_what_it_rests_on(shown: str, status: Status) -> None:
    """A device that shows nothing is not known; of one that answers the sentence says who verifies the rest."""
    seen = [
        Seen(member, platform_for("881", "15.4(3)M3"), {"show version": shown}, "2026-11-30T00:00:00Z") for member in MADE.members
    ]
    findings = MADE.stages[0].gate.judge(seen, removed=False)
    assert {item.status for item in findings} == {status}
    assert all("verified by the runbook alone" in item.sentence for item in findings)


def test_stores_that_were_made_apart_are_not_put_together() -> None:
    """Equal keys would have different tokens in them, so that what is there would look changed."""
    one = Secrets((), {"<secret:a>": "Value-of-a-1"}, {"u": "nr"}, b"1")
    other = Secrets((), {"<secret:b>": "Value-of-b-1"}, {}, b"1")
    both = Secrets.of_all([one, other])
    assert (both.resolve("a"), both.resolve("b"), both.look_up("u")) == ("Value-of-a-1", "Value-of-b-1", "nr")
    with pytest.raises(SecretError, match="the same store"):
        Secrets.of_all([one, Secrets((), {}, {}, b"2")])
