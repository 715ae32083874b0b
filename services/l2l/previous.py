"""The form that a tunnel had before a change in place, read back from both configurations, so that it can be proved again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from ...changes.configuration import Configuration
from ...changes.objects import Config, ConfigObject
from ...changes.selectors import selectors_of
from ...inventory.intent import IPSecProposal, TunnelTermination
from ...inventory.platforms import Platform
from ...templates.words import ASA_ESP_ENCRYPTION, ASA_ESP_INTEGRITY, ESP_ENCRYPTION, ESP_INTEGRITY
from ..service import Sight
from .records import WantedEnd, WantedTunnel

#: What each operating system calls the ciphers and the integrity algorithms of phase 2.
_WORDS = {"ios": (ESP_ENCRYPTION, ESP_INTEGRITY), "asa": (ASA_ESP_ENCRYPTION, ASA_ESP_INTEGRITY)}
Prefixes = tuple[tuple[IPv4Network, ...], tuple[IPv4Network, ...]]


def previous(wanted: WantedTunnel, sights: Sequence[Sight]) -> WantedTunnel | None:
    """The tunnel as it stood before, on the two ends ``sights``; None where that cannot be read for certain."""
    if len(sights) != 2:
        # What the far end had can be read only where it is ours.
        return None
    near, far = sights
    configs = [sight.before.objects for sight in sights]
    entries = [_entry(sight, config) for sight, config in zip(sights, configs, strict=True)]
    if entries[0] is None or entries[1] is None:
        return None
    protected = [_prefixes(config, entry) for config, entry in zip(configs, entries, strict=True) if entry]
    peers = [entry.peers for entry in entries if entry]
    systems = (sight.platform.os for sight in sights)
    shapes = zip(systems, configs, entries, strict=True)
    proposal, other = (proposal_of(os, config, entry) for os, config, entry in shapes if entry)
    if None in protected or proposal is None or proposal != other or any(len(found) != 1 for found in peers):
        return None
    (here, there), mirrored = (pair or ((), ()) for pair in protected)
    if (set(there), set(here)) != (set(mirrored[0]), set(mirrored[1])):
        return None
    a = _termination(near, here, IPv4Address(peers[1][0]))
    b = _termination(far, there, IPv4Address(peers[0][0]))
    if a is None or b is None:
        return None
    tunnel = wanted.tunnel.model_copy(update={"terminations": (a, b)})
    crypto = replace(wanted.crypto, ipsec_proposals=(proposal,), pfs_group=pfs_of(near.platform, entries[0]))
    return WantedTunnel(tunnel, crypto)


def _entry(sight: Sight, config: Config) -> ConfigObject | None:
    return next((config.objects[key] for key in sight.change.own if key in config.objects), None)


def _prefixes(config: Config, entry: ConfigObject) -> Prefixes | None:
    """Networks on this side and on the other; None unless the list is every pair of them."""
    selectors = selectors_of(config, entry)
    if not selectors:
        return None
    local = tuple(dict.fromkeys(source for source, _ in selectors))
    remote = tuple(dict.fromkeys(target for _, target in selectors))
    every = {(source, target) for source in local for target in remote}
    return (local, remote) if set(selectors) == every else None


def _termination(sight: Sight, prefixes: tuple[IPv4Network, ...], outside: IPv4Address) -> TunnelTermination | None:
    """This end as it was; pings start at the address of before, or at another one of the box that was protected."""
    wants: WantedEnd = sight.member.wants
    now = wants.end.local
    own = (now.probe_address, *_addresses(sight.before))
    probe = next((address for address in own if any(address in prefix for prefix in prefixes)), None)
    if probe is None:
        return None
    return now.model_copy(update={"outside_ip": outside, "protected_prefixes": prefixes, "probe_address": probe})


def _addresses(running: Configuration) -> tuple[IPv4Address, ...]:
    lines = (line.split() for node in running.nodes for line in node.children if line.startswith("ip address "))
    return tuple(IPv4Address(words[2]) for words in lines if words[2][0].isdigit())


def proposal_of(os: str, config: Config, entry: ConfigObject) -> IPSecProposal | None:
    """The first transform set of the entry in the words of the intent."""
    name = entry.transform_names[:1]
    transforms = config.get("transform-set", *name) if name else None
    if transforms is None:
        return None
    encryption, integrities = _WORDS[os]
    words = transforms.groups["transforms"].split()
    count = 2 if words[1:2] and words[1].isdigit() else 1
    cipher = _named(encryption, " ".join(words[:count]))
    integrity = _named(integrities, " ".join(words[count:]))
    if cipher is None or (integrity is None) != cipher.endswith("-gcm"):
        return None
    return IPSecProposal.model_validate(
        {"name": "as-before", "encryption_algorithm": cipher, "authentication_algorithm": integrity}
    )


def _named(table: Mapping[str, str], words: str) -> str | None:
    return next((name for name, shown in table.items() if shown == words), None)


def pfs_of(platform: Platform, entry: ConfigObject) -> int | None:
    """The group of perfect forward secrecy of an entry, None without one."""
    if "set pfs" in entry.children:
        return platform.bare_pfs_group
    group = entry.child("set pfs") or ""
    return int(group.removeprefix("group")) if group.removeprefix("group").isdigit() else None
