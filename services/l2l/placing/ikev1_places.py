"""IKEv1 settings that all tunnels of a device share: ISAKMP policies, the global keepalive, and ``no-xauth`` on a key.

Rules: an identical ISAKMP policy is reused. An existing policy is never edited. A new one gets a number after the others. The
global keepalive is set only if the device has none. ``no-xauth`` is set if the crypto map authenticates VPN clients (XAUTH).
"""

from __future__ import annotations

from itertools import chain

from msgspec.structs import replace

from ....changes.objects import Config, ConfigObject
from ....inventory.errors import ChangeError
from ....inventory.intents.intent import Dpd
from ..features import Member, Names
from .map_places import asks_clients

#: Of an ISAKMP policy on IOS, and on an ASA (command references, crypto isakmp policy).
HIGHEST_POLICY, HIGHEST_POLICY_ASA = 10000, 65535


def ikev1_places(member: Member, names: Names, wanted: Config, running: Config) -> tuple[Names, tuple[str, ...]]:
    """(names with policy number, ``no-xauth`` and keepalive, sentences for the plan). Raises as free_policy() does."""
    number, on_policy = free_policy(member.local.host, wanted, running)
    asked = member.style == "crypto-map" and asks_clients(names.crypto_map, running)
    key = running.key_of(str(member.remote.outside_ip))
    # Without clients on the map it says nothing, and it may have been put there for clients that come or have gone.
    no_xauth = asked or bool(key is not None and key.groups.get("xauth"))
    on_xauth = (f"no-xauth on the key: map {names.crypto_map} asks VPN clients for a user",) if asked else ()
    keepalive, on_keepalive = _keepalive_of(member.dpd, wanted, running)
    made = replace(names, policy_number=number, no_xauth=no_xauth, keepalive=keepalive)
    return made, (on_policy, *on_xauth, *on_keepalive)


def free_policy(host: str, wanted: Config, running: Config) -> tuple[int, str]:
    """(number for the one ISAKMP policy in ``wanted``, a sentence or ""). Raises ChangeError if every number is taken."""
    (policy,) = wanted.of("isakmp-policy")
    return _policy(host, policy, running)


def _keepalive_of(dpd: Dpd | None, wanted: Config, running: Config) -> tuple[Dpd | None, tuple[str, ...]]:
    """Dead peer detection of IKEv1: per tunnel if there is a tunnel group, else the global keepalive."""
    per_tunnel = any(item.family.name == "tunnel-group" for item in wanted.objects.values())
    return (dpd, ()) if per_tunnel else _keepalive(dpd, running)


def _policy(host: str, wanted: ConfigObject, running: Config) -> tuple[int, str]:
    existing = {int(item.groups["number"]): item for item in running.of("isakmp-policy")}
    same = [number for number, item in sorted(existing.items()) if item.meaning[1] == wanted.meaning[1]]
    if same:
        return same[0], f"isakmp policy {same[0]} has these values already and is used"
    highest = HIGHEST_POLICY_ASA if "ike" in wanted.groups else HIGHEST_POLICY
    last = max([0, *existing])
    # A peer with a pre-shared key is never agreed with by a policy of another kind, so those may stand behind.
    keyed = max([0, *(number for number, item in existing.items() if _by_key(item))])
    tens = (number for start in (last, keyed) for number in range((start // 10 + 1) * 10, highest + 1, 10))
    behind = chain(tens, range(keyed + 1, highest + 1))
    number = next((number for number in behind if number not in existing), None)
    if number is not None:
        why = f"isakmp policy {number}: last, so that other peers are offered what they were before"
        return number, why if existing else ""
    number = next((number for number in range(highest, 0, -1) if number not in existing), None)
    if number is None:
        raise ChangeError(f"{host}: there is no free isakmp policy number")
    return number, (
        f"isakmp policy {number}: the highest free number; policy {keyed} has the last one, so a peer that takes both is offered "
        f"{number} first"
    )


def _by_key(policy: ConfigObject) -> bool:
    return "authentication pre-share" in policy.meaning[1]


def _keepalive(dpd: Dpd | None, running: Config) -> tuple[Dpd | None, tuple[str, ...]]:
    if dpd is None:
        return None, ()
    present = running.get("isakmp-keepalive")
    if present is None:
        return dpd, (
            f"dead peer detection {dpd.interval_seconds}/{dpd.retries} is set for every IKE peer of the device: it has none",
        )
    wanted = f"crypto isakmp keepalive {dpd.interval_seconds} {dpd.retries}"
    if present.header == wanted:
        return dpd, ()
    return None, (f"{present.header!r} stays: it is global, and other peers rely on it",)
