"""All boxes of one lab, with their ports."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from .core.access import banners
from .core.access.ports import Port
from .core.access.sessions import new_box, open_session
from .core.access.terminal import Hangup, Script
from .core.box import Box
from .core.clock import LabClock
from .core.configuration.loaded import called
from .core.configuration.store import Entry
from .core.errors import NoSuchDevice, NoSuchFault, nearest
from .core.faults import WHERE, kinds, strikes_on
from .core.negotiation.ike import Ike
from .core.profiles import PROFILES
from .core.wire.connected_client import connect_client
from .core.wire.network import Network
from .played import Played, gateways_in
from .stations.far_end import FarEnd
from .stations.far_order import STATION, read_order
from .stations.vpn_clients import VpnClients

_FIRST = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_MORE = _FIRST + "_.~%^*+=:@-"
BOOT_SECONDS = 90.0
CREDENTIALS = ("device-password", "enable-secret", "hq-branch-psk")


def new_secret() -> str:
    """A random secret of 28 characters that a router takes on a command line."""
    return secrets.choice(_FIRST) + "".join(secrets.choice(_MORE) for _ in range(27))


def _stored(entries: Iterable[Entry], above: str = "") -> Iterator[str]:
    """Lines that a box takes, shows again and does not act on."""
    for entry in entries:
        if "kept" in (entry.form.hook, entry.form.family.split()[0]):
            yield f"{above}{called(entry.text)}"
        yield from _stored(entry.children.values(), f"{' '.join(entry.text.split()[:2])} > ")


def _far(order: str | Mapping[str, Any]) -> bool:
    return not isinstance(order, str) and order.get("station") == STATION


def keys_of(devices: Mapping[str, str | Mapping[str, Any]]) -> list[str]:
    """Names of the credentials that the far ends of an order share with their peers."""
    found = [read_order(order) for order in devices.values() if not isinstance(order, str) and _far(order)]
    return [key for order in found for key in order.keys]


class Rehearsal:
    """The running lab."""

    def __init__(self, devices: Mapping[str, str | Mapping[str, Any]], speed: float, credentials: Mapping[str, str]) -> None:
        self.clock = LabClock(speed)
        self.network = Network(self.clock, {})
        self.network.ike = Ike(self.network)
        self.boxes: dict[str, Box] = {}
        self.clients = VpnClients(self.network)
        self.ports: dict[str, Port] = {}
        self.access = (credentials["device-password"], credentials["enable-secret"])
        filled = {
            "password": credentials["device-password"],
            "enable": credentials["enable-secret"],
            "client": new_secret(),
        }
        self.far_ends: dict[str, FarEnd] = {}
        far = {name: order for name, order in devices.items() if not isinstance(order, str) and _far(order)}
        ordered = {name: Played.of(order) for name, order in devices.items() if name not in far}
        profiles = [played.profile for played in ordered.values()]
        for index, (name, played) in enumerate(ordered.items()):
            box = new_box(name, played.hardware(), self.network, PROFILES[played.profile].release)
            self.boxes[name] = self.network.boxes[name] = box
            self.network.gateways.update(played.gateways)
            if played.config:
                self._load(box, played)
            else:
                first = profiles.index(played.profile) == index
                box.boot(played.start(name, index, filled, first=first))
            for file, lines in played.files.items():
                box.flash.write(file, list(lines))
            if box.profile.has_client:
                connect_client(box)
            box.save()
            box.on_restart, box.on_reach = partial(self.restart, box), partial(self._reach, box)
        for name, order in far.items():
            self._far_end(name, order, credentials)
        self.keep()

    def _far_end(self, name: str, order: Mapping[str, Any], credentials: Mapping[str, str]) -> None:
        """A far end that is played from data."""
        read = read_order(order)
        end = FarEnd(name, read, {key: credentials[key] for key in read.keys})
        self.far_ends[name] = self.network.boxes[name] = end
        self.network.gateways[read.gateway] = read.network
        self.network.changed(end)

    def _load(self, box: Box, played: Played) -> None:
        """Its own configuration; the lab's user logs in beside those that stand in it."""
        box.access = ("nr", *self.access)
        box.load(played.config)
        networks = [item.network for item in box.meaning.interfaces() if item.network is not None]
        self.network.gateways.update(gateways_in(box.config_lines(), networks))

    def not_played(self) -> dict[str, dict[str, Any]]:
        """Of each box with a configuration of its own: how many lines are kept and not played, and which."""
        found: dict[str, dict[str, Any]] = {}
        for name, box in self.boxes.items():
            if box.loaded is not None:
                stored = list(_stored(box.store.root.values()))
                found[name] = {"count": box.loaded.count + len(stored), "lines": [*box.loaded.not_played, *stored]}
        return found

    async def listen(self, *, fixed_ports: bool) -> None:
        """Open every port."""
        for name, box in self.boxes.items():
            # Two of a model have one port of their own between them.
            free = box.profile.port not in [port.number for port in self.ports.values()]
            self.ports[name] = Port(box, box.profile.port if fixed_ports and free else 0)
            await self.ports[name].open()

    def box(self, name: str) -> Box:
        """The box of that name. NoSuchDevice, also for a far end, which nobody logs in to."""
        if name in self.far_ends:
            raise NoSuchDevice(f"{name} is a far end that the lab plays from data: it has no command line.")
        if name not in self.boxes:
            raise NoSuchDevice(f"The lab has no device {name}.{nearest(name, [*self.boxes, *self.far_ends])}")
        return self.boxes[name]

    async def fault(self, name: str, fault: str, arguments: tuple[str, ...], *, on: bool) -> None:
        """Switch a fault of a box, or of a far end."""
        if name in self.far_ends:
            self.far_ends[name].fault(fault, arguments, on=on)
            self.network.changed(self.far_ends[name])
            return
        box = self.box(name)
        needed = strikes_on(fault)
        if on and needed not in kinds(box.profile):
            what = f"a {box.profile.model} at {box.profile.release}"
            raise NoSuchFault(f"The fault {fault} strikes only {WHERE[needed]}; {name} is {what}.")
        was = fault in box.faults
        box.faults.set(fault, arguments, on=on)
        if fault == "behind-nat":
            self.network.changed(box)
        if fault == "banner-marks" and on != was:
            banners.set_marks(box, on=on)
        if fault == "host-key" and on != was:
            self.ports[name].pause()  # sessions that are open go on with the key that they know
            await self._reach(box)
        if fault == "lose-management-after" and not on:
            box.cut_off = False
        if fault == "no-answer":
            self.ports[name].pause()  # what accepts connections is another from now on
        if fault in ("down", "lose-management-after", "no-answer"):
            await self._reach(box)

    async def _reach(self, box: Box) -> None:
        """Open or close a box's port, as its state says."""
        if box.off or box.cut_off:
            self.ports[box.name].close()
        else:
            await self.ports[box.name].open()

    async def restart(self, box: Box) -> None:
        """A box reloads: sessions are cut, it is away while it boots, and comes back with its startup configuration."""
        box.booting = True
        self.ports[box.name].close()
        await self.clock.sleep(BOOT_SECONDS)
        if box.profile.image and not box.flash.image:
            return  # the boot loader finds no image and waits for somebody at the console
        await box.restart()
        box.booting = False
        await self._reach(box)

    def keep(self) -> None:
        """Remember what every box has saved, to come back to it."""
        self._kept = {name: box.saved for name, box in self.boxes.items()}

    async def rewind(self) -> None:
        """Every box runs and has saved what it had when `keep` was called (when it was made, without that), and has no SA."""
        if isinstance(self.network.ike, Ike):
            for task in list(self.network.ike.running.values()):
                task.cancel()
        for box in self.boxes.values():
            box.stop()
            box.saved = self._kept[box.name]
            await box.restart()

    async def execute(self, name: str, command: str) -> str:
        """Run an exec command as a privileged user; lines after the first answer what the command asks."""
        first, *answers = command.split("\n")
        script = Script(answers)
        session = open_session(self.box(name), script, "lab", 15, length=0, counted=False)
        try:
            await session.take(first)
            while session.place is not None and script.answers:
                await session.take(script.answers.pop(0))
        except Hangup:
            script.write("[session cut]\n")
        session.leave_config()
        return script.text()

    async def client(self, name: str, action: str, words: Mapping[str, str]) -> dict[str, Any]:
        """Have a VPN client do something; how it stands then."""
        return await self.clients.do(name, action, words, self.box)

    async def close(self) -> None:
        """Close every port and end what negotiates."""
        for port in self.ports.values():
            port.box.stop()
            port.end()
        self.network.upkeep.stop()
        ike = self.network.ike
        if isinstance(ike, Ike):
            tasks = list(ike.running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
