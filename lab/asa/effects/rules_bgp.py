"""What an ASA does with the lines of BGP and of prefix lists.

Sources: the 9.19 command reference; the words of refusals are those of IOS, whose BGP it is, in public sessions and from memory.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network

from ...core.configuration.edit import Edit, Misread, Refused
from ...core.configuration.forms import Form
from ...core.configuration.store import Entry
from ..tables import config_bgp
from .edit import INCOMPLETE, around, off_or_gone, unsure

AUTO_ID = "bgp router-id vrf auto-assign"
FIRST = "% Specify remote-as or peer-group commands first"


def _shown(section: Entry, form: Form, text: str) -> None:
    """A line that a section has without anybody having typed it."""
    section.children.setdefault((form.family, ()), Entry(form, (), text, {"line": text.removeprefix("no ")}))


def router(edit: Edit) -> None:
    """A box has one autonomous system; a second one is refused."""
    there, system = edit.existing, edit.values["system"]
    if there is not None and there.values["system"] != system:
        raise unsure(edit) if edit.negated else Refused(f"BGP is already running; AS is {there.values['system']}")
    if edit.negated:
        off_or_gone(edit, "% BGP is not running")
        return
    edit.entered = edit.put()
    if there is None:
        _shown(edit.entered, config_bgp.LOG, "bgp log-neighbor-changes")
        _shown(edit.entered, config_bgp.ROUTER_ID, AUTO_ID)


def router_id(edit: Edit) -> None:
    """Without an identity of its own the router takes one of its addresses, and the line says so."""
    edit.put(AUTO_ID if edit.negated else None)
    if edit.negated and edit.existing is not None:
        edit.existing.values = {"line": AUTO_ID}


def family(edit: Edit) -> None:
    """The address family shows two lines from the first."""
    if edit.negated:
        edit.clear()
        return
    edit.entered = edit.put("address-family ipv4 unicast")
    _shown(edit.entered, config_bgp.SUMMARY, "no auto-summary")
    _shown(edit.entered, config_bgp.SYNCHRONIZATION, "no synchronization")


def _is_ours(edit: Edit, address: str) -> bool:
    lines = (entry.child("ip address") for entry in edit.box.store.all("interface"))
    return any(line is not None and line.values["ip"] == address for line in lines)


def remote_as(edit: Edit) -> None:
    """The line that makes a neighbour; its `no` takes all of the neighbour's lines away."""
    if edit.negated:
        neighbour_gone(edit)
        return
    if _is_ours(edit, edit.values["neighbor"]) and not around(edit).loading:
        raise Refused("% Cannot configure the local system as neighbor")
    edit.put()


def neighbour_gone(edit: Edit) -> None:
    """`no neighbor X`."""
    if not edit.negated:
        raise Refused(INCOMPLETE)
    neighbour = edit.values["neighbor"]
    _need(edit, neighbour)
    for identity, entry in list(edit.home.items()):
        if entry.form.family in NEIGHBOUR and entry.key[0] == neighbour:
            del edit.home[identity]


NEIGHBOUR = frozenset(form.family for form in config_bgp.FORMS if "neighbor" in form.key)


def _need(edit: Edit, neighbour: str) -> None:
    if ("bgp remote-as", (neighbour,)) not in edit.home:
        raise Refused(FIRST)


def setting(edit: Edit) -> None:
    """A line about a neighbour that is there; the smallest hold time that is taken stands behind the timers."""
    values = edit.values
    _need(edit, values["neighbor"])
    if edit.negated:
        edit.clear()
        return
    if edit.form.family == "bgp timers":
        values.setdefault("least", "0")
        if int(values["hold"]) in (1, 2):
            raise unsure(edit)
        edit.put("neighbor {neighbor} timers {keepalive} {hold} {least}".format(**values))
    elif edit.form.family == "bgp multihop":
        values.setdefault("ttl", "255")
        edit.put("neighbor {neighbor} ebgp-multihop {ttl}".format(**values))
    else:
        edit.put()


def mask_of_class(address: str) -> str:
    """The mask that a network has without one: that of its class."""
    first = int(address.split(".")[0])
    return "255.0.0.0" if first < 128 else "255.255.0.0" if first < 192 else "255.255.255.0"


def network(edit: Edit) -> None:
    """A network with its mask, which is not shown where it is that of the class."""
    values, usual = edit.values, mask_of_class(edit.values["network"])
    values.setdefault("mask", usual)
    try:
        IPv4Network("{network}/{mask}".format(**values))
    except ValueError:
        raise Refused("% BGP: Incorrect network or mask configured") from None
    if edit.negated:
        off_or_gone(edit, "% BGP: No such network is configured")
        return
    edit.put("network {network}".format(**values) + (f" mask {values['mask']}" if values["mask"] != usual else ""))


def prefix_list(edit: Edit) -> None:
    """A rule of a list; without a number it comes five behind the last one, and a number is taken once."""
    values = edit.values
    net = _range(values)
    rule = f"{values['action']} {net}" + "".join(f" {word} {values[word]}" for word in ("ge", "le") if word in values)
    mine = [entry for entry in edit.box.store.all("prefix-list") if entry.key[0] == values["name"]]
    alike = (entry for entry in mine if entry.values["rule"] == rule)
    same = next((entry for entry in alike if values.get("seq", entry.key[1]) == entry.key[1]), None)
    if edit.negated:
        if same is None:
            raise Refused("% Can't find specified prefix-list")
        del edit.home[(same.form.family, same.key)]
        return
    if same is not None:
        return
    values.setdefault("seq", str(max((int(entry.key[1]) for entry in mine), default=0) // 5 * 5 + 5))
    taken = next((entry for entry in mine if entry.key[1] == values["seq"]), None)
    if taken is not None:
        raise Refused(f"%Insertion failed - prefix-list entry exists: seq {values['seq']} {taken.values['rule']}")
    values["rule"] = rule
    edit.put(f"prefix-list {values['name']} seq {values['seq']} {rule}")


def _range(values: dict[str, str]) -> IPv4Network:
    """The prefix of a rule, with its host bits off; what is none is not read, and lengths that do not fit are refused."""
    try:
        address, _, length = values["prefix"].partition("/")
        net = IPv4Network((IPv4Address(address), int(length)), strict=False)
    except ValueError:
        raise Misread(values["prefix"]) from None
    bounds = [int(values[word]) for word in ("ge", "le") if word in values]
    if bounds and not net.prefixlen < bounds[0] <= bounds[-1]:
        raise Refused(f"% Invalid prefix range for {net}, make sure: len < ge-value <= le-value")
    return net


def prefix_list_gone(edit: Edit) -> None:
    """`no prefix-list NAME` takes the whole list."""
    if not edit.negated:
        raise Refused(INCOMPLETE)
    found = [identity for identity in edit.home if identity[0] == "prefix-list" and identity[1][0] == edit.values["name"]]
    if not found:
        raise Refused("% Can't find specified prefix-list")
    for identity in found:
        del edit.home[identity]


HOOKS: dict[str, Callable[[Edit], None]] = {
    "bgp": router,
    "bgp_router_id": router_id,
    "bgp_family": family,
    "bgp_remote_as": remote_as,
    "bgp_neighbour_gone": neighbour_gone,
    "bgp_setting": setting,
    "bgp_network": network,
    "prefix_list": prefix_list,
    "prefix_list_gone": prefix_list_gone,
}
