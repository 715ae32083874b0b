"""The configuration commands of IOS 12.4 mainline that the boxes know: those of 12.2, and what changed since.

Sources: the IOS 12.4 security command reference; entry numbers in access lists are of 12.3(2)T, AES of 12.2(13)T, `archive`
of 12.3(4)T, kron of 12.3(1). `configure terminal revert` came with 12.4(20)T and never to 12.4 mainline.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...core.configuration.forms import Form
from ...features import tunnel_forms
from . import config122 as before
from . import known

LINES = "line {console <0-0:n>|aux <0-0:n>|vty <0-4:n> [<0-15:last>]}"

MACROS = before.MACROS | {
    "alg": (
        "{esp-des|esp-3des|esp-aes [{128|192|256}]|esp-null|esp-seal|esp-md5-hmac|esp-sha-hmac|ah-md5-hmac|ah-sha-hmac|comp-lzs}"
    ),
    "probe": (
        "{source {<ip:source>|<if:source>}|repeat <1-2147483647:repeat>|size <36-18024:size>|timeout <0-3600:timeout>"
        "|{df-bit}:df}"
    ),
}

PROMPTS = (
    {name: prompt for name, prompt in before.PROMPTS.items() if name not in ("cor", "mgcp", "std-nacl")}
    | {
        "archive": "(config-archive)",
        "archive-log": "(config-archive-log-cfg)",
        "kron-policy": "(config-kron-policy)",
        "kron-occurrence": "(config-kron-occurrence)",
    }
    | tunnel_forms.PROMPTS
)

Change = tuple[str, str]

#: What went away: voice, fax and audit commands of the two documented 12.2 boxes that the younger ones do not have.
GONE = (
    *(("config", family) for family in ("ip audit notify", "ip audit po", "fax interface-type", "mta receive", "call rsvp-sync")),
    *(("config", family) for family in ("mgcp profile", "dial-peer cor", "ip pim", "ip subnet-zero")),
)

#: What the release knows and the boxes do not play: they say so, where a refusal would be a lie.
NOT_PLAYED = (
    "crypto isakmp profile", "crypto keyring", "crypto key", "crypto pki", "crypto call",
    "event manager", "track", "ip sla", "ip nat outside", "ip access-list standard",
)  # fmt: skip

CHANGED: Mapping[Change, tuple[Form, ...]] = {
    **dict.fromkeys(GONE, ()),
    ("config", "password-encryption"): (
        Form("config", "service password-encryption", "password-encryption", off="store"),
        Form("config", "service pad", "pad", on="clear", off="store"),
        Form("config", "boot-start-marker", "boot-start"),
        Form("config", "boot-end-marker", "boot-end"),
    ),
    ("config", "aaa new-model"): (Form("config", "aaa new-model", "aaa new-model", hook="aaa_new_model"),),
    ("config", "ip domain-lookup"): (
        Form("config", "ip domain lookup", "ip domain-lookup", on="clear", off="store", text="ip domain lookup"),
        Form("config", "ip domain-lookup", "ip domain-lookup", hook="ip_domain_lookup"),
    ),
    ("config", "ip domain-name"): (
        Form("config", "ip domain name <word:name>", "ip domain-name", text="ip domain name {name}"),
        Form("config", "ip domain-name <word:name>", "ip domain-name", text="ip domain name {name}"),
        Form("config", "ip ssh version {1|2}", "ip ssh version"),
        Form("config", "ip ssh time-out <1-120:n>", "ip ssh time-out", hides="ip ssh time-out 120"),
        Form("config", "ip ssh authentication-retries <0-5:n>", "ip ssh retries", hides="ip ssh authentication-retries 3"),
    ),
    ("config", "ip route"): (
        Form(
            "config",
            "ip route <ip:net> <mask:mask> {<ip:via>|<if:via>} ~ [<1-255:distance>] [name <word:label>] [permanent]",
            "ip route",
            ("net", "mask", "via"),
            hook="ip_route",
        ),
    ),
    ("config", "ip http server"): (
        Form("config", "ip http server", "ip http server", off="store"),
        Form("config", "ip http secure-server", "ip http secure-server", off="store"),
    ),
    ("config", "line"): (
        Form("config", "control-plane", "control-plane", off="none"),
        Form("config", LINES, "line", ("line",), enters="line", off="none", hook="line"),
        Form("config", "archive", "archive", enters="archive", hides="archive"),
        Form("archive", "path ~ <word:url>", "archive path", hook="archive_path"),
        Form("archive", "maximum ~ <1-14:n>", "archive maximum", hides="maximum 10"),
        Form("archive", "time-period <line:rest>", "archive period", hook="not_played"),
        Form("archive", "log config", "archive log", enters="archive-log"),
        Form("archive-log", "logging enable", "archive log enable"),
        Form("archive-log", "logging size ~ <1-1000:n>", "archive log size", hides="logging size 100"),
        Form("archive-log", "notify syslog [contenttype {plaintext|xml}]", "archive log notify"),
        Form("archive-log", "hidekeys", "archive log hidekeys"),
        Form("archive", "write-memory", "archive write-memory"),
        Form(
            "config",
            "kron occurrence <word:name> ~ in <word:when> {oneshot|recurring}:kind",
            "kron occurrence",
            ("name",),
            enters="kron-occurrence",
            hook="kron_occurrence",
        ),
        Form("kron-occurrence", "policy-list <word:policy>", "kron list", ("policy",)),
        Form("config", "kron policy-list <word:name>", "kron policy", ("name",), enters="kron-policy"),
        Form("kron-policy", "cli <line:command>", "kron cli", ("command",)),
    ),
    ("config", "named-acl"): (
        Form("config", "ip access-list extended <word:name>", "named-acl", ("name",), enters="ext-nacl", hook="named_acl"),
        Form(
            "config",
            "ip access-list resequence <word:name> <1-2147483647:start> <1-2147483647:step>",
            "resequence",
            off="none",
            hook="resequence",
        ),
    ),
    ("ext-nacl", "ace"): (
        Form("ext-nacl", "<1-2147483647:seq> ~ {@ace|remark <line:remark>}", "ace", hook="sequenced_ace"),
        Form("ext-nacl", "{@ace|remark <line:remark>}", "ace", hook="sequenced_ace"),
    ),
    ("isakmp", "encr"): (
        Form("isakmp", "encryption ~ {{des|3des}:value|{aes}:value [{128|192|256}:bits]}", "encr", hook="isakmp_encr"),
    ),
    ("config", "isakmp key"): (
        Form(
            "config",
            "crypto isakmp key [{0}] <word:secret> address <ip:peer> [<mask:mask>] [{no-xauth}:noxauth]",
            "isakmp key",
            ("peer", "mask"),
            hook="isakmp_key",
        ),
        Form("config", "crypto isakmp key 6 <line:rest>", "isakmp key", hook="not_played"),
    ),
    ("config", "isakmp keepalive"): (
        Form("config", "crypto isakmp keepalive ~ <10-3600:secs> [<2-60:retries>] [{periodic|on-demand}]", "isakmp keepalive"),
        Form("config", "crypto logging session", "logging session"),
        Form("config", "crypto isakmp invalid-spi-recovery", "isakmp spi-recovery"),
        Form("config", "crypto isakmp aggressive-mode disable", "isakmp aggressive"),
        *(Form("config", f"{words} <line:rest>", words, hook="not_played") for words in NOT_PLAYED),
    ),
    ("crypto-map", "set peer"): (
        Form("crypto-map", "description ~ <line:text>", "map description"),
        Form("crypto-map", "set peer <ip:peer> ~ [{default}]", "set peer", ("peer",)),
    ),
    ("interface", "duplex"): (
        *tunnel_forms.interface_forms(),
        Form("interface", "{half-duplex|full-duplex}", "duplex"),
        Form("interface", "duplex ~ {auto|full|half}", "duplex"),
        Form("interface", "speed ~ {auto|10|100}", "speed"),
    ),
    ("line", "transport input"): (
        Form("line", "transport input ~ {all|none|telnet|ssh} [{telnet|ssh}]", "transport input"),
        Form("line", "modem enable", "modem", on="clear", off="store"),
    ),
}


def revised(forms: tuple[Form, ...], changed: Mapping[Change, tuple[Form, ...]]) -> tuple[Form, ...]:
    """The table of a younger release: what changed takes the place of what it replaces, so that the order of lines stays."""
    found: list[Form] = []
    seen: set[Change] = set()
    for form in forms:
        change = (form.mode, form.family)
        if change not in changed:
            found.append(form)
        elif change not in seen:
            found += changed[change]
        seen.add(change)
    unknown = set(changed) - seen
    if unknown:
        raise ValueError(f"the older table has nothing to change at {sorted(unknown)}")
    return tuple(found)


FORMS = (
    *revised(tuple(form for form in before.FORMS if form.mode in PROMPTS), CHANGED),
    *tunnel_forms.profile_forms(next(form for form in before.FORMS if form.family == "set pfs")),
    *known.refused_forms("config", known.CONFIG_124),
)
