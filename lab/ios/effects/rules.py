"""What IOS 12.2 does beyond storing a line: references, refusals, notes, lines that mean more than they say.

Sources: the wording of the crypto map note and of the in-use refusal is in public device captures; that deleting one line of
a numbered list deletes the list is in Cisco's access list FAQ. Where no capture of the exact words was found, the refusal is
certain and its wording is from memory.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from ...core.access import banners
from ...core.configuration.edit import Edit, Misread, Refused
from ...core.configuration.store import Entry, Store
from ...core.configuration.syntax import valid_ip
from ...features import tunnel_forms
from ..tables import known
from . import rules_aaa

NOTE = (
    "% NOTE: This new crypto map will remain disabled until a peer",
    "        and a valid access list have been configured.",
)


def short_interface(name: str) -> str:
    """`Ethernet0/0` as messages write it: `Et0/0`."""
    match = re.match(r"([A-Za-z]{2})[A-Za-z]*(.*)", name)
    return f"{match[1]}{match[2]}" if match else name


def bound_interfaces(store: Store, name: str) -> list[str]:
    """Interfaces that carry the crypto map."""
    found = []
    for interface in store.all("interface"):
        binding = interface.child("crypto map")
        if binding is not None and binding.values["name"] == name:
            found.append(interface.key[0])
    return found


def map_entries(store: Store, name: str) -> list[Entry]:
    """The entries of a crypto map by sequence number."""
    return [entry for entry in store.all("map entry") if entry.key[0] == name]


def enable_secret(edit: Edit) -> None:
    """`enable secret X` is stored as its hash."""
    if edit.negated:
        edit.clear()
        return
    if "plain" in edit.values:
        edit.values["hash"] = edit.box.hash_secret(edit.values.pop("plain"))
    edit.put(f"enable secret 5 {edit.values['hash']}")


def username(edit: Edit) -> None:
    """`username N secret X` is stored as its hash."""
    if edit.negated:
        edit.clear()
        return
    name, level = edit.values["name"], edit.values.get("level", "")
    head = f"username {name}{f' privilege {level}' if level not in ('', '1') else ''}"
    if "password" in edit.values:
        edit.put(f"{head} password 0 {edit.values['password']}")
        return
    if "plain" in edit.values:
        edit.values["hash"] = edit.box.hash_secret(edit.values.pop("plain"))
    edit.put(f"{head} secret 5 {edit.values['hash']}")


def interface(edit: Edit) -> None:
    """A physical interface exists or it does not; it cannot be removed."""
    name = edit.values["name"]
    virtual = name.startswith(("Loopback", "Tunnel", "Null"))
    if name not in edit.box.physical and not virtual:
        raise Misread(name)
    if not edit.negated:
        new = edit.existing is None
        edit.entered = edit.put(f"interface {name}")
        if new and name.startswith(("Loopback", "Tunnel")):
            tunnel_forms.bare(edit.entered)
    elif not virtual:
        raise Refused("% Removal of physical interfaces is not permitted.")
    else:
        edit.clear()


def _contiguous(mask: str) -> bool:
    """Whether a netmask is ones followed by zeros."""
    wild = ~int(ipaddress.IPv4Address(mask)) & 0xFFFFFFFF
    return wild & (wild + 1) == 0


def ip_address(edit: Edit) -> None:
    """An interface's network overlaps with no other's."""
    if edit.negated:
        edit.values = {}
        edit.put("no ip address")
        return
    if edit.section is not None and edit.section.key[0] in edit.box.switched:
        raise Refused("", "% IP addresses may not be configured on L2 links.", "")
    ip, mask = edit.values["ip"], edit.values["mask"]
    if not _contiguous(mask):
        raise Refused(f"Bad mask 0x{int(ipaddress.IPv4Address(mask)):X} for address {ip}")
    network = ipaddress.ip_network(f"{ip}/{mask}", strict=False)
    for other in edit.box.store.all("interface"):
        line = other.child("ip address")
        if other is edit.section or line is None or "ip" not in line.values:
            continue
        if network.overlaps(ipaddress.ip_network(f"{line.values['ip']}/{line.values['mask']}", strict=False)):
            raise Refused(f"% {network.network_address} overlaps with {other.key[0]}")
    edit.put(f"ip address {ip} {mask}")


def ip_route(edit: Edit) -> None:
    """A route's address has no bits outside its mask."""
    net, mask = (int(ipaddress.IPv4Address(edit.values[name])) for name in ("net", "mask"))
    if not _contiguous(edit.values["mask"]) or net & ~mask & 0xFFFFFFFF:
        raise Refused("%Inconsistent address and mask")
    if not edit.negated:
        edit.put()
    elif edit.clear() is None:
        raise Refused("%No matching route to delete")


def route_map(edit: Edit) -> None:
    """A route map entry defaults to `permit 10`."""
    edit.values.setdefault("action", "permit")
    edit.values.setdefault("seq", "10")
    if edit.negated:
        edit.clear()
    else:
        edit.entered = edit.put("route-map {name} {action} {seq}".format(**edit.values))


