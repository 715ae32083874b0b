"""The work of the lab grows with what happens, not with that times the number of boxes; and what is remembered is right."""

from __future__ import annotations

import asyncio
import cProfile
import pstats
import time
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.lab.core.box import Box
from nr_run.lab.core.meaning import IosMeaning
from nr_run.lab.entry import LabHandle
from nr_run.lab.ios import model
from nr_run.lab.rehearsal import CREDENTIALS, Rehearsal, new_secret

from .several import session, several, shared_several

__all__ = ["several", "shared_several"]


Join = Callable[[Rehearsal, int, int], Awaitable[None]]


def rehearsal(count: int, model_name: str) -> Rehearsal:
    """So many boxes of one model, without ports."""
    secrets = {"device-username": "nr"} | {name: new_secret() for name in CREDENTIALS}
    return Rehearsal({f"box{number}": model_name for number in range(count)}, 100, secrets)


def ends(lab: Rehearsal, number: int) -> tuple[model.Interface, model.Interface]:
    """The outer and the inner interface of a box."""
    found = [i for i in lab.box(f"box{number}").meaning.interfaces() if i.address is not None]
    outer = next(i for i in found if str(i.address).startswith("172.18."))
    return outer, next(i for i in found if i is not outer)


async def join_by_tunnel(lab: Rehearsal, one: int, other: int) -> None:
    """Configure one end of a tunnel with IKEv2 and a tunnel interface."""
    (out, _), (far_out, far) = ends(lab, one), ends(lab, other)
    assert far.network is not None
    lines = [
        "crypto ikev2 keyring K", "peer X", f"address {far_out.address}", "pre-shared-key Key.123", "exit", "exit",
        "crypto ikev2 profile P", f"match identity remote address {far_out.address}", "authentication local pre-share",
        "authentication remote pre-share", "keyring local K", "dpd 10 3 periodic", "exit",
        "crypto ipsec transform-set T esp-aes 256 esp-sha-hmac", "exit",
        "crypto ipsec profile I", "set transform-set T", "set ikev2-profile P", "interface Tunnel1",
        f"ip address 10.250.{min(one, other)}.{1 + (one > other)} 255.255.255.252", f"tunnel source {out.name}",
        "tunnel mode ipsec ipv4", f"tunnel destination {far_out.address}", "tunnel protection ipsec profile I", "exit",
        f"ip route {far.network.network_address} 255.255.255.0 Tunnel1",
    ]  # fmt: skip
    await lab.execute(f"box{one}", "\n".join(["configure terminal", *lines]))


async def join(lab: Rehearsal, one: int, other: int) -> None:
    """Configure one end of a tunnel by crypto map with IKEv1."""
    await join_map(lab, one, other, 0)


async def join_map(lab: Rehearsal, one: int, other: int, place: int) -> None:
    """The same at a place of the map, with an access list of its own."""
    (out, lan), (far_out, far) = ends(lab, one), ends(lab, other)
    assert lan.network is not None
    assert far.network is not None
    lines = [
        "crypto isakmp policy 10", "encryption aes 256", "authentication pre-share", "group 5",
        f"crypto isakmp key Key.123 address {far_out.address}", "crypto ipsec transform-set T esp-aes 256 esp-sha-hmac",
        f"access-list {110 + place} permit ip {lan.network.network_address} 0.0.0.255 {far.network.network_address} 0.0.0.255",
        f"crypto map M {10 + place} ipsec-isakmp", f"set peer {far_out.address}", "set transform-set T",
        f"match address {110 + place}", f"interface {out.name}", "crypto map M",
    ]  # fmt: skip
    await lab.execute(f"box{one}", "\n".join(["configure terminal", *lines]))


async def traffic(pairs: int, join: Join) -> int:
    """Build so many tunnels, send packets through each of them again and again; return the number of calls that it took."""
    lab = rehearsal(2 * pairs, "c881")
    profile = cProfile.Profile()
    profile.enable()
    for number in range(pairs):
        await join(lab, 2 * number, 2 * number + 1)
        await join(lab, 2 * number + 1, 2 * number)
    for number in list(range(pairs)) * 4:
        near, far = (ends(lab, 2 * number + end)[1].address for end in (0, 1))
        await lab.execute(f"box{2 * number}", f"ping {far} source {near}")
        await lab.execute(f"box{2 * number}", "show crypto ipsec sa")
    profile.disable()
    for number in range(pairs):
        for _ in range(600):
            if any(flow.outbound for flow in lab.box(f"box{2 * number}").crypto.flows):
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError(f"box{2 * number} has no tunnel")
    await lab.close()
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.parametrize("join", [join, join_by_tunnel])
def test_the_work_per_tunnel_does_not_grow_with_the_number_of_boxes(join: Join) -> None:
    """Four times as many tunnels cost at most six times as many calls; when each packet asked every box it was over ten times."""
    few, many = asyncio.run(traffic(5, join)), asyncio.run(traffic(20, join))
    assert many < 6 * few


