"""Sentences on a plan and on its end, built of what is known by then: how much there is to do, and how far a proof reaches."""

from __future__ import annotations

from ipaddress import IPv4Address
from itertools import product

import pytest
from msgspec.structs import replace

from nr_run.inventory.models.platforms import platform_for
from nr_run.runbooks.engine.rollback.rollback_words import EndAfter, told
from nr_run.runbooks.engine.runbook import work_words
from nr_run.runbooks.engine.verifying.gates import postcheck_of
from nr_run.runbooks.engine.verifying.reach import WHOLE, Reach, reach_of
from nr_run.services.service import Foreign

from ..changes.configs import VPN2611, VPN3640
from ..changes.rendering import ends, planned
from .plans import end_plan, tunnel_plan

NEAR, FAR = ends()
PLATFORM = platform_for("3640", "12.4(25)")
PLAN = tunnel_plan(
    "hq-branch",
    end_plan(NEAR, PLATFORM, VPN2611, planned(NEAR, VPN2611)),
    end_plan(FAR, PLATFORM, VPN3640, planned(FAR, VPN3640)),
)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"add": 12, "change": 0, "remove": 0}, "12 objects to add"),
        ({"add": 0, "change": 1, "remove": 0}, "1 object to change"),
        ({"add": 1, "change": 2, "remove": 3}, "1 object to add, 2 to change, 3 to remove"),
        ({"add": 0, "change": 2, "remove": 1}, "2 objects to change, 1 to remove"),
    ],
)
def test_what_there_is_to_do_is_counted(counts: dict[str, int], words: str) -> None:
    """The first number says what is counted, in its own number; what there is none of is left out."""
    assert work_words(counts) == words


def test_a_proof_that_is_still_to_come_is_told_as_such() -> None:
    """A plan says of an end that is not ours that it will not be looked at, the outcome that it was not."""
    one, two = (Foreign(name, (IPv4Address(address),), (), ()) for name, address in (("A", "192.0.2.1"), ("B", "192.0.2.2")))
    assert reach_of((one,)).ahead == "will be verified from this side only: A (192.0.2.1) is not ours, and will not be checked"
    assert reach_of((one,)).sentence == "verified from this side only: A (192.0.2.1) is not ours, and was not checked"
    both = "A (192.0.2.1) and B (192.0.2.2) are not ours, and"
    assert reach_of((one, two)).ahead == f"will be verified from this side only: {both} will not be checked"
    assert reach_of((one, two)).sentence == f"verified from this side only: {both} were not checked"
    assert (WHOLE.ahead, WHOLE.sentence) == ("", "")


@pytest.mark.parametrize(
    ("removal", "reach", "words"),
    [
        (False, WHOLE, "built on both ends, verified up and saved"),
        (True, WHOLE, "removed from both ends, verified gone and saved"),
        (False, Reach(("A",)), "built on both ends, verified up from this side only and saved"),
    ],
)
def test_what_is_told_of_a_change_that_reached_its_goal(removal: bool, reach: Reach, words: str) -> None:
    """What was done, where, how it was verified, and how far the proof reaches."""
    plan = replace(PLAN, removal=removal)
    assert postcheck_of(plan).sentence(plan.everywhere, reach) == words


#: What an end can have come to: read back, touched and not read, armed and no more than that, or neither.
AFTER = [
    EndAfter("", touched=True, read=True, cancelled=True),
    EndAfter("", touched=True, read=True, cancelled=False),
    EndAfter("", touched=True, read=False, cancelled=True),
    EndAfter("", touched=True, read=False, cancelled=False),
    EndAfter("", touched=False, read=False, cancelled=True),
    EndAfter("", touched=False, read=False, cancelled=False),
]
HOSTS = ("alpha", "bravo", "charlie")
EVERYWHERE = {1: "alpha", 2: "both ends", 3: "all 3 devices"}


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("others", [False, True])
def test_what_is_told_of_ends_after_a_rollback(number: int, others: bool) -> None:
    """Of each combination of ends, those are called read back and compared that were; of each other one, what is known of it."""
    for states in product(AFTER, repeat=number):
        ends = [replace(state, host=host) for state, host in zip(states, HOSTS, strict=False)]
        words = told(ends, others_changed=others, again=", and so on", kept="kept: theirs" if others else "")
        clauses = words.split("; ")
        read, unknown, unsent, timers = (
            {host for clause in clauses if sign in clause for host in HOSTS if host in clause}
            for sign in ("read back and compared", "not known to be as before", "no line of the change", "the rollback timer of")
        )
        if any(clause.removeprefix("our change is rolled back on ").startswith(EVERYWHERE[number]) for clause in clauses):
            read |= {end.host for end in ends} if number > 1 else set()
        any_touched = any(end.touched for end in ends)
        assert (words.startswith("nothing was touched")) is not any_touched, words
        assert read == {end.host for end in ends if end.read}, (ends, words)
        assert unknown == {end.host for end in ends if end.touched and not end.read}, (ends, words)
        assert unsent == {end.host for end in ends if any_touched and not end.touched}, (ends, words)
        assert timers == {end.host for end in ends if end.cancelled and not end.touched}, (ends, words)
        assert (", and so on" in words) is bool(read), words
        assert ("our change is rolled back on" in words) is (others and bool(read)), words


def test_the_sentence_on_a_rollback_reads_as_one() -> None:
    """Both ends, one of them, one of three, and none."""
    both = [EndAfter(host, touched=True, read=True, cancelled=True) for host in HOSTS[:2]]
    assert told(both, others_changed=False) == "both ends are as they were before, read back and compared"
    one = [both[0], EndAfter("bravo", touched=False, read=False, cancelled=True)]
    assert told(one, others_changed=False, again=", and the tunnel is verified up again") == (
        "alpha is as it was before, read back and compared, and the tunnel is verified up again; "
        "no line of the change was sent to bravo; the rollback timer of bravo is cancelled"
    )
    assert told([*one, replace(one[1], host="charlie", cancelled=False)], others_changed=True, kept="kept: theirs") == (
        "our change is rolled back on alpha, read back and compared; kept: theirs; "
        "no line of the change was sent to bravo and charlie; the rollback timer of bravo is cancelled"
    )
    assert told([one[1]], others_changed=False) == "nothing was touched; the rollback timer of bravo is cancelled"
