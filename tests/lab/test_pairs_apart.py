"""Tunnels between two routers that do not agree, or do not hear each other: what each end shows then."""

from __future__ import annotations

import re

import pytest

from .pairs import BOXES, PAIR, Bench, bench, changed, each_version, ends, ike, shared_bench, up
from .tunnels import eventually

__all__ = ["bench", "shared_bench"]


@each_version
@pytest.mark.parametrize("style", ["map", "vti"])
def test_another_key_ends_in_no_tunnel(bench: Bench, version: int, style: str) -> None:
    """IKEv1 stays in MM_KEY_EXCH; IKEv2 never gets READY, its rows go, and the responder's log says why."""
    near, far = ends(*PAIR, version=version, style=style)
    bench.build(near, changed(far, key="Another.Key-24"))
    assert bench.ping(near) == 0
    if version == 1:
        eventually(lambda: bench.ping(near, 1) == 0 and re.search(r"MM_KEY_EXCH|\(deleted\)", ike(bench, near)) is not None)
    else:
        logs = [f"%IKEV2-3-NEG_ABORT: Negotiation aborted due to ERROR: {words}" for words in ("Auth exchange failed",)]
        eventually(lambda: any(log in bench.show(end.box, "show logging") for log in logs for end in (near, far)))
        assert "READY" not in ike(bench, near) + ike(bench, far)
    assert not up(bench, near)
    if style == "vti":
        assert "Tunnel1 is up, line protocol is down" in bench.show(near.box, "show interfaces Tunnel1")
        assert "Tunnel1" not in bench.show(near.box, "show ip route")
        assert re.search(r"Tunnel1 +10\.255\.0\.\d +YES NVRAM +up +down", bench.show(near.box, "show ip interface brief"))


def test_another_identity_finds_no_profile(bench: Bench) -> None:
    """The initiator says another name than the responder's profile matches: IKE_AUTH fails; with the right one it comes up."""
    near, far = ends(*PAIR, style="map")
    bench.build(changed(near, identity="fqdn hq.example.com"), far)
    assert bench.ping(near) == 0
    eventually(lambda: "NEG_ABORT" in bench.show(far.box, "show logging"))
    assert "READY" not in ike(bench, near) + ike(bench, far)
    bench.typed(far.box, ["crypto ikev2 profile PR", "match identity remote fqdn hq.example.com"])
    eventually(lambda: bench.ping(near, 3) > 0)
    assert "Remote id: hq.example.com" in bench.show(far.box, "show crypto ikev2 sa detailed")


@each_version
def test_another_proposal_is_not_agreed(bench: Bench, version: int) -> None:
    """IKEv1 stays in MM_NO_STATE; in IKEv2 neither end keeps a row."""
    near, far = ends(*PAIR, version=version, style="map")
    bench.build(near, changed(far, group="19"))
    assert bench.ping(near) == 0
    if version == 1:
        eventually(lambda: bench.ping(near, 1) == 0 and "MM_NO_STATE" in ike(bench, near))
    assert "READY" not in ike(bench, near) + ike(bench, far)
    assert not up(bench, near)


def test_a_responder_chooses_another_group_than_the_first(bench: Bench) -> None:
    """The initiator begins with its first group and is told of another one that both have."""
    near, far = ends(*PAIR, style="map")
    bench.build(changed(near, group="20 14"), far)
    eventually(lambda: bench.ping(near, 3) > 0)
    assert "DH Grp:14" in ike(bench, near)


@each_version
def test_another_transform_set_is_not_agreed(bench: Bench, version: int) -> None:
    """The IKE SA comes up and there is no SA for the traffic."""
    near, far = ends(*PAIR, version=version, style="map")
    bench.build(near, changed(far, esp="esp-aes 256 esp-sha256-hmac"))
    assert bench.ping(near) == 0
    eventually(lambda: bench.ping(near, 1) == 0 and ("READY" if version == 2 else "QM_IDLE") in ike(bench, near))
    assert "Active SAs: 2" not in bench.show(near.box, "show crypto session")


