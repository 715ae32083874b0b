"""The reader knows what it did not understand."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nr_run.inventory.errors import DeviceRefused, NrRunError, ParseError
from nr_run.parsers import parse

from ..sampling import examples, in_turn

if TYPE_CHECKING:
    from .conftest import Case

GARBAGE = (
    "garbage",
    "xyzzy 1 2 3",
    "10.1.1.1",
    "%LINK-3-UPDOWN: Interface Ethernet0/0, changed state to up",
    "*Nov 21 12:00:00.123: %SYS-5-CONFIG_I: Configured from console by cisco on vty0 (10.1.1.1)",
    " --More-- ",
)


def verdict(case: Case, text: str) -> str:
    """`complete`, `unverified` or `refused`."""
    try:
        return "complete" if parse(case.os, case.command, text).complete else "unverified"
    except NrRunError:
        return "refused"


def test_a_garbage_line_anywhere_makes_the_result_unverified(case: Case) -> None:
    """A line that is not the command's own is noticed wherever it stands, above the echo and below the prompt included."""
    lines = case.text.split("\n")
    for place in range(len(lines) + 1):
        for garbage in in_turn(GARBAGE, 2, case.name, place):
            text = "\n".join([*lines[:place], garbage, *lines[place:]])
            assert verdict(case, text) != "complete", f"{garbage!r} above line {place + 1} passed"


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_random_words_anywhere_make_the_result_unverified(case: Case, data: st.DataObject) -> None:
    """No word of letters alone is taken for output, whatever it is."""
    word = "qz" + data.draw(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=60))
    lines = case.text.split("\n")
    place = data.draw(st.integers(min_value=0, max_value=len(lines)))
    assert verdict(case, "\n".join([*lines[:place], word, *lines[place:]])) != "complete"


@pytest.mark.parametrize(
    ("command", "folder", "stem"),
    [
        ("show crypto ipsec sa", "show_crypto_ipsec_sa", "c2611_12.2_rekey"),
        ("show crypto ipsec sa", "show_crypto_ipsec_sa", "xe_rekey_nat_t_gcm"),
        ("show version", "show_version", "c881_15.4"),
        ("show crypto ikev2 session", "show_crypto_ikev2_session", "xe_multi_selector"),
        ("ping", "ping", "sourced"),
    ],
)
def test_a_cut_anywhere_in_a_record_is_noticed(cases: tuple[Case, ...], command: str, folder: str, stem: str) -> None:
    """Output that ends early never passes, unless the cut is at the end of a whole record."""
    text = next(case.text for case in cases if case.path.parent.name == folder and case.path.stem == stem)
    lines = text.rstrip().split("\n")
    ends = _whole_records(command, lines)
    for stop in range(1, len(lines)):
        if stop in ends:
            continue
        for cut in ("\n".join(lines[:stop]), "\n".join(lines[:stop])[:-3].rstrip()):
            if len(cut.rstrip()) <= len("\n".join(lines[: max(ends & set(range(stop)), default=0)]).rstrip()):
                continue
            try:
                assert not parse("ios", command, cut).complete, f"cut at line {stop}: {lines[stop - 1]!r}"
            except NrRunError:
                continue


def _whole_records(command: str, lines: list[str]) -> set[int]:
    """Numbers of lines after which nothing is missing: the last line of a flow, of a session, of the device's last fact."""
    last = {
        "show crypto ipsec sa": "outbound pcp sas",
        "show version": "configuration register",
        "show crypto ikev2 session": "esp spi in/out",
        "ping": "success rate",
    }[command]
    ends = {number for number, line in enumerate(lines, 1) if last in line.lower()}
    return {
        n for end in ends for n in range(end, len(lines) + 1) if all(not line.strip() for line in lines[end:n]) or n >= max(ends)
    }


