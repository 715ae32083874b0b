"""Two routers of the 12.2 generation as they show a tunnel between them; every test breaks one thing of this healthy pair."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct, field
from msgspec.structs import replace

from nr_run.checks.finding import Cause, Finding
from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.observations.questions import IKE, IPSEC
from nr_run.inventory.intents.intent import End, IPSecProposal, TunnelTermination
from nr_run.parsers import parse
from nr_run.services.l2l.diagnosis.signatures import probable_cause
from nr_run.services.l2l.endpoint import Endpoint, Watched
from nr_run.services.l2l.proof import prove

PHASE_1, PHASE_2 = "show crypto isakmp sa", "show crypto ipsec sa"

PROPOSAL = IPSecProposal(
    name="esp-3des-sha1", encryption_algorithm="3des-cbc", authentication_algorithm="hmac-sha1", sa_lifetime_seconds=3600
)
TIME = "2026-11-21T12:00:00Z"
PINGS = 20
ALL_ANSWERED = Probe(PINGS, PINGS)


def _termination(host: str, outside: str, prefix: str, probe: str) -> TunnelTermination:
    return TunnelTermination(
        host=host,
        interface="Ethernet0/0",
        outside_ip=IPv4Address(outside),
        protected_prefixes=(IPv4Network(prefix),),
        probe_address=IPv4Address(probe),
    )


HQ = _termination("vpn2611", "172.18.124.159", "10.10.10.0/24", "10.10.10.1")
BRANCH = _termination("vpn3640", "172.18.124.199", "10.10.20.0/24", "10.10.20.1")
NEAR, FAR = End(HQ, BRANCH), End(BRANCH, HQ)

CLIENT = "64.102.55.142"
#: A VPN client on the same map of the 2611, as a flow of its own.
CLIENT_FLOW = {
    "tag": "clientmap",
    "local": "172.18.124.159",
    "idents": ("172.18.124.159/255.255.255.255/0/0", "14.1.1.106/255.255.255.255/0/0"),
    "peer": CLIENT,
    "flags": "",
    "inbound": (0x10101010,),
    "outbound": (0x20202020,),
    "transform": "esp-3des esp-md5-hmac",
}


def seen(host: str, os: str, ike: str, ipsec: str) -> Observation:
    """What a device showed of its IKEv1 SAs and its flows."""
    return Observation(host, TIME, os, {IKE.name: parse(os, PHASE_1, ike), IPSEC.name: parse(os, PHASE_2, ipsec)})


class Flow(Struct, frozen=True):
    """One flow of `show crypto ipsec sa`; SPIs are numbers, counters packets."""

    tag: str
    local: str
    idents: tuple[str, str]
    peer: str
    inbound: tuple[int, ...]
    outbound: tuple[int, ...]
    current: int | None = None
    encaps: int = 5
    decaps: int = 4
    send_errors: int = 1
    interface: str = "Ethernet0/0"
    flags: str = "origin_is_acl,"
    transform: str = "esp-3des esp-sha-hmac"
    settings: str = "Tunnel, "
    seconds: int = 3000
    kilobytes: int = 4607990

    @property
    def text(self) -> str:
        """As the device prints it."""
        current = self.current if self.current is not None else (self.outbound[-1] if self.outbound else 0)
        return (
            f"\ninterface: {self.interface}\n    Crypto map tag: {self.tag}, local addr. {self.local}\n\n"
            f"   protected vrf: \n"
            f"   local  ident (addr/mask/prot/port): ({self.idents[0]})\n"
            f"   remote ident (addr/mask/prot/port): ({self.idents[1]})\n"
            f"   current_peer: {self.peer}:500\n"
            f"     PERMIT, flags={{{self.flags}}}\n"
            f"    #pkts encaps: {self.encaps}, #pkts encrypt: {self.encaps}, #pkts digest {self.encaps}\n"
            f"    #pkts decaps: {self.decaps}, #pkts decrypt: {self.decaps}, #pkts verify {self.decaps}\n"
            f"    #pkts compressed: 0, #pkts decompressed: 0\n"
            f"    #pkts not compressed: 0, #pkts compr. failed: 0, #pkts decompress failed: 0\n"
            f"    #send errors {self.send_errors}, #recv errors 0\n\n"
            f"     local crypto endpt.: {self.local}, remote crypto endpt.: {self.peer}\n"
            f"     path mtu 1500, media mtu 1500\n"
            f"     current outbound spi: {current:X}\n\n"
            f"     inbound esp sas:\n{self._sas(self.inbound)}\n     inbound ah sas:\n\n     inbound pcp sas:\n\n"
            f"     outbound esp sas:\n{self._sas(self.outbound)}\n     outbound ah sas:\n\n     outbound pcp sas:\n"
        )

    def _sas(self, numbers: tuple[int, ...]) -> str:
        return "".join(
            f"      spi: 0x{spi:X}({spi})\n"
            f"        transform: {self.transform} ,\n"
            f"        in use settings ={{{self.settings}}}\n"
            f"        slot: 0, conn id: {2000 + position}, flow_id: {position + 1}, crypto map: {self.tag}\n"
            f"        sa timing: remaining key lifetime (k/sec): ({self.kilobytes}/{self.seconds})\n"
            f"        IV size: 8 bytes\n"
            f"        replay detection support: Y\n"
            for position, spi in enumerate(numbers)
        )


NEAR_FLOW = Flow(
    tag="clientmap",
    local="172.18.124.159",
    idents=("10.10.10.0/255.255.255.0/0/0", "10.10.20.0/255.255.255.0/0/0"),
    peer="172.18.124.199",
    inbound=(0x7B7B2015,),
    outbound=(0x892741BC,),
)
FAR_FLOW = replace(
    NEAR_FLOW,
    tag="NR-MAP",
    local="172.18.124.199",
    idents=NEAR_FLOW.idents[::-1],
    peer="172.18.124.159",
    inbound=NEAR_FLOW.outbound,
    outbound=NEAR_FLOW.inbound,
    send_errors=11,
)


class Side(Struct, frozen=True):
    """What one router shows: state of its IKE rows by (dst, src), and its flows before and after the pings."""

    end: End
    before: tuple[Flow, ...]
    after: tuple[Flow, ...]
    rows: tuple[tuple[str, str, str], ...] = (("172.18.124.199", "172.18.124.159", "QM_IDLE"),)
    probe: Probe | None = ALL_ANSWERED
    baseline: tuple[Flow, ...] | None = ()
    extra: Mapping[str, str] = field(default_factory=dict)

    def watched(self) -> Watched:
        """As the checks see it: parsed."""
        baseline = None if self.baseline is None else self.observation(self.baseline, ())
        return Watched(
            Endpoint.of(self.end, (PROPOSAL,)),
            self.observation(self.before, self.rows, "before"),
            self.observation(self.after, self.rows, "after"),
            self.probe,
            baseline,
        )

    def observation(self, flows: tuple[Flow, ...], rows: tuple[tuple[str, str, str], ...], moment: str = "") -> Observation:
        """Both commands parsed; ``extra`` of this moment stands at the end of phase 2."""
        phase_2 = ("".join(flow.text for flow in flows) or "\nNo SAs found\n") + self.extra.get(moment, "")
        return seen(self.end.local.host, "ios", isakmp(*rows), phase_2)

    def with_after(self, **changes: object) -> Side:
        """The same side whose own flow is different after the pings."""
        return replace(self, after=(replace(self.after[0], **changes), *self.after[1:]))  # type: ignore[arg-type]

    def with_both(self, **changes: object) -> Side:
        """The same side whose own flow is different before and after the pings."""
        changed = self.with_after(**changes)
        return replace(changed, before=(replace(self.before[0], **changes), *self.before[1:]))  # type: ignore[arg-type]


def isakmp(*rows: tuple[str, str, str]) -> str:
    """`show crypto isakmp sa` of the 12.2 generation."""
    lines = []
    for number, (dst, src, state) in enumerate(rows, 4):
        word, _, rest = state.partition(" ")
        lines.append(f"{dst:<16}{src:<16}{word:<16}{number:>8}       0 {rest}")
    return "\n".join(["dst             src             state           conn-id    slot", *lines]) + "\n"


def _later(flow: Flow) -> Flow:
    return replace(flow, encaps=flow.encaps + 2 * PINGS, decaps=flow.decaps + 2 * PINGS, seconds=flow.seconds - 5)


HEALTHY_NEAR = Side(NEAR, (NEAR_FLOW,), (_later(NEAR_FLOW),))
HEALTHY_FAR = Side(FAR, (FAR_FLOW,), (_later(FAR_FLOW),))


def judge(near: Side = HEALTHY_NEAR, far: Side = HEALTHY_FAR) -> tuple[Finding, ...]:
    """All findings on the pair."""
    return prove("hq-branch", (near.watched(), far.watched()))


def cause_of(near: Side = HEALTHY_NEAR, far: Side = HEALTHY_FAR, during: tuple[Observation, ...] = ()) -> Cause | None:
    """Probable cause for the pair."""
    return probable_cause((near.watched(), far.watched()), during)


def only(findings: tuple[Finding, ...], check: str, subject: str) -> Finding:
    """The one finding of this check on this device."""
    (found,) = [finding for finding in findings if (finding.check, finding.subject) == (check, subject)]
    return found
