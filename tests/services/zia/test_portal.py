"""What the portal has to have, in its words, and never the key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import NothingMatched
from nr_run.services.sheet import Sheet
from nr_run.services.zia.intent import Sites, Zia
from nr_run.services.zia.limits import ESP_ENCRYPTION, IKE_ENCRYPTION, IKE_INTEGRITY
from nr_run.services.zia.portal import _WORDS, sheet_of

from .sites import site

REQUEST = "the_credential_for_a_program_post_vpncredentials_presharedkey_is_left_out_here"


def sheet(wanted: Zia) -> Sheet:
    """Of one site."""
    return sheet_of(Sites({wanted.name: wanted}, Path("zia.yaml")), wanted.name)


def read(wanted: Zia) -> dict[str, Any]:
    """The sheet as a program has it."""
    found: dict[str, Any] = json.loads(sheet(wanted).as_json())
    return found


def test_a_credential_by_name() -> None:
    """User and domain are two fields; no static address is registered; neither the key nor where it is kept is in it."""
    wanted = site()
    data = read(wanted)
    credential = data["administration_vpn_credentials_add_vpn_credential"]
    assert (credential["authentication_type"], credential["user_id"]) == ("FQDN", "branch @ example.com")
    assert credential["new_pre_shared_key"] == "is exchanged by another way, and is not part of this sheet"
    assert "Static" not in sheet(wanted).text()
    assert data["tunnels"]["address_translation"] == "in front of the router: UDP 4500 is used"
    assert wanted.preshared_key_ref not in sheet(wanted).text()
    assert "zia-branch" not in sheet(wanted).text()


def test_a_credential_by_address() -> None:
    """Its address is registered first, stands in the credential and in the location, and a program is told the type IP."""
    wanted = site(identity={"credential": "ip", "address": "198.51.100.99", "fqdn": None}, wan_ip="198.51.100.99")
    data = read(wanted)
    assert data["administration_static_ips_gre_tunnels"] == {"static_ip_address": "198.51.100.99"}
    assert data["administration_location_management_add_location"]["static_ip_addresses"] == "198.51.100.99"
    request = json.loads(data[REQUEST])
    assert (request["type"], request["ipAddress"]) == ("IP", "198.51.100.99")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"esp": {"encryption_algorithm": "aes-256-gcm", "authentication_algorithm": None}}, "GCM has its own"),
        ({"esp": {"pfs_group": 14}}, "PFS                         group 14"),
        ({"traffic": "all"}, "everything that is not private"),
        ({"exempt": ["192.0.2.80/32"]}, "Never led                   192.0.2.80/32"),
        ({"encryption_mandatory": False, "on_total_loss": "open"}, "by the routing table, in clear"),
        ({"dpd": {"interval_seconds": 20, "retries": 4}}, "every 20 seconds, 4 retries"),
    ],
)
def test_what_is_wanted_is_told(change: dict[str, Any], words: str) -> None:
    """Each wish of the intent that the other side meets has its line."""
    assert words in sheet(site(**change)).text()


def test_every_algorithm_has_its_word() -> None:
    """What an intent may have, the portal's table has a word for."""
    assert {*IKE_ENCRYPTION, *IKE_INTEGRITY, *ESP_ENCRYPTION} <= _WORDS.keys()


def test_a_name_that_is_not_there() -> None:
    """The nearest name is told."""
    with pytest.raises(NothingMatched, match="did you mean branch-zia"):
        sheet_of(Sites({"branch-zia": site()}, Path("zia.yaml")), "branch-zi")
