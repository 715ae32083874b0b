"""The lines of IKEv2 that IOS 15.4 and IOS-XE take, with the rules of each: what they note, what they refuse, what they print.

Sources: the IKEv2 command references of 15M&T and IOS-XE 17; the notes on creation and the refusals `% Cannot remove as
proposal is in use.` and `% Policy already has same proposal set` are in public sessions. That a profile or keyring in use stays
is certain and its words are made after those. That a policy's proposal has to exist is in Cisco's YANG models, in these words.
"""

from __future__ import annotations

from collections.abc import Callable

from ..core.configuration.edit import Edit, Misread, Refused
from ..core.configuration.forms import Form
from ..core.configuration.store import Entry
from . import ikev2

PROMPTS = {
    "ikev2-proposal": "(config-ikev2-proposal)",
    "ikev2-policy": "(config-ikev2-policy)",
    "ikev2-keyring": "(config-ikev2-keyring)",
    "ikev2-peer": "(config-ikev2-keyring-peer)",
    "ikev2-profile": "(config-ikev2-profile)",
}
_ENCR = "{3des|aes-cbc-128|aes-cbc-192|aes-cbc-256|aes-gcm-128|aes-gcm-256|des}"
_HASH = "{md5|sha1|sha256|sha384|sha512}"
_GROUP = "{1|2|5|14|15|16|19|20|21|24}"

PROPOSAL_NOTE = (
    "IKEv2 proposal MUST either have a set of an encryption algorithm other than aes-gcm, an integrity algorithm and a DH group "
    "configured or ",
    " encryption algorithm aes-gcm, a prf algorithm and a DH group configured",
)
POLICY_NOTE = ("IKEv2 policy MUST have atleast one complete proposal attached ",)
PROFILE_NOTE = (
    "IKEv2 profile MUST have:",
    "   1. A local and a remote authentication method.",
    "   2. A match identity or a match certificate or match any statement.",
)
NO_PROPOSAL = "% IKEv2 proposal doesn't exist or attempted to delete when actively referred by IKEv2 policy"


def several(word: str, choice: str, count: int) -> str:
    """A line with up to so many of the same words."""
    return f"{word} ~ {choice}" + f" [{choice}" * (count - 1) + "]" * (count - 1)


#: Lines that the releases have and the boxes do not play.
NOT_PLAYED = (
    "authorization", "certificate-cache", "client", "cluster", "cookie-challenge", "cts", "diagnose", "fragmentation", "http-url",
    "limit", "name-mangler", "nat", "reconnect", "redirect", "window", "disconnect-revoked-peers",
)  # fmt: skip
NOT_PLAYED_PROFILE = (
    "aaa", "pki", "virtual-template", "config-exchange set", "redirect", "reconnect", "initial-contact", "match certificate",
    "match fvrf", "ivrf", "nat force-encap", "initiate", "shutdown", "keyring aaa",
)  # fmt: skip