def test_every_clone_has_an_address_of_its_own() -> None:
    """Two hundred boxes of one model share no address with each other or with a box of another model."""
    names = [f"box{number}" for number in range(200)]
    models = ["c881", "asa91", "vpn3640-124", "vpn2611", *["c881"] * 196]
    lab = Rehearsal(dict(zip(names, models, strict=True)), 100, {name: new_secret() for name in CREDENTIALS})
    found = [i.address for box in lab.boxes.values() for i in box.meaning.interfaces() if i.address is not None]
    assert len(found) == len(set(found)) == 400


LINES = (
    "interface FastEthernet4", "ip address 172.18.124.7 255.255.255.0", "ip address 172.18.124.8 255.255.255.0", "no ip address",
    "shutdown", "no shutdown", "interface Vlan1", "ip address 10.7.0.1 255.255.255.0",
    "ip route 10.99.0.0 255.255.0.0 172.18.124.9", "no ip route 10.99.0.0 255.255.0.0 172.18.124.9",
    "ip route 10.99.1.0 255.255.255.0 172.18.124.1", "crypto map M 10 ipsec-isakmp",
    "set peer 172.18.124.9", "no crypto map M 10", "access-list 110 permit ip any any", "no access-list 110", "match address 110",
)  # fmt: skip


def fresh(box: Box) -> object:
    """What a configuration means when nothing was remembered."""
    other = IosMeaning(type(box.store)(), list, defaults=True)
    other.store.root = box.store.root
    return meant(other)


def meant(meaning: IosMeaning) -> object:
    """Everything of a meaning that is remembered."""
    targets = [IPv4Address(text) for text in ("10.99.1.1", "10.99.2.1", "172.18.124.9", "8.8.8.8")]
    return meaning.interfaces(), meaning.entries("M"), [meaning.route_to(target) for target in targets], meaning.policies()


@settings(max_examples=40, deadline=None)
@given(typed=st.lists(st.sampled_from(LINES), max_size=25))
def test_what_is_remembered_is_what_the_configuration_says(typed: list[str]) -> None:
    """After each line the interfaces, entries, routes, and who has which address, are those of the configuration as it is."""

    async def check() -> None:
        lab = rehearsal(3, "c881")
        box = lab.box("box1")
        for number in range(len(typed)):
            await lab.execute("box1", "\n".join(["configure terminal", *typed[: number + 1]]))
            assert meant(box.meaning) == fresh(box)  # type: ignore[arg-type]
            for last in (2, 3, 4, 7, 8, 181):
                address = IPv4Address(f"172.18.124.{last}")
                having = [b for b in lab.boxes.values() if any(i.up and i.address == address for i in b.meaning.interfaces())]
                assert lab.network.owner(address) is (having[0] if having else None)
        await lab.close()

    asyncio.run(check())


@pytest.mark.parametrize("device", ["c881", "asa919"])
def test_latency_delays_the_handshake_of_ssh(several: LabHandle, device: str) -> None:
    """Each packet of the client is late from the first one on: a login takes at least six times the latency longer."""
    several.fault(device, "latency", 100)
    began = time.monotonic()
    with session(several, device) as line:
        assert "ersion" in line.answer("show version")
    assert time.monotonic() - began >= 0.9


async def pinged(spokes: int) -> int:
    """Build a hub with so many spokes by crypto map, ping each of them again and again; return the calls that the pings took."""
    lab = rehearsal(spokes + 1, "c881")
    for number in range(1, spokes + 1):
        await join_map(lab, 0, number, number)
        await join_map(lab, number, 0, number)
    near = ends(lab, 0)[1].address
    profile = cProfile.Profile()
    profile.enable()
    for number in list(range(1, spokes + 1)) * 2:
        await lab.execute("box0", f"ping {ends(lab, number)[1].address} source {near}")
    profile.disable()
    await lab.close()
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def test_a_ping_of_a_hub_does_not_look_at_every_spoke() -> None:
    """Four times as many spokes, and pings, cost at most ten times as many calls; when each ping let time pass for all: 14."""
    few, many = asyncio.run(pinged(12)), asyncio.run(pinged(48))
    assert many < 10 * few
