"""What an ASA does with address translation, before 8.3 and since.

Sources: ASA command references and the migration guide to 8.3; the wording of refusals is from memory.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Misread, Refused
from ...core.configuration.store import Entry
from ..meaning import lists
from .edit import interface_named
from .rules_lists import need_list


def _interfaces_of(edit: Edit, pair: str) -> tuple[str, str]:
    names = pair.removeprefix("(").removesuffix(")").split(",")
    if not (pair.startswith("(") and pair.endswith(")") and len(names) == 2):
        raise Misread(pair)
    for name in names:
        if name != "any" and interface_named(edit.box.store, name) is None:
            raise Misread(pair)
    return names[0], names[1]


def twice_nat(edit: Edit) -> None:
    """A translation: shown without its place; a static one stands before those that are `after-auto`."""
    values = edit.values
    _interfaces_of(edit, values["pair"])
    for name in (values[key] for key in ("real", "mapped", "far", "near") if key in values):
        if name != "interface" and lists.networks(edit.box.store, name) is None:
            raise Refused(f"ERROR: {name} doesn't match an existing object or object-group")
    words = [f"nat {values['pair']}", *(["after-auto"] if "after" in values else [])]
    words += ["source", values["how"], values["real"], values["mapped"]]
    words += ["destination static", values["far"], values["near"]] if "far" in values else []
    words += [word for key, word in (("noarp", "no-proxy-arp"), ("lookup", "route-lookup")) if key in values]
    text = " ".join(words)
    identity = ("nat", (text,))
    if edit.negated:
        if edit.home.pop(identity, None) is None:
            raise Refused("ERROR: No matching NAT policy found")
        return
    if identity in edit.home:
        raise Refused("ERROR: NAT rule already exists")
    entry = Entry(edit.form, (text,), text, dict(values))
    section = [e for e in edit.box.store.root.values() if e.form.family == "nat" and ("after" in e.values) == ("after" in values)]
    others = [e for e in edit.box.store.root.values() if e.form.family == "nat" and e not in section]
    at = int(values.get("at", len(section) + 1))
    mine = [*section[: at - 1], entry, *section[at - 1 :]]
    for old in section + others:
        del edit.home[("nat", old.key)]
    for new in [*others, *mine] if "after" in values else [*mine, *others]:
        edit.home[("nat", new.key)] = new


def object_nat(edit: Edit) -> None:
    """The translation of an object."""
    _interfaces_of(edit, edit.values["pair"])
    if edit.negated:
        edit.clear()
    else:
        edit.put()


def _interface_of(edit: Edit) -> None:
    on = edit.values["on"]
    if not (on.startswith("(") and on.endswith(")")) or interface_named(edit.box.store, on[1:-1]) is None:
        raise Misread(on)


def nat_exempt(edit: Edit) -> None:
    """`nat (inside) 0 access-list X`: one list to an interface."""
    _interface_of(edit)
    need_list(edit, edit.values["acl"])
    if not edit.negated:
        edit.put()
    elif edit.existing is None or edit.existing.values["acl"] != edit.values["acl"]:
        raise Refused("ERROR: No matching NAT policy found")
    else:
        edit.clear()


def nat_old(edit: Edit) -> None:
    """`nat (inside) 1 NET MASK`."""
    _interface_of(edit)
    lists.paired(edit.values["net"], edit.values["mask"])
    if edit.negated:
        edit.clear()
    else:
        edit.put()


def global_pool(edit: Edit) -> None:
    """`global (outside) 1 interface`."""
    _interface_of(edit)
    if edit.negated:
        edit.clear()
        return
    edit.put()
    if edit.values["pool"] == "interface":
        edit.says.append(f"INFO: {edit.values['on'][1:-1]} interface address added to PAT pool")


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function for function in (twice_nat, object_nat, nat_exempt, nat_old, global_pool)
}
