"""The configuration commands of ASA 9.1(7), which are those of 8.4: `ikev1` words, network objects, twice NAT.

Sources: the ASA 8.4 and 9.1 command references and the migration guide to 8.3. IKEv2 exists on the release and is not played:
the box says so. DES, 3DES, MD5 and the groups 1, 2 and 5 are all there; groups above are for IKEv2 only.
"""

from __future__ import annotations

from ..core.forms import Form
from . import config as common

_ANY = "{any|any4}"

MACROS = common.MACROS | {
    "src": f"{{{_ANY}|host <ip:src>|object <word:srcobject>|object-group <word:srcgroup>|<ip:src> <mask:srcmask>}}",
    "dst": f"{{{_ANY}|host <ip:dst>|object <word:dstobject>|object-group <word:dstgroup>|<ip:dst> <mask:dstmask>}}",
    "nattail": "[{no-proxy-arp}:noarp] [{route-lookup}:lookup] [description <line:text>]",
}
PROMPTS = common.PROMPTS

#: What the release knows and the boxes do not play: they say so, where a refusal would be a lie.
NOT_PLAYED = (
    "crypto ikev2",
    "crypto ipsec ikev2",
    "crypto ipsec profile",
)

_OBJECTS = (
    Form("config", "object network <word:name>", "object", ("name",), enters="network-object", hook="network_object"),
    Form("network-object", "subnet <ip:src> <mask:srcmask>", "value", hook="object_value"),
    Form("network-object", "host <ip:src>", "value", hook="object_value"),
    Form("network-object", "range <ip:first> <ip:last>", "value", hook="object_value"),
    Form("network-object", "description ~ <line:text>", "description"),
    Form(
        "network-object",
        "nat <word:pair> ~ {dynamic|static}:how {{interface}:mapped|<word:mapped>}",
        "object nat",
        hook="object_nat",
    ),
    Form("object-group", "network-object object <word:object>", "member", hook="member"),
)

_NAT = (
    Form(
        "config",
        "nat <word:pair> [{<1-2147483647:at>|{after-auto}:after [<1-2147483647:at>]}] source {static|dynamic}:how <word:real> "
        "{{interface}:mapped|<word:mapped>} [destination static <word:far> <word:near>] @nattail",
        "nat",
        hook="twice_nat",
    ),
)

_VPN = (
    Form("tunnel-ipsec", "ikev1 pre-shared-key ~ <word:secret>", "key", hook="key"),
    Form("tunnel-ipsec", "ikev2 <line:rest>", "ikev2", hook="not_played"),
    Form(
        "group-policy",
        "vpn-tunnel-protocol ~ {ikev1|ikev2|l2tp-ipsec|ssl-client|ssl-clientless} "
        "[{ikev1|ikev2|l2tp-ipsec|ssl-client|ssl-clientless} [{ikev1|ikev2|l2tp-ipsec|ssl-client|ssl-clientless}]]",
        "vpn-tunnel-protocol",
        text="{line} ",
    ),
    Form("config", "crypto map <word:map> <1-65535:seq> set ikev2 <line:rest>", "map line", hook="not_played"),
    *(Form("config", f"{words} <line:rest>", words, hook="not_played") for words in NOT_PLAYED),
)

SHARED = (*common.FORMS, *_OBJECTS, *_NAT, *_VPN)

FORMS = (
    *SHARED,
    *common.policy_forms("crypto ikev1", "des|3des|aes|aes-192|aes-256", "md5|sha", "1|2|5"),
    *common.transform_forms(
        "crypto ipsec ikev1 transform-set",
        "ikev1 transform-set",
        "esp-des|esp-3des|esp-aes|esp-aes-192|esp-aes-256|esp-null|esp-md5-hmac|esp-sha-hmac|esp-none",
        "group1|group2|group5",
    ),
)
