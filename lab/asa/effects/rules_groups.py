"""What an ASA does with tunnel groups and group policies.

Sources: ASA command references; the warning about names is in public programs. The wording of refusals is from memory.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Refused
from ...core.configuration.store import Store
from .edit import around

#: Groups that nobody makes.
_OF_THE_BOX = ("DefaultL2LGroup", "DefaultRAGroup", "DefaultWEBVPNGroup")
NAME_WARNING = (
    "L2L tunnel-groups that have names which are not an IP",
    "address may only be used if the tunnel authentication",
    "method is Digital Certificates and/or The peer is ",
    "configured to use Aggressive Mode",
)


def tunnel_group(edit: Edit) -> None:
    """A tunnel group has a type for life; it goes away with its attributes."""
    name = edit.values["name"]
    if edit.negated:
        if edit.clear() is None:
            raise Refused(f"ERROR: tunnel-group {name} does not exist")
        for family in ("tunnel-group general", "tunnel-group ipsec", "tunnel-group webvpn"):
            edit.home.pop((family, (name,)), None)
        return
    old = edit.existing
    if old is not None and old.values["type"] != edit.values["type"]:
        raise Refused(f"ERROR: The type of tunnel-group {name} can not be changed")
    edit.put("tunnel-group {name} type {type}".format(**edit.values))
    if not name.replace(".", "").isdigit() and edit.values["type"] == "ipsec-l2l":
        head, *rest = NAME_WARNING
        edit.says += [f"WARNING: {'' if around(edit).old else 'For IKEv1, '}{head}", *rest]


def tunnel_section(edit: Edit) -> None:
    """Attributes of a tunnel group that exists."""
    name = edit.values["name"]
    if edit.negated:
        edit.clear()
        return
    if edit.box.store.get("tunnel-group", name) is None and name not in _OF_THE_BOX:
        raise Refused(f"ERROR: tunnel-group {name} does not exist")
    edit.entered = edit.put(edit.form.syntax.replace("<word:name>", name))


def key(edit: Edit) -> None:
    """The key of a tunnel group is shown as stars."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    shown, used = edit.box.stored_key(edit.values["secret"])
    edit.values |= {"used": used}
    words = edit.form.syntax.split(" ~")[0]
    edit.values["clear"] = f"{words} {shown}"
    edit.put(f"{words} *****")


def keepalive(edit: Edit) -> None:
    """Ten seconds and two tries are the default that is not shown; `no` brings it back."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    if "disable" in edit.values:
        edit.put("isakmp keepalive disable")
        return
    edit.values.setdefault("retry", "2")
    if (edit.values["threshold"], edit.values["retry"]) == ("10", "2"):
        edit.clear()
    else:
        edit.put("isakmp keepalive threshold {threshold} retry {retry}".format(**edit.values))


def default_group_policy(edit: Edit) -> None:
    """A policy has to be there before a tunnel group inherits from it."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    name = edit.values["policy"]
    if edit.box.store.get("group-policy", name) is None and name != "DfltGrpPolicy":
        raise Refused(f"ERROR: group-policy {name} does not exist")
    edit.put()


def tunnel_protocols(edit: Edit) -> None:
    """The protocols, in the order of the release (that they are put in order is from memory); `no` inherits again."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    typed = {value for name, value in edit.values.items() if name[0] == "w" and name[1:].isdigit()}
    words = [word for word in around(edit).generation.protocols if word in typed]
    edit.put(f"vpn-tunnel-protocol {' '.join(words)} ")


def users_of_policy(store: Store, name: str) -> list[str]:
    """The tunnel groups that inherit from a group policy."""
    found = []
    for entry in store.all("tunnel-group general"):
        line = entry.child("default-group-policy")
        if line is not None and line.values["policy"] == name:
            found.append(entry.key[0])
    return found


def group_policy(edit: Edit) -> None:
    """A group policy that a tunnel group inherits from stays."""
    name = edit.values["name"]
    if edit.negated:
        remove_group_policy(edit.box.store, name)
    else:
        parent = f" from {edit.values['from']}" if "from" in edit.values else ""
        edit.put(f"group-policy {name} internal{parent}")


def remove_group_policy(store: Store, name: str) -> None:
    """Take a group policy away with its attributes."""
    if store.get("group-policy", name) is None:
        raise Refused(f"ERROR: group-policy {name} does not exist")
    users = users_of_policy(store, name)
    if users:
        raise Refused(f"ERROR: group-policy {name} is in use by tunnel-group {users[0]}")
    del store.root[("group-policy", (name,))]
    store.root.pop(("group-policy attributes", (name,)), None)


def group_policy_attributes(edit: Edit) -> None:
    """Attributes of a policy that exists."""
    name = edit.values["name"]
    if edit.negated:
        edit.clear()
        return
    if edit.box.store.get("group-policy", name) is None and name != "DfltGrpPolicy":
        raise Refused(f"ERROR: group-policy {name} does not exist")
    edit.entered = edit.put(f"group-policy {name} attributes")


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function
    for function in (
        tunnel_group,
        tunnel_section,
        key,
        keepalive,
        default_group_policy,
        tunnel_protocols,
        group_policy,
        group_policy_attributes,
    )
}
