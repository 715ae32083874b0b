"""How lines of any kind name an object, and what an object says of its peers and of IKE: small rules that families share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from .uses import BOTH, ONE, TWO

if TYPE_CHECKING:
    from ..objects import Config, ConfigObject

#: What a line begins with when a name in it is not that of an access list, but of another kind or a word for people.
_NO_LIST = ("crypto ", "set transform-set ", "description ", "remark ", "hostname ")

#: A name of another kind, which may be the same word.
_OTHER_KIND = re.compile(r"(?<= )(?:route-map|prefix-list) \S+")


def by_identity(item: ConfigObject) -> tuple[str, ...]:
    """The peer is the identity of the object."""
    return item.key[1][:1]


def peers_set(item: ConfigObject) -> tuple[str, ...]:
    """Addresses of the ``set peer`` lines, the one to begin with first."""
    lines = (line.split()[2:] for line in item.children if line.startswith("set peer "))
    return tuple(word for words in lines for word in words if word != "default")


def version(number: int) -> Callable[[ConfigObject, Config], frozenset[int]]:
    """IKE of this version, whatever the object says."""
    return lambda _item, _config: frozenset({number})


def by_proposal(item: ConfigObject, _config: Config) -> frozenset[int]:
    """The version of IKE that the lines of a map entry or of a profile are for; nothing where they do not say it."""
    second = any(line.startswith(("set ikev2-profile ", "set ikev2 ")) for line in item.children)
    first = any(line.startswith(("set ikev1 ", "set transform-set ")) for line in item.children)
    if second:
        # On IOS a transform set is for both.
        return BOTH if any(line.startswith("set ikev1 ") for line in item.children) else TWO
    return ONE if first else frozenset()


def by_words(before: str) -> Callable[[str, str], bool]:
    """A name of this kind stands among the words behind a text in the line."""
    pattern = re.compile(before)

    def named(line: str, name: str) -> bool:
        match = pattern.search(line)
        return match is not None and name in line[match.end() :].split()

    return named


def list_named(line: str, name: str) -> bool:
    """An access list: any word but the first, in a line that is not of another kind."""
    if line.endswith(f" match address {name}"):
        return True
    return name in _words(_OTHER_KIND.sub("", line)) and not line.startswith(_NO_LIST)


def _words(line: str) -> list[str]:
    """All but the first; of an action of the event manager those of its command, which stands in quotation marks."""
    return line.replace('"', " ").split()[1:]


def policy_named(line: str, name: str) -> bool:
    """A group policy stands at the end of ``default-group-policy NAME`` and of ``vpn-group-policy NAME``."""
    return line.endswith(f"-group-policy {name}")


def word_named(line: str, name: str) -> bool:
    """Any word but the first, in a line that is no word for people."""
    return name in _words(line) and not line.startswith(("description ", "remark ", "hostname "))
