"""The lines of a FlexVPN head-end for Secure Clients that IOS-XE 17 takes, with the rules of each.

Sources: the FlexVPN configuration guide of IOS-XE 17 and Cisco's documents on a C8000V as head-end. That a profile with
`reconnect` takes no pre-shared keys is in the guide's restrictions; the words of the refusal are ours, and so are those about a
virtual template with clones, a file that is not there, and a policy in use. The range of `reconnect timeout` is from memory.
"""

from __future__ import annotations

from collections.abc import Callable

from ..core.configuration.edit import Edit, Misread, Refused
from ..core.configuration.forms import Form
from ..core.configuration.store import Entry
from ..core.flash import file_name
from ..ios.effects import rules
from . import ikev2_forms, tunnel_forms

PROMPTS = {
    "ikev2-author": "(config-ikev2-author-policy)",
    "ca-trustpoint": "(ca-trustpoint)",
    "std-nacl": "(config-std-nacl)",
}
TEMPLATE = "Virtual-Template"
WITH_KEYS = "% Reconnect is not supported with pre-shared key authentication, a keyring, or authorization by psk"
_ROUTE = "route set access-list ~ <word:acl>"

AUTHORIZATION = (
    Form(
        "config",
        "crypto ikev2 authorization policy <word:name>",
        "ikev2 authorization",
        ("name",),
        "{line} ",
        "ikev2-author",
        hook="v2_author",
    ),
    Form("ikev2-author", "pool ~ <word:name>", "author pool"),
    Form("ikev2-author", "dns ~ <ip:first> [<ip:second>]", "author dns"),
    Form("ikev2-author", "wins ~ <ip:first> [<ip:second>]", "author wins"),
    Form("ikev2-author", "netmask ~ <mask:mask>", "author netmask"),
    Form("ikev2-author", "def-domain ~ <word:domain>", "author domain"),
    Form("ikev2-author", _ROUTE, "author routes"),
    Form("ikev2-author", "route set interface", "author route interface"),
)
PROFILE = (
    Form("ikev2-profile", "pki trustpoint <word:name> ~ [{sign|verify}:use]", "profile trustpoint", ("name",)),
    Form("ikev2-profile", "aaa authentication anyconnect-eap ~ <word:list>", "profile eap list"),
    Form(
        "ikev2-profile",
        "aaa authorization {group|user}:who {anyconnect-eap|eap|psk|cert}:kind ~ {cached|list <word:list> [<word:policy>]}",
        "profile authorization",
        ("who", "kind"),
        hook="v2_by_psk",
    ),
    Form("ikev2-profile", "virtual-template ~ <1-4096:n>", "profile template"),
    Form("ikev2-profile", "anyconnect profile ~ <word:name>", "profile anyconnect"),
    Form("ikev2-profile", "reconnect ~ [timeout <600-86400:n>]", "profile reconnect", hook="v2_reconnect"),
)
AUTHENTICATION = Form(
    "ikev2-profile",
    "authentication {remote|local}:side ~ {pre-share [key [0] <word:secret>]|rsa-sig|ecdsa-sig|anyconnect-eap aggregate}",
    "profile authentication",
    ("side",),
    hook="v2_authentication_17",
)
KEYRING = Form("ikev2-profile", "keyring local ~ <word:name>", "profile keyring", hook="v2_keyring_17")
GLOBAL = (
    Form("config", "crypto ikev2 http-url cert", "ikev2 http-url", on="clear", off="store"),
    Form("config", "crypto vpn anyconnect profile <word:name> ~ <word:url>", "vpn profile", ("name",), hook="vpn_profile"),
    Form("config", "crypto vpn anyconnect <word:url> ~ sequence <1-50:n>", "vpn package", ("url",), hook="vpn_profile"),
)
TRUSTPOINT = (
    Form("config", "crypto pki trustpoint <word:name>", "pki trustpoint", ("name",), enters="ca-trustpoint"),
    Form("ca-trustpoint", "enrollment ~ {selfsigned|terminal [{pem}]|pkcs12|url <word:url>}", "trustpoint enrollment"),
    Form("ca-trustpoint", "fqdn ~ <word:fqdn>", "trustpoint fqdn"),
    Form("ca-trustpoint", "subject-name ~ <line:text>", "trustpoint subject"),
    Form("ca-trustpoint", "subject-alt-name ~ <line:text>", "trustpoint alt"),
    Form("ca-trustpoint", "revocation-check ~ {none|crl|ocsp}", "trustpoint revocation"),
    Form("ca-trustpoint", "eku request ~ {server-auth|client-auth} [{server-auth|client-auth}]", "trustpoint eku"),
    Form("ca-trustpoint", "rsakeypair ~ <word:label> [<360-4096:bits>]", "trustpoint key"),
    Form("ca-trustpoint", "hash ~ {sha1|sha256|sha384|sha512}", "trustpoint hash"),
    Form("config", "crypto pki <line:rest>", "crypto pki", hook="not_played"),
)
STANDARD = (
    Form("config", "ip access-list standard <word:name>", "named-acl", ("name",), enters="std-nacl", hook="standard_acl"),
    Form(
        "std-nacl",
        "[<1-2147483647:seq>] ~ {permit|deny}:action {any|host <ip:src>|<ip:src> [<mask:srcmask>]}",
        "ace",
        hook="sequenced_ace",
    ),
    Form("std-nacl", "[<1-2147483647:seq>] ~ remark <line:remark>", "ace", hook="sequenced_ace"),
)
INTERFACE = (
    Form(
        "config",
        "interface <if:name> [type {tunnel|serial|ethernet}:kind]",
        "interface",
        ("name",),
        enters="interface",
        hook="interface_17",
    ),
)
UNNUMBERED = (Form("interface", "ip unnumbered ~ <if:name>", "ip unnumbered", hook="ip_unnumbered"),)


