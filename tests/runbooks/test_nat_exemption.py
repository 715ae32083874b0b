"""A tunnel whose traffic is translated is built with its own exemption, which goes with it; nobody else's line moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..warm import start_lab
from .test_ssh import STRONG, Pair, write_inventory

LIST = """configure terminal
ip access-list extended NAT
 permit ip 10.0.0.0 0.255.255.255 any
ip nat inside source list NAT interface FastEthernet4 overload
interface FastEthernet4
 ip nat outside
interface Vlan1
 ip nat inside
end"""
BEHIND_OTHERS = LIST.replace(" permit ip", " deny ip 10.0.0.0 0.255.255.255 192.168.7.0 0.0.0.255\n permit ip")
BY_MAP = LIST.replace("source list NAT", "source route-map RM").replace(
    "ip nat inside source", "route-map RM permit 10\n match ip address NAT\nip nat inside source"
)
OLD = """configure terminal
nat (inside) 1 10.10.82.0 255.255.255.0
global (outside) 1 interface
end"""
OLD_WITH_LIST = OLD.replace(
    "nat (inside) 1",
    "access-list NONAT extended permit ip 10.10.82.0 255.255.255.0 192.168.7.0 255.255.255.0\n"
    "nat (inside) 0 access-list NONAT\nnat (inside) 1",
)
TWICE = """configure terminal
nat (inside,outside) source dynamic any interface
end"""
#: What our device is, what it translates by, and a line of the exemption.
CASES = {
    "ios": ("c881", LIST, " deny ip 10.10.81.0 0.0.0.255 "),
    "ios behind others": ("c881", BEHIND_OTHERS, " deny ip 10.10.81.0 0.0.0.255 "),
    "asa 8.2": ("asa82", OLD, "access-list NR-NONAT extended permit ip "),
    "asa 8.2 with a list": ("asa82", OLD_WITH_LIST, "access-list NONAT extended permit ip "),
    "asa 9.1": ("asa91", TWICE, "nat (inside,outside) source static NR-hq-branch-L NR-hq-branch-L "),
}


@pytest.fixture
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """Our device, which translates what goes out, and a router at the other end which does not."""
    model, typed = request.param
    devices = {"hq": model, "branch": "vpn3640-124"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, STRONG)
        assert "%" not in lab.exec("hq", typed)
        lab.exec("hq", "write memory")
        yield Pair(lab, tmp_path)


def of(*names: str) -> pytest.MarkDecorator:
    """These cases, each with its line."""
    rows = [((CASES[name][0], CASES[name][1]), CASES[name][2]) for name in names]
    return pytest.mark.parametrize(("pair", "line"), rows, indirect=["pair"], ids=list(names))


def lines_of(pair: Pair, line: str) -> list[str]:
    """The lines of our device that begin so."""
    return [found for found in pair.running()["hq"] if found.startswith(line)]


@of(*CASES)
def test_the_exemption_is_built_and_goes(pair: Pair, line: str) -> None:
    """Built with the tunnel and proved, found as it is by a second run, removed with it, and all is as it was."""
    before = pair.running()
    there = lines_of(pair, line)
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert len(lines_of(pair, line)) == len(there) + 1
    built = pair.running()
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["changed"]) == (0, False), report["tunnels"][0]["sentence"]
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert pair.running() == before
    code, report = pair.run("rollback", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert {name: sorted(lines) for name, lines in pair.running().items()} == {n: sorted(lines) for n, lines in built.items()}


@of("ios behind others", "asa 8.2 with a list", "asa 9.1")
def test_a_tunnel_that_fails_takes_its_exemption_with_it(pair: Pair, line: str) -> None:
    """What was put into somebody's list, or in front of somebody's rules, is taken back exactly."""
    before = pair.running()
    pair.lab.fault("branch", "drop-esp")
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["tunnels"][0]["result"]) == (20, "rolled-back"), report["tunnels"][0]["sentence"]
    assert pair.running() == before


@of("ios")
def test_the_exemption_of_networks_of_before_is_named(pair: Pair, line: str) -> None:
    """A change in place to narrower networks leaves the line of before, which exempts them as well, and says so."""
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    path = pair.folder / "inventory/vpn/intent.yaml"
    path.write_text(path.read_text().replace("[10.10.24.0/24]", "[10.10.24.0/25]"))
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert len(lines_of(pair, line)) == 1
    assert any("it is of networks that the tunnel had before" in sentence for sentence in report["tunnels"][0]["stays"])
