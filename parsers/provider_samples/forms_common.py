"""Lines of samples that IOS and ASA write alike."""

from __future__ import annotations

from .line_form import LineForm
from .line_form import row as _row

COMMON: tuple[LineForm, ...] = (
    _row(
        "",
        "session",
        "save",
        r"(?:copy run(?:ning-config)? start(?:up-config)?|write(?: mem(?:ory)?)?|wr)",
        fault="saves before anything is verified, so that a reload undoes nothing",
    ),
    _row("", "session", "configure", r"conf(?:igure)? t(?:erminal)?"),
    _row("", "bgp", "bgp", r"router bgp (?P<n_asn>\S+)", opens=True),
    _row("", "bgp", "bgp-family", r"address-family ipv4(?: unicast)?", "bgp", opens=True),
    _row("", "bgp", "bgp-neighbour-as", r"neighbor (?P<a_neighbour>\S+) remote-as (?P<n_asn>\S+)", "bgp", "bgp-family"),
    _row("", "bgp", "bgp-neighbour", r"neighbor (?P<a_neighbour>\S+) (?P<what>.+)", "bgp", "bgp-family"),
    _row("", "bgp", "bgp-network", r"network (?P<a_network>\S+)(?: mask (?P<a_mask>\S+))?", "bgp", "bgp-family"),
    _row(
        "",
        "bgp",
        "bgp-setting",
        r"(?:bgp|maximum-paths|timers|redistribute|no auto-summary|no synchronization|auto-summary"
        r"|aggregate-address|distance|default-information)\b.*",
        "bgp",
        "bgp-family",
    ),
    _row("", "bgp", "prefix-list", r"(?:ip )?prefix-list \S+ (?:seq \d+ )?(?:permit|deny) \S+.*"),
    _row("", "bgp", "as-path", r"(?:ip )?as-path access-list .+"),
    _row("", "policy-routing", "route-map", r"route-map \S+(?: (?:permit|deny)(?: \d+)?)?", opens=True),
    _row("", "policy-routing", "route-map-line", r"(?:match|set|description) .+", "route-map"),
    _row("", "box", "hostname", r"(?:hostname|domain-name|ip domain[ -]name) \S+", box="the name of the device"),
)
