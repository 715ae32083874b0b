"""The tunnel of the pair with parts changed, and what its validation says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from nr_run.inventory.errors import IntentError
from nr_run.inventory.intents.intent import Intent, IntentFile
from nr_run.inventory.intents.intent_files import load_intent
from nr_run.inventory.intents.validation import validate
from nr_run.inventory.models.platforms import Platform, platform_for

from ..own_inventory import PAIR

TODAY = date(2026, 11, 21)
EXAMPLE = load_intent(PAIR / "vpn")
OLD = {"vpn2611": platform_for("2611", "12.2(8)T"), "vpn3640": platform_for("3640", "12.2(8)T")}
STRONG = {"encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha256"}


def ends(a: str, b: str) -> dict[str, Platform]:
    """Platforms of the two ends, each given as ``model release``."""
    return {"vpn2611": platform_for(*a.split()), "vpn3640": platform_for(*b.split())}


def tunnel(**changes: Any) -> dict[str, Any]:
    """The example tunnel as data; ``a__x`` and ``b__x`` change a field of one end."""
    data = EXAMPLE.tunnels["hq-branch"].model_dump()
    data["terminations"] = [dict(end) for end in data["terminations"]]
    for key, value in changes.items():
        end, separator, field = key.partition("__")
        (data["terminations"]["ab".index(end)] if separator else data)[field or key] = value
    return data


def intent(
    *tunnels: Mapping[str, Any],
    ike: Mapping[str, Any] | None = None,
    ipsec: Mapping[str, Any] | None = None,
    policy: Mapping[str, Any] | None = None,
    pfs_group: int | None = 2,
) -> Intent:
    """An intent of these tunnels with one offer per phase, triple DES with SHA-1 and group 2 unless said otherwise."""
    weak = {"encryption_algorithm": "3des-cbc", "authentication_algorithm": "hmac-sha1"}
    return Intent.of(
        IntentFile.model_validate(
            {
                "schema_version": 1,
                "ike_proposals": [{"name": "ike", **weak, "group": 2, **(ike or {})}],
                "ike_policies": [{"name": "p1", "version": 1, "mode": "main", "proposals": ["ike"], **(policy or {})}],
                "ipsec_proposals": [{"name": "esp", **weak, **(ipsec or {})}],
                "ipsec_policies": [{"name": "p2", "proposals": ["esp"], "pfs_group": pfs_group}],
                "ipsec_profiles": [{"name": "ios-12.2", "ike_policy": "p1", "ipsec_policy": "p2"}],
                "tunnels": tunnels or [tunnel()],
            }
        )
    )


def refusal(intent: Intent, platforms: Mapping[str, Platform] = OLD, today: date = TODAY) -> list[str]:
    """The problems of all tunnels of an intent."""
    with pytest.raises(IntentError) as caught:
        validate(intent, intent.select(), platforms, today)
    return str(caught.value).splitlines()


def accepted(intent: Intent, platforms: Mapping[str, Platform] = OLD, today: date = TODAY) -> tuple[str, ...]:
    """The warnings about all tunnels of an intent that is accepted."""
    return validate(intent, intent.select(), platforms, today)


def third(**changes: Any) -> dict[str, Any]:
    """A second tunnel of vpn2611, to another site."""
    return tunnel(
        **{
            "name": "hq-depot",
            "preshared_key_ref": "credential:hq-depot-psk",
            "b__host": "depot",
            "b__outside_ip": "172.18.124.200",
            "b__protected_prefixes": ["10.10.30.0/24"],
            "b__probe_address": "10.10.30.1",
            **changes,
        }
    )


THREE = {**OLD, "depot": OLD["vpn3640"]}
