"""An ASA as one end or both: judged by the same rules as IOS, from what ASA releases print."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from msgspec import Struct
from msgspec.structs import replace

from nr_run.checks.finding import Finding, Status, against, proved
from nr_run.checks.observations.observation import Observation, Probe
from nr_run.inventory.intents.intent import End, IPSecProposal, TunnelTermination
from nr_run.services.l2l.diagnosis.signatures import probable_cause
from nr_run.services.l2l.endpoint import Endpoint, Watched, phase_1_up
from nr_run.services.l2l.proof import prove, prove_removed

from . import pair
from .pair import FAR_FLOW, NEAR_FLOW, Side

PROPOSAL = IPSecProposal(name="esp-3des-sha1", encryption_algorithm="3des-cbc", authentication_algorithm="hmac-sha1")
NONE_8_2 = "There are no isakmp sas\n"
NONE_9_1 = "There are no IKEv1 SAs\n\nThere are no IKEv2 SAs\n"
NO_FLOW = "There are no ipsec sas\n"
CLIENT = IPv4Address("198.51.100.77")


def end(host: str, interface: str, outside: str, prefix: str, probe: str) -> TunnelTermination:
    """One end."""
    return TunnelTermination(
        host=host,
        interface=interface,
        outside_ip=IPv4Address(outside),
        protected_prefixes=(IPv4Network(prefix),),
        probe_address=IPv4Address(probe),
    )


ASA = end("asa91", "GigabitEthernet0/0", "172.18.124.199", "10.10.20.0/24", "10.10.20.1")
IOS = end("vpn2611", "Ethernet0/0", "172.18.124.159", "10.10.10.0/24", "10.10.10.1")
FROM_IOS = End(IOS, ASA)
FROM_IOS_END = Endpoint.of(FROM_IOS, (PROPOSAL,))
FROM_ASA = Endpoint.of(End(ASA, IOS), (PROPOSAL,))


def ike(state: str, peer: str = "172.18.124.159", *, role: str = "initiator", heading: str = "IKEv1 SAs:\n\n") -> str:
    """`show crypto isakmp sa` of an ASA with one SA."""
    kind = "L2L" if state.endswith("ACTIVE") else "user"
    return (
        f"{heading}   Active SA: 1\n"
        "    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)\nTotal IKE SA: 1\n\n"
        f"1   IKE Peer: {peer}\n    Type    : {kind}             Role    : {role} \n"
        f"    Rekey   : no              State   : {state} \n" + ("\nThere are no IKEv2 SAs\n" if heading else "")
    )


class AsaFlow(Struct, frozen=True):
    """One flow of `show crypto ipsec sa` of an ASA, as 9.1 prints it."""

    inbound: int = 0x892741BC
    outbound: int = 0x7B7B2015
    encaps: int = 4
    decaps: int = 4
    peer: str = "172.18.124.159"
    local: str = "172.18.124.199"
    remote_ident: str = "10.10.10.0/255.255.255.0/0/0"
    access_list: str = "access-list NR-x extended permit ip 10.10.20.0 255.255.255.0 10.10.10.0 255.255.255.0 \n      "
    transform: str = "esp-3des esp-sha-hmac no compression"

    @property
    def text(self) -> str:
        """As the device prints it."""
        return (
            f"interface: outside\n    Crypto map tag: outside_map, seq num: 10, local addr: {self.local}\n\n"
            f"      {self.access_list}local ident (addr/mask/prot/port): (10.10.20.0/255.255.255.0/0/0)\n"
            f"      remote ident (addr/mask/prot/port): ({self.remote_ident})\n      current_peer: {self.peer}\n\n"
            f"      #pkts encaps: {self.encaps}, #pkts encrypt: {self.encaps}, #pkts digest: {self.encaps}\n"
            f"      #pkts decaps: {self.decaps}, #pkts decrypt: {self.decaps}, #pkts verify: {self.decaps}\n"
            "      #pkts compressed: 0, #pkts decompressed: 0\n"
            f"      #pkts not compressed: {self.encaps}, #pkts comp failed: 0, #pkts decomp failed: 0\n"
            "      #pre-frag successes: 0, #pre-frag failures: 0, #fragments created: 0\n"
            "      #PMTUs sent: 0, #PMTUs rcvd: 0, #decapsulated frgs needing reassembly: 0\n"
            "      #send errors: 0, #recv errors: 0\n\n"
            f"      local crypto endpt.: {self.local}/0, remote crypto endpt.: {self.peer}/0\n"
            "      path mtu 1500, ipsec overhead 58, media mtu 1500\n"
            f"      current outbound spi: {self.outbound:08X}\n      current inbound spi : {self.inbound:08X}\n\n"
            f"    inbound esp sas:\n{self._sa(self.inbound)}    outbound esp sas:\n{self._sa(self.outbound)}"
        )

    def _sa(self, spi: int) -> str:
        return (
            f"      spi: 0x{spi:08X} ({spi})\n         transform: {self.transform}\n         in use settings ={{L2L, Tunnel, }}\n"
            "         slot: 0, conn_id: 4096, crypto-map: outside_map\n"
            "         sa timing: remaining key lifetime (kB/sec): (4373999/28700)\n         IV size: 8 bytes\n"
            "         replay detection support: Y\n         Anti replay bitmap:\n          0x00000000 0x0000001F\n"
        )


def seen(host: str, phase_1: str, *flows: AsaFlow) -> Observation:
    """What an ASA said."""
    text = "\n".join(flow.text for flow in flows) or NO_FLOW
    return pair.seen(host, "asa", phase_1, text)


def asa(
    phase_1: str = ike("MM_ACTIVE"), before: tuple[AsaFlow, ...] = (AsaFlow(),), after: tuple[AsaFlow, ...] | None = None
) -> Watched:
    """The ASA before and after 20 pings of each end."""
    later = tuple(replace(flow, encaps=flow.encaps + 40, decaps=flow.decaps + 40) for flow in before)
    then, now = (seen("asa91", phase_1, *flows) for flows in (before, later if after is None else after))
    return Watched(FROM_ASA, then, now, Probe(20, 20), then)


def ios(*states: str, probe: Probe | None = Probe(20, 20), answers: bool = False) -> Watched:  # noqa: B008 - frozen
    """The 2611 at the other end; without a state it has no IKE SA. It began, or ``answers``."""
    if states == ("QM_IDLE",):
        later = replace(NEAR_FLOW, encaps=NEAR_FLOW.encaps + 40, decaps=NEAR_FLOW.decaps + 40)
        side = Side(FROM_IOS, before=(NEAR_FLOW,), after=(later,))
        watched = side.watched()
        return replace(watched, baseline=watched.before)
    table = "dst             src             state          conn-id   slot\n"
    ends = "172.18.124.159  172.18.124.199" if answers else "172.18.124.199  172.18.124.159"
    rows = "".join(f"{ends}  {state:<15}      1       0\n" for state in states)
    idle = replace(NEAR_FLOW, inbound=(), outbound=(), encaps=0, decaps=0)
    reading = pair.seen("vpn2611", "ios", table + rows, idle.text)
    return Watched(FROM_IOS_END, reading, reading, probe, reading)


def only(findings: tuple[Finding, ...], check: str, subject: str) -> Finding:
    """The one finding of a check on a device."""
    (found,) = (item for item in findings if (item.check, item.subject) == (check, subject))
    return found


def test_ios_and_asa_are_proved() -> None:
    """A router and an ASA whose SPIs cross and whose counters rise are a verified tunnel, each in its own words."""
    findings = prove("t", (ios("QM_IDLE"), asa()))
    assert against(findings) == ()
    assert proved(findings)
    assert only(findings, "phase-1", "asa91").sentence == "IKE SA with 172.18.124.159 is up (MM_ACTIVE)"
    assert only(findings, "phase-1", "vpn2611").sentence == "IKE SA with 172.18.124.199 is up (QM_IDLE)"


@pytest.mark.parametrize("state", ["MM_WAIT_MSG6", "MM_ACTIVE_REKEY", "MM_START", "AM_WAIT_MSG2", "MM_FREE"])
def test_only_active_is_up(state: str) -> None:
    """No other state than MM_ACTIVE and AM_ACTIVE is an IKE SA that is up."""
    assert not phase_1_up(FROM_ASA, seen("asa91", ike(state)))
    assert phase_1_up(FROM_ASA, seen("asa91", ike("AM_ACTIVE")))
    assert phase_1_up(FROM_ASA, seen("asa91", ike("MM_ACTIVE", heading="")))


def test_peer_of_another_tunnel_is_not_this_one() -> None:
    """An IKE SA that is up with somebody else says nothing about this tunnel."""
    assert not phase_1_up(FROM_ASA, seen("asa91", ike("MM_ACTIVE", "198.51.100.1")))


SICK = {
    "another transform": (AsaFlow(transform="esp-aes-256 esp-sha-hmac no compression"), "phase-2", "has another transform than"),
    "another peer": (AsaFlow(peer="198.51.100.1"), "phase-2", "goes to 198.51.100.1 instead of 172.18.124.159"),
    "another interface": (AsaFlow(local="203.0.113.9"), "phase-2", "is on 203.0.113.9 instead of 172.18.124.199"),
    "other selectors": (AsaFlow(remote_ident="10.10.10.0/255.255.255.128/0/0"), "phase-2", "there is no flow"),
    "name for the peer": (AsaFlow(peer="branch-peer"), "phase-2", "goes to branch-peer instead of 172.18.124.159"),
}


@pytest.mark.parametrize("case", SICK)
def test_sick_flow(case: str) -> None:
    """What an ASA shows otherwise than wanted is a failure, and no name passes for an address."""
    flow, check, words = SICK[case]
    finding = only(prove("t", (ios("QM_IDLE"), asa(before=(flow,)))), check, "asa91")
    assert finding.status is Status.FAILED
    assert words in finding.sentence


def test_spis_that_do_not_cross() -> None:
    """An SPI that only one end has is a stale SA."""
    ends = (ios("QM_IDLE"), asa(before=(AsaFlow(outbound=0x01020304),)))
    findings = prove("t", ends)
    assert only(findings, "spi-cross", "t").status is Status.FAILED
    cause = probable_cause(ends)
    assert cause is not None
    assert cause.id == "stale-sa"


OTHER = AsaFlow(
    inbound=0x11111111,
    outbound=0x22222222,
    peer="198.51.100.1",
    remote_ident="10.9.0.0/255.255.0.0/0/0",
    access_list="access-list OTHER extended permit ip 10.10.20.0 255.255.255.0 10.9.0.0 255.255.0.0 \n      ",
)


def test_neighbour_lost() -> None:
    """A static tunnel of the same ASA that had SAs and has none any more is a failure; a VPN client of several is a warning."""
    later = replace(AsaFlow(), encaps=44, decaps=44)
    lost = prove("t", (ios("QM_IDLE"), asa(before=(AsaFlow(), OTHER), after=(later,))))
    assert only(lost, "other-tunnels", "asa91").status is Status.FAILED
    client = replace(OTHER, access_list="", peer=str(CLIENT), remote_ident="10.8.0.7/255.255.255.255/0/0", inbound=0x33333333)
    left = prove("t", (ios("QM_IDLE"), asa(before=(AsaFlow(), OTHER, client), after=(later, OTHER))))
    assert only(left, "other-tunnels", "asa91").status is Status.WARNING


def test_removed_from_an_asa() -> None:
    """A flow that an ASA no longer prints is gone; one that it still prints is not."""
    gone = replace(asa(), after=seen("asa91", NONE_9_1))
    assert proved(prove_removed((gone,)))
    assert not proved(prove_removed((asa(),)))


def down(phase_1: str) -> Watched:
    """An ASA without SAs of phase 2."""
    reading = seen("asa91", phase_1)
    return Watched(FROM_ASA, reading, reading, Probe(20, 0), reading)


CAUSES = {
    "psk, ASA initiates": (down(ike("MM_WAIT_MSG6")), ios("MM_KEY_EXCH"), "preshared-key"),
    "psk, ASA responds": (down(ike("MM_WAIT_MSG5", role="responder")), ios("MM_KEY_EXCH"), "preshared-key"),
    "ASA initiates, no key for it": (down(ike("MM_WAIT_MSG4")), ios("MM_SA_SETUP"), "peer-unknown"),
    "ASA initiates, nothing there": (down(ike("MM_WAIT_MSG2")), ios(), "udp-500"),
    "ASA initiates, policy refused": (down(ike("MM_WAIT_MSG2")), ios("MM_NO_STATE", answers=True), "ike-policy"),
    "neither hears the other": (down(ike("MM_WAIT_MSG2")), ios("MM_NO_STATE"), "udp-500"),
    "ASA heard, answers lost": (down(ike("MM_WAIT_MSG3", role="responder")), ios("MM_NO_STATE"), "udp-500"),
    "ASA does not answer": (ios("MM_NO_STATE"), down(NONE_8_2), "no-answer"),
    "nothing tried by the ASA": (down(NONE_9_1), ios(), "no-attempt"),
    "IKE up, no phase 2": (down(ike("MM_ACTIVE")), ios("QM_IDLE"), "phase-2"),
    "up on one side only": (down(ike("MM_ACTIVE")), ios(), "stale-sa"),
}


@pytest.mark.parametrize("case", CAUSES)
def test_cause(case: str) -> None:
    """Each pair of states that an ASA and a router show has its cause."""
    one, other, wanted = CAUSES[case]
    cause = probable_cause((one, other))
    assert cause is not None
    assert cause.id == wanted


def test_far_flow_of_the_example_is_what_the_asa_stands_for() -> None:
    """The SPIs of the ASA are those of the 3640 in the recorded pair, so that the router's side is a recorded one."""
    assert (FAR_FLOW.inbound, FAR_FLOW.outbound) == ((AsaFlow().inbound,), (AsaFlow().outbound,))
