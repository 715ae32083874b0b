"""The former form of a tunnel, read back from both configurations, so that a rollback can verify it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from ....changes.configurations.configuration import Configuration
from ....changes.objects import Config, ConfigObject
from ....inventory.intents.intent import Side, TunnelTermination
from ...service import Sight
from ..records import WantedEnd, WantedTunnel
from .tunnel_facts import Prefixes, entry_prefixes, pfs_of, proposal_of, routed_prefixes


def previous(wanted: WantedTunnel, sights: Sequence[Sight[WantedEnd]]) -> WantedTunnel | None:
    """The tunnel as it stood before, on the two ends ``sights``; None where that cannot be parsed reliably."""
    if len(sights) != 2:
        # What the far end had can be read only where it is ours.
        return None
    near, far = sights
    configs = [sight.before.objects for sight in sights]
    entries = [entry_of(sight, config) for sight, config in zip(sights, configs, strict=True)]
    if entries[0] is None or entries[1] is None:
        return None
    ends = [(sight, config, entry) for sight, config, entry in zip(sights, configs, entries, strict=True) if entry]
    protected = _protected(ends)
    peers = [entry.peers for _, _, entry in ends]
    proposal, other = (proposal_of(config, entry) for _, config, entry in ends)
    if None in protected or proposal is None or proposal != other or any(len(found) != 1 for found in peers):
        return None
    (here, there), mirrored = (pair or ((), ()) for pair in protected)
    if (set(there), set(here)) != (set(mirrored[0]), set(mirrored[1])):
        return None
    a = termination_of(near, here, IPv4Address(peers[1][0]))
    b = termination_of(far, there, IPv4Address(peers[0][0]))
    if a is None or b is None:
        return None
    tunnel = wanted.tunnel.model_copy(update={"terminations": (a, b)})
    crypto = replace(wanted.crypto, ipsec_proposals=(proposal,), pfs_group=pfs_of(near.platform, configs[0], entries[0]))
    return replace(wanted, tunnel=tunnel, crypto=crypto)


def entry_of(sight: Sight[WantedEnd], config: Config) -> ConfigObject | None:
    """The map entry that the change is about, as the device had it."""
    return next((config.objects[key] for key in sight.change.own if key in config.objects), None)


def _protected(ends: Sequence[tuple[Sight[WantedEnd], Config, ConfigObject]]) -> list[Prefixes | None]:
    """Networks on this side and on the other, for each end; what goes into a tunnel interface is what is routed there."""
    if any(tunnel.family.name != "tunnel-interface" for _, _, tunnel in ends):
        return [entry_prefixes(config, tunnel) for _, config, tunnel in ends]
    there, here = (routed_prefixes(config, tunnel) for _, config, tunnel in ends)
    if not there and not here:
        # Somebody else routes, so its networks are not known from the devices, and are taken to be those of now.
        return [(_now(sight).local.protected_prefixes, _now(sight).remote.protected_prefixes) for sight, _, _ in ends]
    return [(here, there), (there, here)] if here and there else [None, None]


def protected_of_one(sight: Sight[WantedEnd], config: Config, tunnel: ConfigObject) -> Prefixes | None:
    """The same where one end is all that there is to see: what this side of a tunnel interface protects is not known from it."""
    if tunnel.family.name != "tunnel-interface":
        return entry_prefixes(config, tunnel)
    now = _now(sight)
    return now.local.protected_prefixes, routed_prefixes(config, tunnel) or now.remote.protected_prefixes


def _now(sight: Sight[WantedEnd]) -> Side:
    return sight.member.wants.end


def termination_of(sight: Sight[WantedEnd], prefixes: tuple[IPv4Network, ...], outside: IPv4Address) -> TunnelTermination | None:
    """This end as it was; pings start at the address of before, or at another one of the device that was protected."""
    now = sight.member.wants.end.local
    own = (now.probe_address, *_addresses(sight.before))
    probe = next((address for address in own if any(address in prefix for prefix in prefixes)), None)
    if probe is None:
        return None
    return now.model_copy(update={"outside_ip": outside, "protected_prefixes": prefixes, "probe_address": probe})


def _addresses(running: Configuration) -> tuple[IPv4Address, ...]:
    lines = (line.split() for node in running.nodes for line in node.children if line.startswith("ip address "))
    return tuple(IPv4Address(words[2]) for words in lines if words[2][0].isdigit())
