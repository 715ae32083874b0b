"""The exec commands of IOS 12.4 mainline that the boxes play: those of 12.2, and what is younger."""

from __future__ import annotations

from ...core.configuration.forms import ExecForm
from . import exec122 as before
from . import known

#: Printed in other words than on 12.2, or asked for with more of them.
_REPLACED = {
    "show_isakmp_sa": "show_isakmp_sa_younger",
    "show_isakmp_policy": "show_isakmp_policy_younger",
    "show_crypto_map": "show_crypto_map_younger",
    "show_access_lists": "show_access_lists_numbered",
    "show_engine": "not_played",
}
_DROPPED = ("show_ipsec_sa", "ping")
_OF_INTERFACES = ("accounting", "counters", "description", "stats", "status", "summary", "switchport", "trunk")
_OTHER = tuple(f"{words} [<line:rest>]" for words in ("dir", "delete", "more", "show interfaces"))

EXECS = (
    *(
        ExecForm(form.syntax, _REPLACED.get(form.run, form.run), form.level)
        for form in before.EXECS
        if form.run not in _DROPPED
        and not form.syntax.startswith("show interfaces")
        and form.syntax not in ("dir [<line:rest>]", "delete [<line:rest>]", "more [<line:rest>]")
    ),
    ExecForm("ping", "ping", 1),
    ExecForm("ping [ip] <word:target> [@probe [@probe [@probe [@probe [@probe]]]]]", "ping", 1),
    ExecForm(
        "show crypto ipsec sa [{map <word:map>|interface <if:interface>|peer <ip:peer>|address|identity}]",
        "show_ipsec_sa_younger",
        1,
    ),
    ExecForm(
        "show crypto ipsec sa [{map <word:map>|interface <if:interface>|peer <ip:peer>}] {detail}:detail",
        "show_ipsec_sa_younger",
        1,
    ),
    ExecForm("show crypto session", "show_crypto_session", 1),
    ExecForm("show crypto session {detail}:detail", "show_crypto_session", 1),
    ExecForm("show crypto ipsec profile [<word:name>]", "show_ipsec_profile", 1),
    ExecForm("show interfaces [<if:name>]", "show_interfaces", 1),
    *known.execs(f"show interfaces {word}" for word in _OF_INTERFACES),
    ExecForm("show crypto isakmp key", "show_isakmp_key"),
    ExecForm("show ip ssh", "show_ip_ssh", 1),
    ExecForm("show archive", "show_archive"),
    ExecForm("show archive log config all", "show_archive_log"),
    ExecForm("show kron schedule", "show_kron"),
    ExecForm("archive config", "archive_config"),
    ExecForm("configure replace <word:url> [{list}:list] [{force}:force]", "configure_replace"),
    ExecForm("copy running-config <word:url>", "copy_to_flash"),
    ExecForm("dir [<word:url>]", "directory"),
    ExecForm("delete <word:url>", "delete"),
    ExecForm("delete /force <word:url>", "delete_at_once"),
    ExecForm("more <word:url>", "more"),
    *known.execs(known.EXECS_124),
)
