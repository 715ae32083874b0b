"""What an ASA does with IPsec profiles and tunnel interfaces.

Sources: the ASA configuration guides, chapter on virtual tunnel interfaces, and running configurations in public repositories.
The wording of refusals is from memory.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Refused
from ...core.configuration.store import Entry, Store
from .edit import around, need_interface, off_or_gone
from .rules_map import need_sets, pfs_group


def users_of_profile(store: Store, name: str) -> list[str]:
    """The tunnel interfaces that a profile protects."""
    found = []
    for entry in store.all("interface"):
        line = entry.child("tunnel protection")
        if line is not None and line.values["profile"] == name:
            found.append(entry.key[0])
    return found


def ipsec_profile(edit: Edit) -> None:
    """A profile that protects a tunnel stays."""
    name = edit.values["name"]
    if not edit.negated:
        edit.entered = edit.put(f"crypto ipsec profile {name}")
        return
    users = users_of_profile(edit.box.store, name)
    if users:
        raise Refused(f"ERROR: ipsec profile {name} is in use by interface {users[0]}")
    off_or_gone(edit, f"ERROR: ipsec profile {name} does not exist")


def profile_sets(edit: Edit) -> None:
    """Only transform sets and proposals that exist can be named."""
    proposals = edit.form.family == "set proposal"
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    names = need_sets(edit, "ipsec-proposal" if proposals else "transform-set")
    edit.values["sets"] = " ".join(names)
    edit.put(f"set {'ikev2 ipsec-proposal' if proposals else 'ikev1 transform-set'} {' '.join(names)}")


def profile_pfs(edit: Edit) -> None:
    """The same as in a crypto map."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    group, text = pfs_group(edit)
    edit.values["group"] = group
    edit.put(text.rstrip())


def profile_lifetime(edit: Edit) -> None:
    """One line to each unit."""
    unit = "kilobytes" if "lifetime kilobytes" in edit.values["line"] else "seconds"
    identity = ("set lifetime", (unit,))
    if edit.negated:
        edit.home.pop(identity, None)
        return
    text = f"set security-association lifetime {unit} {edit.values[unit]}"
    edit.home[identity] = Entry(edit.form, (unit,), text, {"n": edit.values[unit], unit: edit.values[unit]})


def tunnel_source(edit: Edit) -> None:
    """A tunnel begins at an interface that has a name."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    need_interface(edit, edit.values["source"])
    edit.put()


def tunnel_protection(edit: Edit) -> None:
    """A profile has to be there before it protects a tunnel; a configuration prints it after the interfaces."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    name = edit.values["profile"]
    if edit.box.store.get("ipsec-profile", name) is None and not around(edit).loading:
        raise Refused(f"ERROR: ipsec profile {name} does not exist")
    edit.put()


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function
    for function in (ipsec_profile, profile_sets, profile_pfs, profile_lifetime, tunnel_source, tunnel_protection)
}
