"""Tunnels between two routers of any release, typed by hand through Netmiko: lines for one end, and how to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import Struct, field
from msgspec.structs import replace
from netmiko import ConnectHandler

from nr_run.lab.entry import LabHandle

from ..warm import start_lab
from .telnet_client import credential
from .tunnels import replies

#: Device: outer interface, outer address, inner network, Netmiko's name for it.
BOXES = {
    "vpn3640-124": ("Ethernet0/0", "172.18.124.124", "10.10.24", "cisco_ios"),
    "c881": ("FastEthernet4", "172.18.124.181", "10.10.81", "cisco_ios"),
    "c8000v-17": ("GigabitEthernet1", "172.18.124.17", "10.10.17", "cisco_xe"),
    "c8000v-1712": ("GigabitEthernet1", "172.18.124.172", "10.10.172", "cisco_xe"),
    "c8000v-26": ("GigabitEthernet1", "172.18.124.26", "10.10.26", "cisco_xe"),
}
#: What is answered to a line that is taken: the notes on a new crypto map, proposal, policy and profile, and warnings.
NOTES = ("NOTE: This new crypto map", "MUST", "SECURITY WARNING", "%Warning: weaker")


class End(Struct, frozen=True):
    """One end of a tunnel as it is typed; `version` is that of IKE, `style` is `map` or `vti`."""

    box: str
    far: str
    version: int = 2
    style: str = "vti"
    key: str = "Agreed.Key-24"
    group: str = "14"
    integrity: str = "sha256"
    pfs: str = "group14"
    esp: str = "esp-aes 256 esp-sha-hmac"
    seconds: int = 3600
    identity: str = ""
    expects: str = ""
    reach: str = ""
    encryption: str = "aes-cbc-256"

    @property
    def peer(self) -> str:
        """The address at which the other end is reached: its own, or `reach` where it stands behind a translator."""
        return self.reach or BOXES[self.far][1]

    def lines(self) -> list[str]:
        """Everything, in an order that the release takes."""
        first = self._version2() if self.version == 2 else self._version1()
        second = [f"crypto ipsec transform-set T {self.esp}", "mode tunnel", "exit"]
        return [*first, *second, *(self._tunnel() if self.style == "vti" else self._map())]

    def _version1(self) -> list[str]:
        policy = [
            "crypto isakmp policy 10",
            "encr aes 256",
            "hash sha",
            "authentication pre-share",
            f"group {self.group}",
            "exit",
        ]
        return [*policy, f"crypto isakmp key {self.key} address {self.peer}", "crypto isakmp keepalive 10 3"]

    def _version2(self) -> list[str]:
        own = BOXES[self.box][1]
        return [
            *["crypto ikev2 proposal P", f"encryption {self.encryption}", self._digest(), f"group {self.group}", "exit"],
            *["crypto ikev2 policy P", "proposal P", "exit"],
            *["crypto ikev2 keyring K", "peer FAR", f"address {self.peer}", f"pre-shared-key {self.key}", "exit", "exit"],
            *["crypto ikev2 profile PR", f"match identity remote {self.expects or f'address {self.peer} 255.255.255.255'}"],
            *[f"identity local {self.identity or f'address {own}'}", "authentication remote pre-share"],
            *["authentication local pre-share", "keyring local K", "dpd 10 3 periodic", "exit"],
        ]

    def _digest(self) -> str:
        return f"prf {self.integrity}" if "gcm" in self.encryption else f"integrity {self.integrity}"

    def _protection(self) -> list[str]:
        found = [f"set security-association lifetime seconds {self.seconds}", "set transform-set T"]
        found += [f"set pfs {self.pfs}"] if self.pfs else []
        return [*found, *(["set ikev2-profile PR"] if self.version == 2 else [])]

    def _tunnel(self) -> list[str]:
        wan, own, _, _ = BOXES[self.box]
        last = 1 if own < self.peer else 2
        return [
            *["crypto ipsec profile IP", *self._protection(), "exit", "interface Tunnel1"],
            *[f"ip address 10.255.0.{last} 255.255.255.252", "ip mtu 1400", "ip tcp adjust-mss 1360", f"tunnel source {wan}"],
            *["tunnel mode ipsec ipv4", f"tunnel destination {self.peer}", "tunnel protection ipsec profile IP", "exit"],
            f"ip route {BOXES[self.far][2]}.0 255.255.255.0 Tunnel1",
        ]

    def _map(self) -> list[str]:
        wan, _, lan, _ = BOXES[self.box]
        return [
            *["ip access-list extended A", f"permit ip {lan}.0 0.0.0.255 {BOXES[self.far][2]}.0 0.0.0.255", "exit"],
            *["crypto map M 10 ipsec-isakmp", f"set peer {self.peer}", *self._protection(), "match address A", "exit"],
            *[f"interface {wan}", "crypto map M", "exit"],
        ]


class Bench(Struct):
    """A lab with one box of each release, and a Netmiko connection to each that is used."""

    lab: LabHandle
    connections: dict[str, Any] = field(default_factory=dict)

    def connection(self, box: str) -> Any:
        """The connection to a box, opened when it is first used, and again after the box has cut it for being idle."""
        if box not in self.connections or not self.connections[box].is_alive():
            where = self.lab.devices[box]
            self.connections[box] = ConnectHandler(
                device_type=BOXES[box][3],
                host=where.host,
                port=where.port,
                username=credential(self.lab, "device-username"),
                password=credential(self.lab, "device-password"),
            )
        return self.connections[box]

    def show(self, box: str, command: str) -> str:
        """What a box prints."""
        return str(self.connection(box).send_command(command, strip_prompt=True))

    def typed(self, box: str, lines: list[str]) -> str:
        """Type lines in configuration mode; return everything that was said."""
        return str(self.connection(box).send_config_set(lines, cmd_verify=False))

    def build(self, *ends: End) -> None:
        """Type the ends; nothing may be refused."""
        for end in ends:
            said = self.typed(end.box, end.lines())
            refused = [text for text in said.splitlines() if text.startswith("%") and not any(note in text for note in NOTES)]
            assert not refused, (end, said)

    def ping(self, end: End, count: int = 5) -> int:
        """How many echoes from the own inner address to the other end's come back."""
        own, far = BOXES[end.box][2], BOXES[end.far][2]
        return replies(self.show(end.box, f"ping {far}.1 source {own}.1 repeat {count} timeout 1"))

    def reset(self) -> None:
        """Put every box that was used back to what it was, through its startup configuration."""
        for box, state in self.lab.status().items():
            for fault in list(state["faults"]):
                self.lab.fault(box, fault, on=False)
        for box in list(self.connections):
            assert "Rollback Done" in self.lab.exec(box, "configure replace nvram:startup-config force")
            self.lab.exec(box, "clear crypto sa")
            self.lab.exec(box, "clear crypto isakmp")

    def close(self) -> None:
        """End the sessions."""
        for connection in self.connections.values():
            connection.disconnect()


