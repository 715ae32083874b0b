"""What `show crypto map` says about VPN clients: the settings of the whole map, and an entry for each client that is connected.

Source: outputs of a Cisco 2611 at 12.2(8)T; the number of the entry of a second client is from memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from ...core.box import Box
from ...core.negotiation.sa import Flow
from ...core.records import MapEntry
from .. import model


def head(box: Box, name: str) -> list[str]:
    """The settings of a map that treats clients; nothing of another one."""
    store = box.store
    users, groups = store.get("map xauth", name), store.get("map authorization", name)
    lines = [f"        Client Authentication List: {users.values['list']}"] if users is not None else []
    lines += [f"        ISAKMP Authorization List: {groups.values['list']}"] if groups is not None else []
    for what in ("initiate", "respond"):
        lines += [f"        Client Configuration address {what}"] if store.get("map mode-config", name, what) is not None else []
    bound = [item for item in model.interfaces(store) if item.crypto_map == name]
    where = "".join(f" idb: {item.name} local address: {item.address}" for item in bound[:1])
    return [f'Crypto Map: "{name}"{where}', *lines, ""] if lines else []


def temporary(box: Box, entries: Sequence[MapEntry], ipv4: str = "") -> list[str]:
    """The entries that a map has while clients are connected, each with an empty line behind it."""
    lines: list[str] = []
    number = max((entry.seq for entry in entries), default=0)
    for entry in entries:
        flows = [flow for flow in box.crypto.flows if (flow.map, flow.seq) == (entry.name, entry.seq) and not flow.from_acl]
        for peer in dict.fromkeys(flow.peer for flow in flows if entry.dynamic and flow.outbound):
            number = (number // 10 + 1) * 10
            theirs = [flow for flow in flows if flow.peer == peer]
            lines += [f'Crypto Map {ipv4}"{entry.name}" {number} ipsec-isakmp', *_entry(box, entry, theirs), ""]
    return lines


def _entry(box: Box, entry: MapEntry, flows: Sequence[Flow]) -> list[str]:
    template = model.dynamic_templates(box.store, entry.dynamic)[0]
    stored = box.store.get("dynamic-map", template.name, str(template.seq))
    sets = stored.child("set transform-set") if stored is not None else None
    names = sets.text.split()[2:] if sets is not None else []
    return [
        f"        Peer = {flows[0].peer}",
        "        Extended IP access list ",
        *(f"            access-list  permit ip {_net(f.selector.source)} {_net(f.selector.destination)}" for f in flows[:1]),
        f"            dynamic (created from dynamic map {template.name}/{template.seq})",
        f"        Current peer: {flows[0].peer}",
        f"        Security association lifetime: {template.kilobytes} kilobytes/{template.seconds} seconds",
        f"        PFS (Y/N): {'Y' if template.pfs else 'N'}",
        f"        Transform sets={{ {' '.join(f'{item},' for item in names)} }}",
    ]


def _net(network: IPv4Network) -> str:
    return f"host {network.network_address}" if network.prefixlen == 32 else f"{network.network_address} {network.hostmask}"
