"""Forms of real output that releases and setups print: each is read whole, with the value that it is about."""

from __future__ import annotations

from typing import Any

import pytest

from nr_run.parsers import parse
from nr_run.parsers.records import Selector

FLOW = """interface: Tunnel11
    Crypto map tag: Tunnel11-head-0, local addr 192.0.2.1

   protected vrf: (none)
   local  ident (addr/mask/prot/port): (192.0.2.1/255.255.255.255/47/0)
   remote ident (addr/mask/prot/port): (192.0.2.2/255.255.255.255/47/0)
   current_peer 192.0.2.2 port 500
     PERMIT, flags={{origin_is_acl,}}
    #pkts encaps: 7, #pkts encrypt: 7, #pkts digest: 7
    #pkts decaps: 768, #pkts decrypt: 768, #pkts verify: 768
    #send errors 0, #recv errors 0

     local crypto endpt.: 192.0.2.1, remote crypto endpt.: 192.0.2.2
     plaintext mtu 9130, path mtu 9184, ip mtu 9184, ip mtu idb Ethernet0/0
     current outbound spi: 0x6DE5239C(1843733404)
     {pfs}

     inbound esp sas:
      spi: 0x46959245(1184207429)
        transform: esp-gcm 256 ,
        in use settings ={{Tunnel, }}
        conn id: 18001, flow_id: HW:16001, sibling_flags FFFFFFFF80000048, crypto map: Tunnel11-head-0
        sa timing: remaining key lifetime {left}
        Kilobyte Volume Rekey has been disabled
        IV size: 8 bytes
        replay detection support: N
        Status: ACTIVE(ACTIVE)

     inbound ah sas:

     inbound pcp sas:

     outbound esp sas:
      spi: 0x6DE5239C(1843733404)
        transform: esp-gcm 256 ,
        in use settings ={{Tunnel, }}
        conn id: 18002, flow_id: HW:16002, sibling_flags FFFFFFFF80000048, crypto map: Tunnel11-head-0
        sa timing: remaining key lifetime {left}
        Kilobyte Volume Rekey has been disabled
        IV size: 8 bytes
        replay detection support: N
        Status: ACTIVE(ACTIVE)

     outbound ah sas:

     outbound pcp sas:
"""
PFS = "PFS (Y/N): Y, DH group: group20"


def whole(os: str, command: str, text: str) -> Any:
    """The state of an output that has to be complete."""
    parsed = parse(os, command, text)
    assert [(problem.line, problem.text, problem.why) for problem in parsed.problems] == []
    return parsed.state


@pytest.mark.parametrize(
    ("left", "seconds", "kilobytes"),
    [
        ("1 hours, 10 mins", 4200, None),
        ("59 mins", 3540, None),
        ("23 hours", 82800, None),
        ("1 days, 2 hours", 93600, None),
        ("45 secs", 45, None),
        ("(sec): 3060", 3060, None),
        ("(k/sec): (KB Vol Rekey Disabled/3060)", 3060, None),
        ("(k/sec): (4607999/3060)", 3060, 4607999),
    ],
)
def test_what_is_left_of_an_sa(left: str, seconds: int, kilobytes: int | None) -> None:
    """IOS-XE 17 prints words where the volume rekey is off; every spelling is seconds."""
    (flow,) = whole("ios", "show crypto ipsec sa", FLOW.format(pfs=PFS, left=left))
    assert {(sa.remaining_seconds, sa.remaining_kilobytes) for sa in flow.sas} == {(seconds, kilobytes)}


@pytest.mark.parametrize("more", ["PQC Key Exchange: ML-KEM-1024", "AKE group: AKE1: MLKEM512"])
def test_a_key_exchange_after_quantum(more: str) -> None:
    """17.18 and later name the additional key exchange behind the group."""
    (flow,) = whole("ios", "show crypto ipsec sa", FLOW.format(pfs=f"{PFS}, {more}", left="59 mins"))
    assert flow.dh_group == "group20"