def test_another_pfs_group_in_ikev1_ends_quick_mode(bench: Bench) -> None:
    """IKEv1 asks for the group in each quick mode, the first too."""
    near, far = ends(*PAIR, version=1, style="map")
    bench.build(near, changed(far, pfs="group19"))
    assert bench.ping(near) == 0
    eventually(lambda: bench.ping(near, 1) == 0 and "QM_IDLE" in ike(bench, near))
    assert not up(bench, near)


@pytest.mark.parametrize("style", ["map", "vti"])
def test_another_pfs_group_in_ikev2_shows_at_the_first_rekey(bench: Bench, style: str) -> None:
    """The first SAs come without a group of their own, so the tunnel is up; the rekey finds no agreement."""
    near, far = (changed(end, seconds=120) for end in ends(*PAIR, style=style))
    bench.build(near, changed(far, pfs="group19"))
    eventually(lambda: bench.ping(near, 3) == 3)
    assert "PFS (Y/N): N, DH group: none" in bench.show(near.box, "show crypto ipsec sa")
    said = "Negotiation aborted due to ERROR: Received no proposal chosen notify"
    eventually(lambda: said in bench.show(near.box, "show logging") + bench.show(far.box, "show logging"))
    assert "DH group: group" not in bench.show(near.box, "show crypto ipsec sa")


@pytest.mark.parametrize("style", ["map", "vti"])
def test_the_same_pfs_group_in_ikev2_is_used_from_the_first_rekey_on(bench: Bench, style: str) -> None:
    """After the rekey both ends show the group, and traffic goes on."""
    near, far = (changed(end, seconds=120) for end in ends(*PAIR, style=style))
    bench.build(near, far)
    eventually(lambda: bench.ping(near, 3) == 3)
    for end in (near, far):
        eventually(
            lambda end=end: (  # type: ignore[misc]
                bench.ping(near, 1) >= 0 and "PFS (Y/N): Y, DH group: group14" in bench.show(end.box, "show crypto ipsec sa")
            )
        )
    assert bench.ping(near) == 5


def test_the_end_with_the_shorter_lifetime_rekeys_in_ikev2(bench: Bench) -> None:
    """Each end has a lifetime of its own: whose is over first rekeys, responder or not, and the IKE SA stands."""
    near, far = ends(*PAIR, style="map")
    bench.build(near, changed(far, seconds=120))
    eventually(lambda: bench.ping(near, 3) == 3)

    def found(command: str, pattern: str) -> str:
        match = re.search(pattern, bench.show(near.box, command))
        return match[1] if match else ""

    child = ("show crypto ipsec sa", r"current outbound spi: (0x[1-9A-F]\w+)")
    parent = ("show crypto ikev2 sa detailed", r"Local spi: (\w+)")
    before, above = found(*child), found(*parent)
    assert before
    assert above
    eventually(lambda: bench.ping(near, 1) >= 0 and found(*child) not in ("", before))
    assert found(*parent) == above


@each_version
def test_a_peer_that_is_dead_is_given_up(bench: Bench, version: int) -> None:
    """Its probes unanswered, a tunnel goes down with its line protocol, and the route over it with that."""
    near, far = ends(*PAIR, version=version)
    bench.build(near, far)
    eventually(lambda: bench.ping(near, 3) == 3)
    bench.lab.fault(far.box, "drop-ike")
    eventually(lambda: "line protocol is down" in bench.show(near.box, "show interfaces Tunnel1"))
    assert "Tunnel1" not in bench.show(near.box, "show ip route")
    assert "%LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel1, changed state to down" in bench.show(
        near.box, "show logging"
    )
    if version == 2:
        eventually(lambda: "IN-NEG" in ike(bench, near))
    bench.lab.fault(far.box, "drop-ike", on=False)
    eventually(lambda: bench.ping(near, 3) == 3)


