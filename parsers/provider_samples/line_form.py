"""What a line of a sample can be: one row a form, with the sub-mode it stands in, the one it opens, and what becomes of it.

Samples are indented as somebody typed them, so that a sub-mode is known by its rows and never by blanks. Named groups: those that
begin with ``a_`` are addresses, masks or networks, ``n_`` numbers; another word there is a blank that somebody has to fill in.

Sources: Cisco IOS security command references 12.4, 15M&T and IOS-XE 17; Cisco ASA command references 8.2, 8.4 and 9.x.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct


class LineForm(Struct, frozen=True):
    """One form. ``inside`` are names of forms whose sub-mode it stands in, empty at the margin; ``opens`` one of its own.

    ``area`` is what the line is about (see AREAS). ``box`` says why it is no matter of one tunnel. ``since`` and ``until`` are
    releases by operating system: the first that takes it, and the first that does not. ``weak`` and ``fault`` say what is wrong
    with every such line.
    """

    name: str
    os: str
    pattern: re.Pattern[str]
    area: str
    inside: tuple[str, ...] = ()
    opens: bool = False
    box: str = ""
    since: str = ""
    until: str = ""
    weak: str = ""
    fault: str = ""


#: What a line is about -> why it is not in the intent; nothing where it is.
AREAS: Mapping[str, str] = {
    "ike": "",
    "ipsec": "",
    "key": "",
    "tunnel": "",
    "selector": "",
    "route": "",
    "binding": "",
    "group-policy": "a LAN-to-LAN tunnel gets a group policy of its own, which inherits nothing",
    "exemption": "nr-run looks at the translation of the device and exempts the tunnel's traffic where it has to",
    "dpd": "dead peer detection is the field dpd of the tunnel; what is set for the whole device is never rendered",
    "mss": "the segment size is the field mss of a tunnel interface; what is set for the whole device is never rendered",
    "bgp": "BGP is not part of a LAN-to-LAN tunnel, which has static routes",
    "policy-routing": "policy routing is not part of a LAN-to-LAN tunnel",
    "probe": "probes and tracks are not part of a LAN-to-LAN tunnel",
    "filter": "lists that let traffic in or keep it out are not nr-run's to write",
    "other-route": "routes that lead elsewhere than into the tunnel are not nr-run's to write",
    "addressing": "interfaces and their addresses are not nr-run's to write",
    "box": "settings of the whole device are never rendered",
    "session": "a run saves the configuration itself, when the tunnel is verified",
}


def row(os: str, area: str, name: str, pattern: str, *inside: str, **more: str | bool) -> LineForm:
    """One row of a table; the fields behind the pattern by name, but for ``inside``."""
    return LineForm(name, os, re.compile(pattern, re.IGNORECASE), area, inside, **more)  # type: ignore[arg-type]
