"""Whoever is asked for users and authorization has to be there: a list that nobody answers lets no client in. Pure.

Whether a server answers now is not shown by a configuration; that there is one, and which, is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ...changes.configurations import tree
from ...checks.finding import Evidence, Finding, Status
from .intent import FlexVpn
from .reading import RUNNING

_KINDS = (("authentication login", "authentication_list"), ("authorization network", "authorization_list"))
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


def judged_lists(wanted: FlexVpn, nodes: Sequence[tree.Node], time: str) -> Iterator[Finding]:
    """A finding for each list of the intent that is not there, or of which every method is a group without a server."""
    for kind, field in _KINDS:
        name = getattr(wanted, field)
        if name is None:
            continue
        line = next((node.line for node in nodes if node.line.startswith(f"aaa {kind} {name} ")), "")
        methods = line.split()[4:]
        groups = _groups(methods)
        dead = [group for group in groups if not _has_servers(group, nodes)]
        if line and (len(dead) < len(groups) or not groups or not _OWN.isdisjoint(methods)):
            continue
        words = (
            f"'aaa {kind} {name}' is not there" if not line else f"no server of {', '.join(dead)} is there, which {line!r} asks"
        )
        evidence = (Evidence(wanted.host, RUNNING, f"aaa {kind}", line or "none", time),)
        yield Finding("aaa", wanted.host, Status.FAILED, f"{words}: no client is let in", evidence)


def asked_servers(wanted: FlexVpn, nodes: Sequence[tree.Node]) -> tuple[str, ...]:
    """The groups that are asked before a client is let in, of which nothing here shows that they answer."""
    lines = (f"aaa {kind} {getattr(wanted, field)} " for kind, field in _KINDS if getattr(wanted, field) is not None)
    found = (group for start in lines for node in nodes if node.line.startswith(start) for group in _groups(node.line.split()))
    return tuple(dict.fromkeys(found))
