"""Tunnels between an ASA and a router: each version of IKE, as crypto map and as tunnel interface; what does not go together."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from netmiko import ConnectHandler

from nr_run.lab.entry import LabHandle

from .asa_vpn import End, by_netmiko
from .firewalls import OUTSIDE, ping, typed
from .ios_vpn import RouterEnd
from .telnet_client import credential
from .tunnels import eventually

GCM_ASA = {"cipher": "aes-gcm-256", "integrity": "null", "prf": "sha384", "group": "20", "esp": "aes-gcm-256", "esp_hash": "null"}
GCM_IOS = {"cipher": "aes-gcm-256", "integrity": "", "prf": "sha384", "group": "20", "esp": "esp-gcm 256"}
V1_ASA = {"version": 1, "group": "5"}
V1_IOS = {"version": 1, "cipher": "aes 256", "group": "5", "esp": "esp-aes 256 esp-sha-hmac"}
PAIRS = [
    ("asa91", "c881", {}, {}),
    ("asa919", "c881", {"pfs": "group14"}, {"pfs": "group14"}),
    ("asa924", "c8000v-17", GCM_ASA, GCM_IOS),
    ("asa919", "c881", {"vti": True}, {"vti": True}),
    ("asa924", "c8000v-17", {"vti": True, **GCM_ASA}, {"vti": True, **GCM_IOS}),
    ("asa924", "vpn3640-124", {"vti": True, **V1_ASA}, {"vti": True, **V1_IOS}),
    ("asa919", "c881", {"vti": True, **V1_ASA}, {"vti": True, **V1_IOS}),
    ("asa82", "vpn3640-124", V1_ASA, V1_IOS),
]
FOUND = [
    pytest.param(
        (near, far),
        End(near, far, **mine),  # type: ignore[arg-type]
        RouterEnd(far, near, **theirs),  # type: ignore[arg-type]
        id=f"{near}-{far}-{number}",
    )
    for number, (near, far, mine, theirs) in enumerate(PAIRS)
]


def on_router(lab: LabHandle, device: str, lines: str) -> str:
    """Type configuration lines on a router by stock Netmiko; return all that was said."""
    where = lab.devices[device]
    connection = ConnectHandler(
        device_type="cisco_ios",
        host=where.host,
        port=where.port,
        username=credential(lab, "device-username"),
        password=credential(lab, "device-password"),
    )
    try:
        return str(connection.send_config_set(lines.splitlines()))
    finally:
        connection.disconnect()


def build(lab: LabHandle, firewall: End, router: RouterEnd) -> None:
    """Type both ends; neither refuses anything of it."""
    said = by_netmiko(lab, firewall.device, firewall.lines)
    assert "ERROR" not in said, said
    said = on_router(lab, router.device, router.lines)
    assert "% Inv" not in said, said
    assert "^" not in said, said


@pytest.mark.parametrize(("boxes", "firewall", "router"), FOUND, indirect=["boxes"])
def test_a_firewall_and_a_router_agree(boxes: LabHandle, firewall: End, router: RouterEnd) -> None:
    """Traffic passes both ways whoever begins, and the ASA names the peer, the version and the kind of tunnel."""
    build(boxes, firewall, router)
    eventually(lambda: ping(boxes, firewall.device, router.device) == 5)
    assert ping(boxes, router.device, firewall.device) == 5
    sas = boxes.exec(firewall.device, f"show crypto ipsec sa peer {OUTSIDE[router.device]}")
    assert f"current_peer: {OUTSIDE[router.device]}" in sas
    assert ("VTI" in sas) == firewall.vti
    assert "MM_ACTIVE" in (said := boxes.exec(firewall.device, "show crypto isakmp sa")) or "READY" in said
    boxes.exec(firewall.device, "clear crypto isakmp sa")
    eventually(lambda: ping(boxes, router.device, firewall.device) == 5)


#: What the ASA has otherwise.
WRONG = {
    "key": {"key": "Another.Key-here"},
    "cipher": {"cipher": "aes-192"},
    "esp": {"esp": "aes-192"},
    "policy": {"policy": "ikev1"},
}


@pytest.mark.parametrize("boxes", [("asa919", "c881")], indirect=True)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_router_and_an_asa_that_differ_do_not_agree(boxes: LabHandle, wrong: str) -> None:
    """Another key, cipher, ESP cipher, or a group policy without IKEv2: no traffic whoever begins, and no SA."""
    firewall, router = replace(End("asa919", "c881"), **WRONG[wrong]), RouterEnd("c881", "asa919")  # type: ignore[arg-type]
    build(boxes, firewall, router)
    assert ping(boxes, "asa919", "c881") == 0
    assert ping(boxes, "c881", "asa919") == 0
    assert "There are no ipsec sas" in boxes.exec("asa919", "show crypto ipsec sa")


@pytest.mark.parametrize("boxes", [("asa919", "c881")], indirect=True)
def test_a_tunnel_interface_never_meets_a_crypto_map(boxes: LabHandle) -> None:
    """Everything to everything is not what a list says: the ASA's line stays down."""
    build(boxes, End("asa919", "c881", vti=True), RouterEnd("c881", "asa919"))
    assert ping(boxes, "c881", "asa919") == 0
    assert "line protocol is down" in boxes.exec("asa919", "show interface Tunnel1")
    assert "There are no ipsec sas" in boxes.exec("asa919", "show crypto ipsec sa")


@pytest.mark.parametrize("boxes", [("asa91", "c881")], indirect=True)
def test_pfs_that_differs_shows_at_the_rekey(boxes: LabHandle) -> None:
    """IKEv2's first SAs need no group, so a tunnel with two groups comes up and dies when its SAs are renewed."""
    build(boxes, End("asa91", "c881", pfs="group14"), RouterEnd("c881", "asa91", pfs="group19"))
    typed(boxes, "asa91", "crypto map NR-MAP 10 set security-association lifetime seconds 120")
    eventually(lambda: ping(boxes, "asa91", "c881") == 5)
    eventually(lambda: ping(boxes, "asa91", "c881", repeat=1) == 0)
