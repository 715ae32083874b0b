"""How many packets the anti-replay window dropped between two answers of one device."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from nr_run.checks.observations.looks import Look
from nr_run.checks.observations.observation import Observation
from nr_run.services.l2l.endpoint import Endpoint
from nr_run.services.l2l.verdicts.dropped import replayed

PAIR = (IPv4Network("10.10.20.0/24"), IPv4Network("10.10.10.0/24"))
END = Endpoint(
    host="branch",
    interface="FastEthernet4",
    address=IPv4Address("198.51.100.1"),
    peer=IPv4Address("192.0.2.1"),
    selectors=(PAIR,),
    source=IPv4Address("10.10.20.1"),
    target=IPv4Address("10.10.10.1"),
    transforms=(),
)


def _shown(failed: int, *, peer: str = "192.0.2.1") -> str:
    return f"""
interface: FastEthernet4
    Crypto map tag: M, local addr 198.51.100.1

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (10.10.20.0/255.255.255.0/0/0)
   remote ident (addr/mask/prot/port): (10.10.10.0/255.255.255.0/0/0)
   current_peer {peer} port 500
     PERMIT, flags={{origin_is_acl,}}
    #pkts encaps: 9, #pkts encrypt: 9, #pkts digest: 9
    #pkts decaps: 9, #pkts decrypt: 9, #pkts verify: 9
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
    #pkts no sa (send) 0, #pkts invalid sa (rcv) 0
    #pkts encaps failed (send) 0, #pkts decaps failed (rcv) 0
    #pkts invalid prot (recv) 0, #pkts verify failed: 0
    #pkts invalid identity (recv) 0, #pkts invalid len (rcv) 0
    #pkts replay rollover (send): 0, #pkts replay rollover (rcv) 0
    ##pkts replay failed (rcv): {failed}
    #pkts internal err (send): 0, #pkts internal err (recv) 0

     local crypto endpt.: 198.51.100.1, remote crypto endpt.: {peer}
     path mtu 1500, ip mtu 1500, ip mtu idb FastEthernet4
     current outbound spi: 0x0(0)

     inbound esp sas:

     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:

     outbound ah sas:

     outbound pcp sas:
"""


@pytest.mark.parametrize(
    ("drops", "found"),
    [
        ((_shown(3), _shown(9)), 6),
        ((_shown(3), _shown(3)), 0),
        ((), None),
        ((_shown(9),), None),
        ((_shown(9), _shown(2)), None),
        ((_shown(3), "% Invalid input detected at '^' marker.\n"), None),
        ((_shown(3), ""), None),
    ],
    ids=["risen", "as before", "not asked", "half", "began again", "refused", "empty"],
)
def test_only_a_rise_between_two_answers_counts(drops: tuple[str, ...], found: int | None) -> None:
    """What was dropped earlier is of any time, and an answer that cannot be read says nothing."""
    look = Look(Observation("branch", "2026-01-01T00:00:00Z", "ios", {}), drops=drops)
    assert replayed(END, PAIR, look) == found
