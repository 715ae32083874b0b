"""May clients be let in on this router now?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...checks.finding import Finding
from ...checks.readiness.device_facts import Device, say
from ...checks.readiness.precheck import RUNNING, nvram
from ...checks.routing.router_interfaces import section_of
from ...checks.translation.nat import translations
from ..common.prechecks import of_every_change
from ..service import Sight
from .intent import RemoteAccess


def precheck(sight: Sight[RemoteAccess], outputs: Mapping[str, str], time: str, *, accept_unsaved: bool) -> tuple[Finding, ...]:
    """What every change needs, and: the addresses of the intent, room for the configuration, no translation in between."""
    device = Device(sight.member.host, sight.platform, outputs, sight.change, time)
    group = sight.member.wants
    own = (*_addresses(device, group), *nvram(device), *translation(device, group))
    return (*of_every_change(sight, outputs, time, accept_unsaved=accept_unsaved), *own)


def _addresses(device: Device, group: RemoteAccess) -> Iterator[Finding]:
    section = section_of(device.nodes, group.interface)
    lines = section.children if section else ()
    there = any(line.startswith(f"ip address {group.outside_ip} ") and not line.endswith(" secondary") for line in lines)
    works = there and "shutdown" not in lines
    state = "has" if there else "has not"
    words = f"{group.interface} {state} {group.outside_ip}" + (", and is shut down" if there and not works else "")
    yield say(device, "outside", works, words, RUNNING, f"interface {group.interface}", group.outside_ip)
    beginning = f"ip address {group.probe_address} "
    inside = any(line.startswith(beginning) for node in device.nodes for line in node.children)
    words = f"{group.probe_address} is {'an' if inside else 'no'} address of the device"
    yield say(device, "probe-address", inside, words, RUNNING, "ip address", group.probe_address)


def translation(device: Device, group: RemoteAccess) -> Iterator[Finding]:
    """Translation comes before the crypto map: what it takes of the replies never reaches a client."""
    for network in group.protected_prefixes:
        for pool in group.pool.networks:
            for line, free in translations(device.nodes, (network, pool)):
                words = f"{line!r} {'leaves' if free else 'may translate'} {network} to {pool}" + (" alone" if free else "")
                yield say(device, "nat", free, words, RUNNING, line, "exempt" if free else "not certainly exempt")
