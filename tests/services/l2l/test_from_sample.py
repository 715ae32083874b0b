"""What is made of a provider's sample passes the validation and leaves no peer out, or it is said which field is missing."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from ruamel.yaml import YAML

from nr_run.changes.objects import read as read_config
from nr_run.inventory.errors import ParseError
from nr_run.inventory.models.platforms import platform_for
from nr_run.parsers.provider_samples import read_sample
from nr_run.services.common.sample_draft import Draft, Wishes
from nr_run.services.l2l.partner.from_sample import draft_of
from nr_run.services.l2l.partner.sample_objections import objections_to

FOLDER = Path(__file__).parents[2] / "provider_samples"
XE, ASA = platform_for("C8000V", "17.12.4"), platform_for("ASA", "9.19(1)")
PLATFORMS = {"hq": XE, "fw": ASA}
TODAY = date(2026, 12, 1)
FULL = Wishes(
    name="cloud",
    host="hq",
    interfaces=("GigabitEthernet1",),
    outside=(IPv4Address("198.51.100.9"),),
    near=(IPv4Network("10.101.0.0/24"),),
    far=(IPv4Network("10.77.0.0/16"),),
    probe=IPv4Address("10.101.0.1"),
    static=True,
)
_PEER = re.compile(r"(?:tunnel destination|set peer|pre-shared-key address|tunnel-group)\s+(\d+\.\d+\.\d+\.\d+)")


def draft(name: str, wishes: Wishes = FULL, running: str = "", text: str = "") -> Draft:
    """Of a small sample of the tests, or of a changed one."""
    data = text.encode() if text else FOLDER.joinpath(name).read_bytes()
    platform = PLATFORMS[wishes.host]
    return draft_of(read_sample(data, name), wishes, platform, read_config(platform.os, running) if running else None)


def missing(made: Draft) -> list[str]:
    """Fields that are missing, in order."""
    return [one.field for one in made.missing]


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("aws-ios.txt", "hq"),
        ("google-ios.txt", "hq"),
        ("ibm-asa.txt", "fw"),
        ("oracle-asa-vti.txt", "fw"),
        ("alibaba.json", "fw"),
        ("alibaba.json", "hq"),
        ("alibaba-dual.xml", "fw"),
    ],
)
def test_a_whole_sample_becomes_an_intent_that_the_validation_takes(name: str, host: str, tmp_path: Path) -> None:
    """With what a person has to say, nothing is missing; the tunnels validate, and hold the peers and no key."""
    made = draft(name, replace(FULL, host=host))
    assert not made.missing
    assert objections_to(made.text, tmp_path, PLATFORMS, TODAY) == ()
    sample = read_sample(FOLDER.joinpath(name).read_bytes(), name)
    assert all(tunnel.said in made.text for tunnel in sample.tunnels)
    assert not [key for key in sample.keys if key.value in repr(made)]
    assert len(made.keep) == len(sample.tunnels)


def test_the_addresses_of_a_tunnel_stand_as_in_the_sample() -> None:
    """The end with the first address comes first, so that each end gets the address that the provider gave it."""
    aws = YAML(typ="safe").load(draft("aws-ios.txt").text)["tunnels"][0]
    assert aws["tunnel_prefix"] == "169.254.44.0/30"
    assert [end.get("host", "theirs") for end in aws["terminations"]] == ["theirs", "hq"]
    oracle = YAML(typ="safe").load(draft("oracle-asa-vti.txt", replace(FULL, host="fw")).text)["tunnels"][0]
    assert [end.get("host", "theirs") for end in oracle["terminations"]] == ["fw", "theirs"]


def test_a_second_peer_for_the_same_networks_is_planned_and_told() -> None:
    """A pair of networks goes to one peer: the other tunnel is in the file, as planned, and a sentence says so."""
    made = draft("aws-ios.txt")
    tunnels = YAML(typ="safe").load(made.text)["tunnels"]
    assert [(one["name"], one["status"]) for one in tunnels] == [("cloud-1", "active"), ("cloud-2", "planned")]
    assert made.peers == ("203.0.113.21", "203.0.113.87")
    assert "cloud-2 is written as planned" in made.told[0]


def test_what_the_sample_does_not_say_is_asked_for() -> None:
    """Each field by its name, with the option that says it; and there is no text as long as one is missing."""
    made = draft("aws-ios.txt", Wishes(name="cloud", host="hq"))
    assert missing(made) == [
        "routes",
        "interface",
        "outside_ip",
        "protected_prefixes of the host",
        "protected_prefixes of the provider",
        "probe_address",
    ]
    assert made.text == ""
    assert all(one.option.startswith("--") for one in made.missing)


def test_the_configuration_of_the_device_says_what_it_can() -> None:
    """The interface by its nameif, its address, and an address of the device inside its networks."""
    running = (
        "interface GigabitEthernet0/0\n nameif outside\n ip address 198.51.100.9 255.255.255.0\n"
        "interface GigabitEthernet0/1\n nameif inside\n ip address 10.100.0.1 255.255.255.0\n"
    )
    made = draft("ibm-asa.txt", Wishes(name="cloud", host="fw"), running)
    assert not made.missing
    ours = YAML(typ="safe").load(made.text)["tunnels"][0]["terminations"][0]
    assert (ours["interface"], ours["outside_ip"], ours["probe_address"]) == (
        "GigabitEthernet0/0",
        "198.51.100.9",
        "10.100.0.1",
    )
    assert "interface" in missing(draft("ibm-asa.txt", replace(FULL, host="fw", interfaces=("Ethernet7",)), running))


def test_weak_cryptography_wants_a_waiver_or_something_stronger() -> None:
    """Group 2 on an old release: a waiver, or the strongest that both have, with what to set at the provider."""
    text = FOLDER.joinpath("azure-ios-map.txt").read_text().replace("X" * 24, "Bn5xRt9Kq2Wm7Hd4Zs8Lv6Yc")
    sample, old = read_sample(text.encode(), "x"), platform_for("881", "15.4(3)M3")
    wishes = replace(FULL, near=(), far=(), probe=IPv4Address("10.30.0.1"))
    assert [one.field for one in draft_of(sample, wishes, old, None).missing] == ["waiver"]
    waived = draft_of(sample, replace(wishes, waiver=("2027-01-01", "SEC-1", "their gateway")), old, None)
    assert "group: 2" in waived.text
    assert objections_to(waived.text, Path("nowhere"), {"hq": old}, TODAY) == ()
    stronger = draft_of(sample, replace(wishes, stronger=True), old, None)
    assert "hmac-sha384" in stronger.text
    assert "custom IPsec/IKE policy" in stronger.told[0]
    assert objections_to(stronger.text, Path("nowhere"), {"hq": old}, TODAY) == ()


def test_what_the_release_refuses_is_never_written() -> None:
    """Group 2 on IOS-XE 17.12: no waiver helps, and the way out is named."""
    text = FOLDER.joinpath("azure-ios-map.txt").read_text().replace("X" * 24, "Bn5xRt9Kq2Wm7Hd4Zs8Lv6Yc")
    made = draft(
        "", replace(FULL, near=(), far=(), waiver=("2027-01-01", "SEC-1", "x"), probe=IPv4Address("10.30.0.1")), text=text
    )
    assert missing(made) == ["ike_proposals"]
    assert "--stronger (give the connection" in made.missing[0].option


def test_routes_into_a_tunnel_with_bgp_say_nothing_of_the_networks() -> None:
    """They lead to the neighbour; the networks behind it are asked for."""
    text = FOLDER.joinpath("oracle-asa-vti.txt").read_text() + "router bgp 65010\n neighbor 10.130.0.2 remote-as 31898\n"
    made = draft("", replace(FULL, host="fw", far=(), static=False), text=text)
    assert missing(made) == ["routes", "protected_prefixes of the provider"]


def test_an_identity_that_is_no_address_is_told() -> None:
    """A provider that knows the device by a mail address would never let such a tunnel up."""
    text = FOLDER.joinpath("google-ios.txt").read_text()
    text = text.replace(" lifetime 36000", " identity local email gw@example.net\n lifetime 36000")
    made = draft("", text=text)
    assert missing(made) == ["identity"]
    assert "email (line 18)" in made.missing[0].why


def test_two_interfaces_want_two_answers() -> None:
    """Where tunnels leave by several interfaces one answer is not taken for both."""
    text = FOLDER.joinpath("aws-ios.txt").read_text()
    text = text.replace("YOUR_UPLINK_ADDRESS", "198.51.100.9", 3).replace("YOUR_UPLINK_ADDRESS", "198.51.100.10", 3)
    made = draft("", replace(FULL, outside=()), text=text)
    assert missing(made) == ["interface"]
    both = draft("", replace(FULL, outside=(), interfaces=("GigabitEthernet1", "GigabitEthernet2")), text=text)
    assert not both.missing
    assert re.findall(r"interface: (\S+)", both.text) == ["GigabitEthernet1", "GigabitEthernet2"]


def test_a_name_that_the_inventory_has_is_objected_to(tmp_path: Path) -> None:
    """And so is traffic that another tunnel of the device has."""
    made = draft("alibaba.json")
    (tmp_path / "there.yaml").write_text(made.text)
    assert "defined twice: give another --name" in objections_to(made.text, tmp_path, PLATFORMS, TODAY)[0]
    other = draft("alibaba.json", replace(FULL, name="second"))
    assert "is also that of tunnel cloud" in " ".join(objections_to(other.text, tmp_path, PLATFORMS, TODAY))


def test_a_key_that_is_kept_elsewhere_is_named_and_not_kept() -> None:
    """A reference for all peers, or for one of them; then no key of the sample is to be kept for it."""
    made = draft("aws-ios.txt", replace(FULL, keys={"203.0.113.21": "env:ONE"}))
    assert "preshared_key_ref: env:ONE" in made.text
    assert made.keep == {"credential:cloud-2-psk": "<key:0000003a>"}


@pytest.mark.parametrize(
    ("key", "words"), [("what?ever-it-was-9", "a command line cannot take"), ("aB3dE6g", "has 7 characters")]
)
def test_a_key_that_no_command_line_takes_is_told_before_anything_is_written(key: str, words: str) -> None:
    """It is asked for, in a sentence without the key."""
    made = draft("", text=FOLDER.joinpath("google-ios.txt").read_text().replace("Bn5xRt9Kq2Wm7Hd4Zs8Lv6Yc", key))
    assert missing(made) == ["preshared_key_ref"]
    assert words in made.missing[0].why
    assert key not in repr(made)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_intent_leaves_a_peer_out(data: st.DataObject) -> None:
    """Of a sample that is cut, shuffled or thinned out there is an intent only if every peer that is left is in it."""
    path = data.draw(st.sampled_from(sorted(FOLDER.glob("*.txt"))))
    lines = path.read_text().split("\n")
    how = data.draw(st.sampled_from(["cut", "drop", "swap", "shuffle", "twice"]))
    at, to = sorted(data.draw(st.tuples(st.integers(0, len(lines)), st.integers(0, len(lines)))))
    lines = {
        "cut": lambda: lines[:to],
        "drop": lambda: lines[:at] + lines[min(to, at + 3) :],
        "swap": lambda: lines[to:] + lines[at:to] + lines[:at],
        "shuffle": lambda: data.draw(st.permutations(lines)),
        "twice": lambda: lines + lines[at:to],
    }[how]()
    text = "\n".join(lines)
    try:
        sample = read_sample(text.encode(), path.name)
    except ParseError:
        return
    platform = XE if sample.os == "ios" else ASA
    host = "hq" if sample.os == "ios" else "fw"
    made = draft_of(sample, replace(FULL, host=host, stronger=True, keys={"": "env:KEY"}), platform, None)
    if made.text:
        assert all(peer in made.text for peer in _PEER.findall(text))
        objections_to(made.text, Path("nowhere"), PLATFORMS, TODAY)
