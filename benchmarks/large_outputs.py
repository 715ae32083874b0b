"""Outputs of many peers, in the format of IOS-XE, for the benchmarks of readers.

Each maker takes the number of peers, and two numbers that make its text another one of the same length and form: the first byte
of every peer's address (10 to 109), and the number of the first peer, which is in addresses, names, counters and SPIs.
"""

from __future__ import annotations

from collections.abc import Callable

COUNTERS = """\
    #pkts encaps: {n}28, #pkts encrypt: {n}28, #pkts digest: {n}28
    #pkts decaps: {n}21, #pkts decrypt: {n}21, #pkts verify: {n}21
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
    #pkts no sa (send) 0, #pkts invalid sa (rcv) 0
    #pkts encaps failed (send) 0, #pkts decaps failed (rcv) 0
    #pkts invalid prot (recv) 0, #pkts verify failed: 0
    #pkts invalid identity (recv) 0, #pkts invalid len (rcv) 0
    #pkts replay rollover (send): 0, #pkts replay rollover (rcv) 0
    ##pkts replay failed (rcv): 0
    #pkts tagged (send): 0, #pkts untagged (rcv): 0
    #pkts not tagged (send): 0, #pkts not untagged (rcv): 0
    #pkts internal err (send): 0, #pkts internal err (recv) 0
"""

SA = """\
      spi: 0x{spi:X}({spi})
        transform: esp-256-aes esp-sha256-hmac ,
        in use settings ={{Tunnel, }}
        conn id: {conn}, flow_id: CSR:{conn}, sibling_flags FFFFFFFF80000048, crypto map: Tunnel{n}-head-0
        sa timing: remaining key lifetime (k/sec): (4607{n:03}/{n:04})
        IV size: 16 bytes
        replay detection support: Y  replay window size: 1024
        Status: ACTIVE(ACTIVE)
"""


def ipsec(peers: int, byte: int, first: int) -> str:
    """`show crypto ipsec sa detail`: one tunnel, two SAs per peer."""
    parts = ["\n"]
    for n in range(first, first + peers):
        peer = f"{byte}.{n >> 8}.{n & 255}.2"
        parts.append(
            f"interface: Tunnel{n}\n    Crypto map tag: Tunnel{n}-head-0, local addr 192.0.2.1\n\n"
            f"   protected vrf: (none)\n   local  ident (addr/mask/prot/port): (192.0.2.1/255.255.255.255/47/0)\n"
            f"   remote ident (addr/mask/prot/port): ({peer}/255.255.255.255/47/0)\n   current_peer {peer} port 500\n"
            f"     PERMIT, flags={{origin_is_acl,}}\n{COUNTERS.format(n=n)}\n"
            f"     local crypto endpt.: 192.0.2.1, remote crypto endpt.: {peer}\n"
            f"     plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet1\n"
            f"     current outbound spi: 0x{n + 65536:X}({n + 65536})\n     PFS (Y/N): N, DH group: none\n\n"
            f"     inbound esp sas:\n{SA.format(spi=n + 4096, conn=n, n=n)}\n     inbound ah sas:\n\n     inbound pcp sas:\n\n"
            f"     outbound esp sas:\n{SA.format(spi=n + 65536, conn=n + 1, n=n)}\n     outbound ah sas:\n\n"
            f"     outbound pcp sas:\n\n"
        )
    return "".join(parts)


