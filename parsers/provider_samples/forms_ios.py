"""Lines of samples for IOS and IOS-XE."""

from __future__ import annotations

from .line_form import LineForm
from .line_form import row as _row

_WHOLE = "one setting for every {what} of the device"
_IKE1 = _WHOLE.format(what="IKEv1 peer")
_IKE2 = _WHOLE.format(what="IKEv2 peer")
_SA = _WHOLE.format(what="IPsec tunnel")
_WILDCARD = "takes any peer that knows the key: name the peer's address"
_AGGRESSIVE = "aggressive mode shows a hash of the key to anyone who asks"

_ONE_MAP = "an interface has one crypto map: another one that is bound there loses all its tunnels"
_OS = "ios"
IOS: tuple[LineForm, ...] = (
    _row(_OS, "ike", "isakmp-policy", r"crypto isakmp policy (?P<n_number>\S+)", opens=True),
    _row(_OS, "ike", "isakmp-encryption", r"encr(?:yption)? (?P<cipher>.+)", "isakmp-policy"),
    _row(_OS, "ike", "isakmp-hash", r"hash (?P<integrity>\S+)", "isakmp-policy"),
    _row(_OS, "ike", "isakmp-group", r"group +(?P<n_group>\S+)", "isakmp-policy"),
    _row(_OS, "ike", "isakmp-lifetime", r"lifetime (?P<n_seconds>\S+)", "isakmp-policy"),
    _row(_OS, "ike", "isakmp-authentication", r"authentication (?P<method>\S+)", "isakmp-policy"),
    _row(
        _OS,
        "key",
        "isakmp-key",
        r"crypto isakmp key (?:[06] )?(?P<key>\S+) (?:address|hostname) (?P<a_peer>\S+)"
        r"(?: (?P<a_mask>\d\S+))?(?: no-xauth)?",
    ),
    _row(_OS, "dpd", "isakmp-keepalive", r"crypto isakmp keepalive .+", box=_IKE1),
    _row(
        _OS,
        "box",
        "isakmp-setting",
        r"crypto isakmp (?:identity|enable|invalid-spi-recovery|nat|aggressive-mode|fragmentation)\b.*",
        box=_IKE1,
    ),
    _row(_OS, "ike", "isakmp-peer", r"crypto isakmp peer .+", opens=True),
    _row(_OS, "ike", "isakmp-peer-mode", r"set aggressive-mode .+", "isakmp-peer", weak=_AGGRESSIVE),
    _row(_OS, "key", "keyring", r"crypto keyring (?P<name>\S+)(?: vrf \S+)?", opens=True),
    _row(_OS, "tunnel", "keyring-local", r"local-address (?P<a_local>\S+)(?: \S+)?", "keyring", "isakmp-profile"),
    _row(
        _OS,
        "key",
        "keyring-key",
        r"pre-shared-key address (?P<a_peer>\S+)(?: (?P<a_mask>\d\S+))? key (?:[06] )?(?P<key>\S+)",
        "keyring",
    ),
    _row(_OS, "ike", "isakmp-profile", r"crypto isakmp profile (?P<name>\S+)", opens=True),
    _row(
        _OS,
        "ike",
        "isakmp-profile-peer",
        r"match identity address (?P<a_peer>\S+)(?: (?P<a_mask>\d\S+))?(?: \S+)?",
        "isakmp-profile",
    ),
    _row(_OS, "key", "isakmp-profile-keyring", r"keyring (?P<keyring>\S+)", "isakmp-profile"),
    _row(_OS, "ike", "isakmp-profile-mode", r"initiate mode aggressive", "isakmp-profile", weak=_AGGRESSIVE),
    _row(_OS, "dpd", "isakmp-profile-keepalive", r"keepalive \d+.*", "isakmp-profile"),
    _row(_OS, "ipsec", "transform-set", r"crypto ipsec transform-set (?P<name>\S+) (?P<transforms>.+)", opens=True),
    _row(_OS, "ipsec", "transform-mode", r"mode (?P<mode>tunnel|transport)\b.*", "transform-set"),
    _row(_OS, "ipsec", "ipsec-profile", r"crypto ipsec profile (?P<name>\S+)", opens=True),
    _row(_OS, "ipsec", "set-pfs", r"set pfs(?: (?:group)?(?P<n_group>\S+))?", "ipsec-profile", "crypto-map"),
    _row(
        _OS,
        "ipsec",
        "set-seconds",
        r"set security-association lifetime seconds (?P<n_seconds>\S+)",
        "ipsec-profile",
        "crypto-map",
    ),
    _row(
        _OS,
        "ipsec",
        "set-kilobytes",
        r"set security-association lifetime kilobytes (?P<kilobytes>\S+)",
        "ipsec-profile",
        "crypto-map",
    ),
    _row(_OS, "ipsec", "set-replay", r"set security-association replay .+", "ipsec-profile", "crypto-map"),
    _row(_OS, "ipsec", "set-transform", r"set transform-set (?P<transform>.+)", "ipsec-profile", "crypto-map"),
    _row(
        _OS, "ipsec", "set-ikev2-profile", r"set ikev2-profile (?P<profile>\S+)", "ipsec-profile", "crypto-map", since="15.1(1)T"
    ),
    _row(_OS, "ipsec", "set-isakmp-profile", r"set isakmp-profile (?P<profile>\S+)", "ipsec-profile", "crypto-map"),
    _row(_OS, "box", "df-bit", r"crypto ipsec df-bit .+", box=_SA),
    _row(_OS, "box", "fragmentation", r"crypto ipsec fragmentation .+", box=_SA),
    _row(_OS, "box", "replay-window", r"crypto ipsec security-association (?:replay|lifetime|idle-time).*", box=_SA),
    _row(_OS, "ike", "ikev2-proposal", r"crypto ikev2 proposal (?P<name>\S+)", opens=True, since="15.1(1)T"),
    _row(_OS, "ike", "ikev2-encryption", r"encryption (?P<ciphers>.+)", "ikev2-proposal"),
    _row(_OS, "ike", "ikev2-integrity", r"integrity (?P<integrities>.+)", "ikev2-proposal"),
    _row(_OS, "ike", "ikev2-prf", r"prf (?P<prfs>.+)", "ikev2-proposal"),
    _row(_OS, "ike", "ikev2-group", r"group (?P<groups>.+)", "ikev2-proposal"),
    _row(_OS, "ike", "ikev2-policy", r"crypto ikev2 policy (?P<name>\S+)", opens=True, since="15.1(1)T"),
    _row(_OS, "ike", "ikev2-policy-match", r"match (?:fvrf \S+|address local (?P<a_local>\S+))", "ikev2-policy"),
    _row(_OS, "ike", "ikev2-policy-proposal", r"proposal (?P<proposal>\S+)", "ikev2-policy"),
    _row(_OS, "key", "ikev2-keyring", r"crypto ikev2 keyring (?P<name>\S+)", opens=True, since="15.1(1)T"),
    _row(_OS, "key", "ikev2-peer", r"peer (?P<name>\S+)", "ikev2-keyring", opens=True),
    _row(_OS, "key", "ikev2-peer-address", r"address (?P<a_peer>\S+)(?: (?P<a_mask>\S+))?", "ikev2-peer"),
    _row(_OS, "key", "ikev2-peer-other", r"(?:identity|description|hostname) .+", "ikev2-peer"),
    _row(_OS, "key", "ikev2-peer-key", r"pre-shared-key (?:local |remote )?(?:[06] )?(?P<key>\S+)", "ikev2-peer"),
    _row(_OS, "ike", "ikev2-profile", r"crypto ikev2 profile (?P<name>\S+)", opens=True, since="15.1(1)T"),
    _row(_OS, "tunnel", "ikev2-local-interface", r"match address local interface (?P<interface>\S.*)", "ikev2-profile"),
    _row(_OS, "tunnel", "ikev2-local", r"match address local (?P<a_local>\S+)", "ikev2-profile"),
    _row(
        _OS,
        "ike",
        "ikev2-any",
        r"match identity remote (?:any|address 0\.0\.0\.0(?: 0\.0\.0\.0)?)",
        "ikev2-profile",
        weak=_WILDCARD,
    ),
    _row(_OS, "ike", "ikev2-remote", r"match identity remote address (?P<a_peer>\S+)(?: (?P<a_mask>\S+))?", "ikev2-profile"),
    _row(_OS, "ike", "ikev2-remote-name", r"match identity remote (?P<kind>\S+) (?P<identity>\S+).*", "ikev2-profile"),
    _row(_OS, "ike", "ikev2-fvrf", r"match fvrf \S+", "ikev2-profile"),
    _row(_OS, "ike", "ikev2-identity", r"identity local (?P<kind>\S+) (?P<identity>\S+)", "ikev2-profile"),
    _row(
        _OS,
        "ike",
        "ikev2-authentication",
        r"authentication (?:remote|local) (?P<method>pre-share|rsa-sig|ecdsa-sig|eap)\b.*",
        "ikev2-profile",
    ),
    _row(_OS, "key", "ikev2-profile-keyring", r"keyring (?:local )?(?P<keyring>\S+)", "ikev2-profile"),
    _row(_OS, "ike", "ikev2-lifetime", r"lifetime (?P<n_seconds>\S+)", "ikev2-profile"),
    _row(_OS, "dpd", "ikev2-profile-dpd", r"dpd \d+ \d+ \S+", "ikev2-profile"),
    _row(_OS, "ike", "ikev2-profile-other", r"(?:no config-exchange|config-exchange|nat|ivrf|description)\b.*", "ikev2-profile"),
    _row(_OS, "dpd", "ikev2-dpd", r"crypto ikev2 dpd .+", box=_IKE2, since="15.1(1)T"),
    _row(
        _OS,
        "box",
        "ikev2-setting",
        r"crypto ikev2 (?:nat|fragmentation|limit|cookie-challenge|http-url|certificate-cache|"
        r"window|diagnose)\b.*",
        box=_IKE2,
        since="15.1(1)T",
    ),
    _row(_OS, "selector", "numbered-list", r"access-list (?P<name>\d+|<[^<>]+>) (?P<entry>(?:permit|deny) .+)"),
    _row(_OS, "selector", "named-list", r"ip access-list extended (?P<name>\S+)", opens=True),
    _row(_OS, "selector", "named-entry", r"(?:\d+ )?(?P<entry>(?:permit|deny) .+)", "named-list"),
    _row(_OS, "tunnel", "crypto-map", r"crypto map (?P<name>\S+) (?P<n_sequence>\d+) ipsec-isakmp", opens=True),
    _row(_OS, "tunnel", "map-peer", r"set peer (?P<a_peer>\S+)(?: default)?", "crypto-map"),
    _row(_OS, "selector", "map-match", r"match address (?P<list>\S+)", "crypto-map"),
    _row(_OS, "tunnel", "map-other", r"(?:description|reverse-route|qos|set nat)\b.*", "crypto-map"),
    _row(
        _OS,
        "binding",
        "map-local",
        r"crypto map \S+ local-address \S+",
        box="the address that every entry of the map builds from",
    ),
    _row(_OS, "tunnel", "tunnel", r"int(?:erface)? tunnel ?(?P<n_tunnel>\d+)", opens=True),
    _row(_OS, "addressing", "interface", r"int(?:erface)? (?P<interface><[^<>]+>|[A-Za-z][\w/.:-]*)", opens=True),
    _row(_OS, "tunnel", "tunnel-address", r"ip address (?P<a_address>\S+) (?P<a_mask>\S+)", "tunnel"),
    _row(_OS, "tunnel", "tunnel-unnumbered", r"ip unnumbered (?P<interface>\S+)", "tunnel"),
    _row(_OS, "tunnel", "tunnel-source", r"tunnel source (?P<source>\S.*)", "tunnel"),
    _row(_OS, "tunnel", "tunnel-destination", r"tunnel destination (?P<a_peer>\S+)", "tunnel"),
    _row(_OS, "tunnel", "tunnel-mode", r"tunnel mode (?P<mode>.+)", "tunnel"),
    _row(_OS, "tunnel", "tunnel-protection", r"tunnel protection ipsec profile (?P<profile>\S+)(?: .+)?", "tunnel"),
    _row(_OS, "tunnel", "tunnel-size", r"ip (?:mtu|tcp adjust-mss) (?P<n_bytes>\S+)", "tunnel"),
    _row(
        _OS,
        "tunnel",
        "tunnel-other",
        r"(?:ip virtual-reassembly|tunnel path-mtu-discovery|(?:no )?shutdown|description|keepalive|bandwidth"
        r"|tunnel vrf|ip vrf|vrf forwarding|zone-member|load-interval)\b.*",
        "tunnel",
    ),
    _row(_OS, "binding", "no-map", r"no crypto map(?: \S+)?", "interface", box="removes every crypto tunnel of the interface"),
    _row(_OS, "binding", "map-binding", r"crypto map (?P<name>\S+)", "interface", box=_ONE_MAP),
    _row(
        _OS, "mss", "interface-mss", r"ip tcp adjust-mss \S+", "interface", box="the segment size of everything on the interface"
    ),
    _row(
        _OS,
        "policy-routing",
        "interface-policy",
        r"ip policy route-map \S+",
        "interface",
        box="the routing of all that comes in there",
    ),
    _row(_OS, "filter", "interface-filter", r"ip access-group .+", "interface", box="filters everything on the interface"),
    _row(
        _OS,
        "addressing",
        "interface-line",
        r"(?:no )?(?:ip (?:address|nat|virtual-reassembly|mtu|vrf|redirects|unreachables|proxy-arp|verify|flow|helper-address"
        r"|ospf|directed-broadcast|route-cache|tcp)|description|negotiation|mop|shutdown|speed|duplex|switchport|standby|mtu|"
        r"load-interval|cdp|encapsulation|vrf|zone-member|nameif|service-policy)\b.*",
        "interface",
        box="the addressing and the link of an interface",
    ),
    _row(_OS, "route", "route", r"ip route (?P<a_network>\S+) (?P<a_mask>\S+) (?P<to>\S.*)"),
    _row(_OS, "probe", "sla", r"(?:ip sla|rtr|track|ip sla monitor)\b.*", opens=True),
    _row(_OS, "probe", "sla-line", r"(?:icmp-echo|tcp-connect|http|frequency|timeout|threshold|delay|type echo|tag)\b.*", "sla"),
    _row(_OS, "exemption", "nat", r"ip nat .+", box="the address translation of the device"),
)
