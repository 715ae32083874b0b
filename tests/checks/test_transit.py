"""What only packets through the router meet is told before the change, with the line; each check alone refuses or warns."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Finding, Status
from nr_run.checks.readiness.device_facts import EndFacts
from nr_run.checks.readiness.precheck import precheck
from nr_run.inventory.models.platforms import platform_for

from ..changes.configs import VPN2611
from .test_precheck import ROUTES, box, with_line

SERIAL = VPN2611.replace(
    "interface Ethernet0/1\n", "interface Serial0/0\n ip address 192.0.2.5 255.255.255.252\n!\ninterface Ethernet0/1\n"
)
INSIDE, OUTSIDE = "interface Ethernet0/1\n", "interface Ethernet0/0\n"


def lined(*more: tuple[str, str]) -> str:
    """The 2611 with lines behind others: below an interface, or at the margin behind ``ip classless``."""
    text = SERIAL
    for after, lines in more:
        assert after in text
        text = text.replace(after, f"{after}{lines}\n", 1)
    return text


def told(subject: EndFacts) -> list[Finding]:
    """All findings that are not ok."""
    return [finding for finding in precheck(subject) if finding.status is not Status.OK]


def younger(subject: EndFacts) -> EndFacts:
    """The same configuration and routes on a release whose outside lists do not see packets of a tunnel in clear."""
    return replace(subject, platform=platform_for("881", "15.4(3)M3"))


def by_list(interface: str, way: str, *rules: str) -> str:
    """A list with these rules at an interface."""
    return lined(
        (interface, f" ip access-group 190 {way}"), ("ip classless\n", "\n".join(f"access-list 190 {rule}" for rule in rules))
    )


PEER, OWN = "host 172.18.124.199", "host 172.18.124.159"
IKE = (f"permit esp {PEER} {OWN}", f"permit udp {PEER} {OWN} eq isakmp", f"permit udp {PEER} {OWN} eq non500-isakmp")
FAR, NEAR = "10.10.20.0 0.0.0.255", "10.10.10.0 0.0.0.255"
ZONES = (
    (INSIDE, " zone-member security IN"),
    (OUTSIDE, " zone-member security OUT"),
    ("ip classless\n", "access-list 190 permit ip any any"),
)
PAIRS = """\
class-map type inspect match-any ALL
 match access-group 190
class-map type inspect match-any WEB
 match protocol http
policy-map type inspect P
 class type inspect ALL
  {action}
 class class-default
  drop
zone-pair security A source IN destination OUT
 service-policy type inspect P
zone-pair security B source OUT destination IN
 service-policy type inspect P
