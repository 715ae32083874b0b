"""What only packets through an ASA meet, and what its tunnel would inherit, is told before the change, with the line."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.changes.objects import read
from nr_run.changes.plans.change import Change
from nr_run.checks.finding import Finding, Status
from nr_run.checks.readiness.device_facts import EndFacts
from nr_run.checks.readiness.precheck import precheck

from .test_asa_precheck import ROUTES, RUNNING, box, with_lines

OBJECTS = "object network far\n subnet 10.2.0.0 255.255.255.0"
DENY = "access-list LAN extended deny ip any 10.2.0.0 255.255.255.0"
ALL = "access-list LAN extended permit ip any any"
POLICY = """\
group-policy NR-hq internal
group-policy NR-hq attributes
 vpn-access-hours none
 vpn-simultaneous-logins 3
 vpn-idle-timeout none
 vpn-session-timeout none
 vpn-filter none
 vpn-tunnel-protocol ikev1
"""


def told(subject: EndFacts) -> list[Finding]:
    """All findings that are not ok."""
    return [finding for finding in precheck(subject) if finding.status is not Status.OK]


def levels(inside: int, outside: int) -> str:
    """The ASA with these security levels."""
    text = RUNNING.replace("security-level 0", f"security-level {outside}", 1)
    return text.replace("security-level 100", f"security-level {inside}")


TOLD: dict[str, tuple[str, str, Status, str]] = {
    "inside list": (
        with_lines(DENY, ALL, "access-group LAN in interface inside"),
        "access-list",
        Status.FAILED,
        "'access-group LAN in interface inside' denies packets from 10.1.0.0/24 to 10.2.0.0/24 with 'extended deny ip any",
    ),
    "inside list with objects": (
        with_lines(OBJECTS, "access-list LAN extended deny ip any object far", ALL, "access-group LAN in interface inside"),
        "access-list",
        Status.FAILED,
        "'extended deny ip any object far'",
    ),
    "inside list that ends": (
        with_lines("access-list LAN extended permit ip any host 192.0.2.9", "access-group LAN in interface inside"),
        "access-list",
        Status.FAILED,
        "which no line of it permits",
    ),
    "global list": (with_lines(DENY, ALL, "access-group LAN global"), "access-list", Status.FAILED, "'access-group LAN global'"),
    "list towards the outside": (
        with_lines(DENY, ALL, "access-group LAN out interface outside"),
        "access-list",
        Status.FAILED,
        "'access-group LAN out interface outside'",
    ),
    "a list for the firewall itself": (
        with_lines("access-list CP extended deny udp any any eq isakmp", "access-list CP extended permit ip any any").replace(
            "management-access", "access-group CP in interface outside control-plane\nmanagement-access"
        ),
        "access-list",
        Status.FAILED,
        "'access-group CP in interface outside control-plane' denies IKE (UDP 500) from 198.51.100.1/32 to 192.0.2.1/32 with",
    ),
    "one port": (
        with_lines("access-list LAN extended deny tcp any any eq smtp", ALL, "access-group LAN in interface inside"),
        "access-list",
        Status.WARNING,
        "denies a part of packets",
    ),
    "a list of users": (
        with_lines("access-list LAN extended deny ip user BOB any any", ALL, "access-group LAN in interface inside"),
        "access-list",
        Status.UNVERIFIED,
        "cannot be parsed reliably about packets from 10.1.0.0/24 to 10.2.0.0/24 with 'extended deny ip user BOB any any'",
    ),
    "a lower level": (levels(0, 50), "security-level", Status.FAILED, "inside has security-level 0 and outside 50"),
    "the same level": (levels(50, 50), "security-level", Status.FAILED, "inside has security-level 50 and outside 50"),
}


@pytest.mark.parametrize("case", TOLD)
def test_each_is_told_alone(case: str) -> None:
    """The finding has its check, its status, the line and evidence; no other check says anything about that device."""
    running, check, status, words = TOLD[case]
    (found,) = told(box(running))
    assert (found.check, found.status) == (check, status)
    assert words in found.sentence
    assert found.evidence


@pytest.mark.parametrize(
    "running",
    [
        with_lines(ALL, "access-group LAN in interface inside"),
        with_lines("access-list LAN remark all", f"{DENY} inactive", ALL, "access-group LAN in interface inside"),
        with_lines(
            "access-list W extended permit tcp any any eq www",
            "access-group W in interface inside",
            ALL,
            "access-group LAN global",
        ),
        with_lines(DENY, "access-group LAN in interface outside"),
        with_lines(DENY, "access-group LAN out interface inside"),
        with_lines(DENY, "access-list LAN extended permit ip any any"),
        with_lines(DENY, ALL, "access-group LAN in interface inside control-plane"),
        with_lines(ALL, "access-group LAN in interface outside control-plane"),
        levels(50, 50).replace(
            "management-access inside\n", "same-security-traffic permit inter-interface\nmanagement-access inside\n"
        ),
    ],
)
def test_what_lets_the_packets_pass_is_not_told(running: str) -> None:
    """Lists elsewhere, lines that are off, a global list behind another and equal levels that may talk are no objection."""
    assert told(box(running)) == []


def test_a_route_inside_the_far_prefixes() -> None:
    """A learned route to a part of the far networks by the inside is an objection though the probe address is right."""
    line = "O    10.2.0.128 255.255.255.128 [110/11] via 10.1.0.9, 0:00:12, inside\n"
    (found,) = told(box(routes=ROUTES.replace("S*   ", f"{line}S*   ")))
    assert (found.check, found.status) == ("more-specific-route", Status.FAILED)
    assert "the route to 10.2.0.128/25, inside 10.2.0.0/24, leaves by inside" in found.sentence


DEFAULTS = (
    "vpn-simultaneous-logins 0",
    "vpn-filter value RAF",
    "vpn-access-hours value NIGHT",
    "vpn-idle-timeout 5",
    "vpn-session-timeout 60",
)


def with_policy(running: str, policy: str = POLICY) -> EndFacts:
    """The ASA before a change that brings this group policy."""
    made = tuple(read("asa", policy).objects.values())
    return replace(box(running), change=Change("asa91", "asa", made, (), (), (), ()))


@pytest.mark.parametrize("line", DEFAULTS)
def test_what_the_policy_says_itself_is_not_inherited(line: str) -> None:
    """DfltGrpPolicy may say what it likes where the tunnel's own policy says it too; where that does not, the line is told."""
    running = with_lines("group-policy DfltGrpPolicy attributes", f" {line}", " banner value hello")
    assert told(with_policy(running)) == []
    word = line.split()[0]
    short = "".join(f"{text}\n" for text in POLICY.splitlines() if not text.startswith(f" {word}"))
    (found,) = told(with_policy(running, short))
    assert (found.check, found.status) == ("inherited-policy", Status.FAILED)
    assert f"{line!r} of group-policy DfltGrpPolicy would be inherited" in found.sentence


@pytest.mark.parametrize(("line", "count"), [("vlan 7", 1), ("vpn-new-thing 7", 1), ("vpn-idle-timeout alert-interval 1", 0)])
def test_what_no_policy_of_ours_says(line: str, count: int) -> None:
    """An attribute that can stop a tunnel and that the policy does not say is told; one that only announces is not."""
    assert len(told(with_policy(with_lines("group-policy DfltGrpPolicy attributes", f" {line}")))) == count


def test_a_list_for_the_firewall_that_ends() -> None:
    """Whether what no line permits is dropped there is not known, so it is an objection that says so."""
    running = with_lines(
        "access-list CP extended permit tcp any any eq ssh", "access-group CP in interface outside control-plane"
    )
    found = told(box(running))
    assert {(finding.check, finding.status) for finding in found} == {("access-list", Status.UNVERIFIED)}
