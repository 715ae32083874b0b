"""The configuration commands of ASA 8.2(5): `isakmp` words, `nat 0` with a list, no network objects.

Sources: the ASA 8.2 command reference. IKEv2, `ikev1` and object NAT came with 8.3 and 8.4, the event manager with 9.2.
"""

from __future__ import annotations

from ..core.forms import Form
from . import config as common

MACROS = common.MACROS
PROMPTS = common.PROMPTS | {"policy": "(config-isakmp-policy)", "object-group": "(config-network)"}

_NAT = (
    Form("config", "nat-control", "nat-control"),
    Form("config", "nat <word:on> <0-0:id> access-list <word:acl>", "nat exempt", ("on",), hook="nat_exempt"),
    Form(
        "config", "nat <word:on> <0-2147483647:id> <ip:net> <mask:mask>", "nat old", ("on", "id", "net", "mask"), hook="nat_old"
    ),
    Form("config", "global <word:on> <1-2147483647:id> {{interface}:pool|<ip:pool>}", "global", ("on", "id"), hook="global_pool"),
)

FORMS = (
    *common.FORMS,
    *_NAT,
    *common.policy_forms("crypto isakmp", "des|3des|aes|aes-192|aes-256", "md5|sha", "1|2|5|7"),
    *common.transform_forms(
        "crypto ipsec transform-set",
        "transform-set",
        "esp-des|esp-3des|esp-aes|esp-aes-192|esp-aes-256|esp-null|esp-md5-hmac|esp-sha-hmac|esp-none",
        "group1|group2|group5|group7",
    ),
    Form("config", "crypto isakmp nat-traversal ~ [<10-3600:n>]", "nat-traversal"),
    Form("tunnel-ipsec", "pre-shared-key ~ <word:secret>", "key", hook="key"),
    Form(
        "group-policy",
        "vpn-tunnel-protocol ~ {IPSec|l2tp-ipsec|svc|webvpn} [{IPSec|l2tp-ipsec|svc|webvpn}]",
        "vpn-tunnel-protocol",
        text="{line} ",
    ),
)
