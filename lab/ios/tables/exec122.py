"""The exec commands of IOS 12.2(8)T that the boxes play, as a table.

`ping` has its one-line form with an address only: whether this release takes `source` and `repeat` on the line is not
documented for it, so the lab refuses it and plays the dialogue. `show crypto session`, `show archive`, `show crypto isakmp key`,
`configure replace` and `configure revert` are younger than 12.2(8)T.
"""

from __future__ import annotations

from ...core.configuration.forms import ExecForm
from . import known

EXECS = (
    ExecForm("enable", "enable", 1),
    ExecForm("disable", "disable", 1),
    ExecForm("exit", "leave", 1),
    ExecForm("quit", "leave", 1),
    ExecForm("logout", "leave", 1),
    ExecForm("ping", "ping", 1),
    ExecForm("ping [ip] <word:target>", "ping", 1),
    ExecForm("telnet <word:target>", "telnet", 1),
    ExecForm("connect <word:target>", "telnet", 1),
    ExecForm("terminal length <0-512:n>", "terminal_length", 1),
    ExecForm("terminal width <0-512:n>", "terminal_width", 1),
    ExecForm("terminal monitor", "nothing", 1),
    ExecForm("terminal no monitor", "nothing", 1),
    ExecForm("terminal history [size <0-256:n>]", "nothing", 1),
    ExecForm("show version", "show_version", 1),
    ExecForm("show clock [detail]", "show_clock", 1),
    ExecForm("show privilege", "show_privilege", 1),
    ExecForm("show users [all]", "show_users", 1),
    ExecForm("show history", "show_history", 1),
    ExecForm("show ip interface brief", "show_ip_interface_brief", 1),
    ExecForm("show ip route [<ip:target>]", "show_ip_route", 1),
    ExecForm("show access-lists [<word:name>]", "show_access_lists"),
    ExecForm("show ip access-lists [<word:name>]", "show_access_lists"),
    ExecForm("show ip nat translations", "show_nat", 1),
    ExecForm("show ip local pool", "show_pool", 1),
    ExecForm("show logging", "show_logging"),
    ExecForm("show running-config [interface <if:interface>]", "show_running"),
    ExecForm("show startup-config", "show_startup"),
    ExecForm("show configuration", "show_startup"),
    ExecForm("show crypto isakmp sa", "show_isakmp_sa", 1),
    ExecForm("show crypto isakmp policy", "show_isakmp_policy"),
    ExecForm(
        "show crypto ipsec sa [{map <word:map>|interface <if:interface>|peer <ip:peer>|address|identity}]", "show_ipsec_sa", 1
    ),
    ExecForm("show crypto ipsec transform-set [tag <word:name>]", "show_transform_sets"),
    ExecForm("show crypto ipsec security-association lifetime", "show_lifetime"),
    ExecForm("show crypto map [{interface <if:interface>|tag <word:name>}]", "show_crypto_map"),
    ExecForm("show crypto dynamic-map [tag <word:name>]", "show_dynamic_map"),
    ExecForm("show crypto engine connections active", "show_engine"),
    ExecForm("configure [terminal]", "configure_terminal"),
    ExecForm("write [memory]", "write_memory"),
    ExecForm("write terminal", "show_running"),
    ExecForm("copy running-config startup-config", "copy_running"),
    ExecForm("clear crypto sa [{peer <ip:peer>|map <word:map>|{counters}:counters}]", "clear_sa"),
    ExecForm("clear crypto isakmp [<0-65535:conn>]", "clear_isakmp"),
    ExecForm("clear ip nat translation *", "clear_nat"),
    ExecForm("clear logging", "clear_logging"),
    ExecForm("reload [<line:reason>]", "reload"),
    ExecForm("reload in <word:when> [<line:reason>]", "reload"),
    ExecForm("reload at <line:when>", "not_played"),
    ExecForm("reload cancel", "reload_cancel"),
    # Words that the release knows and the lab does not play: they keep abbreviations honest.
    ExecForm("clock [<line:rest>]", "not_played"),
    ExecForm("debug [<line:rest>]", "not_played"),
    ExecForm("undebug [<line:rest>]", "not_played"),
    ExecForm("delete [<line:rest>]", "not_played"),
    ExecForm("dir [<line:rest>]", "not_played"),
    ExecForm("erase [<line:rest>]", "not_played"),
    ExecForm("more [<line:rest>]", "not_played"),
    ExecForm("send [<line:rest>]", "not_played"),
    ExecForm("setup [<line:rest>]", "not_played"),
    ExecForm("traceroute [<line:rest>]", "not_played", 1),
    ExecForm("show arp", "not_played", 1),
    ExecForm("show cdp [<line:rest>]", "not_played", 1),
    ExecForm("show debugging", "not_played", 1),
    ExecForm("show flash:", "not_played", 1),
    ExecForm("show ip protocols", "not_played", 1),
    ExecForm("show processes [<line:rest>]", "not_played", 1),
    ExecForm("show reload", "show_reload", 1),
    *known.execs(known.EXECS),
)
