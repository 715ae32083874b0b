"""The verdict on a site: up, degraded, down, in clear, missing, and never healthy where it was not read."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.observation import Probe
from nr_run.checks.proof import Traffic
from nr_run.checks.verdict import Verdict
from nr_run.services.common.intended_state import standing
from nr_run.services.common.verifying import Seeing
from nr_run.services.zia.causes import stimuli
from nr_run.services.zia.deployment import deployment_of
from nr_run.services.zia.verdict import ASKED, verdict_of
from nr_run.tasks.look import observed

from .planned import deployed
from .shown import TIME, Router
from .sites import BARE, HOST, KEYS, PLATFORM, site

BUILT = deployed(site())
UNBOUND = BUILT.replace(" ip policy route-map NR-branch-zia\n", "")
OPEN_CLAUSE = BUILT.replace(" set interface Null0\n", "")
#: A line of somebody's in the list of what is led; another list in its place; and a clause before ours.
_LIST = "ip access-list extended NR-branch-zia-PBR\n"
DENIED = BUILT.replace(_LIST, f"{_LIST} deny ip any any\n")
NARROWED = BUILT.replace(" permit tcp any any eq 443\n", "")
OTHER_LIST = BUILT.replace(" match ip address NR-branch-zia-PBR", " match ip address NAT")
NUMBERED = OTHER_LIST.replace(" match ip address NAT", " match ip address 101").replace(
    "line vty", "access-list 101 deny ip any any\nline vty"
)
SHORT = BUILT.replace(" match ip address NR-branch-zia-PBR\n", " match ip address NR-branch-zia-PBR\n match length 3 200\n")
DOWN = {"ike": {}, "sas": frozenset(), "tracks": {1: "Down", 2: "Down"}, "codes": {1: "Timeout", 2: "Timeout"}}
DOWN |= {"hops": {1: "down", 2: "down"}}
BACKUP = {"ike": {2: "READY"}, "sas": frozenset({2}), "tracks": {1: "Down", 2: "Up"}, "codes": {1: "Timeout", 2: "OK"}}
BACKUP |= {"hops": {1: "down", 2: "up"}}


def verdict(router: Router, *, read: bool = True, **pings: Any) -> Verdict:
    """What is said of a site by what its router shows."""
    made = deployment_of(router.wanted)
    (member,) = made.members
    outputs = router.seen().outputs
    running = Configuration(HOST, "ios", "show running-config", outputs["show running-config"])
    looks = (Look(observed(HOST, "ios", outputs, ASKED), **pings),)
    shown = Shown(HOST, PLATFORM, looks, running) if read else Shown(HOST, PLATFORM, problem=f"{HOST} was not reached")
    stands = {HOST: standing(made, member, PLATFORM, running, KEYS, None)} if read else {}
    return verdict_of(made, Seeing({HOST: shown}, stands, TIME, probing=True), "a site")


@pytest.mark.parametrize(
    ("router", "word", "words"),
    [
        ({}, "up", "both tunnels work, and the primary leads"),
        (BACKUP, "degraded", "the backup leads; primary: 198.51.100.10 is not up"),
        ({"ike": {1: "READY"}, "sas": frozenset({1})}, "degraded", "the primary leads; backup: 198.51.100.20 is not up"),
        ({"codes": {1: "OK", 2: "Timeout"}, "tracks": {1: "Up", 2: "Down"}}, "degraded", "203.0.113.20 does not answer"),
        (DOWN, "down", "what the hosts send is dropped"),
        ({"hops": {1: "down", 2: "down"}}, "down", "no tunnel that works has the lead"),
        ({"transform": "esp-null esp-sha256-hmac"}, "unencrypted", "is up and encrypts nothing"),
        ({"running": UNBOUND}, "unencrypted", "goes past the tunnels, in clear"),
        ({**DOWN, "end": "", "running": OPEN_CLAUSE}, "unencrypted", "does not drop: what the hosts send goes in clear"),
        ({"running": BARE.removesuffix("end\n"), "ike": {}, "sas": frozenset()}, "missing", "is not led into the tunnels"),
    ],
)
def test_a_site(router: dict[str, Any], word: str, words: str) -> None:
    """Each state has its word and its sentence, and only one of them is healthy."""
    found = verdict(Router().but(**router))
    assert (found.word.value, words in found.sentence) == (word, True), found.sentence
    assert found.healthy is (word == "up")
    assert [end.role for end in found.ends] == ["primary", "backup"]


def _before(action: str, sets: str = "") -> dict[str, str]:
    """The route map with a clause of somebody's before ours."""
    head = f"route-map NR-branch-zia, {action}, sequence 5\n  Match clauses:\n    ip address (access-lists): VOICE \n"
    rest = f"  Set clauses:\n{sets}  Policy routing matches: 0 packets, 0 bytes\n"
    return {"show route-map": head + rest + Router().seen().outputs["show route-map"]}


