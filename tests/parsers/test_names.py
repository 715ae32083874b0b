"""Which command a typed line means, and what may stand around its output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nr_run.inventory.errors import NrRunError, ParseError
from nr_run.parsers import parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import find
from nr_run.parsers.printed.normalise import normalise

from ..sampling import examples

if TYPE_CHECKING:
    from .conftest import Case


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("show crypto ipsec sa", "show crypto ipsec sa"),
        ("sh cry ips sa", "show crypto ipsec sa"),
        ("show crypto ipsec sa detail", "show crypto ipsec sa"),
        ("show crypto ipsec sa peer 192.0.2.1", "show crypto ipsec sa"),
        ("show crypto ipsec sa interface Tunnel1 detail", "show crypto ipsec sa"),
        ("do show crypto isakmp sa", "show crypto isakmp sa"),
        ("show crypto isakmp sa detail", "show crypto isakmp sa detail"),
        ("show crypto session detail", "show crypto session"),
        ("show crypto session brief", "show crypto session brief"),
        ("show crypto session remote 192.0.2.1 detail", "show crypto session"),
        ("show crypto ikev2 sa detailed", "show crypto ikev2 sa"),
        ("show crypto ikev2 session detail", "show crypto ikev2 session"),
        ("show crypto engine connection active", "show crypto engine connections active"),
        ("show crypto map interface Ethernet0/0", "show crypto map"),
        ("show track 1", "show track"),
        ("show ip sla statistics 10", "show ip sla statistics"),
        ("show ip access-lists 100", "show access-lists"),
        ("show bgp all summary", "show ip bgp summary"),
        ("ping 10.2.0.1 source 10.1.0.1 repeat 5", "ping"),
    ],
)
def test_a_command_is_known_however_it_is_typed(typed: str, name: str) -> None:
    """Words may be cut short, and what limits the output does not change its format."""
    command = find(COMMANDS, "ios", typed)
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize("typed", ["show", "show crypto", "s", "", "show crypto ipsec sa nonsense 7", "clear crypto sa"])
def test_another_command_is_not_taken_for_one_of_ours(typed: str) -> None:
    """A guess would read one output with the template of another."""
    assert find(COMMANDS, "ios", typed) is None


def test_an_unknown_system_is_named() -> None:
    """The error names the systems that are known."""
    with pytest.raises(ParseError, match="ios"):
        parse("nxos", "show version", "x\n")


def test_the_echo_may_differ_from_the_command_that_was_asked_for(case: Case) -> None:
    """Echo and prompt of a session, in enable or configuration mode, change neither state nor verdict."""
    plain = parse(case.os, case.command, case.text)
    command = find(COMMANDS, case.os, case.command)
    assert command is not None
    bare = normalise(command.name, case.text, lambda typed: command.accepts(typed) > 0).text.strip("\n")
    for prompt, typed in (("R1#", case.command), ("R1>", case.command), ("vpn-hub.example(config)#", f"do {case.command}")):
        around = f"{prompt}{typed}\r\n{bare.rstrip()}\r\n{prompt}"
        again = parse(case.os, case.command, around)
        assert (again.state, again.complete) == (plain.state, plain.complete), prompt


def test_no_bgp_is_an_answer() -> None:
    """`% BGP not active` is what a router without BGP says: no neighbors, and nothing left unread."""
    parsed = parse("ios", "show ip bgp summary", "% BGP not active\n")
    assert (parsed.complete, parsed.state) == (True, ())


def test_the_last_block_of_an_operation_counts() -> None:
    """Cisco's 881 printed operation 2 twice, first with Unknown: the later block is the state."""
    block = "IPSLA operation id: 2\nNumber of successes: {}\nNumber of failures: {}\nOperation time to live: {}\n\n"
    text = "IPSLAs Latest Operation Statistics\n\n" + block.format("Unknown", "Unknown", "0") + block.format(2, 0, "Forever")
    parsed = parse("ios", "show ip sla statistics", text)
    assert [(item.operation, item.successes) for item in parsed.state] == [(2, 2)]


def test_a_number_that_is_a_word_is_one_sentence(cases: tuple[Case, ...]) -> None:
    """A group that damage has made a word cannot be read: our error, not one of Python's, and never a verdict."""
    (case,) = (case for case in cases if case.name == "asa/show_running_config_crypto/a9_19_vti")
    damaged, count = re.subn(r"(?m)^ group \d+.*$", " group xnds", case.text, count=1)
    assert count == 1
    with pytest.raises(ParseError, match="too incomplete to be read"):
        parse(case.os, case.command, damaged)


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_never_ends_in_a_crash(case: Case, data: st.DataObject) -> None:
    """Whatever is cut out of a capture or put into it, there is a verdict or one of our errors."""
    text = case.text
    start = data.draw(st.integers(0, len(text)))
    stop = min(len(text), start + data.draw(st.integers(0, 80)))
    text = text[:start] + data.draw(st.text("():/%#>x0 \n\t", max_size=8)) + text[stop:]
    try:
        verdict = "complete" if parse(case.os, case.command, text).complete else "unverified"
    except NrRunError as error:
        verdict = str(error)
    assert "\n" not in verdict
