"""The lines of tunnel interfaces and IPsec profiles that IOS 12.4, 15.4 and IOS-XE take, with the rules of each.

Sources: the IPsec VTI guides and command references of those releases; the words about a profile that is not there, or that a
tunnel refers to, are those that a Catalyst 8000V gave through NETCONF, and the CLI's own were found nowhere. A transform set in
use stays as it does in a crypto map.
"""

from __future__ import annotations

from collections.abc import Callable

from ..core.configuration.edit import Edit, Misread, Refused
from ..core.configuration.forms import Form
from ..core.configuration.store import Entry
from . import tunnel_interface

PROMPTS = {"ipsec-profile": "(ipsec-profile)"}
REFERRED = "% It seems IPSec profile doesn't exist or attempting to remove when referred by tunnel config"
NOT_PLAYED = (
    "bandwidth", "entropy", "flow", "key", "checksum", "sequence-datagrams", "rate-limit", "route-via", "vrf", "udlr",
    "endpoint", "mode gre multipoint", "mode ipv6ip", "mode ipip", "mode ipsec ipv6", "mode ipsec dual-overlay",
    "protection ipsec policy", "protection ipsec initiate",
)  # fmt: skip


def interface_forms(more: str = "shared") -> tuple[Form, ...]:
    """The lines of a tunnel interface; `more` is what may follow the profile that protects it."""
    return (
        Form("interface", "tunnel source ~ {<ip:ip>|<if:name>}", "tunnel source", hook="tunnel_line"),
        Form("interface", "tunnel mode ~ {ipsec ipv4|gre ip}", "tunnel mode", hides="tunnel mode gre ip", hook="tunnel_line"),
        Form("interface", "tunnel destination ~ <ip:ip>", "tunnel destination", hook="tunnel_line"),
        Form("interface", "tunnel path-mtu-discovery", "tunnel pmtu", hook="tunnel_line"),
        Form("interface", "tunnel ttl ~ <1-255:n>", "tunnel ttl", hook="tunnel_line"),
        Form("interface", "tunnel tos ~ <0-255:n>", "tunnel tos", hook="tunnel_line"),
        *(
            Form("interface", f"tunnel {word} [<line:rest>]", f"not played tunnel {word}", hook="not_played")
            for word in NOT_PLAYED
        ),
        Form(
            "interface",
            f"tunnel protection ipsec profile <word:profile> ~ [{more}]",
            "tunnel protection",
            hook="tunnel_protection",
        ),
    )


def profile_forms(pfs: Form, more: tuple[Form, ...] = ()) -> tuple[Form, ...]:
    """The lines of an IPsec profile, `pfs` with the groups of the release; `more` stands behind it."""
    return (
        Form(
            "config", "crypto ipsec profile <word:name>", "ipsec profile", ("name",), enters="ipsec-profile", hook="ipsec_profile"
        ),
        Form("ipsec-profile", "description ~ <line:text>", "map description"),
        Form(
            "ipsec-profile",
            "set security-association lifetime {seconds|kilobytes}:unit ~ <120-536870912:n>",
            "set lifetime",
            ("unit",),
        ),
        Form(
            "ipsec-profile",
            "set transform-set ~ <word:a> [<word:b> [<word:c> [<word:d>]]]",
            "set transform-set",
            text="{line} ",
            hook="set_transform",
        ),
        Form("ipsec-profile", pfs.syntax, "set pfs", hook=pfs.hook),
        *more,
        Form("ipsec-profile", "set isakmp-profile <line:rest>", "not played isakmp-profile", hook="not_played"),
        Form("ipsec-profile", "set identity <line:rest>", "not played identity", hook="not_played"),
    )


def tunnel_line(edit: Edit) -> None:
    """A line of a tunnel interface; another interface does not know it."""
    _only_in_a_tunnel(edit)
    text = edit.form.text.format(**edit.values)
    if edit.negated or text == edit.form.hides:
        edit.clear()
    else:
        edit.put()


def protection(edit: Edit) -> None:
    """Only a profile that exists protects a tunnel."""
    _only_in_a_tunnel(edit)
    if edit.negated:
        edit.clear()
        return
    if edit.box.store.get("ipsec profile", edit.values["profile"]) is None:
        raise Refused(REFERRED)
    version2 = edit.values.get("v2", "")
    if version2 and edit.box.store.get("ikev2 profile", version2) is None:
        raise Refused(f"% IKEv2 profile {version2} does not exist")
    edit.put()


def _only_in_a_tunnel(edit: Edit) -> None:
    if edit.section is None or not edit.section.key[0].startswith(("Tunnel", "Virtual-Template")):
        raise Misread("tunnel")


def ipsec_profile(edit: Edit) -> None:
    """A profile that a tunnel refers to stays."""
    name = edit.values["name"]
    if not edit.negated:
        edit.entered = edit.put()
        return
    if any(tunnel_interface.profile_of(interface) == name for interface in edit.box.store.all("interface")):
        raise Refused(REFERRED)
    edit.clear()


#: What a new virtual interface shows before anything is configured on it.
_NO_ADDRESS = Form("interface", "ip address", "ip address")


def bare(entry: Entry) -> None:
    """A new virtual interface has no address, and says so."""
    entry.children[("ip address", ())] = Entry(_NO_ADDRESS, (), "no ip address", {})


HOOKS: dict[str, Callable[[Edit], None]] = {
    "tunnel_line": tunnel_line,
    "tunnel_protection": protection,
    "ipsec_profile": ipsec_profile,
}
