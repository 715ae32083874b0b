"""BGP of an ASA over two tunnels to a cloud that is not ours: states, prefixes both ways, the routing table, the faults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from nr_run.checks.observations.observation import Observation
from nr_run.checks.observations.questions import BGP
from nr_run.checks.routing.bgp import advertised_command, prefixes, received_command
from nr_run.lab.core.errors import LabError
from nr_run.lab.entry import LabHandle
from nr_run.lab.stations.far_order import read_order
from nr_run.parsers import parse

from ..warm import start_lab
from .firewalls import open_asa
from .telnet_client import credential
from .tunnels import eventually

ASA = "asa919"
OURS, CLOUD = 65530, 65534
#: Tunnel, address of the gateway, address of its speaker.
ENDS = ((1, "172.18.124.49", "169.254.10.1"), (2, "172.18.124.50", "169.254.20.1"))
FIRST, SECOND = (speaker for _, _, speaker in ENDS)
HOST, NET, OTHER_NET = "172.16.10.225", "172.16.0.0/16", "10.99.0.0/16"
FAMILY = (f"router bgp {OURS}", "address-family ipv4 unicast")
TIMERS = {"keepalive": 10, "hold": 30}


def gateway(number: int, address: str, speaker: str, **more: Any) -> dict[str, Any]:
    """One gateway of the cloud, with a speaker in its tunnel."""
    cipher = {"encryption": "aes-128-cbc", "integrity": "hmac-sha1"}
    connection = {
        "peer": "172.18.124.219",
        "version": 2,
        "key": f"cloud-{number}",
        "ike": [{**cipher, "group": 14}],
        "esp": [cipher],
        "pfs": 14,
        "selectors": [["0.0.0.0/0", "0.0.0.0/0"]],
        "tunnel_interface": True,
        "answers": [HOST],
        "bgp": {"as": CLOUD, "address": f"{speaker}/30", "peer_as": OURS, "prefixes": [NET, OTHER_NET], **TIMERS},
    }
    return {
        "station": "far-end",
        "address": address,
        "length": 24,
        "gateway": "172.18.124.1",
        "connections": [connection],
        "circuit": True,
        **more,
    }


def tunnels(keys: list[str]) -> list[str]:
    """Both tunnels of the firewall."""
    lines = [
        *["crypto ikev2 policy 10", "encryption aes", "integrity sha", "group 14", "prf sha", "crypto ikev2 enable outside"],
        *["crypto ipsec ikev2 ipsec-proposal ALI", "protocol esp encryption aes", "protocol esp integrity sha-1"],
        *["crypto ipsec profile ALI", "set ikev2 ipsec-proposal ALI", "set pfs group14"],
    ]
    for (number, address, speaker), key in zip(ENDS, keys, strict=True):
        ours = speaker[:-1] + "2"
        lines += [
            *[f"tunnel-group {address} type ipsec-l2l", f"tunnel-group {address} ipsec-attributes"],
            *[f"ikev2 remote-authentication pre-shared-key {key}", f"ikev2 local-authentication pre-shared-key {key}"],
            *[f"interface Tunnel{number}", f"nameif CLOUD{number}", f"ip address {ours} 255.255.255.252"],
            *["tunnel source interface outside", f"tunnel destination {address}", "tunnel mode ipsec ipv4"],
            "tunnel protection ipsec profile ALI",
        ]
    return lines


ROUTER = [
    *["prefix-list OUT seq 5 permit 10.10.119.0/24", "prefix-list IN seq 5 permit 172.16.0.0/16 le 24"],
    *FAMILY,
    *(
        f"neighbor {far} {words}"
        for far in (FIRST, SECOND)
        for words in (
            *(f"remote-as {CLOUD}", "timers 10 30", "activate", "prefix-list IN in", "prefix-list OUT out"),
            "maximum-prefix 10 70",
        )
    ),
    *["network 10.10.119.0 mask 255.255.255.0", "network 192.168.20.0 mask 255.255.255.0"],
]


def configure(lab: LabHandle, *lines: str) -> str:
    """Type configuration lines on the firewall."""
    return lab.exec(ASA, "\n".join(["configure terminal", *lines, "end"]))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """A firewall with both tunnels and its router."""
    devices: dict[str, Any] = {ASA: ASA, **{f"gw{number}": gateway(number, *rest) for number, *rest in ENDS}}
    with start_lab(tmp_path_factory.mktemp("bgp") / "lab", devices=devices, speed=20) as lab:
        said = configure(lab, *tunnels([credential(lab, f"cloud-{number}") for number in (1, 2)]), *ROUTER)
        assert "%" not in said, said
        yield lab


@pytest.fixture
def lab(shared: LabHandle) -> LabHandle:
    """The same with both sessions up."""
    eventually(lambda: states(shared) == {FIRST: "Established", SECOND: "Established"})
    return shared


def rows(lab: LabHandle) -> dict[str, Any]:
    """The neighbours of the summary by their address."""
    (found,) = parse("asa", "show bgp summary", lab.exec(ASA, "show bgp summary")).state
    return {str(row.address): row for row in found.neighbors}


def states(lab: LabHandle) -> dict[str, str]:
    """Their states."""
    return {address: row.state for address, row in rows(lab).items()}


def way(lab: LabHandle, network: str = NET) -> list[tuple[str, int, str]]:
    """Code, distance and gateway of the routes to a network."""
    routes = parse("asa", "show route", lab.exec(ASA, "show route")).state
    mine = [route for route in routes if route.prefix == IPv4Network(network)]
    return [(route.code, hop.distance, str(hop.gateway)) for route in mine for hop in route.next_hops]


def answers(lab: LabHandle) -> bool:
    """Whether a host in the cloud answers."""
    return "!!!!!" in lab.exec(ASA, f"ping {HOST}")


def test_both_sessions_come_up_and_tell_what_they_have(lab: LabHandle) -> None:
    """Each neighbour is established with one prefix, is told the LAN and not what is nowhere, and the host answers by BGP."""
    assert {row.prefixes_received for row in rows(lab).values()} == {1}
    told = lab.exec(ASA, f"show bgp neighbors {FIRST} advertised-routes")
    assert "10.10.119.0/24" in told
    assert "192.168.20.0" not in told
    assert "Total number of prefixes 1" in told
    assert re.search(rf"\*> 172\.16\.0\.0 +{FIRST} +0  {CLOUD} i", lab.exec(ASA, f"show bgp neighbors {FIRST} routes"))
    assert way(lab) == [("B", 20, FIRST)]
    assert answers(lab)


def test_a_neighbour_says_what_it_is_in_whole(lab: LabHandle) -> None:
    """The long form is read whole: timers agreed to the smaller ones, a prefix each way."""
    (one,) = parse("asa", f"show bgp neighbors {FIRST}", lab.exec(ASA, f"show bgp neighbors {FIRST}")).state
    assert (one.state, one.remote_as, one.hold_seconds, one.keepalive_seconds) == ("Established", str(CLOUD), 30, 10)
    assert (one.prefixes_sent, one.prefixes_received, one.established_seconds is not None) == (1, 1, True)
    everything = parse("asa", "show bgp neighbors", lab.exec(ASA, "show bgp neighbors"))
    assert everything.complete
    seen = {row.neighbour: row for row in Observation(ASA, "", "asa", {BGP.name: everything}).view(BGP)}
    assert {str(address): row.both_ways for address, row in seen.items()} == {FIRST: True, SECOND: True}


def test_what_is_told_both_ways_is_read_from_the_firewall(lab: LabHandle) -> None:
    """The prefixes of both directions are those of the configuration and of the cloud."""
    for far in (FIRST, SECOND):
        address = IPv4Address(far)
        for command, expected in ((advertised_command(address), "10.10.119.0/24"), (received_command(address), NET)):
            assert prefixes(parse("asa", command, lab.exec(ASA, command))) == {IPv4Network(expected)}


def test_a_network_is_told_once_the_table_has_exactly_it(lab: LabHandle) -> None:
    """A shorter route to the same place does not do; a route with this mask does, if the list lets it."""
    command = f"show bgp neighbors {SECOND} advertised-routes"
    configure(lab, "prefix-list OUT seq 10 permit 192.168.20.0/24", "route inside 192.168.0.0 255.255.0.0 10.10.119.9")
    assert "192.168.20.0" not in lab.exec(ASA, command)
    configure(lab, "route inside 192.168.20.0 255.255.255.0 10.10.119.9")
    assert re.search(r"\*> 192\.168\.20\.0 +0\.0\.0\.0 +0 +32768  i", lab.exec(ASA, command))
    configure(lab, "no prefix-list OUT seq 10 permit 192.168.20.0/24")
    assert "192.168.20.0" not in lab.exec(ASA, command)
    configure(
        lab, "no route inside 192.168.20.0 255.255.255.0 10.10.119.9", "no route inside 192.168.0.0 255.255.0.0 10.10.119.9"
    )


def test_a_tunnel_that_goes_takes_its_session_and_routes(lab: LabHandle) -> None:
    """One end that is dead leaves the other one's way; both leave none, and come back by themselves."""
    lab.fault("gw1", "down")
    configure(lab, "interface Tunnel1", "shutdown")
    eventually(lambda: states(lab)[FIRST] == "Idle")
    assert way(lab) == [("B", 20, SECOND)]
    assert answers(lab)
    configure(lab, "interface Tunnel2", "shutdown")
    eventually(lambda: way(lab) == [])
    assert not answers(lab)
    lab.fault("gw1", "down", on=False)
    configure(lab, "interface Tunnel1", "no shutdown", "interface Tunnel2", "no shutdown")
    eventually(lambda: set(states(lab).values()) == {"Established"})
    assert answers(lab)


