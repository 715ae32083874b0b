"""The configuration commands that all releases of the ASA share, as a table, and those that follow from the row of a release.

Sources: the ASA 8.2, 8.4 and 9.x command references and configuration guides, running configurations of ASAs in public
repositories. A crypto map has no mode of its own: each of its lines is one setting, and so it is here.
"""

from __future__ import annotations

from ...core.access import banners
from ...core.configuration.forms import Form
from . import known as asa_known
from .config_ikev2 import several
from .generations import Generation

MACROS = {
    "port": "[{eq|gt|lt|neq} <word:port>|range <word:port> <word:port2>]",
    "src": "{any|host <ip:src>|object-group <word:srcgroup>|<ip:src> <mask:srcmask>}",
    "dst": "{any|host <ip:dst>|object-group <word:dstgroup>|<ip:dst> <mask:dstmask>}",
    "ace": (
        "{permit|deny}:action {{ip|esp|ah|gre|icmp}:proto @src @dst [log] [inactive]"
        "|{tcp|udp}:proto @src @port @dst @port [log] [inactive]}"
    ),
    "kilo": "{<10-2147483647:kilobytes>|{unlimited}:kilobytes}",
    "life": ("{seconds ~ <120-214783647:seconds> [kilobytes @kilo]|kilobytes ~ @kilo [seconds <120-214783647:seconds>]}"),
    "peers": "<ip:peer1> [<ip:peer2> [<ip:peer3> [<ip:peer4>]]]",
    "sets": "<word:set1> [<word:set2> [<word:set3> [<word:set4>]]]",
}

PROMPTS = {
    "config": "(config)",
    "interface": "(config-if)",
    "tunnel-general": "(config-tunnel-general)",
    "tunnel-ipsec": "(config-tunnel-ipsec)",
    "group-policy": "(config-group-policy)",
    "policy": "(config-ikev1-policy)",
    "network-object": "(config-network-object)",
    "object-group": "(config-network-object-group)",
}

#: Settings of a kind that has one line: the words, and whether more follows.
_PLAIN = (
    "ftp mode passive",
    "dynamic-access-policy-record DfltAccessPolicy",
    "prompt hostname context",
    "icmp unreachable rate-limit 1 burst-size 1",
    "asdm history enable",
    "http server enable",
    "names",
    "call-home reporting anonymous",
    "arp permit-nonconnected",
    "snmp-server enable traps snmp authentication linkup linkdown coldstart",
    "crypto ipsec security-association pmtu-aging infinite",
    "crypto ca trustpool policy",
)
_MAY_BE_BARE = ("snmp-server location", "snmp-server contact", "ssh stricthostkeycheck")
_WITH_MORE = (
    "timeout", "threat-detection", "logging", "snmp-server", "asdm image", "arp timeout", "telnet timeout",
    "ssh timeout", "ssh key-exchange", "ssh version", "console timeout", "dns", "ntp",
)  # fmt: skip

SECURITY_LEVEL = Form("interface", "security-level ~ <0-100:n>", "security-level")

