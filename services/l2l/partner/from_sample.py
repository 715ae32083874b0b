"""A provider's sample as LAN-to-LAN tunnels: one for each peer, with an end that has no host. Pure.

What the sample does not say, and the device's configuration does not either, is asked for; nothing is guessed. A pair of networks
goes to one peer: where a provider has two, the tunnel to the second one is written as planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

from msgspec import Struct

from ....changes.configurations.nameif import AsaInterface, interfaces
from ....changes.objects import Config
from ....inventory.models.platforms import Platform
from ....parsers.provider_samples import Sample, SampleTunnel
from ...common.sample_crypto import choose
from ...common.sample_draft import Draft, Missing, Wishes
from ...common.sample_parts import given_for, is_called, key_of, not_whole, placed
from .sample_text import text_of

_EACH = "{}, once, or for each tunnel in order where they leave by several interfaces"


class _Near(Struct, frozen=True):
    """Our end: what is known of it."""

    interface: str
    outside: IPv4Address | None
    probe: IPv4Address | None


class _Made(Struct, frozen=True):
    """One tunnel as a record of the file, and what it lacks."""

    record: dict[str, Any]
    missing: tuple[Missing, ...]
    near: tuple[IPv4Network, ...]
    far: tuple[IPv4Network, ...]


def draft_of(sample: Sample, wishes: Wishes, platform: Platform, running: Config | None) -> Draft:
    """The draft. What is missing is named once for the sample where it is the same for every tunnel."""
    there = tuple(interfaces(running.nodes)) if running is not None else ()
    chosen = choose(sample, wishes, platform)
    keys = {tunnel.said: key_of(sample, wishes, index) for index, tunnel in enumerate(sample.tunnels)}
    made = [_tunnel(sample, wishes, tunnel, index, there, keys[tunnel.said][0]) for index, tunnel in enumerate(sample.tunnels)]
    missing = [*_of_sample(sample, wishes), *chosen.missing, *(one for each in made for one in each.missing)]
    missing += [lack for _, _, lack in keys.values() if lack is not None]
    records, told = _statuses(made)
    return Draft(
        service="l2l",
        text="" if missing else text_of(sample, wishes, chosen, records),
        names=tuple(record["name"] for record in records),
        peers=tuple(str(tunnel.peer) for tunnel in sample.tunnels if tunnel.peer is not None),
        keep={reference: mark for reference, mark, lack in keys.values() if mark and lack is None},
        missing=tuple(dict.fromkeys(missing)),
        told=(*chosen.told, *told),
    )


def _of_sample(sample: Sample, wishes: Wishes) -> Iterator[Missing]:
    """What the sample as a whole leaves open."""
    yield from not_whole(sample)
    if any(tunnel.bgp for tunnel in sample.tunnels) and not wishes.static:
        why = f"the sample routes by BGP, and a LAN-to-LAN tunnel has static routes: {sample.provider.static}"
        yield Missing("routes", why, "--static when that is done")


def _tunnel(
    sample: Sample, wishes: Wishes, tunnel: SampleTunnel, index: int, there: Sequence[AsaInterface], reference: str
) -> _Made:
    several = len(sample.tunnels) > 1
    name = f"{wishes.name}-{index + 1}" if several else wishes.name
    near_nets = wishes.near or _sides(tunnel, near=True)
    far_nets = wishes.far or _sides(tunnel, near=False)
    near = _near(sample, wishes, index, there, near_nets)
    inside = _prefix(wishes, tunnel, index)
    missing = tuple(_lacking(tunnel, near, near_nets, far_nets, inside))
    ours: dict[str, Any] = {
        "host": wishes.host,
        "interface": near.interface,
        "outside_ip": str(near.outside),
        "protected_prefixes": [str(net) for net in near_nets],
        "probe_address": str(near.probe),
    }
    theirs: dict[str, Any] = {
        "partner": sample.provider.title,
        "outside_ip": str(tunnel.peer),
        "protected_prefixes": [str(net) for net in far_nets],
        **({"probe_address": str(wishes.far_probe)} if wishes.far_probe else {}),
    }
    record: dict[str, Any] = {
        "name": name,
        "status": "active",
        "description": f"To {sample.provider.title}" + (f", tunnel {index + 1}" if several else ""),
        "ipsec_profile": wishes.name,
        "preshared_key_ref": reference,
        **({"tunnel_prefix": str(inside.network)} if inside is not None and tunnel.style == "vti" else {}),
        "cisco": {"style": tunnel.style},
    }
    if wishes.waiver is not None:
        record["waiver"] = dict(zip(("until", "ticket", "reason"), wishes.waiver, strict=True))
    record["terminations"] = [theirs, ours] if inside is not None and not _is_first(inside) else [ours, theirs]
    missing += placed(record, wishes.fields)
    return _Made(record, missing, near_nets, far_nets)


def _lacking(
    tunnel: SampleTunnel,
    near: _Near,
    near_nets: tuple[IPv4Network, ...],
    far_nets: tuple[IPv4Network, ...],
    inside: IPv4Interface | None,
) -> Iterator[Missing]:
    said = tunnel.said
    if tunnel.peer is None:
        why = f"{said} of line {tunnel.line} is to be filled in" if said else f"line {tunnel.line} names no peer"
        yield Missing("outside_ip of the provider", why, f"--fill '{said or 'WORD'}=ADDRESS'")
    if not near.interface:
        yield Missing(
            "interface",
            "the sample does not name an interface that the device is known to have",
            _EACH.format("--interface NAME"),
        )
    if near.outside is None:
        yield Missing("outside_ip", "the address of our outside interface is not known", _EACH.format("--outside-ip ADDRESS"))
    if not near_nets:
        yield Missing("protected_prefixes of the host", "the sample does not say which networks are behind us", "--lan PREFIX")
    if not far_nets:
        yield Missing("protected_prefixes of the provider", "the sample does not say which networks are there", "--far PREFIX")
    if near.probe is None:
        why = "it is not known which address of the device is inside its networks: pings from it verify the tunnel"
        yield Missing("probe_address", why, "--probe ADDRESS")
    if tunnel.style == "vti" and inside is None:
        given = f"{tunnel.inside} is no /30 or /31" if tunnel.inside is not None else "the sample gives no address to the tunnel"
        yield Missing("tunnel_prefix", f"{given}, and the two ends need one", "--tunnel-prefix PREFIX, once for each tunnel")


def _sides(tunnel: SampleTunnel, *, near: bool) -> tuple[IPv4Network, ...]:
    """The networks of one side; none where a list says any, or a blank stands in it."""
    found = [one.near if near else one.far for one in tunnel.selectors]
    # With BGP a route into the tunnel leads to the neighbour, and says nothing of what is behind it.
    if not near and not found and not tunnel.bgp:
        found = [*tunnel.far_routes]
    if any(net is None or net.prefixlen == 0 for net in found):
        return ()
    return tuple(dict.fromkeys(net for net in found if net is not None))


def _near(sample: Sample, wishes: Wishes, index: int, there: Sequence[AsaInterface], nets: tuple[IPv4Network, ...]) -> _Near:
    """Our end: what a person says first, then what the device has by the name or address in the sample."""
    tunnel = sample.tunnels[index]
    given = given_for(sample, wishes.interfaces, index)
    wanted = given or tunnel.near_interface
    outside = given_for(sample, wishes.outside, index) or tunnel.near_outside
    found = next((one for one in there if wanted and is_called(one, wanted)), None)
    found = found or next((one for one in there if not wanted and one.address is not None and one.address.ip == outside), None)
    inner = [one.address.ip for one in there if one.address is not None and any(one.address.ip in net for net in nets)]
    # Where the configuration is at hand, a name that it has not is none.
    interface = found.hardware if found is not None else "" if there else given or ""
    return _Near(
        interface=interface,
        outside=outside or (found.address.ip if found is not None and found.address is not None else None),
        probe=wishes.probe or next(iter(inner), None),
    )


def _prefix(wishes: Wishes, tunnel: SampleTunnel, index: int) -> IPv4Interface | None:
    """The address of our end in the tunnel, where its network has room for two addresses and no more."""
    if index < len(wishes.prefixes):
        net = wishes.prefixes[index]
        first = net.network_address + (1 if net.prefixlen == 30 else 0)
        return IPv4Interface(f"{first}/{net.prefixlen}")
    if tunnel.inside is None or tunnel.inside.network.prefixlen not in (30, 31):
        return None
    return tunnel.inside


def _is_first(inside: IPv4Interface) -> bool:
    """True if our end has the first of the two addresses."""
    net = inside.network
    return inside.ip == net.network_address + (1 if net.prefixlen == 30 else 0)


def _statuses(made: Sequence[_Made]) -> tuple[list[dict[str, Any]], list[str]]:
    """The records, those to a second peer for the same networks as planned, and sentences on them."""
    active: list[_Made] = []
    records, told = [], []
    for one in made:
        taken = next((other for other in active if _overlap(one.near, other.near) and _overlap(one.far, other.far)), None)
        if taken is None:
            active.append(one)
            records.append(one.record)
            continue
        records.append({**one.record, "status": "planned"})
        told.append(
            f"{one.record['name']} is written as planned: its networks go to the peer of {taken.record['name']}, and a "
            "LAN-to-LAN tunnel leads a pair of networks to one peer; to change over, set that one to planned and this one "
            "to active"
        )
    return records, told


def _overlap(some: Sequence[IPv4Network], others: Sequence[IPv4Network]) -> bool:
    return any(a.overlaps(b) for a in some for b in others)
