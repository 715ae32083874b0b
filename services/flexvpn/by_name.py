"""A head-end that has left the intent: found on its router by the names of its objects, and taken away by them.

Its IKEv2 profile is called ``FLEX-`` and its name, and takes Secure Clients. Users stay: which of them came with it, and which
were there before, no name tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from pydantic import ValidationError

from ...changes.configurations import tree
from ...changes.objects import Config, ConfigObject, read
from ...changes.plans.removal import owned
from ...inventory.errors import ChangeError, NothingMatched
from ...inventory.hiding.references import SCHEMES
from ...inventory.models.platforms import Platform
from ..l2l.placing.versions import is_version
from ..service import Removal
from .intent import FlexVpn, HeadEnds, Pool
from .limits import KEY_ID
from .names import OWN, template_of
from .reading import configured

#: What is called as the head-end is, or is a later version of that name; and what has something behind that name.
_OWN_FAMILIES = ("client-profile", "ikev2-profile", "ipsec-profile", "transform-set", "ikev2-authorization")
_VERSIONED = ("address-pool", "standard-list")
_LISTS = ("USERS", "GROUPS")


def names_on(config: Config) -> Iterator[str]:
    """Names of the head-ends that a router has."""
    for item in config.of("ikev2-profile"):
        name = item.groups["name"]
        if name.startswith(OWN) and f"match identity remote key-id {KEY_ID}" in item.children:
            yield name.removeprefix(OWN)


def strays(
    intent: HeadEnds, platforms: Mapping[str, Platform], texts: Mapping[str, str], besides: Collection[str]
) -> Iterator[str]:
    """A sentence for each head-end that one of these routers has, and that the intent has not there, or not as active."""
    for host, text in texts.items():
        if OWN not in text:
            continue
        for name in names_on(read(platforms[host].os, text)):
            known = intent.by_name.get(name)
            here = known is None or known.host == host
            if here and (name in besides or (known and known.status == "active")):
                continue
            why = "which no intent has" if known is None else f"which the intent has as {known.status}"
            how = f"nr-run remove-flexvpn {name}{'' if known else f' --host {host}'}"
            if known and not here:
                why = f"which the intent has on {known.host}"
                how = f"name {host} as its host again, then nr-run remove-flexvpn {name}"
            yield f"{host} has a head-end {name}, {why}: {how}"


def head_end_of(name: str, platforms: Mapping[str, Platform], texts: Mapping[str, str]) -> FlexVpn:
    """The head-end of this name that one of these devices (host to running configuration) has, as a record.

    Raises NothingMatched where none has it, ChangeError where several have, or where it cannot be read.
    """
    configs = {host: read(platforms[host].os, text) for host, text in texts.items()}
    there = [host for host, config in configs.items() if name in names_on(config)]
    if not there:
        raise NothingMatched(f"{', '.join(texts)}: there is no IKEv2 profile {OWN}{name} for Secure Clients")
    if len(there) > 1:
        raise ChangeError(f"{' and '.join(there)} have a head-end {name}: name one of them with --host")
    (host,) = there
    try:
        return FlexVpn.model_validate(dict(_fields(name, host, configs[host], texts[host])))
    except (ValidationError, ValueError, KeyError, IndexError):
        raise ChangeError(
            f"{host}: what head-end {name} has of pool, networks and template is not whole, so that it is gone could not be "
            f"verified; remove {OWN}{name} by hand"
        ) from None


def _fields(name: str, host: str, config: Config, text: str) -> Iterator[tuple[str, Any]]:
    own = f"{OWN}{name}"
    profile, policy = config.objects["ikev2-profile", (own,)], config.objects["ikev2-authorization", (own,)]
    number = template_of(own, tree.parse(text))
    template = config.objects["virtual-template", (f"Virtual-Template{number}",)]
    networks = tuple(_networks(config.objects["standard-list", (policy.child("route set access-list") or "",)]))
    timeout = profile.child("reconnect timeout")
    yield from (("name", name), ("host", host), ("status", "disabled"), ("server_name", "not-known.invalid"))
    yield from (("interface", template.child("ip unnumbered")), ("outside_ip", profile.child("match address local")))
    yield from (("trustpoint", profile.child("pki trustpoint")), ("virtual_template", number))
    yield "pool", pool_of(own, config)
    yield from (("protected_prefixes", networks), ("probe_address", networks[0].network_address))
    yield "users", [{"name": "not-known", "password_ref": f"{next(iter(SCHEMES))}:not-known"}]
    yield "reconnect_timeout", int(timeout) if timeout else None


def pool_of(own: str, config: Config) -> Pool | None:
    """The pool that clients are given addresses of; None where there is none."""
    policy = config.get("ikev2-authorization", own)
    found = config.get("address-pool", (policy.child("pool") or "") if policy else "")
    if found is None:
        return None
    first = IPv4Address(found.groups["first"])
    return Pool(first=first, last=IPv4Address(found.groups.get("last") or first))


def _networks(listed: ConfigObject) -> Iterator[IPv4Network]:
    for line in listed.canonical_children:
        words = line.split()
        if words[0] == "permit":
            mask = words[2] if len(words) > 2 else "0.0.0.0"  # noqa: S104 - a wildcard
            yield IPv4Network((IPv4Address(words[1]), str(IPv4Address(int(IPv4Address(mask)) ^ 0xFFFFFFFF))))


def own_objects(own: str, config: Config) -> Iterator[ConfigObject]:
    """All that a router has of a head-end under its own name, and its template."""
    for family in _OWN_FAMILIES:
        yield from (item for item in config.of(family) if item.groups["name"] == own)
    for family in _VERSIONED:
        yield from (item for item in config.of(family) if is_version(item.groups["name"], own))
    yield from (item for item in config.of("aaa-list") if item.groups["name"] in [f"{own}-{word}" for word in _LISTS])
    protection = f"tunnel protection ipsec profile {own}"
    yield from (item for item in config.of("virtual-template") if protection in item.children)


def _offered(wanted: FlexVpn, config: Config) -> Iterator[ConfigObject]:
    """The policy of its address that nr-run has made, with what that offers: it goes where no other peer is offered it."""
    policy = config.get("ikev2-policy", f"NR-{wanted.outside_ip}")
    if policy is not None:
        yield policy
        for line in policy.children:
            proposal = config.get("ikev2-proposal", line.removeprefix("proposal ")) if line.startswith("proposal NR-") else None
            if proposal is not None:
                yield proposal


def removal_by_name(wanted: FlexVpn, text: str) -> Removal:
    """What goes of a head-end that only its router knows, from one that runs this."""
    config = configured(text)
    if wanted.name not in names_on(config):
        return Removal((), (), ())
    present = (*own_objects(f"{OWN}{wanted.name}", config), *_offered(wanted, config))
    items, stays = owned(config, present)
    users = "the local users of the router stay: which of them came with the head-end cannot be determined"
    return Removal(items, (*stays, users), tuple(item for item in present if item not in items))
