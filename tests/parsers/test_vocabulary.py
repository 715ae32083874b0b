"""A word or a value that its field cannot hold makes an output unverified, whatever the field and the command."""

from __future__ import annotations

import re
import typing

import pytest

from nr_run.inventory.errors import ParseError
from nr_run.parsers import parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.fields.vocabulary import refuse_no_address
from nr_run.parsers.line_rules.program import compile_template
from nr_run.parsers.reader import template_source

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
    Prefixes Current:               1          1
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


#: Fields that say how a thing is, in which of a few ways it works, or who does it.
CLOSED = re.compile(
    r"\(\?P<((?:\w+_)?(?:state|status|state_or_prefixes|role|way|mode|kind|direction|protocol|origin|policy|capabilities"
    r"|authentication|auth_sign|auth_verify|method|type))>"
)
INVENTED = ("Foo", "FOO", "QM_IDEL", "foo-bar", " [foo]", " FOO")


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{c.os}: {c.name}" for c in COMMANDS])
def test_fields_with_a_vocabulary_are_closed(command: typing.Any) -> None:
    """No field that holds one of a few words takes any word: the expression of each state, role, mode and protocol refuses it."""
    for rule in compile_template(template_source(command)).rules:
        for found in CLOSED.finditer(rule.regex.pattern):
            if (command.os, command.name, found[1]) not in OPEN:
                inner = _inner(rule.regex.pattern, found.end())
                for invented in INVENTED:
                    assert re.fullmatch(inner, invented, re.IGNORECASE) is None, (found[1], inner, invented)


def test_what_is_open_is_there() -> None:
    """An exception that no command has any more, or that is closed by now, is no exception."""
    there = {
        (command.os, command.name, found[1])
        for command in COMMANDS
        for rule in compile_template(template_source(command)).rules
        for found in CLOSED.finditer(rule.regex.pattern)
        if any(re.fullmatch(_inner(rule.regex.pattern, found.end()), invented, re.IGNORECASE) for invented in INVENTED)
    }
    assert there == set(OPEN)


_SENTENCE = "a sentence of the device, or a number that HTTP defines"
_TITLE = "the title of a table: each release has others"
_GROWS = "each release adds some, and nothing is decided by it"
#: Fields whose words no source lists in full, and why. A word that is not known there is kept as it is.
OPEN = {
    ("ios", "show ip sla statistics", "http_status"): _SENTENCE,
    ("asa", "show crypto ipsec sa", "state"): _SENTENCE,
    ("asa", "show version", "license_mode"): _SENTENCE,
    **{("asa", f"show vpn-sessiondb {kind}", "session_type"): _TITLE for kind in ("anyconnect", "detail l2l", "l2l", "webvpn")},
    ("asa", "packet-tracer", "phase_kind"): _GROWS,
    ("asa", "show interface ip brief", "method"): _GROWS,
    ("ios", "show ip interface brief", "method"): _GROWS,
    ("ios", "show ip sla statistics", "kind"): _GROWS,
    ("ios", "show ip sla summary", "kind"): _GROWS,
    ("ios", "show crypto ikev2 sa", "peer_type"): _GROWS,
    ("ios", "show crypto ikev2 session", "peer_type"): _GROWS,
}


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
