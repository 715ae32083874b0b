"""The example inventory is what the documentation says it is."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.intents.intent_files import load_intent

from ..own_inventory import PAIR

EXAMPLE = Path(__file__).parents[2] / "inventory"
INTENT = load_intent(EXAMPLE / "vpn")


def test_hq_branch_joins_the_two_routers() -> None:
    """Of the example, the tunnel that the documents tell of is hq-branch, between the two documented routers."""
    (tunnel,) = INTENT.select(["hq-branch"])
    assert [end.local.host for end in tunnel.ends] == ["vpn2611", "vpn3640"]
    assert [end.remote.outside_ip for end in tunnel.ends] == [IPv4Address("172.18.124.199"), IPv4Address("172.18.124.159")]
    assert tunnel.ends[0].selectors == ((IPv4Network("10.10.10.0/24"), IPv4Network("10.10.20.0/24")),)


def test_the_selectors_of_both_ends_mirror_each_other() -> None:
    """The far end of each tunnel between two of ours protects the same pairs of networks, swapped."""
    for tunnel in INTENT.select():
        if not tunnel.foreign:
            near, far = tunnel.ends
            assert near.selectors == tuple((b, a) for a, b in far.selectors)


def test_the_cryptography_is_the_best_of_12_2_8_t() -> None:
    """hq-branch offers IKEv1 main mode with triple DES, SHA-1 and group 2, and PFS with group 2."""
    crypto = INTENT.resolve(INTENT.tunnels["hq-branch"])
    (ike,) = crypto.ike_proposals
    assert (crypto.ike_version, crypto.ike_mode, crypto.pfs_group) == (1, "main", 2)
    assert (ike.encryption_algorithm, ike.authentication_algorithm, ike.group) == ("3des-cbc", "hmac-sha1", 2)


def test_each_host_has_a_port_of_this_machine_and_logs_in_by_reference() -> None:
    """The lab listens where the hosts are: each has a port of its own, and its login is kept by reference."""
    hosts = load_nornir(EXAMPLE, workers=3).inventory.hosts
    assert {host.hostname for host in hosts.values()} == {"127.0.0.1"}
    assert len({host.port for host in hosts.values()}) == len(hosts)
    assert (hosts["vpn2611"].port, hosts["vpn3640"].port) == (12611, 13640)
    for host in hosts.values():
        assert host["password_ref"] == "credential:device-password"
        assert host.password is None


def test_the_platforms_are_those_of_the_groups() -> None:
    """Model and release come from the group of a host."""
    platforms = platforms_of(load_nornir(EXAMPLE))
    assert str(platforms["vpn2611"]) == "2611 with 12.2(8)T"
    assert str(platforms["hub-asa"]) == "ASA with 9.19(1)"


def test_the_pair_of_the_tests_is_part_of_the_example() -> None:
    """The tests' own inventory has the example's hq-branch, its two routers and their VPN clients."""
    pair = load_intent(PAIR / "vpn")
    assert pair.tunnels["hq-branch"] == INTENT.tunnels["hq-branch"]
    assert pair.resolve(pair.tunnels["hq-branch"]) == INTENT.resolve(INTENT.tunnels["hq-branch"])
    theirs, ours = platforms_of(load_nornir(EXAMPLE)), platforms_of(load_nornir(PAIR))
    assert ours == {name: theirs[name] for name in ours}
    clients, example = ((folder / "remote-access.yaml").read_text().splitlines()[1:] for folder in (PAIR, EXAMPLE))
    assert clients == example
