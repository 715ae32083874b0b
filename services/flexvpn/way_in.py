"""What the profile of a head-end leans on has to be there, or no client is let in, and nobody is there to tell of it. Pure.

The virtual template of which each client has a clone, the lists that ask for users and authorization, with somebody to answer
them, the policy that a client gets, and its pool. Whether a server answers now no configuration shows; that one is there it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ...changes.config_object import ConfigObject
from ...changes.configurations import tree
from ...changes.configurations.configuration import Configuration
from ...checks.finding import Evidence, Finding, Status
from .intent import FlexVpn
from .names import own_name
from .reading import RUNNING

#: How a profile names its lists, and what begins the line of such a list.
_LISTS = (
    (re.compile(r"aaa authentication anyconnect-eap (?P<list>\S+)"), "aaa authentication login"),
    (re.compile(r"aaa authorization group anyconnect-eap list (?P<list>\S+) (?P<policy>\S+)"), "aaa authorization network"),
)
#: Groups that are every server of their kind on the device.
_ALL = {
    "radius": re.compile(r"radius[ -]server (?:host )?\S+"),
    "tacacs+": re.compile(r"tacacs[ -]server (?:host )?\S+"),
    "ldap": re.compile(r"ldap server \S+"),
}
_OWN = frozenset({"local", "local-case", "none", "if-authenticated", "enable", "line"})
_NAMED = re.compile(r"server name (?P<name>\S+)")


def _groups(words: Sequence[str]) -> tuple[str, ...]:
    """The server groups among the methods of a list."""
    return tuple(name for word, name in pairwise(words) if word == "group")


def _has_servers(group: str, nodes: Sequence[tree.Node]) -> bool:
    if group in _ALL:
        return any(_ALL[group].match(node.line) for node in nodes)
    head = re.compile(rf"aaa group server \S+ {re.escape(group)}")
    own = [line for node in nodes if head.fullmatch(node.line) for line in node.children if line.startswith("server")]
    servers = {node.line.split()[-1] for node in nodes if re.match(r"\S+ server \S+$", node.line)}
    return any((named := _NAMED.match(line)) is None or named["name"] in servers for line in own)


def way_in(wanted: FlexVpn, running: Configuration, time: str) -> Iterator[Finding]:
    """A finding for each thing that the profile names and that is not there, or cannot do its work."""
    profile = running.objects.get("ikev2-profile", own_name(wanted))
    if profile is None:
        return
    for check, field, words in (
        *_template(wanted, profile, running),
        *_lists(profile, running.nodes),
        *_policy(profile, running.nodes),
    ):
        evidence = (Evidence(wanted.host, RUNNING, field, "missing", time),)
        yield Finding(check, wanted.host, Status.FAILED, f"{words}: no client is let in", evidence)


def _template(wanted: FlexVpn, profile: ConfigObject, running: Configuration) -> Iterator[tuple[str, str, str]]:
    own = own_name(wanted)
    number = next((line.split()[1] for line in profile.children if line.startswith("virtual-template ")), "")
    template = running.objects.get("virtual-template", f"Virtual-Template{number}")
    if template is None or f"tunnel protection ipsec profile {own}" not in template.children:
        yield "way-in", "virtual-template", f"IKEv2 profile {own} has no virtual template that is protected by it"
    elif "shutdown" in template.children:
        yield "way-in", "virtual-template", f"Virtual-Template{number} is shut"


def _lists(profile: ConfigObject, nodes: Sequence[tree.Node]) -> Iterator[tuple[str, str, str]]:
    for start, line in _lines(profile, nodes):
        groups = _groups(line.split()[4:])
        dead = [group for group in groups if not _has_servers(group, nodes)]
        if not line:
            yield "aaa", start, f"'{start}' is not there"
        elif groups and len(dead) == len(groups) and _OWN.isdisjoint(line.split()[4:]):
            yield "aaa", start, f"no server of {', '.join(dead)} is there, which {line!r} asks"


def _lines(profile: ConfigObject, nodes: Sequence[tree.Node]) -> Iterator[tuple[str, str]]:
    """How the line of each list that the profile names begins, and the line; empty where it is not there."""
    for pattern, kind in _LISTS:
        named = next((match["list"] for child in profile.children if (match := pattern.match(child))), "")
        if named:
            start = f"{kind} {named}"
            yield start, next((node.line for node in nodes if node.line.startswith(f"{start} ")), "")


def _policy(profile: ConfigObject, nodes: Sequence[tree.Node]) -> Iterator[tuple[str, str, str]]:
    """The policy that clients get by name, and the pool that it names; a server may give both, and then it is not looked for."""
    pattern, _ = _LISTS[1]
    name = next((match["policy"] for child in profile.children if (match := pattern.match(child))), "")
    (line,) = [line for start, line in _lines(profile, nodes) if start.startswith("aaa authorization")] or [""]
    if not name or _groups(line.split()[4:]):
        return
    node = next((node for node in nodes if node.line.split() == ["crypto", "ikev2", "authorization", "policy", name]), None)
    if node is None:
        yield "way-in", "authorization policy", f"authorization policy {name} is not there"
        return
    pool = next((line.split()[1] for line in node.children if line.startswith("pool ")), "")
    if not any(node.line.startswith(f"ip local pool {pool} ") for node in nodes if pool):
        yield "way-in", "pool", f"pool {pool} is not there" if pool else f"authorization policy {name} names no pool"


def asked_servers(wanted: FlexVpn, running: Configuration) -> tuple[str, ...]:
    """The groups that are asked before a client is let in, of which nothing here shows that they answer."""
    profile = running.objects.get("ikev2-profile", own_name(wanted))
    lines = (line for _, line in _lines(profile, running.nodes)) if profile is not None else ()
    return tuple(dict.fromkeys(group for line in lines for group in _groups(line.split())))
