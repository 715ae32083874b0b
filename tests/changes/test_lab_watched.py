"""Probes, tracks and policy routing on the lab's own routers: there and back, cut after each line, and what a router refuses."""

from __future__ import annotations

import pytest

from nr_run.changes.plans.plan import plan
from nr_run.checks.finding import against
from nr_run.inventory.errors import ChangeError
from nr_run.lab.ios import configure
from nr_run.lab.ios.rollback import replace

from .firewall import lines_of
from .test_lab_forms import Router
from .trees import same
from .whole import read_back, restore

#: Two paths with a probe each, and what follows them; the request has a line that looks like the end of a configuration.
WATCHED = r"""
ip sla 1
 http raw http://192.0.2.33:80
 http-raw-request
  GET http://192.0.2.33/probe HTTP/1.0\r\n
  end\r\n
  \r\n
  exit
 threshold 1000
 timeout 5000
 frequency 30
ip sla schedule 1 life forever start-time now
ip sla 2
 icmp-echo 192.0.2.34
 threshold 500
 timeout 2000
 frequency 10
ip sla schedule 2 start-time now life forever
track 1 ip sla 1 reachability
 delay up 60 down 30
track 2 ip sla 2
ip access-list extended NR-web
 deny ip any 10.0.0.0 0.255.255.255
 permit tcp any any eq 443
ip prefix-list NR-web seq 5 permit 10.0.0.0/8 le 24
route-map NR-web permit 10
 match ip address NR-web
 set ip next-hop verify-availability 192.0.2.2 10 track 1
 set ip next-hop verify-availability 192.0.2.6 20 track 2
 set interface Null0
interface Vlan1
 ip policy route-map NR-web
"""


@pytest.mark.parametrize("model", ["c881", "c8000v-17"])
def test_there_and_back_and_cut_after_each_line(model: str) -> None:
    """The router takes every line, has what was sent and nothing else, and is as before by the inverse and after any cut."""
    one = Router(model)
    before = one.show()
    wanted = WATCHED if "interface Vlan1" in before else WATCHED.replace("Vlan1", "GigabitEthernet2")
    change = plan(model, "ios", wanted, before)
    lines = lines_of(change.forward)
    one.enter(lines)
    there = one.show()
    assert against(read_back(change, before, there, "now")) == ()
    assert not plan(model, "ios", wanted, there)
    one.enter(lines_of(change.inverse))
    assert same(one.show(), before)
    for count in range(len(lines) + 1):
        one.enter(lines[:count])
        one.cut()
        one.enter(lines_of(restore(change, before, one.show())))
        assert same(one.show(), before), lines[:count]


def test_a_configuration_with_a_raw_request_is_read_back() -> None:
    """A file that is read is the configuration that was written: the request ends at its exit, and takes no line behind it."""
    one = Router("c881")
    one.enter(lines_of(plan("c881", "ios", WATCHED, one.show()).forward))
    there = one.show()
    found = replace.read(one.box, there.splitlines())
    assert found is not None
    one.box.store = found
    assert one.show() == there


def test_a_probe_at_work_is_not_edited() -> None:
    """Another value for an operation that is there is refused before anything is typed: the router would not take it."""
    one = Router("c881")
    one.enter(lines_of(plan("c881", "ios", WATCHED, one.show()).forward))
    with pytest.raises(ChangeError, match="sla-operation 2 exists with other content"):
        plan("c881", "ios", WATCHED.replace("frequency 10", "frequency 20"), one.show())
    answer, _ = configure.apply(one.box, one.box.release, configure.Place(), "ip sla 2")
    assert answer[0] == "Entry already running and cannot be modified"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["ip sla 5", "icmp-echo 192.0.2.1", "timeout 3000"], "Timeout to be less than Threshold"),
        (["ip sla 5", "icmp-echo 192.0.2.1", "threshold 900", "frequency 3"], "Frequency to be less than Timeout"),
        (["ip sla 5", "icmp-echo 192.0.2.1", "threshold 6000"], "Threshold to be greater than Timeout"),
        (["ip sla schedule 5 life forever start-time now"], "Entry not configured"),
        (["track 1 ip sla 1 state", "exit", "track 1 ip sla 1 reachability"], "Cannot change tracked object type"),
    ],
)
def test_values_that_do_not_fit_are_refused(lines: list[str], words: str) -> None:
    """No probe waits longer than its period, none is late before it is given up, and a track does not change what it follows."""
    one = Router("c881")
    *first, last = lines
    one.enter(first)
    answer, _ = configure.apply(one.box, one.box.release, one.place, last)
    assert words in "\n".join(answer)