def interface(edit: Edit) -> None:
    """A virtual template has a type, and stays while there are clones of it; all else is as before."""
    name, kind = edit.values["name"], edit.values.get("kind", "")
    if not name.startswith(TEMPLATE):
        if kind:
            raise Misread("type")
        rules.interface(edit)
        return
    if edit.negated:
        if in_use(edit, name):
            raise Refused(f"% {name} is in use by Virtual-Access interfaces and cannot be removed")
        edit.clear()
        return
    before = edit.existing
    if before is not None:
        if kind and before.values.get("kind", "") != kind:
            raise Refused(f"% {name} exists with another type")
        edit.entered = before
        return
    edit.entered = edit.put(f"interface {name}{f' type {kind}' if kind else ''}")
    tunnel_forms.bare(edit.entered)


def in_use(edit: Edit, name: str) -> bool:
    """Whether a virtual template has clones."""
    crypto = getattr(edit.box, "crypto", None)
    rows = crypto.ike2 if crypto is not None else ()
    return any(row.client is not None and row.client.template == name for row in rows)


def ip_unnumbered(edit: Edit) -> None:
    """An interface borrows the address of another one."""
    if edit.section is None:
        return
    if edit.negated:
        edit.clear()
        tunnel_forms.bare(edit.section)
        return
    if edit.box.store.get("interface", edit.values["name"]) is None:
        raise Misread(edit.values["name"])
    edit.section.children.pop(("ip address", ()), None)
    edit.put()


def standard_acl(edit: Edit) -> None:
    """A list of sources; a name is of one kind of list."""
    existing = edit.existing
    if existing is not None and not existing.text.startswith("ip access-list standard"):
        raise Refused("% Access-list type conflicts prior definition")
    if edit.negated:
        if edit.clear() is None:
            raise Refused(f"%Access-list {edit.values['name']} doesn't exist.")
        return
    edit.entered = edit.put(f"ip access-list standard {edit.values['name']}")


def author(edit: Edit) -> None:
    """An authorization policy that a profile names stays."""
    name = edit.values["name"]
    if not edit.negated:
        edit.entered = edit.put()
        return
    profiles = edit.box.store.all("ikev2 profile")
    if any(line.values.get("policy") == name for entry in profiles for line in entry.all("profile authorization")):
        raise Refused("% Cannot remove as authorization policy is in use.")
    edit.clear()


def _by_key(section: Entry) -> bool:
    ways = [child for child in section.all("profile authentication") if "pre-share" in child.text.split()]
    psk = [child for child in section.all("profile authorization") if child.key[1] == "psk"]
    return bool(ways or psk or section.child("profile keyring"))


def reconnect(edit: Edit) -> None:
    """It is refused beside pre-shared keys: the session token is one itself."""
    if edit.negated:
        edit.clear()
        return
    if edit.section is not None and _by_key(edit.section):
        raise Refused(WITH_KEYS)
    edit.put(f"reconnect timeout {edit.values.get('n', '1800')}")


def _refuse_beside_reconnect(edit: Edit, by_key: bool) -> None:
    if by_key and not edit.negated and edit.section is not None and edit.section.child("profile reconnect") is not None:
        raise Refused(WITH_KEYS)


def authentication(edit: Edit) -> None:
    """As before, and refused with a key beside `reconnect`."""
    _refuse_beside_reconnect(edit, "pre-share" in edit.values["line"].split())
    ikev2_forms.authentication(edit)


def profile_keyring(edit: Edit) -> None:
    """As before, and refused beside `reconnect`."""
    _refuse_beside_reconnect(edit, by_key=True)
    ikev2_forms.profile_keyring(edit)


def by_psk(edit: Edit) -> None:
    """How a client is authorized; by the key is refused beside `reconnect`."""
    _refuse_beside_reconnect(edit, edit.values["kind"] == "psk")
    if edit.negated:
        edit.clear()
    else:
        edit.put()


def vpn_profile(edit: Edit) -> None:
    """A file for clients has to be on the flash."""
    if edit.negated:
        edit.clear()
        return
    url, flash = edit.values["url"], getattr(edit.box, "flash", None)
    disk, colon, _ = url.partition(":")
    there = flash is not None and colon and disk in edit.box.disks and file_name(url) in flash.files
    if not there and edit.form.family == "vpn profile":
        raise Refused(f"%Error opening {url} (No such file or directory)")
    edit.put()


HOOKS: dict[str, Callable[[Edit], None]] = {
    "interface_17": interface,
    "ip_unnumbered": ip_unnumbered,
    "standard_acl": standard_acl,
    "v2_author": author,
    "v2_reconnect": reconnect,
    "v2_authentication_17": authentication,
    "v2_keyring_17": profile_keyring,
    "v2_by_psk": by_psk,
    "vpn_profile": vpn_profile,
}
