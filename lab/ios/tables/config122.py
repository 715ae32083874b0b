"""The configuration commands of IOS 12.2(8)T that the two boxes of the rehearsal know, as a table.

Sources: the running configurations of a Cisco 2611 and a 3640 at 12.2(8)T; the 12.2 security command reference. Group 5
exists since 12.1(3)T ("Diffie-Hellman Group 5" feature guide); AES, entry numbers in access lists, `description` under a
crypto map and IKEv2 are all younger than 12.2(8)T and therefore refused.
"""

from __future__ import annotations

from ...core.access import banners
from ...core.configuration.forms import Form
from . import known

LINES = "line {console <0-0:n>|aux <0-0:n>|vty <0-4:n> [<0-4:last>]}"

MACROS = {
    "from": "{{any|host <ip:src>}|<ip:src> <mask:srcmask>}",
    "to": "{{any|host <ip:dst>}|<ip:dst> <mask:dstmask>}",
    "port": "[{eq|gt|lt|neq} <word:port>|range <word:port> <word:port2>]",
    "ace": (
        "{permit|deny}:action {{ip|esp|ahp|gre|icmp|ospf|eigrp}:proto @from @to [log]"
        "|{tcp|udp}:proto @from @port @to @port [established] [log]"
        "|<0-255:proto> @from @to [log]}"
    ),
    "life": "{seconds <120-86400:n>|kilobytes <2560-536870912:n>}",
    "alg": "{esp-des|esp-3des|esp-null|esp-md5-hmac|esp-sha-hmac|ah-md5-hmac|ah-sha-hmac|comp-lzs}",
}

PROMPTS = {
    "config": "(config)",
    "isakmp": "(config-isakmp)",
    "isakmp-group": "(config-isakmp-group)",
    "transform": "(cfg-crypto-trans)",
    "crypto-map": "(config-crypto-map)",
    "interface": "(config-if)",
    "ext-nacl": "(config-ext-nacl)",
    "std-nacl": "(config-std-nacl)",
    "line": "(config-line)",
    "cor": "(config-dp-cor)",
    "mgcp": "(config-mgcp-profile)",
    "route-map": "(config-route-map)",
}

