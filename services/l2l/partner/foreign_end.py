"""The end of a tunnel that is not ours: what has to be so there, and how the tunnel stood before, as far as our end tells it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from ipaddress import IPv4Address

from msgspec.structs import replace

from ....checks.finding import Cause
from ....inventory.intents.intent import ForeignTermination, Tunnel, TunnelTermination
from ...besides import FAR_KEY, Confirmation
from ...service import Foreign, Sight
from ..existing.previous import entry_of, protected_of_one, termination_of
from ..existing.tunnel_facts import pfs_of, proposal_of
from ..records import WantedEnd, WantedTunnel
from .partner_sheet import plain
from .played_end import played


def foreign_of(wanted: WantedTunnel) -> tuple[Foreign, ...]:
    """The ends that are not ours, with what a person has to have confirmed of each."""
    tunnel = wanted.tunnel
    return tuple(
        Foreign(end.called, (end.outside_ip,), end.offers, tuple(_preconditions(wanted, ours, end)), played(wanted, ours, end))
        for ours in tunnel.own[:1]
        for end in tunnel.foreign
    )


def key_of_foreign(wanted: WantedTunnel, *, former: bool) -> tuple[Confirmation, ...]:
    """What a person confirms before the key is changed on our end alone; ``former``: to that of before again."""
    ends = " and ".join(f"{end.called} ({end.outside_ip})" for end in wanted.tunnel.foreign)
    if not ends:
        return ()
    which = "the former key again" if former else "the new key"
    why = "no end shows a key, and with another one there the tunnel does not come up again once it is negotiated"
    return (Confirmation(FAR_KEY, f"{ends} has {which} for {wanted.tunnel.name}", why),)


def _preconditions(wanted: WantedTunnel, ours: TunnelTermination, theirs: ForeignTermination) -> Iterator[str]:
    crypto = wanted.crypto
    ike, ipsec = crypto.ike_proposals[0], crypto.ipsec_proposals[0]
    yield f"its peer is {ours.outside_ip}, with the same pre-shared key"
    words = f"{plain(ike.encryption_algorithm)}, {plain(ike.authentication_algorithm)}, group {ike.group}"
    second = f"{plain(ipsec.encryption_algorithm)}, {plain(ipsec.authentication_algorithm or 'no integrity of its own')}"
    pfs = f"PFS group {crypto.pfs_group}" if crypto.pfs_group else "no PFS"
    yield f"IKEv{crypto.ike_version} with {words}; ESP with {second}, {pfs}"
    if wanted.style == "vti":
        yield "it has a tunnel interface, and routes into it"
    else:
        pairs = (f"{near} to {far}" for near in theirs.protected_prefixes for far in ours.protected_prefixes)
        yield f"its selectors are {', '.join(pairs)}"
    yield f"UDP 500 and ESP pass between {ours.outside_ip} and {theirs.outside_ip}"
    if theirs.probe_address:
        yield f"{theirs.probe_address} answers pings"
    yield f"all of it as text: nr-run partner-sheet {wanted.tunnel.name}"


def previous_of_one(wanted: WantedTunnel, sight: Sight[WantedEnd]) -> WantedTunnel | None:
    """The tunnel as our end had it before; None where that cannot be parsed reliably."""
    config = sight.before.objects
    entry = entry_of(sight, config)
    if entry is None or len(entry.peers) != 1:
        return None
    found, proposal = protected_of_one(sight, config, entry), proposal_of(config, entry)
    ours = wanted.tunnel.own[0]
    outside = ours.outside_ip if any(_has(node.children, ours.outside_ip) for node in sight.before.nodes) else None
    if found is None or proposal is None or outside is None:
        return None
    here, there = found
    near = termination_of(sight, here, outside)
    if near is None:
        return None
    now = wanted.tunnel.foreign[0]
    probe = now.probe_address if now.probe_address and any(now.probe_address in net for net in there) else None
    far = now.model_copy(update={"outside_ip": IPv4Address(entry.peers[0]), "protected_prefixes": there, "probe_address": probe})
    crypto = dataclasses.replace(wanted.crypto, ipsec_proposals=(proposal,), pfs_group=pfs_of(sight.platform, config, entry))
    return dataclasses.replace(wanted, tunnel=_with(wanted.tunnel, near, far), crypto=crypto)


def _has(lines: tuple[str, ...], address: IPv4Address) -> bool:
    return any(line.startswith(f"ip address {address} ") and not line.endswith(" secondary") for line in lines)


def _with(tunnel: Tunnel, near: TunnelTermination, far: ForeignTermination) -> Tunnel:
    ends = tuple(near if isinstance(end, TunnelTermination) else far for end in tunnel.terminations)
    return tunnel.model_copy(update={"terminations": ends})


def seen_from_here(cause: Cause, peer: IPv4Address) -> Cause:
    """A cause that was told without a look at the far end, which is said."""
    return replace(
        cause,
        sentence=f"{cause.sentence}; the far side {peer} is not ours, and cannot be seen from here",
        remedy=f"{cause.remedy}; what the far side has to have says nr-run partner-sheet",
    )