def test_policies_of_ospfv3_stand_above_its_flows() -> None:
    """A router that protects OSPFv3 has flows without a map, below the name of a policy."""
    text = FLOW.format(pfs=PFS, left="59 mins").replace("Tunnel11-head-0, local addr 192.0.2.1", "(none), local addr ::")
    text = text.replace(
        "   protected vrf",
        "   IPsecv6 policy name: OSPFv3-1-256 \n   IPsecv6-created ACL name: Ethernet0/0-ipsecv6-ACL\n\n   protected vrf",
    )
    text = text.replace("192.0.2.1/255.255.255.255/47/0", "FE80::/10/89/0").replace("192.0.2.2/255.255.255.255/47/0", "::/0/89/0")
    (flow,) = whole(
        "ios", "show crypto ipsec sa", text.replace(", remote crypto endpt.: 192.0.2.2", ",\n     remote crypto endpt.: ::")
    )
    assert (flow.local_ident.protocol, flow.remote_ident.protocol) == (89, 89)


@pytest.mark.parametrize(
    ("ports", "first", "last"),
    [("6/0 - 65535", 0, None), ("6/1024 - 2048", 1024, 2048), ("6/443", 443, None), ("17/500 - 500", 500, None)],
)
def test_a_range_of_ports(ports: str, first: int, last: int | None) -> None:
    """An ASA prints the ports of an IKEv2 selector as a range; all ports are any port."""
    selector = Selector.parse(f"10.0.0.0/255.255.255.0/{ports}")
    assert (selector.port, selector.last_port) == (first, last)


def test_a_range_of_ports_in_a_flow_of_an_asa(cases: Any) -> None:
    """The flow is read with its SAs, where the whole of it was lost."""
    case = next(case for case in cases if case.name == "asa/show_crypto_ipsec_sa/a9_12_map_rekey")
    ranged = case.text.replace("/0/0)", "/6/0 - 65535)", 2)
    assert ranged != case.text
    state = whole("asa", case.command, ranged)
    assert state[0].local_ident == Selector(state[0].local_ident.network, 6, 0)


SESSION = """Crypto session current status

Interface: Tunnel13
Uptime: 3d18h
Session status: UP-ACTIVE
Peer: 192.0.2.2 port 500 fvrf: (none) ivrf: (none)
      Phase1_id: 192.0.2.2
      Desc: (none)
  Session ID: 0
  IKEv1 SA: local 192.0.2.1/500 remote 192.0.2.2/500 Active
          Capabilities:D connid:1042 lifetime:05:50:03
  IPSEC FLOW: permit 47 host 192.0.2.1 host 192.0.2.2
        Active SAs: 2, origin: crypto map
        Inbound:  #pkts dec'ed 449282 drop 0 life (KB/Sec) KB Vol Rekey Disabled/3060
        Outbound: #pkts enc'ed 772730 drop 0 life (KB/Sec) 4607999/3060
"""


def test_a_session_without_volume_rekey() -> None:
    """The words stand where the kilobytes stand else; the flow is kept, and its kilobytes are none."""
    (session,) = whole("ios", "show crypto session detail", SESSION)
    (flow,) = session.flows
    assert (flow.inbound_remaining_kilobytes, flow.outbound_remaining_kilobytes) == (None, 4607999)
    assert flow.inbound_remaining_seconds == 3060


