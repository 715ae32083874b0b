"""The text of a site and the steps that build it: what is never written, what goes last, and what finds its place."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.change import in_stages
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.zia.deployment import deployment_of, probes_seconds
from nr_run.services.zia.features import PARTS, transforms_of
from nr_run.services.zia.words import never_led

from .planned import built, deployed, staged
from .sites import BARE, HOST, KEYS, PLATFORM, site

XE = platform_for("C8000V", "17.6.1")
XE_SHIELD = platform_for("C8000V", "17.12.1")
GCM = {"encryption_algorithm": "aes-256-gcm", "authentication_algorithm": None}
NULL = {"encryption_algorithm": "null"}
OPEN: dict[str, Any] = {"esp": NULL, "encryption_mandatory": False, "on_total_loss": "open", "encryption_subscription": False}


def text(**other: Any) -> str:
    """All stages of the example on a router that has nothing of it."""
    return "".join(stage.text for stage in built(site(**other)))


def test_the_line_that_leads_traffic_goes_last() -> None:
    """Everything is built and verified before the one line that moves the hosts, and it stands alone in its stage."""
    stages = staged(site())
    assert [stage.name for stage in deployment_of(site()).stages] == ["tunnels", "probes", "leading", "cut-over"]
    *before, (_, last) = stages
    assert [step.lines for step in last.forward] == [("interface Vlan1", "ip policy route-map NR-branch-zia", "exit")]
    assert not any("ip policy" in line for _, change in before for step in change.forward for line in step.lines)


def test_on_the_way_back_it_goes_first() -> None:
    """Traffic goes back before anything that carries it is touched."""
    changes = [change for _, change in staged(site())]
    whole = in_stages(changes, deployment_of(site()).way_back)
    assert whole.inverse[0].lines == ("interface Vlan1", "no ip policy route-map NR-branch-zia", "exit")


@pytest.mark.parametrize("change", [{}, {"traffic": "all"}, OPEN, {"watch": {"kind": "icmp", "cloud": None}}])
def test_what_is_never_written(change: dict[str, Any]) -> None:
    """No address of an interface that is there, no access group, no setting of the whole device, no ESN, no HTTP/1.1."""
    lines = text(**change).splitlines()
    assert not [line for line in lines if line.startswith(("crypto ikev2 dpd", "crypto ikev2 nat", "crypto ipsec fragmentation"))]
    assert not [line for line in lines if "access-group" in line or "esn" in line or "HTTP/1.1" in line or "nat outside" in line]
    headers = [line for line in lines if line.startswith("interface ")]
    assert headers == ["interface Tunnel1", "interface Tunnel2", "interface Vlan1"]
    assert lines[lines.index("interface Vlan1") + 1 :] == [" ip policy route-map NR-branch-zia", "!"]


def test_nothing_is_planned_twice() -> None:
    """On a router that has it all, every stage finds that there is nothing to do."""
    again = staged(site(), deployed(site()))
    assert not any(change for _, change in again)


def test_what_was_there_is_there_still() -> None:
    """No line that the router had is gone when all stages are built."""
    after = deployed(site()).splitlines()
    assert [line for line in BARE.splitlines() if line not in after] == ["end"]


def test_a_lost_tunnel_does_not_send_its_probe_in_clear() -> None:
    """The route of a probe is permanent: without it the probe would be answered over the Internet, and its track be up."""
    routes = [line for line in text().splitlines() if line.startswith("ip route ")]
    assert routes == [
        "ip route 203.0.113.10 255.255.255.255 Tunnel1 permanent",
        "ip route 203.0.113.20 255.255.255.255 Tunnel2 permanent",
    ]


def test_the_end_of_the_clause_is_what_the_intent_says() -> None:
    """closed ends in Null0 in the same clause, behind the next hops; open ends in nothing."""
    clause = text().partition("route-map NR-branch-zia permit 10\n")[2].partition("!")[0].splitlines()
    assert clause == [
        " match ip address NR-branch-zia-PBR",
        " set ip next-hop verify-availability 192.168.253.2 10 track 1",
        " set ip next-hop verify-availability 192.168.253.6 20 track 2",
        " set interface Null0",
    ]
    assert "Null0" not in text(**OPEN)


def test_what_is_not_led_is_denied_before_what_is() -> None:
    """Private networks, those of the hosts, the router and what is exempt; a network within another is not told twice."""
    assert [str(net) for net in never_led(site())] == ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "192.0.2.80/32"]
    public = site(lan_prefixes=["192.0.2.0/24"], wan_ip="198.51.100.99")
    assert [str(net) for net in never_led(public)][3:] == ["192.0.2.0/24", "198.51.100.99/32"]
    rules = [line.split()[0] for line in text().splitlines() if line.startswith((" deny", " permit"))]
    assert rules == ["deny"] * 4 + ["permit"] * 2


@pytest.mark.parametrize(
    ("esp", "line"),
    [({}, "esp-aes 256 esp-sha256-hmac"), (GCM, "esp-gcm 256"), (NULL, "esp-null esp-sha256-hmac")],
)
def test_phase_2_in_the_words_of_the_router(esp: dict[str, Any], line: str) -> None:
    """GCM stands alone, and nothing else has a word that IOS has not."""
    wanted = site(**(OPEN if esp is NULL else {"esp": esp}))
    assert transforms_of(wanted) == line


@pytest.mark.parametrize(
    ("change", "platform", "words"),
    [
        ({"esp": GCM}, PLATFORM, "cannot do aes-256-gcm for ESP, or is not known to"),
        (OPEN, XE_SHIELD, "cannot do null for ESP"),
        ({"ike": {"group": 21}}, PLATFORM, "cannot do group 21"),
        ({}, platform_for("3640", "12.4(25)"), "is built on IOS 15.1"),
        ({}, platform_for("ASA", "9.19(1)"), "is built on IOS 15.1"),
    ],
)
def test_what_a_release_cannot_do_is_refused(change: dict[str, Any], platform: Any, words: str) -> None:
    """Nothing is tried on a router that is not known to take it."""
    with pytest.raises(ChangeError) as refused:
        built(site(**change), BARE, platform)
    assert words in str(refused.value)


def test_other_releases_take_it() -> None:
    """GCM where the release has it, and NULL where no shield refuses it."""
    assert "esp-gcm 256" in built(site(esp=GCM), BARE, XE)[0].text
    assert "esp-null" in built(site(**OPEN), BARE, PLATFORM)[0].text


CROWDED = """\
interface Tunnel1
 ip address 10.9.9.1 255.255.255.252
