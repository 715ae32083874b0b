"""What the judging router and firewall know: the lines of each mode, and what a line names, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

#: A sub-mode whose end is shown.
AF = "address-family ipv4 unicast"


@dataclass(frozen=True)
class Mode:
    """What may be typed in a sub-mode: settings that there is one of, by their first words, and lines of which there are many."""

    single: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    opens: dict[str, Mode] = field(default_factory=dict)
    #: What a new section shows before anything is typed in it.
    first: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


PEER = Mode(single=("address", "description", "pre-shared-key local", "pre-shared-key remote", "pre-shared-key"))
SETS = ("set transform-set", "set ikev2-profile", "set pfs", "set security-association lifetime seconds", "match address")
IOS: dict[str, Mode | None] = {
    r"aaa new-model": None,
    r"aaa (?:authentication login|authorization network) \S+ \S+": None,
    r"username \S+ (?:password|secret) (?:\d )?\S+": None,
    r"ip local pool \S+ \S+ \S+": None,
    r"crypto isakmp client configuration group \S+": Mode(single=("key", "dns", "domain", "pool", "acl")),
    r"crypto dynamic-map \S+ \d+": Mode(single=("set transform-set", "set pfs")),
    r"crypto map \S+ (?:client|isakmp) .+": None,
    r"crypto map \S+ \d+ ipsec-isakmp dynamic \S+": None,
    r"crypto ikev2 proposal \S+": Mode(single=("encryption", "integrity", "prf", "group")),
    r"crypto ikev2 policy \S+": Mode(single=("match fvrf",), many=(r"match address local \S+", r"proposal \S+")),
    r"crypto ikev2 keyring \S+": Mode(opens={r"peer \S+": PEER}),
    r"crypto ikev2 profile \S+": Mode(
        single=("identity local", "authentication remote", "authentication local", "keyring local", "lifetime", "dpd"),
        many=(r"match identity remote address \S+ \S+", r"no config-exchange request"),
        hidden=("lifetime 86400",),
    ),
    r"crypto ikev2 dpd \d+ \d+ \S+": None,
    r"crypto isakmp policy \d+": Mode(
        single=("encr", "hash", "authentication", "group", "lifetime"), hidden=("hash sha", "lifetime 86400")
    ),
    r"crypto isakmp key \S+ address \S+(?: no-xauth)?": None,
    r"crypto isakmp keepalive \d+ \d+": None,
    r"crypto ipsec transform-set \S+ esp-.+": Mode(single=("mode",), hidden=("mode tunnel",)),
    r"crypto ipsec profile \S+": Mode(single=SETS, hidden=("set security-association lifetime seconds 3600",)),
    r"crypto map \S+ \d+ ipsec-isakmp": Mode(single=SETS, many=(r"set peer \S+",)),
    r"interface Tunnel\d+": Mode(
        single=(
            "ip address",
            "ip mtu",
            "ip tcp adjust-mss",
            "tunnel source",
            "tunnel mode",
            "tunnel destination",
            "tunnel protection",
        ),
        first=("no ip address",),
    ),
    r"interface \S+": Mode(
        single=("ip address", "ip tcp adjust-mss", "crypto map", "ip policy route-map"), many=(r"ip (?:nat|ospf) .+",)
    ),
    r"ip access-list extended \S+": Mode(many=(r"(?:\d+ )?(?:permit|deny) .+",)),
    r"ip nat inside source list \S+ .+": None,
    r"ip sla schedule \d+ life \S+ start-time now": None,
    r"ip sla \d+": Mode(
        single=("frequency", "timeout", "threshold"),
        many=(r"icmp-echo \S+ source-interface \S+", r"tcp-connect \S+ \d+", r"http raw \S+"),
        opens={r"http-raw-request": Mode(many=(r".+",))},
        hidden=("frequency 60", "timeout 5000", "threshold 5000"),
    ),
    r"track \d+ ip sla \d+ (?:state|reachability)": Mode(single=("delay",)),
    r"ip prefix-list \S+ seq \d+ .+": None,
    r"route-map \S+ (?:permit|deny) \d+": Mode(
        single=("set interface",),
        many=(r"match ip address (?:prefix-list )?\S+", r"set ip next-hop verify-availability \S+ \d+ track \d+"),
    ),
    r"ip route .+": None,
    r"router bgp \d+": Mode(
        many=(r"bgp .+", r"neighbor .+"), opens={r"address-family .+": Mode(many=(r"neighbor .+", r"network .+"))}
    ),
}
ASA: dict[str, Mode | None] = {
    r"interface Tunnel\d+": Mode(
        single=("nameif", "ip address", "tunnel source", "tunnel destination", "tunnel mode", "tunnel protection"),
        first=("no nameif", "no ip address"),
    ),
    r"interface \S+": Mode(single=("nameif", "security-level", "ip address")),
    r"object(?:-group)? network \S+": Mode(single=("subnet", "host"), many=(r"network-object .+", r"nat \(.+")),
    r"access-list \S+ extended .+": None,
    r"mtu \S+ \d+": None,
    r"nat \(\S+\) .+": None,
    r"route \S+ \S+ \S+ \S+ \d+": None,
    r"sysopt connection tcpmss \d+": None,
    r"prefix-list \S+ seq \d+ .+": None,
    r"router bgp \d+": Mode(
        many=(r"bgp .+",),
        opens={
            AF: Mode(
                many=(r"neighbor .+", r"network .+", r"no (?:auto-summary|synchronization)"),
                first=("no auto-summary", "no synchronization"),
            )
        },
    ),
    r"crypto ipsec ikev1 transform-set \S+ esp-.+": None,
    r"crypto ipsec ikev2 ipsec-proposal \S+": Mode(
        single=("protocol esp encryption", "protocol esp integrity"),
        first=("protocol esp encryption aes-256", "protocol esp integrity sha-1"),
    ),
    r"crypto ipsec profile \S+": Mode(
        single=("set ikev2 ipsec-proposal", "set ikev1 transform-set", "set pfs", "set security-association lifetime seconds")
    ),
    r"crypto map \S+ \d+ .+": None,
    r"crypto map \S+ interface \S+": None,
    r"crypto ikev2 policy \d+": Mode(
        single=("encryption", "integrity", "group", "prf", "lifetime seconds"),
        first=("encryption aes-256", "integrity sha256", "group 14", "prf sha256", "lifetime seconds 86400"),
    ),
    r"crypto ikev2 enable \S+": None,
    r"crypto ikev1 policy \d+": Mode(
        single=("authentication", "encryption", "hash", "group", "lifetime"),
        first=("authentication pre-share", "encryption 3des", "hash sha", "group 2", "lifetime 86400"),
    ),
    r"crypto ikev1 enable \S+": None,
    r"group-policy \S+ internal": None,
    r"group-policy \S+ attributes": Mode(
        single=(
            *("vpn-tunnel-protocol", "vpn-filter", "vpn-idle-timeout", "vpn-access-hours", "vpn-simultaneous-logins"),
            "vpn-session-timeout",
        )
    ),
    r"tunnel-group \S+ type \S+": None,
    r"tunnel-group \S+ general-attributes": Mode(single=("default-group-policy",)),
    r"tunnel-group \S+ ipsec-attributes": Mode(
        single=("ikev2 remote-authentication", "ikev2 local-authentication", "ikev1 pre-shared-key", "isakmp keepalive")
    ),
}
#: What a line names, and the line that has to be there for it.
IOS_NAMES = (
    (r"proposal (\S+)", r"crypto ikev2 proposal {}"),
    (r"keyring local (\S+)", r"crypto ikev2 keyring {}"),
    (r"set ikev2-profile (\S+)", r"crypto ikev2 profile {}"),
    (r"set transform-set (\S+)", r"crypto ipsec transform-set {} .*"),
    (r"match address (?!local)(\S+)", r"ip access-list extended {}"),
    (r"tunnel protection ipsec profile (\S+)", r"crypto ipsec profile {}"),
    (r"ip nat inside source list (\S+) .+", r"ip access-list extended {}"),
    (r"ip route .+ (Tunnel\d+)(?: .+)?", r"interface {}"),
    (r"crypto map (\S+)", r"crypto map {} \d+ .*"),
    (r"pool (\S+)", r"ip local pool {} .*"),
    (r"acl (\S+)", r"ip access-list extended {}"),
    (r"crypto map .+ ipsec-isakmp dynamic (\S+)", r"crypto dynamic-map {} \d+"),
    (r"crypto map .+ list (\S+)", r"aaa .+ {} local"),
    (r"ip sla schedule (\d+) .+", r"ip sla {}"),
    (r"icmp-echo \S+ source-interface (Tunnel\d+)", r"interface {}"),
    (r"track \d+ ip sla (\d+) .+", r"ip sla {}"),
    (r"set ip next-hop verify-availability .+ track (\d+)", r"track {} .*"),
    (r"ip route .+ track (\d+)(?: .+)?", r"track {} .*"),
    (r"match ip address (?!prefix-list)(\S+)", r"ip access-list extended {}"),
    (r"match ip address prefix-list (\S+)", r"ip prefix-list {} .*"),
    (r"set interface (Tunnel\d+)", r"interface {}"),
    (r"ip policy route-map (\S+)", r"route-map {} .*"),
)
ASA_NAMES = (
    (r"(?:crypto map .+ )?set ikev2 ipsec-proposal (\S+)", r"crypto ipsec ikev2 ipsec-proposal {}"),
    (r"(?:crypto map .+ )?set ikev1 transform-set (\S+)", r"crypto ipsec ikev1 transform-set {} .*"),
    (r"tunnel protection ipsec profile (\S+)", r"crypto ipsec profile {}"),
    (r"tunnel destination (\S+)", r"tunnel-group {} type .*"),
    (r"default-group-policy (\S+)", r"group-policy {} internal"),
    (r"crypto map .+ match address (\S+)", r"access-list {} .*"),
    (r"crypto map (\S+) interface .+", r"crypto map {} \d+ .*"),
    (r"nat \(\S+\) 0 access-list (\S+)", r"access-list {} .*"),
    (r"(?:access-list|nat) .*?(?:object|source static) (\S+).*", r"object(?:-group)? network {}"),
    (r"nat .* destination static (\S+).*", r"object(?:-group)? network {}"),
    (r"route (\S+) .+", r"interface .*|mtu {} .*"),
    (r"neighbor \S+ prefix-list (\S+) (?:in|out)", r"prefix-list {} .*"),
)