def test_esp_that_is_lost_ends_the_session_by_its_hold_time(lab: LabHandle) -> None:
    """The SAs stay, and nothing passes: the neighbour is active and not established, whatever IKE says."""
    lab.fault("gw2", "drop-esp")
    eventually(lambda: states(lab)[SECOND] == "Active")
    assert "READY" in lab.exec(ASA, "show crypto ikev2 sa")
    lab.fault("gw2", "drop-esp", on=False)
    eventually(lambda: states(lab)[SECOND] == "Established")


def test_a_prefix_that_is_not_told_is_not_there(lab: LabHandle) -> None:
    """The session is up with no prefix, and there is no way: what only looks at the state sees nothing of it."""
    for name in ("gw1", "gw2"):
        lab.fault(name, "bgp-untold")
    assert states(lab) == {FIRST: "Established", SECOND: "Established"}
    assert {row.prefixes_received for row in rows(lab).values()} == {0}
    assert way(lab) == []
    for name in ("gw1", "gw2"):
        lab.fault(name, "bgp-untold", on=False)
    assert way(lab) == [("B", 20, FIRST)] or way(lab) == [("B", 20, SECOND)]


def test_a_neighbour_that_flaps_counts_its_falls(lab: LabHandle) -> None:
    """It is up again and again, and its count of dropped sessions says what became of it."""

    def dropped() -> int:
        (one,) = parse("asa", f"show bgp neighbors {FIRST}", lab.exec(ASA, f"show bgp neighbors {FIRST}")).state
        return int(one.connections_dropped)

    before = dropped()
    lab.fault("gw1", "bgp-flap", "8")
    eventually(lambda: dropped() >= before + 3)
    lab.fault("gw1", "bgp-flap", on=False)