def session(peers: int, byte: int, first: int) -> str:
    """`show crypto session detail`: one session with one flow per peer."""
    parts = [
        "Crypto session current status\n\nCode: C - IKE Configuration mode, D - Dead Peer Detection     \n"
        "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     \nX - IKE Extended Authentication, F - IKE Fragmentation\n"
        "R - IKE Auto Reconnect, U - IKE Dynamic Route Update\nS - SIP VPN\n\n"
    ]
    for n in range(first, first + peers):
        peer = f"{byte}.{n >> 8}.{n & 255}.2"
        parts.append(
            f"Interface: Tunnel{n}\nProfile: BRANCH\nUptime: 11:12:24\nSession status: UP-ACTIVE     \n"
            f"Peer: {peer} port 4500 fvrf: INET ivrf: (none)\n      Phase1_id: {peer}\n      Desc: (none)\n  Session ID: {n}  \n"
            f"  IKEv2 SA: local 192.0.2.1/4500 remote {peer}/4500 Active \n"
            f"          Capabilities:DN connid:{n} lifetime:12:47:36\n"
            f"  IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0 \n        Active SAs: 2, origin: crypto map\n"
            f"        Inbound:  #pkts dec'ed {n}01 drop 0 life (KB/Sec) 4607363/2513\n"
            f"        Outbound: #pkts enc'ed {n}02 drop 0 life (KB/Sec) 4606628/2513\n\n"
        )
    return "".join(parts)


def ikev2(peers: int, byte: int, first: int) -> str:
    """`show crypto ikev2 sa`: one SA per peer."""
    parts = ["IPv4 Crypto IKEv2  SA\n\n"]
    parts += (
        "Tunnel-id Local                 Remote                fvrf/ivrf            Status\n"
        f"{n:<9} 192.0.2.1/500         {f'{byte}.{n >> 8}.{n & 255}.2/500':<21} none/none            READY\n"
        "      Encr: AES-CBC, keysize: 256, PRF: SHA256, Hash: SHA256, DH Grp:14, Auth sign: PSK, Auth verify: PSK\n"
        f"      Life/Active Time: 86400/{n} sec\n\n"
        for n in range(first, first + peers)
    )
    return "".join(parts)


LEGEND = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP
       a - application route
       + - replicated route, % - next hop override, p - overrides from PfR

Gateway of last resort is not set

"""


def route(peers: int, byte: int, first: int) -> str:
    """`show ip route`: half of the networks by BGP, half by tunnel interfaces."""
    parts = [LEGEND, f"      {byte}.0.0.0/24 is subnetted, {peers} subnets\n"]
    for n in range(first, first + peers):
        network = f"{byte}.{n >> 8}.{n & 255}.0"
        by_bgp = f"B        {network} [20/0] via 172.{byte}.{n >> 8}.{n & 255}, 01:12:05\n"
        parts.append(by_bgp if n % 2 else f"S        {network} is directly connected, Tunnel{n}\n")
    return "".join(parts)


def bgp(peers: int, byte: int, first: int) -> str:
    """`show ip bgp summary`: one neighbour per peer."""
    head = (
        "BGP router identifier 192.0.2.1, local AS number 65000\nBGP table version is 12, main routing table version 12\n"
        f"{peers} network entries using 496 bytes of memory\n{peers} path entries using 272 bytes of memory\n"
        "1/1 BGP path/bestpath attribute entries using 280 bytes of memory\n"
        "0 BGP route-map cache entries using 0 bytes of memory\n0 BGP filter-list cache entries using 0 bytes of memory\n"
        "BGP using 1048 total bytes of memory\nBGP activity 2/0 prefixes, 2/0 paths, scan interval 60 secs\n\n"
        "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd\n"
    )
    rows = (
        f"{f'{byte}.{n >> 8}.{n & 255}.2':<15} 4        65001 {n:7} {n:7}       12    0    0 01:12:05        1\n"
        for n in range(first, first + peers)
    )
    return head + "".join(rows)


TEXTS: dict[str, Callable[[int, int, int], str]] = {
    "show crypto ipsec sa detail": ipsec,
    "show crypto session detail": session,
    "show crypto ikev2 sa": ikev2,
    "show ip route": route,
    "show ip bgp summary": bgp,
}


def different(command: str, peers: int, number: int) -> str:
    """Text `number` of a command: the first hundred of one size, and all of one peer, share no address of a peer."""
    return TEXTS[command](peers, 10 + number % 100, 1 + number // 100)
