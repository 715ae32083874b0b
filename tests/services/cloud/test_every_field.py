"""Each field of a connection, changed alone on a firewall where it stands, changes it, is refused, or has a reason."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.services.cloud.intents.intent import Cloud
from nr_run.services.cloud.service import CLOUD

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
    "provider": ({"provider": "aws"}, "refused"),
    "host": ({"host": "other"}, "none"),
    "lan_interface": ({"lan_interface": "inner"}, "changed"),
    "lan_next_hop": ({"lan_next_hop": "192.168.50.217"}, "changed"),
    "lan_prefixes": ({"lan_prefixes": ["192.168.20.0/24", "192.168.22.0/24"]}, "changed"),
    "cloud_prefixes": ({"cloud_prefixes": ["172.16.0.0/15"]}, "changed"),
    "cloud_hosts": ({"cloud_hosts": ["172.16.10.225"]}, "none"),
    "circuit.interface": ({"circuit": {"interface": "VBR2"}}, "none"),
    "circuit.address": ({"circuit": {"address": "10.0.0.6"}}, "none"),
    "circuit.next_hop": ({"circuit": {"next_hop": "10.0.0.5"}}, "none"),
    "circuit.distance": ({"circuit": {"distance": 2}}, "none"),
    "circuit.aggregates": ({"circuit": {"aggregates": ["192.168.0.0/17"]}}, "none"),
    "bgp.local_system": ({"bgp": {"local_system": 65531}}, "refused"),
    "bgp.cloud_system": ({"bgp": {"cloud_system": 65533}}, "refused"),
    "bgp.keepalive_seconds": ({"bgp": {"keepalive_seconds": 9}}, "changed"),
    "bgp.hold_seconds": ({"bgp": {"hold_seconds": 60}}, "changed"),
    "bgp.longest_prefix": ({"bgp": {"longest_prefix": 25}}, "changed"),
    "bgp.maximum_prefixes": ({"bgp": {"maximum_prefixes": 200}}, "changed"),
    "bgp.maximum_paths": ({"bgp": {"maximum_paths": 2}}, "refused"),
    **{
        f"{role}.{name}": ({role: {name: value}}, what)
        for role in ("first", "second")
        for name, value, what in (
            ("source_interface", "outside", "changed"),
            ("source_ip", "192.168.10.137", "none"),
            ("address", "10.10.10.51", "changed"),
            ("next_hop", "192.168.10.2", "changed"),
            ("tunnel_prefix", "169.254.30.0/30", "changed"),
            ("preshared_key_ref", "credential:other", "changed"),
        )
    },
    "ike_version": ({"ike_version": 1}, "refused"),
    "ike.encryption_algorithm": ({"ike": {"encryption_algorithm": "aes-128-cbc"}}, "changed"),
    "ike.authentication_algorithm": ({"ike": {"authentication_algorithm": "hmac-sha512"}}, "changed"),
    "ike.group": ({"ike": {"group": 5}, "waiver": WAIVER}, "refused"),
    "ike.sa_lifetime": ({"ike": {"sa_lifetime": 7200}}, "changed"),
    "esp.encryption_algorithm": ({"esp": {"encryption_algorithm": "aes-128-cbc"}}, "changed"),
    "esp.authentication_algorithm": ({"esp": {"authentication_algorithm": "hmac-sha512"}}, "changed"),
    "esp.pfs_group": ({"esp": {"pfs_group": None}}, "changed"),
    "esp.sa_lifetime_seconds": ({"esp": {"sa_lifetime_seconds": 3600}}, "changed"),
    "encryption_mandatory": ({"encryption_mandatory": False}, "none"),
    "on_total_loss": ({"on_total_loss": "open", "encryption_mandatory": False}, "changed"),
    "on_removal": ({"on_removal": "closed"}, "none"),
    "fallback_distance": ({"fallback_distance": 40}, "none"),
    "dpd.interval_seconds": ({"dpd": {"interval_seconds": 20, "retries": 3}}, "changed"),
    "dpd.retries": ({"dpd": {"interval_seconds": 10, "retries": 4}}, "changed"),
    "waiver": ({"waiver": WAIVER}, "none"),
    "maintenance_windows": ({"maintenance_windows": [{"start": "00:00", "end": "01:00"}]}, "none"),
}
_BACK = "it counts for the route that a removal gives back, or that stands behind BGP with on_total_loss open"
#: Why no line follows from a field.
WHY = {
    "status": "only active connections are built; a command says so of any other",
    "description": "for people",
    "host": "another firewall is another connection there",
    "cloud_hosts": "whose way is proved",
    "circuit.interface": _BACK,
    "circuit.address": "it is checked on the firewall, and never written",
    "circuit.next_hop": _BACK,
    "circuit.distance": _BACK,
    "circuit.aggregates": "what a person confirms of the cloud's router",
    "first.source_ip": "it is checked on the firewall, and is what the console has",
    "second.source_ip": "it is checked on the firewall, and is what the console has",
    "encryption_mandatory": "it refuses what leaks, and asks before a removal",
    "on_removal": "it counts when the connection is removed",
    "fallback_distance": "it counts with on_total_loss open",
    "waiver": "leave for weak cryptography; a firewall knows no tickets",
    "maintenance_windows": "when a failover test may begin",
}


def test_every_field_is_in_the_table() -> None:
    """A field that is added has to say what becomes of it, and a reason stands for each that types nothing."""
    assert set(FIELDS) == set(leaves(Cloud)), set(FIELDS) ^ set(leaves(Cloud))
    assert {field for field, (_, what) in FIELDS.items() if what == "none"} == set(WHY)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_is_changed_alone(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leads to a change where the connection stands, to a refusal, or to nothing, as the table says."""
    monkeypatch.setitem(KEYS, "credential:other", "<secret:credential:other>")
    change, what = FIELDS[field]
    assert outcome(site, staged, STANDS, change) == what


def test_what_types_nothing_is_seen_elsewhere() -> None:
    """Fields without a line reach people, a confirmation, a removal or a test."""
    made = {field: CLOUD.deployment(site(**FIELDS[field][0])) for field in WHY}
    plain = CLOUD.deployment(site())
    assert CLOUD.for_people(made["description"]) != CLOUD.for_people(plain) != CLOUD.for_people(made["waiver"])
    assert CLOUD.failover(made["maintenance_windows"]) != CLOUD.failover(plain)
    for field in ("encryption_mandatory", "on_removal"):
        assert CLOUD.confirmations(made[field], removal=True) != CLOUD.confirmations(plain, removal=True)
    assert CLOUD.confirmations(made["circuit.aggregates"], removal=False) != CLOUD.confirmations(plain, removal=False)
    assert made["host"].hosts != plain.hosts
