"""What an ASA does with access lists, objects and groups: references, refusals, what goes with the last entry.

Sources: the refusal of an object group in use, of emptying one and of an unknown one are in public sessions and programs; that
the last entry of a list takes the crypto map's reference with it is in the ASA configuration guides ("If you delete the only
element in an access list, the ASA also removes the associated crypto map"): here the `match address` line goes, and the other
lines of the entry stay. Every other wording is from memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from ...core.configuration.edit import Edit, Refused
from ...core.configuration.store import Entry, Store
from ..meaning import lists
from .edit import need_interface


def access_group(edit: Edit) -> None:
    """A list has to be there before it is applied."""
    need_interface(edit, edit.values["nameif"])
    need_list(edit, edit.values["acl"])
    if edit.negated:
        edit.clear()
    else:
        edit.put()


def need_list(edit: Edit, name: str) -> None:
    """Refuse a list that is not there; what is taken away may name any."""
    if not edit.negated and not lists.named(edit.box.store, name):
        raise Refused(f"ERROR: access-list <{name}> does not exist")


def _need_objects(edit: Edit, words: list[str]) -> None:
    store = edit.box.store
    for kind, name in itertools.pairwise(words):
        if kind == "object" and store.get("object", name) is None:
            raise Refused(f"ERROR: specified object <{name}> not found")
        if kind == "object-group" and store.get("object-group", name) is None:
            raise Refused(f"ERROR: specified object group <{name}> not found")


def ace(edit: Edit) -> None:
    """One entry of a list: appended, put in at its line, or removed by its text."""
    words = edit.values["line"].split()
    start = next(index for index, word in enumerate(words) if word in ("permit", "deny") and index > 1)
    if not edit.negated:
        _need_objects(edit, words[start:])
    _list_line(edit, lists.canonical(words[start:]))


def remark(edit: Edit) -> None:
    """A remark is an entry too."""
    _list_line(edit, f"remark {edit.values['remark']}")


def _list_line(edit: Edit, text: str) -> None:
    name = edit.values["name"]
    identity = ("ace", (name, text))
    if edit.negated:
        if edit.home.pop(identity, None) is None:
            raise Refused("Specified access-list does not exist")
        if not any(not entry.values["ace"].startswith("remark") for entry in lists.named(edit.box.store, name)):
            list_is_gone(edit.box.store, name)
        return
    if identity in edit.home:
        edit.says.append(f"WARNING: <{name}> found duplicate element")
        return
    shown = text if text.startswith("remark") else f"extended {text}"
    entry = Entry(edit.form, (name, text), f"access-list {name} {shown}", {"name": name, "ace": text})
    others = lists.named(edit.box.store, name)
    at = int(edit.values.get("at", len(others) + 1))
    ordered = [*others[: at - 1], entry, *others[at - 1 :]]
    for other in others:
        del edit.home[("ace", other.key)]
    for other in ordered:
        edit.home[("ace", other.key)] = other


def list_is_gone(store: Store, name: str) -> None:
    """The last entry of a list takes away what named the list."""
    for identity, entry in list(store.root.items()):
        family, used = entry.form.family, entry.values.get("acl")
        if used == name and family in ("map line", "nat exempt", "access-group"):
            del store.root[identity]
    for entry in lists.named(store, name):  # remarks alone are no list
        store.root.pop(("ace", entry.key), None)


def object_group(edit: Edit) -> None:
    """A group that is named somewhere stays."""
    name = edit.values["name"]
    if not edit.negated:
        edit.entered = edit.put()
        return
    if edit.existing is None:
        raise Refused(f"Removing object-group ({name}) failed; it does not exist")
    if any(lists.users_of_object(edit.box.store, name)):
        raise Refused(f"Removing object-group ({name}) not allowed, it is being used.")
    edit.clear()


def member(edit: Edit) -> None:
    """One member of a group; a group in use is never emptied."""
    assert edit.section is not None
    words = edit.values["line"].split()
    if words[0] == "network-object" and words[1] not in ("host", "object"):
        told = lists.written(words[1], words[2])
        words = ["network-object", *(told if told != ["any"] else words[1:])]
    text, name = " ".join(words), edit.section.key[0]
    identity = ("member", (text,))
    if edit.negated:
        if identity not in edit.home:
            raise Refused(f"Removing obj ({' '.join(words[1:])}) from grp ({name}) failed; obj not found")
        if len(edit.home) == 1 and any(lists.users_of_object(edit.box.store, name)):
            raise Refused(
                "Removing obj from object-group not allowed;",
                f"object-group ({name}),  being used in access-list or threat-detection or NAT, would become empty",
            )
        del edit.home[identity]
        return
    if identity in edit.home:
        raise Refused(f"Adding obj ({' '.join(words[1:])}) to grp ({name}) failed; object already exists")
    if words[0] == "group-object" and not lists.group_networks(edit.box.store, words[1]):
        raise Refused(f"object-group ({words[1]}) is empty. Cannot add an empty group-object to object-group")
    _need_objects(edit, words)
    edit.home[identity] = Entry(edit.form, (text,), text, {"line": text})


def network_object(edit: Edit) -> None:
    """An object that is named somewhere stays."""
    name = edit.values["name"]
    if not edit.negated:
        if edit.box.store.get("object-group", name) is not None:
            raise Refused(f"ERROR: object-group {name} exists; an object cannot have the same name")
        edit.entered = edit.put()
        return
    if edit.existing is None:
        raise Refused(f"ERROR: object ({name}) does not exist.")
    if any(lists.users_of_object(edit.box.store, name)):
        raise Refused(f"ERROR: unable to delete object ({name}). object is being used.")
    edit.clear()


def object_value(edit: Edit) -> None:
    """An object has one value."""
    assert edit.section is not None
    text = edit.values["line"]
    if text.startswith("subnet"):
        lists.paired(edit.values["src"], edit.values["srcmask"])
    if not edit.negated:
        edit.put(text)
        return
    if any(lists.users_of_object(edit.box.store, edit.section.key[0])):
        raise Refused(f"ERROR: unable to delete object ({edit.section.key[0]}). object is being used.")
    edit.clear()


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function for function in (access_group, ace, remark, object_group, member, network_object, object_value)
}
