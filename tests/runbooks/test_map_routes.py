"""Static routes beside a crypto map: built where a device does not send the far networks out of its interface, gone with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..warm import start_lab
from .test_ssh import OLD, STRONG, Pair, write_inventory

IOS = "configure terminal\nno ip route 0.0.0.0 0.0.0.0 172.18.124.1\nend"
ASA = "configure terminal\nno route outside 0.0.0.0 0.0.0.0 172.18.124.1\nend"
#: Our device, one at the other end with a suite that both can do, the IKE version, and what is typed so that nothing leads out.
CASES = {
    "12.2": ("vpn2611", "vpn3640", OLD, 1, IOS),
    "12.4": ("vpn3640-124", "vpn3640-124", STRONG, 1, IOS),
    "15.4": ("c881", "vpn3640-124", STRONG, 1, IOS),
    "15.4 by IKEv2": ("c881", "c881", ("aes-256-cbc", "hmac-sha256", 14), 2, IOS),
    "17.9 by IKEv2": ("c8000v-17", "c8000v-17", ("aes-256-cbc", "hmac-sha256", 14), 2, IOS),
    "ASA 8.2": ("asa82", "vpn3640-124", STRONG, 1, ASA),
    "ASA 9.1": ("asa91", "c881", STRONG, 1, ASA),
    "ASA 9.19 by IKEv2": ("asa919", "c881", ("aes-256-cbc", "hmac-sha256", 14), 2, ASA),
}


@pytest.fixture
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """Our device, without a default route, and one at the other end that has one."""
    ours, theirs, suite, version, typed = request.param
    devices = {"hq": ours, "branch": theirs}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, suite)
        intent = tmp_path / "inventory/vpn/intent.yaml"
        if version == 2:
            intent.write_text(intent.read_text().replace("version: 1, mode: main", "version: 2"))
        said = lab.exec("hq", typed)
        assert not {"%", "ERROR"} & {*said.split()}, said
        lab.exec("hq", "write memory")
        yield Pair(lab, tmp_path)


def of(*names: str) -> pytest.MarkDecorator:
    """These cases."""
    return pytest.mark.parametrize("pair", [CASES[name] for name in names], indirect=True, ids=list(names))


def routes(pair: Pair) -> list[str]:
    """The static routes of our device."""
    return [line for line in pair.running()["hq"] if line.startswith(("ip route ", "route "))]


def changed(before: dict[str, list[str]], now: dict[str, list[str]]) -> set[tuple[str, str]]:
    """Lines that a device has now and had not, or had and has not."""
    return {(name, line) for name in before for line in {*before[name]} ^ {*now[name]}}


def edit(pair: Pair, old: str, new: str) -> None:
    """Change the intent."""
    path = pair.folder / "inventory/vpn/intent.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def type_in(pair: Pair, *lines: str) -> None:
    """Somebody configures our device, and saves."""
    said = pair.lab.exec("hq", "\n".join(("configure terminal", *lines, "end")))
    assert not {"%", "ERROR"} & {*said.split()}, said
    pair.lab.exec("hq", "write memory")


@of(*CASES)
def test_a_route_is_built_and_goes(pair: Pair) -> None:
    """Built with the tunnel and verified, found as it is by a second run, removed with it, and built again by a rollback."""
    before = pair.running()
    assert not routes(pair)
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["tunnels"][0]["result"]) == (0, "verified"), report["tunnels"][0]["sentence"]
    built = pair.running()
    (line,) = routes(pair)
    assert " 255.255.255.0 172.18.124." in line
    assert line.endswith(" 19")
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["changed"]) == (0, False), report["tunnels"][0]["sentence"]
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    # The 2611 has VPN clients of somebody else, who may rely on what is there for every IKE peer.
    assert changed(before, pair.running()) <= {("hq", "crypto isakmp keepalive 10 3")}
    code, report = pair.run("rollback", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert {name: sorted(lines) for name, lines in pair.running().items()} == {n: sorted(lines) for n, lines in built.items()}


@of("15.4", "ASA 9.1")
def test_a_tunnel_that_fails_takes_its_route_with_it(pair: Pair) -> None:
    """Where the tunnel does not come up, the route goes with the rest."""
    before = pair.running()
    pair.lab.fault("branch", "drop-esp")
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["tunnels"][0]["result"]) == (20, "rolled-back"), report["tunnels"][0]["sentence"]
    assert pair.running() == before


@of("15.4", "15.4 by IKEv2", "ASA 9.1")
def test_a_wider_route_elsewhere_is_no_obstacle(pair: Pair) -> None:
    """A summary to the inside keeps all but the far network, and other networks of before lose their route in place."""
    asa = pair.lab.exec("hq", "show running-config").lstrip().startswith(": Saved")
    inside = next(line.split()[2] for line in pair.running()["hq"] if line.startswith(" ip address 10."))
    wider = inside.rsplit(".", 1)[0] + ".254"
    type_in(pair, f"route inside 10.0.0.0 255.0.0.0 {wider}" if asa else f"ip route 10.0.0.0 255.0.0.0 {wider}")
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    (network,) = {line.split()[-4] for line in routes(pair) if line.endswith(" 19")}
    assert len(routes(pair)) == 2
    edit(pair, f"[{network}/24]", f"[{network}/25]")
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    (line,) = [line for line in routes(pair) if line.endswith(" 19")]
    assert f"{network} 255.255.255.128 " in line
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert [line.split()[-1] for line in routes(pair)] == ["1" if asa else wider]


@of("15.4", "ASA 9.1")
def test_a_route_of_somebody_else_is_an_objection(pair: Pair) -> None:
    """To the far network itself, or to a part of it, somebody has a route elsewhere: it is named, and nothing is typed."""
    asa = pair.lab.exec("hq", "show running-config").lstrip().startswith(": Saved")
    inside = next(line.split()[2] for line in pair.running()["hq"] if line.startswith(" ip address 10."))
    hop, far = inside.rsplit(".", 1)[0] + ".254", pair.lab.exec("branch", "show running-config").split(" ip address 10.")[1]
    network = "10." + far.split()[0].rsplit(".", 1)[0] + ".0"
    type_in(pair, f"{'route inside' if asa else 'ip route'} {network} 255.255.255.0 {hop}")
    before = pair.running()
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 13, report
    theirs = f"the route to {network}/24 belongs to somebody else, and no other is built beside it"
    assert theirs in report["tunnels"][0]["sentence"]
    assert pair.running() == before


@of("15.4", "ASA 9.1")
def test_routes_none_is_only_checked(pair: Pair) -> None:
    """The line that is missing is named to be typed; once it is there, the tunnel is built, and the line stays when it goes."""
    edit(pair, "    dpd:", "    cisco: {routes: none}\n    dpd:")
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 13, report
    (line,) = [words.partition(",")[0] for words in report["tunnels"][0]["sentence"].split("type ")[1:]]
    type_in(pair, line)
    before = pair.running()
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert pair.running() == before


@of("15.4", "ASA 9.1")
def test_a_tunnel_that_left_the_intent_goes_with_its_route(pair: Pair) -> None:
    """Removed by name alone, it takes the route along by which it was reached."""
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    assert routes(pair)
    edit(pair, "name: hq-branch\n    ipsec", "name: other\n    status: planned\n    ipsec")
    code, report = pair.run("remove-l2l", "hq-branch", "--host", "hq", "--host", "branch", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert not routes(pair)
