"""What a deployment uses and has not made: it was there before, so a removal leaves it, and says so. Pure.

A service takes what fits and is there already: a proposal that says the same, the policy of an address, the lists of a map, a
user. What nr-run made is told by its name where nr-run chose the name. What carries no name of its own (a user, a numbered
policy) is told by the records of earlier runs alone; a service says which of its objects are of that kind (`besides.Nameless`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from ...changes.objects import ConfigObject, Key
from ..service import Removal

#: What names begin with that nr-run chooses.
OWN_NAMES: tuple[str, ...] = ("NR-", "RA-", "FLEX-")
#: Families of which nr-run chooses the name, and the part of the object that has it. A name that a person chooses in the intent,
#: and what is known by what it protects, is in no row.
_NAMED: Mapping[str, str] = {
    "aaa-list": "name",
    "access-list": "name",
    "address-pool": "name",
    "client-profile": "name",
    "crypto-map-dynamic": "dynamic",
    "crypto-map-setting": "value",
    "dynamic-map-entry": "name",
    "ikev2-authorization": "name",
    "ikev2-keyring": "name",
    "ikev2-policy": "name",
    "ikev2-profile": "name",
    "ikev2-proposal": "name",
    "ipsec-profile": "name",
    "standard-list": "name",
    "transform-set": "name",
}


def is_of_others(item: ConfigObject) -> bool:
    """True for an object of a kind that nr-run names, under a name that nr-run does not give."""
    if item.family.name == "ikev2-offer":
        # A line of a policy: ours as soon as one of both names is.
        return not any(item.groups[part].startswith(OWN_NAMES) for part in ("policy", "proposal"))
    if item.family.name == "crypto-map-setting" and not item.groups["setting"].endswith(" list"):
        return False
    if item.family.name == "crypto-map-binding":
        return not item.map_name.startswith(OWN_NAMES)
    name = item.groups.get(_NAMED.get(item.family.name, ""), "")
    return bool(name) and not name.startswith(OWN_NAMES)


def without_others(items: Iterable[ConfigObject]) -> tuple[tuple[ConfigObject, ...], tuple[str, ...]]:
    """What of these is ours by its name, and a sentence for each that is not."""
    found = tuple(items)
    ours = tuple(item for item in found if not is_of_others(item))
    return ours, tuple(f"{item.title} stays: it was there before, by its name" for item in found if is_of_others(item))


def without_unmade(going: Removal, nameless: Iterable[ConfigObject], made: Collection[Key]) -> Removal:
    """A removal without what has no name of ours and what no run has ``made``: it may be anybody's."""
    strange = {item.key: item for item in nameless if item.key not in made}
    if not strange:
        return going
    return replace(
        going,
        items=tuple(item for item in going.items if item.key not in strange),
        left=tuple(item for item in going.left if item.key not in strange),
        stays=(*going.stays, *(_sentence(item) for item in going.items if item.key in strange)),
    )


def _sentence(item: ConfigObject) -> str:
    return f"{item.title} stays: no run that is kept here has made it, so it may have been there before"
