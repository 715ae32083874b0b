"""A tunnel whose traffic is translated is built with its own exemption, which goes with it; nobody else's line moves.

Every device of these tests translates to the address of its outside interface, and the lab translates what passes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..warm import start_lab
from .test_ssh import OLD as WEAK
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
#: More than there are numbers in front of 10, by numbers that no configuration shows.
OTHERS = "".join(f" {number} deny ip 10.0.0.0 0.255.255.255 192.168.{number}.0 0.0.0.255\n" for number in range(1, 13))
BEHIND_OTHERS = LIST.replace(" permit ip", f"{OTHERS} 13 permit ip")
BY_MAP = LIST.replace("source list NAT", "source route-map RM").replace(
    "ip nat inside source", "route-map RM permit 10\n match ip address NAT\nip nat inside source"
)
IOS_124 = LIST.replace("FastEthernet4", "Ethernet0/0").replace("Vlan1", "Ethernet0/1")
IOS_XE = LIST.replace("FastEthernet4", "GigabitEthernet1").replace("Vlan1", "GigabitEthernet2")
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
    "ios by route map": ("c881", BY_MAP, " deny ip 10.10.81.0 0.0.0.255 "),
    "ios 12.4": ("vpn3640-124", IOS_124, " deny ip 10.10."),
    "ios-xe 17.12": ("c8000v-1712", IOS_XE, " deny ip 10.10.172.0 0.0.0.255 "),
    "ios by IKEv2": ("c881", LIST, " deny ip 10.10.81.0 0.0.0.255 "),
    "asa 8.2": ("asa82", OLD, "access-list NR-NONAT extended permit ip "),
    "asa 8.2 with a list": ("asa82", OLD_WITH_LIST, "access-list NONAT extended permit ip "),
    "asa 9.19 by IKEv2": ("asa919", TWICE, "nat (inside,outside) source static NR-hq-branch-L NR-hq-branch-L "),
    "asa 9.1": ("asa91", TWICE, "nat (inside,outside) source static NR-hq-branch-L NR-hq-branch-L "),
}


#: What takes no suite of old.
NEW = ("c8000v-1712", "asa919")
YOUNG = ("aes-256-cbc", "hmac-sha256", 14)


def edit(inventory: Path, old: str, new: str) -> None:
    """Change the intent."""
    path = inventory / "vpn/intent.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """Our device, which translates what goes out, and a router at the other end which does not."""
    model, typed, *by = request.param
    far, suite = ("c881", YOUNG) if by or model in NEW else ("vpn3640" if model == "vpn2611" else "vpn3640-124", STRONG)
    devices = {"hq": model, "branch": far}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, WEAK if model == "vpn2611" else suite)
        if by:
            edit(tmp_path / "inventory", "version: 1, mode: main", "version: 2")
        assert "%" not in lab.exec("hq", typed)
        lab.exec("hq", "write memory")
        yield Pair(lab, tmp_path)


def of(*names: str) -> pytest.MarkDecorator:
    """These cases, each with its line."""
    rows = [((*CASES[name][:2], *(["IKEv2"] if "IKEv2" in name else [])), CASES[name][2]) for name in names]
    return pytest.mark.parametrize(("pair", "line"), rows, indirect=["pair"], ids=list(names))


def lines_of(pair: Pair, line: str) -> list[str]:
    """The lines of our device that begin so."""
    return [found for found in pair.running()["hq"] if found.startswith(line)]


@of(*CASES)
def test_the_exemption_is_built_and_goes(pair: Pair, line: str) -> None:
    """Built with the tunnel and verified, found as it is by a second run, removed with it, and all is as it was."""
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
    """What was put into somebody's list, or in front of somebody's rules, is rolled back exactly."""
    before = pair.running()
    pair.lab.fault("branch", "drop-esp")
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["tunnels"][0]["result"]) == (20, "rolled-back"), report["tunnels"][0]["sentence"]
    assert pair.running() == before


@of("ios")
def test_the_exemption_of_networks_of_before_is_named(pair: Pair, line: str) -> None:
    """A change in place to narrower networks leaves the line of before, which exempts them as well, and says so."""
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    edit(pair.folder / "inventory", "[10.10.24.0/24]", "[10.10.24.0/25]")
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert len(lines_of(pair, line)) == 1
    assert any("it is of networks that the tunnel had before" in sentence for sentence in report["tunnels"][0]["stays"])


@of("asa 8.2", "asa 9.1", "asa 9.19 by IKEv2")
def test_an_exemption_of_ours_follows_the_networks(pair: Pair, line: str) -> None:
    """A change in place to narrower networks builds the exemption of those, and takes that of before; a removal takes all."""
    before = pair.running()
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    (old,) = lines_of(pair, line)
    (network,) = {
        found for found in ("10.10.24.0", "10.10.81.0") if found in (pair.folder / "inventory/vpn/intent.yaml").read_text()
    }
    edit(pair.folder / "inventory", f"[{network}/24]", f"[{network}/25]")
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert report["tunnels"][0]["stays"] == []
    (new,) = [found for found in pair.running()["hq"] if found.startswith(line.split("source static")[0]) and "NR-" in found]
    assert new != old
    assert any(f"{network} 255.255.255.128" in found for found in pair.running()["hq"])
    assert not any(f"{network} 255.255.255.0" in found for found in pair.running()["hq"])
    built = pair.running()
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["changed"], pair.running()) == (0, False, built), report["tunnels"][0]["sentence"]
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert pair.running() == before


@of("ios behind others", "asa 8.2", "asa 8.2 with a list", "asa 9.1")
def test_a_tunnel_that_left_the_intent_takes_its_exemption_along(pair: Pair, line: str) -> None:
    """Removed by name alone, it leaves nothing that keeps its networks from being translated."""
    there = lines_of(pair, line)
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    edit(pair.folder / "inventory", "name: hq-branch\n    ipsec", "name: other\n    status: planned\n    ipsec")
    code, report = pair.run("remove-l2l", "hq-branch", "--host", "hq", "--host", "branch", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert lines_of(pair, line) == there
    assert not [found for found in pair.running()["hq"] if "NR-" in found]


@of("ios", "ios by route map")
def test_without_it_the_tunnel_carries_nothing(pair: Pair, line: str) -> None:
    """All else is as it was built: taken away by hand, the line takes the traffic with it, and the next deploy restores it."""
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    far = re.findall(r"probe_address: (\S+)}", (pair.folder / "inventory/vpn/intent.yaml").read_text())
    ping = f"ping {far[1]} source {far[0]}"
    assert "!!!" in pair.lab.exec("hq", ping)
    pair.lab.exec("hq", f"configure terminal\nip access-list extended NAT\nno{lines_of(pair, line)[0]}\nend")
    pair.lab.exec("hq", "write memory")
    assert "!" not in pair.lab.exec("hq", ping).partition("seconds:")[2].partition("Success")[0]
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["changed"], report["tunnels"][0]["result"]) == (0, True, "verified"), report["tunnels"][0]["sentence"]
    assert lines_of(pair, line)


@pytest.mark.parametrize(
    "pair",
    [
        ("vpn2611", IOS_124),
        (
            "vpn2611",
            IOS_124.replace("source list NAT", "source list 101").replace("ip access-list extended NAT\n", "access-list 101"),
        ),
        (
            "vpn2611",
            IOS_124.replace("ip access-list extended NAT\n ", "access-list 101 ").replace(
                "ip nat inside source list NAT",
                "route-map RM permit 10\n match ip address 101\nip nat inside source route-map RM",
            ),
        ),
        (
            "c881",
            LIST.replace("ip access-list extended NAT\n permit ip", "access-list 101 permit ip").replace("list NAT", "list 101"),
        ),
    ],
    indirect=True,
    ids=["12.2", "12.2 by number", "12.2 by route map", "15.4 by number"],
)
def test_what_a_person_has_to_type_is_written_out(pair: Pair) -> None:
    """Where no line can be put before the permits, the refusal has every line to type; once typed, the tunnel is built."""
    before = pair.running()
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 13, report
    assert pair.running() == before
    page = report["tunnels"][0]["sentence"].partition("; type:\n")[2]
    lines = [line[2:] for line in page.splitlines()]
    assert lines[-1] == "end"
    if lines[0] != "configure terminal":
        assert lines.pop(0) == "clear ip nat translation *"
        pair.lab.exec("hq", "clear ip nat translation *")
    assert "%" not in pair.lab.exec("hq", "\n".join(lines))
    pair.lab.exec("hq", "write memory")
    before = pair.running()
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert "ip nat inside source" in "".join(pair.running()["hq"])