def ends(one: str, other: str, **same: Any) -> tuple[End, End]:
    """Both ends of a tunnel, with the algorithms that both releases have."""
    if "vpn3640-124" in (one, other):
        same = {"group": "5", "pfs": "group5"} | same
    return End(one, other, **same), End(other, one, **same)


def changed(end: End, **differing: Any) -> End:
    """The same end with something else in it."""
    return replace(end, **differing)


@pytest.fixture(scope="module")
def shared_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One lab with a box of each release for all tests of the module."""
    with start_lab(tmp_path_factory.mktemp("pairs") / "lab", devices={name: name for name in BOXES}, speed=50) as lab:
        bench = Bench(lab)
        yield bench
        bench.close()


@pytest.fixture
def bench(shared_bench: Bench) -> Iterator[Bench]:
    """The boxes as they were saved."""
    yield shared_bench
    shared_bench.reset()


def up(bench: Bench, end: End) -> bool:
    """Whether an end has SAs, by the session that it shows."""
    return "Session status: UP-ACTIVE" in bench.show(end.box, "show crypto session")


def ike(bench: Bench, end: End) -> str:
    """The IKE SAs of an end."""
    return bench.show(end.box, "show crypto ikev2 sa" if end.version == 2 else "show crypto isakmp sa")


PAIR = ("c881", "c8000v-17")
each_version = pytest.mark.parametrize("version", [1, 2])