def canonical_ace(text: str) -> str:
    """An access list entry as the router writes it: hosts and `any` named, addresses cut to the wildcard."""
    words, told = text.split(), []
    if "remark" in words[:3]:
        return text
    while words:
        word = words.pop(0)
        if word == "host":
            told += [word, words.pop(0)]
        elif valid_ip(word) and words and valid_ip(words[0]):
            told += _spelled(word, words.pop(0))
        else:
            told.append(word)
    return " ".join(told)


def _spelled(address: str, wildcard: str) -> list[str]:
    base, wild = int(ipaddress.IPv4Address(address)), int(ipaddress.IPv4Address(wildcard))
    if wild == 0xFFFFFFFF:
        return ["any"]
    if wild == 0:
        return ["host", address]
    if wild & (wild + 1):
        raise Misread(wildcard)  # the router takes a wildcard with holes in it; the lab's packets are not judged by one
    return [str(ipaddress.IPv4Address(base & ~wild & 0xFFFFFFFF)), wildcard]


def drop_users_of_acl(edit: Edit, name: str) -> None:
    """Entries of crypto maps that match on the list protect other traffic from now on."""
    for entry in edit.box.store.all("map entry"):
        match = entry.child("match address")
        if match is not None and match.values["acl"] == name:
            edit.box.entry_changed(*entry.key)


def numbered_acl(edit: Edit) -> None:
    """`no access-list 100 permit ...` deletes the whole list on this release."""
    name = edit.values["name"]
    if edit.negated:
        drop_users_of_acl(edit, name)
        for identity in [i for i in edit.home if i[0] == "access-list" and i[1][0] == name]:
            del edit.home[identity]
        return
    line = canonical_ace(edit.values["line"])
    ace = line.split(" ", 2)[2]
    edit.home.setdefault(("access-list", (name, ace)), Entry(edit.form, (name, ace), line, {"name": name, "ace": ace}))


def named_acl(edit: Edit) -> None:
    """A list is removed whole; a number in place of the name is the numbered list."""
    name = edit.values["name"]
    if edit.negated:
        drop_users_of_acl(edit, name)
        gone = edit.clear()
        if gone is None and not name.isdigit():
            raise Refused(f"%Access-list {name} doesn't exist.")
        for identity in [i for i in edit.home if i[0] == "access-list" and i[1][0] == name]:
            del edit.home[identity]
        return
    if name.isdigit():
        raise Misread(name)
    edit.entered = edit.put(f"ip access-list extended {name}")


def ace(edit: Edit) -> None:
    """One entry of a named list; no numbers on this release. An entry more leaves what was negotiated alone."""
    edit.values["line"] = canonical_ace(edit.values["line"])
    if edit.negated:
        if edit.clear() is not None and edit.section is not None:
            drop_users_of_acl(edit, edit.section.key[0])
    else:
        edit.put()


def isakmp_key(edit: Edit) -> None:
    """One key per peer address; it is removed by naming the key as well."""
    if edit.values.get("mask") == "255.255.255.255":
        del edit.values["mask"]
    if not _contiguous(edit.values.get("mask", "255.255.255.255")):
        raise Misread(edit.values["mask"])
    peer, mask = edit.values["peer"], edit.values.get("mask", "255.255.255.255")
    stored = edit.existing
    if edit.negated:
        if stored is None or stored.values["typed"] != edit.values["secret"]:
            raise Refused(f"% Pre-shared key for address {peer} {mask} does not match or does not exist.")
        edit.clear()
        return
    if stored is not None:
        raise Refused(f"A pre-shared key for address mask {peer} {mask} already exists!")
    shown, used = edit.box.stored_key(edit.values["secret"])
    edit.values |= {"typed": shown, "used": used}
    tail = (f" {mask}" if "mask" in edit.values else "") + (" no-xauth" if "noxauth" in edit.values else "")
    edit.put(f"crypto isakmp key {shown} address {peer}{tail}")


def transform_set(edit: Edit) -> None:
    """A transform set that an entry uses cannot be removed."""
    name = edit.values["name"]
    if not edit.negated:
        edit.entered = edit.put()
        return
    for entry in edit.box.store.all("ipsec profile"):
        used = entry.child("set transform-set")
        if used is not None and name in used.text.split()[2:]:
            raise Refused(f"% Transform set {name} is in use by profile {entry.key[0]}")
    for entry in [*edit.box.store.all("map entry"), *edit.box.store.all("dynamic-map")]:
        used = entry.child("set transform-set")
        if used is not None and name in used.text.split()[2:]:
            raise Refused(f"% Transform set {name} is in use by crypto map {entry.key[0]} {entry.key[1]}")
    if edit.clear() is None:
        raise Refused(f'ERROR: transform set with tag "{name}" does not exist.')


def set_transform(edit: Edit) -> None:
    """Only transform sets that exist can be named."""
    if edit.negated:
        edit.clear()
        return
    for name in edit.values["line"].split()[2:]:
        if edit.box.store.get("transform-set", name) is None:
            raise Refused(f'ERROR: transform set with tag "{name}" does not exist.')
    edit.put()


