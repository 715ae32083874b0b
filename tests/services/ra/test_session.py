"""The gate of a group of clients: a session verifies it, and one that was verified may end in order; nothing else is let
through."""

from __future__ import annotations

import pytest

from nr_run.checks.finding import Status, proved
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.ra.session import IKE, IPSEC, RUNNING, ClientSession
from nr_run.services.service import Member, Passing, Seen

from .groups import BARE, deployed, group

CLIENT, SERVER = "192.0.2.77", "172.18.124.159"
HEAD = "dst             src             state           conn-id    slot\n"
UP = f"{HEAD}{SERVER}  {CLIENT}      QM_IDLE               1       0\n"
DELETED = f"{HEAD}{SERVER}  {CLIENT}      MM_NO_STATE           1       0  (deleted)\n"
FLOW = """
interface: Ethernet0/0
    Crypto map tag: NR-MAP, local addr. 172.18.124.159

   local  ident (addr/mask/prot/port): (10.10.10.0/255.255.255.0/0/0)
   remote ident (addr/mask/prot/port): (192.168.77.10/255.255.255.255/0/0)
   current_peer: 192.0.2.77
     PERMIT, flags={}
    #pkts encaps: %(out)s, #pkts encrypt: %(out)s, #pkts digest %(out)s
    #pkts decaps: 5, #pkts decrypt: 5, #pkts verify 5
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0, #pkts decompress failed: 0
    #send errors 0, #recv errors 0

     local crypto endpt.: 172.18.124.159, remote crypto endpt.: 192.0.2.77
     path mtu 1500, media mtu 1500
     current outbound spi: 4E2C1A8F

     inbound esp sas:
      spi: 0x1C2D3E4F(472727119)
        transform: esp-3des esp-sha-hmac ,
        in use settings ={Tunnel, }
        slot: 0, conn id: 2000, flow_id: 1, crypto map: NR-MAP
        sa timing: remaining key lifetime (k/sec): (4607999/3500)
        IV size: 8 bytes
        replay detection support: Y

     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:
      spi: 0x4E2C1A8F(1311513231)
        transform: esp-3des esp-sha-hmac ,
        in use settings ={Tunnel, }
        slot: 0, conn id: 2001, flow_id: 2, crypto map: NR-MAP
        sa timing: remaining key lifetime (k/sec): (4607999/3500)
        IV size: 8 bytes
        replay detection support: Y

     outbound ah sas:

     outbound pcp sas:

"""
SENDS, STANDS_STILL = FLOW % {"out": 5}, FLOW % {"out": 0}
EMPTY = "\nNo SAs found\n"
GATE = ClientSession(group())


def seen(ike: str, ipsec: str, *, built: bool = True) -> Seen:
    """What the router shows."""
    running = deployed("staff", BARE).replace("\nend\n", "\n") + "end\n" if built else BARE
    outputs = {RUNNING: running, IKE: ike, IPSEC: ipsec}
    return Seen(Member("vpn2611", "server", group()), platform_for("2611", "12.2(8)T"), outputs, "2026-11-30T00:00:00Z")


def word(then: Seen, now: Seen) -> Status:
    """What a later look says of the session."""
    (found,) = (item for item in GATE.later([then], [now]) if item.check == "client-session")
    return found.status


def test_the_gate_says_that_it_passes() -> None:
    """The engine lets this gate, and none without a second way to judge, rest on what was verified."""
    assert isinstance(GATE, Passing)
    assert word(seen(UP, SENDS), seen(UP, SENDS)) is Status.OK


@pytest.mark.parametrize("left", [DELETED, HEAD], ids=["listed as deleted", "nothing"])
def test_who_hung_up_was_there(left: str) -> None:
    """Proved before, and nothing of either phase is left: no objection."""
    assert word(seen(UP, SENDS), seen(left, EMPTY)) is Status.OK


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ((HEAD, EMPTY), (DELETED, EMPTY)),
        ((UP, STANDS_STILL), (DELETED, EMPTY)),
        ((UP, SENDS), (UP, EMPTY)),
        ((UP, SENDS), (DELETED, STANDS_STILL)),
        ((UP, SENDS), (DELETED + "something else\n", EMPTY)),
        ((UP, SENDS), (DELETED, SENDS + "something else\n")),
    ],
    ids=["never verified", "no packets", "phase 1 is left", "phase 2 is left", "phase 1 not read", "phase 2 not read"],
)
def test_what_merely_broke_is_not_let_through(then: tuple[str, str], now: tuple[str, str]) -> None:
    """A session that was not verified, of which one phase is left, or of which the router says nothing that is understood."""
    assert word(seen(*then), seen(*now)) is Status.UNVERIFIED


def test_the_group_has_to_be_there_still() -> None:
    """Whoever hung up proves nothing of a group that is gone."""
    findings = GATE.later([seen(UP, SENDS)], [seen(DELETED, EMPTY, built=False)])
    assert [item.status for item in findings if item.check == "client-group"] == [Status.FAILED]


@pytest.mark.parametrize(
    ("now", "status"),
    [((UP, SENDS), Status.OK), ((UP, STANDS_STILL), Status.WARNING), ((HEAD, EMPTY), Status.WARNING)],
    ids=["connected", "no packets", "left"],
)
def test_after_the_decision_nobody_has_to_be_connected(now: tuple[str, str], status: Status) -> None:
    """A client that was verified is not waited for in a run that was decided and interrupted; that none is there is told."""
    findings = GATE.decided([seen(*now)])
    assert [item.status for item in findings] == [Status.OK, status]
    assert proved(findings)


def test_after_the_decision_the_group_has_to_be_there() -> None:
    """What was decided is not finished where the group is gone."""
    assert not proved(GATE.decided([seen(HEAD, EMPTY, built=False)]))
