"""A tunnel between two ends, or to a partner, as an intent that a test may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from nr_run.inventory.intents.intent import Crypto, Intent, IntentFile
from nr_run.inventory.intents.strength import narrow
from nr_run.inventory.models.platforms import Platform, platform_for
from nr_run.services.l2l import features

KEY = "<secret:credential:hq-branch-psk>"
NEAR = {
    "host": "hq",
    "interface": "GigabitEthernet0/0",
    "outside_ip": "192.0.2.1",
    "protected_prefixes": ["10.10.10.0/24"],
    "probe_address": "10.10.10.1",
}
FAR = {**NEAR, "host": "branch", "outside_ip": "198.51.100.1", "protected_prefixes": ["10.10.20.0/24"]}
FAR |= {"probe_address": "10.10.20.1"}
PARTNER = {"partner": "Example Ltd", "outside_ip": "203.0.113.9", "protected_prefixes": ["10.9.0.0/24", "10.9.8.0/24"]}
STRONG = {"name": "strong", "encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha256"}
GCM = {"name": "gcm", "encryption_algorithm": "aes-256-gcm"}


def intent(
    *, version: int = 2, style: str = "crypto-map", far: Mapping[str, Any] = FAR, near: Mapping[str, Any] = NEAR, **more: Any
) -> Intent:
    """One tunnel, hq-branch. ``ike`` and ``ipsec`` are proposals, auto without them; other keys are of the tunnel."""
    ike, ipsec = more.pop("ike", None), more.pop("ipsec", None)
    pfs = more.pop("pfs_group", "auto")
    tunnel = {
        "name": "hq-branch",
        "ipsec_profile": "p",
        "preshared_key_ref": "credential:hq-branch-psk",
        "dpd": {"interval_seconds": 10, "retries": 3},
        "tunnel_prefix": "10.255.0.0/30" if style == "vti" else None,
        "terminations": [dict(near), dict(far)],
        **more,
        "cisco": {"style": style, **more.get("cisco", {})},
    }
    mode = {"mode": "main"} if version == 1 else {}
    policy = {"name": "p1", "version": version, **mode, "proposals": [p["name"] for p in ike] if ike else "auto"}
    return Intent.of(
        IntentFile.model_validate(
            {
                "schema_version": 1,
                "ike_proposals": ike or [],
                "ike_policies": [policy],
                "ipsec_proposals": ipsec or [],
                "ipsec_policies": [
                    {"name": "p2", "proposals": [p["name"] for p in ipsec] if ipsec else "auto", "pfs_group": pfs}
                ],
                "ipsec_profiles": [{"name": "p", "ike_policy": "p1", "ipsec_policy": "p2"}],
                "tunnels": [tunnel],
            }
        )
    )


def platform(text: str) -> Platform:
    """``881 15.4(3)M3``."""
    return platform_for(*text.split())


def crypto_of(made: Intent, *on: str) -> Crypto:
    """What is picked for hq-branch on these platforms."""
    return narrow(made.resolve(made.tunnels["hq-branch"]), [platform(text) for text in on])


def members_of(made: Intent, *on: str) -> tuple[features.Member, ...]:
    """The ends of ours of hq-branch, on these platforms in their order."""
    tunnel = made.tunnels["hq-branch"]
    by_host = {end.host: platform(text) for end, text in zip(tunnel.own, on, strict=True)}
    nameifs = {host: ("outside", "inside") for host, able in by_host.items() if able.os == "asa"}
    return features.members(tunnel, crypto_of(made, *on), by_host, KEY, nameifs)


def text_of(member: features.Member, **names: Any) -> list[str]:
    """The lines of a member under its first names, some of them changed, with the routes into its tunnel interface."""
    drafted = replace(features.draft_names(member), **names)
    return features.text(member, replace(drafted, routes=features.tunnel_routes(member, drafted))).splitlines()