def test_nothing_and_noise_are_refused_in_one_sentence() -> None:
    """An empty text, a binary one and the output of another command are no state: ParseError says why."""
    for text, words in (
        ("", "empty"),
        (" \r\n\t\n", "empty"),
        ("\x7fELF\x02\x01\x01\x00\x00\x00", "binary"),
        ("PNG\ufffd\ufffd\ufffd\ufffd\ufffd", "binary"),
        ("hostname R1\ninterface Ethernet0/0\n", "no line of it is known"),
    ):
        with pytest.raises(ParseError, match=words) as caught:
            parse("ios", "show crypto isakmp sa", text)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "reply",
    [
        "            ^\n% Invalid input detected at '^' marker.\n",
        "R1#show crypto ikev2 sa\n                    ^\n% Invalid input detected at '^' marker.\n\nR1#",
        "% Incomplete command.\n",
        '% Ambiguous command:  "show cr"\n',
        "Command authorization failed.\n",
    ],
)
def test_a_refusal_of_the_device_is_an_error_not_an_empty_state(reply: str) -> None:
    """A device that does not know the command has said nothing about its tunnels."""
    with pytest.raises(DeviceRefused):
        parse("ios", "show crypto ikev2 sa", reply)


def test_silence_is_a_state_only_where_the_command_is_known_to_be_silent() -> None:
    """IOS prints nothing for an empty translation table; behind the echo that is an answer, for SAs it is not."""
    quiet = parse("ios", "show ip nat translations", "R1#show ip nat translations\nR1#")
    assert quiet.complete
    assert quiet.state == ()
    with pytest.raises(ParseError):
        parse("ios", "show crypto isakmp sa", "R1#show crypto isakmp sa\nR1#")


def test_the_line_number_is_the_one_in_the_text_that_was_handed_in() -> None:
    """A problem can be found again: its line counts from the top of the file, echo and blank lines included."""
    lines = ["", "", "R1#sh cry isa sa", "dst src state conn-id slot", "", "!--- note", "noise"]
    text = "\r\n".join([*lines, "10.0.0.1 10.0.0.2 QM_IDLE 5 0", "R1#", ""])
    parsed = parse("ios", "show crypto isakmp sa", text)
    assert [(problem.line, problem.text) for problem in parsed.problems] == [(7, "noise")]
    assert [sa.connection_id for sa in parsed.state] == [5]


def test_a_second_command_below_the_prompt_is_not_read() -> None:
    """Only the output of the command that was asked for is read; what follows the next prompt is named."""
    text = "R1#show clock\n12:00:00.000 UTC Sat Nov 21 2026\nR1#show reload\nNo reload is scheduled.\nR1#\n"
    parsed = parse("ios", "show clock", text)
    assert [problem.line for problem in parsed.problems] == [3, 4]


def test_a_line_wrapped_by_the_terminal_is_put_together_again_or_reported(cases: tuple[Case, ...]) -> None:
    """Wrapped at any width, between words or inside one, a flow reads as before or is unverified; never otherwise."""
    case = next(case for case in cases if case.path.stem == "xe_rekey_nat_t_gcm")
    plain = parse("ios", case.command, case.text)
    whole = 0
    for width in range(50, 100):
        for pieces in (_hard, _between_words):
            wrapped = "\n".join(piece for line in case.text.split("\n") for piece in pieces(line, width))
            again = parse("ios", case.command, wrapped)
            whole += again.complete
            assert not again.complete or again.state == plain.state, width
    assert whole > 20


def _hard(line: str, width: int) -> list[str]:
    return [line[at : at + width] for at in range(0, max(len(line), 1), width)]


def _between_words(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_on_hyphens=False, initial_indent=line[: len(line) - len(line.lstrip())]) or [""]


def test_a_second_value_for_a_field_is_reported_not_dropped() -> None:
    """TTP keeps the first of two values and says nothing; here both lines count and the second is a problem."""
    text = "Track 1\n  IP SLA 1 state\n  State is Up\n  State is Down\n    1 change, last change 00:00:01\n"
    text += "  Latest operation return code: OK\n"
    parsed = parse("ios", "show track", text)
    assert [(p.line, "second value for up" in p.why) for p in parsed.problems] == [(4, True)]
    assert parsed.state[0].up is True