def set_pfs(edit: Edit) -> None:
    """`set pfs` alone means group 1."""
    if edit.negated:
        edit.clear()
    else:
        edit.values.setdefault("group", "group1")
        edit.put("set pfs {group}".format(**edit.values))


def dynamic_map(edit: Edit) -> None:
    """A template goes away as a whole, or by entry; not while a crypto map names it."""
    name, seq = edit.values["name"], edit.values.get("seq")
    if not edit.negated:
        edit.entered = edit.put(f"crypto dynamic-map {name} {seq}")
        return
    mine = [entry for entry in edit.box.store.all("dynamic-map") if entry.key[0] == name]
    going = [entry for entry in mine if seq in (None, entry.key[1])]
    users = [e for e in edit.box.store.all("map entry") if e.values.get("dynamic") == name]
    if users and len(going) == len(mine):
        raise Refused(f"% Dynamic crypto map {name} is in use by crypto map {users[0].key[0]}")
    for entry in going:
        del edit.home[("dynamic-map", entry.key)]


def map_entry(edit: Edit) -> None:
    """Entries: the note on creation, one type for life, the last one of a bound map stays."""
    if edit.negated:
        _remove_entries(edit)
        return
    old, dynamic = edit.existing, edit.values.get("dynamic")
    if old is None and "kind" not in edit.values:
        raise Refused("% Incomplete command.")
    if old is not None and "kind" in edit.values:
        if old.values.get("dynamic") != dynamic:
            raise Refused("Attempt to change dynamic map tag for existing crypto map is not allowed.")
        if old.values["kind"] != edit.values["kind"]:
            raise Refused("% The type of an existing crypto map entry cannot be changed.")
    entry = old if old is not None else edit.put()
    if entry.values.get("dynamic"):
        return
    edit.entered = entry
    if old is None:
        edit.says += NOTE


def _remove_entries(edit: Edit) -> None:
    store, name, seq = edit.box.store, edit.values["name"], edit.values.get("seq")
    mine = map_entries(store, name)
    going = [entry for entry in mine if seq in (None, entry.key[1])]
    if not going:
        raise Refused(f"% Crypto-map {name}{f' {seq}' if seq else ''} does not exist.")
    bound = bound_interfaces(store, name)
    if bound and len(going) == len(mine):
        raise Refused(f"% Crypto-map {name} is in use by interface(s): {' '.join(map(short_interface, bound))}")
    for entry in going:
        del store.root[("map entry", entry.key)]
        edit.box.entry_changed(*entry.key)
    if seq is None:
        families = ("map local-address", "map xauth", "map authorization", "map mode-config")
        for identity in [i for i in store.root if i[0] in families and i[1][0] == name]:
            del store.root[identity]


def match_address(edit: Edit) -> None:
    """Another access list protects other traffic: what was negotiated for the entry goes."""
    if edit.section is not None and edit.section.form.family == "map entry":
        edit.box.entry_changed(*edit.section.key)
    if edit.negated:
        edit.clear()
    else:
        edit.put()


def bind_map(edit: Edit) -> None:
    """One crypto map per interface; binding another replaces it and drops what ran over the first."""
    if edit.section is None:
        return
    before = edit.existing
    if edit.negated:
        if edit.clear() is not None:
            edit.box.binding_changed()
        return
    name = edit.values["name"]
    if not map_entries(edit.box.store, name):
        raise Refused(f'ERROR: Crypto Map with tag "{name}" does not exist.')
    if before is None or before.values["name"] != name:
        edit.put()
        edit.box.binding_changed()


def line(edit: Edit) -> None:
    """`line console 0` is written `line con 0`."""
    edit.values["line"] = edit.values["line"].replace("line console", "line con")
    edit.entered = edit.put()


def exec_timeout(edit: Edit) -> None:
    """Minutes and seconds, both always written; ten minutes are the default that is not shown."""
    minutes, seconds = edit.values.get("min", "10"), edit.values.get("sec", "0")
    if edit.negated or (minutes, seconds) == ("10", "0"):
        edit.clear()
        return
    edit.values |= {"min": minutes, "sec": seconds}
    edit.put(f"exec-timeout {minutes} {seconds}")


HOOKS: dict[str, Callable[[Edit], None]] = {
    "line": line,
    "kept": known.kept,
    "not_played": known.not_played,
    "exec_timeout": exec_timeout,
    "banner": banners.begin,
    "aaa_model": rules_aaa.aaa_model,
    "aaa_list": rules_aaa.aaa_list,
    "enable_secret": enable_secret,
    "username": username,
    "interface": interface,
    "ip_address": ip_address,
    "ip_route": ip_route,
    "route_map": route_map,
    "numbered_acl": numbered_acl,
    "named_acl": named_acl,
    "ace": ace,
    "isakmp_key": isakmp_key,
    "transform_set": transform_set,
    "set_transform": set_transform,
    "set_pfs": set_pfs,
    "dynamic_map": dynamic_map,
    "map_entry": map_entry,
    "match_address": match_address,
    "bind_map": bind_map,
}
