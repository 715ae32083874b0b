"""What an ASA does when something is cleared: SAs, sessions, parts of the configuration."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address
from typing import cast

from ...core.configuration.edit import Refused
from ...ios.commands.execs import Call, Handler
from ..box import AsaBox
from ..configure import Tunnels
from ..effects.rules_groups import remove_group_policy
from ..effects.rules_lists import list_is_gone
from ..meaning import lists
from ..outputs.shows_ike import peer_of
from ..outputs.shows_sessions import sessions


def asa(call: Call) -> AsaBox:
    """The firewall that a command is typed on."""
    return cast(AsaBox, call.box)


async def clear_ipsec_sa(call: Call) -> list[str]:
    """`clear crypto ipsec sa`, all, or of a peer or map; `counters` keeps the SAs."""
    box, peer, name = asa(call), call.values.get("peer", ""), call.values.get("map", "")
    flows = [f for f in box.crypto.flows if peer in ("", str(f.peer)) and name in ("", f.map)]
    if "counters" in call.values:
        for flow in flows:
            flow.encaps = flow.decaps = flow.send_errors = flow.recv_errors = 0
        return []
    box.drop_flows(list(flows))
    return []


def _clear_ike(*versions: int) -> Handler:
    """`clear crypto ikev1|ikev2 sa [peer]`: the IKE SA and what was negotiated under it; `isakmp` means both."""

    async def handler(call: Call) -> list[str]:
        box, wanted = asa(call), call.values.get("peer", "")
        peers = {peer_of(box, row) for row in box.crypto.ike if 1 in versions}
        peers |= {row.remote for row in box.crypto.ike2 if 2 in versions}
        peers |= {flow.peer for flow in box.crypto.flows if flow.version in versions}
        for peer in peers:
            if wanted in ("", str(peer)):
                box.drop_peer(peer, versions)
        return []

    return handler


async def logoff(call: Call) -> list[str]:
    """`vpn-sessiondb logoff ipaddress X`, which asks without `noconfirm`."""
    if "noconfirm" not in call.values and not await call.confirm("Do you want to logoff the VPN session(s)? [confirm]"):
        return []
    box, peer = asa(call), IPv4Address(call.values["peer"])
    count = sum(1 for session in sessions(box) if session.peer == peer)
    box.drop_peer(peer) if count else None
    return [f'INFO: Number of sessions with IP address "{peer}" logged off : {count}']


def _clearing(work: Callable[[AsaBox, dict[str, str]], None]) -> Handler:
    """A `clear configure` command: what it does to tunnels is what the same lines with `no` do."""

    async def handler(call: Call) -> list[str]:
        box = asa(call)
        before = Tunnels(box)
        try:
            with box.store.changing():
                work(box, call.values)
        except Refused as refusal:
            return refusal.lines
        before.settle(box)
        box.mark_changed(call.session.user)
        return []

    return handler


def _clear_map(box: AsaBox, values: dict[str, str]) -> None:
    name, seq = values["map"], values.get("seq")
    for identity in [i for i in box.store.root if i[0] == "map line" and i[1][0] == name and seq in (None, i[1][1])]:
        del box.store.root[identity]
    if seq is None:
        for identity in [i for i in box.store.root if i[0] == "map interface" and i[1][0] == name]:
            del box.store.root[identity]


def _clear_tunnel_group(box: AsaBox, values: dict[str, str]) -> None:
    for family in ("tunnel-group", "tunnel-group general", "tunnel-group ipsec", "tunnel-group webvpn"):
        box.store.root.pop((family, (values["name"],)), None)


def _clear_list(box: AsaBox, values: dict[str, str]) -> None:
    for entry in lists.named(box.store, values["name"]):
        del box.store.root[("ace", entry.key)]
    list_is_gone(box.store, values["name"])


def _clear_group_policy(box: AsaBox, values: dict[str, str]) -> None:
    if box.store.get("group-policy", values["name"]) is not None:
        remove_group_policy(box.store, values["name"])


HANDLERS: dict[str, Handler] = {
    "clear_ipsec_sa": clear_ipsec_sa,
    "clear_ike": _clear_ike(1, 2),
    "clear_ikev1": _clear_ike(1),
    "clear_ikev2": _clear_ike(2),
    "logoff": logoff,
    "config_clear_map": _clearing(_clear_map),
    "config_clear_tunnel_group": _clearing(_clear_tunnel_group),
    "config_clear_list": _clearing(_clear_list),
    "config_clear_group_policy": _clearing(_clear_group_policy),
}
