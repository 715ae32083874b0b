"""Laws of a change on a hub that carries hundreds of tunnels, judged by the reference device."""

from __future__ import annotations

import pytest

from nr_run.changes.configurations import tree
from nr_run.changes.family import Phase
from nr_run.changes.objects import read
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan, plan_removal
from nr_run.changes.plans.removal import owned
from nr_run.checks.finding import against
from nr_run.inventory.intents.intent import End

from .device import Device
from .rendering import desired, termination
from .whole import read_back, restore

ENTRIES = 300


def hub(entries: int = ENTRIES) -> str:
    """Running configuration of a hub with so many tunnels on one map, each with its key, transform set and access list."""
    keys, sets, map_entries, lists = [], [], [], []
    for number in range(entries):
        peer = f"192.0.{2 + number // 250}.{1 + number % 250}"
        keys.append(f"crypto isakmp key <key:{number:08x}> address {peer}\n")
        sets.append(f"crypto ipsec transform-set OLD-{number} esp-3des esp-sha-hmac\n")
        map_entries.append(
            f"crypto map HUB {10 * (number + 1)} ipsec-isakmp\n"
            f" set peer {peer}\n set transform-set OLD-{number}\n set pfs group2\n match address OLD-{number}\n"
        )
        rule = f"permit ip 10.10.10.0 0.0.0.255 172.{20 + number // 250}.{number % 250}.0 0.0.0.255"
        lists.append(f"ip access-list extended OLD-{number}\n {rule}\n")
    return (
        "version 12.2\nhostname vpn2611\ncrypto isakmp policy 10\n encr 3des\n authentication pre-share\n group 2\n"
        f"{''.join(keys)}crypto isakmp keepalive 10 3\n{''.join(sets)}{''.join(map_entries)}"
        "interface Ethernet0/0\n ip address 172.18.124.159 255.255.255.0\n crypto map HUB\n"
        "interface Ethernet0/1\n ip address 10.10.10.1 255.255.255.0\n"
        f"ip route 0.0.0.0 0.0.0.0 172.18.124.1\n{''.join(lists)}line vty 0 4\n"
    )


def tunnel_to(number: int) -> End:
    """The hub's end of one more tunnel."""
    here = termination("vpn2611", "172.18.124.159", ("10.10.10.0/24",), "10.10.10.1")
    return End(here, termination("branch", f"172.18.124.{number}", (f"10.99.{number}.0/24",), f"10.99.{number}.1"))


def change_on(running: str, number: int) -> Change:
    """The change that brings this tunnel to the hub."""
    return plan("vpn2611", "ios", desired(tunnel_to(number), running, name=f"new-{number}")[0], running)


def back(device: Device, change: Change, before: str) -> None:
    """Take a change back from the device as it is."""
    for step in restore(change, before, device.show()):
        device.cut()
        for line in step.lines:
            device.enter(line)
    device.cut()


def test_one_more_tunnel_comes_and_goes() -> None:
    """It gets a place of its own, is read back without a finding against it, and its inverse leaves the hub byte for byte."""
    device = Device(hub())
    before = device.show()
    change = change_on(before, 7)
    entries = [item for item in change.created if item.family.name == "crypto-map-entry"]
    assert [item.groups["sequence"] for item in entries] == [str(10 * (ENTRIES + 1))]
    device.type(change.forward_text)
    assert against(read_back(change, before, device.show(), "now")) == ()
    assert not change_on(device.show(), 7)
    back(device, change, before)
    assert tree.normalise(device.show()) == tree.normalise(before)


def test_any_cut_is_taken_back() -> None:
    """The session ends after any line of the change: what restore() plans leaves the hub byte for byte."""
    before = Device(hub()).show()
    change = change_on(before, 7)
    lines = [line for phase in (Phase.BUILD, Phase.ACTIVATE) for step in change.of(phase) for line in step.lines]
    for count in range(0, len(lines) + 1, 3):
        device = Device(hub())
        for line in lines[:count]:
            device.enter(line)
        device.cut()
        back(device, change, before)
        assert tree.normalise(device.show()) == tree.normalise(before)


@pytest.mark.parametrize("failed", [(2,), (0, 11), (3, 4, 5)])
def test_failed_tunnels_of_twelve_go_and_the_others_stay(failed: tuple[int, ...]) -> None:
    """Tunnels that fail one after another are rolled back alone: the hub then runs exactly what the good ones made."""
    device, good = Device(hub()), Device(hub())
    for number in range(12):
        before = device.show()
        change = change_on(before, number + 1)
        device.type(change.forward_text)
        if number in failed:
            back(device, change, before)
        else:
            good.type(change.forward_text)
    assert tree.normalise(device.show()) == tree.normalise(good.show())


@pytest.mark.parametrize("number", [0, 1, 149, 299])
def test_one_of_hundreds_is_removed(number: int) -> None:
    """Removing one tunnel takes its four objects and nothing of the other 299."""
    device = Device(hub())
    device.foreign.clear()  # all of these tunnels are ours, and may go
    before = device.show()
    running = read("ios", before)
    peer = f"192.0.{2 + number // 250}.{1 + number % 250}"
    names = (("crypto-map-entry", "HUB", str(10 * (number + 1))), ("access-list", f"OLD-{number}"), ("isakmp-key", peer))
    present = [running.get(*name) for name in (*names, ("transform-set", f"OLD-{number}"), ("isakmp-policy", "10"))]
    going, stays = owned(running, [item for item in present if item is not None])
    assert len(going) == 4
    assert len(stays) == 1
    change = plan_removal("vpn2611", "ios", going, before)
    device.type(change.forward_text)
    assert against(read_back(change, before, device.show(), "now")) == ()
    gone = set(tree.normalise(before).splitlines()) - set(tree.normalise(device.show()).splitlines())
    words = (f"OLD-{number}", peer, f"HUB {10 * (number + 1)} ", f"172.{20 + number // 250}.{number % 250}.0 ")
    assert gone
    assert all(any(f"{word.strip()} " in f"{line} " for word in words) for line in gone)


def test_somebody_elses_change_among_hundreds_is_found() -> None:
    """One line that somebody else changes among thousands while a tunnel is built is found, with the header it stands below."""
    device = Device(hub())
    before = device.show()
    change = change_on(before, 7)
    device.type(change.forward_text)
    rule = "permit ip 10.10.10.0 0.0.0.255 172.20.149.0 0.0.0.255"
    after = device.show().replace(rule, "permit ip 10.10.10.0 0.0.0.255 172.20.149.0 0.0.0.127")
    (finding,) = against(read_back(change, before, after, "now"))
    assert finding.check == "nothing-else"
    assert "ip access-list extended OLD-149" in finding.sentence
