"""What an ASA does with the lines about itself: passwords, interfaces, routes.

Sources: ASA command references; the wording of refusals is from memory.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Misread, Refused
from ...core.configuration.store import Entry
from ..meaning import lists
from ..tables.config import SECURITY_LEVEL
from .edit import around, forget_interface, interface_named, need_interface, off_or_gone, unsure


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
    bare = words.removesuffix(f" {edit.values.get('rest', '')}")
    if ("plain", (bare,)) in edit.home and bare != words:  # `no snmp-server location` is what is printed without one
        edit.home[("plain", (bare,))].text = f"no {bare}" if edit.negated else words
        return
    edit.home.pop((edit.form.family, (words,)), None)
    if not edit.negated:
        edit.home[(edit.form.family, (words,))] = Entry(edit.form, (words,), words, {"line": words})
    elif edit.form.off == "store":
        edit.home[(edit.form.family, (words,))] = Entry(edit.form, (words,), f"no {words}", {"line": words})


def interface(edit: Edit) -> None:
    """A physical interface exists or it does not; a tunnel interface comes and goes, where the release has any."""
    name, row = edit.values["name"], around(edit).generation
    if name.startswith("Tunnel"):
        if not row.tunnels or int(name.removeprefix("Tunnel").partition("/")[0]) > row.last_tunnel:
            raise Misread(name)
        _tunnel(edit, name)
        return
    if name not in edit.box.physical:
        raise Misread(name)
    if edit.negated:
        raise Refused("ERROR: Physical interfaces can not be removed")
    edit.entered = edit.put(f"interface {name}")


def _tunnel(edit: Edit, name: str) -> None:
    """A tunnel interface that goes takes with it what names it; that one which is not there is refused is from memory."""
    if not edit.negated:
        edit.entered = edit.put(f"interface {name}")
        return
    gone = edit.clear()
    if gone is None:
        raise Refused(f"ERROR: interface {name} does not exist")
    line = gone.child("nameif")
    if line is not None:
        forget_interface(edit.box.store, line.values["nameif"])


def nameif(edit: Edit) -> None:
    """A name brings a security level with it: 100 for `inside`, 0 for every other; a tunnel's is 0 and is not written."""
    assert edit.section is not None
    if edit.negated:
        gone = edit.clear()
        if gone is not None:
            forget_interface(edit.box.store, gone.values["nameif"])
        return
    name = edit.values["nameif"]
    other = interface_named(edit.box.store, name)
    if other is not None and other is not edit.section:
        raise Refused(f'ERROR: Name "{name}" has been assigned to interface {other.key[0]}')
    edit.put()
    if edit.form.mode == "tunnel":
        edit.says.append(f'INFO: Security level for "{name}" set to 0 by default.')
    elif edit.section.child("security-level") is None:
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
    else:
        _no_conflict(edit)
        edit.put("route {nameif} {net} {mask} {via} {distance}".format(**edit.values))


def _no_conflict(edit: Edit) -> None:
    """Two routes to one network at one distance over two interfaces conflict (public sessions of 9.x); over one they share.

    What becomes of a second distance to the same next hop was found nowhere.
    """
    values = edit.values
    if edit.existing is not None:
        if edit.existing.values["distance"] == values["distance"]:
            raise Refused("ERROR: Route already exists")
        raise unsure(edit)
    for other in edit.box.store.all("route"):
        same = all(other.values[name] == values[name] for name in ("net", "mask", "distance"))
        if same and other.values["nameif"] != values["nameif"]:
            raise Refused("ERROR: Cannot add route entry, conflict with existing routes")
    if any(i.values.get("ip") == values["via"] for e in edit.box.store.all("interface") if (i := e.child("ip address"))):
        raise Refused("%Invalid next hop address, it belongs to one of our interfaces")


def route_null(edit: Edit) -> None:
    """A route to nowhere."""
    lists.paired(edit.values["net"], edit.values["mask"])
    edit.values.setdefault("distance", "1")
    edit.values["nameif"] = "Null0"
    if edit.negated:
        off_or_gone(edit, "%No matching route to delete")
    else:
        edit.put("route Null0 {net} {mask} {distance}".format(**edit.values))


def management_access(edit: Edit) -> None:
    """One interface of the inside can be managed through a tunnel."""
    if edit.negated:
        edit.values = {}
        edit.clear()
        return
    need_interface(edit, edit.values["nameif"])
    edit.put()


HOOKS: dict[str, Callable[[Edit], None]] = {
    function.__name__: function
    for function in (
        enable_password,
        passwd,
        username,
        plain,
        interface,
        nameif,
        ip_address,
        route,
        route_null,
        management_access,
    )
}
