"""Family to (desired text, forward lines, inverse lines), on a device that has nothing of the kind."""

from __future__ import annotations

from .rendering import TOKEN

Case = tuple[str, list[str], list[str]]

_PROPOSAL = "crypto ikev2 proposal P\n encryption aes-cbc-256\n integrity sha256\n group 14\n"
_KEYRING = (
    f"crypto ikev2 keyring K\n peer A\n  address 192.0.2.1\n  pre-shared-key local {TOKEN}\n  pre-shared-key remote {TOKEN}\n"
    f" peer B\n  address 192.0.2.2\n  pre-shared-key {TOKEN}\n"
)
_TUNNEL = "interface Tunnel1\n ip address 10.255.0.1 255.255.255.252\n tunnel source Ethernet0/0\n tunnel destination 192.0.2.1\n"

_HTTP = (
    "ip sla 1\n http raw http://192.0.2.1:80\n http-raw-request\n  GET http://192.0.2.1/probe HTTP/1.0\\r\\n\n  end\\r\\n\n"
    "  \\r\\n\n  exit\n threshold 1000\n"
)
_HTTP_LINES = [
    *["ip sla 1", "http raw http://192.0.2.1:80", "http-raw-request", r"GET http://192.0.2.1/probe HTTP/1.0\r\n", r"end\r\n"],
    *[r"\r\n", "exit", "threshold 1000", "exit"],
]
_TRACK = "track 1 ip sla 1 reachability\n delay down 30 up 60\n"
_TRACK_LINES = ["track 1 ip sla 1 reachability", "delay down 30 up 60", "exit"]
_CLAUSE = (
    "route-map R permit 10\n match ip address W\n set ip next-hop verify-availability 10.255.0.2 10 track 1\n"
    " set interface Null0\nip access-list extended W\n deny ip any 10.0.0.0 0.255.255.255\n permit tcp any any eq 443\n"
)
_W_LINES = [
    *["ip access-list extended W", "deny ip any 10.0.0.0 0.255.255.255", "permit tcp any any eq 443", "exit"],
]
_CLAUSE_LINES = [
    *["route-map R permit 10", "match ip address W", "set ip next-hop verify-availability 10.255.0.2 10 track 1"],
    *["set interface Null0", "exit"],
]
_ROUTER = "router bgp 65001\n bgp log-neighbor-changes\n"
_FAR = "neighbor 169.254.9.1"
_AF = "address-family ipv4 unicast"

#: What a device has to have for some of them: sections that are somebody else's.
BASES = {
    ("ios", "ikev2-offer"): "crypto ikev2 policy THEIRS\n match fvrf any\n proposal OLD\n",
    ("ios", "nat-exemption"): "ip access-list extended NAT\n permit ip 10.1.0.0 0.0.255.255 any\n",
    **{
        ("asa", family): f"{_ROUTER} {_AF}\n  neighbor 169.254.9.9 remote-as 65009\n"
        "  no auto-summary\n  no synchronization\n exit-address-family\n"
        for family in ("bgp-neighbour", "bgp-neighbour-setting", "bgp-network")
    },
    ("asa", "nat-exemption"): "access-list NONAT extended permit ip any 10.9.0.0 255.255.0.0\nnat (inside) 0 access-list NONAT\n",
}

_DYNAMIC = "crypto dynamic-map D 10\n set transform-set T\n"
_T = "crypto ipsec transform-set T esp-3des esp-sha-hmac\n"
_T_LINES = ["crypto ipsec transform-set T esp-3des esp-sha-hmac", "exit"]
_D_LINES = ["crypto dynamic-map D 10", "set transform-set T", "exit"]