_GLOBAL = (
    Form("config", "hostname <word:name>", "hostname"),
    Form("config", "domain-name <word:name>", "domain-name"),
    Form(
        "config", "enable password <word:secret> [{encrypted|pbkdf2}:kind]", "enable password", off="none", hook="enable_password"
    ),
    Form("config", "passwd <word:secret> [{encrypted}:kind]", "passwd", off="none", hook="passwd"),
    Form(
        "config",
        "username <word:name> ~ password <word:secret> [{encrypted|pbkdf2}:kind] [privilege <0-15:level>]",
        "username",
        ("name",),
        hook="username",
    ),
    Form("config", "interface <if:name>", "interface", ("name",), enters="interface", hook="interface"),
    Form("interface", "description ~ <line:text>", "description"),
    Form("interface", "shutdown", "shutdown"),
    Form("interface", "speed ~ {auto|10|100|1000}", "speed", hides="speed auto"),
    Form("interface", "duplex ~ {auto|full|half}", "duplex", hides="duplex auto"),
    Form("interface", "nameif ~ <word:nameif>", "nameif", hook="nameif"),
    SECURITY_LEVEL,
    Form("interface", "ip address ~ <ip:ip> <mask:mask>", "ip address", hook="ip_address"),
    Form("config", "mtu <word:nameif> ~ <64-9198:n>", "mtu", ("nameif",)),
    Form("config", "pager lines ~ <0-2147483647:n>", "pager"),
    Form("config", "terminal width <40-511:n>", "terminal width", off="none", hides="terminal width 80"),
    Form(
        "config",
        "route <word:nameif> <ip:net> <mask:mask> <ip:via> ~ [<1-255:distance>]",
        "route",
        ("nameif", "net", "mask", "via"),
        hook="route",
    ),
    Form("config", "route Null0 <ip:net> <mask:mask> ~ [<1-255:distance>]", "route", ("net", "mask"), hook="route_null"),
    Form("config", "management-access ~ <word:nameif>", "management-access", hook="management_access"),
    Form("config", "sysopt connection permit-vpn", "permit-vpn", on="clear", off="store"),
    Form("config", "sysopt connection tcpmss ~ <0-65535:n>", "tcpmss", hides="sysopt connection tcpmss 1380"),
    Form("config", "same-security-traffic permit {inter-interface|intra-interface}:what", "same-security", ("what",)),
    Form("config", "aaa authentication {ssh|http|enable|serial|telnet}:what console ~ <word:group>", "aaa", ("what",)),
    Form("config", "{ssh|http|telnet}:what <ip:net> <mask:mask> <word:nameif>", "access", ("what", "net", "mask", "nameif")),
    Form(
        "config",
        "access-group <word:acl> {in|out}:way interface <word:nameif>",
        "access-group",
        ("nameif", "way"),
        hook="access_group",
    ),
    banners.ASA,
    *(Form("config", words, "plain", ("line",), off="store", hook="plain") for words in _PLAIN),
    *(Form("config", words, "plain", ("line",), off="store", hook="plain") for words in _MAY_BE_BARE),
    *(Form("config", f"{words} <line:rest>", "plain", ("line",), hook="plain") for words in (*_WITH_MORE, *_MAY_BE_BARE)),
)

_LISTS = (
    Form("config", "access-list <word:name> [line <1-2147483647:at>] [extended] @ace", "ace", hook="ace"),
    Form("config", "access-list <word:name> [line <1-2147483647:at>] remark <line:remark>", "ace", hook="remark"),
    Form("config", "object-group network <word:name>", "object-group", ("name",), enters="object-group", hook="object_group"),
    Form("object-group", "description ~ <line:text>", "description"),
    Form("object-group", "network-object {host <ip:src>|<ip:src> <mask:srcmask>}", "member", hook="member"),
    Form("object-group", "group-object <word:group>", "member", hook="member"),
)

