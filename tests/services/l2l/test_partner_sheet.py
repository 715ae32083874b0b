"""The sheet for a far end that is not ours: what to set, from its own point of view, and never the key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nr_run.inventory.errors import ChangeError
from nr_run.services.l2l.partner.partner_sheet import sheet

from .example import GCM, PARTNER, STRONG, crypto_of, intent, platform

XE = "C8000V 17.12.1"


def test_the_selectors_are_mirrored() -> None:
    """What is ours is remote there: each pair of networks is named from the far end's side."""
    made = intent(far=PARTNER)
    text = sheet(made.tunnels["hq-branch"], crypto_of(made, XE), platform(XE)).text()
    assert "10.9.0.0/24 to 10.10.10.0/24" in text
    assert "10.9.8.0/24 to 10.10.10.0/24" in text
    assert text.startswith("VPN tunnel hq-branch: settings for Example Ltd\n")


def test_everything_that_has_to_agree_is_in_it() -> None:
    """Addresses, identities, version, both phases, PFS, lifetimes, NAT traversal and dead peer detection, as text and as JSON."""
    ike = {**STRONG, "group": 14, "sa_lifetime": 28800}
    ipsec = {**STRONG, "sa_lifetime_seconds": 1800, "sa_lifetime_data": 102400}
    made = intent(far=PARTNER, ike=[ike], ipsec=[ipsec], pfs_group=14)
    made_sheet = sheet(made.tunnels["hq-branch"], crypto_of(made, XE), platform(XE))
    data = json.loads(made_sheet.as_json())
    assert data["peers"]["your_address"] == "203.0.113.9"
    assert data["peers"]["our_identity"].startswith("192.0.2.1 ")
    assert data["phase_1_ike"] == {
        "ike_version": "2",
        "encryption": "AES-256-CBC",
        "integrity_and_prf": "SHA-256",
        "diffie_hellman_group": "14",
        "lifetime": "28800 seconds",
    }
    assert data["phase_2_ipsec"]["lifetime"] == ["1800 seconds", "102400 kilobytes"]
    assert data["phase_2_ipsec"]["pfs_group"] == "14"
    assert "every 3 seconds" in data["liveness"]["dead_peer_detection"]
    assert data["peers"]["nat_traversal"]
    assert all(str(value) in made_sheet.text() for value in data["phase_1_ike"].values())


def test_the_key_is_not_in_it() -> None:
    """Neither the key nor where we keep it: only that it is exchanged by another way."""
    made = intent(far=PARTNER)
    made_sheet = sheet(made.tunnels["hq-branch"], crypto_of(made, XE), platform(XE))
    for text in (made_sheet.text(), made_sheet.as_json()):
        assert "exchanged by another way" in text
        assert "credential" not in text
        assert "hq-branch-psk" not in text


@pytest.mark.parametrize(("os", "seconds"), [("C8000V 17.12.1", "3600 seconds"), ("ASA 9.19(1)", "28800 seconds")])
def test_a_lifetime_that_is_not_named_is_that_of_our_device(os: str, seconds: str) -> None:
    """Without a lifetime in the intent, the sheet says what our end uses by itself."""
    made = intent(far=PARTNER)
    assert seconds in sheet(made.tunnels["hq-branch"], crypto_of(made, os), platform(os)).text()


def test_a_tunnel_interface_is_told_as_route_based() -> None:
    """With style vti the selectors are all addresses, and the addresses in the tunnel and the routes are told."""
    made = intent(style="vti", far=PARTNER)
    text = sheet(made.tunnels["hq-branch"], crypto_of(made, XE), platform(XE)).text()
    assert "0.0.0.0/0 to 0.0.0.0/0" in text
    assert "10.255.0.2/30" in text
    assert "your tunnel address" in text
    assert "10.10.10.0/24" in text


def test_gcm_and_ikev1_in_its_words() -> None:
    """GCM has no integrity of its own name, IKEv1 has a mode and a hash, and a tunnel without PFS says none."""
    made = intent(far=PARTNER, ipsec=[GCM], ike=[{**STRONG, "group": 14}], pfs_group=None, dpd=None)
    text = sheet(made.tunnels["hq-branch"], crypto_of(made, XE), platform(XE)).text()
    assert "GCM has its own" in text
    assert "not in use at our end" in text
    old = intent(version=1, far={**PARTNER, "probe_address": "10.9.0.1"}, pfs_group=None)
    told = sheet(old.tunnels["hq-branch"], crypto_of(old, XE), platform(XE)).text()
    assert all(words in told for words in ("mode                        main", "hash ", "please answer pings to", "PFS group"))


def test_a_tunnel_without_a_far_end_has_no_sheet() -> None:
    """Both ends ours, or nothing to propose: one sentence instead of a sheet."""
    made = intent()
    with pytest.raises(ChangeError, match="hq and branch are ours"):
        sheet(made.tunnels["hq-branch"], crypto_of(made, XE, XE))
    old = intent(far=PARTNER, version=1, ipsec=[GCM])
    with pytest.raises(ChangeError, match="hq has no proposal for the far end"):
        sheet(old.tunnels["hq-branch"], crypto_of(old, "2611 12.2(8)T"))


def test_the_sheet_of_the_documentation_is_this_one() -> None:
    """docs/rendered shows what the function gives, key excluded."""
    page = (Path(__file__).parents[3] / "docs" / "rendered" / "partner-sheet.md").read_text()
    assert "pre-shared key              is exchanged by another way" in page
