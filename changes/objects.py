"""Configuration text as objects of known families, so that two texts can be compared by meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from ..inventory.errors import ChangeError
from ..inventory.kept import kept_by_text
from . import cli_syntax
from .config_object import ConfigObject, Key, without_number
from .configurations import tree
from .configurations.literals import is_text, may_begin
from .families import FAMILIES, STEMS, families_for
from .family import Family, Nobody, Reference

__all__ = [
    "Config",
    "ConfigObject",
    "Key",
    "names",
    "nodes_of",
    "objects_in",
    "read",
    "read_desired",
    "referrers",
    "strange_use",
    "without_number",
]

T = TypeVar("T")
#: Where the lines of an access list stand that no family knows: numbered on IOS, of another kind than ours on an ASA.
_LISTED = re.compile(r"access-list (?P<name>\S+) (?P<line>.+)")
_OTHER_LIST = re.compile(r"ip access-list (?:extended|standard) (?P<name>\S+)")


class Config(Struct, frozen=True, dict=True):
    """A device's configuration: the objects of known families, and the nodes that no family knows.

    It is immutable, and keeps what was looked up in it.
    """

    objects: dict[Key, ConfigObject]
    others: tuple[tree.Node, ...]
    #: All nodes, those of known objects too.
    nodes: tree.Nodes = field(default_factory=tree.Nodes)
    #: An object that is one line, to the object below whose header it stands.
    within: Mapping[Key, Key] = field(default_factory=dict)
    #: Names in the lines that make single lines of what is so called objects of ours to handle.
    named_elsewhere: frozenset[str] = frozenset()

    def of(self, family: str) -> tuple[ConfigObject, ...]:
        """All objects of one family, in the order of the text."""
        return self._by_family.get(family, ())

    def key_of(self, peer: str) -> ConfigObject | None:
        """The object that is the pre-shared key of this peer, or None; what holds the keys of several peers is none."""
        return self._keys.get(peer)

    def get(self, family: str, *identity: str) -> ConfigObject | None:
        """One object, or None."""
        return self.objects.get((family, identity))

    def kept(self, make: Callable[[Config], T]) -> T:
        """What ``make`` finds in it, made once: a look-up of whoever reads it. A hub is asked for each of its tunnels."""
        if make not in self.looked_up:
            self.looked_up[make] = make(self)
        found: T = self.looked_up[make]
        return found

    @cached_property
    def looked_up(self) -> dict[Callable[[Config], Any], Any]:
        """What was made so."""
        return {}

    @cached_property
    def known(self) -> frozenset[tuple[str, tuple[str, ...]]]:
        """Family and name of every object."""
        return frozenset((family, identity[:1]) for family, identity in self.objects)

    @cached_property
    def tunnels_to(self) -> Mapping[str, tuple[ConfigObject, ...]]:
        """Peer to the map entries and tunnel interfaces that go to it."""
        found: dict[str, list[ConfigObject]] = {}
        for item in self.objects.values():
            for peer in dict.fromkeys(item.peers) if item.family.is_tunnel else ():
                found.setdefault(peer, []).append(item)
        return {peer: tuple(items) for peer, items in found.items()}

    def with_lines_of(self, items: Iterable[ConfigObject]) -> Config:
        """The same, with those of ``items`` in it that stand there as lines, whatever makes them objects of ours or not."""
        found = {
            item.key: ConfigObject(item.family, item.header, (line,))
            for item in items
            if item.family.only_of and item.key not in self.objects and (node := self.named_nodes.get(item.header))
            for line in node.children
            if line in item.children
        }
        return replace(self, objects={**self.objects, **found}) if found else self

    @cached_property
    def naming(self) -> Mapping[tuple[str, str], Sequence[tuple[ConfigObject, Reference]]]:
        """Family and name to the objects that name it, each once, with the rule by which it does."""
        found: dict[tuple[str, str], dict[Key, tuple[ConfigObject, Reference]]] = {}
        for item in self.objects.values():
            for rule, name in item.named:
                if rule.by_line:
                    continue
                for family in filter(None, (rule.family, rule.or_family)):
                    found.setdefault((family, name), {})[item.key] = (item, rule)
        return {what: tuple(items.values()) for what, items in found.items()}

    @cached_property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """Name to the lines of every access list, named or numbered, in their order and without sequence numbers."""
        lists = (item for item in self.objects.values() if item.family.traffic)
        found = {item.key[1][0]: [without_number(line) for line in item.children] for item in lists}
        for node in self.others:
            numbered, named = _LISTED.fullmatch(node.line), _OTHER_LIST.fullmatch(node.line)
            if numbered:
                found.setdefault(numbered["name"], []).append(without_number(numbered["line"]).strip())
            elif named:
                found.setdefault(named["name"], []).extend(without_number(line) for line in node.children)
        return {name: tuple(lines) for name, lines in found.items()}

    @cached_property
    def map_lines(self) -> tuple[str, ...]:
        """Lines of crypto maps that are no entries for peers: dynamic entries, those of other kinds, settings of a whole map."""
        known = (item.header for item in self.objects.values() if item.family.of_map)
        return (*(node.line for node in self.others if node.line.startswith("crypto map ")), *known)

    @cached_property
    def named_nodes(self) -> Mapping[str, tree.Node]:
        """Header to the first node that has it (``object network LAN``)."""
        return {node.line: node for node in reversed(self.nodes)}

    @cached_property
    def strange_lines(self) -> tuple[tuple[ConfigObject | None, str], ...]:
        """Lines that may name an object by no rule: those of no family, and those of an object that are no references."""
        others = ((None, line) for node in self.others for line in (node.line, *node.children))
        return (*others, *_unruled(self.objects.values()))

    @cached_property
    def strange_text(self) -> str:
        """All of those lines as one text, for a quick test whether a name is in any of them."""
        return "\n".join(line for _, line in self.strange_lines)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What an ASA prints in the place of an address, to the address (``name 10.0.0.0 LAN``)."""
        lines = (node.line.split() for node in self.others if node.line.startswith("name "))
        return {words[2]: words[1] for words in lines if len(words) > 2}

    @cached_property
    def _by_family(self) -> Mapping[str, tuple[ConfigObject, ...]]:
        found: dict[str, list[ConfigObject]] = {}
        for item in self.objects.values():
            found.setdefault(item.family.name, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def _keys(self) -> Mapping[str, ConfigObject]:
        return {item.peer: item for item in reversed(self.objects.values()) if item.family.holds_key and item.peer}


@kept_by_text()
def read(os: str, text: str) -> Config:
    """Objects of a running configuration; a line below a known header that its family does not know stays with the object."""
    if isinstance(text, tree.ReadText):
        found: Config = text.objects
        return found
    return _config(os, nodes_of(os, text), desired=False)


def read_more(os: str, config: Config, more: tree.Nodes) -> Config | None:
    """What ``more`` nodes, which would stand behind all others, bring into a configuration; None where it has to be read again.

    That is so where they say more of what is there, or are not all of known families.
    """
    nodes = tree.Nodes(cli_syntax.nest(FAMILIES[os], more))
    if any(node.line in config.named_nodes or node.line.startswith(_NAMING) or may_begin(node.line) for node in nodes):
        return None
    found = _config(os, nodes, desired=False, named=config.named_elsewhere)
    return None if found.others or found.objects.keys() & config.objects.keys() else found


def _config(os: str, nodes: tree.Nodes, *, desired: bool, named: frozenset[str] | None = None) -> Config:
    objects: dict[Key, ConfigObject] = {}
    others: list[tree.Node] = []
    within: dict[Key, Key] = {}
    named = _named_elsewhere(os, nodes) if named is None else named
    for node in nodes:
        found = _objects_in_folded(os, node, named, desired=desired)
        whole = next((item for item in found if not item.family.child_is_object), None)
        if whole is None:
            others.append(node)
        elif whole.key in objects:
            # An ASA shows an object and its translation apart, under the same header.
            above = objects[whole.key]
            objects[whole.key] = replace(above, children=(*above.children, *whole.children))
        else:
            objects[whole.key] = whole
        for item in found:
            if item is not whole:
                objects[item.key] = item
                if whole is not None:
                    within[item.key] = whole.key
    return Config(objects, tuple(others), nodes, within, named)


def _named_elsewhere(os: str, nodes: Iterable[tree.Node]) -> frozenset[str]:
    """Names in the lines that make single lines of what is so called objects of ours to handle."""
    forms = [family.only_of for family in FAMILIES[os] if family.only_of]
    lines = [node.line for node in nodes if forms and node.line.startswith(_NAMING)]
    return frozenset(match["name"] for form in forms for line in lines if (match := form.fullmatch(line)))


#: What such lines begin with.
_NAMING = tuple(form.pattern.split(" ")[0] for families in FAMILIES.values() for item in families if (form := item.only_of))


@lru_cache(maxsize=8192)
def objects_in(os: str, node: tree.Node) -> tuple[tuple[Key, ConfigObject], ...]:
    """Objects of known families that a node holds, each with its key."""
    if not _may_open(os, node):
        return ()
    folded = cli_syntax.nest(FAMILIES[os], (node,))
    return tuple((item.key, item) for one in folded for item in _objects_in_folded(os, one, None, desired=False))


def _may_open(os: str, node: tree.Node) -> bool:
    """A quick test: False for most lines of a configuration."""
    return node.line.startswith(STEMS[os]) and not node.literal


def _objects_in_folded(os: str, node: tree.Node, named: Collection[str] | None, *, desired: bool) -> tuple[ConfigObject, ...]:
    """The object that the header opens, and those that single lines below it are. A text that is desired has each line once.

    ``named``: what other lines of the text make single lines of; None where the text is not at hand, so that all may be.
    """
    if not _may_open(os, node):
        return ()
    return _made_of(os, node, named is None or node.line.rsplit(None, 1)[-1] in named, desired)


#: A device shows its configuration several times while it is changed, and most of it is what it was.
@lru_cache(maxsize=16384)
def _made_of(os: str, node: tree.Node, is_named: bool, desired: bool) -> tuple[ConfigObject, ...]:
    whole: ConfigObject | None = None
    single: list[ConfigObject] = []
    for family in families_for(os, node.line):
        if family.child_is_object:
            if not family.only_of or is_named:
                single += (ConfigObject(family, node.line, (line,)) for line in _below(family, node) if _is_line_of(family, line))
        elif whole is None and not (desired and (_unknown_line(family, node) or not _is_marked(family, node))):
            whole = ConfigObject(family, node.line, _below(family, node))
    if desired and single and any(item.family.only_of for item in single):
        return tuple(single)
    if desired and whole:
        return (whole,)
    return (whole, *single) if whole else tuple(single)


def added_lines(os: str, there: ConfigObject, wanted: ConfigObject) -> tuple[ConfigObject, ...]:
    """What of ``wanted`` an object lacks, as objects of single lines; nothing if it is not that alone by which the two differ."""
    have, want = set(there.canonical_children), wanted.canonical_children
    missing = [line for line in want if line not in have]
    lines = [family for family in families_for(os, wanted.header) if family.child_is_object and not family.only_of]
    found = [ConfigObject(family, there.header, (line,)) for line in missing for family in lines if _is_line_of(family, line)]
    more = ConfigObject(there.family, there.header, (*there.children, *missing))
    return tuple(found) if len(found) == len(missing) and more.meaning == wanted.meaning else ()


def _is_marked(family: Family, node: tree.Node) -> bool:
    return family.marked is None or any(family.marked.fullmatch(line) for line in node.children)


def _below(family: Family, node: tree.Node) -> tuple[str, ...]:
    """The lines below a header as the family reads them, without those that only end a sub-mode."""
    lines = node.paths if family.openers or family.flat else node.children
    return tuple(line for line in lines if family.split(line)[1] not in family.closing) if family.closing else lines


def _is_line_of(family: Family, line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in family.children)


def _unknown_line(family: Family, node: tree.Node) -> str:
    """The first line below a header that its family does not know, or nothing."""
    return next((line for line in _below(family, node) if not _is_line_of(family, line)), "")


def read_desired(os: str, text: str) -> Config:
    """Objects of a desired configuration. Raises ChangeError for a line that no family knows."""
    nodes = nodes_of(os, text)
    for node in nodes:
        known = tuple(families_for(os, node.line)) if not node.literal else ()
        if not known:
            raise ChangeError(f"no rule knows the line {node.line!r}, so it will not be pushed")
        whole = [family for family in known if not family.child_is_object and _is_marked(family, node)]
        unknown = [_unknown_line(family, node) for family in whole]
        if unknown and not all(unknown):
            continue
        parts = [family for family in known if family.child_is_object]
        below = next((_below(family, node) for family in parts if family.openers), node.children)
        above = {": ".join(family.split(line)[0]) for family in parts if family.openers for line in below} - {""}
        strange = next((line for line in below if line not in above and not any(_is_line_of(one, line) for one in parts)), "")
        if strange or not parts:
            line = next(filter(None, unknown), strange)
            raise ChangeError(f"no rule knows the line {line!r} below {node.line!r}, so it will not be pushed")
    return _desired(os, nodes)


@lru_cache(maxsize=32)
def _desired(os: str, nodes: tree.Nodes) -> Config:
    return _config(os, nodes, desired=True)


@kept_by_text()
def nodes_of(os: str, text: str) -> tree.Nodes:
    """A configuration as headers with the lines below them, however the device writes them."""
    if isinstance(text, tree.ReadText):
        found: tree.Nodes = text.objects.nodes
        return found
    return tree.Nodes(cli_syntax.nest(FAMILIES[os], tree.parse(text)))


def referrers(config: Config, target: ConfigObject, *, besides: Iterable[Key] = ()) -> tuple[ConfigObject, ...]:
    """Objects that would refer to nothing if ``target`` were gone; the objects ``besides`` go as well and are not counted."""
    left_out = {*besides, target.key}
    name = target.key[1][0] if target.key[1] else ""
    return tuple(
        item
        for item, reference in config.naming.get((target.family.name, name), ())
        if item.key not in left_out
        and config.within.get(item.key) not in left_out
        and not (reference.of_set and _members(config, reference, name, left_out))
    )


def names(line: str, target: ConfigObject) -> bool:
    """True if a line, of any kind, refers to this object by its name, by the rule of its family."""
    rule, name = target.family.named_in, target.key[1][0] if target.key[1] else ""
    if isinstance(rule, Nobody) or not name or name not in line or is_text(line):
        return False
    return rule(line, name)


def strange_use(config: Config, target: ConfigObject) -> str:
    """A line that refers to the object and is no reference that a rule knows, or nothing.

    It may stand in no known family (``ip access-group``, a dynamic map), or in an object of one (a filter of a group policy).
    """
    name = target.key[1][0] if target.key[1] else ""
    if isinstance(target.family.named_in, Nobody) or name not in config.strange_text:
        return ""
    own = config.objects.get(target.key)
    return next((line for item, line in config.strange_lines if item is not own and names(line, target)), "")


def _unruled(items: Iterable[ConfigObject]) -> Iterator[tuple[ConfigObject, str]]:
    """Lines below known objects that their families do not know, each with its object; those of lists of traffic name nothing."""
    for item in items:
        deep = item.family.parts or item.family.openers
        for line in item.children if not item.family.traffic else ():
            if not item.family.knows(line) and not any(reference.names_in(line) for reference in item.family.references):
                yield item, item.family.split(line)[1] if deep else line


def _members(config: Config, reference: Reference, name: str, left_out: set[Key]) -> bool:
    """True if the set ``name`` keeps a member: an object of its families, or a line of another kind (an entry for a group)."""
    members = [item for family in (reference.family, reference.or_family) for item in config.of(family)]
    if any(item.key[1][0] == name and item.key not in left_out for item in members):
        return True
    stems = tuple({f"{' '.join(item.header.split()[:2])} {name} " for item in members})
    lines = (node.line for node in config.others if stems and node.line.startswith(stems))
    return any(line.split()[3].isdigit() for line in lines)
