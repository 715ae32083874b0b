"""BGP neighbours as checks look at them: what is up and told both ways, and what is not known."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.checks.observations.observation import Observation
from nr_run.checks.observations.questions import BGP, QUESTIONS
from nr_run.checks.routing.bgp import BgpRow, advertised_command, plain_system, prefixes, received_command, row_of
from nr_run.inventory.errors import NotKnown
from nr_run.inventory.systems import SYSTEMS
from nr_run.parsers import parse

FIRST, SECOND = IPv4Address("169.254.10.1"), IPv4Address("169.254.20.1")
UP = """
BGP neighbor is 169.254.10.1,  context single_vf,  remote AS 65534, external link
  BGP version 4, remote router ID 169.254.10.1
  BGP state = Established, up for 1d02h
  Last read 00:00:03, last write 00:00:05, hold time is 30, keepalive interval is 10 seconds
  Neighbor sessions:
    1 active, is not multisession capable (disabled)
  Message statistics:
    InQ depth is 0
    OutQ depth is 0

                         Sent       Rcvd
    Opens:                  1          1
    Notifications:          0          0
    Total:                 15         14
  Default minimum time between advertisement runs is 30 seconds

 For address family: IPv4 Unicast
  Session: 169.254.10.1
  BGP table version 5, neighbor version 5/0
  Output queue size : 0
                                 Sent       Rcvd
  Prefix activity:               ----       ----
    Prefixes Current:               1          2 (Consumes 160 bytes)

  Address tracking is enabled, the RIB does have a route to 169.254.10.1
  Connections established 1; dropped 0
  Last reset never
  Transport(tcp) path-mtu-discovery is enabled
  Graceful-Restart is disabled
"""
DOWN = """
BGP neighbor is 169.254.20.1,  context single_vf,  remote AS 65000.1, external link
  BGP version 4, remote router ID 0.0.0.0
  BGP state = Active
  Last read 00:00:00, last write 00:00:00, hold time is 30, keepalive interval is 10 seconds
  Neighbor sessions:
    0 active, is not multisession capable (disabled)

 For address family: IPv4 Unicast
  Session: 169.254.20.1
  BGP table version 5, neighbor version 1/0
                                 Sent       Rcvd
  Prefix activity:               ----       ----
    Prefixes Current:               1          1

  Connections established 3; dropped 3
  Last reset 00:01:07, due to Interface flap
  No active TCP connection
"""
TOLD = """
BGP table version is 5, local router ID is 192.168.2.1
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
              r RIB-failure, S Stale, m multipath
Origin codes: i - IGP, e - EGP, ? - incomplete

   Network          Next Hop        Metric LocPrf Weight  Path
*> 10.10.0.0/23     10.10.1.254                        0  65500 i
*> 192.168.20.0     0.0.0.0              0         32768  i
r> 192.168.222.129/32
                    10.10.1.254                        0  65500 64999 ?

Total number of prefixes 3 
"""  # noqa: W291 - the device prints a blank at the end of a line


def seen(text: str) -> Observation:
    """What a firewall said."""
    return Observation("wall", "now", "asa", {BGP.name: parse("asa", "show bgp neighbors", text)})


def test_a_neighbour_that_is_up_has_its_counts() -> None:
    """Address, system, seconds and the prefixes each way; both ways only if there are some in each."""
    (row,) = seen(UP).view(BGP)
    assert row == BgpRow(FIRST, 65534, "Established", True, 93600, 2, 1, 0, 3, 10, None, 1)
    assert row.both_ways
    for fewer in (UP.replace("          1          2 (", "          0          2 ("), UP.replace(" 2 (", " 0 (")):
        (row,) = seen(fewer).view(BGP)
        assert (row.up, row.both_ways) == (True, False)


def test_what_is_left_of_a_session_that_is_over_is_no_prefix() -> None:
    """A neighbour that is not up has no prefixes, whatever still stands in its counters."""
    first, second = seen(UP + DOWN).view(BGP)
    assert second == BgpRow(SECOND, 65000 * 65536 + 1, "Active", False, None, None, None, 3, sessions=3)
    assert (row_of((first, second), SECOND), row_of((first,), SECOND)) == (second, None)
    assert not second.both_ways


def test_an_answer_that_is_cut_is_unverified() -> None:
    """Wherever the last neighbour is cut before its connections are counted, the answer is not whole."""
    whole = UP + DOWN
    assert seen(whole).answer(BGP).complete  # type: ignore[union-attr]
    lines = whole.splitlines(keepends=True)
    first, last = (number for number, line in enumerate(lines) if "Connections established" in line)
    starts = [number for number, line in enumerate(lines) if line.startswith("BGP neighbor is")]
    for count in (*range(starts[0] + 1, first + 1), *range(starts[1] + 1, last + 1)):
        assert not seen("".join(lines[:count])).answer(BGP).complete, lines[count - 1]  # type: ignore[union-attr]


@pytest.mark.parametrize("lost", ["Prefixes Current", "Connections established", "BGP state"])
def test_a_line_that_is_lost_is_noticed(lost: str) -> None:
    """A neighbour that is up without its prefixes, its state or its count of connections was not read whole."""
    text = "".join(line for line in UP.splitlines(keepends=True) if lost not in line)
    assert not seen(text).answer(BGP).complete  # type: ignore[union-attr]


def test_what_was_not_asked_is_not_known() -> None:
    """Without an answer nobody concludes that there is no neighbour; a firewall without BGP says so."""
    with pytest.raises(NotKnown, match="the BGP neighbours"):
        Observation("wall", "", "asa", {}).view(BGP)
    assert seen("% BGP not active\n").view(BGP) == ()


def test_prefixes_are_those_that_are_counted() -> None:
    """A mask that is not printed is that of the class, a long network stands on two lines, and the count is the last word."""
    command = advertised_command(FIRST)
    found = prefixes(parse("asa", command, TOLD))
    assert found == {IPv4Network(text) for text in ("10.10.0.0/23", "192.168.20.0/24", "192.168.222.129/32")}
    assert prefixes(parse("asa", received_command(FIRST), "\nTotal number of prefixes 0 \n")) == frozenset()


def test_prefixes_of_a_cut_answer_are_not_known() -> None:
    """Cut anywhere before its count, or with a line of it lost, an answer says of no prefix that it is missing."""
    command, lines = advertised_command(FIRST), TOLD.splitlines(keepends=True)
    for count in range(2, len(lines) - 1):
        with pytest.raises(NotKnown):
            prefixes(parse("asa", command, "".join(lines[:count])))
    with pytest.raises(NotKnown, match="3 prefixes are counted and 2 were read"):
        prefixes(parse("asa", command, "".join(line for line in lines if "192.168.20.0" not in line)))


@given(st.integers(0, 2**32 - 1))
def test_a_system_is_one_number_in_both_spellings(number: int) -> None:
    """65000.1 and the plain number are the same system."""
    assert plain_system(str(number)) == plain_system(f"{number >> 16}.{number & 0xFFFF}") == number


def test_firewalls_alone_are_asked() -> None:
    """The question is one of all, and a router has no word for it here."""
    assert BGP in QUESTIONS
    assert [name for name, system in SYSTEMS.items() if BGP.command(system)] == ["asa-8.4"]
