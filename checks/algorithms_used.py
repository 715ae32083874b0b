"""Which algorithms the lines of an object ask for, in NetBox's words, and what is assumed where a line is not there. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from ..changes.config_object import ConfigObject
from ..inventory.models.release_rules import Phase
from ..parsers import algorithms


class Use(Struct, frozen=True):
    """One algorithm. ``version`` of IKE is None where the object serves either; ``line`` is as it stands, or the default."""

    phase: Phase
    word: str
    line: str
    version: int | None = None
    implied: bool = False


def uses(item: ConfigObject, bare_pfs_group: int | None = None) -> tuple[Use, ...]:
    """Of one object. ``bare_pfs_group`` is what ``set pfs`` alone stands for. A word that no table knows is left out."""
    read = _READERS.get(item.family.name)
    return tuple(read(item)) if read else tuple(_pfs(item, bare_pfs_group))


def _ikev1(item: ConfigObject) -> Iterator[Use]:
    typed = {spelt: child for child in item.children for spelt in item.family.spell(child)}
    for line in sorted(item.meaning[1]):
        first, _, rest = line.partition(" ")
        word = _ike_word(first, rest)
        if word:
            yield Use("ike", word, typed.get(line, line), 1, implied=line not in typed)


def _ikev2(item: ConfigObject) -> Iterator[Use]:
    for line in item.children:
        first, *rest = line.split()
        for one in rest:
            word = _ike_word(first, one)
            if word:
                yield Use("ike", word, line, 2)


def _ike_word(first: str, text: str) -> str:
    if first in ("encr", "encryption"):
        return _known(algorithms.encryption, text)
    if first in ("hash", "integrity", "prf"):
        return _known(algorithms.integrity, text)
    return f"group {text}" if first == "group" else ""


def _known(read: Callable[[str], str], text: str) -> str:
    try:
        return read(text)
    except ValueError:
        return ""


def _transforms(item: ConfigObject) -> Iterator[Use]:
    try:
        found = algorithms.transform(item.groups.get("transforms", ""))
    except ValueError:
        return
    yield from (Use("esp", word, item.header) for word in found if word)


def _proposal(item: ConfigObject) -> Iterator[Use]:
    readers = {"encryption": algorithms.encryption, "integrity": algorithms.integrity}
    for line in item.children:
        words = line.removeprefix("protocol esp ").split()
        if words and words[0] in readers:
            found = (_known(readers[words[0]], one) for one in words[1:])
            # No integrity beside a combined cipher is called null as well.
            yield from (Use("esp", word, line, 2) for word in found if word)


def _pfs(item: ConfigObject, bare: int | None) -> Iterator[Use]:
    for line in item.children:
        words = line.split()
        if words[:2] == ["set", "pfs"]:
            group = words[2].removeprefix("group") if len(words) > 2 else str(bare or 1)
            yield Use("pfs", f"group {group}", line, implied=len(words) == 2)


_READERS: Mapping[str, Callable[[ConfigObject], Iterator[Use]]] = {
    "isakmp-policy": _ikev1,
    "ikev2-proposal": _ikev2,
    "ikev2-policy": _ikev2,
    "transform-set": _transforms,
    "ipsec-proposal": _proposal,
}
