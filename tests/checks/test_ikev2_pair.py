"""IKEv2 and tunnel interfaces, on IOS-XE and ASA: what is healthy is verified, and nothing that only looks so is."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from nr_run.changes.configurations import tree
from nr_run.checks.finding import Finding, Status, against, proved
from nr_run.checks.observations.observation import Probe
from nr_run.checks.observations.questions import IKEV2, INTERFACES, IPSEC, ROUTE
from nr_run.checks.proof import Watch
from nr_run.checks.routing.tunnel_interfaces import tunnel_interface
from nr_run.services.l2l.endpoint import Watched
from nr_run.services.l2l.proof import L2lProof, prove, prove_removed, renewed, untested

from .wires import EVERYTHING, PINGS, End, healthy, watched

SHAPES = [
    (one, other, version, vti)
    for one in ("ios", "asa")
    for other in ("ios", "asa")
    for version, vti in ((2, False), (2, True), (1, True), (1, False))
]


def judge(near: Watched, far: Watched) -> tuple[Finding, ...]:
    """All findings on two own ends."""
    return prove("t", (near, far))


def only(findings: tuple[Finding, ...], check: str, subject: str) -> Finding:
    """The one finding of a check on a device that speaks against the tunnel, or the first one."""
    found = [item for item in findings if (item.check, item.subject) == (check, subject)]
    return next((item for item in found if item in against(found)), found[0])


@pytest.mark.parametrize(("one", "other", "version", "vti"), SHAPES)
def test_healthy_pairs(one: str, other: str, version: int, vti: bool) -> None:
    """A tunnel of either version of IKE, over crypto maps or tunnel interfaces, between any two systems, is verified."""
    near, far = healthy(one, version=version, vti=vti, far=other)
    findings = judge(watched(near), watched(far))
    assert against(findings) == ()
    assert proved(findings)
    more = {"tunnel-interface", "tunnel-route"} if vti else set()
    assert {item.check for item in findings} == {"phase-1", "phase-2", "ping", "counters", "other-tunnels", "spi-cross"} | more


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_two_ikev2_sas_at_once_are_no_fault(os: str) -> None:
    """Both ends may have begun at the same time, and an old SA may be going away: one that is READY is enough."""
    near, far = (
        replace(end, ike=states) for end, states in zip(healthy(os), (("READY", "READY"), ("DELETE", "READY")), strict=True)
    )
    assert against(judge(watched(near), watched(far))) == ()


#: What is changed in the near end's later reading, the check that fails for it, and some of its words.
SICK: dict[str, tuple[dict[str, object], str, str]] = {
    "SA of another peer": ({"peer": "203.0.113.9"}, "phase-2", "goes to 203.0.113.9 instead of 198.51.100.1"),
    "IKE still negotiating": ({"ike": ("IN-NEG",)}, "phase-1", "is not up: IN-NEG"),
    "IKE going away": ({"ike": ("DELETE",)}, "phase-1", "is not up: DELETE"),
    "no IKE SA": ({"ike": ()}, "phase-1", "there is no IKEv2 SA"),
    "no child SA": ({"sas": False}, "phase-2", ""),
    "expired lifetime": ({"seconds": 0}, "phase-2", "has no lifetime left"),
    "counters that do not rise": ({"encaps": 10, "decaps": 10}, "counters", "encaps rose by 0 and decaps by 0"),
    "nothing comes back": ({"decaps": 10}, "counters", "decaps by 0"),
    "SPIs of nobody": ({"spis": (0xCC, 0xDD)}, "spi-cross", "that the other end does not have"),
}
SICK_MAP = {
    "child SA with other selectors": (
        {"idents": ("10.10.0.0/255.255.255.128/0/0", "10.20.0.0/255.255.255.0/0/0")},
        "phase-2",
        "there is no flow 10.10.0.0/24 to 10.20.0.0/24; with 198.51.100.1 there is 10.10.0.0/25 to 10.20.0.0/24",
    ),
}
SICK_VTI = {
    "tunnel interface down with a stale SA": ({"line": "down"}, "tunnel-interface", "is not up: up/down"),
    "tunnel interface shut": ({"line": "shut"}, "tunnel-interface", "is not up: administratively down/down"),
    "no tunnel interface": ({"line": ""}, "tunnel-interface", "there is no interface Tunnel10"),
    "no route": ({"routes": ()}, "tunnel-route", "leaves by no interface"),
    "child SA with other selectors": (
        {"idents": ("10.10.0.0/255.255.255.0/0/0", "10.20.0.0/255.255.255.0/0/0")},
        "phase-2",
        "there is no flow 0.0.0.0/0 to 0.0.0.0/0 on Tunnel10; with 198.51.100.1 there is 10.10.0.0/24 to 10.20.0.0/24",
    ),
}


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize(
    ("name", "vti"),
    [
        *((name, vti) for name in SICK for vti in (False, True)),
        *((name, False) for name in SICK_MAP),
        *((n, True) for n in SICK_VTI),
    ],
)
def test_sick_pairs(os: str, name: str, vti: bool) -> None:
    """Each sickness alone, on either system, takes the proof away and is found by its own check."""
    fields, check, words = {**SICK, **(SICK_VTI if vti else SICK_MAP)}[name]
    near, far = healthy(os, vti=vti)
    findings = judge(watched(near, replace(near.later(), **fields)), watched(far))  # type: ignore[arg-type]
    assert not proved(findings)
    finding = only(findings, check, "t" if check == "spi-cross" else near.host)
    assert finding.status is Status.FAILED
    assert words in finding.sentence


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["ios", "asa"]),
    st.booleans(),
    st.sets(st.sampled_from(sorted(SICK)), min_size=1, max_size=3),
    st.sampled_from([500, 4500]),
    st.sampled_from([(), ("READY",)]),
    st.booleans(),
)
def test_no_sickness_cures_another(os: str, vti: bool, names: set[str], port: int, more: tuple[str, ...], foreign: bool) -> None:
    """Several sicknesses at once, translation on the way, a second IKE SA or a foreign far end never make a proof."""
    near, far = (replace(end, port=port) for end in healthy(os, vti=vti))
    fields = {name: value for chosen in sorted(names) for name, value in SICK[chosen][0].items()}
    if not any(name.startswith("IKE") or name == "no IKE SA" for name in names):
        fields["ike"] = ("READY", *more)
    if foreign:
        alone = names - {"SPIs of nobody"}
        sick = watched(near, replace(near.later(PINGS), **fields), far_host="")  # type: ignore[arg-type]
        assert proved(prove("t", (sick,))) is (not alone)
    else:
        assert not proved(judge(watched(near, replace(near.later(), **fields)), watched(far)))  # type: ignore[arg-type]


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_transform_that_nobody_wanted(os: str) -> None:
    """GCM with another key length, or a CBC cipher, is another transform."""
    near, far = healthy(os)
    for ios, asa in (("esp-gcm", "esp-aes-gcm esp-null-hmac"), ("esp-256-aes esp-sha256-hmac", "esp-aes-256 esp-sha-256-hmac")):
        transform = ios if os == "ios" else f"{asa} no compression"
        finding = only(judge(watched(near, replace(near.later(), transform=transform)), watched(far)), "phase-2", near.host)
        assert finding.status is Status.FAILED
        assert "another transform than aes-256-gcm" in finding.sentence


def test_sa_of_the_other_ike_version() -> None:
    """An ASA says which version of IKE made an SA: one of IKEv1 does not verify a tunnel of IKEv2, whatever else is READY."""
    near, far = healthy("asa")
    findings = judge(watched(near, replace(near.later(), settings="L2L, Tunnel, IKEv1, ")), watched(far))
    assert "negotiated with IKEv1 instead of IKEv2" in only(findings, "phase-2", near.host).sentence
    assert not proved(findings)


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_ikev1_does_not_stand_in_for_ikev2(os: str) -> None:
    """An IKEv1 SA that is up with the same peer is none of this tunnel."""
    near, far = healthy(os)
    old = replace(near, version=1, ike=("MM_ACTIVE",) if os == "asa" else ("QM_IDLE",), settings="Tunnel, ")
    only_old = Watched(near.endpoint, old.seen(), old.later().seen(), Probe(PINGS, PINGS), None)
    finding = only(judge(only_old, watched(far)), "phase-1", near.host)
    assert finding.status is Status.FAILED
    assert "there is no IKEv2 SA with 198.51.100.1" in finding.sentence


PAST = {
    "the whole prefix": (("0.0.0.0/0", ""),),
    "a part of it with the pinged address": (("10.20.0.0/24", "tunnel"), ("10.20.0.0/25", ""), ("0.0.0.0/0", "")),
    "a part of it without the pinged address": (("10.20.0.0/24", "tunnel"), ("10.20.0.128/25", ""), ("0.0.0.0/0", "")),
}


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize("case", PAST)
def test_route_past_the_tunnel(os: str, case: str) -> None:
    """A route for any part of the far prefix that leaves elsewhere fails the proof, though every counter rises."""
    near, far = healthy(os, vti=True)
    outside = "outside" if os == "asa" else "GigabitEthernet1"
    routes = tuple((prefix, near.place if way else outside) for prefix, way in PAST[case])
    findings = judge(watched(replace(near, routes=routes)), watched(far))
    finding = only(findings, "tunnel-route", near.host)
    assert finding.status is Status.FAILED
    assert f"leaves by {outside} instead of {near.place}, past the tunnel" in finding.sentence
    assert against(findings) == tuple(item for item in findings if item.check == "tunnel-route" and item.status is Status.FAILED)


def test_peer_that_is_routed_into_its_own_tunnel() -> None:
    """A tunnel whose peer is reached through the tunnel takes itself down at the next chance."""
    near, far = healthy("ios", vti=True)
    routes = (("10.20.0.0/24", "Tunnel10"), ("0.0.0.0/0", "Tunnel10"))
    findings = judge(watched(replace(near, routes=routes)), watched(far))
    assert "198.51.100.1 itself is routed into Tunnel10" in only(findings, "tunnel-route", near.host).sentence
    assert not proved(findings)


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize(
    ("question", "check"),
    [(INTERFACES, "tunnel-interface"), (ROUTE, "tunnel-route"), (IKEV2, "phase-1")],
    ids=lambda item: str(item),
)
def test_question_without_an_answer(os: str, question: object, check: str) -> None:
    """What was not asked, or not answered, leaves the tunnel unverified: neither up nor down."""
    near, far = healthy(os, vti=True)
    quiet = replace(near.later(), unasked=(question,))  # type: ignore[arg-type]
    findings = judge(watched(near, quiet), watched(far))
    assert {item.check for item in against(findings)} == {check, "output-understood"}
    assert {item.status for item in against(findings)} == {Status.UNVERIFIED}


@pytest.mark.parametrize("os", ["ios", "asa"])
def test_line_that_was_not_understood(os: str) -> None:
    """One line of an answer that nobody could read leaves the tunnel unverified."""
    near, far = healthy(os)
    findings = judge(watched(near, replace(near.later(), extra="     quantum entanglement: lost\n")), watched(far))
    assert [(item.check, item.status) for item in against(findings)] == [("output-understood", Status.UNVERIFIED)]


SECOND = ("Tunnel20", EVERYTHING, "203.0.113.20")


def second(end: End, *others: tuple[str, tuple[str, str], str]) -> End:
    """The same end with other tunnels beside it."""
    return replace(end, others=others)


def test_second_tunnel_interface_is_a_neighbour() -> None:
    """Tunnel interfaces have the same selectors: another one's flow is to be kept, and not to be mistaken."""
    near, far = healthy("ios", vti=True)
    findings = judge(watched(second(near, SECOND)), watched(far))
    assert against(findings) == ()
    assert "1 other flows have their SAs as before" in only(findings, "other-tunnels", near.host).sentence
    lost = judge(watched(second(near, SECOND), near.later()), watched(far))
    assert only(lost, "other-tunnels", near.host).status is Status.FAILED
    gone = judge(watched(second(near, SECOND), second(replace(near.later(), flow=False), SECOND)), watched(far))
    assert "there is no flow 0.0.0.0/0 to 0.0.0.0/0 on Tunnel10" in only(gone, "phase-2", near.host).sentence


