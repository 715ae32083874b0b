"""What IOS-XE 17 does beyond IOS 15.4: secrets of type 9, and what it makes of weak cryptography.

From 17.6.1 on a weak algorithm is taken with a warning; from 17.11.1a on a router refuses it while the compliance shield is on,
which `crypto engine compliance shield disable` takes down at the next boot. Sources: Cisco field notice FN72510 (the list, the
releases, the warning about an encryption algorithm). That 17.11 refuses is certain and its wording is ours, as are the
warnings about the other kinds, which are written after the one that is known.
"""

from __future__ import annotations

from collections.abc import Callable

from ...core.configuration.edit import Edit, Refused
from . import rules, rules124

SHIELD_DOWN = "crypto engine compliance shield disable"
#: Field notice FN72510: ISAKMP policies, transform sets, `set pfs`. Kind in the words of the box -> the weak values.
WEAK: dict[str, frozenset[str]] = {
    "encryption algorithm": frozenset({"des", "3des"}),
    "hash algorithm": frozenset({"md5"}),
    "dh-group": frozenset({"1", "2", "5"}),
    "transform": frozenset({"ah-md5-hmac", "esp-gmac", "esp-des", "esp-3des", "esp-null", "esp-md5-hmac"}),
    "pfs group": frozenset({"group1", "group2", "group5", "group24"}),
}
AT_REBOOT = "The change of the compliance shield will take effect after reboot."


def _judged(kind: str, words: Callable[[Edit], list[str]], then: Callable[[Edit], None]) -> Callable[[Edit], None]:
    """The rule of 15.4 after a look at what it is asked for."""

    def rule(edit: Edit) -> None:
        weak = not edit.negated and bool(WEAK[kind].intersection(words(edit)))
        verdict = edit.box.weak_crypto if weak else ""
        if verdict == "lost":  # the startup configuration holds what the shield does not let in
            return
        if verdict == "refused":
            raise Refused(f"%Error: weaker {kind} is not allowed")
        then(edit)
        if verdict == "warned":
            edit.says.append(f"%Warning: weaker {kind} is deprecated")

    return rule


def _stored(edit: Edit) -> None:
    """Store or clear a line, with the default that is not shown."""
    text = edit.form.text.format(**edit.values)
    if edit.negated or text == edit.form.hides:
        edit.clear()
    else:
        edit.put()


def _value(edit: Edit) -> list[str]:
    return [edit.values.get("value", "")]


def enable_secret(edit: Edit) -> None:
    """`enable secret X` is stored as its hash, which says its type."""
    if edit.negated:
        edit.clear()
        return
    if "plain" in edit.values:
        edit.values["hash"] = edit.box.hash_secret(edit.values.pop("plain"))
    edit.put(f"enable secret {_type(edit)} {edit.values['hash']}")


def username(edit: Edit) -> None:
    """`username N secret X` is stored as its hash."""
    if edit.negated or "password" in edit.values:
        rules.username(edit)
        return
    if "plain" in edit.values:
        edit.values["hash"] = edit.box.hash_secret(edit.values.pop("plain"))
    name, level = edit.values["name"], edit.values.get("level", "")
    head = f"username {name}{f' privilege {level}' if level not in ('', '1') else ''}"
    edit.put(f"{head} secret {_type(edit)} {edit.values['hash']}")


def _type(edit: Edit) -> str:
    return edit.values["hash"].split("$")[1]


def compliance_shield(edit: Edit) -> None:
    """It is stored, and counts from the next boot."""
    if edit.negated:
        edit.clear()
    else:
        edit.put()
    edit.says.append(AT_REBOOT)


HOOKS: dict[str, Callable[[Edit], None]] = {
    **rules124.HOOKS,
    "enable_secret_9": enable_secret,
    "username_9": username,
    "compliance_shield": compliance_shield,
    "judged_encr": _judged("encryption algorithm", _value, rules124.isakmp_encr),
    "judged_hash": _judged("hash algorithm", _value, _stored),
    "judged_group": _judged("dh-group", _value, _stored),
    "judged_transform_set": _judged("transform", lambda edit: edit.values["line"].split()[4:], rules124.transform_set_with_mode),
    "judged_pfs": _judged("pfs group", lambda edit: [edit.values.get("group", "group1")], rules.set_pfs),
}
