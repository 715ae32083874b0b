"""Configuration text as objects of known families, so that two texts can be compared by meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ..inventory.errors import ChangeError
from . import cli_syntax as spelling
from . import tree
from .families import FAMILIES
from .family import Family, Reference
from .literals import is_text

Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class ConfigObject:
    """One object: its family, the header line and the lines below, as the text has them."""

    family: Family
    header: str
    children: tuple[str, ...] = ()

    @cached_property
    def groups(self) -> dict[str, str]:
        """Named parts of the header (``name``, ``map``, ``sequence``, ``peer``...); absent parts are empty."""
        match = self.family.header.fullmatch(self.header)
        return {name: value or "" for name, value in match.groupdict().items()} if match else {}

    @cached_property
    def key(self) -> Key:
        """What tells it apart from every other object of the device."""
        return self.family.name, _identity(self.family.header, self.family.identity, self.header)

    @property
    def title(self) -> str:
        """Family and identity, for a sentence."""
        return " ".join((self.family.name, *self.key[1]))

    @property
    def canonical_children(self) -> tuple[str, ...]:
        """The lines below, each in one spelling. A section without a line in it sets nothing, so it is none of them."""
        kept = (child for child in self.children if child not in self.family.parts)
        return tuple(part for child in kept for part in _parts(_canonical(child)))

    @property
    def peer(self) -> str:
        """Address or name of the peer whose key it holds; empty for an object without a key."""
        return self.key[1][0] if self.family.holds_key else ""

    @property
    def transform_names(self) -> tuple[str, ...]:
        """Transform sets that a map entry names, best first."""
        lines = (_TRANSFORMS.fullmatch(line) for line in self.children)
        return tuple(name for match in lines if match for name in match["names"].split())

    @cached_property
    def peers(self) -> tuple[str, ...]:
        """Addresses of a map entry's peers, the one to begin with first."""
        lines = (line.split()[2:] for line in self.children if line.startswith("set peer "))
        return tuple(word for words in lines for word in words if word != "default")

    @property
    def dynamic(self) -> str:
        """Name of the dynamic map that a map entry stands for, or nothing."""
        return self.child("ipsec-isakmp dynamic") or ""

    @property
    def map_name(self) -> str:
        """Name of the map that a binding puts to work; without what may stand behind it (``redundancy``)."""
        return self.groups.get("map") or (self.child("crypto map") or " ").split(" ")[0]

    @property
    def named(self) -> tuple[tuple[Reference, str], ...]:
        """What its header and its lines name, by the rules of its family: the one reading of what refers to what."""
        lines = (self.header, *self.children) if self.family.references else ()
        return tuple((rule, name) for line in lines for rule in self.family.references for name in rule.names_in(line))

    @property
    def nodes(self) -> tuple[tree.Node, ...]:
        """As the device shows it."""
        return spelling.unfold(self.family, self.header, self.children)

    @cached_property
    def meaning(self) -> tuple[str, frozenset[str] | tuple[str, ...]]:
        """Equal for two objects if and only if they do the same: defaults written out, order only where it matters."""
        given = self.canonical_children
        if self.family.ordered:
            return self.header, given
        settings = {self.family.setting_of(child) for child in given}
        defaults = (_canonical(default) for default in self.family.defaults)
        assumed = (default for default in defaults if self.family.setting_of(default) not in settings)
        return _canonical(self.header), frozenset((*given, *assumed))

    @property
    def shown_unasked(self) -> frozenset[str]:
        """Lines that a device shows below such an object though nobody typed them, in one spelling."""
        return frozenset(_canonical(line) for line in (*self.family.defaults, *self.family.shown_first))

    def child(self, words: str) -> str | None:
        """What follows ``words`` in the first line below that starts with them."""
        for line in self.children:
            if line.startswith(words + " "):
                return line[len(words) + 1 :].strip()
        return None

    @property
    def removal(self) -> tuple[str, ...]:
        """Lines that take it away, to be typed in global configuration mode."""
        values = {**self.groups, "line": self.header, "child": self.children[0] if self.children else ""}
        line = self.family.remove.format(**values)
        return (self.header, line, spelling.EXIT) if self.family.child_is_object else (line,)


_TRANSFORMS = re.compile(r"set (?:ikev1 )?transform-set (?P<names>.+)")
#: An ASA may show both lifetimes of an entry on one line, in either order.
_LIFETIMES = re.compile(r"(set security-association lifetime) ((?:seconds|kilobytes) \S+) ((?:seconds|kilobytes) \S+)")


def _parts(line: str) -> tuple[str, ...]:
    both = _LIFETIMES.fullmatch(line)
    return (f"{both[1]} {both[2]}", f"{both[1]} {both[3]}") if both else (line,)


@lru_cache(maxsize=65536)
def _identity(pattern: re.Pattern[str], names: tuple[str, ...], header: str) -> tuple[str, ...]:
    """Parts of the header that tell objects apart; kept, since every comparison of two configurations asks for them."""
    match = pattern.fullmatch(header)
    return tuple(match[name] or "" for name in names) if match else ()