def test_tunnel_interface_of_an_asa_that_is_lost() -> None:
    """The flow of another tunnel interface of an ASA has no access list, and is no client that hung up."""
    near, far = healthy("asa", vti=True)
    others = (("vti-b", EVERYTHING, "203.0.113.20"), ("vti-c", EVERYTHING, "203.0.113.30"))
    findings = judge(watched(second(near, *others), second(near.later(), others[0])), watched(far))
    assert only(findings, "other-tunnels", near.host).status is Status.FAILED


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize("vti", [False, True])
def test_removed(os: str, vti: bool) -> None:
    """A tunnel is gone when its own flow has no SA, another tunnel interface has its own, and every question was answered."""
    near, _ = healthy(os, vti=vti)
    beside = ("vti-b" if os == "asa" else "Tunnel20", EVERYTHING, "203.0.113.20")
    there = second(near, beside)
    gone = second(replace(near, flow=False, ike=()), beside)
    assert proved(prove_removed((watched(there, gone, None),)))
    assert not proved(prove_removed((watched(there, there, None),)))
    assert not proved(prove_removed((watched(there, replace(gone, others=()), None),)))


@pytest.mark.parametrize("vti", [False, True])
def test_sas_from_before_a_change(vti: bool) -> None:
    """A child SA that was there before the change proves nothing about it, in whichever flow of the device it was."""
    near, _ = healthy("ios", vti=vti)
    assert renewed(watched(near)).status is Status.FAILED
    assert renewed(watched(near, replace(near.later(), spis=(0x11, 0x22)))).status is Status.OK
    moved = replace(watched(near), baseline=replace(healthy("ios", vti=not vti)[0]).seen())
    assert renewed(moved).status is Status.FAILED