_GLOBAL = (
    Form("config", "version <word:v>", "version"),
    Form("config", "service timestamps {debug|log}:what [{uptime|datetime}] [msec] [localtime]", "timestamps", ("what",)),
    Form("config", "service password-encryption", "password-encryption", off="store"),
    Form("config", "hostname <word:name>", "hostname"),
    Form("config", "logging buffered <4096-2147483647:n> [<word:level>]", "logging buffered"),
    Form("config", "logging console", "logging console", on="clear", off="store"),
    Form("config", "enable secret ~ {5 <word:hash>|[0] <word:plain>}", "enable secret", hook="enable_secret"),
    Form("config", "aaa new-model", "aaa new-model", hook="aaa_model"),
    Form("config", "aaa authentication login <word:list> ~ <line:methods>", "aaa authentication", ("list",), hook="aaa_list"),
    Form(
        "config",
        "aaa authorization {network|exec}:what <word:list> ~ <line:methods>",
        "aaa authorization",
        ("what", "list"),
        text="{line} ",
        hook="aaa_list",
    ),
    Form("config", "aaa session-id {common|unique}", "aaa session-id"),
    Form(
        "config",
        "username <word:name> ~ [privilege <0-15:level>] "
        "{password {0|7} <word:password>|secret {5 <word:hash>|[0] <word:plain>}}",
        "username",
        ("name",),
        hook="username",
    ),
    Form("config", "ip subnet-zero", "ip subnet-zero"),
    Form("config", "ip cef", "ip cef"),
    Form("config", "ip domain-lookup", "ip domain-lookup", on="clear", off="store", text="ip domain-lookup"),
    Form("config", "ip domain-name <word:name>", "ip domain-name"),
    Form("config", "ip audit notify {log|nr-director}:to", "ip audit notify", ("to",)),
    Form("config", "ip audit po max-events ~ <1-65535:n>", "ip audit po"),
    Form("config", "fax interface-type {fax-mail|modem|vfc}", "fax interface-type"),
    Form("config", "mta receive maximum-recipients ~ <0-1024:n>", "mta receive"),
    Form("config", "call rsvp-sync", "call rsvp-sync"),
    Form("config", "mgcp profile <word:name>", "mgcp profile", ("name",), enters="mgcp"),
    Form("config", "dial-peer cor custom", "dial-peer cor", enters="cor"),
    Form("config", "ip local pool <word:name> ~ <ip:first> [<ip:last>]", "ip local pool", ("name",)),
    Form("config", "ip classless", "ip classless", off="store"),
    Form(
        "config",
        "ip route <ip:net> <mask:mask> {<ip:via>|<if:via>} ~ [<1-255:distance>]",
        "ip route",
        ("net", "mask", "via"),
        hook="ip_route",
    ),
    Form(
        "config",
        "ip nat pool <word:name> ~ <ip:first> <ip:last> {netmask <mask:mask>|prefix-length <1-30:n>}",
        "ip nat pool",
        ("name",),
    ),
    Form(
        "config",
        "ip nat inside source {list <word:acl>|route-map <word:map>} "
        "{interface <if:iface>|pool <word:pool>} ~ [{overload}:overload]",
        "ip nat inside",
        ("line",),
    ),
    Form("config", "ip nat inside source static <ip:local> <ip:global>", "ip nat inside", ("line",)),
    Form("config", "ip http server", "ip http server", off="store"),
    Form("config", "ip pim bidir-enable", "ip pim"),
    Form("config", "snmp-server community <word:name> ~ [{RO|RW}] [<1-99:acl>]", "snmp-server", ("name",)),
    Form("config", "ntp server <ip:server>", "ntp server", ("server",)),
    banners.IOS,
    Form("config", LINES, "line", ("line",), enters="line", off="none", hook="line"),
    Form("config", "interface <if:name>", "interface", ("name",), enters="interface", hook="interface"),
    Form(
        "config",
        "route-map <word:name> [{permit|deny}:action [<0-65535:seq>]]",
        "route-map",
        ("name", "seq"),
        enters="route-map",
        hook="route_map",
    ),
    Form("config", "access-list <100-199:name> ~ {@ace|remark <line:remark>}", "access-list", ("name",), hook="numbered_acl"),
    Form("config", "access-list <2000-2699:name> ~ {@ace|remark <line:remark>}", "access-list", ("name",), hook="numbered_acl"),
    Form(
        "config",
        "access-list <1-99:name> ~ {{permit|deny}:action {any|[host] <ip:src>|<ip:src> <mask:srcmask>}|remark <line:remark>}",
        "access-list",
        ("name",),
        hook="numbered_acl",
    ),
    Form("config", "ip access-list extended <word:name>", "named-acl", ("name",), enters="ext-nacl", hook="named_acl"),
)