SMALL = [
    (
        "show crypto isakmp sa detail",
        "IPv4 Crypto ISAKMP SA\n"
        "C-id  Local           Remote          I-VRF    Status Encr Hash   Auth DH Lifetime\n"
        "Cap.\n"
        "\n"
        "1001  192.0.2.1       192.0.2.2                ACTIVE aes  sha    psk  14 23:59:01 D\n"
        "       Engine-id:Conn-id =  SW:1\n"
        "\n"
        "IPv6 Crypto ISAKMP SA\n",
    ),
    (
        "show crypto map",
        "        Interfaces using crypto map NiStTeSt1:\n"
        "\n"
        'Crypto Map IPv4 "VPN" 10 ipsec-isakmp\n'
        "        Peer = 192.0.2.2\n"
        "        Extended IP access list L2L\n"
        "            access-list L2L permit ip host 10.0.0.1 host 10.1.0.1\n"
        "        Security association lifetime: 4608000 kilobytes/3600 seconds\n"
        "        Responder-Only (Y/N): N\n"
        "        PFS (Y/N): N\n"
        "        Mixed-mode : Disabled\n"
        "        Transform sets={\n"
        "                T:  { esp-aes esp-sha-hmac  } ,\n"
        "        }\n"
        "        Interfaces using crypto map VPN:\n"
        "                Ethernet0/0\n"
        "\n"
        "        Interfaces using crypto map NiStTeSt1:\n",
    ),
    (
        "show track",
        "Track 1\n"
        "  IP route 10.2.0.0 255.255.255.0 metric threshold\n"
        "  Metric threshold is Down (no route)\n"
        "    1 change, last change 00:00:35\n"
        "  Metric threshold down 255 up 254\n"
        "  Delay up 2 secs, down 1 sec\n"
        "  First-hop interface is unknown\n",
    ),
    (
        "show ip sla statistics details",
        "IPSLAs Latest Operation Statistics\n"
        "\n"
        "IPSLA operation id: 1\n"
        "Type of operation: tcp-connect\n"
        "Over thresholds occurred: FALSE\n"
        "Latest RTT: 1 ms\n"
        "Latest operation start time: 06:39:18 UTC Wed Oct 13 2021\n"
        "Latest operation return code: OK\n"
        "Number of successes: 1\n"
        "Number of failures: 0\n"
        "Operation time to live: Forever\n"
        "Operational state of entry: Active\n"
        "Last time this entry was reset: Never\n",
    ),
    (
        "show ip sla statistics",
        "IPSLA operation id: 2\n"
        "Type of operation: mcast\n"
        "Latest operation start time: 07:11:18 UTC Fri Oct 22 2021\n"
        "Latest operation return code: OK\n"
        "\n"
        "oper-id        status               lossSD       delay                  destination\n"
        "60988531       OK                   0            3239998/3240718/3240998             192.0.2.100\n"
        "\n"
        "Number of successes: 46\n"
        "Number of failures: 0\n"
        "Operation time to live: Forever\n"
        "\n"
        "IPSLA operation id: 10\n"
        "Delay Statistics for Y1731 Operation 10\n"
        "Type of operation: Y1731 Delay Measurement\n"
        "Latest operation start time: *00:00:00.000 UTC Mon Jan 1 1900\n"
        "Latest operation return code: OK\n"
        "Distribution Statistics:\n"
        "\n"
        "Interval\n"
        " Start time:  *00:00:00.000 UTC Mon Jan 1 1900\n"
        " Number of measurements initiated: 0\n"
        " Number of measurements completed: 0\n"
        " Flag: OK\n"
        "\n"
        "Operation time to live: 3599 sec\n",
    ),
    (
        "show ip sla summary",
        "ID       Type      Destination  State   Stats(ms)  ReturnCode  LastRun\n"
        "---      ----      -----------  -----   -------  ----------  -------\n"
        "100   icmp-jitter   192.0.2.2    Active   100      OK       22:49:53 PST Tue May 3 2011\n"
        "102   tcp-connect   192.0.2.2    Inactive    -      NoConnection  22:49:53 PST Tue May 3 2011\n",
    ),
    (
        "show ip nat translations verbose",
        "Pro  Inside global         Inside local          Outside local         Outside global\n"
        "icmp 192.0.2.11:7          10.1.1.1:7            192.0.2.99:7          192.0.2.99:7\n"
        "  create: 12/18/25 07:41:02, use: 12/18/25 07:41:02, timeout: 00:00:59\n"
        "  RuleID : 3\n"
        "  Flags: unknown\n"
        "  ALG Application Type: NA\n"
        "  WLAN-Flags: unknown\n"
        "  Mac-Address: 0000.0000.0000    Input-IDB: GigabitEthernet4\n"
        "  entry-id: 0xe8441990, use_count:1\n"
        "  In_pkts: 5 In_bytes: 400, Out_pkts: 5 Out_bytes: 400\n"
        "  Output-IDB:\n"
        "\n"
        "Total number of translations: 1\n",
    ),
    (
        "show crypto ikev2 session",
        " IPv4 Crypto IKEv2 Session \n"
        "\n"
        " IPv6 Crypto IKEv2 Session \n"
        "\n"
        "Session-id:3, Status:UP-ACTIVE, IKE count:1, CHILD count:1\n"
        "\n"
        "Tunnel-id    fvrf/ivrf              Status\n"
        "1          none/none             READY\n"
        "Local  2001:DB8::131/500\n"
        "Remote  2001:DB8::122/500\n"
        "      Encr: AES-CBC, keysize: 256, PRF: SHA512, Hash: SHA512, DH Grp:21, Auth sign: PSK, Auth verify: PSK\n"
        "      PQC Key Exchange: ML-KEM-1024\n"
        "      Life/Active Time: 86400/223 sec\n"
        "      CE id: 0, Session-id: 3\n"
        "      Local spi: 4CF87E32B25302C0       Remote spi: 96254131FD306002\n"
        "Child sa:\n"
        "          local selector       ->      remote_selector\n"
        "          2001:DB8::131/0 - 2001:DB8::131/65535    ->    2001:DB8::122/0 - 2001:DB8::122/65535\n"
        "          ESP spi in/out: 0x5CFCE807/0x34A549BD\n",
    ),
    (
        "ping",
        "Type escape sequence to abort.\n"
        "Sending 5, 100-byte ICMP Echos to 2001:DB8::1%vpn-101, timeout is 2 seconds:\n"
        "!!!!!\n"
        "Success rate is 100 percent (5/5), round-trip min/avg/max = 1/2/4 ms\n",
    ),
    (
        "show access-lists",
        "Reflexive IP access list BACK\n"
        "     permit tcp host 192.0.2.9 eq www host 10.0.0.1 eq 1025 (4 matches) (time left 288)\n"
        "     permit udp host 192.0.2.9 host 10.0.0.1 (time left 9)\n",
    ),
    (
        "show reload",
        "Reload scheduled in 9 minutes and 58 seconds by cisco on vty0 (192.0.2.9)\n",
    ),
]