# A far end that is not ours


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize("vti", [False, True])
@pytest.mark.parametrize("version", [1, 2])
def test_foreign_far_end(os: str, vti: bool, version: int) -> None:
    """With one own end the tunnel is verified by what that shows, and the findings say so and claim nothing of the far side."""
    near, _ = healthy(os, version=version, vti=vti)
    findings = prove("t", (watched(near, near.later(PINGS), far_host=""),))
    assert proved(findings)
    (said,) = (item for item in findings if item.check == "far-side")
    assert said.status is Status.SKIPPED
    assert said.sentence == (
        f"198.51.100.1 is not ours: the tunnel was checked from {near.host} only, nothing is claimed about the far side"
    )
    assert "spi-cross" not in {item.check for item in findings}
    assert {item.subject for item in findings} == {near.host, "t"}


@pytest.mark.parametrize("name", sorted(SICK.keys() - {"SPIs of nobody"}))
def test_sick_with_a_foreign_far_end(name: str) -> None:
    """What our own end shows otherwise than wanted takes the proof away without any word of the far side."""
    fields, check, words = SICK[name]
    near, _ = healthy("ios")
    findings = prove("t", (watched(near, replace(near.later(PINGS), **fields), far_host=""),))  # type: ignore[arg-type]
    assert not proved(findings)
    assert words in only(findings, check, near.host).sentence


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize("vti", [False, True])
def test_foreign_far_end_without_an_address_to_ping(os: str, vti: bool) -> None:
    """Where nothing behind a foreign far end is known to answer, SAs and what was sent through them count, and it is said that
    what comes back was not tested; where nothing was sent, or it did not go through, that is no proof."""
    near, _ = healthy(os, vti=vti)
    nothing_back = replace(near.later(PINGS), decaps=near.decaps)
    alone = {"far_host": "", "target": None}
    end = watched(near, nothing_back, Probe(PINGS, 0), **alone)
    findings = prove("t", (end,))
    assert proved(findings)
    assert "was not tested" in only(findings, "ping", near.host).sentence
    assert untested((end,)) == ("10.10.0.0/24 to 10.20.0.0/24 was not tested",)
    assert str(L2lProof("t", (end.end,)).stimulus(near.host)) == "ping 10.20.0.1 from 10.10.0.1"
    unsent = prove("t", (watched(near, nothing_back, None, **alone),))
    assert {item.check: item.status for item in against(unsent)} == {"ping": Status.UNVERIFIED, "counters": Status.UNVERIFIED}
    past = prove("t", (watched(near, near, Probe(PINGS, 0), **alone),))
    assert [(item.check, item.status) for item in against(past)] == [("counters", Status.FAILED)]


