"""The configuration commands of IOS-XE 17.9 and 17.11 that the boxes know: those of IOS 15.4, and what changed since.

Sources: running configurations of C8000V routers at 17.9 and 17.13 in public repositories; for weak cryptography see rules17.
"""

from __future__ import annotations

from ...core.configuration.forms import Form
from ...features import flexvpn_forms
from . import config154 as before
from .config124 import revised

MACROS = before.MACROS
PROMPTS = before.PROMPTS | {"redundancy": "(config-red)"} | flexvpn_forms.PROMPTS

_GROUPS = "1|2|5|14|15|16|19|20|21|24"
_HASH = "{{5|9} <word:hash>|[0] <word:plain>}"

FORMS = revised(
    before.FORMS,
    {
        ("config", "password-encryption"): (
            Form("config", "service password-encryption", "password-encryption", on="store"),
            Form("config", "service pad", "pad"),
            Form("config", "platform qfp utilization monitor load <1-100:n>", "platform qfp"),
            Form("config", "platform punt-keepalive disable-kernel-core", "platform punt", off="store"),
            Form("config", "platform console {auto|serial|virtual}", "platform console"),
            Form("config", "login on-success log", "login on-success"),
            Form("config", "subscriber templating", "subscriber"),
            Form("config", "memory free low-watermark processor <1-4294967295:n>", "memory free"),
            Form("config", "diagnostic bootup level {minimal|complete}", "diagnostic"),
            Form("config", "redundancy", "redundancy", off="none", enters="redundancy"),
            Form("config", "crypto engine compliance shield disable", "compliance shield", hook="compliance_shield"),
        ),
        ("config", "pad"): (),
        ("config", "enable secret"): (Form("config", f"enable secret ~ {_HASH}", "enable secret", hook="enable_secret_9"),),
        ("config", "username"): (
            Form(
                "config",
                f"username <word:name> ~ [privilege <0-15:level>] {{password {{0|7}} <word:password>|secret {_HASH}}}",
                "username",
                ("name",),
                hook="username_9",
            ),
        ),
        ("config", "ip cef"): (Form("config", "ip cef", "ip cef", on="clear", off="store"),),
        ("config", "ipv6 cef"): (),
        ("config", "interface"): flexvpn_forms.INTERFACE,
        ("config", "crypto pki"): flexvpn_forms.TRUSTPOINT,
        ("config", "ip access-list standard"): flexvpn_forms.STANDARD,
        ("config", "not played ip access-list standard"): (),
        ("interface", "not played ip unnumbered"): (),
        ("interface", "ip mtu"): (*flexvpn_forms.UNNUMBERED, *(form for form in before.FORMS if form.family == "ip mtu")),
        ("config", "not played v2 authorization"): flexvpn_forms.AUTHORIZATION,
        ("config", "not played v2 http-url"): flexvpn_forms.GLOBAL,
        ("config", "not played v2 reconnect"): (),
        ("ikev2-profile", "profile authentication"): (flexvpn_forms.AUTHENTICATION,),
        ("ikev2-profile", "profile keyring"): (flexvpn_forms.KEYRING,),
        ("ikev2-profile", "not played profile aaa"): flexvpn_forms.PROFILE,
        ("ikev2-profile", "not played profile pki"): (),
        ("ikev2-profile", "not played profile virtual-template"): (),
        ("ikev2-profile", "not played profile reconnect"): (),
        ("isakmp", "encr"): (
            Form("isakmp", "encryption ~ {{des|3des}:value|{aes}:value [{128|192|256}:bits]}", "encr", hook="judged_encr"),
        ),
        ("isakmp", "hash"): (
            Form("isakmp", "hash ~ {sha|sha256|sha384|sha512|md5}:value", "hash", hides="hash sha", hook="judged_hash"),
        ),
        ("isakmp", "group"): (Form("isakmp", f"group ~ {{{_GROUPS}}}:value", "group", hides="group 1", hook="judged_group"),),
        ("config", "transform-set"): (
            Form(
                "config",
                "crypto ipsec transform-set <word:name> ~ @alg [@alg [@alg]]",
                "transform-set",
                ("name",),
                text="{line} ",
                enters="transform",
                hook="judged_transform_set",
            ),
        ),
        ("crypto-map", "set pfs"): (
            Form(
                "crypto-map",
                f"set pfs ~ [{{{'|'.join(f'group{n}' for n in _GROUPS.split('|'))}}}:group]",
                "set pfs",
                hook="judged_pfs",
            ),
        ),
        ("ipsec-profile", "set pfs"): (
            Form(
                "ipsec-profile",
                f"set pfs ~ [{{{'|'.join(f'group{n}' for n in _GROUPS.split('|'))}}}:group]",
                "set pfs",
                hook="judged_pfs",
            ),
        ),
        ("interface", "tunnel protection"): (
            Form(
                "interface",
                "tunnel protection ipsec profile <word:profile> ~ [{shared|ikev2-profile <word:v2>|isakmp-profile <word:v1>}]",
                "tunnel protection",
                hook="tunnel_protection",
            ),
        ),
        ("interface", "duplex"): (
            Form("interface", "negotiation auto", "negotiation", off="store"),
            Form("interface", "speed ~ {10|100|1000}", "speed"),
        ),
        ("interface", "speed"): (),
        ("line", "transport input"): (
            Form("line", "transport input ~ {all|none|telnet|ssh} [{telnet|ssh}]", "transport input"),
            Form("line", "stopbits ~ {1|1.5|2}", "stopbits"),
        ),
        ("line", "modem"): (),
    },
)
