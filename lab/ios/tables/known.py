"""What IOS has and the lab does not play, and lines that it stores and prints without doing anything about them.

A release that has a command must never seem not to have it: where the lab stops, it says that it is the lab. The lists are of
commands in daily use; each is in the IOS command references of 12.2 or of the later release that its name says. A line that is
neither played nor listed is refused as invalid, which is right for most of them and cannot be right for all.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...core.configuration.edit import Edit, Refused
from ...core.configuration.forms import ExecForm, Form

#: Lines of global configuration that change nothing that is played: where they are printed, and the words that begin them.
#: With a `+` there may be several of them, with a `-` it is their `no` form that is printed.
KEPT_GLOBAL = {
    "kept head": (
        "clock timezone", "clock summer-time", "+boot system", "service tcp-keepalives-in.",
        "service tcp-keepalives-out.", "service sequence-numbers.", "service compress-config.", "+logging trap",
        "+logging facility", "+logging source-interface", "+logging host", "+logging monitor", "+logging history",
        "+logging origin-id", "+logging rate-limit",
    ),
    "kept ip": (
        "+ip name-server", "+ip domain-list", "+ip host", "-ip source-route.", "-ip bootp server.",
        "-ip gratuitous-arps.", "ip tftp source-interface", "ip ftp source-interface", "ip ftp username",
        "ip ftp password", "ip telnet source-interface", "+ip radius source-interface", "+ip tacacs source-interface",
        "ip http port", "ip http access-class", "ip http authentication", "ip http timeout-policy", "ip http client",
        "ip http path", "+ip flow-export", "+ip flow-cache", "+ip icmp rate-limit", "+ip tcp",
    ),
    "kept tail": (
        "-cdp run.", "+snmp-server location", "+snmp-server contact", "+snmp-server enable", "+snmp-server host",
        "+snmp-server trap-source", "+snmp-server user", "+snmp-server group", "+snmp-server view",
        "+snmp-server ifindex", "+snmp-server chassis-id", "+tacacs-server", "+radius-server", "+alias", "+privilege",
        "+scheduler", "+exception", "ntp source", "ntp clock-period", "+ntp access-group", "+ntp authentication-key",
        "+ntp trusted-key", "ntp authenticate.", "ntp update-calendar.", "prompt",
    ),
}  # fmt: skip
KEPT_INTERFACE = (
    "-ip redirects.", "-ip unreachables.", "-ip proxy-arp.", "-ip mroute-cache.", "-ip route-cache.", "-mop enabled.",
    "ip directed-broadcast.", "load-interval", "delay", "mtu", "arp timeout", "+ip flow", "ip virtual-reassembly [in].",
    "+ip helper-address", "+service-policy", "+hold-queue", "ntp disable.", "+switchport", "+spanning-tree", "+ip ospf",
    "ip verify unicast",
)  # fmt: skip
KEPT_LINE = (
    "+transport output", "+transport preferred", "session-timeout", "history size", "length", "width",
    "escape-character", "flowcontrol", "rotary", "-exec.",
)  # fmt: skip
#: Sections and lines that the boxes do not act on although they would matter, or that hold lines of their own.
NOT_PLAYED = (
    "router", "class-map", "policy-map", "key chain", "ip inspect", "ip vrf", "ip prefix-list", "ip as-path",
    "ip community-list", "ip policy-list", "ip nat translation", "ip nat outside", "ip access-list standard", "ip dhcp",
    "ip multicast-routing", "crypto ca", "crypto key", "dialer-list", "controller", "map-class", "map-list", "vpdn",
    "vpdn-group", "rmon", "rtr", "tftp-server", "bridge", "dial-peer voice", "aaa accounting", "aaa group",
    "queue-list", "priority-list", "standby", "ip host-routing", "isdn",
)  # fmt: skip
NOT_PLAYED_INTERFACE = (
    "standby", "ip policy", "ip vrf", "ip inspect", "ip unnumbered", "ip address dhcp", "ip address negotiated",
    "ip rip", "ip pim", "encapsulation", "dialer", "ppp", "pppoe", "bridge-group", "backup", "traffic-shape",
    "rate-limit", "crypto ipsec",
)  # fmt: skip
NOT_PLAYED_LINE = ("access-class", "autocommand", "authorization", "accounting", "absolute-timeout", "modem", "ip netmask-format")

EXECS = (
    "show aliases", "show bootvar", "show bridge", "show buffers", "show class-map", "show controllers",
    "show crypto ca", "show crypto key", "show diag", "show dialer", "show environment", "show file",
    "show frame-relay", "show hosts", "show interfaces", "show ip arp", "show ip bgp", "show ip cache", "show ip cef",
    "show ip dhcp", "show ip eigrp", "show ip interface", "show ip nat statistics", "show ip ospf", "show ip policy",
    "show ip prefix-list", "show ip rip", "show ip sockets", "show ip traffic", "show ip vrf", "show isdn", "show key",
    "show line", "show memory", "show ntp", "show policy-map", "show protocols", "show queue", "show queueing",
    "show rmon", "show route-map", "show sessions", "show snmp", "show stacks", "show standby", "show tcp",
    "show tech-support", "show terminal", "show tftp", "show vlans", "show vpdn",
    "show ip route {bgp|connected|eigrp|list|ospf|rip|static|summary|supernets-only|vrf}", "clear arp-cache",
    "clear counters", "clear line", "clear host", "clear cdp", "clear interface", "clear ip route", "write erase",
    "write network", "verify", "rename", "cd", "pwd", "mkdir", "rmdir", "squeeze", "format", "undelete", "disconnect",
    "resume", "lock", "login", "test", "systat", "where", "who", "set", "mstat", "mtrace", "pad", "ppp", "slip",
)  # fmt: skip
#: From 12.4 on.
EXECS_124 = (
    "show inventory", "show track", "show ip sla", "show parser", "show event manager", "show login", "show ip http",
    "show crypto isakmp sa {detail|nat|vrf}", "show crypto isakmp peers", "show crypto isakmp profile",
    "show crypto ipsec client", "show crypto debug-condition", "show crypto pki",
    "show crypto call", "show archive log config {user|statistics|provisioning|contenttype|summary}",
    "show archive config differences", "show archive config incremental-diffs",
    "show zone", "show zone-pair", "show ip inspect", "show control-plane", "show dot11", "clear crypto session",
    "clear crypto call", "ssh", "tclsh", "file prompt", "copy", "archive tar", "event manager",
)  # fmt: skip
#: From 15.x on.
EXECS_154 = (
    "show vrf", "show license", "show crypto ha", "show vlan-switch", "show vlan", "show lldp",
    "show ipv6", "show subscriber", "show platform", "license",
)  # fmt: skip
CONFIG_124 = (
    "zone", "zone-pair", "parameter-map", "ip flow monitor", "flow", "key config-key", "password", "login block-for",
    "parser", "redundancy", "ip ips", "ip urlfilter", "bba-group", "crypto identity",
    "crypto dynamic-map-set",
)  # fmt: skip
CONFIG_154 = ("vrf definition", "ipv6 route", "ipv6 unicast-routing", "lldp", "class", "object-group", "ip nat64", "vlan")


def words(line: str) -> str:
    """The line in the words of the lab where it does not play what the release has."""
    return f"nr-run lab: {' '.join(line.split())} is not played here. That is a limit of the rehearsal lab, not of the release."


def not_played(edit: Edit) -> None:
    """The release knows the command and the lab does not play it; it says so rather than pretend."""
    raise Refused(f"% {words(edit.values['line'])}")


def kept(edit: Edit) -> None:
    """A line that is stored and printed and does nothing here."""
    fixed = edit.form.syntax.partition(" <")[0].partition(" [")[0].removesuffix(" ~")
    identity = (edit.form.family, (edit.values["line"] if edit.form.key else fixed,))
    stored, text = edit.home.get(identity), edit.values["line"]
    shows_no = edit.form.off == "store"
    if edit.negated is shows_no:
        from ...core.configuration.store import Entry  # the store knows forms, and forms are made here

        edit.home[identity] = Entry(edit.form, identity[1], f"no {text}" if shows_no else text, {"line": text})
    elif stored is not None and edit.negated and text not in (fixed, stored.text):
        raise Refused(f"% nr-run lab: no {text} names another value than the one here. Nothing was changed.")
    else:
        edit.home.pop(identity, None)


def kept_forms(mode: str, family: str, lines: Iterable[str]) -> list[Form]:
    """The forms of lines that are stored."""
    found = []
    for line in lines:
        many, off, bare = line.startswith("+"), line.startswith("-"), line.endswith(".")
        syntax = line.lstrip("+-").rstrip(".") + ("" if bare else " <line:rest>")
        if not bare and not many:
            syntax = syntax.replace(" <line:rest>", " ~ <line:rest>")
        found.append(Form(mode, syntax, family, ("line",) if many else (), off="store" if off else "clear", hook="kept"))
    return found


def refused_forms(mode: str, lines: Iterable[str]) -> list[Form]:
    """The forms of lines that are not played, bare or with more behind them."""
    return [Form(mode, f"{line} [<line:rest>]", f"not played {line}", hook="not_played") for line in lines]


def execs(lines: Iterable[str]) -> tuple[ExecForm, ...]:
    """Exec commands that are not played, bare or with more behind them."""
    return tuple(ExecForm(f"{line} [<line:rest>]", "not_played", 1) for line in lines)


FORMS = (
    *(form for family, lines in KEPT_GLOBAL.items() for form in kept_forms("config", family, lines)),
    *kept_forms("interface", "kept interface", KEPT_INTERFACE),
    *kept_forms("line", "kept line", KEPT_LINE),
    *refused_forms("config", NOT_PLAYED),
    *refused_forms("interface", NOT_PLAYED_INTERFACE),
    *refused_forms("line", NOT_PLAYED_LINE),
    Form("interface", "ip address <ip:ip> <mask:mask> secondary", "not played secondary", hook="not_played"),
    Form("crypto-map", "qos pre-classify", "qos"),
    Form("route-map", "match <line:rest>", "not played match", hook="not_played"),
    Form("route-map", "set <line:rest>", "not played set", hook="not_played"),
)
