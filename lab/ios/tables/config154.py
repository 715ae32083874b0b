"""The configuration commands of IOS 15.4(3)M that the boxes know: those of 12.4, and what changed since.

Sources: the IOS 15.4M&T security command references; the running configuration of a Cisco 881.
"""

from __future__ import annotations

from ...core.configuration.forms import Form
from ...features import ikev2_forms, watch_forms
from . import config124 as before
from . import known

MACROS = before.MACROS | {
    "alg": (
        "{esp-des|esp-3des|esp-aes [{128|192|256}]|esp-null|esp-seal|esp-md5-hmac|esp-sha-hmac|esp-sha256-hmac|esp-sha384-hmac"
        "|esp-sha512-hmac|esp-gcm [{128|192|256}]|ah-md5-hmac|ah-sha-hmac|ah-sha256-hmac|ah-sha384-hmac|ah-sha512-hmac|comp-lzs}"
    ),
}
PROMPTS = before.PROMPTS | ikev2_forms.PROMPTS | watch_forms.PROMPTS

SET_PROFILE = tuple(
    Form(mode, "set ikev2-profile ~ <word:name>", "set ikev2-profile", hook="v2_set_profile")
    for mode in ("crypto-map", "ipsec-profile")
)
_GROUPS = "1|2|5|14|15|16|19|20|21|24"

FORMS = before.revised(
    before.FORMS,
    {
        ("isakmp", "hash"): (Form("isakmp", "hash ~ {sha|sha256|sha384|sha512|md5}:value", "hash", hides="hash sha"),),
        ("isakmp", "group"): (Form("isakmp", f"group ~ {{{_GROUPS}}}:value", "group", hides="group 1"),),
        ("transform", "mode"): (Form("transform", "mode ~ {tunnel|transport}:value", "mode", hook="shown_mode"),),
        ("config", "transform-set"): (
            Form(
                "config",
                "crypto ipsec transform-set <word:name> ~ @alg [@alg [@alg]]",
                "transform-set",
                ("name",),
                text="{line} ",
                enters="transform",
                hook="transform_set_with_mode",
            ),
        ),
        ("crypto-map", "set pfs"): (
            Form(
                "crypto-map",
                f"set pfs ~ [{{{'|'.join(f'group{n}' for n in _GROUPS.split('|'))}}}:group]",
                "set pfs",
                hook="set_pfs",
            ),
            *SET_PROFILE,
        ),
        ("config", "track"): watch_forms.TRACKS,
        ("config", "ip sla"): watch_forms.OPERATIONS,
        ("config", "not played ip prefix-list"): watch_forms.PREFIXES,
        ("route-map", "set ip next-hop"): watch_forms.CLAUSES,
        ("interface", "not played ip policy"): watch_forms.POLICY,
        ("config", "ip cef"): (
            Form("config", "ip cef", "ip cef"),
            Form("config", "ipv6 cef", "ipv6 cef", off="store"),
            Form("config", "multilink bundle-name authenticated", "multilink"),
            Form("config", "license udi pid <word:pid> sn <word:sn>", "license udi", off="none"),
        ),
        ("config", "isakmp enable"): (
            Form("config", "crypto isakmp enable", "isakmp enable", on="clear", off="store"),
            *ikev2_forms.FORMS,
        ),
        ("ipsec-profile", "set pfs"): (
            Form(
                "ipsec-profile",
                f"set pfs ~ [{{{'|'.join(f'group{n}' for n in _GROUPS.split('|'))}}}:group]",
                "set pfs",
                hook="set_pfs",
            ),
        ),
        ("config", "ip classless"): (Form("config", "ip forward-protocol nd", "ip forward-protocol"),),
    },
)
FORMS = (*FORMS, *known.refused_forms("config", known.CONFIG_154))