_CRYPTO = (
    Form("config", "crypto isakmp policy <1-10000:n>", "isakmp policy", ("n",), enters="isakmp"),
    Form("isakmp", "encryption ~ {des|3des}:value", "encr", text="encr {value}", hides="encr des"),
    Form("isakmp", "hash ~ {sha|md5}:value", "hash", hides="hash sha"),
    Form(
        "isakmp",
        "authentication ~ {pre-share|rsa-sig|rsa-encr}:value",
        "authentication",
        hides="authentication rsa-sig",
    ),
    Form("isakmp", "group ~ {1|2|5}:value", "group", hides="group 1"),
    Form("isakmp", "lifetime ~ <60-86400:value>", "lifetime", hides="lifetime 86400"),
    Form("config", "crypto isakmp enable", "isakmp enable", on="clear", off="store"),
    Form("config", "crypto isakmp identity {address|hostname}", "isakmp identity", hides="crypto isakmp identity address"),
    Form(
        "config",
        "crypto isakmp key <word:secret> address <ip:peer> [<mask:mask>] [{no-xauth}:noxauth]",
        "isakmp key",
        ("peer", "mask"),
        hook="isakmp_key",
    ),
    Form("config", "crypto isakmp keepalive ~ <10-3600:secs> [<2-60:retries>]", "isakmp keepalive"),
    Form(
        "config",
        "crypto isakmp client configuration group <word:name>",
        "isakmp group",
        ("name",),
        enters="isakmp-group",
    ),
    Form("isakmp-group", "key ~ <word:secret>", "group key"),
    Form("isakmp-group", "dns ~ <ip:first> [<ip:second>]", "group dns"),
    Form("isakmp-group", "wins ~ <ip:first> [<ip:second>]", "group wins"),
    Form("isakmp-group", "domain ~ <word:name>", "group domain"),
    Form("isakmp-group", "pool ~ <word:name>", "group pool"),
    Form("isakmp-group", "acl ~ <word:name>", "group acl"),
    Form(
        "config",
        "crypto ipsec security-association lifetime {seconds|kilobytes}:unit ~ <120-536870912:n>",
        "ipsec lifetime",
        ("unit",),
    ),
    Form(
        "config",
        "crypto ipsec transform-set <word:name> ~ @alg [@alg [@alg]]",
        "transform-set",
        ("name",),
        text="{line} ",
        enters="transform",
        hook="transform_set",
    ),
    Form("transform", "mode ~ {tunnel|transport}:value", "mode", hides="mode tunnel"),
    Form("transform", "initialization-vector size {4|8}", "iv size", hides="initialization-vector size 8"),
    Form(
        "config",
        "crypto dynamic-map <word:name> ~ <1-65535:seq>",
        "dynamic-map",
        ("name", "seq"),
        enters="crypto-map",
        hook="dynamic_map",
    ),
    Form("config", "crypto map <word:name> local-address ~ <if:iface>", "map local-address", ("name",)),
    Form("config", "crypto map <word:name> client authentication list ~ <word:list>", "map xauth", ("name",)),
    Form("config", "crypto map <word:name> isakmp authorization list ~ <word:list>", "map authorization", ("name",)),
    Form(
        "config",
        "crypto map <word:name> client configuration address {initiate|respond}:what",
        "map mode-config",
        ("name", "what"),
    ),
    Form(
        "config",
        "crypto map <word:name> ~ <1-65535:seq> [{{ipsec-isakmp|ipsec-manual}:kind [dynamic <word:dynamic>]}]",
        "map entry",
        ("name", "seq"),
        text="{line} ",
        enters="crypto-map",
        hook="map_entry",
    ),
    Form("crypto-map", "set peer <ip:peer>", "set peer", ("peer",)),
    Form(
        "crypto-map", "set security-association lifetime {seconds|kilobytes}:unit ~ <120-536870912:n>", "set lifetime", ("unit",)
    ),
    Form(
        "crypto-map",
        "set transform-set ~ <word:a> [<word:b> [<word:c> [<word:d>]]]",
        "set transform-set",
        text="{line} ",
        hook="set_transform",
    ),
    Form("crypto-map", "set pfs ~ [{group1|group2|group5}:group]", "set pfs", hook="set_pfs"),
    Form("crypto-map", "match address ~ <word:acl>", "match address", hook="match_address"),
    Form("crypto-map", "reverse-route", "reverse-route"),
)

_INTERFACE = (
    Form("interface", "description ~ <line:text>", "description"),
    Form("interface", "bandwidth ~ <1-10000000:n>", "bandwidth"),
    Form("interface", "ip address ~ <ip:ip> <mask:mask>", "ip address", off="store", hook="ip_address"),
    Form("interface", "ip access-group <word:acl> {in|out}:way", "ip access-group", ("way",)),
    Form("interface", "ip nat {inside|outside}:side", "ip nat side"),
    Form("interface", "ip mtu ~ <68-1500:n>", "ip mtu"),
    Form("interface", "ip tcp adjust-mss ~ <500-1460:n>", "adjust-mss"),
    Form("interface", "shutdown", "shutdown"),
    Form("interface", "keepalive [<0-32767:n>]", "keepalive", on="clear", off="store", text="keepalive"),
    Form("interface", "{half-duplex|full-duplex}", "duplex"),
    Form("interface", "cdp enable", "cdp enable", on="clear", off="store"),
    Form("interface", "crypto map ~ <word:name>", "crypto map", hook="bind_map"),
)

_LINE = (
    Form("line", "exec-timeout ~ <0-35791:min> [<0-2147483:sec>]", "exec-timeout", hook="exec_timeout"),
    Form("line", "privilege level ~ <0-15:n>", "privilege level"),
    Form("line", "password ~ [{0|7}] <word:password>", "password"),
    Form("line", "login ~ [{local|authentication <word:list>}]", "login", off="store", text="{line}"),
    Form("line", "logging synchronous", "logging synchronous"),
    Form("line", "transport input ~ {all|none|telnet|ssh}", "transport input"),
)

_OTHER = (
    Form("ext-nacl", "@ace", "ace", ("line",), hook="ace"),
    Form("ext-nacl", "remark <line:remark>", "ace", ("line",)),
    Form("route-map", "match ip address <word:acl>", "match ip address", ("acl",)),
    Form("route-map", "set ip next-hop <ip:via>", "set ip next-hop", ("via",)),
)

FORMS = _GLOBAL + _CRYPTO + _INTERFACE + _LINE + _OTHER + known.FORMS
