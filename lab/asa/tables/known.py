"""What an ASA has and the lab does not play, and lines that it stores and prints without doing anything about them.

The lists are of commands in daily use, each in the ASA command references of 8.2 or of the later release that its name says.
"""

from __future__ import annotations

from ...core.configuration.forms import ExecForm, Form

#: Settings that change nothing that is played; `asa_text.LAYOUT` says where they are printed.
KEPT = (
    "clock",
    "boot",
    "name",
    "sysopt noproxyarp",
    "dhcpd",
    "monitor-interface",
    "privilege",
    "icmp",
)
NOT_PLAYED = (
    "aaa-server", "class-map", "policy-map", "service-policy", "router", "route-map", "failover", "crypto ca",
    "crypto key", "ldap", "vpdn", "object-group service", "object-group protocol", "object-group icmp-type",
    "time-range", "ip verify", "ip audit", "filter", "url-server", "tcp-map",
    "track", "sla", "dhcprelay", "established", "fragment", "virtual", "zonelabs-integrity", "sysopt connection",
    "sysopt nodnsalias", "ipv6", "multicast-routing", "prefix-list", "mroute", "pim", "igmp", "firewall", "context",
    "regex", "static", "alias", "quota", "user-identity", "key", "zone", "crypto engine", "crypto isakmp am-disable",
    "crypto isakmp disconnect-notify", "crypto isakmp reload-wait", "crypto isakmp ipsec-over-tcp", "crypto ipsec df-bit",
    "crypto ipsec fragmentation", "crypto ipsec security-association replay",
)  # fmt: skip
NOT_PLAYED_INTERFACE = (
    "vlan", "channel-group", "management-only", "ip address dhcp", "ospf", "rip", "eigrp", "flowcontrol", "mac-address",
    "delay", "ipv6", "pppoe", "switchport", "redundant-interface", "member-interface", "no-keepalive",
)  # fmt: skip
NOT_PLAYED_GROUP = (
    "vpn-access-hours", "ip-comp", "re-xauth", "pfs", "ipsec-udp",
    "backup-servers", "password-storage", "webvpn", "intercept-dhcp",
    "secure-unit-authentication", "user-authentication", "nem", "msie-proxy", "vlan", "client-access-rule", "split-dns",
    "periodic-authentication", "vpn-idle-timeout alert-interval", "vpn-session-timeout alert-interval",
)  # fmt: skip
NOT_PLAYED_GENERAL = ("authentication-server-group", "authorization-server-group", "accounting-server-group",
                      "strip-realm", "strip-group", "dhcp-server", "password-management")  # fmt: skip
NOT_PLAYED_IPSEC = ("chain", "trust-point", "ikev1 trust-point", "ikev1 user-authentication", "ikev1 radius-sdi-xauth")