IOS: dict[str, Case] = {
    "aaa-new-model": ("aaa new-model\n", ["aaa new-model"], ["no aaa new-model"]),
    "aaa-list": (
        "aaa authentication login CLIENTS local\n",
        ["aaa authentication login CLIENTS local"],
        ["no aaa authentication login CLIENTS local"],
    ),
    "user": (f"username anna password {TOKEN}\n", [f"username anna password {TOKEN}"], ["no username anna"]),
    "address-pool": (
        "ip local pool P 10.9.0.1 10.9.0.20\n",
        ["ip local pool P 10.9.0.1 10.9.0.20"],
        ["no ip local pool P 10.9.0.1 10.9.0.20"],
    ),
    "standard-list": (
        "ip access-list standard S\n permit 10.1.0.0 0.0.255.255\n",
        ["ip access-list standard S", "permit 10.1.0.0 0.0.255.255", "exit"],
        ["no ip access-list standard S"],
    ),
    "ikev2-authorization": (
        "ip local pool P 10.9.0.1 10.9.0.20\ncrypto ikev2 authorization policy A\n pool P\n def-domain example.com\n",
        [
            "ip local pool P 10.9.0.1 10.9.0.20",
            *["crypto ikev2 authorization policy A", "pool P", "def-domain example.com", "exit"],
        ],
        ["no crypto ikev2 authorization policy A", "no ip local pool P 10.9.0.1 10.9.0.20"],
    ),
    "client-profile": (
        "crypto vpn anyconnect profile C bootflash:c.xml\n",
        ["crypto vpn anyconnect profile C bootflash:c.xml"],
        ["no crypto vpn anyconnect profile C bootflash:c.xml"],
    ),
    "virtual-template": (
        "crypto ipsec profile I\ninterface Virtual-Template1 type tunnel\n ip unnumbered Ethernet0/0\n tunnel mode ipsec ipv4\n"
        " tunnel protection ipsec profile I\n",
        [
            *["crypto ipsec profile I", "exit", "interface Virtual-Template1 type tunnel", "ip unnumbered Ethernet0/0"],
            *["tunnel mode ipsec ipv4", "tunnel protection ipsec profile I", "exit"],
        ],
        ["no interface Virtual-Template1", "no crypto ipsec profile I"],
    ),
    "client-group": (
        "ip local pool P 10.9.0.1 10.9.0.20\n"
        f"crypto isakmp client configuration group staff\n key {TOKEN}\n dns 10.1.0.9\n pool P\n",
        [
            "ip local pool P 10.9.0.1 10.9.0.20",
            *["crypto isakmp client configuration group staff", f"key {TOKEN}", "dns 10.1.0.9", "pool P", "exit"],
        ],
        ["no crypto isakmp client configuration group staff", "no ip local pool P 10.9.0.1 10.9.0.20"],
    ),
    "dynamic-map-entry": (
        _T + _DYNAMIC,
        [*_T_LINES, *_D_LINES],
        ["no crypto dynamic-map D 10", "no crypto ipsec transform-set T"],
    ),
    "crypto-map-setting": (
        "aaa authentication login C local\ncrypto map M client authentication list C\n"
        "crypto map M client configuration address respond\n",
        [
            *["aaa authentication login C local", "crypto map M client authentication list C"],
            "crypto map M client configuration address respond",
        ],
        [
            *["no crypto map M client configuration address respond", "no crypto map M client authentication list C"],
            "no aaa authentication login C local",
        ],
    ),
    "crypto-map-dynamic": (
        f"{_T}{_DYNAMIC}crypto map M 10 ipsec-isakmp dynamic D\ninterface Ethernet0/0\n crypto map M\n",
        [
            *[*_T_LINES, *_D_LINES, "crypto map M 10 ipsec-isakmp dynamic D"],
            *["interface Ethernet0/0", "crypto map M", "exit"],
        ],
        [
            *["interface Ethernet0/0", "no crypto map M", "exit", "no crypto map M 10", "no crypto dynamic-map D 10"],
            "no crypto ipsec transform-set T",
        ],
    ),
    "ikev2-offer": (
        f"{_PROPOSAL}crypto ikev2 policy THEIRS\n proposal P\n",
        [
            *["crypto ikev2 proposal P", "encryption aes-cbc-256", "integrity sha256", "group 14", "exit"],
            *["crypto ikev2 policy THEIRS", "proposal P", "exit"],
        ],
        ["crypto ikev2 policy THEIRS", "no proposal P", "exit", "no crypto ikev2 proposal P"],
    ),
    "nat-exemption": (
        "ip access-list extended NAT\n 5 deny ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n",
        [
            *["ip access-list resequence NAT 10 10", "ip access-list extended NAT"],
            *["5 deny ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255", "exit"],
        ],
        ["ip access-list extended NAT", "no deny ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255", "exit"],
    ),
    "ikev2-proposal": (
        _PROPOSAL,
        ["crypto ikev2 proposal P", "encryption aes-cbc-256", "integrity sha256", "group 14", "exit"],
        ["no crypto ikev2 proposal P"],
    ),
    "ikev2-policy": (
        f"{_PROPOSAL}crypto ikev2 policy L\n match address local 192.0.2.9\n proposal P\n",
        [
            *["crypto ikev2 proposal P", "encryption aes-cbc-256", "integrity sha256", "group 14", "exit"],
            *["crypto ikev2 policy L", "match address local 192.0.2.9", "proposal P", "exit"],
        ],
        ["no crypto ikev2 policy L", "no crypto ikev2 proposal P"],
    ),
    "ikev2-keyring": (
        _KEYRING,
        [
            "crypto ikev2 keyring K",
            *["peer A", "address 192.0.2.1", f"pre-shared-key local {TOKEN}", f"pre-shared-key remote {TOKEN}", "exit"],
            *["peer B", "address 192.0.2.2", f"pre-shared-key {TOKEN}", "exit", "exit"],
        ],
        ["no crypto ikev2 keyring K"],
    ),
    "ikev2-profile": (
        "crypto ikev2 profile F\n match identity remote address 192.0.2.1 255.255.255.255\n authentication remote pre-share\n"
        " authentication local pre-share\n dpd 10 3 periodic\n no config-exchange request\n",
        [
            *["crypto ikev2 profile F", "match identity remote address 192.0.2.1 255.255.255.255"],
            *["authentication remote pre-share", "authentication local pre-share", "dpd 10 3 periodic"],
            *["no config-exchange request", "exit"],
        ],
        ["no crypto ikev2 profile F"],
    ),
    "ikev2-dpd": ("crypto ikev2 dpd 10 3 periodic\n", ["crypto ikev2 dpd 10 3 periodic"], ["no crypto ikev2 dpd"]),
    "ipsec-profile": (
        "crypto ipsec profile I\n set transform-set default\n set pfs group14\n",
        ["crypto ipsec profile I", "set transform-set default", "set pfs group14", "exit"],
        ["no crypto ipsec profile I"],
    ),
    "tunnel-interface": (
        f"crypto ipsec profile I\n set pfs group14\n{_TUNNEL} tunnel mode ipsec ipv4\n tunnel protection ipsec profile I\n",
        [
            *["crypto ipsec profile I", "set pfs group14", "exit"],
            *["interface Tunnel1", "ip address 10.255.0.1 255.255.255.252", "tunnel source Ethernet0/0"],
            *["tunnel destination 192.0.2.1", "tunnel mode ipsec ipv4", "exit"],
            *["interface Tunnel1", "tunnel protection ipsec profile I", "exit"],
        ],
        ["no interface Tunnel1", "no crypto ipsec profile I"],
    ),
    "tcp-mss": (
        "interface Ethernet0/1\n ip tcp adjust-mss 1360\n",
        ["interface Ethernet0/1", "ip tcp adjust-mss 1360", "exit"],
        ["interface Ethernet0/1", "no ip tcp adjust-mss 1360", "exit"],
    ),
    "static-route": (
        f"{_TUNNEL}ip route 10.20.0.0 255.255.0.0 Tunnel1 name NR-a\n",
        [
            *["interface Tunnel1", "ip address 10.255.0.1 255.255.255.252", "tunnel source Ethernet0/0"],
            *["tunnel destination 192.0.2.1", "exit", "ip route 10.20.0.0 255.255.0.0 Tunnel1 name NR-a"],
        ],
        ["no ip route 10.20.0.0 255.255.0.0 Tunnel1 name NR-a", "no interface Tunnel1"],
    ),
    "sla-operation": (_HTTP, _HTTP_LINES, ["no ip sla 1"]),
    "sla-schedule": (
        "ip sla 2\n icmp-echo 192.0.2.1\n frequency 10\nip sla schedule 2 start-time now life forever\n",
        ["ip sla 2", "icmp-echo 192.0.2.1", "frequency 10", "exit", "ip sla schedule 2 start-time now life forever"],
        ["no ip sla schedule 2", "no ip sla 2"],
    ),
    "track": (f"{_HTTP}{_TRACK}", [*_HTTP_LINES, *_TRACK_LINES], ["no track 1", "no ip sla 1"]),
    "prefix-list": (
        "ip prefix-list P seq 5 permit 10.0.0.0/8 le 24\n",
        ["ip prefix-list P seq 5 permit 10.0.0.0/8 le 24"],
        ["no ip prefix-list P seq 5 permit 10.0.0.0/8 le 24"],
    ),
    "route-map-clause": (
        f"{_HTTP}{_TRACK}{_CLAUSE}",
        [*_W_LINES, *_HTTP_LINES, *_TRACK_LINES, *_CLAUSE_LINES],
        ["no route-map R permit 10", "no track 1", "no ip sla 1", "no ip access-list extended W"],
    ),
    "policy-binding": (
        f"{_HTTP}{_TRACK}{_CLAUSE}interface Ethernet0/1\n ip policy route-map R\n",
        [
            *[*_W_LINES, *_HTTP_LINES, *_TRACK_LINES, *_CLAUSE_LINES],
            *["interface Ethernet0/1", "ip policy route-map R", "exit"],
        ],
        [
            *["interface Ethernet0/1", "no ip policy route-map R", "exit", "no route-map R permit 10", "no track 1"],
            *["no ip sla 1", "no ip access-list extended W"],
        ],
    ),
}