def test_another_system_than_agreed_is_no_neighbour(lab: LabHandle) -> None:
    """Who says that it is of another autonomous system gets no session, and the last end of one says why."""
    lab.fault("gw2", "bgp-wrong-as")
    eventually(lambda: states(lab)[SECOND] == "Idle")
    assert "peer in wrong AS" in lab.exec(ASA, f"show bgp neighbors {SECOND}")
    lab.fault("gw2", "bgp-wrong-as", on=False)
    eventually(lambda: states(lab)[SECOND] == "Established")


def test_more_prefixes_than_allowed_end_the_session_for_good(lab: LabHandle) -> None:
    """Only what the list lets in counts; the session stays ended when the limit is raised, until somebody clears it."""
    configure(lab, *FAMILY, f"neighbor {SECOND} maximum-prefix 1")
    assert states(lab)[SECOND] == "Established"
    assert way(lab, OTHER_NET) == []
    configure(lab, f"prefix-list IN seq 10 permit {OTHER_NET}")
    assert states(lab)[SECOND] == "Idle (PfxCt)"
    configure(lab, *FAMILY, f"neighbor {SECOND} maximum-prefix 10")
    assert states(lab)[SECOND] == "Idle (PfxCt)"
    lab.exec(ASA, f"clear bgp {SECOND}")
    eventually(lambda: states(lab)[SECOND] == "Established")
    assert rows(lab)[SECOND].prefixes_received == 2
    configure(lab, f"no prefix-list IN seq 10 permit {OTHER_NET}")


