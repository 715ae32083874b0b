"""Configuration text as objects of known families, so that two texts can be compared by meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ..inventory.errors import ChangeError
from . import spelling, tree
from .families import FAMILIES
from .family import Family

Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ConfigObject:
    """One object: its family, the header line and the lines below, as the text has them."""

    family: Family
    header: str
    children: tuple[str, ...] = ()

    @property
    def groups(self) -> dict[str, str]:
        """Named parts of the header (``name``, ``map``, ``sequence``, ``peer``...); absent parts are empty."""
        match = self.family.header.fullmatch(self.header)
        return {name: value or "" for name, value in match.groupdict().items()} if match else {}

    @property
    def key(self) -> Key:
        """What tells it apart from every other object of the device."""
        return self.family.name, _identity(self.family.header, self.family.identity, self.header)

    @property
    def title(self) -> str:
        """Family and identity, for a sentence."""
        return " ".join((self.family.name, *self.key[1]))

    @property
    def canonical_children(self) -> tuple[str, ...]:
        """The lines below, each in one spelling."""
        return tuple(part for child in self.children for part in _parts(_canonical(child)))

    @property
    def peer(self) -> str:
        """Address or name of the peer whose key it holds; empty for an object without a key."""
        return self.key[1][0] if self.family.holds_key else ""

    @property
    def transform_names(self) -> tuple[str, ...]:
        """Transform sets that a map entry names, best first."""
        lines = (_TRANSFORMS.fullmatch(line) for line in self.children)
        return tuple(name for match in lines if match for name in match["names"].split())

    @property
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
    def nodes(self) -> tuple[tree.Node, ...]:
        """As the device shows it."""
        return spelling.unfold(self.family, self.header, self.children)

    @property
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
        return (self.header, line) if self.family.child_is_object else (line,)


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


@dataclass(frozen=True, slots=True)
class Config:
    """A device's configuration: the objects of known families, and the nodes that no family knows."""

    objects: dict[Key, ConfigObject]
    others: tuple[tree.Node, ...]

    def of(self, family: str) -> tuple[ConfigObject, ...]:
        """All objects of one family, in the order of the text."""
        return tuple(item for item in self.objects.values() if item.family.name == family)

    def key_of(self, peer: str) -> ConfigObject | None:
        """The object that holds the pre-shared key of a peer, or None."""
        return next((item for item in self.objects.values() if item.family.holds_key and item.peer == peer), None)

    def get(self, family: str, *identity: str) -> ConfigObject | None:
        """One object, or None."""
        return self.objects.get((family, identity))


def read(os: str, text: str) -> Config:
    """Objects of a running configuration; a line below a known header that its family does not know stays with the object."""
    objects: dict[Key, ConfigObject] = {}
    others: list[tree.Node] = []
    for node in nodes_of(os, text):
        found = objects_in(os, node)
        objects.update(found)
        if not found or found[0][1].family.child_is_object:
            others.append(node)
    return Config(objects, tuple(others))


@lru_cache(maxsize=16384)
def objects_in(os: str, node: tree.Node) -> tuple[tuple[Key, ConfigObject], ...]:
    """Objects of known families that a node holds, each with its key. Kept: of a hub's nodes hundreds stay as they are."""
    found: list[tuple[Key, ConfigObject]] = []
    for folded in spelling.fold(FAMILIES[os], (node,)):
        family = _family_of(os, folded.line)
        found += [(item.key, item) for item in _objects_of(family, folded)] if family else []
    return tuple(found)


def read_desired(os: str, text: str) -> Config:
    """Objects of a desired configuration. Raises ChangeError for a line that no family knows."""
    for node in nodes_of(os, text):
        family = _family_of(os, node.line)
        if family is None:
            raise ChangeError(f"no rule knows the line {node.line!r}, so it will not be pushed")
        for child in node.children:
            if not any(pattern.fullmatch(child) for pattern in family.children):
                raise ChangeError(f"no rule knows the line {child!r} below {node.line!r}, so it will not be pushed")
    return read(os, text)


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
    found = []
    for item in config.objects.values():
        for reference in item.family.references:
            if item.key in left_out or reference.family != target.family.name:
                continue
            if reference.of_set and _members(config, target.family, name, left_out):
                continue
            # One line may name several: "set transform-set A B".
            lines = (item.header, *item.children)
            if any(reference.pattern.match(line) and name in line.split()[2:] for line in lines):
                found.append(item)
    return tuple(found)


#: Where the names of transform sets begin in a line of any kind (``crypto dynamic-map D 10 set ikev1 transform-set A B``).
_SETS = re.compile(r"(?:^| )set (?:ikev1 )?transform-set ")
#: What a line begins with when a name in it is not that of an access list, but of another kind or a word for people.
_NO_LIST = ("crypto ", "set transform-set ", "description ", "remark ", "hostname ")


def names(line: str, target: ConfigObject) -> bool:
    """True if a line, of any kind, refers to this access list, transform set or group policy by its name."""
    if target.family.name == "transform-set":
        match = _SETS.search(line)
        return match is not None and target.key[1][0] in line[match.end() :].split()
    if target.family.name == "group-policy":
        return line.endswith(f"-group-policy {target.key[1][0]}")
    if target.family.name == "access-list" and line.endswith(f" match address {target.key[1][0]}"):
        return True
    return target.family.name == "access-list" and target.key[1][0] in line.split()[1:] and not line.startswith(_NO_LIST)


def strange_use(config: Config, target: ConfigObject) -> str:
    """A line that refers to the object and is no reference that a rule knows, or nothing.

    It may stand in no known family (``ip access-group``, a dynamic map), or in an object of one (a filter of a group policy).
    """
    lines = (line for node in config.others for line in (node.line, *node.children))
    return next((line for line in (*lines, *_unruled(config, target)) if names(line, target)), "")


def _unruled(config: Config, target: ConfigObject) -> Iterator[str]:
    """Lines below known objects that are none of their rules' references, and not the target's own."""
    for item in config.objects.values():
        if item.key == target.key:
            continue
        for line in item.children:
            bare = line.partition(": ")[2] if line.startswith(tuple(f"{part}: " for part in item.family.parts)) else line
            if (
                not any(reference.pattern.match(line) for reference in item.family.references)
                and item.family.name != "access-list"
            ):
                yield bare


def _members(config: Config, family: Family, name: str, left_out: set[Key]) -> bool:
    """True if the set ``name`` keeps a member: an object of the family, or a line of another kind (a dynamic entry)."""
    if any(item.family is family and item.key[1][0] == name and item.key not in left_out for item in config.objects.values()):
        return True
    stem = " ".join(family.header.pattern.split()[:2])
    return any(re.match(rf"{stem} {re.escape(name)} \d+ ", node.line) for node in config.others)