_GROUP = (
    "tunnel-group 192.0.2.1 type ipsec-l2l\ntunnel-group 192.0.2.1 ipsec-attributes\n"
    f" ikev2 local-authentication pre-shared-key {TOKEN}\n"
)
_GROUP_LINES = [
    "tunnel-group 192.0.2.1 type ipsec-l2l",
    "tunnel-group 192.0.2.1 ipsec-attributes",
    f"ikev2 local-authentication pre-shared-key {TOKEN}",
    "exit",
]

_EXEMPT = "access-list NONAT extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0 255.255.0.0"
_TWICE = "source static L L destination static R R no-proxy-arp route-lookup"

ASA: dict[str, Case] = {
    "nat-exemption": (f"{_EXEMPT}\nnat (inside) 0 access-list NONAT\n", [_EXEMPT], [f"no {_EXEMPT}"]),
    "nat-0": (
        f"{_EXEMPT}\nnat (inside) 0 access-list NONAT\n",
        [_EXEMPT, "nat (inside) 0 access-list NONAT"],
        ["no nat (inside) 0 access-list NONAT", f"no {_EXEMPT}"],
    ),
    "twice-nat": (
        f"object network L\n subnet 10.1.0.0 255.255.0.0\nobject network R\n host 10.2.0.1\nnat (inside,outside) 1 {_TWICE}\n",
        [
            *["object network L", "subnet 10.1.0.0 255.255.0.0", "exit", "object network R", "host 10.2.0.1", "exit"],
            f"nat (inside,outside) 1 {_TWICE}",
        ],
        [f"no nat (inside,outside) {_TWICE}", "no object network R", "no object network L"],
    ),
    "ikev2-policy": (
        "crypto ikev2 policy 10\n encryption aes-256\n integrity sha256\n group 14\n prf sha256\n lifetime seconds 86400\n",
        [
            *["crypto ikev2 policy 10", "encryption aes-256", "integrity sha256", "group 14", "prf sha256"],
            *["lifetime seconds 86400", "exit"],
        ],
        ["no crypto ikev2 policy 10"],
    ),
    "ikev2-enable": ("crypto ikev2 enable outside\n", ["crypto ikev2 enable outside"], ["no crypto ikev2 enable outside"]),
    "ipsec-proposal": (
        "crypto ipsec ikev2 ipsec-proposal P\n protocol esp encryption aes-256\n protocol esp integrity sha-256\n",
        ["crypto ipsec ikev2 ipsec-proposal P", "protocol esp encryption aes-256", "protocol esp integrity sha-256", "exit"],
        ["no crypto ipsec ikev2 ipsec-proposal P"],
    ),
    "ipsec-profile": (
        "crypto ipsec profile I\n set pfs group14\n set security-association lifetime kilobytes unlimited\n",
        ["crypto ipsec profile I", "set pfs group14", "set security-association lifetime kilobytes unlimited", "exit"],
        ["no crypto ipsec profile I"],
    ),
    "network-object": (
        "object network L\n subnet 10.1.0.0 255.255.0.0\nobject-group network G\n network-object object L\n",
        [
            *["object network L", "subnet 10.1.0.0 255.255.0.0", "exit"],
            *["object-group network G", "network-object object L", "exit"],
        ],
        ["no object-group network G", "no object network L"],
    ),
    "tunnel-interface": (
        f"crypto ipsec profile I\n set pfs group14\n{_GROUP}"
        "interface Tunnel1\n nameif far\n ip address 10.255.0.1 255.255.255.252\n tunnel source interface outside\n"
        " tunnel destination 192.0.2.1\n tunnel mode ipsec ipv4\n tunnel protection ipsec profile I\n no shutdown\n",
        [
            *["crypto ipsec profile I", "set pfs group14", "exit", *_GROUP_LINES],
            *["interface Tunnel1", "nameif far", "ip address 10.255.0.1 255.255.255.252", "tunnel source interface outside"],
            *["tunnel destination 192.0.2.1", "tunnel mode ipsec ipv4", "no shutdown", "exit"],
            *["interface Tunnel1", "tunnel protection ipsec profile I", "exit"],
        ],
        ["no interface Tunnel1", "clear configure tunnel-group 192.0.2.1", "no crypto ipsec profile I"],
    ),
    "tcp-mss": ("sysopt connection tcpmss 1360\n", ["sysopt connection tcpmss 1360"], ["no sysopt connection tcpmss 1360"]),
    "static-route": (
        "route outside 10.20.0.0 255.255.0.0 192.0.2.9\n",
        ["route outside 10.20.0.0 255.255.0.0 192.0.2.9"],
        ["no route outside 10.20.0.0 255.255.0.0 192.0.2.9"],
    ),
    "prefix-list": (
        "prefix-list P seq 5 permit 10.0.0.0/8 le 24\n",
        ["prefix-list P seq 5 permit 10.0.0.0/8 le 24"],
        ["no prefix-list P seq 5 permit 10.0.0.0/8 le 24"],
    ),
    "bgp": (
        f"prefix-list P seq 5 permit 10.0.0.0/8\n{_ROUTER} {_AF}\n  {_FAR} remote-as 65002\n  {_FAR} timers 10 30\n"
        f"  {_FAR} activate\n  {_FAR} prefix-list P in\n  network 10.1.0.0 mask 255.255.0.0\n",
        [
            *["prefix-list P seq 5 permit 10.0.0.0/8", "router bgp 65001", "bgp log-neighbor-changes", _AF],
            *[f"{_FAR} remote-as 65002", f"{_FAR} timers 10 30", f"{_FAR} activate", f"{_FAR} prefix-list P in"],
            *["network 10.1.0.0 mask 255.255.0.0", "exit", "exit"],
        ],
        ["no router bgp 65001", "no prefix-list P seq 5 permit 10.0.0.0/8"],
    ),
    "bgp-neighbour": (
        f"router bgp 65001\n {_AF}\n  {_FAR} remote-as 65002\n",
        ["router bgp 65001", _AF, f"{_FAR} remote-as 65002", "exit", "exit"],
        ["router bgp 65001", _AF, f"no {_FAR}", "exit", "exit"],
    ),
    "bgp-neighbour-setting": (
        f"router bgp 65001\n {_AF}\n  neighbor 169.254.9.9 timers 10 30\n",
        ["router bgp 65001", _AF, "neighbor 169.254.9.9 timers 10 30", "exit", "exit"],
        ["router bgp 65001", _AF, "no neighbor 169.254.9.9 timers 10 30", "exit", "exit"],
    ),
    "bgp-network": (
        f"router bgp 65001\n {_AF}\n  network 192.168.20.0 mask 255.255.255.0\n",
        ["router bgp 65001", _AF, "network 192.168.20.0 mask 255.255.255.0", "exit", "exit"],
        ["router bgp 65001", _AF, "no network 192.168.20.0 mask 255.255.255.0", "exit", "exit"],
    ),
}