def test_without_a_list_one_neighbour_is_told_of_the_other(lab: LabHandle) -> None:
    """What was learned from one is told to the other, which takes nothing that came through its own system."""
    command = "show bgp neighbors {} advertised-routes"
    lists = [f"neighbor {far} prefix-list OUT out" for far in (FIRST, SECOND)]
    configure(lab, *FAMILY, *(f"no {line}" for line in lists))
    told = [NET[:-3] in lab.exec(ASA, command.format(far)) for far in (FIRST, SECOND)]
    assert sorted(told) == [False, True]
    assert answers(lab)
    configure(lab, *FAMILY, *lists)


def test_a_static_route_beside_takes_the_traffic_in_clear(lab: LabHandle) -> None:
    """A longer one, and one of a lower distance, win over BGP: the host answers, and nothing of it was encrypted."""
    for mask, line in (("24", "172.16.10.0 255.255.255.0"), ("16", "172.16.0.0 255.255.0.0")):
        configure(lab, f"route outside {line} 172.18.124.49")
        before = lab.exec(ASA, "show crypto ipsec sa")
        assert answers(lab)
        assert re.findall(r"#pkts encaps: (\d+)", lab.exec(ASA, "show crypto ipsec sa")) == re.findall(
            r"#pkts encaps: (\d+)", before
        )
        assert way(lab, f"172.16.{'10' if mask == '24' else '0'}.0/{mask}")[0][0] == "S"
        assert ("r> 172.16.0.0" in lab.exec(ASA, "show bgp")) == (mask == "16")
        configure(lab, f"no route outside {line} 172.18.124.49")
    assert way(lab)[0][0] == "B"


def test_show_route_bgp_has_these_alone(lab: LabHandle) -> None:
    """Only what was learned stands below the codes."""
    shown = lab.exec(ASA, "show route bgp").splitlines()
    assert [line.split()[0] for line in shown if re.match(r"[A-Z]\*? +\d", line)] == ["B"]


def test_without_a_router_there_is_nothing_to_show(lab: LabHandle) -> None:
    """Each command says that BGP is not active, and what was learned is gone from the table."""
    configure(lab, f"no router bgp {OURS}")
    for command in ("show bgp", "show bgp summary", "show bgp neighbors", f"show bgp neighbors {FIRST} routes"):
        assert "% BGP not active" in lab.exec(ASA, command)
    assert way(lab) == []
    configure(lab, *ROUTER[2:])


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"as": 1, "address": "169.254.1.1/30"}, "needs: peer_as"),
        ({"as": 1, "address": "169.254.1.1/30", "peer_as": 2, "prefix": []}, "has no prefix. Did you mean prefixes"),
        ({"as": 1, "address": "169.254.1.1/33", "peer_as": 2}, "cannot be read"),
    ],
)
def test_an_order_that_is_wrong_is_one_sentence(order: dict[str, Any], words: str) -> None:
    """What a speaker lacks, has not, or cannot be is said."""
    wrong = gateway(*ENDS[0])
    wrong["connections"][0]["bgp"] = order
    with pytest.raises(LabError, match=words):
        read_order(wrong)


def test_each_sub_mode_has_its_prompt_and_its_exit(lab: LabHandle) -> None:
    """One exit leaves the address family, the next one the router; the line that a configuration ends it with does the same."""
    with open_asa(lab, ASA) as line:
        typed = ["configure terminal", *FAMILY, "exit", "exit", *FAMILY, "exit-address-family", "end"]
        modes = [re.findall(r"asa919(\(\S+\))?# *$", line.ask(each))[-1] for each in typed]
    inside = ["(config-router)", "(config-router-af)", "(config-router)"]
    assert modes == ["(config)", *inside, "(config)", *inside, ""]