@each_version
def test_a_crypto_map_and_a_tunnel_interface_never_agree(bench: Bench, version: int) -> None:
    """One protects two networks and the other everything: no SAs, from whichever end it begins."""
    near, far = ends(*PAIR, version=version)
    bench.build(near, changed(far, style="map"))
    assert bench.ping(far) == bench.ping(near) == 0
    assert not up(bench, near)
    assert not up(bench, far)


def test_two_versions_never_agree(bench: Bench) -> None:
    """An end that speaks IKEv1 only and one that speaks IKEv2 only: nothing."""
    near, far = ends(*PAIR, style="map")
    bench.build(near, changed(far, version=1))
    assert bench.ping(near) == bench.ping(far) == 0
    assert not up(bench, near)


def test_a_3640_and_the_youngest_have_nothing_in_common(bench: Bench) -> None:
    """12.4 has no group that 17.12 takes: the young end refuses the lines, and there is no tunnel."""
    near, far = ends("vpn3640-124", "c8000v-1712", version=1, style="map")
    bench.build(near)
    said = bench.typed(far.box, far.lines())
    assert said.count("is not allowed") == 2
    assert bench.ping(near) == 0


def test_ikev1_offers_no_combined_mode_cipher(bench: Bench) -> None:
    """An entry whose only transform is one protects nothing with IKEv1."""
    near, far = ends("c8000v-17", "c8000v-1712", version=1, style="map", esp="esp-gcm 256")
    bench.build(near, far)
    assert bench.ping(near) == 0
    assert not up(bench, near)


KNOWN_AS = "172.18.124.77"


@pytest.mark.parametrize("style", ["map", "vti"])
def test_ikev2_behind_a_translator(bench: Bench, style: str) -> None:
    """The far end finds the key by the address that packets come from, and the profile by the one that the near end says."""
    near, far = ends(*PAIR, style=style)
    bench.lab.fault(near.box, "behind-nat", KNOWN_AS)
    bench.build(near, changed(far, reach=KNOWN_AS, expects=f"address {BOXES[near.box][1]} 255.255.255.255"))
    eventually(lambda: bench.ping(near, 3) == 3)
    assert f"{BOXES[near.box][1]}/4500" in ike(bench, near)
    assert f"{KNOWN_AS}/4500" in ike(bench, far)
    assert "NAT-T is detected inside" in bench.show(near.box, "show crypto ikev2 sa detailed")
    assert "NAT-T is detected outside" in bench.show(far.box, "show crypto ikev2 sa detailed")
    assert "Capabilities:DN " in bench.show(near.box, "show crypto session detail")


def test_a_profile_that_knows_the_outer_address_only_is_not_found(bench: Bench) -> None:
    """Behind a translator an end still says its own address."""
    near, far = ends(*PAIR, style="map")
    bench.lab.fault(near.box, "behind-nat", KNOWN_AS)
    bench.build(near, changed(far, reach=KNOWN_AS))
    assert bench.ping(near) == 0
    eventually(lambda: "NEG_ABORT" in bench.show(far.box, "show logging"))


def test_without_4500_ikev2_stays_in_negotiation(bench: Bench) -> None:
    """IKE_SA_INIT is answered in UDP 500 and IKE_AUTH is not: the initiator stays in IN-NEG."""
    near, far = ends(*PAIR, style="map")
    bench.lab.fault(near.box, "behind-nat", KNOWN_AS)
    bench.lab.fault(far.box, "drop-4500")
    bench.build(near, changed(far, reach=KNOWN_AS, expects=f"address {BOXES[near.box][1]} 255.255.255.255"))
    bench.ping(near, 1)
    eventually(lambda: bench.ping(near, 1) == 0 and "IN-NEG" in ike(bench, near))
    assert "READY" not in ike(bench, near) + ike(bench, far)
