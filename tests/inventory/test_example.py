"""The example inventory is what the documentation says it is."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from nr_run.inventory.hosts import load_nornir, platforms_of
from nr_run.inventory.intent_files import load_intent


def test_hq_branch_is_the_one_active_tunnel(vpn: Path) -> None:
    """The example intent has one tunnel, hq-branch, between the two routers."""
    (tunnel,) = load_intent(vpn).select()
    assert tunnel.name == "hq-branch"
    assert [end.local.host for end in tunnel.ends] == ["vpn2611", "vpn3640"]
    assert [end.remote.outside_ip for end in tunnel.ends] == [IPv4Address("172.18.124.199"), IPv4Address("172.18.124.159")]
    assert tunnel.ends[0].selectors == ((IPv4Network("10.10.10.0/24"), IPv4Network("10.10.20.0/24")),)


def test_the_selectors_of_both_ends_mirror_each_other(vpn: Path) -> None:
    """The far end protects the same pairs of networks, swapped."""
    near, far = load_intent(vpn).select()[0].ends
    assert near.selectors == tuple((b, a) for a, b in far.selectors)


def test_the_cryptography_is_the_best_of_12_2_8_t(vpn: Path) -> None:
    """hq-branch offers IKEv1 main mode with triple DES, SHA-1 and group 2, and PFS with group 2."""
    intent = load_intent(vpn)
    crypto = intent.resolve(intent.tunnels["hq-branch"])
    (ike,) = crypto.ike_proposals
    assert (crypto.ike_version, crypto.ike_mode, crypto.pfs_group) == (1, "main", 2)
    assert (ike.encryption_algorithm, ike.authentication_algorithm, ike.group) == ("3des-cbc", "hmac-sha1", 2)


def test_the_hosts_are_the_two_routers_of_the_rehearsal_lab(inventory: Path) -> None:
    """Both routers are reached by telnet on the lab's ports, and their login is kept by reference."""
    nornir = load_nornir(inventory, workers=3)
    hosts = nornir.inventory.hosts
    assert {name: (host.hostname, host.port, host.platform) for name, host in hosts.items()} == {
        "vpn2611": ("127.0.0.1", 12611, "cisco_ios_telnet"),
        "vpn3640": ("127.0.0.1", 13640, "cisco_ios_telnet"),
    }
    assert hosts["vpn2611"]["password_ref"] == "credential:device-password"
    assert hosts["vpn2611"].password is None


def test_the_platforms_are_those_of_the_groups(inventory: Path) -> None:
    """Model and release come from the group of a host."""
    platforms = platforms_of(load_nornir(inventory))
    assert {name: str(platform) for name, platform in platforms.items()} == {
        "vpn2611": "2611 with 12.2(8)T",
        "vpn3640": "3640 with 12.2(8)T",
    }