@pytest.mark.parametrize(("command", "text"), SMALL, ids=[command for command, _ in SMALL])
def test_forms_that_are_read_whole(command: str, text: str) -> None:
    """Wrapped heads, built-in maps, metric thresholds, Ethernet and multicast probes, other columns, zones, time left."""
    whole("ios", command, text)


ROUTE_MAP = """STATIC routemaps
route-map RM, permit, sequence 10
  Match clauses:
    ip address (access-lists): NETS
    tag 65534
  Set clauses:
    ip next-hop verify-availability 192.0.2.1 5 track 1  [up]
    ip vrf red next-hop verify-availability 192.0.2.2 15 track 150  [down]
    ipv6 next-hop verify-availability 2001:DB8::1 11 track 140 [down]
    ipv6 vrf red next-hop verify-availability 2001:DB8::2 12 track 130 [undefined]
    ipv6 next-hop recursive vrf Mgmt 2001:DB8::3 force
    extended community SoO:100:10
  Policy routing matches: 3 packets, 300 bytes
    local-preference 700
    community 1:1
DYNAMIC routemaps
Current active dynamic routemaps = 0
"""


def test_next_hops_of_a_vrf_and_of_ipv6_are_next_hops() -> None:
    """A hop that is down is seen in every form, and what stands below the counters is set too."""
    (entry,) = whole("ios", "show route-map all", ROUTE_MAP)
    assert [(hop.vrf, str(hop.next_hop), hop.track, hop.state) for hop in entry.next_hops] == [
        (None, "192.0.2.1", 1, "up"),
        ("red", "192.0.2.2", 150, "down"),
        (None, "2001:db8::1", 140, "down"),
        ("red", "2001:db8::2", 130, "undefined"),
    ]
    assert entry.sets[-2:] == ("local-preference 700", "community 1:1")
    assert (entry.policy_packets, entry.policy_bytes) == (3, 300)


BGP = """For address family: {}
BGP router identifier 192.0.2.1, local AS number 65000
BGP table version is 28, main routing table version 28

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.0.2.2       4        65001       0       0        1    0    0 01:07:38 Idle
"""


@pytest.mark.parametrize("family", ["IPv4 Unicast", "VPNv4 Unicast", "IPv6 Unicast"])
def test_an_address_family_is_named_without_its_heading(family: str) -> None:
    """A reader compares the name with `IPv4 Unicast`."""
    for os in ("ios", "asa"):
        (summary,) = whole(os, "show bgp summary", BGP.format(family))
        assert summary.address_family == family
