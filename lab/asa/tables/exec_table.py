"""The exec commands of the ASA releases that the boxes play, as tables.

`clear crypto isakmp sa` takes no peer on any release; `clear crypto ikev1 sa` is of 8.4 and does. `clear configure` is a
command of configuration mode.
"""

from __future__ import annotations

from ...core.configuration.forms import ExecForm
from . import known as asa_known
from .generations import Generation

_PARTS = (
    "access-group",
    "access-list [<word:name>]",
    "crypto dynamic-map",
    "group-policy [<word:name>]",
    "interface [<if:name>]",
    "nat",
    "object-group [{network}]",
    "route",
    "tunnel-group [<word:name>]",
    "username",
    "management-access",
    "ssh",
    "sysopt",
    "hostname",
    "same-security-traffic",
)

COMMON = (
    ExecForm("enable [<0-15:level>]", "enable", 1),
    ExecForm("disable", "disable", 1),
    ExecForm("exit", "leave", 1),
    ExecForm("quit", "leave", 1),
    ExecForm("logout", "leave", 1),
    ExecForm("login", "not_played", 1),
    ExecForm("terminal pager [lines] <0-2147483647:n>", "pager", 1),
    ExecForm("terminal {monitor|no monitor}", "nothing"),
    ExecForm("configure terminal", "configure_terminal"),
    ExecForm("ping <word:target> [<line:rest>]", "ping", 1),
    ExecForm(
        "packet-tracer input <word:nameif> icmp <ip:source> <0-255:type> <0-255:code> <ip:destination> [{detailed}]",
        "packet_tracer",
    ),
    ExecForm("write memory", "write_memory"),
    ExecForm("write terminal", "show_running"),
    ExecForm("copy running-config startup-config", "copy_running"),
    ExecForm("copy /noconfirm running-config startup-config", "write_memory"),
    ExecForm("more system:running-config", "more_running"),
    ExecForm("reload [<line:options>]", "reload"),
    ExecForm("show version", "show_version", 1),
    ExecForm("show clock", "show_clock", 1),
    ExecForm("show curpriv", "show_curpriv", 1),
    ExecForm("show checksum", "show_checksum", 1),
    ExecForm("show running-config", "show_running"),
    ExecForm("show running-config all", "show_running"),
    *(ExecForm(f"show running-config {part}", "show_part", 15, {"part": part.split(" [")[0]}) for part in _PARTS),
    ExecForm("show running-config crypto [{isakmp|ipsec}:sub]", "show_part", 15, {"part": "crypto"}),
    ExecForm("show running-config crypto map [<word:name>]", "show_part", 15, {"part": "crypto", "sub": "map"}),
    ExecForm("show startup-config", "show_startup"),
    ExecForm("show reload", "show_reload"),
    ExecForm("show route [<ip:target>]", "show_route"),
    ExecForm("show interface ip brief", "show_interface_brief", 1),
    ExecForm("show nameif", "show_nameif", 1),
    ExecForm("show access-list [<word:name>]", "show_access_list"),
    ExecForm("show logging", "show_logging"),
    ExecForm("show mode", "show_mode"),
    ExecForm("show failover", "show_failover"),
    ExecForm("show management-access", "show_management_access"),
    ExecForm("show crypto isakmp sa [{detail}:detail]", "show_isakmp_sa"),
    ExecForm("show crypto ipsec sa", "show_ipsec_sa"),
    ExecForm("show crypto ipsec sa peer <ip:peer>", "show_ipsec_sa"),
    ExecForm("show crypto ipsec sa detail", "show_ipsec_sa_detail"),
    ExecForm("show crypto ipsec sa {entry|identity|map} [<line:rest>]", "not_played"),
    ExecForm("show vpn-sessiondb", "not_played"),
    ExecForm("show vpn-sessiondb l2l [filter ipaddress <ip:peer>]", "show_sessions"),
    ExecForm("show vpn-sessiondb detail l2l [filter ipaddress <ip:peer>]", "show_sessions_detail"),
    ExecForm("clear crypto ipsec sa [{peer <ip:peer>|map <word:map>|{counters}:counters}]", "clear_ipsec_sa"),
    ExecForm("clear ipsec sa [{peer <ip:peer>|map <word:map>|{counters}:counters}]", "clear_ipsec_sa"),
    ExecForm("clear crypto isakmp sa", "clear_ike"),
    ExecForm("clear logging buffer", "clear_logging"),
    ExecForm("vpn-sessiondb logoff ipaddress <ip:peer> [{noconfirm}:noconfirm]", "logoff"),
    ExecForm("vpn-sessiondb logoff {all|l2l|index|name|tunnel-group|protocol} [<line:rest>]", "not_played"),
    ExecForm("clear configure crypto map <word:map> [<1-65535:seq>]", "config_clear_map"),
    ExecForm("clear configure tunnel-group <word:name>", "config_clear_tunnel_group"),
    ExecForm("clear configure access-list <word:name>", "config_clear_list"),
    ExecForm("clear configure group-policy <word:name>", "config_clear_group_policy"),
    ExecForm("show running-config object-group id <word:name>", "show_part", 15, {"part": "object-group", "place": "2"}),
    ExecForm("clear configure {interface|nat|route|object|object-group|access-group} [<line:rest>]", "not_played"),
    ExecForm("clear configure {all|crypto|primary|secondary|terminal} [<line:rest>]", "not_played"),
    # Words that the release knows and the lab does not play: they keep abbreviations honest.
    ExecForm("debug [<line:rest>]", "not_played"),
    ExecForm("undebug [<line:rest>]", "not_played"),
    *asa_known.execs(asa_known.EXECS),
    ExecForm("dir [<line:rest>]", "not_played"),
    ExecForm("delete [<line:rest>]", "not_played"),
    ExecForm("erase [<line:rest>]", "not_played"),
    ExecForm("traceroute [<line:rest>]", "not_played", 1),
    ExecForm("show interface <if:name>", "show_interface", 1),
    ExecForm("show interface [{detail|stats|summary}] [<line:rest>]", "not_played", 1),
    ExecForm("write {erase|net|standby} [<line:rest>]", "not_played"),
)