_RUNNING = (
    "aaa", "aaa-server", "arp", "asdm", "banner", "boot", "class-map", "clock", "console", "dhcpd", "dns",
    "domain-name", "enable", "failover", "ftp", "http", "icmp", "ip", "logging", "monitor-interface", "mtu", "names",
    "ntp", "pager", "passwd", "policy-map", "privilege", "prompt", "router", "service-policy",
    "snmp-server", "static", "telnet", "terminal", "threat-detection", "time-range", "timeout", "vpn-sessiondb",
    "webvpn",
)  # fmt: skip
EXECS = (
    *(f"show running-config {words}" for words in _RUNNING),
    "show running-config all {crypto|tunnel-group|sysopt|timeout}", "show access-list brief",
    "show activation-key", "show arp", "show asp", "show bgp", "show blocks", "show capture", "show conn",
    "show console-output", "show context", "show counters", "show cpu", "show crashinfo", "show crypto accelerator",
    "show crypto ca", "show crypto debug-condition", "show crypto key", "show crypto protocol",
    "show crypto isakmp {stats|ipsec-over-tcp}", "show ddns", "show debug", "show dhcpd", "show dns",
    "show environment", "show file", "show firewall", "show flash:", "show disk0:", "show fragment", "show history",
    "show igmp", "show inventory", "show ip address", "show ip audit", "show ip local", "show ip verify", "show ipsec",
    "show ipv6", "show isakmp", "show kernel", "show local-host", "show memory", "show module", "show ntp",
    "show object-group", "show ospf", "show perfmon", "show processes", "show resource", "show rip", "show route-map",
    "show service-policy", "show shun", "show sla", "show snmp-server", "show ssh", "show ssl",
    "show startup-config errors", "show switch", "show tcpstat", "show tech-support", "show terminal",
    "show threat-detection", "show time-range", "show track", "show traffic", "show uauth", "show vlan", "show xlate",
    "show vpn-sessiondb {anyconnect|remote|svc|webvpn|full|ratio|email-proxy|index|license-summary|ra-ikev1-ipsec}",
    "show vpn-sessiondb detail {anyconnect|remote|svc|webvpn|full|index}",

    "show vpn-sessiondb {l2l|detail l2l} filter {name|protocol|tunnel-group|encryption|inactive}",
    "clear arp", "clear asp", "clear blocks", "clear capture", "clear conn",
    "clear counters", "clear interface", "clear local-host", "clear traffic", "clear uauth", "clear xlate",
    "clear crypto ca", "show route {static|connected|summary|all|bgp|ospf}",
    "copy", "cd", "pwd", "mkdir", "rmdir", "rename", "verify", "fsck", "format", "test", "capture",
    "kill", "who", "hw-module",
)  # fmt: skip
#: From 8.4 on, and from 9.x on.
EXECS_84 = (
    "show crypto ikev2",
    "show nat {pool|detail|divert-table|proxy-arp|translated}",
    "show object",
    "show crypto ipsec {stats|policy|df-bit|fragmentation}",
)
EXECS_9 = ("show vpn-sessiondb {license|ra-ikev2-ipsec}", "show cluster", "show aaa", "show bfd", "show zone", "show crypto ssl")


def refused(mode: str, lines: tuple[str, ...]) -> tuple[Form, ...]:
    """The forms of lines that are not played, bare or with more behind them."""
    return tuple(Form(mode, f"{line} [<line:rest>]", f"not played {line}", hook="not_played") for line in lines)


FORMS = (
    *(Form("config", f"{line} <line:rest>", "plain", ("line",), hook="plain") for line in KEPT),
    *refused("config", NOT_PLAYED),
    *refused("interface", NOT_PLAYED_INTERFACE),
    *refused("group-policy", NOT_PLAYED_GROUP),
    *refused("tunnel-general", NOT_PLAYED_GENERAL),
    *refused("tunnel-ipsec", NOT_PLAYED_IPSEC),
    Form(
        "config",
        "route <word:nameif> <ip:net> <mask:mask> <ip:via> {tunneled|track <1-500:n>}",
        "not played route",
        hook="not_played",
    ),
    Form(
        "config",
        "route <word:nameif> <ip:net> <mask:mask> <ip:via> <1-255:distance> track <1-500:n>",
        "not played route",
        hook="not_played",
    ),
    Form(
        "config",
        "crypto map <word:map> <1-65535:seq> set {connection-type|trustpoint|df-bit|inheritance} <line:rest>",
        "not played map",
        hook="not_played",
    ),
    Form("interface", "ip address <ip:ip> <mask:mask> standby <ip:other>", "not played standby", hook="not_played"),
    Form("config", "access-list <word:name> {standard|ethertype|webtype} <line:rest>", "not played list", hook="not_played"),
    Form("config", "tunnel-group <word:name> {ppp-attributes}", "not played group", hook="not_played"),
)


def execs(lines: tuple[str, ...]) -> tuple[ExecForm, ...]:
    """Exec commands that are not played, bare or with more behind them."""
    return tuple(ExecForm(f"{line} [<line:rest>]", "not_played", 1) for line in lines)