FORMS = (
    Form(
        "config",
        "crypto ikev2 proposal <word:name>",
        "ikev2 proposal",
        ("name",),
        "{line} ",
        "ikev2-proposal",
        hook="v2_proposal",
    ),
    Form("ikev2-proposal", several("encryption", _ENCR, 7), "v2 encryption", hook="v2_algorithms"),
    Form("ikev2-proposal", several("integrity", _HASH, 5), "v2 integrity", hook="v2_algorithms"),
    Form("ikev2-proposal", several("prf", _HASH, 5), "v2 prf", hook="v2_algorithms"),
    Form("ikev2-proposal", several("group", _GROUP, 10), "v2 group", hook="v2_algorithms"),
    Form("config", "crypto ikev2 policy <word:name>", "ikev2 policy", ("name",), "{line} ", "ikev2-policy", hook="v2_policy"),
    Form("ikev2-policy", "match fvrf {any|<word:vrf>}", "policy match vrf", hides="match fvrf global"),
    Form("ikev2-policy", "match address local <ip:ip>", "policy match local", ("ip",)),
    Form("ikev2-policy", "proposal <word:name>", "policy proposal", ("name",), hook="v2_policy_proposal"),
    Form("config", "crypto ikev2 keyring <word:name>", "ikev2 keyring", ("name",), enters="ikev2-keyring", hook="v2_keyring"),
    Form("ikev2-keyring", "peer <word:name>", "keyring peer", ("name",), enters="ikev2-peer", closes="!"),
    Form("ikev2-peer", "description ~ <line:text>", "peer description"),
    Form("ikev2-peer", "hostname ~ <word:host>", "peer hostname"),
    Form("ikev2-peer", "address ~ <ip:ip> [<mask:mask>]", "peer address"),
    Form(
        "ikev2-peer",
        "identity ~ {address <ip:ip>|fqdn <word:value>|email <word:value>|key-id <word:value>}",
        "peer identity",
    ),
    Form("ikev2-peer", "pre-shared-key 6 <line:rest>", "peer key 6", hook="not_played"),
    Form("ikev2-peer", "pre-shared-key [{local|remote}:side] ~ [0] <word:secret>", "peer key", ("side",), hook="v2_key"),
    Form("config", "crypto ikev2 profile <word:name>", "ikev2 profile", ("name",), enters="ikev2-profile", hook="v2_profile"),
    Form("ikev2-profile", "description ~ <line:text>", "profile description"),
    Form("ikev2-profile", "match address local {<ip:ip>|interface <if:name>}", "profile match local", hook="v2_match_local"),
    Form(
        "ikev2-profile",
        "match identity remote {address <ip:ip> [<mask:mask>]|{fqdn|email}:kind [domain] <word:value>|key-id <word:value>|any}",
        "profile match",
        ("line",),
        hook="v2_match",
    ),
    Form(
        "ikev2-profile",
        "identity local ~ {address <ip:ip>|fqdn <word:value>|email <word:value>|key-id <word:value>}",
        "profile identity",
    ),
    Form(
        "ikev2-profile",
        "authentication {remote|local}:side ~ {pre-share [key [0] <word:secret>]|rsa-sig|ecdsa-sig}",
        "profile authentication",
        ("side",),
        hook="v2_authentication",
    ),
    Form("ikev2-profile", "keyring local ~ <word:name>", "profile keyring", hook="v2_profile_keyring"),
    Form("ikev2-profile", "lifetime ~ <120-86400:n>", "profile lifetime", hides="lifetime 86400"),
    Form("ikev2-profile", "dpd ~ <10-3600:interval> <2-60:retry> {on-demand|periodic}:query", "profile dpd"),
    Form("ikev2-profile", "nat keepalive ~ <5-3600:n>", "profile nat"),
    # Asking the other end for a configuration is what a profile does by itself, and what is shown is that it does not.
    Form("ikev2-profile", "config-exchange request", "profile config-exchange", on="clear", off="store"),
    Form("config", "crypto logging ikev2", "logging ikev2"),
    Form("config", "crypto ikev2 dpd ~ <10-3600:interval> <2-60:retry> {on-demand|periodic}:query", "ikev2 dpd"),
    *(Form("config", f"crypto ikev2 {word} [<line:rest>]", f"not played v2 {word}", hook="not_played") for word in NOT_PLAYED),
    *(
        Form("ikev2-profile", f"{word} [<line:rest>]", f"not played profile {word}", hook="not_played", off="none")
        for word in NOT_PLAYED_PROFILE
    ),
)


def _told(edit: Edit, before: Entry | None, whole: bool, note: tuple[str, ...]) -> None:
    """A section is entered; while it is not whole the box says what it has to have."""
    edit.entered = edit.put() if before is None else before
    if not whole:
        edit.says += note


def proposal(edit: Edit) -> None:
    """A proposal in use stays; the default one is switched off, and comes back, by a line of its own."""
    store, name = edit.box.store, edit.values["name"]
    if edit.negated and name == "default":
        _built_in_off(edit, "proposal")
    elif edit.negated:
        if any(child.key[0] == name for policy in store.all("ikev2 policy") for child in policy.all("policy proposal")):
            raise Refused("% Cannot remove as proposal is in use.")
        edit.clear()
    else:
        store.root.pop(("no ikev2 proposal", ()), None) if name == "default" else None
        before = edit.existing
        found = ikev2.proposal(store, name, ikev2.DEFAULT_15 if name == "default" else None)
        _told(edit, before, found is not None or name == "default", PROPOSAL_NOTE)


def policy(edit: Edit) -> None:
    """A policy; the default one is switched off, and comes back, by a line of its own."""
    store, name = edit.box.store, edit.values["name"]
    if edit.negated:
        _built_in_off(edit, "policy") if name == "default" else edit.clear()
        return
    store.root.pop(("no ikev2 policy", ()), None) if name == "default" else None
    before = edit.existing
    _told(edit, before, name == "default" or (before is not None and bool(before.all("policy proposal"))), POLICY_NOTE)


def _built_in_off(edit: Edit, what: str) -> None:
    if edit.clear() is None:
        identity = (f"no ikev2 {what}", ())
        form = Form("config", f"crypto ikev2 {what} default", f"no ikev2 {what}")
        edit.box.store.root[identity] = Entry(form, (), f"no crypto ikev2 {what} default", {})


_WEAK = {
    "v2 encryption": ("encryption algorithm", ikev2.WEAK_ENCRYPTION),
    "v2 integrity": ("hash algorithm", ikev2.WEAK_HASH),
    "v2 prf": ("prf algorithm", ikev2.WEAK_HASH),
    "v2 group": ("dh-group", ikev2.WEAK_GROUP),
}


def algorithms(edit: Edit) -> None:
    """The algorithms of one kind; a second line takes the place of the first, and weak ones are judged as in IKEv1."""
    if edit.negated:
        edit.clear()
        return
    kind, weak = _WEAK[edit.form.family]
    verdict = edit.box.weak_crypto if weak.intersection(edit.values["line"].split()[1:]) else ""
    if verdict == "refused":
        raise Refused(f"%Error: weaker {kind} is not allowed")
    if verdict != "lost":
        edit.put()
    if verdict == "warned":
        edit.says.append(f"%Warning: weaker {kind} is deprecated")