#: IOS-XE 17 shows each line of an access list with its sequence number, older releases keep it to themselves.
_NUMBER = re.compile(r"^\d+ (?=permit |deny |remark )")


def without_number(line: str) -> str:
    """A line of an access list without its sequence number; every other line as it is."""
    return _NUMBER.sub("", line)


def _canonical(line: str) -> str:
    words = without_number(" ".join(line.replace("encryption ", "encr ", 1).split()))
    words = re.sub(r"^(interface \S+) (?:point-to-point|multipoint)$", r"\1", words)
    # A key type of 0 (in clear) and the mask of one host may be typed and are not shown, or the other way round.
    return re.sub(r"^(crypto isakmp key) 0 (.+)", r"\1 \2", words).replace(" 255.255.255.255", "")


#: Where the lines of an access list stand that no family knows: numbered on IOS, of another kind than ours on an ASA.
_LISTED = re.compile(r"access-list (?P<name>\S+) (?P<line>.+)")
_OTHER_LIST = re.compile(r"ip access-list (?:extended|standard) (?P<name>\S+)")


@dataclass(frozen=True)
class Config:
    """A device's configuration: the objects of known families, and the nodes that no family knows.

    Nobody changes it: it is kept, with what is looked up in it by name.
    """

    objects: dict[Key, ConfigObject]
    others: tuple[tree.Node, ...]

    def of(self, family: str) -> tuple[ConfigObject, ...]:
        """All objects of one family, in the order of the text."""
        return self._by_family.get(family, ())

    def key_of(self, peer: str) -> ConfigObject | None:
        """The object that holds the pre-shared key of a peer, or None."""
        return self._keys.get(peer)

    def get(self, family: str, *identity: str) -> ConfigObject | None:
        """One object, or None."""
        return self.objects.get((family, identity))

    @cached_property
    def naming(self) -> Mapping[tuple[str, str], Sequence[tuple[ConfigObject, Reference]]]:
        """Family and name to the objects that name it, each once, with the rule by which it does."""
        found: dict[tuple[str, str], dict[Key, tuple[ConfigObject, Reference]]] = {}
        for item in self.objects.values():
            for rule, name in item.named:
                found.setdefault((rule.family, name), {})[item.key] = (item, rule)
        return {what: tuple(items.values()) for what, items in found.items()}

    @cached_property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """Name to the lines of every access list, named or numbered, in their order and without sequence numbers."""
        found = {item.key[1][0]: [without_number(line) for line in item.children] for item in self.of("access-list")}
        for node in self.others:
            numbered, named = _LISTED.fullmatch(node.line), _OTHER_LIST.fullmatch(node.line)
            if numbered:
                found.setdefault(numbered["name"], []).append(without_number(numbered["line"]).strip())
            elif named:
                found.setdefault(named["name"], []).extend(without_number(line) for line in node.children)
        return {name: tuple(lines) for name, lines in found.items()}

    @cached_property
    def map_lines(self) -> tuple[str, ...]:
        """Lines of crypto maps that no family knows: dynamic entries, entries of other kinds, and settings of a whole map."""
        return tuple(node.line for node in self.others if node.line.startswith("crypto map "))

    @cached_property
    def named_nodes(self) -> Mapping[str, tree.Node]:
        """Header to the first node that no family knows and that has it (``object network LAN``)."""
        return {node.line: node for node in reversed(self.others)}

    @cached_property
    def strange_lines(self) -> tuple[tuple[ConfigObject | None, str], ...]:
        """Lines that may name an object by no rule: those of no family, and those of an object that are no references."""
        others = ((None, line) for node in self.others for line in (node.line, *node.children))
        return (*others, *_unruled(self.objects.values()))

    @cached_property
    def strange_text(self) -> str:
        """All of those lines, to see at once that none has a name."""
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
        return {item.peer: item for item in reversed(self.objects.values()) if item.family.holds_key}


@lru_cache(maxsize=32)
def read(os: str, text: str) -> Config:
    """Objects of a running configuration; a line below a known header that its family does not know stays with the object."""
    objects: dict[Key, ConfigObject] = {}
    others: list[tree.Node] = []
    for node in nodes_of(os, text):
        found = _objects_in_folded(os, node)
        objects.update((item.key, item) for item in found)
        if not found or found[0].family.child_is_object:
            others.append(node)
    return Config(objects, tuple(others))


def objects_in(os: str, node: tree.Node) -> tuple[tuple[Key, ConfigObject], ...]:
    """Objects of known families that a node holds, each with its key."""
    if not _may_open(os, node):
        return ()
    return tuple((item.key, item) for folded in spelling.fold(FAMILIES[os], (node,)) for item in _objects_in_folded(os, folded))


def _objects_in_folded(os: str, node: tree.Node) -> tuple[ConfigObject, ...]:
    family = _family_of(os, node.line) if _may_open(os, node) else None
    return tuple(_objects_of(family, node)) if family else ()


