"""What an ASA does beyond storing a line: names, defaults that are shown, references, refusals in its words.

Sources: ASA command references; the refusal of an object group in use, of emptying one and of an unknown one, the warnings about
an incomplete crypto map entry and about names of tunnel groups are in public sessions and programs. That the last entry of a
list and a transform set take the crypto map's references with them is in the ASA configuration guides ("If you delete the only
element in an access list, the ASA also removes the associated crypto map"): here the `match address` line goes, and the other
lines of the entry stay. Every other wording is from memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Protocol, cast

from . import asa_lists as lists
from .asa_config import SECURITY_LEVEL
from .edit import Edit, Misread, Refused, Surroundings
from .store import Entry, Store

INCOMPLETE = "WARNING: The crypto map entry is incomplete!"
NAME_WARNING = (
    "L2L tunnel-groups that have names which are not an IP",
    "address may only be used if the tunnel authentication",
    "method is Digital Certificates and/or The peer is ",
    "configured to use Aggressive Mode",
)
WEAK_GROUP = "WARNING: DH group 5 is considered insecure. This option is deprecated and will be removed in a later version."


class AsaSurroundings(Surroundings, Protocol):
    """What the rules ask of an ASA. `old` is 8.2, `modern` is 9.13 and later."""

    old: bool
    modern: bool

    def hash_password(self, user: str, plain: str) -> tuple[str, str]:
        """The stored form of a password, and the word that says which form it is."""


def around(edit: Edit) -> AsaSurroundings:
    """The ASA around an edit."""
    return cast(AsaSurroundings, edit.box)


def interface_named(store: Store, nameif: str) -> Entry | None:
    """The interface with a name."""
    for entry in store.all("interface"):
        line = entry.child("nameif")
        if line is not None and line.values["nameif"] == nameif:
            return entry
    return None


def need_interface(edit: Edit, nameif: str) -> None:
    """Refuse a name that no interface has."""
    if interface_named(edit.box.store, nameif) is None:
        raise Misread(nameif)


def off_or_gone(edit: Edit, message: str) -> None:
    """Take the line away, or say that it was not there."""
    if edit.clear() is None:
        raise Refused(message)


# The box itself


def enable_password(edit: Edit) -> None:
    """`enable password X` is stored as its hash."""
    _hashed(edit, "")
    edit.put("enable password {secret} {kind}".format(**edit.values))
    entry = edit.existing
    if entry is not None and around(edit).modern:
        _mask(entry, entry.values["secret"])


def passwd(edit: Edit) -> None:
    """The password of telnet logins, which nobody uses here."""
    _hashed(edit, "")
    edit.put("passwd {secret} {kind}".format(**edit.values))


def username(edit: Edit) -> None:
    """`username N password X` is stored as its hash; without a level it is 2."""
    if edit.negated:
        edit.clear()
        return
    _hashed(edit, edit.values["name"])
    edit.values.setdefault("level", "2")
    tail = f" privilege {edit.values['level']}" if edit.values["level"] != "2" else ""
    entry = edit.put("username {name} password {secret} {kind}".format(**edit.values) + tail)
    if around(edit).modern:
        _mask(entry, entry.values["secret"])


def _hashed(edit: Edit, user: str) -> None:
    if "kind" not in edit.values:
        edit.values["secret"], edit.values["kind"] = around(edit).hash_password(user, edit.values["secret"])


def _mask(entry: Entry, secret: str) -> None:
    """Show stars; the line with the secret is kept beside it."""
    entry.values["clear"] = entry.text
    entry.text = entry.text.replace(secret, "*****")


def plain(edit: Edit) -> None:
    """A setting that is on, or off and shown as off."""
    words = edit.values["line"]
    edit.home.pop((edit.form.family, (words,)), None)
    if not edit.negated:
        edit.home[(edit.form.family, (words,))] = Entry(edit.form, (words,), words, {"line": words})
    elif edit.form.off == "store":
        edit.home[(edit.form.family, (words,))] = Entry(edit.form, (words,), f"no {words}", {"line": words})


def interface(edit: Edit) -> None:
    """A physical interface exists or it does not."""
    name = edit.values["name"]
    if name not in edit.box.physical:
        raise Misread(name)
    if edit.negated:
        raise Refused("ERROR: Physical interfaces can not be removed")
    edit.entered = edit.put(f"interface {name}")


def nameif(edit: Edit) -> None:
    """A name brings a security level with it: 100 for `inside`, 0 for every other."""
    assert edit.section is not None
    if edit.negated:
        edit.clear()
        return
    name = edit.values["nameif"]
    other = interface_named(edit.box.store, name)
    if other is not None and other is not edit.section:
        raise Refused(f'ERROR: Name "{name}" has been assigned to interface {other.key[0]}')
    edit.put()
    if edit.section.child("security-level") is None:
        level = "100" if name == "inside" else "0"
        line = Entry(SECURITY_LEVEL, (), f"security-level {level}", {"n": level})
        edit.section.children[(SECURITY_LEVEL.family, ())] = line
        edit.says.append(f'INFO: Security level for "{name}" set to {level} by default.')


def ip_address(edit: Edit) -> None:
    """An address and a mask that fit."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    edit.put("ip address {ip} {mask}".format(**edit.values))


