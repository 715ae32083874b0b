"""What is wanted of a connection: what is taken, what is refused, and in which words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from nr_run.inventory.errors import IntentError, NothingMatched
from nr_run.services.cloud.intents.intent_file import load
from nr_run.services.cloud.intents.limits import LIMITS, RESERVED, STATES, UP_STATE
from nr_run.services.cloud.service import CLOUD

from .sites import EXAMPLE, HOST, PLATFORM, site, written

WAIVER = {"until": "2099-01-01", "ticket": "T-1", "reason": "r"}
#: The rule, what breaks it, and the sentence.
BROKEN: list[tuple[str, dict[str, Any], str]] = [
    ("ike-version", {"ike_version": 1}, "ike_version 1 is not built"),
    ("one-value", {"ike": {"encryption_algorithm": "aes-256-gcm"}}, "ike.encryption_algorithm aes-256-gcm is not in the console"),
    ("one-value", {"ike": {"group": 19}}, "ike.group 19 is not in the console: it takes one of 1, 14, 2, 5"),
    ("one-value", {"esp": {"encryption_algorithm": "aes-128-gcm"}}, "esp.encryption_algorithm aes-128-gcm"),
    ("one-value", {"esp": {"pfs_group": 20}}, "esp.pfs_group 20 is not in the console"),
    ("tunnel-prefix", {"first": {"tunnel_prefix": "192.168.253.0/30"}}, "is no /30 of 169.254.0.0/16"),
    ("tunnel-prefix", {"first": {"tunnel_prefix": "169.254.10.0/31"}}, "is no /30 of 169.254.0.0/16"),
    ("tunnel-prefix", {"first": {"tunnel_prefix": "169.254.20.0/30"}}, "have the same tunnel_prefix 169.254.20.0/30"),
    *(("tunnel-prefix", {"first": {"tunnel_prefix": str(net)}}, f"{net} is reserved by the cloud") for net in RESERVED),
    ("gateways", {"first": {"address": "10.10.10.50"}}, "so one loss takes both"),
    ("gateways", {"first": {"address": "192.168.10.136"}}, "address and source_ip are both 192.168.10.136"),
    ("gateways", {"first": {"next_hop": "10.10.10.49"}}, "is an end of the tunnel itself"),
    ("circuit", {"circuit": {"address": "10.0.0.1"}}, "circuit.address and circuit.next_hop are both 10.0.0.1"),
    ("circuit", {"circuit": {"interface": "private"}}, "circuit.interface and lan_interface are both private"),
    ("circuit", {"circuit": {"distance": 30}, "on_total_loss": "open", "encryption_mandatory": False}, "nothing to cut over"),
    ("longer", {"lan_prefixes": ["192.168.0.0/16"]}, "is not longer than 192.168.0.0/16"),
    ("longer", {"lan_prefixes": ["192.169.20.0/24"]}, "is in none of circuit.aggregates"),
    ("underlay", {"lan_prefixes": ["192.168.10.0/24"]}, "has first.source_ip 192.168.10.136"),
    ("underlay", {"cloud_prefixes": ["10.10.0.0/16"], "cloud_hosts": ["10.10.1.1"]}, "has first.address 10.10.10.49"),
    (
        "apart",
        {"cloud_prefixes": ["192.168.20.0/25"], "cloud_hosts": ["192.168.20.9"]},
        "overlaps cloud_prefixes 192.168.20.0/25",
    ),
    ("apart", {"lan_prefixes": ["192.168.20.0/24", "192.168.20.0/25"]}, "lan_prefixes 192.168.20.0/25 overlaps 192.168.20.0/24"),
    ("apart", {"cloud_prefixes": ["169.254.0.0/24"], "cloud_hosts": ["169.254.0.9"]}, "overlaps 169.254.0.0/16"),
    ("hosts", {"cloud_hosts": ["172.17.10.225"]}, "cloud_hosts 172.17.10.225 is in none of cloud_prefixes"),
    ("hosts", {"cloud_prefixes": ["172.16.0.0/16", "172.20.0.0/16"]}, "172.20.0.0/16 has none of cloud_hosts"),
    ("bgp", {"bgp": {"local_system": 65534}}, "are both 65534"),
    ("bgp", {"bgp": {"hold_seconds": 20}}, "is less than three times keepalive_seconds 10"),
    (
        "bgp",
        {
            "bgp": {"maximum_prefixes": 1},
            "cloud_prefixes": ["172.16.0.0/16", "172.20.0.0/16"],
            "cloud_hosts": ["172.16.0.1", "172.20.0.1"],
        },
        "ends the session: the cloud has 2 networks",
    ),
    ("zone", {"bgp": {"maximum_paths": 5}}, "needs a traffic zone"),
]
#: The same for what no vendor asks for.
OURS: list[tuple[dict[str, Any], str]] = [
    ({"on_total_loss": "open"}, "encryption_mandatory is true and on_total_loss is open"),
    ({"esp": {"authentication_algorithm": "hmac-sha1"}}, "hmac-sha1 needs a waiver"),
    ({"esp": {"authentication_algorithm": "hmac-md5"}, "waiver": WAIVER}, "hmac-md5 is never built"),
    ({"ike": {"group": 2}}, "group 2 needs a waiver"),
]


def refused(change: dict[str, Any]) -> str:
    """What is said of a record."""
    with pytest.raises(ValidationError) as said:
        site(**change)
    return str(said.value)


@pytest.mark.parametrize(("rule", "change", "words"), BROKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_published_rule_is_held(rule: str, change: dict[str, Any], words: str) -> None:
    """Each rule is broken by something, and says what and why."""
    assert words in refused(change)
    assert LIMITS[rule].source
    assert LIMITS[rule].says


def test_every_rule_is_broken_by_something() -> None:
    """A rule that nothing breaks would hold nobody."""
    assert {rule for rule, _, _ in BROKEN} == set(LIMITS)


@pytest.mark.parametrize(("change", "words"), OURS)
def test_what_leaks_or_is_weak_is_refused(change: dict[str, Any], words: str) -> None:
    """Neither clear text where encryption is mandatory, nor weak cryptography without leave."""
    assert words in refused(change)


def test_the_vendors_values_are_taken_under_a_waiver() -> None:
    """AES of 128 bits with SHA-1, as the page has it, is weak, and somebody may answer for it."""
    weak = {"encryption_algorithm": "aes-128-cbc", "authentication_algorithm": "hmac-sha1"}
    assert site(ike=weak, esp=weak, waiver=WAIVER).waiver


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    on_total_loss: closed\n", "", "on_total_loss: is missing, and has no default"),
        ("    on_removal: open\n", "", "on_removal: is missing, and has no default"),
        ("    encryption_mandatory: true\n", "", "encryption_mandatory: is missing, and has no default"),
        ("      pfs_group: 14", "      pfs_group: [14, 5]", "takes one value"),
        ("preshared_key_ref: credential:ali-1", "psk: fddsFF111", "a key is never written into the intent"),
        ("      next_hop: 10.0.0.1", "      nexthop: 10.0.0.1", "did you mean next_hop"),
        ("lan_interface: private", "lan_interface: pri vate", "has a character that it may not have"),
        ("address: 10.0.0.2", "address: 10.0.0.2/30", "is not an IPv4 address"),
        ("schema_version: 1", "schema_version: 2", "is not a valid value"),
    ],
)
def test_a_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    """One sentence with file, line and field, and nothing of a key that was typed."""
    with pytest.raises(IntentError) as said:
        load(written(tmp_path, old, new))
    assert words in str(said.value)
    assert f"{tmp_path / 'cloud.yaml'}:" in str(said.value)
    assert "fddsFF111" not in str(said.value)


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    """Nobody could tell which one is meant."""
    (tmp_path / "cloud.yaml").write_text(EXAMPLE + EXAMPLE.partition("cloud:\n")[2])
    with pytest.raises(IntentError, match="connection 'ali' is defined twice"):
        load(tmp_path)


def test_names_are_chosen_and_hinted(tmp_path: Path) -> None:
    """All active ones, or the named; a typing error gets its neighbour, and what is disabled can be removed only."""
    intended = CLOUD.intended(written(tmp_path), {HOST: PLATFORM})
    (found,), warnings = intended.select([], date(2026, 1, 1), removal=False)
    assert (found.name, warnings, intended.names()) == ("ali", (), ("ali",))
    with pytest.raises(NothingMatched, match="did you mean ali"):
        intended.select(["alo"], date(2026, 1, 1), removal=False)
    off = CLOUD.intended(written(tmp_path, "name: ali\n", "name: ali\n    status: disabled\n"), {HOST: PLATFORM})
    with pytest.raises(NothingMatched, match="connection ali is disabled"):
        off.select(["ali"], date(2026, 1, 1), removal=False)
    _, warnings = off.select(["ali"], date(2026, 1, 1), removal=True)
    assert warnings == ("connection ali: without the tunnels, what is for the cloud goes over VBR, in clear",)


def test_a_waiver_that_has_ended_is_no_leave(tmp_path: Path) -> None:
    """From the day after it the weak algorithms are refused, by their names."""
    weak = EXAMPLE.replace("authentication_algorithm: hmac-sha256", "authentication_algorithm: hmac-sha1")
    waiver = "    waiver: {until: 2026-06-30, ticket: T-1, reason: r}\n"
    (tmp_path / "cloud.yaml").write_text(weak + waiver)
    intended = CLOUD.intended(tmp_path, {HOST: PLATFORM})
    assert intended.select(["ali"], date(2026, 6, 30), removal=False)
    with pytest.raises(IntentError, match="the waiver T-1 ended on 2026-06-30, and hmac-sha1 needs one"):
        intended.select(["ali"], date(2026, 7, 1), removal=False)


def test_a_host_that_is_not_there_is_hinted(tmp_path: Path) -> None:
    """The record names a host of the inventory."""
    intended = CLOUD.intended(written(tmp_path), {"dc-asb": PLATFORM})
    with pytest.raises(NothingMatched, match=r"no host is named 'dc-asa'.*did you mean dc-asb"):
        intended.select([], date(2026, 1, 1), removal=False)


def test_one_of_four_states_is_up() -> None:
    """Phase 1 alone carries nothing, and is not called up."""
    assert len(STATES) == 4
    assert STATES[UP_STATE] == "up"
    assert STATES["ike_sa_established"].endswith("not up")
