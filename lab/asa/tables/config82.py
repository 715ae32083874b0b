"""The configuration commands of ASA 8.2(5): `isakmp` words, `nat 0` with a list, no network objects.

Sources: the ASA 8.2 command reference. IKEv2, `ikev1` and object NAT came with 8.3 and 8.4, the event manager with 9.2.
"""

from __future__ import annotations

from ...core.configuration.forms import Form
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
    *_NAT,
    Form("config", "crypto isakmp nat-traversal ~ [<10-3600:n>]", "nat-traversal"),
    Form("tunnel-ipsec", "pre-shared-key ~ <word:secret>", "key", hook="key"),
)
