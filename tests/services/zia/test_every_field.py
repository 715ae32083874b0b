"""Each field of a site, changed alone on a router where the site stands, changes it, is refused, or has a reason."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.services.zia.intent import Zia
from nr_run.services.zia.service import ZIA

from ..every_field import leaves, outcome
from .planned import deployed, staged
from .sites import KEYS, site

STANDS = deployed(site())
WAIVER = {"until": "2030-01-01", "ticket": "SEC-1", "reason": "no better one"}
#: By field: the change, and what becomes of it. What neither types nor refuses has its reason in the table below.
FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({"name": "other"}, "refused"),
    "status": ({"status": "planned"}, "none"),
    "description": ({"description": "x"}, "none"),
    "host": ({"host": "other"}, "none"),
    "wan_interface": ({"wan_interface": "FastEthernet3"}, "changed"),
    "wan_ip": ({"wan_ip": "10.96.19.3"}, "changed"),
    "lan_interface": ({"lan_interface": "Vlan2"}, "refused"),
    "lan_prefixes": ({"lan_prefixes": ["172.17.0.0/24", "172.18.0.0/24"]}, "none"),
    "identity.credential": ({"identity": {"credential": "ip"}}, "refused"),
    "identity.fqdn": ({"identity": {"fqdn": "b@example.com"}}, "changed"),
    "identity.address": ({"identity": {"address": "203.0.113.77"}}, "refused"),
    "preshared_key_ref": ({"preshared_key_ref": "credential:other"}, "changed"),
    **{
        f"{role}.{name}": ({role: {name: value}}, what)
        for role in ("primary", "backup")
        for name, value, what in (
            ("address", "198.51.100.77", "changed"),
            ("datacenter", "LON3", "none"),
            ("tunnel_prefix", "192.168.253.8/30", "changed"),
            ("probe_address", "203.0.113.77", "changed"),
        )
    },
    "ike_version": ({"ike_version": 1}, "refused"),
    "ike.encryption_algorithm": ({"ike": {"encryption_algorithm": "aes-128-cbc"}}, "changed"),
    "ike.authentication_algorithm": ({"ike": {"authentication_algorithm": "hmac-sha512"}}, "changed"),
    "ike.group": ({"ike": {"group": 19}}, "changed"),
    "ike.sa_lifetime": ({"ike": {"sa_lifetime": 7200}}, "changed"),
    "esp.encryption_algorithm": ({"esp": {"encryption_algorithm": "aes-128-cbc"}}, "changed"),
    "esp.authentication_algorithm": ({"esp": {"authentication_algorithm": "hmac-sha512"}}, "changed"),
    "esp.pfs_group": ({"esp": {"pfs_group": 14}}, "changed"),
    "esp.sa_lifetime_seconds": ({"esp": {"sa_lifetime_seconds": 3600}}, "changed"),
    "encryption_mandatory": ({"encryption_mandatory": False}, "none"),
    "on_total_loss": ({"on_total_loss": "open"}, "refused"),
    "encryption_subscription": ({"encryption_subscription": False}, "refused"),
    "traffic": ({"traffic": "all"}, "changed"),
    "exempt": ({"exempt": ["192.0.2.81/32"]}, "changed"),
    "watch.kind": ({"watch": {"kind": "icmp", "cloud": None}}, "changed"),
    "watch.cloud": ({"watch": {"cloud": "zscalerone"}}, "changed"),
    "watch.port": ({"watch": {"port": 8080}}, "changed"),
    "watch.frequency_seconds": ({"watch": {"frequency_seconds": 31}}, "changed"),
    "watch.timeout_milliseconds": ({"watch": {"timeout_milliseconds": 4000}}, "changed"),
    "watch.threshold_milliseconds": ({"watch": {"threshold_milliseconds": 900}}, "changed"),
    "watch.up_seconds": ({"watch": {"up_seconds": 61}}, "changed"),
    "watch.down_seconds": ({"watch": {"down_seconds": 31}}, "changed"),
    "dpd.interval_seconds": ({"dpd": {"interval_seconds": 20, "retries": 5}}, "changed"),
    "dpd.retries": ({"dpd": {"interval_seconds": 10, "retries": 4}}, "changed"),
    "nat_keepalive_seconds": ({"nat_keepalive_seconds": 30}, "changed"),
    "mtu": ({"mtu": 1450}, "changed"),
    "mss": ({"mss": 1300}, "changed"),
    "waiver": ({"waiver": WAIVER}, "none"),
    "maintenance_windows": ({"maintenance_windows": [{"start": "00:00", "end": "01:00"}]}, "none"),
}
#: Why no line follows from a field.
WHY = {
    "status": "only active sites are built; a command says so of any other",
    "description": "for people",
    "host": "another router is another site there",
    "lan_prefixes": "the address of the inside interface is checked against it, and never written",
    "primary.datacenter": "the portal's name of an edge, for people and the partner sheet",
    "backup.datacenter": "the portal's name of an edge, for people and the partner sheet",
    "encryption_mandatory": "it refuses what leaks, asks before a removal, and judges what is seen",
    "waiver": "leave for weak cryptography; a router knows no tickets",
    "maintenance_windows": "when a failover test may begin",
}


def test_every_field_is_in_the_table() -> None:
    """A field that is added has to say what becomes of it, and a reason stands for each that types nothing."""
    assert set(FIELDS) == set(leaves(Zia)), set(FIELDS) ^ set(leaves(Zia))
    assert {field for field, (_, what) in FIELDS.items() if what == "none"} == set(WHY)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_is_changed_alone(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leads to a change where the site stands, to a refusal, or to nothing, as the table says."""
    monkeypatch.setitem(KEYS, "credential:other", "<secret:credential:other>")
    change, what = FIELDS[field]
    assert outcome(site, staged, STANDS, change) == what


def test_what_types_nothing_is_seen_elsewhere() -> None:
    """Fields without a line reach people, a confirmation or a test."""
    made = {field: ZIA.deployment(site(**FIELDS[field][0])) for field in WHY}
    plain = ZIA.deployment(site())
    assert ZIA.for_people(made["description"]) != ZIA.for_people(plain)
    assert ZIA.for_people(made["waiver"]) != ZIA.for_people(plain)
    assert ZIA.title(made["primary.datacenter"]) != ZIA.title(plain) != ZIA.title(made["backup.datacenter"])
    assert ZIA.failover(made["maintenance_windows"]) != ZIA.failover(plain)
    assert ZIA.confirmations(made["encryption_mandatory"], removal=True) != ZIA.confirmations(plain, removal=True)
    assert made["host"].hosts != plain.hosts
