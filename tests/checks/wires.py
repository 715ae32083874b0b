"""Both ends of a tunnel as IOS-XE 17 and ASA 9.19 show them: crypto map or tunnel interface, IKEv1 or IKEv2, by what is asked.

Every test breaks one thing of a healthy end. The forms are those of the recorded outputs in tests/captures.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from msgspec import Struct
from msgspec.structs import replace

from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.observations.questions import IKE, IKEV2, INTERFACES, IPSEC, ROUTE, Question
from nr_run.checks.routing.tunnel_interfaces import TunnelInterface
from nr_run.inventory.systems import SYSTEMS
from nr_run.parsers import parse
from nr_run.services.l2l.endpoint import Endpoint, Watched

TIME = "2026-11-29T12:00:00Z"
PINGS = 20
EVERYTHING = ("0.0.0.0/0.0.0.0/0/0", "0.0.0.0/0.0.0.0/0/0")
ALL_ANSWERED = Probe(PINGS, PINGS)
GCM = ("aes-256-gcm", None)


class End(Struct, frozen=True):
    """What one end shows. ``addresses`` are its outside address and the peer's, ``lans`` its prefix and the far one.

    ``ike`` are (local, remote, state); a cipher is known in every state but ``IN-NEG?``, which is before IKE_SA_INIT is answered.
    ``ipsec`` are SPIs (in, out); ``others`` are flows of other tunnels as (interface, idents, peer).
    """

    os: str
    host: str
    addresses: tuple[str, str]
    lans: tuple[str, str]
    spis: tuple[int, int]
    vti: bool = False
    version: int = 2
    ike: tuple[str, ...] = ("READY",)
    peer: str = ""
    port: int = 500
    encaps: int = 10
    decaps: int = 10
    idents: tuple[str, str] | None = None
    flow: bool = True
    sas: bool = True
    transform: str = ""
    settings: str = ""
    seconds: int = 3000
    age: int = 60
    line: str = "up"
    routes: tuple[tuple[str, str], ...] | None = None
    others: tuple[tuple[str, tuple[str, str], str], ...] = ()
    extra: str = ""
    unasked: tuple[Question, ...] = ()

    @property
    def place(self) -> str:
        """What the interface of the flow is called."""
        if self.os == "asa":
            return "vti" if self.vti else "outside"
        return "Tunnel10" if self.vti else "GigabitEthernet1"

    @property
    def endpoint(self) -> Endpoint:
        """How the end has to be."""
        local, remote = (IPv4Network(lan) for lan in self.lans)
        tunnel = TunnelInterface("Tunnel10", "vti" if self.os == "asa" else "") if self.vti else None
        return Endpoint(
            host=self.host,
            interface="GigabitEthernet0/0" if self.os == "asa" else "GigabitEthernet1",
            address=IPv4Address(self.addresses[0]),
            peer=IPv4Address(self.addresses[1]),
            selectors=((local, remote),),
            source=local[1],
            target=remote[1],
            transforms=(GCM,),
            ike_version=self.version,
            tunnel=tunnel,
            far_host="far",
        )

    def seen(self) -> Observation:
        """As the checks see it."""
        system = SYSTEMS["asa-8.4" if self.os == "asa" else "ios-15"]
        texts = {IPSEC: self._flows(), INTERFACES: self._interfaces(), ROUTE: self._routes()}
        if self.os == "asa":
            texts |= dict.fromkeys((IKE, IKEV2), self._asa_ike())
        else:
            texts |= {IKE: self._ios_ikev1(), IKEV2: self._ios_ikev2()}
        answers = {
            question.name: parse(self.os, system.shows[question.name], text)
            for question, text in texts.items()
            if question not in self.unasked
        }
        return Observation(self.host, TIME, self.os, answers)

    def later(self, packets: int = 2 * PINGS) -> End:
        """The same end after the pings of both ends."""
        return replace(
            self, encaps=self.encaps + packets, decaps=self.decaps + packets, seconds=self.seconds and self.seconds - 5
        )

    # IKE

    def _ios_ikev1(self) -> str:
        head = "IPv4 Crypto ISAKMP SA\ndst             src             state          conn-id status\n"
        states = self.ike if self.version == 1 else ()
        rows = (f"{self._peer:<16}{self.addresses[0]:<16}{state:<15}{n:>7} ACTIVE\n" for n, state in enumerate(states, 1001))
        return head + "".join(rows) + "\nIPv6 Crypto ISAKMP SA\n"

    @property
    def _peer(self) -> str:
        return self.peer or self.addresses[1]

    def _ios_ikev2(self) -> str:
        if self.version == 1 or not self.ike:
            return "There are no IKEv2 SAs\n"
        head = "Tunnel-id Local                 Remote                fvrf/ivrf            Status \n"
        rows = (
            f"{head}{n:<10}{f'{self.addresses[0]}/{self.port}':<22}{f'{self._peer}/{self.port}':<22}none/none            "
            f"{state.rstrip('?'):<7}\n{self._cipher(state)}\n"
            for n, state in enumerate(self.ike, 1)
        )
        return " IPv4 Crypto IKEv2  SA \n\n" + "\n".join(rows) + "\n IPv6 Crypto IKEv2  SA \n\n"

    def _cipher(self, state: str) -> str:
        prf = "" if self.os == "asa" else ", PRF: Unknown - 0" if state.endswith("?") else ", PRF: SHA384"
        known = f"AES-GCM, keysize: 256{prf}, Hash: {'N/A' if self.os == 'asa' else 'None'}, DH Grp:19, "
        known += "Auth sign: PSK, Auth verify: PSK"
        unknown = f"Unknown - 0{prf}, Hash: {'Unknown - 0' if self.os == 'asa' else 'None'}, DH Grp:0, "
        unknown += "Auth sign: Unknown - 0, Auth verify: Unknown - 0"
        return f"      Encr: {unknown if state.endswith('?') else known}\n      Life/Active Time: 86400/{self.age} sec"

    def _asa_ike(self) -> str:
        if not self.ike:
            return "\nThere are no IKEv1 SAs\n\nThere are no IKEv2 SAs\n"
        if self.version == 1:
            return (
                f"\nIKEv1 SAs:\n\n   Active SA: {len(self.ike)}\n"
                "    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)\n"
                f"Total IKE SA: {len(self.ike)}\n\n"
                + "".join(
                    f"{n}   IKE Peer: {self._peer}\n    Type    : L2L             Role    : initiator \n"
                    f"    Rekey   : no              State   : {state} \n"
                    for n, state in enumerate(self.ike, 1)
                )
                + "\nThere are no IKEv2 SAs\n"
            )
        children = 1 if self.sas and self.flow else 0
        local, remote = (IPv4Network(ident.rsplit("/", 2)[0]) for ident in self._idents)
        rows = "".join(
            f" {n} {self.addresses[0]}/{self.port}   {self._peer}/{self.port}   {state.rstrip('?')}    INITIATOR\n"
            f"{self._cipher(state)}\n"
            for n, state in enumerate(self.ike, 54022193)
        )
        child = (
            f"Child sa: local selector  {local[0]}/0 - {local[-1]}/65535\n"
            f"          remote selector {remote[0]}/0 - {remote[-1]}/65535\n"
            f"          ESP spi in/out: 0x{self.spis[0]:x}/0x{self.spis[1]:x}  \n"
        )
        return (
            "\nThere are no IKEv1 SAs\n\nIKEv2 SAs:\n\n"
            f"Session-id:12, Status:UP-ACTIVE, IKE count:{len(self.ike)}, CHILD count:{children}\n\n"
            "Tunnel-id Local                  Remote                 Status         Role\n" + rows + child * children
        )

    # IPsec

    @property
    def _idents(self) -> tuple[str, str]:
        if self.idents:
            return self.idents
        if self.vti:
            return EVERYTHING
        local, remote = (IPv4Network(lan) for lan in self.lans)
        return f"{local.network_address}/{local.netmask}/0/0", f"{remote.network_address}/{remote.netmask}/0/0"

    def _flows(self) -> str:
        one = self._asa_flow if self.os == "asa" else self._ios_flow
        made = (
            [one(self.place, self._idents, self._peer, self.spis, sas=self.sas)]
            if self.flow and (self.sas or self.os != "asa")
            else []
        )
        made += [one(place, idents, peer, (7 + n, 70 + n), sas=True) for n, (place, idents, peer) in enumerate(self.others)]
        none = "There are no ipsec sas\n" if self.os == "asa" else "\nNo SAs found\n"
        return ("\n".join(made) or none) + self.extra

    def _ios_flow(self, place: str, idents: tuple[str, str], peer: str, spis: tuple[int, int], *, sas: bool) -> str:
        tag = f"{place}-head-0" if place.startswith("Tunnel") else "NR-MAP"
        inbound, outbound = (self._ios_sa(spi, tag) if sas else "" for spi in spis)
        return (
            f"\ninterface: {place}\n    Crypto map tag: {tag}, local addr {self.addresses[0]}\n\n   protected vrf: (none)\n"
            f"   local  ident (addr/mask/prot/port): ({idents[0]})\n   remote ident (addr/mask/prot/port): ({idents[1]})\n"
            f"   current_peer {peer} port {self.port}\n     PERMIT, flags={{origin_is_acl,}}\n"
            f"    #pkts encaps: {self.encaps}, #pkts encrypt: {self.encaps}, #pkts digest: {self.encaps}\n"
            f"    #pkts decaps: {self.decaps}, #pkts decrypt: {self.decaps}, #pkts verify: {self.decaps}\n"
            "    #pkts compressed: 0, #pkts decompressed: 0\n    #pkts not compressed: 0, #pkts compr. failed: 0\n"
            "    #pkts not decompressed: 0, #pkts decompress failed: 0\n    #send errors 0, #recv errors 0\n\n"
            f"     local crypto endpt.: {self.addresses[0]}, remote crypto endpt.: {peer}\n"
            "     plaintext mtu 1438, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet1\n"
            f"     current outbound spi: 0x{spis[1] if sas else 0:X}({spis[1] if sas else 0})\n"
            "     PFS (Y/N): N, DH group: none\n\n"
            f"     inbound esp sas:\n{inbound}\n     inbound ah sas:\n\n     inbound pcp sas:\n\n"
            f"     outbound esp sas:\n{outbound}\n     outbound ah sas:\n\n     outbound pcp sas:\n"
        )

    def _ios_sa(self, spi: int, tag: str) -> str:
        return (
            f"      spi: 0x{spi:X}({spi})\n        transform: {self.transform or 'esp-gcm 256'} ,\n"
            f"        in use settings ={{{self.settings or 'Tunnel, '}}}\n"
            f"        conn id: 2011, flow_id: CSR:11, sibling_flags 80000040, crypto map: {tag}\n"
            f"        sa timing: remaining key lifetime (sec): {self.seconds}\n        Kilobyte Volume Rekey has been disabled\n"
            "        IV size: 8 bytes\n        replay detection support: Y\n        Status: ACTIVE(ACTIVE)\n"
        )

    def _asa_flow(self, place: str, idents: tuple[str, str], peer: str, spis: tuple[int, int], *, sas: bool) -> str:
        assert sas, "an ASA prints no flow without SAs"
        whole = idents == EVERYTHING
        tag = "__vti-crypto-map-Tunnel10-0-10" if whole else "outside_map"
        access = "" if whole else "access-list NR-x extended permit ip 10.20.0.0 255.255.255.0 10.10.0.0 255.255.255.0\n      "
        return (
            f"interface: {place}\n    Crypto map tag: {tag}, seq num: 65280, local addr: {self.addresses[0]}\n\n"
            f"      {access}local ident (addr/mask/prot/port): ({idents[0]})\n"
            f"      remote ident (addr/mask/prot/port): ({idents[1]})\n      current_peer: {peer}\n\n"
            f"      #pkts encaps: {self.encaps}, #pkts encrypt: {self.encaps}, #pkts digest: {self.encaps}\n"
            f"      #pkts decaps: {self.decaps}, #pkts decrypt: {self.decaps}, #pkts verify: {self.decaps}\n"
            "      #pkts compressed: 0, #pkts decompressed: 0\n"
            f"      #pkts not compressed: {self.encaps}, #pkts comp failed: 0, #pkts decomp failed: 0\n"
            "      #pre-frag successes: 0, #pre-frag failures: 0, #fragments created: 0\n"
            "      #PMTUs sent: 0, #PMTUs rcvd: 0, #decapsulated frgs needing reassembly: 0\n"
            "      #send errors: 0, #recv errors: 0\n\n"
            f"      local crypto endpt.: {self.addresses[0]}/{self.port}, remote crypto endpt.: {peer}/{self.port}\n"
            "      path mtu 1500, ipsec overhead 58, media mtu 1500\n"
            f"      current outbound spi: {spis[1]:08X}\n      current inbound spi : {spis[0]:08X}\n\n"
            f"    inbound esp sas:\n{self._asa_sa(spis[0], tag)}    outbound esp sas:\n{self._asa_sa(spis[1], tag)}"
        )

    def _asa_sa(self, spi: int, tag: str) -> str:
        settings = self.settings or f"L2L, Tunnel, IKEv{self.version}, {'VTI, ' if self.vti else ''}"
        return (
            f"      spi: 0x{spi:08X} ({spi})\n         SA State: active\n"
            f"         transform: {self.transform or 'esp-aes-gcm-256 esp-null-hmac no compression'} \n"
            f"         in use settings ={{{settings}}}\n         slot: 0, conn_id: 22, crypto-map: {tag}\n"
            f"         sa timing: remaining key lifetime (sec): {self.seconds}\n         IV size: 8 bytes\n"
            "         replay detection support: Y\n         Anti replay bitmap:\n          0x000003FF 0xFFFFFFFF\n"
        )

    # Interfaces and routes

    def _interfaces(self) -> str:
        outside = "GigabitEthernet0/0" if self.os == "asa" else "GigabitEthernet1"
        status = "administratively down" if self.line == "shut" else "up"
        protocol = "up" if self.line == "up" else "down"
        tunnel = (
            f"Tunnel10                   169.254.10.1    YES manual {status:<22}{protocol}\n" if self.vti and self.line else ""
        )
        return (
            "Interface                  IP-Address      OK? Method Status                Protocol\n"
            f"{outside:<27}{self.addresses[0]:<16}YES NVRAM  up                    up\n{tunnel}"
        )

    def _routes(self) -> str:
        """Prefix and interface of each route; by default the far prefix by the tunnel, and the rest by the outside interface."""
        outside = "outside" if self.os == "asa" else "GigabitEthernet1"
        routes = self.routes if self.routes is not None else ((self.lans[1], self.place), ("0.0.0.0/0", outside))
        lines = []
        for prefix, interface in routes:
            net = IPv4Network(prefix)
            code = "S*" if net.prefixlen == 0 else "S "
            if self.os == "asa":
                lines.append(f"{code}       {net.network_address} {net.netmask} [1/0] via 192.0.2.254, {interface}")
            else:
                lines.append(f"{code}    {net} [1/0] via 192.0.2.254, {interface}")
        head = "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n"
        return f"{head}\nGateway of last resort is 192.0.2.254 to network 0.0.0.0\n\n" + "\n".join(lines) + "\n"


NEAR = End("ios", "xe1", ("192.0.2.1", "198.51.100.1"), ("10.10.0.0/24", "10.20.0.0/24"), (0xA1, 0xB2))


def far_of(near: End, os: str) -> End:
    """The other end of a tunnel, as another system shows it."""
    host = "asa1" if os == "asa" else "xe2"
    up = near.ike if near.version == 2 else (("MM_ACTIVE",) if os == "asa" else ("QM_IDLE",))
    return replace(
        near, os=os, host=host, addresses=near.addresses[::-1], lans=near.lans[::-1], spis=near.spis[::-1], ike=up, port=near.port
    )


def healthy(os: str, *, version: int = 2, vti: bool = False, far: str = "") -> tuple[End, End]:
    """A tunnel that is up between these two systems, before the pings."""
    up = ("READY",) if version == 2 else ("MM_ACTIVE",) if os == "asa" else ("QM_IDLE",)
    near = replace(NEAR, os=os, host="asa0" if os == "asa" else "xe1", version=version, vti=vti, ike=up)
    return near, far_of(near, far or os)


def watched(before: End, after: End | None = None, probe: Probe | None = ALL_ANSWERED, **endpoint: object) -> Watched:
    """One end before and after 20 pings of each end."""
    end = replace(before.endpoint, **endpoint)  # type: ignore[arg-type]
    first = before.seen()
    return Watched(end, first, (after or before.later()).seen(), probe, first)
