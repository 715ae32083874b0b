"""What the echo says: which command, how it was limited, and whether lines were left out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from nr_run.inventory.errors import ParseError
from nr_run.parsers import parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import find
from nr_run.parsers.printed.typed import filter_of, options

from .test_parse_command import run

ROWS = "IPv4 Crypto ISAKMP SA\ndst src state conn-id status\n198.51.100.2 192.0.2.1 QM_IDLE 1001 ACTIVE\n"


@pytest.mark.parametrize(
    "shown",
    [
        "| include QM_IDLE",
        "| i QM",
        "|inc QM",
        "| exclude down|up",
        "| section sa",
        "| begin dst",
        "| count QM",
        "| redirect flash:x",
        "| append flash:x",
        "| grep QM",
        "| unheard of",
    ],
)
def test_what_the_echo_says_was_filtered_is_unverified(shown: str) -> None:
    """Lines that were left out may be the sick ones: one row that looks healthy is no answer, and the sentence says why."""
    parsed = parse("ios", "show crypto isakmp sa", f"R1#show crypto isakmp sa {shown}\n{ROWS}R1#")
    (problem,) = parsed.problems
    assert (problem.line, problem.text) == (1, f"R1#show crypto isakmp sa {shown}")
    assert problem.why == f"the echo says that the output was filtered: | {shown.strip('| ')}"
    assert not parse("ios", f"show crypto isakmp sa {shown}", ROWS).complete


@pytest.mark.parametrize("shown", ["| no-more", "| tee flash:x", "", "| n"])
def test_a_filter_that_leaves_nothing_out_does_no_harm(shown: str) -> None:
    """Pages off and a copy to a file leave the output whole."""
    assert parse("ios", "show crypto isakmp sa", f"R1#show crypto isakmp sa {shown}\n{ROWS}R1#").complete


def test_a_filter_that_left_nothing_is_not_nothing() -> None:
    """`| include X` that matched no line says nothing about translations that are there."""
    parsed = parse("ios", "show ip nat translations", "R1#show ip nat translations | include 10.9.\nR1#")
    assert not parsed.complete
    assert parse("ios", "show ip nat translations", "R1#show ip nat translations\nR1#").complete


def test_a_filtered_file_is_exit_code_twelve(tmp_path: Path) -> None:
    """nr-run parse says it on its output and in its exit code."""
    file = tmp_path / "shown.txt"
    file.write_text(f"R1#show crypto isakmp sa | include QM_IDLE\n{ROWS}R1#", encoding="utf-8")
    done: subprocess.CompletedProcess[bytes] = run("--os", "ios", "show crypto isakmp sa", str(file))
    assert done.returncode == 12
    assert b"the echo says that the output was filtered" in b" ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("os", "typed", "name"),
    [
        ("ios", "sh cry sess det", "show crypto session"),
        ("ios", "sh cry sess remote 192.0.2.1 port 500 det", "show crypto session"),
        ("ios", "show crypto session interface Tunnel 1 detail", "show crypto session"),
        ("ios", "sh cry ips sa int tunnel 1", "show crypto ipsec sa"),
        ("ios", "sh cry ips sa int tu1 det", "show crypto ipsec sa"),
        ("ios", "show crypto ipsec sa active", "show crypto ipsec sa"),
        ("ios", "show crypto isakmp sa active", "show crypto isakmp sa"),
        ("ios", "show crypto isakmp sa nat", "show crypto isakmp sa"),
        ("ios", "sh cry isa sa det", "show crypto isakmp sa detail"),
        ("ios", "show ip route bgp", "show ip route"),
        ("ios", "show ip route vrf RED ospf 1", "show ip route"),
        ("ios", "sh ip ro vrf RED", "show ip route"),
        ("ios", "show ip bgp ipv4 unicast summary", "show ip bgp summary"),
        ("ios", "show bgp ipv4 unicast summary", "show ip bgp summary"),
        ("ios", "show bgp vpnv4 unicast vrf RED summary", "show ip bgp summary"),
        ("ios", "show ip bgp vpnv4 vrf RED summary", "show ip bgp summary"),
        ("ios", "show ip bgp vpnv4 all sum", "show ip bgp summary"),
        ("ios", "show ipv6 access-list", "show access-lists"),
        ("ios", "show ip sla statistics details", "show ip sla statistics"),
        ("ios", "show ip nat trans vrf RED verb", "show ip nat translations"),
        ("ios", "show ip interface brief vlan 10", "show ip interface brief"),
        ("asa", "sh cry ips sa peer 192.0.2.1 det", "show crypto ipsec sa"),
        ("asa", "sh vpn-sess det l2l filter ipaddress 192.0.2.1", "show vpn-sessiondb detail l2l"),
        ("asa", "sh bgp ipv4 uni sum", "show bgp summary"),
    ],
)
def test_words_and_what_limits_them_may_be_cut_short(os: str, typed: str, name: str) -> None:
    """Arguments are cut short as commands are, in any order, and an interface may have a blank before its number."""
    command = find(COMMANDS, os, typed)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize(
    "typed",
    [
        "show ip route summary",
        "show track brief",
        "show ip route 10.1.1.1",
        "show crypto session detail detail",
        "show bgp vrf summary",
    ],
)
def test_what_another_template_would_have_to_read_is_refused_by_name(typed: str) -> None:
    """A form that no template reads is said to be one, with the commands that are read."""
    with pytest.raises(ParseError, match=r"no template reads .* there are templates for: .*show crypto ipsec sa"):
        parse("ios", typed, "x\n")


def test_options_come_once_each() -> None:
    """A place takes one word, a keyword only itself, and nothing may be left over."""
    assert options(("peer ADDRESS", "detail"), ["detail", "peer", "192.0.2.1"]) == ("detail", "peer ADDRESS")
    assert options(("peer ADDRESS", "detail"), ["peer", "detail"]) is None
    assert options(("detail",), ["detail", "detail"]) is None
    assert options((), []) == ()
    assert filter_of("show x | b y") == "b y"


def test_the_echo_of_another_command_is_called_that() -> None:
    """The first line is not merely unknown: it says that the text is the output of something else."""
    parsed = parse("ios", "show crypto isakmp sa", f"R1#show crypto ipsec sa\n{ROWS}R1#")
    assert [(p.line, p.why) for p in parsed.problems] == [(1, "this is the echo of another command")]
    with pytest.raises(ParseError, match="but of another command: R1#show track brief"):
        parse("ios", "show crypto isakmp sa", "R1#show track brief\nTrack Type\nR1#")
    assert not parse("ios", "show crypto isakmp sa", f"show crypto ipsec sa\n{ROWS}").complete


def test_an_echo_that_asks_for_less_is_noted() -> None:
    """One peer of many is not the whole: the state is right for what was typed, and the note says that it was less."""
    parsed = parse("ios", "show crypto isakmp sa", f"R1#show crypto isakmp sa vrf RED\n{ROWS}R1#")
    assert parsed.complete
    assert [note.why for note in parsed.notes] == ["the echo asks for a part of what 'show crypto isakmp sa' shows"]
    assert not parse("ios", "show crypto isakmp sa vrf RED", f"R1#show crypto isakmp sa vrf RED\n{ROWS}R1#").notes


@pytest.mark.parametrize(
    "typed", ["show crypto session", "show crypto ikev2 sa", "show crypto ikev2 session", "show ip nat translations"]
)
def test_silence_between_echo_and_prompt_is_nothing(typed: str) -> None:
    """IOS-XE 17 prints no line where there is no session; without the next prompt the output may have been cut."""
    quiet = parse("ios", typed, f"R1#{typed}\n\nR1#")
    assert (quiet.complete, quiet.state) == (True, ())
    for cut in (f"R1#{typed}\n", f"R1#{typed}"):
        with pytest.raises(ParseError):
            parse("ios", typed, cut)


def test_the_prompt_of_the_unit_that_took_over_ends_the_output() -> None:
    """A failover pair shows another prompt at the end than at the beginning, and the terminal cuts the echo with `$`."""
    text = "FW/pri/act# show crypto ikev1 sa\n\nThere are no IKEv1 SAs\nFW/sec/act# "
    assert parse("asa", "show crypto ikev1 sa", text).complete