"""


def zoned(action: str = "inspect", old: str = "", new: str = "") -> str:
    """The 2611 with a zone firewall that passes all, but for a change of its lines."""
    text = PAIRS.format(action=action)
    assert old in text
    return lined(*ZONES, ("ip classless\n", text.replace(old, new, 1).rstrip("\n")))


def routed(*clauses: str, interface: str = INSIDE) -> str:
    """The 2611 with policy routing at an interface."""
    return lined((interface, " ip policy route-map PBR"), ("ip classless\n", "\n".join(clauses)))


TO_FAR = "access-list 191 permit ip any 10.10.20.0 0.0.0.255"
CLAUSE = "route-map PBR permit 10\n match ip address 191\n set"
#: What is on the device, and the check, its status and the words that tell it; nothing else is told.
TOLD: dict[str, tuple[str, str, Status, str]] = {
    "inside list denies": (
        by_list(INSIDE, "in", f"deny ip any {FAR}", "permit ip any any"),
        "access-list",
        Status.FAILED,
        f"'ip access-group 190 in' below interface Ethernet0/1 denies packets from 10.10.10.0/24 to "
        f"10.10.20.0/24 with 'deny ip any {FAR}'",
    ),
    "inside list denies a part of the networks": (
        by_list(INSIDE, "in", "deny ip any host 10.10.20.9", "permit ip any any"),
        "access-list",
        Status.FAILED,
        "denies packets",
    ),
    "inside list ends": (
        by_list(INSIDE, "in", "permit ip any host 192.0.2.1"),
        "access-list",
        Status.FAILED,
        "which no line of it permits",
    ),
    "inside list towards the hosts": (
        by_list(INSIDE, "out", f"deny ip {FAR} any", "permit ip any any"),
        "access-list",
        Status.FAILED,
        "'ip access-group 190 out'",
    ),
    "inside list denies one protocol": (
        by_list(INSIDE, "in", "deny tcp any any eq 135", "permit ip any any"),
        "access-list",
        Status.WARNING,
        "denies a part of packets from 10.10.10.0/24 to 10.10.20.0/24 with 'deny tcp any any eq 135'",
    ),
    "inside list permits one protocol": (
        by_list(INSIDE, "in", "permit tcp any any"),
        "access-list",
        Status.WARNING,
        "which no line of it permits",
    ),
    "inside list that cannot be read": (
        by_list(INSIDE, "in", "permit object-group WEB any any", "permit ip any any"),
        "access-list",
        Status.UNVERIFIED,
        "cannot be parsed reliably about packets from 10.10.10.0/24 to 10.10.20.0/24 with 'permit object-group WEB any any'",
    ),
    "outside list without ESP": (
        by_list(OUTSIDE, "in", *IKE[1:], f"permit ip {FAR} any"),
        "access-list",
        Status.FAILED,
        "denies ESP from 172.18.124.199/32",
    ),
    "outside list without IKE": (
        by_list(OUTSIDE, "in", IKE[0], IKE[2], f"permit ip {FAR} any"),
        "access-list",
        Status.FAILED,
        "denies IKE (UDP 500) from",
    ),
    "outside list without NAT traversal": (
        by_list(OUTSIDE, "in", *IKE[:2], f"permit ip {FAR} any"),
        "access-list",
        Status.WARNING,
        "behind address translation",
    ),
    "outside list before 12.3(8)T": (
        by_list(OUTSIDE, "in", *IKE),
        "access-list",
        Status.FAILED,
        "denies packets from 10.10.10.0/24 to 10.10.20.0/24",
    ),
    "outside list on the way out before 12.3(8)T": (
        by_list(OUTSIDE, "out", f"deny ip any {FAR}", "permit ip any any"),
        "access-list",
        Status.FAILED,
        "'ip access-group 190 out'",
    ),
    "policy routing": (
        routed(TO_FAR, f"{CLAUSE} ip next-hop 10.10.10.254"),
        "policy-routing",
        Status.FAILED,
        "'ip policy route-map PBR' below interface Ethernet0/1: 'route-map PBR permit 10' sends 10.10.10.0/24 to "
        "10.10.20.0/24 past the tunnel with 'set ip next-hop 10.10.10.254'",
    ),
    "policy routing of all": (
        routed("route-map PBR permit 10\n set interface Null0"),
        "policy-routing",
        Status.FAILED,
        "'set interface Null0'",
    ),
    "policy routing into a VRF": (
        routed(TO_FAR, f"{CLAUSE} vrf RED"),
        "policy-routing",
        Status.FAILED,
        "'set vrf RED'",
    ),
    "policy routing of a part": (
        routed("access-list 191 permit tcp any any eq 80", f"{CLAUSE} ip next-hop 10.10.10.254"),
        "policy-routing",
        Status.UNVERIFIED,
        "past the tunnel",
    ),
    "policy routing by length": (
        routed("route-map PBR permit 10\n match length 0 100\n set ip next-hop 10.10.10.254"),
        "policy-routing",
        Status.UNVERIFIED,
        "past the tunnel",
    ),
    "policy routing of the router itself": (
        lined(("ip classless\n", f"ip local policy route-map PBR\n{TO_FAR}\n{CLAUSE} ip next-hop 10.10.10.254")),
        "policy-routing",
        Status.FAILED,
        "for packets of the router itself",
    ),
    "only the inside is in a zone": (
        lined(ZONES[0]),
        "zone",
        Status.FAILED,
        "interface Ethernet0/1 is in zone IN and interface Ethernet0/0 in none",
    ),
    "only the outside is in a zone": (
        lined(ZONES[1]),
        "zone",
        Status.FAILED,
        "interface Ethernet0/0 is in zone OUT and interface Ethernet0/1 in none",
    ),
    "a zone pair without a policy": (
        zoned(old="destination OUT\n service-policy type inspect P\n", new="destination OUT\n"),
        "zone",
        Status.FAILED,
        "'zone-pair security A source IN destination OUT' has no policy",
    ),
    "no zone pair back": (
        zoned(old="zone-pair security B source OUT destination IN\n service-policy type inspect P\n"),
        "zone",
        Status.WARNING,
        "may drop what 10.10.20.0/24 begins to 10.10.10.0/24: there is no pair of zones from OUT to IN",
    ),
    "the probe is in a VRF": (
        lined((INSIDE, " ip vrf forwarding RED")),
        "vrf",
        Status.FAILED,
        "interface Ethernet0/1 is in VRF RED ('ip vrf forwarding RED')",
    ),
    "the outside is in a VRF": (
        lined((OUTSIDE, " vrf forwarding OUT")),
        "vrf",
        Status.FAILED,
        "interface Ethernet0/0 is in VRF OUT ('vrf forwarding OUT')",
    ),
    "IKE is off": (
        lined(("ip classless\n", "no crypto isakmp enable")),
        "isakmp-enable",
        Status.FAILED,
        "type crypto isakmp enable",
    ),
    "an Easy VPN client": (
        lined((OUTSIDE, " crypto ipsec client ezvpn EZ")),
        "easy-vpn",
        Status.UNVERIFIED,
        "'crypto ipsec client ezvpn EZ' below Ethernet0/0",
    ),
    "a profile for everybody": (
        lined(("ip classless\n", "crypto isakmp profile ALL\n keyring K\n match identity address 0.0.0.0")),
        "ike-profile",
        Status.UNVERIFIED,
        "'match identity address 0.0.0.0' of 'crypto isakmp profile ALL' matches 172.18.124.199 too",
    ),
    "an IKEv2 profile for a network": (
        lined(("ip classless\n", "crypto ikev2 profile V2\n match identity remote address 172.18.0.0 255.255.0.0")),
        "ike-profile",
        Status.UNVERIFIED,
        "'crypto ikev2 profile V2' matches 172.18.124.199 too",
    ),
    "an IKEv2 keyring for everybody": (
        lined(
            ("ip classless\n", "crypto ikev2 keyring K\n peer ANY\n  address 0.0.0.0 0.0.0.0\n  pre-shared-key <key:0000beef>")
        ),
        "keyring",
        Status.WARNING,
        "'address 0.0.0.0 0.0.0.0' of 'crypto ikev2 keyring K' has a key for 172.18.124.199 too",
    ),
    "a keyring for everybody": (
        lined(("ip classless\n", "crypto keyring K\n pre-shared-key address 0.0.0.0 0.0.0.0 key <key:0000beef>")),
        "keyring",
        Status.WARNING,
        "'pre-shared-key address 0.0.0.0 0.0.0.0' of 'crypto keyring K' has a key for 172.18.124.199 too",
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_each_is_told_alone(case: str) -> None:
    """The finding has its check, its status, the line and evidence; no other check says anything about that device."""
    running, check, status, words = TOLD[case]
    found = told(box(running))
    assert {(finding.check, finding.status) for finding in found} == {(check, status)}
    assert words in found[0].sentence
    assert all(finding.evidence for finding in found)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  inspect\n", "  drop\n", "'class type inspect ALL' of policy P drops it (drop)"),
        (" class type inspect ALL\n  inspect\n", "", "'class class-default' of policy P drops it (drop)"),
        (
            " class type inspect ALL\n",
            " class type inspect WEB\n",
            "what 'class type inspect WEB' of policy P takes of it cannot be parsed",
        ),
    ],
)
def test_classes_of_a_zone_pair(old: str, new: str, words: str) -> None:
    """The class that takes the packets has to inspect or to pass them; one that cannot be read leaves it open."""
    found = told(box(zoned(old=old, new=new)))
    assert {finding.check for finding in found} == {"zone"}
    assert words in found[0].sentence
    assert found[0].status in (Status.FAILED, Status.UNVERIFIED)
    assert found[1].status is Status.WARNING


@pytest.mark.parametrize(
    "running",
    [
        by_list(INSIDE, "in", "permit ip any any"),
        by_list(INSIDE, "in", "remark all", "permit tcp any any", f"permit ip {NEAR} {FAR}"),
        by_list(INSIDE, "in", "deny ip any 10.99.0.0 0.0.255.255", "deny tcp any host 192.0.2.1 eq 25", "permit ip any any log"),
        by_list(INSIDE, "out", f"permit ip {FAR} {NEAR}"),
        lined((INSIDE, " ip access-group 77 in")),
        lined((INSIDE, " ip access-group 77 in"), ("ip classless\n", "access-list 77 permit 10.10.10.0 0.0.0.255")),
        by_list(OUTSIDE, "in", *IKE, f"permit ip {FAR} {NEAR}"),
        by_list(OUTSIDE, "in", "permit 50 any any", "permit udp any any", f"permit ip {FAR} any"),
        by_list(OUTSIDE, "in", f"permit udp {PEER} eq isakmp {OWN} eq isakmp", *IKE, f"permit ip {FAR} {NEAR}"),
        routed(TO_FAR, f"{CLAUSE} ip next-hop 172.18.124.1"),
        routed(TO_FAR, f"{CLAUSE} ip df 0"),
        routed(TO_FAR, "route-map PBR deny 5\n match ip address 191", "route-map PBR permit 10\n set interface Null0"),
        routed("access-list 191 permit ip any host 192.0.2.1", f"{CLAUSE} ip next-hop 10.10.10.254"),
        routed(TO_FAR, f"{CLAUSE} ip next-hop 10.10.10.254", interface="interface Serial0/0\n"),
        zoned(),
        zoned(action="pass"),
        lined((INSIDE, " zone-member security ONE"), (OUTSIDE, " zone-member security ONE")),
        lined(("interface Serial0/0\n", " zone-member security ELSE")),
        lined(("interface Serial0/0\n", " ip vrf forwarding RED")),
        lined((INSIDE, " crypto ipsec client ezvpn EZ inside")),
        lined(("ip classless\n", "crypto isakmp profile P\n match identity address 192.0.2.0 255.255.255.0")),
    ],
)  # fmt: skip
def test_what_lets_the_packets_pass_is_not_told(running: str) -> None:
    """Lists, maps, zones and profiles that leave the tunnel alone are nobody's concern."""
    assert told(box(running)) == []


