"""`ping`: the short form, the dialogue that is the only way to choose a source on 12.2(8)T, and the younger long line.

The questions are those of Cisco's extended ping description; the line that repeats the source address is from memory.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from ipaddress import IPv4Address

from msgspec import Struct

from ...core.access.terminal import Terminal
from ...core.box import Box
from ...core.configuration.syntax import interface_name, valid_ip
from ...core.wire.load import SMALL, Load
from ...core.wire.network import Outcome
from .. import model

Ask = Callable[[str], Awaitable[str]]


class Probe(Struct):
    """What to send: `timeout` in seconds, `size` in bytes; `whole` with the DF bit, so that it is not cut."""

    target: IPv4Address
    source: IPv4Address | None = None
    repeat: int = 5
    size: int = 100
    timeout: int = 2
    whole: bool = False


class BadAnswer(Exception):
    """An answer that the dialogue does not take; it ends with these words."""


def one_line(box: Box, values: Mapping[str, str]) -> Probe:
    """What follows `ping ADDRESS` on the line of a release that takes it there."""
    probe = Probe(IPv4Address(values["target"]))
    probe.source = _source(box, values["source"]) if "source" in values else None
    probe.repeat = int(values.get("repeat", probe.repeat))
    probe.size = int(values.get("size", probe.size))
    probe.timeout = int(values.get("timeout", probe.timeout))
    probe.whole = "df" in values
    return probe


async def dialogue(box: Box, ask: Ask) -> Probe:
    """The questions of the extended ping, in their order."""
    protocol = await ask("Protocol [ip]: ")
    if protocol and not "ip".startswith(protocol.lower()):
        raise BadAnswer(f'% Unknown protocol - "{protocol}", type "ping ?" for help')
    target = await ask("Target IP address: ")
    if not valid_ip(target):
        raise BadAnswer("% Bad IP address")
    probe = Probe(IPv4Address(target))
    probe.repeat = await _number(ask, "Repeat count [5]: ", 5, 1, 2147483647)
    probe.size = await _number(ask, "Datagram size [100]: ", 100, 36, 18024)
    probe.timeout = await _number(ask, "Timeout in seconds [2]: ", 2, 0, 3600)
    if _yes(await ask("Extended commands [n]: ")):
        source = await ask("Source address or interface: ")
        if source:
            probe.source = _source(box, source)
        await _number(ask, "Type of service [0]: ", 0, 0, 255)
        probe.whole = _yes(await ask("Set DF bit in IP header? [no]: "))
        await ask("Validate reply data? [no]: ")
        await ask("Data pattern [0xABCD]: ")
        await ask("Loose, Strict, Record, Timestamp, Verbose[none]: ")
    await ask("Sweep range of sizes [n]: ")
    return probe


def _yes(answer: str) -> bool:
    return bool(answer) and "yes".startswith(answer.lower())


async def _number(ask: Ask, question: str, default: int, low: int, high: int) -> int:
    answer = await ask(question)
    if not answer:
        return default
    if not answer.isdigit() or not low <= int(answer) <= high:
        raise BadAnswer(f"% A decimal number between {low} and {high}.")
    return int(answer)


def _source(box: Box, text: str) -> IPv4Address:
    wanted = text if valid_ip(text) else interface_name(text)
    for interface in model.interfaces(box.store):
        if interface.up and interface.address is not None and wanted in (interface.name, str(interface.address)):
            return interface.address
    if valid_ip(text):
        raise BadAnswer("% Invalid source address- IP address not on any of our up interfaces")
    raise BadAnswer("% Invalid source interface - IP not enabled or interface is down")


async def send(box: Box, terminal: Terminal, probe: Probe) -> None:
    """Send the echoes one after the other; a lost one costs its timeout in lab time."""
    terminal.write("\nType escape sequence to abort.\n")
    terminal.write(
        f"Sending {probe.repeat}, {probe.size}-byte ICMP Echos to {probe.target}, timeout is {probe.timeout} seconds:\n"
    )
    if probe.source is not None:
        terminal.write(f"Packet sent with a source address of {probe.source} \n")
    if probe.whole:
        terminal.write("Packet sent with the DF bit set\n")
    route = model.route_to(box.store, probe.target)
    source = probe.source or (route.interface.address if route is not None else None)

    def mark(outcome: Outcome, number: int) -> str:
        return outcome.value + ("\n" if number % 70 == 0 and number < probe.repeat else "")

    await echoes(
        box, terminal, Echoes(source, probe.target, probe.repeat, probe.timeout, Load(probe.size, probe.whole)), mark, "4/5/8"
    )


class Echoes(Struct, frozen=True):
    """What is sent: so many packets, from where (None: nothing can be sent) to where, and how long each is waited for."""

    source: IPv4Address | None
    target: IPv4Address
    repeat: int
    timeout_seconds: float
    load: Load = SMALL


async def echoes(box: Box, terminal: Terminal, sending: Echoes, mark: Callable[[Outcome, int], str], times: str) -> None:
    """Send them until the operator interrupts; a mark for each by its outcome and number, and the rate at the end."""
    good = sent = 0
    for number in range(1, sending.repeat + 1):
        if terminal.interrupted():
            break
        outcome = Outcome.LOST
        if sending.source is not None:
            outcome = box.network.echo(box, sending.source, sending.target, sending.load)
        sent = number
        good += outcome is Outcome.REPLY
        await box.clock.sleep(0.004 if outcome is Outcome.REPLY else sending.timeout_seconds)
        terminal.write(mark(outcome, number))
    rate = f"\nSuccess rate is {good * 100 // sent if sent else 0} percent ({good}/{sent})"
    terminal.write(rate + (f", round-trip min/avg/max = {times} ms\n" if good else "\n"))