def policy_proposal(edit: Edit) -> None:
    """A proposal of a policy exists, and is named once."""
    name = edit.values["name"]
    if edit.negated:
        edit.clear()
        return
    if name != "default" and edit.box.store.get("ikev2 proposal", name) is None:
        raise Refused(NO_PROPOSAL)
    if edit.existing is not None:
        raise Refused("% Policy already has same proposal set ")
    edit.put()


def keyring(edit: Edit) -> None:
    """A keyring in use stays."""
    name = edit.values["name"]
    if not edit.negated:
        edit.entered = edit.put()
        return
    users = [profile.child("profile keyring") for profile in edit.box.store.all("ikev2 profile")]
    if any(line is not None and line.values["name"] == name for line in users):
        raise Refused("% Cannot remove as keyring is in use.")
    edit.clear()


def key(edit: Edit) -> None:
    """A pre-shared key for both directions or for one; a second one takes the place of the first."""
    side = edit.values.get("side", "")
    if edit.negated:
        edit.clear()
        return
    shown, used = edit.box.stored_key(edit.values["secret"])
    edit.values |= {"side": side, "typed": shown, "used": used}
    edit.put(f"pre-shared-key {f'{side} ' if side else ''}{shown}")


def profile(edit: Edit) -> None:
    """A profile in use stays; a new one is told what it has to have."""
    name = edit.values["name"]
    if not edit.negated:
        before = edit.existing
        _told(edit, before, before is not None and ikev2.whole_profile(before), PROFILE_NOTE)
        return
    store = edit.box.store
    for user in [*store.all("ipsec profile"), *store.all("map entry"), *store.all("dynamic-map")]:
        line = user.child("set ikev2-profile")
        if line is not None and line.values["name"] == name:
            raise Refused("% Cannot remove as profile is in use.")
    for interface in store.all("interface"):
        line = interface.child("tunnel protection")
        if line is not None and line.values.get("v2") == name:
            raise Refused("% Cannot remove as profile is in use.")
    edit.clear()


def match(edit: Edit) -> None:
    """`match identity remote address A` is written with the mask of a host, and ends in a blank."""
    values = edit.values
    if values["line"].split()[3] == "address":
        mask = values.get("mask") or ("" if values["ip"] == "0.0.0.0" else "255.255.255.255")  # noqa: S104 - an address that is none
        values["line"] = f"match identity remote address {values['ip']} {mask}".rstrip()
    if edit.negated:
        edit.clear()
    elif edit.existing is not None:
        raise Refused("% Already found same 'match identity' statement")
    else:
        edit.put(f"{values['line']} " if "address" in values["line"].split() else None)


def match_local(edit: Edit) -> None:
    """The address, or the interface whose address it is."""
    if edit.negated:
        edit.clear()
        return
    if "name" in edit.values:
        interface = edit.box.store.get("interface", edit.values["name"])
        if interface is None:
            raise Misread(edit.values["name"])
        ip = interface.child("ip address")
        edit.values |= {"ip": ip.values["ip"]} if ip is not None and "ip" in ip.values else {}
    edit.put()


def authentication(edit: Edit) -> None:
    """How a side proves itself; a key may stand in the line."""
    if edit.negated:
        edit.clear()
        return
    if "secret" in edit.values:
        shown, used = edit.box.stored_key(edit.values["secret"])
        edit.values |= {"typed": shown, "used": used}
        edit.put(f"authentication {edit.values['side']} pre-share key {shown}")
    else:
        edit.put()


def profile_keyring(edit: Edit) -> None:
    """Only a keyring that exists can be named, and it is named once."""
    if edit.negated:
        edit.clear()
        return
    if edit.box.store.get("ikev2 keyring", edit.values["name"]) is None:
        raise Refused(f"% Keyring {edit.values['name']} does not exist")
    if edit.existing is not None and edit.existing.values["name"] == edit.values["name"]:
        raise Refused("% Profile already contains this keyring")
    edit.put()


def set_profile(edit: Edit) -> None:
    """Only an IKEv2 profile that exists can be named in a crypto map entry or an IPsec profile."""
    if edit.section is not None and edit.section.form.family == "map entry":
        edit.box.entry_changed(*edit.section.key)
    if edit.negated:
        edit.clear()
        return
    if edit.box.store.get("ikev2 profile", edit.values["name"]) is None:
        raise Refused(f"% IKEv2 profile {edit.values['name']} does not exist")
    edit.put()


HOOKS: dict[str, Callable[[Edit], None]] = {
    "v2_proposal": proposal,
    "v2_algorithms": algorithms,
    "v2_policy": policy,
    "v2_policy_proposal": policy_proposal,
    "v2_keyring": keyring,
    "v2_key": key,
    "v2_profile": profile,
    "v2_match": match,
    "v2_match_local": match_local,
    "v2_authentication": authentication,
    "v2_profile_keyring": profile_keyring,
    "v2_set_profile": set_profile,
}
