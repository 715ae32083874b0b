"""What an ASA does with the lines of a crypto map: one line to each setting, in an order of its own.

Sources: running configurations; both warnings about an incomplete entry are in public programs. Every other wording is from
memory, and so is that a second `set peer` adds a peer.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Refused
from ...core.configuration.store import Entry, Store
from .edit import around, need_interface, off_or_gone
from .rules_lists import need_list

#: From memory.
WEAK_GROUP = "WARNING: DH group {} is considered insecure. This option is deprecated and will be removed in a later version."
INCOMPLETE = "WARNING: The crypto map entry {} incomplete!"

_SETTINGS = (
    "match", "pfs", "peer", "transform", "proposal", "lifetime seconds", "lifetime kilobytes", "nat-t-disable", "reverse-route",
)  # fmt: skip
RANKS = {what: rank for rank, what in enumerate(_SETTINGS)}


def map_lines(store: Store, name: str, seq: str) -> dict[str, Entry]:
    """The lines of one entry of a crypto map by what they set."""
    return {e.key[2]: e for e in store.root.values() if e.form.family == "map line" and e.key[:2] == (name, seq)}


def _map_line(edit: Edit, what: str, text: str, values: dict[str, str] | None = None) -> None:
    """Store one line of an entry in its place, or take it away; say whether the entry lacks something."""
    name, seq = edit.values["map"], edit.values["seq"]
    identity = ("map line", (name, seq, what))
    if edit.negated:
        if edit.home.pop(identity, None) is None:
            raise Refused(f"ERROR: crypto map {name} {seq} has no such line")
    else:
        head = f"crypto map {name} {seq}"
        edit.home[identity] = Entry(edit.form, identity[1], f"{head} {text}", values or {})
        _order_maps(edit.box.store)
    _warn(edit, name, seq)


def _lacks(store: Store, name: str, seq: str) -> bool:
    lines = set(map_lines(store, name, seq))
    return not ({"match", "peer"} <= lines and lines & {"transform", "proposal"})


def _warn(edit: Edit, name: str, seq: str) -> None:
    if _lacks(edit.box.store, name, seq):
        edit.says.append(INCOMPLETE.format("will be" if edit.negated else "is"))


def _order_maps(store: Store) -> None:
    mine = [(identity, entry) for identity, entry in store.root.items() if entry.form.family == "map line"]
    for identity, _ in mine:
        del store.root[identity]
    store.root.update(sorted(mine, key=lambda item: (int(item[1].key[1]), RANKS[item[1].key[2]])))


def map_match(edit: Edit) -> None:
    """What the entry protects; the list has to be there."""
    acl = edit.values["acl"]
    need_list(edit, acl)
    _same(edit, "match", "acl", acl)
    _map_line(edit, "match", f"match address {acl}", {"acl": acl})


def _same(edit: Edit, what: str, name: str, value: str) -> None:
    """A line is removed by naming what it says."""
    if edit.negated:
        line = map_lines(edit.box.store, edit.values["map"], edit.values["seq"]).get(what)
        if line is None or line.values[name] != value:
            raise Refused(f"ERROR: crypto map {edit.values['map']} {edit.values['seq']} has no such line")


def map_peer(edit: Edit) -> None:
    """Another `set peer` adds to the peers; `no` takes the named ones out."""
    given = [edit.values[name] for name in ("peer1", "peer2", "peer3", "peer4") if name in edit.values]
    line = map_lines(edit.box.store, edit.values["map"], edit.values["seq"]).get("peer")
    had = line.values["peers"].split() if line is not None else []
    if not edit.negated:
        peers = [*had, *(peer for peer in given if peer not in had)]
    else:
        peers = [peer for peer in had if peer not in given]
        if len(peers) == len(had):
            raise Refused(f"ERROR: crypto map {edit.values['map']} {edit.values['seq']} has no such line")
        edit.negated = not peers
    _map_line(edit, "peer", f"set peer {' '.join(peers)} ", {"peers": " ".join(peers)})


#: How the two kinds of what protects traffic are named in refusals; the second by analogy with the first.
_TAGS = {"transform-set": "transform set", "ipsec-proposal": "ipsec-proposal"}


def need_sets(edit: Edit, family: str) -> list[str]:
    """The transform sets or proposals that a line names; one that does not exist cannot be named."""
    names = [edit.values[name] for name in ("set1", "set2", "set3", "set4") if name in edit.values]
    for name in names:
        if not edit.negated and edit.box.store.get(family, name) is None:
            raise Refused(f'ERROR: {_TAGS[family]} with tag "{name}" does not exist.')
    return names


def _map_names(edit: Edit, what: str, family: str, words: str) -> None:
    names = need_sets(edit, family)
    _same(edit, what, "sets", " ".join(names))
    _map_line(edit, what, f"{words} {' '.join(names)}", {"sets": " ".join(names)})


def map_sets(edit: Edit) -> None:
    """Only transform sets that exist can be named."""
    _map_names(edit, "transform", "transform-set", "set transform-set" if around(edit).old else "set ikev1 transform-set")


def map_proposals(edit: Edit) -> None:
    """Only proposals that exist can be named."""
    _map_names(edit, "proposal", "ipsec-proposal", "set ikev2 ipsec-proposal")


def take_name_away(edit: Edit, what: str, name: str) -> None:
    """A transform set or proposal that goes takes the references of crypto maps with it."""
    for identity, entry in list(edit.home.items()):
        if entry.form.family == "map line" and entry.key[2] == what and name in entry.values["sets"].split():
            rest = [other for other in entry.values["sets"].split() if other != name]
            if not rest:
                del edit.home[identity]
                continue
            entry.text = entry.text.replace(entry.values["sets"], " ".join(rest))
            entry.values["sets"] = " ".join(rest)


def pfs_group(edit: Edit) -> tuple[str, str]:
    """The group of a `set pfs`, and how it is written: alone it means 2 before 9.13, and 14 since, where 14 is shown alone."""
    row = around(edit).generation
    bare_means = f"group{row.bare_pfs}"
    group = edit.values.get("group", bare_means)
    bare = "group" not in edit.values or (row.modern and group == bare_means)
    if not edit.negated and group.removeprefix("group") in row.warned:
        edit.says.append(WEAK_GROUP.format(group.removeprefix("group")))
    return group, f"set pfs {'' if bare else group}"


def map_pfs(edit: Edit) -> None:
    """`no set pfs` with a group takes away that group alone."""
    typed, said = "group" in edit.values, len(edit.says)
    group, text = pfs_group(edit)
    warnings = edit.says[said:]
    del edit.says[said:]
    if typed:
        _same(edit, "pfs", "group", group)
    _map_line(edit, "pfs", text, {"group": group})
    edit.says += warnings


def map_lifetime(edit: Edit) -> None:
    """The lifetimes of an entry, one line to each unit."""
    for unit in ("seconds", "kilobytes"):
        if unit in edit.values or f"lifetime {unit}" in edit.values["line"]:
            text = f"set security-association lifetime {unit} {edit.values.get(unit, '')}"
            edit.says.clear()
            if unit in edit.values:
                _same(edit, f"lifetime {unit}", "n", edit.values[unit])
            _map_line(edit, f"lifetime {unit}", text, {"n": edit.values.get(unit, "")})


def map_flag(edit: Edit) -> None:
    """`set reverse-route`, `set nat-t-disable`."""
    _map_line(edit, edit.values["flag"], f"set {edit.values['flag']}")


def map_interface(edit: Edit) -> None:
    """One crypto map to an interface; another replaces it."""
    name, on = edit.values["map"], edit.values["nameif"]
    need_interface(edit, on)
    store = edit.box.store
    if edit.negated:
        off_or_gone(edit, f"ERROR: crypto map {name} is not applied to interface {on}")
        return
    seqs = {entry.key[1] for entry in store.root.values() if entry.form.family == "map line" and entry.key[0] == name}
    if not seqs:
        raise Refused(f'ERROR: Crypto Map with tag "{name}" does not exist.')
    for identity in [identity for identity in store.root if identity[0] == "map interface" and identity[1][1] == on]:
        del store.root[identity]
    edit.put()
    if any(_lacks(store, name, seq) for seq in seqs):
        edit.says.append("WARNING: crypto map has incomplete entries")


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function
    for function in (map_match, map_peer, map_sets, map_proposals, map_pfs, map_lifetime, map_flag, map_interface)
}