def _may_open(os: str, node: tree.Node) -> bool:
    """False for most lines of a configuration, at a glance."""
    return node.line.startswith(_FIRST[os]) and not node.literal


#: The words that headers begin with.
_FIRST = {os: tuple({f"{family.header.pattern.split()[0]} " for family in families}) for os, families in FAMILIES.items()}


def read_desired(os: str, text: str) -> Config:
    """Objects of a desired configuration. Raises ChangeError for a line that no family knows."""
    for node in nodes_of(os, text):
        family = _family_of(os, node.line)
        if family is None or node.literal:
            raise ChangeError(f"no rule knows the line {node.line!r}, so it will not be pushed")
        for child in node.children:
            if not any(pattern.fullmatch(child) for pattern in family.children):
                raise ChangeError(f"no rule knows the line {child!r} below {node.line!r}, so it will not be pushed")
    return read(os, text)


@lru_cache(maxsize=32)
def nodes_of(os: str, text: str) -> tuple[tree.Node, ...]:
    """A configuration as headers with the lines below them, however the device writes them."""
    return spelling.fold(FAMILIES[os], tree.parse(text))


def _family_of(os: str, line: str) -> Family | None:
    return next((family for family in FAMILIES[os] if family.header.fullmatch(line)), None)


def _objects_of(family: Family, node: tree.Node) -> Iterator[ConfigObject]:
    if not family.child_is_object:
        yield ConfigObject(family, node.line, node.children)
        return
    for child in node.children:
        if any(pattern.fullmatch(child) for pattern in family.children):
            yield ConfigObject(family, node.line, (child,))


def referrers(config: Config, target: ConfigObject, *, besides: Iterable[Key] = ()) -> tuple[ConfigObject, ...]:
    """Objects that would name nothing if ``target`` and the objects ``besides`` were gone; those are not counted themselves."""
    left_out = {*besides, target.key}
    name = target.key[1][0] if target.key[1] else ""
    return tuple(
        item
        for item, reference in config.naming.get((target.family.name, name), ())
        if item.key not in left_out and not (reference.of_set and _members(config, target.family, name, left_out))
    )


#: Where the names of transform sets begin in a line of any kind (``crypto dynamic-map D 10 set ikev1 transform-set A B``).
_SETS = re.compile(r"(?:^| )set (?:ikev1 )?transform-set ")
#: What a line begins with when a name in it is not that of an access list, but of another kind or a word for people.
_NO_LIST = ("crypto ", "set transform-set ", "description ", "remark ", "hostname ")


#: The families whose objects lines of other kinds may name.
_NAMED = frozenset({"transform-set", "group-policy", "access-list"})


def names(line: str, target: ConfigObject) -> bool:
    """True if a line, of any kind, refers to this access list, transform set or group policy by its name."""
    if not target.key[1] or target.key[1][0] not in line or is_text(line):
        return False
    if target.family.name == "transform-set":
        match = _SETS.search(line)
        return match is not None and target.key[1][0] in line[match.end() :].split()
    if target.family.name == "group-policy":
        return line.endswith(f"-group-policy {target.key[1][0]}")
    if target.family.name == "access-list" and line.endswith(f" match address {target.key[1][0]}"):
        return True
    return target.family.name == "access-list" and target.key[1][0] in _words(line) and not line.startswith(_NO_LIST)


def _words(line: str) -> list[str]:
    """All but the first; of an action of the event manager those of its command, which stands in quotation marks."""
    return line.replace('"', " ").split()[1:]


def strange_use(config: Config, target: ConfigObject) -> str:
    """A line that refers to the object and is no reference that a rule knows, or nothing.

    It may stand in no known family (``ip access-group``, a dynamic map), or in an object of one (a filter of a group policy).
    """
    name = target.key[1][0] if target.key[1] else ""
    if target.family.name not in _NAMED or name not in config.strange_text:
        return ""
    own = config.objects.get(target.key)
    return next((line for item, line in config.strange_lines if item is not own and names(line, target)), "")


def _unruled(items: Iterable[ConfigObject]) -> Iterator[tuple[ConfigObject, str]]:
    """Lines below known objects that are no references, each with its object; those of our lists name nothing."""
    for item in items:
        parts = tuple(f"{part}: " for part in item.family.parts)
        for line in item.children if item.family.name != "access-list" else ():
            if not any(reference.names_in(line) for reference in item.family.references):
                yield item, line.partition(": ")[2] if parts and line.startswith(parts) else line


def _members(config: Config, family: Family, name: str, left_out: set[Key]) -> bool:
    """True if the set ``name`` keeps a member: an object of the family, or a line of another kind (a dynamic entry)."""
    if any(item.family is family and item.key[1][0] == name and item.key not in left_out for item in config.objects.values()):
        return True
    stem = f"{' '.join(family.header.pattern.split()[:2])} {name} "
    return any(node.line.startswith(stem) and node.line[len(stem) :].split()[0].isdigit() for node in config.others)
