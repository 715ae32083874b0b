"""Static routes, and the MSS that is given to TCP connections on the way.

The default route is none of them: nr-run neither gives nor takes it.

Sources: Cisco IOS IP Routing Command Reference (ip route: one next hop is one route, and another distance replaces the first);
Cisco ASA command reference (route, sysopt connection tcpmss); Cisco IOS IP Application Services Command Reference (ip tcp
adjust-mss).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..family import NOBODY, Editing, Family, Reference, Shared, Touches, patterns, spellings
from . import touches
from .uses import BY_ROUTE

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject, Key

_WORDS = r"(?: (?:\d{1,3}|tag \d+|name \S+|track \d+|permanent))*"
_ROUTE = "where packets for the networks behind the tunnel go"


def _every_connection(_config: Config, _target: ConfigObject, _others: Mapping[Key, ConfigObject]) -> Iterator[str]:
    yield "every TCP connection of the device"


#: Nobody names it, and all that passes heeds it; so it does not go with the tunnel for which it came.
_BY_ALL = Shared(_every_connection, "{use} heeds it")

IOS_ROUTE = Family(
    name="static-route",
    sentence=_ROUTE,
    header=re.compile(
        r"ip route (?:vrf (?P<vrf>\S+) )?(?!0\.0\.0\.0 0\.0\.0\.0 )(?P<network>\d\S+) (?P<mask>\d\S+) (?P<hop>\S+)"
        r"(?: (?P<gateway>\d+\.\S+))?" + _WORDS
    ),
    identity=("vrf", "network", "mask", "hop", "gateway"),
    opens=False,
    shared=BY_ROUTE,
    touches=touches.ROUTE,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    # The distance of 1 is not shown, and a name is shown behind a tag.
    spellings=spellings(
        (r"^(ip route (?:vrf \S+ )?\S+ \S+ \S+(?: \d+\.\S+)?) 1(?= [a-z]|$)", r"\1"),
        (r"^(ip route .+?)( name \S+)( tag \d+)", r"\1\3\2"),
    ),
    references=(
        Reference(
            re.compile(r"ip route (?:vrf \S+ )?\d\S+ \d\S+ (?P<names>Tunnel\d+)(?: .*)?"), "tunnel-interface", mark=" Tunnel"
        ),
        Reference(re.compile(r"ip route .+? track (?P<names>\d+)(?: .*)?"), "track", mark=" track "),
    ),
    switches=re.compile(r"ip route .+"),
)

IOS_MSS = Family(
    name="tcp-mss",
    sentence="the largest segment of TCP connections through an interface, so that they fit the tunnel",
    header=re.compile(r"interface (?P<interface>(?!Tunnel)\S+)(?: (?:point-to-point|multipoint))?"),
    identity=("interface",),
    opens=True,
    shared=_BY_ALL,
    touches=Touches(
        "TCP connections through {interface} are held to segments of {size} bytes from now on, whoever they are of",
        NOBODY,
        "TCP connections through {interface} are not held to segments of {size} bytes any more",
    ),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    children=patterns(r"ip tcp adjust-mss (?P<size>\d+)"),
    spellings=spellings((r"^(interface \S+) (?:point-to-point|multipoint)$", r"\1")),
    remove="no {child}",
    switches=re.compile(r"ip tcp adjust-mss \d+"),
    child_is_object=True,
)


def _place(item: ConfigObject) -> str:
    return f"{item.groups['network']} {item.groups['mask']}"


def _is_nowhere(item: ConfigObject) -> bool:
    return item.groups["nameif"] == "Null0"


def _asa_created(item: ConfigObject, _running: Config) -> Iterator[str]:
    if _is_nowhere(item):
        yield f"packets to {_place(item)} are dropped from now on where no better route leads, whoever sends them"
    else:
        yield f"packets to {_place(item)} go by {item.groups['hop']} from now on, whoever sends them"


def _asa_edited(item: ConfigObject, _running: Config) -> Iterator[str]:
    yield f"packets to {_place(item)} go by {item.groups['hop']} with another distance from now on, whoever sends them"


def _asa_removed(item: ConfigObject, _running: Config) -> Iterator[str]:
    if _is_nowhere(item):
        yield f"packets to {_place(item)} are not dropped any more where no better route leads"
    else:
        yield f"packets to {_place(item)} do not go by {item.groups['hop']} any more, whoever sends them"


ASA_ROUTE = Family(
    name="static-route",
    sentence=_ROUTE,
    header=re.compile(
        r"route (?P<nameif>\S+) (?!0\S* 0)(?P<network>\S+) (?P<mask>\S+) (?P<hop>\S+)"
        r"(?: (?P<distance>\d+))?(?: track \d+| tunneled)?"
    ),
    identity=("network", "mask", "nameif", "hop"),
    opens=False,
    shared=BY_ROUTE,
    touches=Touches(_asa_created, _asa_edited, _asa_removed),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    # The distance is always shown.
    spellings=spellings((r"^(route \S+ \S+ \S+ \S+)(?= track|$)", r"\1 1")),
    switches=re.compile(r"route .+"),
    # Whether another distance takes the place of the first is known of no release, so the line goes and comes in one write.
    editing=Editing(whole=True),
)

ASA_MSS = Family(
    name="tcp-mss",
    sentence="the largest segment of TCP connections through the device, so that they fit the tunnel",
    header=re.compile(r"sysopt connection tcpmss (?P<size>\d+)"),
    identity=(),
    opens=False,
    shared=_BY_ALL,
    touches=Touches(
        "TCP connections through the device are held to segments of {size} bytes from now on, whoever they are of",
        NOBODY,
        "TCP connections through the device are held to segments of 1380 bytes again, as by default",
    ),
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=NOBODY,
    switches=re.compile(r"sysopt connection tcpmss \d+"),
)