ip sla 1
 icmp-echo 10.9.9.2
ip sla group schedule 1 2-3 schedule-period 60 start-time now
track 5 ip sla 1 reachability
ip route 10.8.0.0 255.255.0.0 10.9.9.2 track 4
"""


def test_numbers_that_the_router_speaks_of_are_taken() -> None:
    """A probe of a group, and a track that only a route names, are numbers of somebody."""
    running = BARE.replace("line vty", f"{CROWDED}line vty")
    tunnels, probes, *_ = built(site(), running)
    assert [line for line in tunnels.text.splitlines() if line.startswith("interface Tunnel")] == [
        "interface Tunnel2",
        "interface Tunnel3",
    ]
    headers = [line for line in probes.text.splitlines() if line.startswith(("ip sla ", "track "))]
    assert headers[:3] == [
        "ip sla 6",
        "ip sla schedule 6 life forever start-time now",
        "track 6 ip sla 6 reachability",
    ]
    assert not any(change for _, change in staged(site(), deployed(site(), running)))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("interface Vlan1\n", "interface Vlan2\n", "interface Vlan1 is not there"),
        (" ip nat inside\n", " ip nat inside\n ip policy route-map THEIRS\n", "an interface has one route map"),
        (
            "line vty",
            "crypto ikev2 policy P\n match fvrf any\n proposal default\ncrypto ikev2 profile OLD\n"
            " match identity remote address 198.51.100.20 255.255.255.255\nline vty",
            "the router has a tunnel to it",
        ),
        (
            "line vty",
            "crypto ikev2 profile OLD\n match identity remote address 192.0.2.7 255.255.255.255\nline vty",
            "has no policy but the default one",
        ),
    ],
)
def test_a_router_with_no_safe_place_is_refused(old: str, new: str, words: str) -> None:
    """What another has there already is never taken from it."""
    assert old in BARE
    with pytest.raises(ChangeError) as refused:
        built(site(), BARE.replace(old, new))
    assert words in str(refused.value)


def test_a_policy_that_is_there_gets_the_proposal() -> None:
    """Two policies for one address would compete for every peer of the router."""
    policy = (
        "crypto ikev2 policy ALL\n match fvrf any\n proposal P\n"
        "crypto ikev2 proposal P\n encryption aes-cbc-128\n integrity sha1\n group 5\n"
    )
    tunnels, *others = built(site(), BARE.replace("line vty", f"{policy}line vty"))
    assert "crypto ikev2 policy ALL\n proposal NR-aes-256-cbc-sha256-14\n" in tunnels.text
    assert tunnels.decisions == (
        "IKEv2 policy ALL is for 10.96.19.2 already: it gets NR-aes-256-cbc-sha256-14 behind what it offers",
    )
    assert not any(stage.decisions for stage in others)


def test_no_part_makes_what_it_does_not_say() -> None:
    """Each family of a part is made by it on some site, so that none is listed for nothing."""
    made = {part.name: set(part.families) for part in PARTS}
    for change, running in (
        ({}, BARE),
        ({}, BARE.replace("line vty", "crypto ikev2 policy ALL\n match fvrf any\n proposal P\nline vty")),
    ):
        for stage in built(site(**change), running):
            for key in read("ios", stage.text).objects:
                for families in made.values():
                    families.discard(key[0])
    assert not any(made.values())


def test_the_key_is_a_token_only() -> None:
    """The text holds the token of the reference, once a peer."""
    assert text().count(KEYS["credential:zia-branch"]) == 2


def test_a_deployment_says_what_a_person_confirms() -> None:
    """Both edges are foreign ends, with the type of the credential that fits the identity."""
    deployment = deployment_of(site())
    assert [end.name for end in deployment.foreign] == ["primary FRA4", "backup AMS2"]
    assert all("the credential UFQDN branch@example.com" in end.preconditions[0] for end in deployment.foreign)
    by_address = deployment_of(site(identity={"credential": "ip", "fqdn": None, "address": "198.51.100.99"}))
    assert "the credential IP 198.51.100.99" in by_address.foreign[0].preconditions[0]
    assert (deployment.hosts, deployment.way_back) == ((HOST,), (3, 2, 1, 0))


def test_the_probes_have_the_time_that_they_need() -> None:
    """A gate that is asked for less than the delay of the track could never hold."""
    wanted = site(watch={"up_seconds": 180, "frequency_seconds": 600})
    assert probes_seconds(wanted) > 180 + 2 * 600
