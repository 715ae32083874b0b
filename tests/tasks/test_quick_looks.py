"""What spares a costly look never hides what the costly look would find."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from nr_run.tasks.sessions import messages
from nr_run.tasks.sessions.transcript import MARK, Prompts, _marked_at, echoed

_PIECES = (
    *("%SYS-5-CONFIG_I: ", "%ASA-5-111008: ", "%", "SYS", "-5-", "CONFIG_I", ":", " ", "\n", "\x07", "*", "***", "^C", "#"),
    *(
        "Jan  1 00:00:00",
        "*Mar  1 1:02:03.004: ",
        "1:02:03: ISAKMP: x",
        "00:00:10",
        "1w2d: ",
        "3d04h: IPSEC(key_engine): ",
        "<189>",
    ),
    *("2026-01-01T00:00:00Z: text", "12: ", "r1: ", "SECURITY WARNING - Module: ", "-Traceback= 0x123456 0xABCDEF12", "-Process"),
    *("*** Message from a to b:", "*** --- SHUTDOWN in 0:01:00 ---", "r1 con0 is now available", "Press RETURN to get started."),
    *(
        "Rollback Confirmed Change: rolling to:x",
        "Rollback aborted after 1 passes",
        "Rollback: Acquired Configuration lock.",
        "word",
    ),
    *("Total number of passes: 1\nRollback Done", "%Error opening x", "System restarted --", "Compiled x", "SLOT 1: "),
)
TEXTS = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join) | st.text("%-*: \n0123456789wdhASY_Tracebk", max_size=60)


@given(TEXTS)
@example("1:02:03: ISAKMP: packet\n")
def test_no_message_is_without_its_signs(text: str) -> None:
    """A text in which no sign of a message stands has no message."""
    for part in (messages._LINES, messages._INLINE):
        found = messages._form(part).search(text + "\n")
        assert found is None or messages.may_hold(text + "\n"), found


PROMPTS = Prompts("r1#")
NEW = f"{MARK}0123456789ab"


@given(st.lists(st.sampled_from(("r1#", "r1(config)#", "r1>", " ", "\n", NEW, NEW[:5], NEW[5:], "word", "\t", "x")), max_size=12))
def test_a_mark_is_found_where_its_pattern_would_be(pieces: list[str]) -> None:
    """Prompt and mark are found by looking exactly where one pattern of both finds them, also with line breaks in between."""
    text = "".join(pieces)
    by_pattern = re.search(rf"{PROMPTS.pattern.pattern}\n*{echoed(NEW)}", text, re.MULTILINE)
    assert (_marked_at(PROMPTS.pattern, NEW, text) is None) == (by_pattern is None)


def test_what_every_answer_holds_is_no_sign_of_a_message() -> None:
    """A look at a revert timer and a masked key have words of a message in them, and no message is looked for there."""
    assert not messages.may_hold("%No Rollback Confirmed Change pending\n")
    assert not messages.may_hold(
        "Time configured(in minutes): 15, Rollback Confirmed Change: Backing up current running config to f\n"
    )
    assert not messages.may_hold(" ikev2 remote-authentication pre-shared-key *****\n ikev1 pre-shared-key *****\n!\n")
    assert messages.may_hold("Rollback Confirmed Change: rolling to:flash:x\n")
