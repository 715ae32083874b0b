"""What an ASA cannot be told is refused before anything is connected, in one sentence."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from nr_run.changes.configurations.nameif import find_interface, interfaces
from nr_run.changes.configurations.tree import parse
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.intents.intent import End, IPSecProposal, TunnelTermination
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.l2l.template_view import names_on
from nr_run.templates.words import FILTERS

RUNNING = """\
interface Ethernet0/0
 nameif outside
 ip address dhcp setroute
interface Vlan2
 nameif inside
 ip address 10.1.0.1 255.255.255.0 standby 10.1.0.2
interface Ethernet0/3
 shutdown
 no nameif
"""
GCM = IPSecProposal(name="g", encryption_algorithm="aes-256-gcm")
SHA_2 = IPSecProposal(name="s", encryption_algorithm="aes-256-cbc", authentication_algorithm="hmac-sha256")


@pytest.mark.parametrize(
    ("word", "value", "written"),
    [
        ("asa_address", IPv4Network("10.1.0.0/24"), "10.1.0.0 255.255.255.0"),
        ("asa_address", IPv4Network("10.1.0.9/32"), "host 10.1.0.9"),
        ("asa_ike_encryption", "aes-256-cbc", "aes-256"),
        ("asa_ike_hash", "hmac-sha1", "sha"),
        ("asa_keepalive_retry", 10, "10"),
    ],
)
def test_words(word: str, value: object, written: str) -> None:
    """Networks have masks, and keys their length behind a hyphen."""
    assert FILTERS[word](value) == written


@pytest.mark.parametrize(
    ("word", "value", "why"),
    [
        ("asa_address", IPv4Network("0.0.0.0/0"), "a tunnel for every address"),
        ("asa_ike_hash", "hmac-sha256", "hmac-sha256 cannot be written as an ASA IKEv1 hash"),
        ("asa_keepalive_retry", 11, "2 to 10 seconds, not 11: change dpd.retries"),
        ("asa_transforms", GCM, "aes-256-gcm cannot be written as an ASA IKEv1 transform"),
        ("asa_transforms", SHA_2, "hmac-sha256 cannot be written as an ASA IKEv1 transform"),
    ],
)
def test_what_cannot_be_written(word: str, value: object, why: str) -> None:
    """What IKEv1 of an ASA does not have is no guess at another word."""
    with pytest.raises(ChangeError, match=why):
        FILTERS[word](value)


def test_interfaces() -> None:
    """An interface is found by either name; an address by DHCP is none that can be compared."""
    nodes = parse(RUNNING)
    assert [(item.hardware, item.nameif, str(item.address)) for item in interfaces(nodes)] == [
        ("Ethernet0/0", "outside", "None"),
        ("Vlan2", "inside", "10.1.0.1/24"),
        ("Ethernet0/3", None, "None"),
    ]
    assert find_interface(nodes, "inside") == find_interface(nodes, "Vlan2")


@pytest.mark.parametrize(("interface", "why"), [("Ethernet0/3", "has no nameif"), ("Ethernet0/7", "is not there")])
def test_interface_without_a_name(interface: str, why: str) -> None:
    """A crypto map is bound to a nameif, so an interface without one is refused."""
    local = TunnelTermination(
        host="asa",
        interface=interface,
        outside_ip=IPv4Address("192.0.2.1"),
        protected_prefixes=(IPv4Network("10.1.0.0/24"),),
        probe_address=IPv4Address("10.1.0.1"),
    )
    with pytest.raises(ChangeError, match=f"interface {interface} {why}"):
        names_on(platform_for("ASA", "9.1(7)"), End(local, local), RUNNING)
