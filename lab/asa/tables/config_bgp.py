"""The commands of BGP on an ASA, which came with 9.2(1): the router, its address family, lists of prefixes.

Sources: the 9.2 and 9.19 command references (neighbor and network are typed in the address family; maximum-paths is 1 to 8;
a neighbour has to be activated) and running configurations of such ASAs in public repositories.
"""

from __future__ import annotations

from ...core.configuration.forms import Form

PROMPTS = {"bgp": "(config-router)", "bgp-af": "(config-router-af)"}
#: What these take the place of.
REPLACED = ("not played prefix-list",)
_NOT_PLAYED_ROUTER = ("bgp", "address-family ipv6", "neighbor")
_NOT_PLAYED_FAMILY = (
    "aggregate-address", "bgp", "default-information", "distance", "distribute-list", "redistribute", "table-map",
    "maximum-paths ibgp",
)  # fmt: skip
_RANGE = "{permit|deny}:action <word:prefix> [ge <1-32:ge>] [le <1-32:le>]"
_FAR = "neighbor <ip:neighbor>"


def _far(words: str, family: str, *more: str) -> Form:
    return Form("bgp-af", f"{_FAR} {words}", f"bgp {family}", ("neighbor", *more), hook="bgp_setting")


#: The lines of one neighbour, in the order in which they are printed.
_NEIGHBOUR = (
    Form("bgp-af", f"{_FAR} remote-as ~ <1-4294967295:far>", "bgp remote-as", ("neighbor",), hook="bgp_remote_as"),
    Form("bgp-af", _FAR, "bgp remote-as", ("neighbor",), hook="bgp_neighbour_gone"),
    _far("description ~ <line:text>", "description"),
    _far("shutdown", "shutdown"),
    _far("ebgp-multihop ~ [<1-255:ttl>]", "multihop"),
    _far("ttl-security hops ~ <1-254:hops>", "ttl-security"),
    _far("timers ~ <0-65535:keepalive> <0-65535:hold> [<0-65535:least>]", "timers"),
    _far("activate", "activate"),
    _far("next-hop-self", "next-hop-self"),
    _far("soft-reconfiguration inbound", "soft-reconfiguration"),
    _far("prefix-list <word:list> {in}:way", "list in", "way"),
    _far("prefix-list <word:list> {out}:way", "list out", "way"),
    _far("maximum-prefix ~ <1-2147483647:most> [<1-100:percent>] [{warning-only|restart <1-65535:minutes>}]", "most"),
    Form("bgp-af", f"{_FAR} <line:rest>", "not played neighbor", hook="not_played"),
)
LOG = Form("bgp", "bgp log-neighbor-changes", "bgp log", off="store")
ROUTER_ID = Form("bgp", "bgp router-id ~ {<ip:id>|vrf auto-assign}", "bgp router-id", hook="bgp_router_id")
SUMMARY = Form("bgp-af", "auto-summary", "bgp auto-summary", off="store")
SYNCHRONIZATION = Form("bgp-af", "synchronization", "bgp synchronization", off="store")
FORMS = (
    Form("config", "router bgp <1-4294967295:system>", "bgp", enters="bgp", hook="bgp"),
    LOG,
    Form("bgp", "bgp graceful-restart", "bgp graceful-restart"),
    ROUTER_ID,
    Form("bgp", "timers bgp ~ <0-65535:keepalive> <0-65535:hold> [<0-65535:least>]", "bgp timers all", hides="timers bgp 60 180"),
    Form("bgp", "address-family ipv4 [unicast]", "bgp-af", enters="bgp-af", hook="bgp_family"),
    *(Form("bgp", f"{words} [<line:rest>]", f"not played router {words}", hook="not_played") for words in _NOT_PLAYED_ROUTER),
    *_NEIGHBOUR,
    Form("bgp-af", "network <ip:network> [mask <mask:mask>]", "bgp network", ("network", "mask"), hook="bgp_network"),
    Form("bgp-af", "maximum-paths ~ <1-8:paths>", "bgp maximum-paths", hides="maximum-paths 1"),
    SUMMARY,
    SYNCHRONIZATION,
    Form("bgp-af", "exit-address-family", "bgp exit", on="clear", off="none", leaves=True),
    *(Form("bgp-af", f"{words} [<line:rest>]", f"not played af {words}", hook="not_played") for words in _NOT_PLAYED_FAMILY),
    Form("config", f"prefix-list <word:name> seq <1-4294967294:seq> ~ {_RANGE}", "prefix-list", ("name", "seq"),
         hook="prefix_list"),
    Form("config", f"prefix-list <word:name> {_RANGE}", "prefix-list", ("name", "seq"), hook="prefix_list"),
    Form("config", "prefix-list <word:name>", "prefix-list", ("name", "seq"), hook="prefix_list_gone"),
    Form("config", "prefix-list <word:name> description <line:text>", "not played prefix-list description", hook="not_played"),
)  # fmt: skip
#: The order in which the lines of a router and of an address family are printed.
ORDER = {family: number for number, family in enumerate(dict.fromkeys(form.family for form in FORMS))}
