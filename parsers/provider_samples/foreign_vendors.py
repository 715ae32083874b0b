"""Files that are no sample for Cisco: another vendor's, or no configuration at all. A table; the first row that fits is told."""

from __future__ import annotations

import re

from msgspec import Struct

from ..printed.line_numbers import breaks_before


class NoSample(Struct, frozen=True):
    """What a file is instead. ``lines`` have to be found as often as ``least`` says."""

    what: str
    lines: re.Pattern[str]
    least: int = 2
    advice: str = "download the one for Cisco (IOS, IOS-XE or ASA)"


def _lines(text: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*(?:{text})", re.IGNORECASE | re.MULTILINE)


#: What was given in the place of the file: a page of the provider's portal.
PAGES: tuple[NoSample, ...] = (
    NoSample("a page of HTML (an error or a login)", _lines(r"<!doctype html|<html\b|<head>|<body\b"), 1, "download it again"),
)
#: Sources: configuration guides of the vendors, and the samples that providers give for them.
VENDORS: tuple[NoSample, ...] = (
    NoSample("a sample for Juniper", _lines(r"(?:set|edit) (?:security|interfaces|routing-options|protocols|policy-options) ")),
    NoSample("a sample for Juniper", _lines(r"(?:security|ike|ipsec|routing-options) \{"), 1),
    NoSample(
        "a sample for Palo Alto Networks", _lines(r"(?:set|edit) (?:network ike|network tunnel|network virtual-router) "), 1
    ),
    NoSample("a sample for Palo Alto Networks", _lines(r"<ike-crypto-profiles>|<entry name="), 1),
    NoSample("a sample for Fortinet", _lines(r"config (?:vpn|system|router|firewall) |set (?:remote-gw|psksecret|phase1name) ")),
    NoSample("a sample for Vyatta or VyOS", _lines(r"set vpn ipsec |set interfaces vti ")),
    NoSample("a sample for MikroTik", _lines(r"/ip ipsec |/ip address |add address=")),
    NoSample("a sample for strongSwan or Openswan", _lines(r"conn \S+\s*$|(?:leftsubnet|rightsubnet|keyexchange|authby)\s*=")),
    NoSample("a sample for Huawei or H3C", _lines(r"ike (?:proposal|peer|keychain) |ipsec (?:proposal|policy) |sysname ")),
    NoSample("a sample for SonicWall", _lines(r"vpn policy (?:site-to-site|tunnel-interface) |address-object ipv4 ")),
    NoSample("a sample for Check Point", _lines(r"add vpn tunnel |set vpn tunnel |set static-route ")),
    NoSample("a sample for WatchGuard, Sophos or Barracuda", _lines(r"<\?xml[^>]*>\s*<(?:profile|Sophos|Request)\b"), 1),
    NoSample("a script for PowerShell or a shell", _lines(r"\$\w+ ?= ?New-Az|New-Az|az network |aws ec2 |gcloud compute ")),
    NoSample("a file for Terraform", _lines(r'(?:resource|provider|variable|module|data) "')),
)


def no_sample(text: str, table: tuple[NoSample, ...]) -> tuple[NoSample, int] | None:
    """The first row that fits, and the line on which it is seen first."""
    for row in table:
        places = [match.start() for match in row.lines.finditer(text)]
        if len(places) >= row.least:
            return row, breaks_before(text)(places[0]) + 1
    return None
