"""What is refused of an intent for Zscaler before a router is touched, and what is taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nr_run.inventory.errors import IntentError, NothingMatched
from nr_run.services.zia.intent import Sites, load
from nr_run.services.zia.limits import GROUPS, IKE_ENCRYPTION, IKE_INTEGRITY, LIMITS

from .sites import EXAMPLE, plain, site, written

WAIVER = {"until": "2099-01-01", "ticket": "T", "reason": "r"}
#: What breaks each rule of the far end, alone, and a word of the sentence on it.
BREAKS: dict[str, tuple[dict[str, Any], str]] = {
    "ike-version": ({"ike_version": 1}, "new tenants cannot establish IKEv1"),
    "phase-1": ({"ike": {"group": 16}}, "ike.group 16 is not taken"),
    "sha2-group": ({"ike": {"authentication_algorithm": "hmac-sha512", "group": 19}}, "goes with group 14 only"),
    "triple-des": ({"ike": {"encryption_algorithm": "3des-cbc"}, "waiver": WAIVER}, "goes with group 2"),
    "lifetimes": ({"esp": {"sa_lifetime_seconds": 28801}}, "longer than the 28800 seconds"),
    "pfs": ({"esp": {"pfs_group": 16}}, "esp.pfs_group 16 is not taken"),
    "phase-2": ({"esp": {"encryption_algorithm": "3des-cbc"}, "waiver": WAIVER}, "3des-cbc is not taken in phase 2"),
    "subscription": ({"encryption_subscription": False}, "needs a subscription"),
    "identity": (
        {"identity": {"credential": "ip", "fqdn": None, "address": "10.96.19.2"}},
        "is private: with a credential of the kind ip",
    ),
    "edges": ({"backup": {"datacenter": "FRA4"}}, "in the same data centre FRA4"),
    "probes": ({"primary": {"probe_address": "198.51.100.20"}}, "lead that tunnel into itself"),
    "inside": ({"primary": {"tunnel_prefix": "169.254.9.0/30"}}, "is not private"),
    "mss": ({"mss": 1400}, "does not fit mtu 1400"),
}


def test_every_rule_is_broken_here() -> None:
    """No rule of the far end is without an example that breaks it, and each has a source."""
    assert set(BREAKS) == set(LIMITS)
    assert all(limit.source and limit.says for limit in LIMITS.values())


@pytest.mark.parametrize("name", BREAKS)
def test_a_rule_alone_refuses(name: str) -> None:
    """What breaks one rule breaks no other one, and is refused with its sentence."""
    change, words = BREAKS[name]
    with pytest.raises(ValidationError) as refused:
        site(**change)
    (error,) = refused.value.errors(include_url=False)
    sentences = str(error["ctx"]["error"]).split("; ")
    assert len(sentences) == 1, sentences
    assert words in sentences[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"identity": {"fqdn": None}}, "has a fqdn (user@domain)"),
        ({"identity": {"credential": "ip", "address": "198.51.100.99"}}, "and no fqdn"),
        (
            {"wan_ip": "198.51.100.99", "identity": {"credential": "ip", "fqdn": None, "address": "198.51.100.98"}},
            "is not wan_ip 198.51.100.99, from which the tunnels come",
        ),
        ({"primary": {"address": "192.168.9.9"}}, "is no public address"),
        ({"backup": {"address": "198.51.100.10"}}, "have the same address"),
        ({"backup": {"probe_address": "203.0.113.10"}}, "have the same probe_address"),
        ({"backup": {"tunnel_prefix": "192.168.253.0/30"}}, "have the same tunnel_prefix"),
        ({"primary": {"tunnel_prefix": "172.17.0.4/30"}}, "overlaps 172.17.0.0/24"),
        ({"primary": {"tunnel_prefix": "10.96.19.0/30"}}, "has wan_ip 10.96.19.2"),
        ({"esp": {"encryption_algorithm": "null"}}, "encrypts nothing"),
        ({"on_total_loss": "open"}, "sends in clear without a tunnel"),
        ({"ike": {"group": 2}}, "group 2 needs a waiver"),
        ({"esp": {"authentication_algorithm": "hmac-md5"}}, "hmac-md5 is never built"),
        ({"watch": {"cloud": None}}, "cloud goes with the kind http"),
        ({"watch": {"frequency_seconds": 5}}, "frequency > timeout >= threshold"),
        ({"esp": {"encryption_algorithm": "aes-256-gcm"}}, "not allowed with a GCM cipher"),
    ],
)
def test_what_does_not_agree_is_refused(change: dict[str, Any], words: str) -> None:
    """Two fields that contradict each other are a sentence."""
    with pytest.raises(ValidationError, match=words.replace("(", r"\(").replace(")", r"\)")):
        site(**change)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    on_total_loss: closed\n", "", "on_total_loss: is missing, and has no default"),
        ("    encryption_mandatory: true\n", "", "encryption_mandatory: is missing, and has no default"),
        ("    traffic: web\n", "", "traffic: is missing"),
        ("preshared_key_ref: credential:zia-branch", "psk: 0penSesame", "a key is never written into the intent"),
        ("datacenter: FRA4", "datacentre: FRA4", "unknown key (did you mean datacenter?"),
        ("lan_interface:", "lan_interfaces:", "unknown key (did you mean lan_interface?"),
        ("address: 198.51.100.10", "address: vpn.example.net", "is a name"),
        ("fqdn: branch@example.com", "fqdn: branch.example.com", "has a character that it may not have"),
        ("on_total_loss: closed", "on_total_loss: maybe", "is not a valid value"),
        ("encryption_mandatory: true", "encryption_mandatory: 'yes'", "is not a valid value"),
    ],
)
def test_a_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, words: str) -> None:
    """Each thing that is wrong is a sentence with its file, its line and its field, and no value of a key."""
    with pytest.raises(IntentError) as refused:
        load(written(tmp_path, old, new))
    assert words in str(refused.value)
    assert str(refused.value).startswith(f"{tmp_path / 'zia.yaml'}:")
    assert "0penSesame" not in str(refused.value)


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    """Two sites of one name are told with the line of the second."""
    (tmp_path / "zia.yaml").write_text(EXAMPLE + EXAMPLE.partition("zia:\n")[2], encoding="utf-8")
    with pytest.raises(IntentError, match="'branch-zia' is defined twice"):
        load(tmp_path)


def test_selection(tmp_path: Path) -> None:
    """A name that is unknown, a site that is not active, and a folder without the file are told."""
    sites = load(written(tmp_path))
    assert [chosen.name for chosen in sites.chosen((), any_status=False)] == ["branch-zia"]
    with pytest.raises(NothingMatched, match="did you mean branch-zia"):
        sites.chosen(("branch-zai",), any_status=False)
    planned = Sites({"branch-zia": site(status="planned")}, tmp_path)
    with pytest.raises(NothingMatched, match="branch-zia is planned"):
        planned.chosen(("branch-zia",), any_status=False)
    assert planned.chosen(("branch-zia",), any_status=True)
    with pytest.raises(NothingMatched, match="no site is active"):
        load(tmp_path / "nowhere").chosen((), any_status=False)


def test_a_waiver_ends() -> None:
    """Weak cryptography is built for as long as somebody has signed for it; a site without any needs no waiver."""
    weak = site(ike={"group": 2}, waiver=WAIVER)
    sites = Sites({weak.name: weak}, Path("zia.yaml"))
    sites.check(weak, date(2099, 1, 1))
    with pytest.raises(IntentError, match="the waiver T ended on 2099-01-01, and group 2 needs one"):
        sites.check(weak, date(2099, 1, 2))
    sites.check(site(waiver=WAIVER), date(2099, 1, 2))


def test_without_encryption_it_is_said_by_the_intent_alone() -> None:
    """NULL and an open end are taken where the intent says that encryption is not mandatory, and nowhere else."""
    null = {"encryption_algorithm": "null", "authentication_algorithm": "hmac-sha256"}
    taken = site(esp=null, encryption_subscription=False, encryption_mandatory=False, on_total_loss="open")
    assert taken.esp.encryption_algorithm == "null"
    for change in ({"esp": null}, {"on_total_loss": "open"}):
        with pytest.raises(ValidationError, match="encryption_mandatory is true"):
            site(**change)


@given(
    st.sampled_from(sorted(IKE_ENCRYPTION)),
    st.sampled_from(sorted(IKE_INTEGRITY)),
    st.sampled_from(sorted(GROUPS)),
)
def test_phase_1_is_the_published_table(encryption: str, integrity: str, group: int) -> None:
    """Of all that the far end has, what it publishes as belonging together is taken and all else is refused."""
    fits = (integrity not in ("hmac-sha384", "hmac-sha512") or group == 14) and (
        encryption != "3des-cbc" or (group == 2 and integrity in ("hmac-sha1", "hmac-sha256"))
    )
    change = {"encryption_algorithm": encryption, "authentication_algorithm": integrity, "group": group}
    try:
        site(ike=change, waiver=WAIVER)
    except ValidationError:
        assert not fits
    else:
        assert fits


def test_the_example_is_whole() -> None:
    """The example changes nothing where nothing is changed."""
    assert site().model_dump(mode="json")["watch"]["cloud"] == plain()["watch"]["cloud"] == "zscaler"
