"""What watches a path: IP SLA operations, their schedules, and the track objects that follow them.

Sources: Cisco IOS IP SLAs Command Reference (ip sla from 12.4(4)T on; a line of an operation is typed in the sub-mode that its
kind opens, and one ``exit`` leaves all of them; http-raw-request takes every line as it is until ``exit``; an operation that is
scheduled cannot be changed, it has to be taken away and given again); Cisco IOS IP Application Services Command Reference
(track: ``ip sla`` from 12.4(20)T on, ``rtr`` before; without a word behind the operation it follows its state).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..family import NOBODY, Editing, Family, Reference, Touches, patterns, spellings

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject

_OPERATION = "sla-operation"
_TUNNEL = "tunnel-interface"
_REACTION = re.compile(r"ip sla (?:reaction-configuration|reaction-trigger) (?P<number>\d+)(?: .*)?")
_GROUP = re.compile(r"ip sla group schedule \d+ (?P<numbers>[\d,-]+)(?: .*)?")


def _operation_named(line: str, number: str) -> bool:
    """What else says something of an operation: its reactions, and groups of operations that are scheduled together."""
    reaction, group = _REACTION.fullmatch(line), _GROUP.fullmatch(line)
    spans = (span.partition("-") for span in group["numbers"].split(",")) if group else ()
    within = any(int(first) <= int(number) <= int(last or first) for first, _, last in spans if first and (last or not _))
    return within or (reaction is not None and reaction["number"] == number)


def _track_named(line: str, number: str) -> bool:
    """A line of another kind that asks a track: HSRP, the event manager, a list of tracks."""
    return re.search(rf"(?:^| )(?:track|object) {number}(?: |$)", line) is not None


def _probe_created(item: ConfigObject, _running: Config) -> Iterator[str]:
    what = next((line for line in item.children if line.startswith(("icmp-echo ", "tcp-connect ", "http "))), "nothing yet")
    yield f"the device sends probes of its own, once operation {item.groups['number']} is scheduled: {what}"


IOS_OPERATION = Family(
    name=_OPERATION,
    sentence="a probe that asks over and over whether a path works",
    header=re.compile(r"ip sla (?P<number>\d+)"),
    identity=("number",),
    opens=True,
    shared=NOBODY,
    touches=Touches(_probe_created, NOBODY, NOBODY),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=_operation_named,
    children=patterns(
        r"icmp-echo \d\S+(?: source-(?:ip|interface) \S+)?",
        r"tcp-connect \d\S+ \d+(?: source-ip \d\S+)?(?: control (?:enable|disable))?",
        r"http (?:raw|get) (?:url )?http://\S+(?: source-ip \d\S+)?",
        # What stood behind the way out of it would be typed in another mode.
        r"http-raw-request(?:\n(?!\s*exit\s*(?:\n|$)).*)*(?:\n\s*exit)?",
        r"frequency \d+",
        r"timeout \d+",
        r"threshold \d+",
        r"tag \S.*",
        r"owner \S.*",
    ),
    defaults=("frequency 60", "timeout 5000", "threshold 5000"),
    # The word in front of an address is shown by older releases; a connection announces itself by default.
    spellings=spellings((r"^(http (?:raw|get)) url ", r"\1 "), (r"^(tcp-connect .+) control enable$", r"\1")),
    references=(
        Reference(re.compile(r"icmp-echo \S+ source-interface (?P<names>Tunnel\d+)"), _TUNNEL, mark=" source-interface "),
    ),
)

IOS_SCHEDULE = Family(
    name="sla-schedule",
    sentence="sets a probe to work; without it the probe never asks",
    header=re.compile(
        r"ip sla schedule (?P<number>\d+)"
        r"(?: (?:life (?:forever|\d+)|start-time (?:now|pending|after \S+|\d\S+(?: \w+ \d+)?)|ageout \d+|recurring))+"
    ),
    identity=("number",),
    opens=False,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    # The life is shown before the start; an hour is the life without the word, and a probe that is over stays for ever.
    spellings=spellings(
        (r"^(ip sla schedule \d+)(?P<before>.*) (life \S+)", r"\1 \3\2"),
        (r" life 3600(?= |$)", ""),
        (r" ageout 0(?= |$)", ""),
    ),
    references=(Reference(re.compile(r"ip sla schedule (?P<names>\d+) .+"), _OPERATION),),
    remove="no ip sla schedule {number}",
    switches=re.compile(r"ip sla schedule .+"),
)


def _followers(item: ConfigObject, running: Config) -> Iterator[str]:
    number = item.groups["number"]
    for other in (*running.of("static-route"), *running.of("route-map-clause")):
        if any(rule.family == "track" and name == number for rule, name in other.named):
            yield f"{other.title} follows track {number}, and changes its way by it at other times from now on"


IOS_TRACK = Family(
    name="track",
    sentence="whether a path works, by what its probe says, for the routes and route maps that ask",
    header=re.compile(r"track (?P<number>\d+) (?:ip sla|rtr) (?P<operation>\d+)(?: (?P<aspect>reachability|state))?"),
    identity=("number",),
    opens=True,
    shared=NOBODY,
    touches=Touches(NOBODY, _followers, NOBODY),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=_track_named,
    children=patterns(r"delay (?:up \d+(?: down \d+)?|down \d+(?: up \d+)?)"),
    spellings=spellings(
        (r"^(track \d+) rtr ", r"\1 ip sla "),
        (r"^(track \d+ ip sla \d+)$", r"\1 state"),
        (r"^delay (up \d+) (down \d+)$", r"delay \2 \1"),
    ),
    references=(Reference(re.compile(r"track \d+ (?:ip sla|rtr) (?P<names>\d+)(?: \w+)?"), _OPERATION, mark="track "),),
    remove="no track {number}",
    editing=Editing(single=("delay",)),
)
