"""A sample of Alibaba Cloud with two tunnels and BGP becomes a connection, or the fields that it cannot say are named."""

from __future__ import annotations

from datetime import date
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from msgspec.structs import replace
from ruamel.yaml import YAML

from nr_run.inventory.models.platforms import platform_for
from nr_run.parsers.provider_samples import read_sample
from nr_run.services.cloud.service import CLOUD
from nr_run.services.common.sample_draft import Draft, TakesSamples, Wishes

FOLDER = Path(__file__).parents[2] / "provider_samples"
ASA, XE = platform_for("ASA", "9.19(1)"), platform_for("C8000V", "17.12.4")
WISHES = Wishes(name="dc-alibaba", host="fw")
FULL = replace(
    WISHES,
    near=(IPv4Network("192.168.20.0/24"),),
    far=(IPv4Network("172.16.0.0/16"),),
    far_probe=IPv4Address("172.16.10.225"),
    interfaces=("VPN-A", "VPN-B"),
    outside=(IPv4Address("192.168.61.4"), IPv4Address("192.168.62.4")),
    fields={
        "lan_interface": "private",
        "circuit.interface": "VBR",
        "circuit.address": "10.0.0.2",
        "circuit.next_hop": "10.0.0.1",
        "circuit.aggregates": "[192.168.0.0/16]",
        "encryption_mandatory": "true",
        "on_total_loss": "closed",
        "on_removal": "closed",
    },
)
BOTH = ["alibaba-dual-bgp.json", "alibaba-asa-bgp.txt"]


def draft(name: str, wishes: Wishes = WISHES, text: str = "") -> Draft:
    """Of a small sample of the tests, or of a changed one."""
    data = text.encode() if text else FOLDER.joinpath(name).read_bytes()
    made = CLOUD.from_sample(read_sample(data, name), wishes, ASA, None)
    assert made is not None
    return made


def test_it_takes_samples() -> None:
    """By the protocol by which the command finds it; other shapes and other systems are left to others."""
    assert isinstance(CLOUD, TakesSamples)
    dual = read_sample(FOLDER.joinpath("alibaba-dual-bgp.json").read_bytes(), "x")
    assert CLOUD.from_sample(dual, WISHES, XE, None) is None
    for name in ("alibaba.json", "alibaba-dual.xml", "aws-ios.txt", "oracle-asa-vti.txt"):
        assert CLOUD.from_sample(read_sample(FOLDER.joinpath(name).read_bytes(), name), WISHES, ASA, None) is None


@pytest.mark.parametrize("name", BOTH)
def test_what_the_sample_cannot_say_is_asked_for(name: str) -> None:
    """The private line, the hosts and what is lost with both tunnels: each field with its option, and no default that leaks."""
    made = draft(name)
    fields = {one.field: one.option for one in made.missing}
    assert fields["circuit.next_hop"] == "--set circuit.next_hop=VALUE"
    assert fields["lan_prefixes"] == "--lan PREFIX"
    assert fields["cloud_hosts"] == "--far-probe ADDRESS"
    assert {"encryption_mandatory", "on_total_loss", "on_removal", "lan_interface"} <= fields.keys()
    assert "in clear" in next(one.why for one in made.missing if one.field == "on_total_loss")
    assert made.text == ""


@pytest.mark.parametrize("name", BOTH)
def test_with_all_of_it_said_the_connection_is_taken(name: str, tmp_path: Path) -> None:
    """Addresses, systems, algorithms and keys by reference are those of the sample, and the deploy has no objection."""
    made = draft(name, FULL)
    assert not made.missing, made.missing
    site = YAML(typ="safe").load(made.text)["cloud"][0]
    assert site["bgp"] == {"local_system": 65061, "cloud_system": 45104}
    assert [site[role]["address"] for role in ("first", "second")] == ["10.30.9.49", "10.30.9.50"]
    assert [site[role]["tunnel_prefix"] for role in ("first", "second")] == ["169.254.61.0/30", "169.254.62.0/30"]
    assert [site[role]["source_interface"] for role in ("first", "second")] == ["VPN-A", "VPN-B"]
    assert (site["ike"]["group"], site["esp"]["pfs_group"]) == (14, 14)
    assert made.peers == ("10.30.9.49", "10.30.9.50")
    assert CLOUD.objections(made, tmp_path, {"fw": ASA}, date(2026, 12, 1)) == ()
    (tmp_path / "cloud.yaml").write_text(made.text)
    assert CLOUD.intended(tmp_path, {"fw": ASA}).names() == ("dc-alibaba",)
    assert "exists already" in CLOUD.objections(made, tmp_path, {"fw": ASA}, date(2026, 12, 1))[0]
    for key in read_sample(FOLDER.joinpath(name).read_bytes(), name).keys:
        assert key.value not in repr(made)


def test_a_value_that_the_connection_refuses_is_told_by_its_rule() -> None:
    """A network of ours that the cloud's router has with the same length would be answered in clear."""
    wrong = replace(FULL, fields={**FULL.fields, "circuit.aggregates": "[192.168.20.0/24]"})
    made = draft("alibaba-dual-bgp.json", wrong)
    assert "answer in clear" in made.missing[0].why
    odd = replace(FULL, fields={**FULL.fields, "ike.group.x": "1"})
    assert draft("alibaba-dual-bgp.json", odd).missing[0].field == "ike.group.x"


def test_the_lower_address_is_the_clouds() -> None:
    """A sample of commands that gives it to the firewall is no such connection."""
    text = FOLDER.joinpath("alibaba-asa-bgp.txt").read_text().replace("169.254.61.2 255", "169.254.61.1 255")
    made = draft("", FULL, text)
    assert "the cloud has the lower address" in made.missing[0].why
