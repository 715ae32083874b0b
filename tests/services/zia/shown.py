"""What a router of 15.4 with a site on it shows, as text."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from nr_run.services.service import Member, Seen
from nr_run.services.zia.intent import Zia

from .planned import deployed
from .sites import HOST, PLATFORM, site

TIME = "2026-11-01T00:00:00Z"
#: Tunnel and number of each edge on a router that had none, with the far ends.
ADDRESSES = {1: "198.51.100.10", 2: "198.51.100.20"}
AGREED = "Encr: AES-CBC, keysize: 256, PRF: SHA256, Hash: SHA256, DH Grp:14"
_ANY = "0.0.0.0/0.0.0.0/0/0"


class Router(Struct, frozen=True):
    """A site in order, and what may be wrong with it. Sets have the numbers of the edges, 1 and 2, of which something is true."""

    wanted: Zia = field(default_factory=site)
    ike: dict[int, str] = field(default_factory=lambda: {1: "READY", 2: "READY"})
    sas: frozenset[int] = frozenset({1, 2})
    transform: str = "esp-256-aes esp-sha256-hmac"
    tracks: dict[int, str] = field(default_factory=lambda: {1: "Up", 2: "Up"})
    codes: dict[int, str] = field(default_factory=lambda: {1: "OK", 2: "OK"})
    hops: dict[int, str] = field(default_factory=lambda: {1: "up", 2: "up"})
    end: str = "    interface Null0\n"
    #: What the IKE SA of an edge was agreed with, where it is not what the example wants.
    agreed: dict[int, str] = field(default_factory=dict)
    running: str = ""
    more: dict[str, str] = field(default_factory=dict)

    def but(self, **other: object) -> Router:
        """The same with something wrong."""
        return replace(self, **other)  # type: ignore[arg-type]

    def seen(self) -> Seen:
        """What a gate is given."""
        running = self.running or deployed(self.wanted)
        outputs = {
            "show running-config": f"{running}end\n",
            "show crypto ikev2 sa": self._ike(),
            "show crypto ipsec sa": "".join(self._flow(n) for n in (1, 2)),
            "show track": "".join(self._track(n) for n in (1, 2)),
            "show ip sla statistics": "IPSLAs Latest Operation Statistics\n\n" + "".join(self._probe(n) for n in (1, 2)),
            "show route-map": self._clause(),
        }
        return Seen(Member(HOST, "site", self.wanted), PLATFORM, {**outputs, **self.more}, TIME)

    def _ike(self) -> str:
        head = "Tunnel-id Local                 Remote                fvrf/ivrf            Status \n"
        rows = [
            f"{head}{n:<10}{'10.96.19.2/4500':<22}{f'{ADDRESSES[n]}/4500':<22}none/none            {state}\n"
            f"      {self.agreed.get(n, AGREED)}, Auth sign: PSK, Auth verify: PSK\n"
            "      Life/Active Time: 86400/735 sec\n"
            for n, state in self.ike.items()
        ]
        return " IPv4 Crypto IKEv2  SA \n\n" + "\n".join(rows) + "\n IPv6 Crypto IKEv2  SA \n\n"

    def _flow(self, n: int) -> str:
        tag, spis = f"Tunnel{n}-head-0", (10 * n, 10 * n + 1) if n in self.sas else (0, 0)
        inbound, outbound = (self._sa(spi, tag) if spi else "" for spi in spis)
        return (
            f"\ninterface: Tunnel{n}\n    Crypto map tag: {tag}, local addr 10.96.19.2\n\n   protected vrf: (none)\n"
            f"   local  ident (addr/mask/prot/port): ({_ANY})\n   remote ident (addr/mask/prot/port): ({_ANY})\n"
            f"   current_peer {ADDRESSES[n]} port 4500\n     PERMIT, flags={{origin_is_acl,}}\n"
            "    #pkts encaps: 9, #pkts encrypt: 9, #pkts digest: 9\n    #pkts decaps: 9, #pkts decrypt: 9, #pkts verify: 9\n"
            "    #pkts compressed: 0, #pkts decompressed: 0\n    #pkts not compressed: 0, #pkts compr. failed: 0\n"
            "    #pkts not decompressed: 0, #pkts decompress failed: 0\n    #send errors 0, #recv errors 0\n\n"
            f"     local crypto endpt.: 10.96.19.2, remote crypto endpt.: {ADDRESSES[n]}\n"
            "     path mtu 1500, ip mtu 1500, ip mtu idb FastEthernet4\n"
            f"     current outbound spi: 0x{spis[1]:X}({spis[1]})\n     PFS (Y/N): N, DH group: none\n\n"
            f"     inbound esp sas:\n{inbound}\n     inbound ah sas:\n\n     inbound pcp sas:\n\n"
            f"     outbound esp sas:\n{outbound}\n     outbound ah sas:\n\n     outbound pcp sas:\n"
        )

    def _sa(self, spi: int, tag: str) -> str:
        return (
            f"      spi: 0x{spi:X}({spi})\n        transform: {self.transform} ,\n"
            "        in use settings ={Tunnel UDP-Encaps, }\n"
            f"        conn id: 1, flow_id: Onboard VPN:1, sibling_flags 80000040, crypto map: {tag}\n"
            "        sa timing: remaining key lifetime (k/sec): (4608000/28000)\n        IV size: 16 bytes\n"
            "        replay detection support: Y\n        Status: ACTIVE(ACTIVE)\n"
        )

    def _track(self, n: int) -> str:
        return (
            f"Track {n}\n  IP SLA {n} reachability\n  Reachability is {self.tracks[n]}\n    2 changes, last change 00:01:40\n"
            f"  Delay up 60 secs, down 30 secs\n  Latest operation return code: {self.codes[n]}\n  Tracked by:\n    ROUTE-MAP 0\n"
        )

    def _probe(self, n: int) -> str:
        return (
            f"IPSLA operation id: {n}\n        Latest RTT: 24 milliseconds\n"
            f"Latest operation start time: 02:29:07 UTC Mon Nov 10 2014\nLatest operation return code: {self.codes[n]}\n"
            "Number of successes: 81\nNumber of failures: 0\nOperation time to live: Forever\n\n\n"
        )

    def _clause(self) -> str:
        hops = "".join(
            f"    ip next-hop verify-availability 192.168.253.{4 * n - 2} {10 * n} track {n}  [{self.hops[n]}]\n" for n in (1, 2)
        )
        return (
            "route-map NR-branch-zia, permit, sequence 10\n  Match clauses:\n"
            f"    ip address (access-lists): NR-branch-zia-PBR \n  Set clauses:\n{hops}{self.end}"
            "  Policy routing matches: 0 packets, 0 bytes\n"
        )