def route(edit: Edit) -> None:
    """A static route is shown with its distance."""
    need_interface(edit, edit.values["nameif"])
    lists.paired(edit.values["net"], edit.values["mask"])
    edit.values.setdefault("distance", "1")
    if edit.negated:
        off_or_gone(edit, "%No matching route to delete")
    elif edit.existing is not None and edit.existing.values["distance"] == edit.values["distance"]:
        raise Refused("ERROR: Route already exists")
    else:
        edit.put("route {nameif} {net} {mask} {via} {distance}".format(**edit.values))


def management_access(edit: Edit) -> None:
    """One interface of the inside can be managed through a tunnel."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    need_interface(edit, edit.values["nameif"])
    edit.put()


def access_group(edit: Edit) -> None:
    """A list has to be there before it is applied."""
    need_interface(edit, edit.values["nameif"])
    _need_list(edit, edit.values["acl"])
    if edit.negated:
        edit.clear()
    else:
        edit.put()


# Lists and objects


def _need_list(edit: Edit, name: str) -> None:
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


# Address translation


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
    _need_list(edit, edit.values["acl"])
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


# Tunnel groups and group policies


def tunnel_group(edit: Edit) -> None:
    """A tunnel group has a type for life; it goes away with its attributes."""
    name = edit.values["name"]
    if edit.negated:
        if edit.clear() is None:
            raise Refused(f"ERROR: tunnel-group {name} does not exist")
        for family in ("tunnel-group general", "tunnel-group ipsec"):
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
    if edit.box.store.get("tunnel-group", name) is None and name not in ("DefaultL2LGroup", "DefaultRAGroup"):
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


# IKE and IPsec


def policy(edit: Edit) -> None:
    """A policy is shown with all of its lines, the defaults too."""
    if edit.negated:
        edit.clear()
        return
    new = edit.existing is None
    edit.entered = edit.put()
    if new:
        edit.entered.values["defaults"] = " ".join(POLICY_DEFAULTS[around(edit).modern].values())


POLICY_LINES = ("authentication", "encryption", "hash", "group", "lifetime")
#: What a policy is made of when nothing else was said, before 9.13 and from 9.13 on.
POLICY_DEFAULTS = {
    False: {"authentication": "pre-share", "encryption": "3des", "hash": "sha", "group": "2", "lifetime": "86400"},
    True: {"authentication": "pre-share", "encryption": "aes", "hash": "sha", "group": "14", "lifetime": "86400"},
}


def policy_line(edit: Edit) -> None:
    """One line of a policy; `no` brings the default back."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    edit.put(f"{edit.form.family} {edit.values['value']}")
    if edit.form.family == "group" and edit.values["value"] == "5" and around(edit).modern:
        edit.says.append(WEAK_GROUP)


def ike_enable(edit: Edit) -> None:
    """IKE on an interface."""
    need_interface(edit, edit.values["nameif"])
    if edit.negated:
        edit.clear()
    else:
        edit.put()


def transform_set(edit: Edit) -> None:
    """A transform set takes the references of crypto maps with it when it goes."""
    name = edit.values["name"]
    if not edit.negated:
        if edit.values["first"].endswith("-hmac") or ("second" in edit.values and not _seconds(edit.values["second"])):
            raise Misread(name)
        edit.put(edit.values["line"] + " ")
        return
    if edit.clear() is None:
        raise Refused(f'ERROR: transform set with tag "{name}" does not exist.')
    edit.home.pop(("transform-mode", (name,)), None)
    for identity, entry in list(edit.home.items()):
        if entry.form.family == "map line" and entry.key[2] == "transform" and name in entry.values["sets"].split():
            rest = [other for other in entry.values["sets"].split() if other != name]
            if not rest:
                del edit.home[identity]
                continue
            entry.text = entry.text.replace(entry.values["sets"], " ".join(rest))
            entry.values["sets"] = " ".join(rest)


def _seconds(algorithm: str) -> bool:
    return algorithm.endswith("-hmac") or algorithm == "esp-none"


def ipsec_lifetime(edit: Edit) -> None:
    """The lifetimes that hold where an entry has none of its own, one line to each unit."""
    for unit in ("seconds", "kilobytes"):
        if unit not in edit.values and f"lifetime {unit}" not in edit.values["line"]:
            continue
        identity = ("ipsec lifetime", (unit,))
        edit.home.pop(identity, None)
        if not edit.negated:
            text = f"crypto ipsec security-association lifetime {unit} {edit.values[unit]}"
            edit.home[identity] = Entry(edit.form, (unit,), text, {"n": edit.values[unit]})


_SETTINGS = ("match", "pfs", "peer", "transform", "lifetime seconds", "lifetime kilobytes", "nat-t-disable", "reverse-route")
RANKS = {what: rank for rank, what in enumerate(_SETTINGS)}


