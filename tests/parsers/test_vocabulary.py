"""A word or a value that its field cannot hold makes an output unverified, whatever the field and the command."""

from __future__ import annotations

import re
import typing

import pytest

from nr_run.inventory.errors import ParseError
from nr_run.parsers import parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.program import compile_template
from nr_run.parsers.reader import template_source
from nr_run.parsers.vocabulary import refuse_no_address

ISAKMP = """\
dst             src             state          conn-id slot status
172.18.124.2    172.18.124.1    {state}        1001    0 {status}
"""
ACLS = """\
Extended IP access list VPN
    10 permit ip {address} 0.0.0.255 10.2.0.0 0.0.0.255 (12 matches)
"""
NEIGHBOR = """\
BGP neighbor is 169.254.1.1,  context single_vf,  remote AS 64512, external link
  BGP version 4, remote router ID 169.254.1.1
  BGP state = {state}, up for 00:10:11
  Connections established 1; dropped 0
"""
SUMMARY = """\
BGP router identifier 10.1.1.1, local AS number 65001
BGP table version is 1, main routing table version 1

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
169.254.1.1     4        64512       0       0        1    0    0 never    {state}
"""


def complete(os: str, command: str, text: str) -> bool:
    """True if every line of an output was understood."""
    try:
        return parse(os, command, text).complete
    except ParseError:
        return False


@pytest.mark.parametrize(
    ("os", "command", "text", "good", "bad"),
    [
        ("ios", "show crypto isakmp sa", ISAKMP.replace("{status}", "ACTIVE"), "QM_IDLE", "QM_IDEL"),
        ("ios", "show crypto isakmp sa", ISAKMP.replace("{state}", "QM_IDLE"), "ACTIVE", "ACTVE"),
        ("ios", "show access-lists", ACLS, "10.1.0.0", "10.1.0.999"),
        ("ios", "show clock", "{}:11:00.123 UTC Mon Mar 4 2024\n", "23", "25"),
        ("ios", "show clock", "23:11:00.123 UTC {} Mar 4 2024\n", "Mon", "Mun"),
        ("ios", "show clock", "23:11:00.123 UTC Mon Mar {} 2024\n", "31", "32"),
        ("ios", "show ip bgp summary", SUMMARY, "Active", "Foo"),
        ("asa", "show bgp neighbors", NEIGHBOR, "Established", "Foo"),
    ],
)
def test_a_word_that_cannot_stand_there(os: str, command: str, text: str, good: str, bad: str) -> None:
    """The same output is whole with the word that a device prints, and unverified with one that none does."""
    whole, damaged = (re.sub(r"\{\w*\}", word, text) for word in (good, bad))
    assert complete(os, command, whole)
    assert not complete(os, command, damaged)


@pytest.mark.parametrize("text", ["10.1.0.256", "permit ip host 999.1.1.1 any", "1.2.3.4 300.0.0.0"])
def test_four_numbers_that_are_no_address(text: str) -> None:
    """One number above 255 among four makes them none, wherever they stand."""
    with pytest.raises(ValueError, match="is no address"):
        refuse_no_address(text)


@pytest.mark.parametrize("text", ["17.9.4.0.6207", "permit 10.1.0.255 0.0.0.255", "12.4(25d)", "1.2.3"])
def test_numbers_that_are_no_matter(text: str) -> None:
    """Addresses, wildcards and the numbers of releases pass."""
    refuse_no_address(text)


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{c.os}: {c.name}" for c in COMMANDS])
def test_states_are_closed(command: typing.Any) -> None:
    """No field that says how a thing is takes any word: the expression of each state, status and mode refuses an invented one."""
    for rule in compile_template(template_source(command)).rules:
        for name in re.findall(r"\(\?P<((?:\w+_)?(?:state|status|state_or_prefixes))>", rule.regex.pattern):
            if (command.os, command.name, name) not in FREE:
                start = rule.regex.pattern.index(f"(?P<{name}>") + len(f"(?P<{name}>")
                inner = _inner(rule.regex.pattern, start)
                for invented in ("Foo", "FOO", "QM_IDEL", "foo-bar", " [foo]", " FOO"):
                    assert re.fullmatch(inner, invented, re.IGNORECASE) is None, (name, inner, invented)


#: A sentence of the device, or a number that HTTP defines.
FREE = {("ios", "show ip sla statistics", "http_status"), ("asa", "show crypto ipsec sa", "state")}


def _inner(pattern: str, start: int) -> str:
    """The expression of a group, up to the parenthesis that closes it."""
    depth, position, in_class = 1, start, False
    while depth:
        character = pattern[position]
        if character == "\\":
            position += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
        position += 1
    return pattern[start : position - 1]


def test_the_echo_of_a_command_from_configuration_mode() -> None:
    """``do`` before a command, and ``b`` for ``brief``, are the same command; another command is not."""
    table = "Interface  IP-Address  OK? Method Status  Protocol\nFastEthernet4  10.1.1.1  YES manual up  up\n"
    for typed in ("R1(config-if)#do sh ip int b", "R1#sh ip int brief", "R1(config)# do show ip interface brief"):
        assert complete("ios", "show ip interface brief", f"{typed}\n{table}"), typed
    assert not complete("ios", "show ip interface brief", f"R1(config-if)#do sh ip int d\n{table}")
