"""Facts of a tunnel on a device, whatever its form: its networks, its proposal and its PFS group."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network

from ....changes.families.uses import destination
from ....changes.objects import Config, ConfigObject
from ....changes.selectors import selectors_of
from ....inventory.intents.intent import IPSecProposal
from ....inventory.models.platforms import Platform
from ....templates.words import (
    ASA_ESP_ENCRYPTION,
    ASA_ESP_INTEGRITY,
    ASA_IKEV2_ENCRYPTION,
    ASA_IKEV2_ESP_INTEGRITY,
    ESP_ENCRYPTION,
    ESP_INTEGRITY,
)
from .existing_tunnel import routes_into

#: What the words of phase 2 mean; no word has one meaning on IOS and another one on an ASA.
_ENCRYPTION = {word: name for table in (ESP_ENCRYPTION, ASA_ESP_ENCRYPTION) for name, word in table.items()}
_INTEGRITY = {word: name for table in (ESP_INTEGRITY, ASA_ESP_INTEGRITY) for name, word in table.items()}
Prefixes = tuple[tuple[IPv4Network, ...], tuple[IPv4Network, ...]]


def protection(config: Config, tunnel: ConfigObject) -> ConfigObject | None:
    """The object that says how its packets are protected: the map entry, or the IPsec profile of the interface."""
    if tunnel.family.name != "tunnel-interface":
        return tunnel
    words = (tunnel.child("tunnel protection ipsec profile") or "").split()
    return config.get("ipsec-profile", words[0]) if words else None


def entry_prefixes(config: Config, entry: ConfigObject) -> Prefixes | None:
    """Networks on this side and on the other; None unless the list is every pair of them."""
    selectors = selectors_of(config, entry)
    if not selectors:
        return None
    local = tuple(dict.fromkeys(source for source, _ in selectors))
    remote = tuple(dict.fromkeys(target for _, target in selectors))
    every = {(source, target) for source in local for target in remote}
    return (local, remote) if set(selectors) == every else None


def routed_prefixes(config: Config, tunnel: ConfigObject) -> tuple[IPv4Network, ...]:
    """Networks that are routed into a tunnel interface by hand."""
    return tuple(net for item in routes_into(tunnel, config) if (net := destination(item)) is not None)


def proposal_of(config: Config, tunnel: ConfigObject) -> IPSecProposal | None:
    """The first proposal for the data of a map entry or a tunnel interface, in the words of the intent."""
    how = protection(config, tunnel)
    name = how.transform_names[:1] if how else ()
    transforms = config.get("transform-set", *name) if name else None
    if transforms is not None:
        words = transforms.groups["transforms"].split()
        count = 2 if words[1:2] and words[1].isdigit() else 1
        found = (_ENCRYPTION.get(" ".join(words[:count])), _INTEGRITY.get(" ".join(words[count:])))
    else:
        proposal = config.get("ipsec-proposal", *name) if name else None
        if proposal is None:
            return None
        cipher, integrity = (proposal.child(f"protocol esp {word}") or "" for word in ("encryption", "integrity"))
        found = (_named(ASA_IKEV2_ENCRYPTION, cipher), _named(ASA_IKEV2_ESP_INTEGRITY, integrity))
    if found[0] is None or (found[1] is None) != found[0].endswith("-gcm"):
        return None
    return IPSecProposal.model_validate(
        {"name": "as-before", "encryption_algorithm": found[0], "authentication_algorithm": found[1]}
    )


def _named(table: Mapping[str, str], words: str) -> str | None:
    return next((name for name, shown in table.items() if shown == words), None)


def pfs_of(platform: Platform, config: Config, tunnel: ConfigObject) -> int | None:
    """The group of perfect forward secrecy of a map entry or a tunnel interface, None without one."""
    how = protection(config, tunnel)
    if how is None:
        return None
    if "set pfs" in how.children:
        return platform.bare_pfs_group
    group = how.child("set pfs") or ""
    return int(group.removeprefix("group")) if group.removeprefix("group").isdigit() else None
