"""May Secure Clients be let in on this router now? What the vendor's document takes for granted is asked here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...checks.finding import Finding, Status
from ...checks.readiness.device_facts import Device, doubt, say
from ...checks.readiness.precheck import RUNNING, nvram
from ...checks.routing.router_interfaces import section_of
from ...checks.translation.nat import translations
from ..common.prechecks import of_every_change
from ..service import Sight
from .certificates import Showing, judged
from .intent import FlexVpn
from .names import files_of
from .reading import CERTIFICATES, CLOCK, DIRECTORY, read

_FREE = re.compile(r"\((?P<free>\d+) bytes free\)")


def precheck(sight: Sight[FlexVpn], outputs: Mapping[str, str], time: str, *, accept_unsaved: bool) -> tuple[Finding, ...]:
    """What every change needs, and: addresses, the trustpoint with its certificate, the clock, no translation in between."""
    device = Device(sight.member.host, sight.platform, outputs, sight.change, time)
    wanted = sight.member.wants
    certificates, clock = (read(device.host, command, outputs) for command in (CERTIFICATES, CLOCK))
    own = (
        *_addresses(device, wanted),
        *_trustpoint(device, wanted),
        *judged(Showing(device.host, wanted, certificates, clock, time)),
        *_translation(device, wanted),
        *_room(device, wanted),
        *nvram(device),
    )
    return (*of_every_change(sight, outputs, time, accept_unsaved=accept_unsaved), *own)


def _addresses(device: Device, wanted: FlexVpn) -> Iterator[Finding]:
    section = section_of(device.nodes, wanted.interface)
    lines = section.children if section else ()
    there = any(line.startswith(f"ip address {wanted.outside_ip} ") and not line.endswith(" secondary") for line in lines)
    works = there and "shutdown" not in lines
    words = f"{wanted.interface} {'has' if there else 'has not'} {wanted.outside_ip}"
    words += ", and is shut down" if there and not works else ""
    yield say(device, "outside", works, words, RUNNING, f"interface {wanted.interface}", wanted.outside_ip)
    beginning = f"ip address {wanted.probe_address} "
    inside = any(line.startswith(beginning) for node in device.nodes for line in node.children)
    words = f"{wanted.probe_address} is {'an' if inside else 'no'} address of the device"
    yield say(device, "probe-address", inside, words, RUNNING, "ip address", wanted.probe_address)


def _trustpoint(device: Device, wanted: FlexVpn) -> Iterator[Finding]:
    line = f"crypto pki trustpoint {wanted.trustpoint}"
    there = any(node.line == line for node in device.nodes)
    words = f"{line!r} is {'there' if there else 'not there: it is not configured by nr-run, enrol it first'}"
    yield say(device, "trustpoint", there, words, RUNNING, line, "there" if there else "none")


def _translation(device: Device, wanted: FlexVpn) -> Iterator[Finding]:
    """Translation comes before encryption: what it takes of the replies never reaches a client."""
    for network in wanted.protected_prefixes:
        for part in wanted.pool.networks:
            for line, free in translations(device.nodes, (network, part)):
                words = f"{line!r} {'leaves' if free else 'may translate'} {network} to {part}" + (" alone" if free else "")
                yield say(device, "nat", free, words, RUNNING, line, "exempt" if free else "not certainly exempt")


def _room(device: Device, wanted: FlexVpn) -> Iterator[Finding]:
    """The flash has room for the file of the clients, and as much again."""
    for file in files_of(wanted):
        match = _FREE.search(device.outputs.get(DIRECTORY, ""))
        if match is None:
            words = f"how much room the flash has for {file.name} is not known"
            yield doubt(device, "flash", Status.UNVERIFIED, words, DIRECTORY, "bytes free", "not shown")
            continue
        free = int(match["free"])
        words = f"{file.name} needs {file.size} bytes, and {free} of the flash are free"
        yield say(device, "flash", free >= 2 * file.size, words, DIRECTORY, "bytes free", free)
