"""`ping` on an ASA: from the interface that is named, and through a tunnel only from the one that `management-access` names."""

from __future__ import annotations

from ipaddress import IPv4Address

from msgspec import Struct

from ...core.access.terminal import Terminal
from ...core.configuration.syntax import valid_ip
from ...core.wire.load import Load
from ...core.wire.network import Outcome
from ...ios.commands.ping import Echoes, echoes
from ..box import AsaBox


class Probe(Struct):
    """What to send: `timeout` in seconds, `size` in bytes; `on` is the interface that was named."""

    target: IPv4Address
    on: str = ""
    repeat: int = 5
    size: int = 100
    timeout: int = 2


def read(box: AsaBox, words: list[str]) -> Probe | str:
    """What a typed line means; or the words of refusal, none for the caret."""
    rest, on = list(words), ""
    if not valid_ip(rest[0]):
        if box.reading().interface(rest[0]) is None:
            return "ERROR: % Invalid Hostname"
        on = rest.pop(0)
    if not rest:
        return "ERROR: % Incomplete command"
    if not valid_ip(rest[0]):
        return "ERROR: % Invalid Hostname"
    probe = Probe(IPv4Address(rest.pop(0)), on)
    while rest:
        word = rest.pop(0)
        names = [name for name in ("repeat", "timeout", "size", "data", "validate") if name.startswith(word.lower())]
        if names == ["validate"]:
            continue
        if len(names) != 1:
            return ""
        if not rest:
            return "ERROR: % Incomplete command"
        value = rest.pop(0)
        if names != ["data"]:
            if not value.isdigit():
                return ""
            setattr(probe, names[0], int(value))
    return probe


def _source(box: AsaBox, probe: Probe) -> IPv4Address | None:
    """The address that the echoes come from; None when they never leave towards the target."""
    meaning = box.reading()
    route = meaning.route_to(probe.target)
    if route is None:
        return None
    if not probe.on:
        return route.interface.address
    named = meaning.interface(probe.on)
    if named is None or not named.up or named.address is None:
        return None
    elsewhere = route.interface.name != probe.on
    return None if elsewhere and not meaning.managed(probe.on) else named.address


async def send(box: AsaBox, terminal: Terminal, probe: Probe) -> None:
    """Send the echoes one after the other; a lost one costs its timeout in lab time."""
    if box.reading().route_to(probe.target) is None:
        terminal.write(f"No route to host {probe.target}\n\n")
        return
    terminal.write("Type escape sequence to abort.\n")
    terminal.write(
        f"Sending {probe.repeat}, {probe.size}-byte ICMP Echos to {probe.target}, timeout is {probe.timeout} seconds:\n"
    )
    source = _source(box, probe)

    if "standby" in box.faults.text("failover-pair"):
        source = None

    def mark(outcome: Outcome, _number: int) -> str:
        return "!" if outcome is Outcome.REPLY else "?"

    await echoes(box, terminal, Echoes(source, probe.target, probe.repeat, probe.timeout, Load(probe.size)), mark, "1/2/10")
