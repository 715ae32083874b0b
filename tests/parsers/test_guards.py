"""Guards that only refuse, each where nothing else would."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nr_run.inventory.errors import DeviceRefused
from nr_run.parsers import parse
from nr_run.parsers.balance import balances

if TYPE_CHECKING:
    from .conftest import Case

_MIDDLE = """<vars>
WORDS = r"[a-z ]+"
</vars>

<group name="row*">
note {{ words | re("WORDS") }} end {{ number | re("NUMBER") }}
</group>
"""


@pytest.mark.parametrize(("printed", "read", "said"), [(3, 2, True), (2, 3, True), (2, 2, False)])
def test_more_and_fewer_records_than_lines_are_both_said(printed: int, read: int, said: bool) -> None:
    """A record that was lost and one that was never printed are different numbers, and either is a problem."""
    conserve = balances("spi:", "SPIs", len)
    found = list(conserve([None] * read, "\n" + "  spi: 0x1\n" * printed))
    assert found == ([f"{printed} SPIs were printed and {read} were read"] if said else [])


def test_a_line_that_the_terminal_broke_in_a_word_gets_its_word_back(tmp_path: Path) -> None:
    """At column 80 a terminal breaks where it stands: no blank comes into the word, and one that stood there stays."""
    (tmp_path / "ios").mkdir()
    (tmp_path / "ios" / "show_notes.ttp").write_text(_MIDDLE, encoding="utf-8")
    words = "alpha " * 12 + "unbroken word"
    line = f"note {words} end 7"
    assert line[79] != " "
    assert line[80] != " "
    blank = f"note {'b' * 74} word end 8"
    assert blank[79] == " "
    text = "\n".join([line[:80], line[80:], blank[:80], blank[80:], ""])
    parsed = parse("ios", "show notes", text, templates=tmp_path)
    assert parsed.complete
    assert [row["words"] for row in parsed.state["row"]] == [words, "b" * 74 + " word"]


def test_a_refusal_is_one_only_where_the_answer_would_stand() -> None:
    """`% Invalid input` of somebody else's line, printed into a good answer, makes a line unknown and refuses nothing."""
    noise = "% Invalid input detected at '^' marker."
    parsed = parse("ios", "show clock", f"R1#show clock\n12:00:00.000 UTC Sat Nov 21 2026\n{noise}\nR1#")
    assert [problem.text for problem in parsed.problems] == [noise]
    assert parsed.state.authoritative
    with pytest.raises(DeviceRefused):
        parse("ios", "show clock", f"R1#show clock\n   ^\n{noise}\nR1#")


def test_a_hub_with_only_a_dynamic_map_has_no_flow_yet() -> None:
    """A 12.2 router prints interface and map and nothing below them before the first peer comes: an answer, if it ended."""
    hub = "interface: Ethernet0/0\n    Crypto map tag: clientmap, local addr. 192.0.2.1"
    for whole in (f"{hub}\n", f"R1#show crypto ipsec sa\n\n{hub}\n\nR1#"):
        parsed = parse("ios", "show crypto ipsec sa", whole)
        assert (parsed.complete, parsed.state) == (True, ())
    for cut in (hub, hub.split("\n")[0] + "\n", f"R1#show crypto ipsec sa\n\n{hub}\n"):
        assert [problem.why for problem in parse("ios", "show crypto ipsec sa", cut).problems] == [
            "the output is cut short: this line is never the last one"
        ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Site-to-Site VPN             :      2", "6 active and inactive ones and the rows make 4"),
        ("  IKEv1 IPsec                :      1", ""),
    ],
)
def test_the_totals_of_the_sessions_are_the_sum_of_their_kinds(cases: tuple[Case, ...], line: str, sentence: str) -> None:
    """A kind of session that was lost is missed in the totals; the rows below a kind count a part of it once more."""
    case = next(case for case in cases if case.name == "asa/show_vpn_sessiondb/a9_6_summary")
    assert parse("asa", case.command, case.text).complete
    lost = "\n".join(text for text in case.text.split("\n") if not text.startswith(line))
    assert lost != case.text
    whys = [problem.why for problem in parse("asa", case.command, lost).problems]
    assert any(sentence in why for why in whys) if sentence else whys == []


@pytest.mark.parametrize(
    ("marks", "rate", "complete"),
    [
        ("!!!!!", "100 percent (5/5)", True),
        (".!!!!", "80 percent (4/5)", True),
        ("B!!!!", "80 percent (4/5)", True),
        (".!!!!", "100 percent (5/5)", False),
        ("!!!!", "100 percent (5/5)", False),
        ("!!!!!!", "100 percent (6/6)", False),
        ("!!", "100 percent (2/2)", True),
    ],
)
def test_signs_of_a_ping_are_counted(marks: str, rate: str, complete: bool) -> None:
    """One sign a probe, `!` for each answer; a ping that somebody broke off sends fewer than it said, never more."""
    text = (
        "Type escape sequence to abort.\nSending 5, 100-byte ICMP Echos to 192.0.2.1, timeout is 2 seconds:\n"
        f"{marks}\nSuccess rate is {rate}, round-trip min/avg/max = 1/2/4 ms\n"
    )
    assert parse("ios", "ping", text).complete is complete


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (
            "show ip nat translations",
            (
                "Pro Inside global Inside local Outside local Outside global\n"
                "--- 192.0.2.9 10.0.0.9 --- ---\n"
                "Total number of translations: {}\n"
            ),
        ),
        (
            "show route-map all",
            (
                "STATIC routemaps\n"
                "DYNAMIC routemaps\n"
                "route-map AAA, permit, sequence 0, identifier 7\n"
                "  Match clauses:\n"
                "  Set clauses:\n"
                "  Policy routing matches: 0 packets, 0 bytes\n"
                "Current active dynamic routemaps = {}\n"
            ),
        ),
        (
            "show ip bgp summary",
            (
                "BGP router identifier 192.0.2.1, local AS number 65000\n"
                "BGP table version is 1, main routing table version 1\n"
                "\n"
                "Neighbor V AS MsgRcvd MsgSent TblVer InQ OutQ Up/Down State/PfxRcd\n"
                "*10.0.0.2 4 65001 5 5 1 0 0 00:01:02 1\n"
                "10.0.0.3 4 65001 5 5 1 0 0 never Idle\n"
                "* Dynamically created based on a listen range command\n"
                "Dynamically created neighbors: {}, Subnet ranges: 1\n"
            ),
        ),
    ],
)
def test_counts_below_a_table_are_kept_to(command: str, text: str) -> None:
    """Translations, dynamic route maps and dynamic neighbors are counted by the device: one more than printed is a problem."""
    whole = parse("ios", command, text.format(1))
    assert [problem.why for problem in whole.problems] == []
    (problem,) = parse("ios", command, text.format(2)).problems
    assert "2 " in problem.why
    assert "are counted" in problem.why
