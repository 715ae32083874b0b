"""What the records of an intent, and the devices they name, have to agree on before any device is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from ..errors import IntentError
from ..files.unknown_host import refuse_unknown_at
from ..models.newer_releases import newer_than_known
from ..models.platforms import Platform
from .built import CARRIED, Carried, is_carried, not_offered, unbuilt, unused
from .collisions import collisions
from .forms import style_of
from .intent import Crypto, Intent, Tunnel
from .validation_devices import device_problems, strength_problems, strength_warnings
from .validation_ends import end_problems, lifetime_problems, offer_problems, style_problems

#: How the objects of a tunnel that is changed in place are told from those that they replace.
_VERSION = re.compile(r"\.v\d+$")
#: Endings of the files of a run folder, in which each tunnel, and in it each device, has a folder of its own.
_FILE = re.compile(r"\.(?:json|jsonl|txt|log|enc|cfg)\Z", re.IGNORECASE)


def validate(
    intent: Intent,
    tunnels: Sequence[Tunnel],
    platforms: Mapping[str, Platform],
    today: date,
    *,
    removal: bool = False,
    carried: Carried = CARRIED,
) -> tuple[str, ...]:
    """Check tunnels of an intent against each other, their devices and the calendar; gives the warnings.

    ``removal``: they are to go, so how strong they are and what else wants their place does not matter.
    ``platforms`` are the hosts of the inventory and what they can do; ``carried`` is what is built of all that can be asked for.
    Raises NothingMatched when a tunnel names a host that is not among them, and else IntentError, with every problem on a line
    of its own as ``file:line: tunnel NAME: what is wrong``.
    """
    _refuse_unknown_hosts(intent, tunnels, platforms)
    problems: list[str] = []
    warnings: list[str] = []
    for tunnel in tunnels:
        crypto = intent.resolve(tunnel)
        found = list(end_problems(tunnel))
        if tunnel.own:
            found += _with_devices(intent, tunnel, crypto, platforms, today, removal=removal, carried=carried)
            told = [*strength_warnings(tunnel, crypto, platforms, today), *_part_warnings(tunnel, crypto, platforms)]
            warnings += [f"{_at(intent, tunnel)}: {warning}" for warning in told]
        problems += [f"{_at(intent, tunnel)}: {problem}" for problem in found]
    if not removal:
        problems += [f"{_at(intent, tunnel)}: {problem}" for tunnel, problem in collisions(intent, tunnels)]
    problems += [f"{_at(intent, tunnel)}: {problem}" for tunnel in tunnels for problem in _name_problems(tunnel)]
    if problems:
        raise IntentError("\n".join(problems))
    if removal:
        return ()
    ends = {end.host: platforms[end.host] for tunnel in tunnels for end in tunnel.own}
    return (*warnings, *newer_than_known(ends), *dict.fromkeys(not_offered(intent, tunnels, platforms)), *unused(intent))


def _refuse_unknown_hosts(intent: Intent, tunnels: Sequence[Tunnel], platforms: Mapping[str, Platform]) -> None:
    refuse_unknown_at(((_at(intent, tunnel), end.host) for tunnel in tunnels for end in tunnel.own), platforms)


def _with_devices(
    intent: Intent,
    tunnel: Tunnel,
    crypto: Crypto,
    platforms: Mapping[str, Platform],
    today: date,
    *,
    removal: bool,
    carried: Carried,
) -> Iterator[str]:
    """What a tunnel asks of its devices that is not built, that they cannot do, or that must not be."""
    yield from unbuilt(intent, tunnel, platforms, carried)
    if is_carried(tunnel, crypto.ike_version, platforms, carried):
        yield from style_problems(tunnel, crypto.ike_version, platforms)
        yield from offer_problems(intent, tunnel)
        yield from device_problems(tunnel, crypto, platforms)
        if crypto.ike_version == 2:
            yield from lifetime_problems(
                "IKE proposal", crypto.ike_proposals, {end.host: platforms[end.host] for end in tunnel.own}
            )
        if not removal:
            yield from strength_problems(tunnel, crypto, platforms, today)


def _part_warnings(tunnel: Tunnel, crypto: Crypto, platforms: Mapping[str, Platform]) -> Iterator[str]:
    """What a tunnel asks for that its style has no use for."""
    style = style_of(tunnel, crypto.ike_version, [platforms[end.host] for end in tunnel.own])
    if style == "crypto-map" and tunnel.tunnel_prefix is not None:
        yield f"tunnel_prefix {tunnel.tunnel_prefix} is not used: the style is crypto-map"


def _name_problems(tunnel: Tunnel) -> Iterator[str]:
    """Names that nr-run gives a meaning of their own."""
    if ending := _VERSION.search(tunnel.name):
        yield f"the name may not end in {ending[0]}: nr-run calls a later version of a tunnel's objects so"
    for what, name in (("the name", tunnel.name), *(("the host name", end.host) for end in tunnel.own)):
        if ending := _FILE.search(name):
            yield f"{what} {name} may not end in {ending[0]}: files of a run folder are called so"
    for end in tunnel.own:
        for field, given in (("access_list", end.cisco.access_list), ("transform_set", end.cisco.transform_set)):
            if given and (ending := _VERSION.search(given)):
                yield f"cisco.{field} of {end.host} may not end in {ending[0]}: nr-run calls a later version so"


def _at(intent: Intent, tunnel: Tunnel) -> str:
    place = intent.places.get(tunnel.name)
    return f"{place}: tunnel {tunnel.name}" if place else f"tunnel {tunnel.name}"
