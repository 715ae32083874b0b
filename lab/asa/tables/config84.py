"""The configuration commands that came with ASA 8.3 and 8.4: `ikev1` words, network objects, twice NAT.

Sources: the ASA 8.4 and 9.1 command references and the migration guide to 8.3.
"""

from __future__ import annotations

from ...core.configuration.forms import Form
from . import config as common

_ANY = "{any|any4}"

MACROS = common.MACROS | {
    "src": f"{{{_ANY}|host <ip:src>|object <word:srcobject>|object-group <word:srcgroup>|<ip:src> <mask:srcmask>}}",
    "dst": f"{{{_ANY}|host <ip:dst>|object <word:dstobject>|object-group <word:dstgroup>|<ip:dst> <mask:dstmask>}}",
    "nattail": "[{no-proxy-arp}:noarp] [{route-lookup}:lookup] [description <line:text>]",
}
PROMPTS = common.PROMPTS

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

FORMS = (
    *_OBJECTS,
    *_NAT,
    Form("tunnel-ipsec", "ikev1 pre-shared-key ~ <word:secret>", "key", hook="key"),
)