def test_own_far_end_that_was_not_looked_at() -> None:
    """One of two own ends is no proof of the tunnel."""
    near, _ = healthy("ios")
    findings = prove("t", (watched(near, near.later(PINGS), far_host="xe2"),))
    assert [(item.check, item.status) for item in against(findings)] == [("spi-cross", Status.UNVERIFIED)]


def test_what_each_shape_asks() -> None:
    """A proof asks for the SAs of its own version of IKE, and for interfaces and routes where a tunnel interface needs them."""
    assert [question.name for question in healthy("ios")[0].endpoint.asks] == ["ikev2", "ipsec"]
    assert [question.name for question in healthy("ios", version=1)[0].endpoint.asks] == ["ike", "ipsec"]
    assert healthy("ios", vti=True)[0].endpoint.asks == (IKEV2, IPSEC, INTERFACES, ROUTE)


IOS_VTI = """\
interface Tunnel9
 tunnel source GigabitEthernet1
 tunnel destination 198.51.100.1
interface Tunnel10
 ip address 169.254.10.1 255.255.255.252
 tunnel source GigabitEthernet1
 tunnel mode ipsec ipv4
 tunnel destination 198.51.100.1
 tunnel protection ipsec profile NR-x
interface Tunnel11
 tunnel destination 198.51.100.11
 tunnel protection ipsec profile NR-y
"""
ASA_VTI = """\
interface Tunnel10
 nameif vti
 tunnel source interface outside
 tunnel destination 198.51.100.1
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile NR-x
"""