@pytest.mark.parametrize(
    ("router", "words"),
    [
        ({"running": DENIED}, "access list NR-branch-zia-PBR has 'deny ip any any', which the intent has not"),
        ({"running": NARROWED}, "does not lead 'permit tcp any any eq 443'"),
        ({"running": OTHER_LIST}, "access list NAT does not lead 'permit tcp any any eq www'"),
        ({"running": NUMBERED}, "access list 101 is a list whose matches are not known with certainty"),
        ({"running": SHORT}, "has 'match length 3 200'"),
        ({"more": _before("deny")}, "clause 5 of the route map is asked before ours and denies"),
        ({"more": _before("permit")}, "clause 5 of the route map is asked before ours and leads into no tunnel"),
        (
            {"more": _before("permit", "    ip next-hop verify-availability 10.96.19.1 10 track 9  [up]\n")},
            "leads to 10.96.19.1, which is no tunnel",
        ),
    ],
)
def test_what_the_map_lets_past_is_in_clear(router: dict[str, Any], words: str) -> None:
    """Both tunnels are up, the primary leads, every probe is answered, and what the hosts send is not led: that is critical."""
    found = verdict(Router().but(**router))
    assert (found.word.value, words in found.sentence) == ("unencrypted", True), found.sentence


@pytest.mark.parametrize(
    "running",
    [
        BUILT.replace(_LIST, f"{_LIST} permit ip any any\n"),
        BUILT.replace(_LIST, f"{_LIST} deny udp any any\n"),
        BUILT.replace(" deny ip any 10.0.0.0 0.255.255.255\n", ""),
        BUILT.replace(" match ip address NR-branch-zia-PBR\n", ""),
        BUILT.replace(" match ip address NR-branch-zia-PBR", " match ip address NAT NR-branch-zia-PBR"),
    ],
)
def test_what_leads_more_is_no_leak(running: str) -> None:
    """A list that leads more than is wanted, or leaves out what is never led, is not as intended and sends nothing in clear."""
    found = verdict(Router().but(running=running))
    assert (found.word.value, found.configured.value, found.healthy) == ("up", "differs", False), found.sentence


def test_where_encryption_is_not_mandatory_nothing_leaks() -> None:
    """A site that may send in clear is down without its tunnels and up with NULL, and the sentence says where packets go."""
    null = {"encryption_algorithm": "null"}
    wanted = site(esp=null, encryption_mandatory=False, on_total_loss="open", encryption_subscription=False)
    router = Router(wanted=wanted, transform="esp-null esp-sha256-hmac", end="")
    assert verdict(router).word.value == "up"
    found = verdict(router.but(**DOWN))
    assert found.word.value == "down"
    assert "goes by the routing table, in clear" in found.sentence


def test_a_part_that_is_not_led_degrades_where_encryption_is_not_mandatory() -> None:
    """What a list of somebody's lets past may go in clear, and the site does not do all that it is there for."""
    wanted = site(encryption_mandatory=False)
    assert verdict(Router(wanted=wanted)).word.value == "up"
    found = verdict(Router(wanted=wanted, running=DENIED))
    assert (found.word.value, found.healthy) == ("degraded", False), found.sentence
    assert "has 'deny ip any any', which the intent has not" in found.sentence


@pytest.mark.parametrize(
    ("carried", "new", "received", "word"),
    [
        (0, False, 5, "degraded"),
        (2, False, 5, "degraded"),
        (3, False, 5, "up"),
        (90, False, 5, "up"),
        (0, True, 5, "up"),
        (0, False, 0, "up"),
        (-9, False, 5, "up"),
    ],
)
def test_a_probe_that_is_answered_past_its_tunnel(carried: int, new: bool, received: int, word: str) -> None:
    """Pings to its target that are answered, and that the tunnel has not carried, say that its track proves nothing.

    Users only add to the counter; new SAs, or a counter that began again, do not tell; nor do pings that nobody answers.
    """
    router = Router()
    made = deployment_of(router.wanted)
    (member,) = made.members
    outputs = router.seen().outputs
    running = Configuration(HOST, "ios", "show running-config", outputs["show running-config"])
    first = observed(HOST, "ios", outputs, ASKED)
    flows = outputs["show crypto ipsec sa"].replace("encaps: 9, #pkts encrypt: 9", f"encaps: {9 + carried}, #pkts encrypt: 9", 1)
    flows = flows.replace("0xB(11)", "0x77(119)") if new else flows
    probe = next(one.traffic for one in stimuli(router.wanted, first, running) if one.likely)
    last = Look(observed(HOST, "ios", {**outputs, "show crypto ipsec sa": flows}, ASKED), pings={probe: Probe(5, received)})
    shown = Shown(HOST, PLATFORM, (Look(first), last), running)
    stands = {HOST: standing(made, member, PLATFORM, running, KEYS, None)}
    found = verdict_of(made, Seeing({HOST: shown}, stands, TIME, probing=True), "a site")
    assert found.word.value == word, found.sentence
    assert ("goes past the tunnel, and its track says nothing of it" in found.sentence) is (word == "degraded")
    assert ("probe-past-tunnel" in [cause.id for cause in found.causes]) is (word == "degraded")


