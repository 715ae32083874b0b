"""One object of a known family: its header, the lines below, and what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from . import cli_syntax
from .configurations import tree
from .family import Family, Nobody, Reference

if TYPE_CHECKING:
    from .objects import Config

Key = tuple[str, tuple[str, ...]]


class ConfigObject(Struct, frozen=True, dict=True):
    """One object: its family, the header line and the lines below, as the text has them."""

    family: Family
    header: str
    children: tuple[str, ...] = ()

    @cached_property
    def groups(self) -> dict[str, str]:
        """Named parts of the header, and of the child line that is the object (``name``, ``map``, ``peer``...); absent: empty."""
        found = _parts(self.family.header, self.header)
        if self.family.child_is_object and self.children:
            found = {**found, **self._parts_of_child}
        return dict(found)

    @property
    def _parts_of_child(self) -> Mapping[str, str]:
        return self._parts_in(self.children[0])

    def _parts_in(self, line: str) -> Mapping[str, str]:
        forms = (form for form in self.family.children if form.groupindex)
        return next((found for form in forms if (found := _parts(form, line))), {})

    @property
    def _parts_as_spelt(self) -> Mapping[str, str]:
        """Those of the child line in its one spelling: a device that shows it in another one shows the same object."""
        one = self.canonical_children if self.children else ()
        return self._parts_in(one[0]) if len(one) == 1 else {}

    @cached_property
    def key(self) -> Key:
        """Its identity: what distinguishes it from every other object of the device."""
        if self.family.child_is_object:
            found = {**self.groups, **self._parts_as_spelt}
            return self.family.name, tuple(found.get(name, "") for name in self.family.identity)
        return self.family.name, _identity(self.family.header, self.family.identity, self.header)

    @property
    def title(self) -> str:
        """Family and identity, for a sentence."""
        return " ".join(filter(None, (self.family.name, *self.key[1])))

    @property
    def canonical_children(self) -> tuple[str, ...]:
        """The lines below, each in one spelling. A section without a line in it sets nothing, so it is none of them."""
        kept = (child for child in self.children if child not in self.family.parts)
        return tuple(line for child in kept for line in self.family.spell(child))

    @cached_property
    def key_peers(self) -> tuple[str, ...]:
        """Addresses or names of the peers whose key it holds."""
        return () if isinstance(self.family.key_of, Nobody) else self.family.key_of(self)

    @property
    def peer(self) -> str:
        """The peer whose key it is, where it is that of one peer by its own identity; empty for every other object."""
        return self.key_peers[0] if self.key_peers and self.key_peers == self.key[1][:1] else ""

    @property
    def transform_names(self) -> tuple[str, ...]:
        """ESP proposals that a map entry names, best first."""
        lines = (_TRANSFORMS.fullmatch(line) for line in self.children)
        return tuple(name for match in lines if match for name in match["names"].split())

    @cached_property
    def peers(self) -> tuple[str, ...]:
        """Addresses of the peers that it negotiates with itself, the one to begin with first."""
        return () if isinstance(self.family.peers_of, Nobody) else self.family.peers_of(self)

    def ike_versions(self, config: Config) -> frozenset[int]:
        """Versions of IKE that are negotiated for it."""
        return frozenset() if isinstance(self.family.ike, Nobody) else self.family.ike(self, config) or frozenset()

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
        if not self.family.references:
            return ()
        lines = (self.header, *self.children)
        single = [rule for rule in self.family.references if not rule.every]
        found = [(rule, name) for line in lines for rule in single for name in rule.names_in(line)] if single else []
        # Of a list with thousands of lines all of them are read at once.
        text = "\n".join(lines) if len(single) < len(self.family.references) else ""
        many = (rule for rule in self.family.references if rule.every)
        return (*found, *((rule, name) for rule in many for name in dict.fromkeys(rule.names_in(text))))

    @property
    def nodes(self) -> tuple[tree.Node, ...]:
        """The object as lines, as the device shows it."""
        return cli_syntax.flatten(self.family, self.header, self.children)

    @cached_property
    def meaning(self) -> tuple[str, frozenset[str] | tuple[str, ...]]:
        """Equal for two objects if and only if they do the same: defaults written out, order only where it matters."""
        given = self.canonical_children
        if self.family.ordered:
            return self.header, given
        settings = {self.family.setting_of(child) for child in given}
        assumed = (default for default in self.family.defaults if self.family.setting_of(default) not in settings)
        return " ".join(self.family.spell(self.header)), frozenset((*given, *assumed))

    @property
    def shown_unasked(self) -> frozenset[str]:
        """Lines that a device shows below such an object though nobody typed them, in one spelling."""
        lines = (*self.family.defaults, *self.family.shown_first)
        return frozenset(one for line in lines for one in self.family.spell(line))

    def child(self, words: str) -> str | None:
        """What follows ``words`` in the first line below that starts with them."""
        for line in self.children:
            if line.startswith(words + " "):
                return line[len(words) + 1 :].strip()
        return None

    @property
    def removal(self) -> tuple[str, ...]:
        """Lines that take it away, to be typed in global configuration mode."""
        above, child = self.family.split(self.children[0]) if self.children else ((), "")
        line = self.family.remove.format(**{**self.groups, "line": self.header, "child": child})
        single = self.family.child_is_object and self.family.opens
        return cli_syntax.typed(self.family, self.header, (": ".join((*above, line)),)) if single else (line,)


_TRANSFORMS = re.compile(r"set (?:ikev1 |ikev2 )?(?:transform-set|ipsec-proposal) (?P<names>.+)")


@lru_cache(maxsize=4096)
def _parts(pattern: re.Pattern[str], line: str) -> Mapping[str, str]:
    match = pattern.fullmatch(line)
    return {name: value or "" for name, value in match.groupdict().items()} if match else {}


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