def sections(config: str) -> list[tuple[str, tuple[str, ...]]]:
    """Headers of a configuration with the lines below."""
    return [(node.line, node.children) for node in tree.parse(config)]


def test_tunnel_interface_of_a_configuration() -> None:
    """The interface that is verified is the one that the configuration protects towards the peer, by the name that flows have."""
    peer = IPv4Address("198.51.100.1")
    found = tunnel_interface(sections(IOS_VTI), peer)
    assert found is not None
    assert (found.name, found.known_as) == ("Tunnel10", "Tunnel10")
    on_asa = tunnel_interface(sections(ASA_VTI), peer)
    assert on_asa is not None
    assert (on_asa.name, on_asa.known_as) == ("Tunnel10", "vti")
    assert tunnel_interface(sections(IOS_VTI), IPv4Address("198.51.100.99")) is None
    assert tunnel_interface(sections("crypto map M 10 ipsec-isakmp\n set peer 198.51.100.1\n"), peer) is None


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize("vti", [False, True])
def test_proof_asks_and_judges_as_one(os: str, vti: bool) -> None:
    """A proof says what it asks, pings between the prefixes, is settled where SAs are up, and judges what was watched."""
    near, far = healthy(os, vti=vti)
    proof = L2lProof("t", (near.endpoint, far.endpoint))
    assert proof.hosts == (near.host, far.host)
    assert [str(proof.stimulus(host)) for host in proof.hosts] == [
        "ping 10.20.0.1 from 10.10.0.1",
        "ping 10.10.0.1 from 10.20.0.1",
    ]
    before = {end.host: end.seen() for end in (near, far)}
    after = {end.host: end.later().seen() for end in (near, far)}
    assert proof.settled(before)
    down = before | {far.host: replace(far, sas=False).seen()}
    assert not proof.settled(down)
    watch = Watch(before, after, dict.fromkeys(proof.hosts, Probe(PINGS, PINGS)), before)
    assert proved(proof.judge(watch))
    assert proof.explain(watch) is None
    assert not proved(replace(proof, replaced=True).judge(watch))
    assert not proved(proof.judge(replace(watch, probes={})))