@pytest.mark.parametrize(
    "command", ["show crypto ikev2 sa", "show crypto ipsec sa", "show track", "show ip sla statistics", "show route-map"]
)
def test_what_was_not_read_is_unverified(command: str) -> None:
    """An answer that is refused, or that is not understood to the end, makes a site in order unverified, and no more."""
    for text in ("% Invalid input detected at '^' marker.\n", f"{Router().seen().outputs[command]}  The moon is full\n"):
        found = verdict(Router().but(more={command: text}))
        assert (found.word.value, found.known_by.value) == ("unverified", "nothing"), (command, found.sentence)


@pytest.mark.parametrize("command", ["show track", "show ip sla statistics", "show route-map"])
def test_what_is_configured_and_not_shown_is_unverified(command: str) -> None:
    """An answer of nothing, or of half of it, contradicts the configuration: it makes a site neither down nor in clear."""
    text = Router().seen().outputs[command]
    for part in ("", text[: text.find("Track 2")] if command == "show track" else ""):
        found = verdict(Router().but(more={command: part}))
        assert (found.word.value, found.known_by.value) == ("unverified", "nothing"), found.sentence
        assert "does not show it" in found.sentence


def test_a_router_that_was_not_reached_is_unverified() -> None:
    """Nothing is concluded from silence, and the sentence says whose it was."""
    found = verdict(Router(), read=False)
    assert found.word.value == "unverified"
    assert "was not reached" in found.sentence
    assert not found.healthy


FIRST = Traffic(IPv4Address("192.168.253.1"), IPv4Address("203.0.113.10"))


@pytest.mark.parametrize(
    ("small", "large", "word"),
    [
        ((5, 5), (3, 0), "degraded"),
        ((5, 5), (3, 3), "up"),
        ((5, 0), (3, 0), "up"),
        ((5, 3), (3, 0), "up"),
        ((5, 5), (0, 0), "up"),
    ],
)
def test_packets_of_full_size(small: tuple[int, int], large: tuple[int, int], word: str) -> None:
    """Where all small ones are answered and none of full size, the tunnel carries no data; a silent target says nothing."""
    found = verdict(Router(), pings={FIRST: Probe(*small)}, large={FIRST: Probe(*large)})
    assert found.word.value == word, found.sentence
    assert ("mtu" in [cause.id for cause in found.causes]) is (word == "degraded")
    assert ("and none of 3 of full size" in found.sentence) is (word == "degraded")


def test_what_is_sent_through_the_tunnels() -> None:
    """Each tunnel with an IKE SA gets pings to the target of its probe, of full size too; an edge without one itself."""
    router = Router(ike={1: "READY"})
    outputs = router.seen().outputs
    running = Configuration(HOST, "ios", "show running-config", outputs["show running-config"])
    first, second = stimuli(site(), observed(HOST, "ios", outputs, ASKED), running)
    assert (first.traffic, first.full_bytes, first.likely) == (FIRST, 1400, True)
    assert (str(second.traffic.target), second.full_bytes) == ("198.51.100.20", None)


def test_an_sa_that_does_not_say_what_it_was_agreed_with_is_not_down() -> None:
    """Where all that speaks against a tunnel is that nothing is told of its algorithms, nothing is lost, and it is not known."""
    silent = "Encr: Unknown - 0, PRF: Unknown - 0, Hash: None, DH Grp:0"
    found = verdict(Router(running=BUILT, agreed={1: silent, 2: silent}))
    assert (found.word.value, "is not shown" in found.sentence) == ("unverified", True), found.sentence
    lost = verdict(
        Router(running=BUILT, agreed={1: silent, 2: silent}, codes={1: "Timeout", 2: "Timeout"}, hops={1: "down", 2: "down"})
    )
    assert lost.word.value == "down", lost.sentence