_VPN = (
    Form(
        "config", "tunnel-group <word:name> ~ type {ipsec-l2l|remote-access}:type", "tunnel-group", ("name",), hook="tunnel_group"
    ),
    Form(
        "config",
        "tunnel-group <word:name> general-attributes",
        "tunnel-group general",
        ("name",),
        enters="tunnel-general",
        hook="tunnel_section",
    ),
    Form(
        "config",
        "tunnel-group <word:name> ipsec-attributes",
        "tunnel-group ipsec",
        ("name",),
        enters="tunnel-ipsec",
        hook="tunnel_section",
    ),
    Form("tunnel-general", "default-group-policy ~ <word:policy>", "default-group-policy", hook="default_group_policy"),
    Form("tunnel-ipsec", "peer-id-validate ~ {req|cert|nocheck}", "peer-id-validate", hides="peer-id-validate req"),
    Form(
        "tunnel-ipsec",
        "isakmp keepalive ~ {{disable}:disable|threshold <10-3600:threshold> [retry <2-10:retry>]}",
        "keepalive",
        hook="keepalive",
    ),
    Form("config", "group-policy <word:name> ~ internal [from <word:from>]", "group-policy", ("name",), hook="group_policy"),
    Form(
        "config",
        "group-policy <word:name> attributes",
        "group-policy attributes",
        ("name",),
        enters="group-policy",
        hook="group_policy_attributes",
    ),
    Form("group-policy", "vpn-access-hours ~ {none|value <word:range>}", "vpn-access-hours"),
    Form("group-policy", "vpn-filter ~ {none|value <word:acl>}", "vpn-filter"),
    Form("group-policy", "vpn-idle-timeout ~ {none|<1-35791394:n>}", "vpn-idle-timeout"),
    Form("group-policy", "vpn-session-timeout ~ {none|<1-35791394:n>}", "vpn-session-timeout"),
    Form("group-policy", "vpn-simultaneous-logins ~ <0-2147483647:n>", "vpn-simultaneous-logins"),
    Form("config", "crypto map <word:map> <1-65535:seq> match address <word:acl>", "map line", hook="map_match"),
    Form("config", "crypto map <word:map> <1-65535:seq> set peer @peers", "map line", hook="map_peer"),
    Form(
        "config", "crypto map <word:map> <1-65535:seq> set security-association lifetime @life", "map line", hook="map_lifetime"
    ),
    Form("config", "crypto map <word:map> <1-65535:seq> set {nat-t-disable|reverse-route}:flag", "map line", hook="map_flag"),
    Form("config", "crypto map <word:map> <1-65535:seq> ipsec-isakmp dynamic <word:dynamic>", "map line", hook="not_played"),
    Form("config", "crypto map <word:map> interface <word:nameif>", "map interface", ("map", "nameif"), hook="map_interface"),
    Form("config", "crypto dynamic-map <line:rest>", "dynamic-map", hook="not_played"),
    Form("config", "crypto ipsec security-association lifetime @life", "ipsec lifetime", hook="ipsec_lifetime"),
    Form("config", "crypto isakmp identity ~ {address|auto|hostname}", "isakmp identity", hides="crypto isakmp identity auto"),
)

FORMS = _GLOBAL + _LISTS + _VPN + asa_known.FORMS


def ikev1_forms(row: Generation) -> tuple[Form, ...]:
    """Phase-1 policies, transform sets and the settings of a crypto map that name what a release has of them."""
    ike = f"crypto {row.ike}"
    words = "crypto ipsec transform-set" if row.old else "crypto ipsec ikev1 transform-set"
    setting = "transform-set" if row.old else "ikev1 transform-set"
    algorithms, entry = "|".join(row.v1.esp_ciphers + row.v1.esp_hashes), "crypto map <word:map> <1-65535:seq>"
    pfs = "|".join(f"group{number}" for number in row.pfs)

    def line(family: str, choice: tuple[str, ...]) -> Form:
        return Form("policy", f"{family} ~ {{{'|'.join(choice)}}}:value", family, hook="policy_line")

    return (
        Form("config", f"{ike} policy <1-65535:n>", "policy", ("n",), enters="policy", hook="policy"),
        line("authentication", ("pre-share", "rsa-sig", "crack")),
        line("encryption", row.v1.ciphers),
        line("hash", row.v1.hashes),
        line("group", row.v1.groups),
        Form("policy", "lifetime ~ {<120-2147483647:value>|{none}:value}", "lifetime", hook="policy_line"),
        Form("config", f"{ike} enable <word:nameif>", "ike enable", ("nameif",), hook="ike_enable"),
        Form(
            "config",
            f"{words} <word:name> ~ {{{algorithms}}}:first [{{{algorithms}}}:second]",
            "transform-set",
            ("name",),
            hook="transform_set",
        ),
        Form("config", f"{words} <word:name> mode transport", "transform-mode", ("name",)),
        Form("config", f"{entry} set {setting} @sets", "map line", hook="map_sets"),
        Form("config", f"{entry} set pfs [{{{pfs}}}:group]", "map line", hook="map_pfs"),
    )


def group_policy_forms(row: Generation) -> tuple[Form, ...]:
    """The protocols that a group policy lets a tunnel use."""
    words = several(row.protocols)
    return (Form("group-policy", f"vpn-tunnel-protocol ~ {words}", "vpn-tunnel-protocol", hook="tunnel_protocols"),)
