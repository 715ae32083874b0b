"""Generated routers and firewalls with neighbours of every family, and tunnels of every form for them."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec import Struct

from .rendering import TOKEN

PEER = "192.0.2.1"

#: What may stand on a router besides.
IOS_CROWD = (
    "crypto ikev2 proposal THEIRS\n encryption aes-cbc-128\n integrity sha1\n group 5\n"
    "crypto ikev2 policy THEIRS\n match address local 203.0.113.77\n proposal THEIRS\n",
    "crypto ikev2 keyring THEIRS\n peer A\n  address 198.51.100.1\n  pre-shared-key <key:00000001>\n"
    " peer B\n  address 198.51.100.2\n  pre-shared-key <key:00000002>\n"
    "crypto ikev2 profile THEIRS\n match identity remote address 198.51.100.1 255.255.255.255\n authentication remote pre-share\n"
    " authentication local pre-share\n keyring local THEIRS\n"
    "crypto ipsec transform-set THEIRS esp-aes esp-sha-hmac\ncrypto ipsec profile THEIRS\n set transform-set THEIRS\n"
    " set ikev2-profile THEIRS\n"
    "interface Tunnel1\n ip address 10.254.0.1 255.255.255.252\n tunnel source FastEthernet4\n tunnel mode ipsec ipv4\n"
    " tunnel destination 198.51.100.1\n tunnel protection ipsec profile THEIRS\nip route 10.50.0.0 255.255.0.0 Tunnel1\n",
    "crypto ikev2 dpd 30 5 on-demand\n",
    "aaa authentication login default local\nusername cisco password 0 <key:00000004>\n"
    "crypto isakmp client configuration group theirs\n key <key:00000005>\n"
    "ip local pool theirs 10.8.0.1 10.8.0.9\n",
    "crypto isakmp policy 5\n encr aes 256\n authentication pre-share\n group 14\n"
    "crypto isakmp key <key:00000003> address 198.51.100.3\n",
    "interface Tunnel9\n ip address 10.253.0.1 255.255.255.252\n tunnel source FastEthernet4\n tunnel destination 198.51.100.9\n",
    "ip route 10.60.0.0 255.255.0.0 10.1.0.9 200 name far\nip route 10.60.0.0 255.255.0.0 10.1.0.8\n",
    "router bgp 65000\n bgp log-neighbor-changes\n neighbor 10.1.0.9 remote-as 65001\n address-family ipv4 vrf A\n"
    "  neighbor 10.2.0.9 remote-as 65002\n  neighbor 10.2.0.9 activate\n address-family ipv4 vrf B\n"
    "  neighbor 10.2.0.9 remote-as 65003\n",
    "ip sla 7\n icmp-echo 10.1.0.9\n frequency 5\nip sla schedule 7 life forever start-time now\n"
    "ip sla reaction-configuration 7 react timeout threshold-type immediate action-type trapOnly\n"
    "track 7 ip sla 7\n delay up 30\ntrack 8 list boolean and\n object 7\n"
    "ip route 10.61.0.0 255.255.0.0 10.1.0.9 track 7\n",
    "ip access-list extended THEIR-WEB\n deny tcp any any eq 25\n permit tcp any any eq 80\n"
    "route-map THEIRS permit 10\n match ip address THEIR-WEB\n set ip next-hop 10.1.0.8\nroute-map THEIRS permit 20\n"
    "ip prefix-list THEIRS seq 5 permit 10.0.0.0/8\ninterface Vlan2\n ip policy route-map THEIRS\n",
)
IOS_BASE = (
    "hostname box\ninterface FastEthernet4\n ip address 203.0.113.1 255.255.255.0\n ip nat outside\ninterface Vlan1\n"
    " ip address 10.1.0.1 255.255.0.0\n ip nat inside\nip nat inside source list NAT interface FastEthernet4 overload\n"
    "ip access-list extended NAT\n deny ip 10.1.0.0 0.0.255.255 10.70.0.0 0.0.255.255\n permit ip 10.1.0.0 0.0.255.255 any\n"
)
_V2 = (
    "crypto ikev2 proposal NR-a\n encryption aes-cbc-256\n integrity sha256\n group 14\n"
    "crypto ikev2 policy NR-a\n match address local 203.0.113.1\n proposal NR-a\n"
    f"crypto ikev2 keyring NR-a\n peer NR-a\n  address {PEER}\n  pre-shared-key local {TOKEN}\n  pre-shared-key remote {TOKEN}\n"
    f"crypto ikev2 profile NR-a\n match identity remote address {PEER} 255.255.255.255\n identity local address 203.0.113.1\n"
    " authentication remote pre-share\n authentication local pre-share\n keyring local NR-a\n lifetime 86400\n"
    " dpd 10 3 periodic\n"
)
_V1 = (
    "crypto isakmp policy 90\n encr aes 256\n hash sha\n authentication pre-share\n group 5\n lifetime 86400\n"
    f"crypto isakmp key {TOKEN} address {PEER}\ncrypto isakmp keepalive 10 3\n"
)
_SET = "crypto ipsec transform-set NR-a esp-aes 256 esp-sha-hmac\n mode tunnel\n"
_LIST = "ip access-list extended NR-a\n permit ip 10.1.0.0 0.0.255.255 10.20.0.0 0.0.255.255\n"
_NAT = "ip access-list extended NAT\n 5 deny ip 10.1.0.0 0.0.255.255 10.20.0.0 0.0.255.255\n"


def _ios_map(profile: str) -> str:
    return (
        f"{_LIST}crypto map NR-MAP 10 ipsec-isakmp\n set peer {PEER}\n set transform-set NR-a\n{profile} set pfs group14\n"
        " match address NR-a\ninterface FastEthernet4\n crypto map NR-MAP\n"
    )


def _ios_vti(profile: str) -> str:
    return (
        f"crypto ipsec profile NR-a\n set transform-set NR-a\n{profile} set pfs group14\n"
        " set security-association lifetime seconds 3600\n"
        "interface Tunnel2\n ip address 10.255.0.1 255.255.255.252\n ip mtu 1400\n ip tcp adjust-mss 1360\n"
        f" tunnel source FastEthernet4\n tunnel mode ipsec ipv4\n tunnel destination {PEER}\n"
        " tunnel protection ipsec profile NR-a\nip route 10.20.0.0 255.255.0.0 Tunnel2 name NR-a\n"
    )


#: VPN clients, on a map of their own.
IOS_CLIENTS = (
    "aaa authentication login NR-users local\naaa authorization network NR-groups local\n"
    f"username anna password {TOKEN}\nip local pool NR-pool 10.9.0.1 10.9.0.50\n"
    f"crypto isakmp client configuration group staff\n key {TOKEN}\n dns 10.1.0.9\n domain example.net\n pool NR-pool\n"
    " acl NR-split\nip access-list extended NR-split\n permit ip 10.1.0.0 0.0.255.255 any\n"
    "crypto isakmp policy 91\n encr 3des\n authentication pre-share\n group 2\n"
    "crypto ipsec transform-set NR-clients esp-3des esp-sha-hmac\n"
    "crypto dynamic-map NR-dyn 10\n set transform-set NR-clients\n"
    "crypto map NR-MAP client authentication list NR-users\ncrypto map NR-MAP isakmp authorization list NR-groups\n"
    "crypto map NR-MAP client configuration address respond\ncrypto map NR-MAP 65000 ipsec-isakmp dynamic NR-dyn\n"
    "interface FastEthernet4\n crypto map NR-MAP\n"
)
_V2_PROFILE = " set ikev2-profile NR-a\n"
IOS_FORMS = (
    _V1 + _SET + _ios_map(""),
    _V1 + _SET + _ios_vti(""),
    _V2 + _SET + _ios_map(_V2_PROFILE),
    _V2 + _SET + _ios_vti(_V2_PROFILE),
    _V2.replace("crypto ikev2 policy NR-a\n match address local 203.0.113.1\n", "crypto ikev2 policy THEIRS\n")
    + _SET
    + _ios_vti(_V2_PROFILE),
    IOS_CLIENTS,
    f"aaa new-model\n{IOS_CLIENTS}",
)
#: Probes, tracks, a route that follows one, and policy routing that ends in Null0.
_WATCHED = (
    "ip sla 1\n http raw http://192.0.2.33:80\n http-raw-request\n  GET http://192.0.2.33/probe HTTP/1.0\\r\\n\n  end\\r\\n\n"
    "  \\r\\n\n  exit\n threshold 1000\n timeout 5000\n frequency 30\nip sla schedule 1 life forever start-time now\n"
    "ip sla 2\n tcp-connect 192.0.2.34 80\n threshold 500\nip sla schedule 2 life forever start-time now\n"
    "track 1 ip sla 1 reachability\n delay down 30 up 60\ntrack 2 ip sla 2 state\n"
    "ip route 10.62.0.0 255.255.0.0 10.1.0.7 track 1\n"
)
_POLICY = (
    "ip access-list extended NR-web\n deny ip any 10.0.0.0 0.255.255.255\n permit tcp any any eq 80\n permit tcp any any eq 443\n"
    "route-map NR-web permit 10\n match ip address NR-web\n set ip next-hop verify-availability 10.255.0.2 10 track 1\n"
    " set ip next-hop verify-availability 10.255.0.6 20 track 2\n set interface Null0\n"
    "interface Vlan1\n ip policy route-map NR-web\n"
)
_PREFIXES = "ip prefix-list NR-out seq 5 permit 10.1.0.0/16\nip prefix-list NR-out seq 10 deny 0.0.0.0/0 le 32\n"
IOS_BESIDE = (
    _WATCHED,
    _WATCHED + _POLICY,
    _PREFIXES,
    _NAT,
    "interface Vlan1\n ip tcp adjust-mss 1360\n",
    "crypto ikev2 dpd 10 3 periodic\n",
)

ASA_BASE = (
    "hostname box\ninterface GigabitEthernet0/0\n nameif outside\n security-level 0\n ip address 203.0.113.1 255.255.255.0\n"
    "interface GigabitEthernet0/1\n nameif inside\n security-level 100\n ip address 10.1.0.1 255.255.0.0\n"
    "mtu outside 1500\nmtu inside 1500\n"
)
ASA_CROWD = (
    "crypto ikev2 policy 1\n encryption aes\n integrity sha\n group 5\n prf sha\n lifetime seconds 86400\n",
    "crypto ipsec ikev2 ipsec-proposal THEIRS\n protocol esp encryption aes-256\n protocol esp integrity sha-256\n"
    "crypto ipsec profile THEIRS\n set ikev2 ipsec-proposal THEIRS\n"
    "tunnel-group 198.51.100.1 type ipsec-l2l\ntunnel-group 198.51.100.1 ipsec-attributes\n"
    " ikev2 remote-authentication pre-shared-key <key:00000001>\n ikev2 local-authentication pre-shared-key <key:00000001>\n"
    "interface Tunnel1\n nameif THEIRS\n ip address 10.254.0.1 255.255.255.252\n tunnel source interface outside\n"
    " tunnel destination 198.51.100.1\n tunnel mode ipsec ipv4\n tunnel protection ipsec profile THEIRS\n"
    "mtu THEIRS 1500\nroute THEIRS 10.50.0.0 255.255.0.0 10.254.0.2 1\n",
    "object network LAN\n subnet 10.1.0.0 255.255.0.0\nobject network FAR\n subnet 10.80.0.0 255.255.0.0\n"
    "nat (inside,outside) source static LAN LAN destination static FAR FAR\n"
    "object network LAN\n nat (inside,outside) dynamic interface\n",
    "nat (inside,outside) source dynamic any interface\n",
    "access-list NONAT extended permit ip 10.1.0.0 255.255.0.0 10.70.0.0 255.255.0.0\nnat (inside) 0 access-list NONAT\n",
    "access-list outside_in extended permit tcp any host 10.1.0.9 eq 443\n",
    "crypto ikev2 enable outside\n",
    "route outside 10.60.0.0 255.255.0.0 203.0.113.9 200\n",
    "group-policy DfltGrpPolicy attributes\n vpn-tunnel-protocol ikev1 ikev2\n",
    "prefix-list THEIRS seq 5 permit 10.1.0.0/16\n"
    "router bgp 65001\n bgp log-neighbor-changes\n bgp router-id 10.1.0.1\n address-family ipv4 unicast\n"
    "  neighbor 169.254.9.9 remote-as 65009\n  neighbor 169.254.9.9 activate\n  neighbor 169.254.9.9 prefix-list THEIRS out\n"
    "  network 10.1.0.0 mask 255.255.0.0\n  no auto-summary\n  no synchronization\n",
)
#: The places of a tunnel of somebody else's, and of IKE that answers outside.
ASA_TUNNEL, ASA_ENABLED = 1, ASA_CROWD.index("crypto ikev2 enable outside\n")
#: The place of the router that is somebody else's.
ASA_BGP = len(ASA_CROWD) - 1
_ASA_V2 = (
    "crypto ikev2 policy 10\n encryption aes-256\n integrity sha256\n group 19\n prf sha256\n lifetime seconds 86400\n"
    "crypto ikev2 enable outside\n"
    "crypto ipsec ikev2 ipsec-proposal NR-a\n protocol esp encryption aes-gcm-256\n protocol esp integrity null\n"
    "group-policy NR-a internal\ngroup-policy NR-a attributes\n vpn-tunnel-protocol ikev2\n vpn-filter none\n"
    f"tunnel-group {PEER} type ipsec-l2l\ntunnel-group {PEER} general-attributes\n default-group-policy NR-a\n"
    f"tunnel-group {PEER} ipsec-attributes\n ikev2 remote-authentication pre-shared-key {TOKEN}\n"
    f" ikev2 local-authentication pre-shared-key {TOKEN}\n isakmp keepalive threshold 10 retry 3\n"
)
ASA_FORMS = (
    _ASA_V2 + "object network NR-a-L\n subnet 10.1.0.0 255.255.0.0\nobject network NR-a-R\n subnet 10.20.0.0 255.255.0.0\n"
    "access-list NR-a extended permit ip object NR-a-L object NR-a-R\n"
    f"crypto map NR-MAP 10 set peer {PEER}\ncrypto map NR-MAP 10 set ikev2 ipsec-proposal NR-a\n"
    "crypto map NR-MAP 10 set pfs group19\n"
    "crypto map NR-MAP 10 match address NR-a\ncrypto map NR-MAP interface outside\n"
    "nat (inside,outside) 1 source static NR-a-L NR-a-L destination static NR-a-R NR-a-R no-proxy-arp route-lookup\n",
    _ASA_V2 + "crypto ipsec profile NR-a\n set ikev2 ipsec-proposal NR-a\n set pfs group19\n"
    " set security-association lifetime seconds 3600\n"
    "interface Tunnel2\n nameif NR-a\n ip address 10.255.0.1 255.255.255.252\n tunnel source interface outside\n"
    f" tunnel destination {PEER}\n tunnel mode ipsec ipv4\n tunnel protection ipsec profile NR-a\n"
    "route NR-a 10.20.0.0 255.255.0.0 10.255.0.2 1\n",
)
_NEIGHBOUR = (
    " address-family ipv4 unicast\n  neighbor 169.254.9.1 remote-as 65534\n  neighbor 169.254.9.1 timers 10 30\n"
    "  neighbor 169.254.9.1 activate\n  neighbor 169.254.9.1 prefix-list NR-in in\n  network 192.168.20.0 mask 255.255.255.0\n"
)
_LISTS = "prefix-list NR-in seq 5 permit 172.16.0.0/16 le 24\n"
#: A router of ours, and a neighbour in one that is there.
BGP_OF_OURS = f"{_LISTS}router bgp 65001\n bgp log-neighbor-changes\n{_NEIGHBOUR}"
BGP_OF_OTHERS = f"{_LISTS}router bgp 65001\n{_NEIGHBOUR}"
ASA_BESIDE = (
    BGP_OF_OURS,
    BGP_OF_OTHERS,
    "access-list NONAT extended permit ip 10.1.0.0 255.255.0.0 10.20.0.0 255.255.0.0\nnat (inside) 0 access-list NONAT\n",
    "sysopt connection tcpmss 1360\n",
    "route outside 10.21.0.0 255.255.0.0 203.0.113.254\n",
)


class Scene(Struct, frozen=True):
    """A device and the tunnel that it shall get. ``numbers``: it shows the sequence numbers of its access lists."""

    os: str
    running: str
    desired: str
    numbers: bool


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any neighbours, any form of a tunnel, any of what comes along with it."""
    os = draw(st.sampled_from(["ios", "asa"]))
    base, crowd, forms, beside = (
        (IOS_BASE, IOS_CROWD, IOS_FORMS, IOS_BESIDE) if os == "ios" else (ASA_BASE, ASA_CROWD, ASA_FORMS, ASA_BESIDE)
    )
    chosen = draw(st.sets(st.sampled_from(range(len(crowd))), max_size=len(crowd)))
    form = draw(st.sampled_from(forms))
    if "policy THEIRS" in form:
        chosen |= {0}
    more = draw(st.sets(st.sampled_from(beside)))
    if any("ikev2 dpd" in text for text in more):
        chosen -= {2}
    if BGP_OF_OTHERS in more:
        chosen |= {ASA_BGP}
        more -= {BGP_OF_OURS}
    elif BGP_OF_OURS in more:
        chosen -= {ASA_BGP}
    if _WATCHED + _POLICY in more:
        more -= {_WATCHED}
    running = base + "".join(crowd[number] for number in sorted(chosen))
    return Scene(os, running, form + "".join(sorted(more)), os == "ios" and draw(st.booleans()))
