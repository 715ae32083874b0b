"""Pairs of routers that are sick, each with what is to be said of it, and pairs that only look odd."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from nr_run.checks.finding import Status
from nr_run.checks.observations.observation import Probe

from .pair import (
    CLIENT_FLOW,
    FAR_FLOW,
    HEALTHY_FAR,
    HEALTHY_NEAR,
    NEAR_FLOW,
    PINGS,
    Flow,
    Side,
)

NOT_UP = {"before": (), "after": (), "probe": None}
CLIENT = Flow(**CLIENT_FLOW)  # type: ignore[arg-type]
SECOND_CLIENT = replace(
    CLIENT,
    idents=("172.18.124.159/255.255.255.255/0/0", "14.1.1.107/255.255.255.255/0/0"),
    peer="64.102.55.143",
)
OTHER_BRANCH = replace(
    CLIENT,
    idents=("10.10.10.0/255.255.255.0/0/0", "10.10.30.0/255.255.255.0/0/0"),
    peer="172.18.124.30",
    flags="origin_is_acl,",
)
SAME_PEER = replace(
    OTHER_BRANCH,
    idents=("10.10.10.0/255.255.255.0/0/0", "10.10.40.0/255.255.255.0/0/0"),
    peer="172.18.124.199",
)


def rows(state: str, *, away: bool = True) -> tuple[tuple[str, str, str], ...]:
    """One IKE row between the two routers in this state."""
    pair = ("172.18.124.199", "172.18.124.159")
    return ((*(pair if away else pair[::-1]), state),)  # type: ignore[return-value]


def near(**changes: object) -> Side:
    """The healthy 2611 with other parts."""
    return replace(HEALTHY_NEAR, **changes)  # type: ignore[arg-type]


def far(**changes: object) -> Side:
    """The healthy 3640 with other parts."""
    return replace(HEALTHY_FAR, **changes)  # type: ignore[arg-type]


def no_sas(flow: Flow, **changes: object) -> Flow:
    """The flow as it stands there without any SA."""
    return replace(flow, inbound=(), outbound=(), encaps=0, decaps=0, **changes)  # type: ignore[arg-type]


class Sick(Struct, frozen=True):
    """A sick pair, and what has to be said about it."""

    near: Side
    far: Side
    check: str
    subject: str
    sentence: str
    evidence: str
    cause: str | None
    status: Status = Status.FAILED


SICK: dict[str, Sick] = {
    "no row at all, nothing encrypted": Sick(
        near(rows=(), **NOT_UP), far(rows=(), **NOT_UP),
        "phase-1", "vpn2611", "there is no IKE SA with 172.18.124.199", "rows of 172.18.124.199 = none", None,
    ),
    "no row left, packets could not be sent": Sick(
        near(rows=(), before=(), after=(no_sas(NEAR_FLOW, send_errors=9),)), far(rows=(), **NOT_UP),
        "phase-1", "vpn3640", "there is no IKE SA with 172.18.124.159", "rows of 172.18.124.159 = none", "udp-500",
    ),
    "MM_NO_STATE here and nothing there": Sick(
        near(rows=rows("MM_NO_STATE"), **NOT_UP), far(rows=(), **NOT_UP),
        "phase-1", "vpn2611", "not up: MM_NO_STATE", "172.18.124.159 to 172.18.124.199 = MM_NO_STATE", "udp-500",
    ),
    "MM_NO_STATE on both ends": Sick(
        near(rows=rows("MM_NO_STATE"), **NOT_UP), far(rows=rows("MM_NO_STATE (deleted)"), **NOT_UP),
        "phase-1", "vpn3640", "not up: MM_NO_STATE", "= MM_NO_STATE", "ike-policy",
    ),
    "MM_KEY_EXCH": Sick(
        near(rows=rows("MM_KEY_EXCH"), **NOT_UP), far(rows=rows("MM_NO_STATE (deleted)"), **NOT_UP),
        "phase-1", "vpn2611", "not up: MM_KEY_EXCH", "= MM_KEY_EXCH", "preshared-key",
    ),
    "CONF_XAUTH": Sick(
        near(rows=rows("CONF_XAUTH"), **NOT_UP), far(rows=rows("CONF_XAUTH"), **NOT_UP),
        "phase-1", "vpn2611", "not up: CONF_XAUTH", "= CONF_XAUTH", "xauth",
    ),
    "QM_IDLE that is deleted": Sick(
        near(rows=rows("QM_IDLE (deleted)")), HEALTHY_FAR,
        "phase-1", "vpn2611", "not up", "= QM_IDLE", None,
    ),
    "QM_IDLE at one end only": Sick(
        HEALTHY_NEAR, far(rows=(), **NOT_UP),
        "phase-1", "vpn3640", "there is no IKE SA", "= none", "stale-sa",
    ),
    "QM_IDLE with another address of this device": Sick(
        near(rows=(("172.18.124.199", "192.0.2.7", "QM_IDLE"),)), HEALTHY_FAR,
        "phase-1", "vpn2611", "not up: QM_IDLE", "192.0.2.7 to 172.18.124.199 = QM_IDLE", None,
    ),
    "phase 1 without phase 2": Sick(
        near(before=(), after=(no_sas(NEAR_FLOW, send_errors=9),)), far(before=(), after=()),
        "phase-2", "vpn3640", "there is no flow 10.10.20.0/24 to 10.10.10.0/24", "flow = none", "phase-2",
    ),
    "empty SA lists": Sick(
        near(before=(no_sas(NEAR_FLOW),), after=(no_sas(NEAR_FLOW),)), far(before=(no_sas(FAR_FLOW),), after=(no_sas(FAR_FLOW),)),
        "phase-2", "vpn2611", "has no SA pair", "SAs = 0 in, 0 out", "phase-2",
    ),
    "an SA in one direction only": Sick(
        HEALTHY_NEAR.with_both(outbound=(), current=0x892741BC), HEALTHY_FAR,
        "phase-2", "vpn2611", "has no SA pair", "SAs = 1 in, 0 out", "phase-2",
    ),
    "wrong peer": Sick(
        HEALTHY_NEAR.with_both(peer="172.18.124.198"), HEALTHY_FAR,
        "phase-2", "vpn2611", "goes to 172.18.124.198 instead of 172.18.124.199", "current_peer = 172.18.124.198", "phase-2",
    ),
    "wrong interface": Sick(
        HEALTHY_NEAR.with_both(interface="Ethernet0/1"), HEALTHY_FAR,
        "phase-2", "vpn2611", "is on Ethernet0/1 instead of Ethernet0/0", "interface = Ethernet0/1", None,
    ),
    "wrong transform": Sick(
        HEALTHY_NEAR.with_both(transform="esp-3des esp-md5-hmac"), HEALTHY_FAR,
        "phase-2", "vpn2611", "another transform than 3des-cbc hmac-sha1", "transform = esp-3des esp-md5-hmac", "policy-order",
    ),
    "transport mode": Sick(
        HEALTHY_NEAR, HEALTHY_FAR.with_both(settings="Transport, "),
        "phase-2", "vpn3640", "in transport mode", "in use settings = transport", None,
    ),
    "one protocol only": Sick(
        HEALTHY_NEAR.with_both(idents=("10.10.10.0/255.255.255.0/6/0", "10.10.20.0/255.255.255.0/6/23")), HEALTHY_FAR,
        "phase-2", "vpn2611", "there is no flow", "flow = none", "phase-2",
    ),
    "lifetime of 0 seconds": Sick(
        HEALTHY_NEAR.with_after(seconds=0), HEALTHY_FAR,
        "phase-2", "vpn2611", "has no lifetime left", "remaining_seconds = 0", None,
    ),
    "lifetime of 0 kilobytes": Sick(
        HEALTHY_NEAR, HEALTHY_FAR.with_after(kilobytes=0),
        "phase-2", "vpn3640", "has no volume left", "remaining_kilobytes = 0", None,
    ),
    "sends on an SPI of no SA": Sick(
        HEALTHY_NEAR.with_both(current=0x12345678), HEALTHY_FAR,
        "phase-2", "vpn2611", "sends on an SPI that no SA has", "current outbound spi = 0x12345678", "stale-sa",
    ),
    "SPIs that do not cross": Sick(
        HEALTHY_NEAR, HEALTHY_FAR.with_both(inbound=(0xAAAAAAAA,)),
        "spi-cross", "hq-branch", "an SPI that the other end does not have", "inbound SPI = 0xAAAAAAAA", "stale-sa",
    ),
    "near encrypts, nothing is received anywhere": Sick(
        HEALTHY_NEAR.with_after(decaps=4), HEALTHY_FAR.with_after(decaps=4),
        "counters", "vpn2611", "encaps rose by 40 and decaps by 0", "encaps = +40", "esp-blocked",
    ),
    "lost on the way to the far end": Sick(
        HEALTHY_NEAR, HEALTHY_FAR.with_after(decaps=4),
        "counters", "vpn3640", "decaps by 0", "decaps = +0", "esp-blocked",
    ),
    "lost on the way to the near end": Sick(
        HEALTHY_NEAR.with_after(decaps=4), HEALTHY_FAR,
        "counters", "vpn2611", "decaps by 0", "decaps = +0", "esp-blocked",
    ),
    "far end encrypts no answer": Sick(
        HEALTHY_NEAR.with_after(decaps=4), HEALTHY_FAR.with_after(encaps=5),
        "counters", "vpn3640", "encaps rose by 0", "encaps = +0", "return-path",
    ),
    "near end encrypts nothing": Sick(
        HEALTHY_NEAR.with_after(encaps=5), HEALTHY_FAR.with_after(decaps=4),
        "counters", "vpn2611", "encaps rose by 0", "encaps = +0", "return-path",
    ),
    "counters that do not rise": Sick(
        near(after=(NEAR_FLOW,)), far(after=(FAR_FLOW,)),
        "counters", "vpn2611", "38 or more were expected", "encaps = +0", "return-path",
    ),
    "counters that fall without a rekey": Sick(
        HEALTHY_NEAR.with_after(encaps=1, decaps=1), HEALTHY_FAR,
        "counters", "vpn2611", "encaps rose by -4", "encaps = +-4", None,
    ),
    "old counters under new SPIs": Sick(
        near(
            before=(replace(NEAR_FLOW, encaps=900, decaps=900, inbound=(1 << 20,), outbound=(2 << 20,)),),
            after=(replace(NEAR_FLOW, encaps=900, decaps=900),),
        ),
        HEALTHY_FAR,
        "counters", "vpn2611", "encaps rose by 0 and decaps by 0", "decaps = +0", "return-path",
    ),
    "send errors that rise": Sick(
        HEALTHY_NEAR.with_after(send_errors=3), HEALTHY_FAR,
        "counters", "vpn2611", "2 packets could not be sent", "send errors = +2", None,
    ),
    "send errors that rise through a rekey": Sick(
        HEALTHY_NEAR.with_after(send_errors=3, inbound=(0x7B7B2015,), outbound=(0x892741BD,)),
        HEALTHY_FAR.with_both(inbound=(0x892741BC, 0x892741BD)),
        "counters", "vpn2611", "2 packets could not be sent", "send errors = +2", None,
    ),
    "no answer to any ping": Sick(
        near(probe=Probe(PINGS, 0)), HEALTHY_FAR,
        "ping", "vpn2611", "only 0 of 20 answered", "answers = 0/20", None,
    ),
    "no answer to the few pings there were": Sick(
        near(probe=Probe(2, 0)), HEALTHY_FAR,
        "ping", "vpn2611", "only 0 of 2 answered", "answers = 0/2", None,
    ),
    "no ping was sent": Sick(
        near(probe=None), HEALTHY_FAR,
        "ping", "vpn2611", "was not sent", "", None, Status.UNVERIFIED,
    ),
    "another tunnel is lost": Sick(
        near(baseline=(OTHER_BRANCH,)), HEALTHY_FAR,
        "other-tunnels", "vpn2611", "172.18.124.30 had SAs and has lost them", "with SAs = 0 of 1", None,
    ),
    "another tunnel is lost, a client is kept": Sick(
        near(baseline=(OTHER_BRANCH, CLIENT), after=(*HEALTHY_NEAR.after, CLIENT)), HEALTHY_FAR,
        "other-tunnels", "vpn2611", "172.18.124.30 had SAs", "with SAs = 1 of 2", None,
    ),
    "another tunnel to the same peer is lost": Sick(
        near(baseline=(SAME_PEER, CLIENT), after=(*HEALTHY_NEAR.after, CLIENT)), HEALTHY_FAR,
        "other-tunnels", "vpn2611", "10.10.10.0/24 to 10.10.40.0/24 with 172.18.124.199 had SAs and has lost them",
        "with SAs = 1 of 2", None,
    ),
    "all clients are lost": Sick(
        near(baseline=(CLIENT,)), HEALTHY_FAR,
        "other-tunnels", "vpn2611", "64.102.55.142 had SAs", "with SAs = 0 of 1", None,
    ),
    "a line that was not understood": Sick(
        near(extra={"after": "     quantum entanglement: lost\n"}), HEALTHY_FAR,
        "output-understood", "vpn2611", "not understood at 1 places", "quantum entanglement: lost", None, Status.UNVERIFIED,
    ),
    "a line that was not understood before the pings": Sick(
        near(extra={"before": "     quantum entanglement: lost\n"}), HEALTHY_FAR,
        "output-understood", "vpn2611", "not understood at 1 places", "quantum entanglement: lost", None, Status.UNVERIFIED,
    ),
    "a line that was not understood before the change": Sick(
        near(extra={"": "     quantum entanglement: lost\n"}), HEALTHY_FAR,
        "output-understood", "vpn2611", "not understood at 1 places", "quantum entanglement: lost", None, Status.UNVERIFIED,
    ),
}  # fmt: skip


HEALTHY_TOO: dict[str, tuple[Side, Side]] = {
    "two SPIs during a rekey": (
        HEALTHY_NEAR.with_both(inbound=(0x7B7B2015, 0x11), outbound=(0x892741BC, 0x22), current=0x22),
        HEALTHY_FAR.with_both(inbound=(0x892741BC, 0x22), outbound=(0x7B7B2015, 0x11), current=0x11),
    ),
    "a rekey in the middle that keeps the counters": (
        HEALTHY_NEAR.with_after(inbound=(0x11,), outbound=(0x22,)),
        HEALTHY_FAR.with_after(inbound=(0x22,), outbound=(0x11,)),
    ),
    "a rekey in the middle that sets the counters to zero": (
        near(
            before=(replace(NEAR_FLOW, encaps=5000, decaps=5000),),
            after=(replace(NEAR_FLOW, inbound=(0x11,), outbound=(0x22,), encaps=39, decaps=39),),
        ),
        HEALTHY_FAR.with_after(inbound=(0x22,), outbound=(0x11,)),
    ),
    "a flow that was not there before": (
        near(before=(), after=(replace(NEAR_FLOW, encaps=40, decaps=40, send_errors=7),)),
        HEALTHY_FAR,
    ),
    "a failed try left behind": (
        near(rows=(*rows("MM_NO_STATE (deleted)"), *rows("QM_IDLE", away=False))),
        HEALTHY_FAR,
    ),
    "two pings lost": (near(probe=Probe(PINGS, PINGS - 2)).with_after(encaps=43, decaps=42), HEALTHY_FAR),
    "a client that hung up while another stays": (
        near(
            baseline=(CLIENT, SECOND_CLIENT), after=(*HEALTHY_NEAR.after, CLIENT),
        ),
        HEALTHY_FAR,
    ),
    "a neighbour with new SPIs": (
        near(baseline=(OTHER_BRANCH,), after=(*HEALTHY_NEAR.after, replace(OTHER_BRANCH, inbound=(1,), outbound=(2,)))),
        HEALTHY_FAR,
    ),
    "the tunnel itself was up before": (near(baseline=(NEAR_FLOW,)), HEALTHY_FAR),
    "the tunnel itself went to another peer before": (near(baseline=(replace(NEAR_FLOW, peer="192.0.2.9"),)), HEALTHY_FAR),
    "no earlier state": (near(baseline=None), HEALTHY_FAR),
}  # fmt: skip