@pytest.mark.parametrize(("rules", "count"), [(IKE, 0), (IKE[1:], 1)])
def test_a_younger_outside_list_sees_no_packet_in_clear(rules: tuple[str, ...], count: int) -> None:
    """From 12.3(8)T on the list of the outside need not permit the far networks, but ESP and IKE still."""
    findings = precheck(younger(box(by_list(OUTSIDE, "in", *rules))))
    assert len([finding for finding in findings if finding.check == "access-list"]) == count


def route(line: str) -> str:
    """The routing table with one more line."""
    return ROUTES.replace("C       10.10.10.0 is", f"{line}\nC       10.10.10.0 is")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "S       10.10.20.128/25 [1/0] via 10.10.10.254",
            "the route to 10.10.20.128/25, inside 10.10.20.0/24, leaves by Ethernet0/1",
        ),
        (
            "D       10.10.20.64/26 [90/3072] via 10.10.10.9, 00:00:12, Ethernet0/1",
            "leaves by Ethernet0/1: traffic for it would miss",
        ),
        ("S       10.10.20.128/25 is directly connected, Null0", "leaves by Null0"),
    ],
)
def test_a_route_inside_the_far_prefixes(line: str, words: str) -> None:
    """A part of the far networks that leaves another way, static or learned, is told though the probe address is right."""
    text = (
        route(line)
        .replace("10.0.0.0/24 is subnetted, 1", "10.0.0.0/8 is variably subnetted, 2")
        .replace("C       10.10.10.0 is", "C       10.10.10.0/24 is")
    )
    (found,) = told(box(routes=text))
    assert (found.check, found.status) == ("more-specific-route", Status.FAILED)
    assert words in found.sentence


def test_an_inside_that_is_behind_a_router() -> None:
    """Hosts of the own prefix behind another interface than the probe address have their list looked at too."""
    running = lined(
        ("interface Serial0/0\n", " ip access-group 190 in"), ("ip classless\n", f"access-list 190 deny ip any {FAR}")
    )
    text = route("S       10.10.10.128/25 is directly connected, Serial0/0")
    text = text.replace("10.0.0.0/24 is subnetted, 1", "10.0.0.0/8 is variably subnetted, 2").replace(
        "C       10.10.10.0 is", "C       10.10.10.0/24 is"
    )
    found = told(box(running, routes=text))
    assert [finding.check for finding in found] == ["access-list"]
    assert "interface Serial0/0" in found[0].sentence


def test_the_line_of_a_list_with_a_name() -> None:
    """A named list is looked at as a numbered one is."""
    running = with_line(INSIDE, " ip access-group LAN in").replace(
        "ip classless\n", f"ip classless\nip access-list extended LAN\n 10 deny ip any {FAR}\n 20 permit ip any any\n"
    )
    (found,) = told(box(running))
    assert f"'deny ip any {FAR}'" in found.sentence