def map_lines(store: Store, name: str, seq: str) -> dict[str, Entry]:
    """The lines of one entry of a crypto map by what they set."""
    return {e.key[2]: e for e in store.root.values() if e.form.family == "map line" and e.key[:2] == (name, seq)}


def map_names(store: Store) -> set[str]:
    """The crypto maps that have lines."""
    return {entry.key[0] for entry in store.root.values() if entry.form.family == "map line"}


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


def _warn(edit: Edit, name: str, seq: str) -> None:
    if not {"match", "peer", "transform"} <= set(map_lines(edit.box.store, name, seq)):
        edit.says.append(INCOMPLETE)


def _order_maps(store: Store) -> None:
    mine = [(identity, entry) for identity, entry in store.root.items() if entry.form.family == "map line"]
    for identity, _ in mine:
        del store.root[identity]
    store.root.update(sorted(mine, key=lambda item: (int(item[1].key[1]), RANKS[item[1].key[2]])))


def map_match(edit: Edit) -> None:
    """What the entry protects; the list has to be there."""
    acl = edit.values["acl"]
    _need_list(edit, acl)
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


def map_sets(edit: Edit) -> None:
    """Only transform sets that exist can be named."""
    names = [edit.values[name] for name in ("set1", "set2", "set3", "set4") if name in edit.values]
    for name in names:
        if not edit.negated and edit.box.store.get("transform-set", name) is None:
            raise Refused(f'ERROR: transform set with tag "{name}" does not exist.')
    _same(edit, "transform", "sets", " ".join(names))
    words = "set transform-set" if around(edit).old else "set ikev1 transform-set"
    _map_line(edit, "transform", f"{words} {' '.join(names)}", {"sets": " ".join(names)})


def map_pfs(edit: Edit) -> None:
    """`set pfs` alone means group 2 before 9.13 and group 14 since, and there group 14 is shown as `set pfs` alone."""
    modern = around(edit).modern
    group = edit.values.get("group", "group14" if modern else "group2")
    bare = "group" not in edit.values or (modern and group == "group14")
    _map_line(edit, "pfs", f"set pfs {'' if bare else group}", {"group": group})
    if modern and group == "group5" and not edit.negated:
        edit.says.append(WEAK_GROUP)


def map_lifetime(edit: Edit) -> None:
    """The lifetimes of an entry, one line to each unit."""
    for unit in ("seconds", "kilobytes"):
        if unit in edit.values or f"lifetime {unit}" in edit.values["line"]:
            text = f"set security-association lifetime {unit} {edit.values.get(unit, '')}"
            edit.says.clear()
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
    if any(not {"match", "peer", "transform"} <= set(map_lines(store, name, seq)) for seq in seqs):
        edit.says.append("WARNING: crypto map has incomplete entries")


# The event manager


def applet(edit: Edit) -> None:
    """An applet's name is not longer than 32 characters."""
    if len(edit.values["name"]) > 32:
        raise Misread(edit.values["name"])
    if edit.negated:
        off_or_gone(edit, f"ERROR: applet {edit.values['name']} does not exist")
        return
    new = edit.existing is None
    edit.entered = edit.put()
    if new:
        edit.entered.values["output"] = "none"


def countdown(edit: Edit) -> None:
    """One countdown to an applet; it counts once, and anew when it is removed and added again."""
    if edit.negated:
        edit.values = {}
        edit.clear()
    elif edit.existing is not None and edit.existing.values["seconds"] == edit.values["seconds"]:
        return
    else:
        edit.clear()
        edit.put("event timer countdown time {seconds}".format(**edit.values))


def action(edit: Edit) -> None:
    """One action: a command in quotes."""
    if edit.negated:
        edit.clear()
        return
    command = edit.values["command"].strip()
    if len(command) < 3 or not (command.startswith('"') and command.endswith('"')):
        raise Misread(command)
    edit.values["command"] = command[1:-1]
    edit.put(f"action {edit.values['n']} cli command {command}")


def output(edit: Edit) -> None:
    """Where the output of the actions goes; nowhere unless it is said."""
    if edit.negated:
        edit.values = {}
        edit.clear()
    else:
        edit.put()


def not_played(edit: Edit) -> None:
    """The release knows the command and the lab does not play it; it says so rather than pretend."""
    raise Refused(f"ERROR: The rehearsal lab does not play this command: {edit.values['line']}")


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function
    for function in (
        enable_password, passwd, username, plain, interface, nameif, ip_address, route, management_access, access_group, ace,
        remark, object_group, member, network_object, object_value, twice_nat, object_nat, nat_exempt, nat_old, global_pool,
        tunnel_group, tunnel_section, key, keepalive, default_group_policy, group_policy, group_policy_attributes, policy,
        policy_line, ike_enable, transform_set, ipsec_lifetime, map_match, map_peer, map_sets, map_pfs, map_lifetime, map_flag,
        map_interface, applet, countdown, action, output, not_played,
    )
}  # fmt: skip
