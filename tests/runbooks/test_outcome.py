"""One exit code for all tunnels of a run; what an outcome leaves to do."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest

from nr_run.inventory.errors import Exit
from nr_run.runbooks.engine.key_rotation import left_to_rotate
from nr_run.runbooks.engine.outcome import Result, TunnelOutcome, exit_code

#: What one tunnel may end in.
ENDS = (
    *(Exit.OK, Exit.PENDING, Exit.UNREACHABLE, Exit.VERIFY_FAILED, Exit.ROLLED_BACK, Exit.ROLLBACK_INCOMPLETE, Exit.INTENT),
    *(Exit.ERROR, Exit.LOCKED, Exit.NOTHING_MATCHED),
)


def of(*codes: Exit) -> Exit:
    """The code of a run with such tunnels."""
    return exit_code(TunnelOutcome(f"t{number}", Result.REFUSED, code, False, "") for number, code in enumerate(codes))


@pytest.mark.parametrize("others", [others for count in (0, 1, 2) for others in combinations_with_replacement(ENDS, count)])
def test_a_tunnel_that_needs_a_person_is_never_drowned(others: tuple[Exit, ...]) -> None:
    """Whatever became of the others, one rollback-incomplete tunnel makes the run end in 21, wherever it stands."""
    assert of(Exit.ROLLBACK_INCOMPLETE, *others) is Exit.ROLLBACK_INCOMPLETE
    assert of(*others, Exit.ROLLBACK_INCOMPLETE) is Exit.ROLLBACK_INCOMPLETE


@pytest.mark.parametrize(
    "codes", list(combinations_with_replacement([end for end in ENDS if end is not Exit.ROLLBACK_INCOMPLETE], 3))
)
def test_every_other_combination(codes: tuple[Exit, ...]) -> None:
    """Equal codes stay; success beside failure is partial; of several failures the one that changed most is told."""
    seen, good = set(codes), {Exit.OK, Exit.PENDING}
    if len(seen) == 1:
        assert of(*codes) is codes[0]
    elif seen <= good:
        assert of(*codes) is Exit.PENDING
    elif seen & good:
        assert of(*codes) is Exit.PARTIAL
    else:
        order = (Exit.ROLLED_BACK, Exit.VERIFY_FAILED, Exit.UNREACHABLE, Exit.INTENT)
        assert of(*codes) is next((code for code in order if code in seen), Exit.ERROR)
    assert of(*reversed(codes)) is of(*codes)


@pytest.mark.parametrize("result", Result)
def test_what_a_resumed_rotation_leaves_to_do(result: Result) -> None:
    """Whatever a resume could verify of it: where the devices keep the next key, it is told that the file may have the former."""
    outcome = TunnelOutcome("hq-branch", result, Exit.OK, False, "")
    assert bool(left_to_rotate([{"runbook": "rotate-psk"}], [outcome])) is outcome.has_changed
    assert not left_to_rotate([{"runbook": "deploy"}], [outcome])
    assert not left_to_rotate([], [outcome])
