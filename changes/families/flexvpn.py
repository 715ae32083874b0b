"""A FlexVPN head-end for remote clients on IOS-XE: what clients get, the file of their profile, and the interface that is cloned.

Sources: FlexVPN and Internet Key Exchange Version 2 configuration guide, IOS-XE 17 (crypto ikev2 authorization policy, pool,
route set access-list, def-domain; remote access); crypto vpn anyconnect profile and virtual-template in Cisco's documents on
head-ends for Secure Client with a C8000V.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..family import NOBODY, Editing, Family, Reference, Touches, patterns, spellings
from .names import by_words, list_named
from .tunnel_interface import by_profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..objects import Config, ConfigObject

#: How a profile says whom it authorizes by what: the list, then the policy.
AUTHORIZATION = r"aaa authorization (?:group|user) (?:anyconnect-eap|eap|cert|psk) list "
_TEMPLATE = "virtual-template "


def template_named(line: str, name: str) -> bool:
    """A profile names the interface ``Virtual-Template10`` by its number."""
    number = name.removeprefix("Virtual-Template")
    return f" {line} ".find(f" {_TEMPLATE}{number} ") >= 0 or name in line.split()[1:]


def _none(_item: ConfigObject) -> tuple[str, ...]:
    return ()


def _cloned(item: ConfigObject, _running: Config) -> Iterator[str]:
    for line in item.children:
        if line.startswith("ip unnumbered "):
            name = item.groups["interface"]
            yield f"each client gets an interface cloned of {name}, with the address of {line.removeprefix('ip unnumbered ')}"


STANDARD_LIST = Family(
    name="standard-list",
    sentence="networks, an access list of sources alone",
    header=re.compile(r"ip access-list standard (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=list_named,
    children=patterns(r"permit \d\S+(?: \d\S+)?", r"permit (?:any|host \d\S+)", r"deny (?:any|(?:host )?\d\S+(?: \d\S+)?)"),
    spellings=spellings((r"^\d+ (?=permit |deny |remark )", ""), (r"^((?:permit|deny) )host ", r"\1")),
    remove="no ip access-list standard {name}",
    ordered=True,
    traffic=True,
    marked=re.compile(r"permit .+"),
)

AUTHORIZATION_POLICY = Family(
    name="ikev2-authorization",
    sentence="what clients of a head-end get: addresses, names, and the networks that they reach",
    header=re.compile(r"crypto ikev2 authorization policy (?P<name>\S+)"),
    identity=("name",),
    opens=True,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=by_words(AUTHORIZATION),
    children=patterns(
        r"pool \S+",
        r"dns \d\S+(?: \d\S+)?",
        r"wins \d\S+(?: \d\S+)?",
        r"netmask \d\S+",
        r"def-domain \S+",
        r"route set access-list \S+",
        r"route set interface",
    ),
    references=(
        Reference(re.compile(r"pool (?P<names>\S+)"), "address-pool"),
        Reference(re.compile(r"route set access-list (?P<names>\S+)"), "standard-list"),
    ),
    remove="no crypto ikev2 authorization policy {name}",
    editing=Editing(single=("pool", "dns", "wins", "netmask", "def-domain", "route set access-list")),
)

CLIENT_PROFILE = Family(
    name="client-profile",
    sentence="the file that clients are given: it lies on the flash, and is no part of the configuration",
    header=re.compile(r"crypto vpn anyconnect profile (?P<name>\S+) (?P<url>\S+:\S+)"),
    identity=("name",),
    opens=False,
    shared=NOBODY,
    touches=NOBODY,
    key_of=NOBODY,
    peers_of=NOBODY,
    ike=NOBODY,
    named_in=by_words(r"(?:^| )anyconnect profile "),
    remove="no {line}",
    editing=Editing(whole=True),
)

VIRTUAL_TEMPLATE = Family(
    name="virtual-template",
    sentence="the interface that is cloned for each client of a profile that names it",
    header=re.compile(r"interface (?P<interface>Virtual-Template\d+)(?: type tunnel)?"),
    identity=("interface",),
    opens=True,
    shared=NOBODY,
    touches=Touches(_cloned, NOBODY, "no client can connect any more; those that are connected have lost their tunnel"),
    key_of=NOBODY,
    # Nobody is known beforehand; it is what a head-end is known by all the same.
    peers_of=_none,
    ike=by_profile,
    named_in=template_named,
    children=patterns(
        r"description .+",
        r"ip unnumbered \S+",
        r"ip mtu \d+",
        r"ip tcp adjust-mss \d+",
        r"zone-member security \S+",
        r"tunnel source \S+",
        r"tunnel mode ipsec ipv4",
        r"tunnel protection ipsec profile \S+",
    ),
    shown_first=("no ip address",),
    references=(
        Reference(re.compile(r"tunnel protection ipsec profile (?P<names>\S+)(?: .+)?"), "ipsec-profile", built_in=("default",)),
    ),
    remove="no interface {interface}",
    editing=Editing(single=("description", "ip unnumbered", "ip mtu", "ip tcp adjust-mss", "tunnel source", "tunnel protection")),
)
