"""A sample of Alibaba Cloud with two tunnels and BGP as a connection of ``cloud.yaml``. Pure.

The sample says nothing of the private line, of the hosts, and of what becomes of traffic when both tunnels are lost: that is
asked for, field by field, and nothing of it has a default that leaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ....changes.configurations.nameif import AsaInterface, interfaces
from ....changes.objects import Config
from ....inventory.models.platforms import Platform
from ....inventory.systems import system_of
from ....parsers.provider_samples import Sample, SampleTunnel
from ...common.sample_crypto import Chosen, choose
from ...common.sample_draft import Draft, Missing, Wishes
from ...common.sample_parts import given_for, is_called, key_of, not_whole, placed, yaml_of
from ..intents.intent import SECTION, Cloud
from ..intents.intent_file import NO_DEFAULT

#: Fields of the intent for which the command has an option of its own.
_OPTIONS: Mapping[str, str] = {
    "lan_prefixes": "--lan PREFIX",
    "cloud_prefixes": "--far PREFIX",
    "cloud_hosts": "--far-probe ADDRESS",
}


def takes(sample: Sample, platform: Platform) -> bool:
    """True for two tunnels by IKEv2 with BGP to Alibaba Cloud, for an ASA."""
    two = len(sample.tunnels) == 2 and all(tunnel.bgp and tunnel.version == 2 for tunnel in sample.tunnels)
    is_firewall = system_of(platform).has_nameif
    return two and sample.provider.name == "alibaba" and sample.os in ("", platform.os) and is_firewall


def draft_of(sample: Sample, wishes: Wishes, platform: Platform, running: Config | None) -> Draft:
    """The connection, or the fields that it lacks."""
    there = tuple(interfaces(running.nodes)) if running is not None else ()
    chosen = choose(sample, wishes, platform)
    keys = [key_of(sample, wishes, index) for index in range(len(sample.tunnels))]
    record = _record(sample, wishes, chosen, there, [reference for reference, _, _ in keys])
    wrong = placed(record, wishes.fields)
    missing = [*not_whole(sample), *chosen.missing, *wrong, *(lack for _, _, lack in keys if lack is not None)]
    missing += _addresses(sample)
    if not missing:
        missing += _problems(record)
    else:
        missing += [one for one in _problems(record) if one.option]
    return Draft(
        service="cloud",
        text="" if missing else yaml_of({"schema_version": 1, SECTION: [record]}, sample.provider.title, wishes.host),
        names=(wishes.name,),
        peers=tuple(str(tunnel.peer) for tunnel in sample.tunnels if tunnel.peer is not None),
        keep={reference: mark for reference, mark, lack in keys if mark and lack is None},
        missing=tuple(dict.fromkeys(missing)),
        told=chosen.told,
        carries=frozenset({"bgp", "dpd"}),
    )


def _record(
    sample: Sample, wishes: Wishes, chosen: Chosen, there: Sequence[AsaInterface], references: Sequence[str]
) -> dict[str, Any]:
    ours, theirs = sample.tunnels[0].systems
    near = wishes.near or _side(sample, near=True)
    far = wishes.far or _side(sample, near=False)
    waiver = {"waiver": dict(zip(("until", "ticket", "reason"), wishes.waiver, strict=True))} if wishes.waiver else {}
    record: dict[str, Any] = {
        "name": wishes.name,
        "description": f"To {sample.provider.title}",
        "provider": "alibaba",
        "host": wishes.host,
        "lan_prefixes": [str(net) for net in near],
        "cloud_prefixes": [str(net) for net in far],
        "cloud_hosts": [str(wishes.far_probe)] if wishes.far_probe else [],
        "circuit": {},
        "bgp": {key: value for key, value in (("local_system", ours), ("cloud_system", theirs)) if value is not None},
        "ike_version": 2,
        **_crypto(chosen),
        **waiver,
    }
    for index, role in enumerate(("first", "second")):
        record[role] = _gateway(sample, wishes, index, there, references[index])
    return {key: value for key, value in record.items() if value != []}


def _crypto(chosen: Chosen) -> dict[str, Any]:
    if chosen.ike is None or chosen.ipsec is None:
        return {}
    drop = {"name", "authentication_method"}
    esp = chosen.ipsec.model_dump(mode="json", exclude_none=True, exclude=drop)
    return {
        "ike": chosen.ike.model_dump(mode="json", exclude_none=True, exclude=drop),
        "esp": {**esp, **({"pfs_group": chosen.pfs} if chosen.pfs else {})},
    }


def _gateway(sample: Sample, wishes: Wishes, index: int, there: Sequence[AsaInterface], reference: str) -> dict[str, Any]:
    tunnel = sample.tunnels[index]
    wanted = given_for(sample, wishes.interfaces, index) or tunnel.near_interface
    address = given_for(sample, wishes.outside, index) or tunnel.near_outside
    found = next((one for one in there if one.nameif and wanted and is_called(one, wanted)), None)
    found = found or next((one for one in there if one.nameif and one.address and one.address.ip == address), None)
    source = (found.nameif if found is not None else "") or wanted
    address = address or (found.address.ip if found is not None and found.address is not None else None)
    prefix = wishes.prefixes[index] if index < len(wishes.prefixes) else tunnel.inside.network if tunnel.inside else None
    given = {"source_interface": source, "source_ip": address, "address": tunnel.peer, "tunnel_prefix": prefix}
    return {**{key: str(value) for key, value in given.items() if value}, "preshared_key_ref": reference}


def _side(sample: Sample, *, near: bool) -> tuple[object, ...]:
    """The networks of one side of all lists; none where one says any."""
    found = [one.near if near else one.far for tunnel in sample.tunnels for one in tunnel.selectors]
    return () if any(net is None or net.prefixlen == 0 for net in found) else tuple(dict.fromkeys(found))


def _addresses(sample: Sample) -> Iterator[Missing]:
    """The cloud has the lower address of each tunnel; a sample that gives it to us means another connection."""
    for tunnel in sample.tunnels:
        if tunnel.inside is not None and _has_lower(tunnel):
            why = f"the sample gives us {tunnel.inside}, and the cloud has the lower address of the two"
            yield Missing("tunnel_prefix", why, "")


def _has_lower(tunnel: SampleTunnel) -> bool:
    inside = tunnel.inside
    return inside is not None and inside.network.prefixlen == 30 and inside.ip == inside.network.network_address + 1


def _problems(record: Mapping[str, Any]) -> tuple[Missing, ...]:
    """What the record of the connection itself objects to."""
    try:
        Cloud.model_validate(record)
    except ValidationError as error:
        return tuple(_problem(detail) for detail in error.errors(include_url=False, include_input=False))
    return ()


def _problem(detail: Any) -> Missing:
    place = ".".join(map(str, detail["loc"])) or "connection"
    name = place.rpartition(".")[2]
    if detail["type"] in ("missing", "too_short"):
        why = (
            NO_DEFAULT.get(name, "is missing: the sample does not say it")
            .removeprefix("is missing, and ")
            .removeprefix("is missing: ")
        )
        return Missing(place, why, _OPTIONS.get(place, f"--set {place}=VALUE"))
    if detail["type"] == "value_error":
        return Missing(place, str(detail["ctx"]["error"]), "")
    return Missing(place, "has a value that it cannot have", f"--set {place}=VALUE")
