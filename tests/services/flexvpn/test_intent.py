"""flexvpn.yaml: what it may say, and the sentence for each thing that it may not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import IntentError
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.flexvpn.intent import FlexVpnFile, load
from nr_run.services.flexvpn.limits import WITH_RECONNECT
from nr_run.services.flexvpn.schema import flexvpn_schema
from nr_run.services.flexvpn.service import FLEXVPN

from .head_ends import HOST, PLATFORM, values


def refusal(folder: Path, **other: Any) -> str:
    """Why a file with these fields is refused; it is written as JSON, which is YAML, a field a line."""
    (folder / "flexvpn.yaml").write_text(json.dumps({"schema_version": 1, "flexvpn": [values(**other)]}, indent=1))
    with pytest.raises(IntentError) as caught:
        load(folder)
    return str(caught.value)


@pytest.mark.parametrize("key", sorted(WITH_RECONNECT))
def test_what_reconnect_forbids_is_refused_with_its_reason(tmp_path: Path, key: str) -> None:
    """Each use of a pre-shared key, and dead peer detection, is refused in the words that say why and where that is written."""
    words = refusal(tmp_path, **{key: "on-demand" if key == "dpd" else "credential:anything"})
    assert WITH_RECONNECT[key] in words
    assert ("FlexVPN configuration guide" in words) is (key != "dpd")


def test_dead_peer_detection_goes_without_reconnect(tmp_path: Path) -> None:
    """Without a timeout the same line is built, and an ending of no time is no number of seconds."""
    data = {"schema_version": 1, "flexvpn": [values(reconnect_timeout=None, dpd="periodic")]}
    (tmp_path / "flexvpn.yaml").write_text(json.dumps(data))
    assert load(tmp_path).by_name["laptops"].dpd == "periodic"
    assert "600 to 86400" in refusal(tmp_path, reconnect_timeout=599)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"pool": {"first": "192.168.1.9", "last": "192.168.1.1"}}, "before it begins"),
        ({"pool": {"first": "14.1.1.1", "last": "14.1.1.9"}}, "not private"),
        ({"pool": {"first": "10.10.117.5", "last": "10.10.117.9"}}, "the pool overlaps 10.10.117.0/24"),
        ({"probe_address": "10.9.9.9"}, "is in none of the protected prefixes"),
        ({"users": []}, "nobody could log in"),
        ({"authentication_list": "RADIUS"}, "give one of the two"),
        ({"ike": {"groups": [2]}}, "group 2 is not built"),
        ({"ike": {"encryption": ["3des-cbc"]}}, "3des-cbc is not built"),
        ({"esp": {"encryption": "aes-256-gcm"}}, "GCM"),
        ({"expected_sessions": {"at_least": 51}}, "the pool has 50 addresses"),
        ({"client_profile": {}, "reconnect_timeout": None}, "reconnect_timeout is null"),
        ({"protected_prefixes": ["10.10.117.0/24", "10.10.117.0/24"]}, "protected_prefixes lists 10.10.117.0/24 twice"),
        ({"dns": ["10.1.1.1", "10.1.1.1"]}, "dns lists 10.1.1.1 twice"),
        ({"ike": {"encryption": ["aes-256-cbc", "aes-256-cbc"]}}, "ike.encryption lists aes-256-cbc twice"),
        ({"ike": {"integrity": ["hmac-sha512", "hmac-sha512"]}}, "ike.integrity lists hmac-sha512 twice"),
        ({"ike": {"groups": [14, 14]}}, "ike.groups lists 14 twice"),
        ({"expected_sessions": {"users": ["anna", "anna"]}}, "expected_sessions.users lists anna twice"),
        ({"outside_ip": "192.168.117.20"}, "the pool has 192.168.117.20 in it"),
        ({"password": "x"}, "a secret is never written"),
        ({"trustpint": "X"}, "unknown key (did you mean trustpoint?)"),
        ({"virtual_template": 0}, "is not a valid value"),
    ],
)
def test_a_sentence_for_each_mistake(tmp_path: Path, other: dict[str, Any], words: str) -> None:
    """What cannot be meant is refused with the file, the line and one sentence."""
    said = refusal(tmp_path, **other)
    assert words in said
    assert "flexvpn.yaml:" in said


def test_two_on_one_router_are_refused(tmp_path: Path) -> None:
    """All Secure Clients call themselves the same: a second active one on a router is refused, a planned one is not."""
    pool = {"first": "192.168.118.10", "last": "192.168.118.59"}
    for status in ("active", "planned", "disabled"):
        both = [values(), values(name="partners", pool=pool, status=status)]
        (tmp_path / "flexvpn.yaml").write_text(json.dumps({"schema_version": 1, "flexvpn": both}, indent=1))
        if status == "active":
            with pytest.raises(IntentError, match=r"flexvpn.yaml:\d+: .*xe-remote has head-end laptops already"):
                load(tmp_path)
        else:
            assert set(load(tmp_path).by_name) == {"laptops", "partners"}


def test_other_platforms_are_refused(tmp_path: Path) -> None:
    """A router that is no C8000V with IOS-XE 17 is refused before it is asked anything; one that is, is taken."""
    from datetime import date

    (tmp_path / "flexvpn.yaml").write_text(json.dumps({"schema_version": 1, "flexvpn": [values()]}))
    intended = FLEXVPN.intended(tmp_path, {HOST: platform_for("881", "15.4(3)M3")})
    with pytest.raises(IntentError, match="IOS-XE 17"):
        intended.select([], date(2026, 1, 1), removal=False)
    chosen, _ = FLEXVPN.intended(tmp_path, {HOST: PLATFORM}).select([], date(2026, 1, 1), removal=False)
    assert [one.name for one in chosen] == ["laptops"]


def test_the_schema_knows_every_field() -> None:
    """The JSON Schema for editors has the fields of the file, and no more."""
    known = flexvpn_schema()["$defs"]["FlexVpn"]["properties"]
    assert {*known} == {
        *FlexVpnFile.model_validate({"schema_version": 1, "flexvpn": [values()]}).flexvpn[0].__class__.model_fields
    }
