"""The lines of a run's timer are left out of its running configurations: those, and no others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nr_run.changes.timer_config import command_of, name_of, occurrence, policy, without_timer_lines

TAG = "nr-20261127T015038Z-4276"
NAME = name_of(TAG)
TIMER = f"{occurrence(TAG, 15)[0]}\n {occurrence(TAG, 15)[1]}\n!\n{policy(TAG)[0]}\n {policy(TAG)[1]}\n!\n"
OTHER = (
    "kron occurrence BACKUP in 15 recurring\n policy-list BACKUP\n!\n"
    "kron policy-list NR-20250101T000000Z-0000\n cli configure replace flash:nr-20250101T000000Z-0000.cfg force\n!\n"
)


def test_our_lines_go_and_others_stay() -> None:
    """Occurrence and policy list of this run go with their lines; another run's and an operator's stay, byte for byte."""
    text = f"hostname r1\n!\n{OTHER}end\n"
    assert without_timer_lines(text.replace("end\n", f"{TIMER}end\n"), TAG) == text.replace("end\n", "!\n!\nend\n")


def test_a_section_with_a_line_of_somebody_else_stays() -> None:
    """When somebody has added a command to our policy list it is no longer only ours, so it is shown."""
    text = f"{policy(TAG)[0]}\n {policy(TAG)[1]}\n cli show clock\n"
    assert without_timer_lines(text, TAG) == text


def test_the_name_fits_kron() -> None:
    """Kron takes names of up to 31 characters, and what it runs asks nothing."""
    assert len(NAME) <= 31
    assert command_of(TAG).endswith(" force")


LINES = st.lists(st.text(alphabet="abkron NR-!29:\\/", max_size=30).filter(lambda line: NAME not in line), max_size=12)


@given(LINES)
def test_a_text_without_a_timer_is_left_alone(lines: list[str]) -> None:
    """Nothing changes where this run has no timer, whatever the text."""
    text = "".join(f"{line}\n" for line in lines)
    assert without_timer_lines(text, TAG) == text
    assert without_timer_lines(text, "") == text