OLD = (*COMMON, ExecForm("show running-config global", "show_part", 15, {"part": "global"}))

SINCE_84 = (
    *COMMON,
    *asa_known.execs(asa_known.EXECS_84),
    ExecForm("show running-config crypto {ikev1|ikev2}:sub", "show_part", 15, {"part": "crypto"}),
    ExecForm("show crypto ikev1 sa [{detail}:detail]", "show_ikev1_sa"),
    ExecForm("show crypto ikev2 sa [{detail}:detail]", "show_ikev2_sa"),
    ExecForm("show running-config object [network]", "show_part", 15, {"part": "object"}),
    ExecForm("show running-config object id <word:name>", "show_part", 15, {"part": "object", "place": "2"}),
    ExecForm("show nat", "show_nat"),
    ExecForm("clear crypto ikev1 sa [<ip:peer>]", "clear_ikev1"),
    ExecForm("clear crypto ikev2 sa [<ip:peer>]", "clear_ikev2"),
)

APPLETS = (
    *asa_known.execs(asa_known.EXECS_9),
    ExecForm("show event manager", "show_event_manager"),
    ExecForm("show running-config event manager", "show_part", 15, {"part": "event manager"}),
    ExecForm("event manager run <word:name>", "run_applet"),
)

#: They come first too.
HEAD_END = (
    *(
        ExecForm(f"show running-config {part}", "show_webvpn_part", 15, {"part": part})
        for part in ("dynamic-access-policy-record", "ip local pool", "ssl", "vpn load-balancing", "webvpn")
    ),
    ExecForm("show running-config all group-policy [<word:name>]", "show_all_group_policy"),
    ExecForm("show running-config all ssl", "show_all_ssl"),
    ExecForm("show ssl", "show_ssl"),
    ExecForm("show crypto ca certificates [<word:name>]", "show_certificates"),
    ExecForm("show activation-key", "show_activation_key"),
    ExecForm("show vpn-sessiondb anyconnect", "show_phones"),
    ExecForm("show vpn-sessiondb [summary]", "show_session_summary"),
    ExecForm("show vpn-sessiondb license-summary", "show_license_summary"),
    ExecForm("show ip local pool <word:name>", "show_local_pool"),
    ExecForm("more <word:path>", "more_file"),
)
#: Before 8.4 clients are called svc, and there is no summary of licences.
HEAD_END_OLD = tuple(
    ExecForm("show vpn-sessiondb svc", form.run) if form.run == "show_phones" else form
    for form in HEAD_END
    if form.run != "show_license_summary"
)
CIPHERS = (ExecForm("show ssl ciphers", "show_ssl_ciphers"),)

#: They come first: of the words that follow, the release knows more than is played.
BGP = (
    ExecForm("show bgp", "show_bgp"),
    ExecForm("show bgp summary", "show_bgp_summary"),
    ExecForm("show bgp ipv4 unicast", "show_bgp"),
    ExecForm("show bgp ipv4 unicast summary", "show_bgp_summary"),
    ExecForm("show bgp neighbors [<ip:neighbor>]", "show_bgp_neighbors"),
    ExecForm("show bgp neighbors <ip:neighbor> {advertised-routes|routes|received-routes}:what", "show_bgp_told"),
    ExecForm("show route bgp", "show_route", 15, {"source": "bgp"}),
    ExecForm("show prefix-list [<word:name>]", "show_prefix_list"),
    ExecForm("clear bgp {*|<ip:neighbor>}", "clear_bgp"),
    ExecForm("show running-config router [{bgp}]", "show_part", 15, {"part": "router"}),
    ExecForm("show running-config prefix-list [<word:name>]", "show_part", 15, {"part": "prefix-list"}),
)


def execs(row: Generation) -> tuple[ExecForm, ...]:
    """The exec commands of a release."""
    head_end = (*(HEAD_END_OLD if row.old else HEAD_END), *(CIPHERS if row.modern else ()))
    return (*head_end, *(BGP if row.bgp else ()), *(OLD if row.old else SINCE_84), *(APPLETS if row.applets else ()))
