"""What cryptography rules a tunnel out: what an end cannot do, what is never built, and what needs a waiver."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nr_run.inventory.intents.strength import FORBIDDEN, WEAK, all_algorithms, narrow
from nr_run.inventory.intents.validation import validate
from nr_run.inventory.models.platforms import platform_for

from .validated import EXAMPLE, OLD, STRONG, THREE, TODAY, accepted, ends, intent, refusal, third, tunnel


def test_the_end_that_lacks_an_algorithm_is_named_with_the_ways_out() -> None:
    """AES and SHA-2 between two routers that share triple DES: add a proposal or upgrade."""
    lines = refusal(intent(ike={**STRONG, "group": 14}), ends("2611 12.2(8)T", "881 15.4(3)M3"))
    assert lines == [
        "tunnel hq-branch: there is no IKE proposal that both ends can do (ike: vpn2611 (2611 with 12.2(8)T) has no aes-256-cbc, "
        "hmac-sha256, group 14): add an IKE proposal that both can do (3des-cbc, hmac-sha1, group 5), "
        "or run a newer release on vpn2611"
    ]


def test_two_ends_with_nothing_in_common_have_two_ways_out() -> None:
    """IOS 12.2(8)T and IOS-XE 17.11 share nothing: upgrade the old end, or lower the shield of the new one."""
    lines = refusal(intent(), ends("2611 12.2(8)T", "C8000V 17.11.1"))
    shield = "on vpn3640 configure crypto engine compliance shield disable and reload, which Cisco advises against"
    assert lines == [
        "tunnel hq-branch: there is no IKE proposal that both ends can do (ike: vpn3640 (C8000V with 17.11.1) has no 3des-cbc, "
        f"group 2): run a newer release on vpn2611, or {shield}",
        "tunnel hq-branch: there is no IPsec proposal that both ends can do (esp: vpn3640 (C8000V with 17.11.1) has no 3des-cbc)"
        f": run a newer release on vpn2611, or {shield}",
        "tunnel hq-branch: vpn3640 (C8000V with 17.11.1) has no pfs_group 2 (both ends have: none in common)",
    ]


def test_where_nothing_can_be_lowered_the_old_end_is_to_be_replaced() -> None:
    """ASA 9.15 has removed what IOS 12.2(8)T needs, and has no switch to bring it back."""
    assert all(
        line.endswith("run a newer release on vpn2611, or replace vpn2611")
        for line in refusal(intent(), ends("2611 12.2(8)T", "ASA 9.19(1)"))[:2]
    )


def test_a_new_end_is_not_told_to_upgrade_for_what_was_removed() -> None:
    """Triple DES is gone for good: the way out is a stronger proposal, not a newer release."""
    (first, *_) = refusal(intent(), ends("881 15.4(3)M3", "ASA 9.19(1)"))
    assert first.endswith("add an IKE proposal that both can do (aes-256-cbc, hmac-sha1, group 14)")


def test_a_tunnel_that_is_to_go_needs_no_waiver() -> None:
    """Weak cryptography without a waiver, and traffic that another tunnel wants too, do not keep a tunnel from being removed."""
    made = intent(tunnel(waiver=None), third(waiver=None, b__protected_prefixes=["10.10.16.0/20"], b__probe_address="10.10.30.1"))
    assert len(refusal(made, THREE)) == 3
    assert validate(made, made.select(), THREE, TODAY, removal=True) == ()


def test_weak_cryptography_needs_a_waiver() -> None:
    """Without a waiver triple DES, SHA-1 and group 2 are refused."""
    assert refusal(intent(tunnel(waiver=None))) == [
        "tunnel hq-branch: weak cryptography (3des-cbc, hmac-sha1, group 2) needs a waiver with until, ticket and reason"
    ]


@pytest.mark.parametrize(
    ("today", "warning"),
    [
        (date(2028, 5, 30), None),
        (date(2028, 5, 31), "the waiver SEC-1042 ends on 2028-06-30 (in 30 days)"),
        (date(2028, 6, 30), "the waiver SEC-1042 ends on 2028-06-30 (today)"),
    ],
)
def test_a_waiver_that_ends_soon_is_a_warning(today: date, warning: str | None) -> None:
    """The last thirty days of a waiver give a warning, its last day included."""
    assert accepted(intent(), today=today) == ((f"tunnel hq-branch: {warning}",) if warning else ())


def test_a_waiver_that_has_ended_does_not_count() -> None:
    """The day after `until` the tunnel is refused."""
    assert refusal(intent(), today=date(2028, 7, 1)) == [
        "tunnel hq-branch: the waiver SEC-1042 for 3des-cbc, hmac-sha1, group 2 ended on 2028-06-30: "
        "renew it, or use stronger algorithms"
    ]


def test_a_waiver_for_nothing_is_a_warning() -> None:
    """A waiver on a tunnel without weak cryptography can go."""
    strong = intent(ike={**STRONG, "group": 14}, ipsec=STRONG, pfs_group=14)
    assert accepted(strong, ends("881 15.4(3)M3", "881 15.4(3)M3")) == (
        "tunnel hq-branch: the waiver SEC-1042 is not needed: nothing about the tunnel is weak",
    )


def test_no_pfs_is_a_warning() -> None:
    """A tunnel without perfect forward secrecy is built, with a warning."""
    assert accepted(intent(pfs_group=None)) == (
        "tunnel hq-branch: there is no pfs_group: who learns one key can read every later one",
    )


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"ike": {"encryption_algorithm": "des-cbc"}}, "des-cbc"),
        ({"ipsec": {"encryption_algorithm": "des-cbc"}}, "des-cbc"),
        ({"ike": {"authentication_algorithm": "hmac-md5"}}, "hmac-md5"),
        ({"ipsec": {"authentication_algorithm": "hmac-md5"}}, "hmac-md5"),
        ({"ike": {"group": 1}}, "group 1"),
        ({"pfs_group": 1}, "group 1"),
    ],
)
def test_des_md5_and_group_1_are_never_built(changes: dict[str, Any], word: str) -> None:
    """No waiver helps: these are refused in either phase."""
    assert any(line.startswith(f"tunnel hq-branch: {word} is never built: ") for line in refusal(intent(**changes)))


def test_pfs_needs_a_group_that_both_ends_have() -> None:
    """The end without the group is named, with the groups that both have."""
    assert refusal(intent(pfs_group=14)) == [
        f"tunnel hq-branch: {host} ({OLD[host]}) has no pfs_group 14 (both ends have: 2, 5)" for host in ("vpn2611", "vpn3640")
    ]


def test_only_what_both_ends_can_do_is_left() -> None:
    """Proposals that one end lacks are dropped, the order stays, and no proposal is left where nothing is common."""
    crypto = EXAMPLE.resolve(EXAMPLE.tunnels["hq-branch"])
    strong = crypto.ike_proposals[0].model_copy(update={"name": "strong", **STRONG, "group": 14})
    both = type(crypto)(1, "main", (strong, *crypto.ike_proposals), crypto.ipsec_proposals, 2)
    assert narrow(both, list(OLD.values())) == crypto
    assert narrow(both, [platform_for("881", "15.4(3)M3")]) == both
    assert narrow(crypto, [platform_for("C8000V", "17.11.1")]).ike_proposals == ()


def test_every_weak_or_forbidden_algorithm_has_its_reason() -> None:
    """The two lists do not overlap, and what the example uses is on the weak one."""
    assert not FORBIDDEN.keys() & WEAK.keys()
    assert all(reason for reason in (*FORBIDDEN.values(), *WEAK.values()))
    assert set(all_algorithms(EXAMPLE.resolve(EXAMPLE.tunnels["hq-branch"]))) <= WEAK.keys()
